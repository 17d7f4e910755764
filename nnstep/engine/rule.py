"""A rule: what one cell of a value is, in one line that Python's own parser can read.

    out[b,j] = sum[i](x[b,i] * w[i,j])

From that line come the inputs, how far each index runs, the shape of the value, and (in the modules beside
this one) the cells that are read, the arithmetic with its numbers, the formula and the NumPy function.

`...` stands for any number of leading axes, the same ones wherever it stands. A bare name is a setting of the
operation where the operation says so, an index where an index has that name, and otherwise a value with no axes.
An index may be worked out (`img[b,c,y*stride+p,x*stride+q]`). Where no input says how far a letter runs, the line
does, with a setting: `max[p:size,q:size](...)`. A sum counts only where its condition holds:
`sum[v](d[v] if 0 <= y - v < size else 0)`; a condition after `and` is looked at only where those before it hold.
`argmax` is the number of the first place with the largest, counted from 0, the last letter running fastest.
A place may itself be read: `table[x[b],j]` is a cell in the row that x names.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

from nnstep.engine.arithmetic import CONSTANTS, FUNCTIONS
from nnstep.records import dataclass

Shape: TypeAlias = tuple[int, ...]
Extents: TypeAlias = dict[str, Shape]  # index letter -> (length,); "..." -> the lengths of the leading axes
Settings: TypeAlias = Mapping[str, float]
Test: TypeAlias = tuple[ast.expr, bool]  # a condition, and whether it has to hold

REDUCTIONS = frozenset({"sum", "max", "argmax"})
LEADING = "..."


class RuleError(Exception):
    """A rule that can't be read, or shapes that do not fit one. hint: what to try; may be empty."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


@dataclass(frozen=True)
class Rule:
    """One line that says what a cell is; `settings` names the bare words that are numbers fixed by the operation.

    It is read when it is first asked something: a network needs few of the catalog's rules, and reading all would
    delay the first screen. Raises RuleError then, where the line is not a rule; a test asks every rule.
    """

    text: str
    settings: tuple[str, ...] = ()

    @cached_property
    def _assignment(self) -> ast.Assign:
        try:
            statement = ast.parse(self.text).body[0]
        except (SyntaxError, IndexError) as error:
            raise RuleError(f"not a rule: {self.text!r}") from error
        if not isinstance(statement, ast.Assign):
            raise RuleError(f"a rule reads out[...] = ..., not {self.text!r}")
        return statement

    @property
    def body(self) -> ast.expr:
        """What stands right of the equals sign."""
        return self._assignment.value

    @cached_property
    def target(self) -> tuple[str, ...]:
        """The indices of the cell that is made; empty for a value with no axes."""
        target = self._assignment.targets[0]
        return () if isinstance(target, ast.Name) else tuple(index_text(item) for item in indices_of(target))

    @cached_property
    def _placed(self) -> tuple[ast.expr, ...]:
        """The indices that say where cells are made and what is added up, as they stand in the line."""
        made = indices_of(self._assignment.targets[0]) if self.target else ()
        inner = (indices_of(node.func) for node in ast.walk(self.body) if is_reduction(node))  # type: ignore[attr-defined]
        return (*made, *(part for parts in inner for part in parts))

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every index letter, `...` among them where it stands."""
        return frozenset(index_text(part) for part in self._placed)

    @cached_property
    def lengths(self) -> Mapping[str, ast.expr]:
        """How far the letters run that the line itself gives an end: `y:rows`."""
        return {index_text(part): part.upper for part in self._placed if isinstance(part, ast.Slice) and part.upper}

    @cached_property
    def references(self) -> "tuple[Reference, ...]":
        """Every place where an input is read, in the order of the line."""
        return tuple(_references(self, self.body, (), ()))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of the values that are read, in the order they stand in the line."""
        return tuple(dict.fromkeys(reference.name for reference in self.references))

    @property
    def elementwise(self) -> bool:
        """Is each cell made from the cells at its own place only?"""
        return self.target == (LEADING,) and all(r.indices in ((), (LEADING,)) for r in self.references)

    def extents(self, shapes: Mapping[str, Shape], settings: Settings | None = None) -> Extents:
        """Return how far each index runs, given the shapes of the inputs.

        Raises RuleError where two inputs disagree or have the wrong number of axes.
        """
        found: Extents = {letter: (index_value(end, {}, settings or {}),) for letter, end in self.lengths.items()}
        compound = []
        for reference in self.references:
            for part, length in reference.match(shapes[reference.name]):
                if isinstance(part, str):
                    _agree(found, part, length, reference, shapes)
                else:
                    compound.append((part, length[0]))
        for part, size in compound:
            _solve(found, part, size, settings or {})
        missing = self.letters - found.keys()
        if missing:
            raise RuleError(f"nothing says how far {', '.join(sorted(missing))} runs in {self.text!r}")
        return found

    def shape(self, shapes: Mapping[str, Shape], settings: Settings | None = None) -> Shape:
        """Return the shape of the value that the rule makes. Raises RuleError as `extents` does."""
        found = self.extents(shapes, settings)
        return tuple(length for index in self.target for length in found[index])

    def sized(self, shape: Shape) -> dict[str, float]:
        """Return the settings that make the value of this shape: those that alone say how far an axis of it runs."""
        at = self.bind(shape)
        ends = {letter: end for letter, end in self.lengths.items() if letter in at and isinstance(end, ast.Name)}
        return {ast.unparse(end): at[letter][0] for letter, end in ends.items()}

    def bind(self, at: Shape) -> dict[str, Shape]:
        """Return what each index of the target is at the cell `at`."""
        return dict(_dealt(self.target, at))

    def negated(self) -> "Rule":
        """Return the rule of minus this value, written as a person would: y - t becomes t - y."""
        statement = ast.parse(self.text).body[0]
        assert isinstance(statement, ast.Assign)
        statement.value = _negative(statement.value)
        return Rule(ast.unparse(ast.fix_missing_locations(statement)), self.settings)


@dataclass(frozen=True)
class Reference:
    """One place in a rule where a cell of an input is read.

    name: the input's. indices: its index expressions, as text. nodes: the same as trees.
    letters: those of the sums around it, the outer ones first. tests: the conditions around it, and whether they have
    to hold for this place to be looked at.
    """

    name: str
    indices: tuple[str, ...]
    nodes: tuple[ast.expr, ...]
    letters: tuple[str, ...]
    tests: "tuple[Test, ...]"

    def match(self, shape: Shape) -> Iterator[tuple[str | ast.expr, Shape]]:
        """Yield each index with the lengths of the axes it runs over; an expression comes as its tree.

        Given a cell in place of a shape, each index comes with where it stands there. Raises RuleError where there are
        more or fewer axes than the indices have.
        """
        spare = len(shape) - (len(self.indices) - (LEADING in self.indices))
        if spare < 0 or (spare > 0 and LEADING not in self.indices):
            raise RuleError(f"{self.name} has {len(shape)} axes, {self.name}[{','.join(self.indices)}] was expected")
        for node, (index, lengths) in zip(self.nodes, _dealt(self.indices, shape), strict=True):
            yield (index if index == LEADING or isinstance(node, ast.Name) else node), lengths


def _dealt(indices: Sequence[str], place: Shape) -> Iterator[tuple[str, Shape]]:
    """Deal the axes of a shape or a place out to the indices: one to each, and to `...` those that are left."""
    spare = len(place) - (len(indices) - (LEADING in indices))
    for index in indices:
        count = spare if index == LEADING else 1
        yield index, place[:count]
        place = place[count:]


def _references(rule: Rule, node: ast.AST, letters: tuple[str, ...], tests: tuple[Test, ...]) -> Iterator[Reference]:
    """Yield the places below a node where inputs are read; letters, tests: what stands around the node."""
    if is_reduction(node):
        own = tuple(index_text(part) for part in indices_of(node.func))  # type: ignore[attr-defined]
        yield from _references(rule, node.args[0], letters + own, tests)  # type: ignore[attr-defined]
        return
    below: Iterable[tuple[ast.AST, tuple[Test, ...]]] = ((child, ()) for child in ast.iter_child_nodes(node))
    match node:
        case ast.Name(id=name):
            if name not in rule.letters and name not in rule.settings and name not in CONSTANTS:
                yield Reference(name, (), (), letters, tests)
        case ast.Subscript(value=ast.Name(id=name)):
            nodes = indices_of(node)
            yield Reference(name, tuple(index_text(part) for part in nodes), nodes, letters, tests)
            for part in nodes:  # a place that is itself read
                yield from (inner for inner in _references(rule, part, letters, tests) if inner.nodes)
            return
        case ast.Subscript():
            raise RuleError(f"only a name can be indexed in a rule: {ast.unparse(node)}")
        case ast.Call(func=function, args=arguments):
            if not (isinstance(function, ast.Name) and function.id in FUNCTIONS):
                raise RuleError(f"no such function in a rule: {ast.unparse(function)}")
            below = ((argument, ()) for argument in arguments)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            below = ((test, ()), (body, ((test, True),)), (orelse, ((test, False),)))
        case ast.BoolOp(values=parts):  # a condition is looked at only where those before it hold
            below = ((part, tuple((before, True) for before in parts[:n])) for n, part in enumerate(parts))
    for child, more in below:
        yield from _references(rule, child, letters, (*tests, *more))


def is_reduction(node: ast.AST) -> bool:
    """Is this `sum[i](...)` or `max[i](...)`?"""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Subscript)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in REDUCTIONS
    )


def indices_of(node: ast.expr) -> tuple[ast.expr, ...]:
    """Return the index expressions of `name[...]`. Raises RuleError for what has none."""
    if not isinstance(node, ast.Subscript):
        raise RuleError(f"{ast.unparse(node)} has no index")
    inside = node.slice
    return tuple(inside.elts) if isinstance(inside, ast.Tuple) else (inside,)


def index_text(node: ast.expr) -> str:
    """Return an index as it stands in the line, without what says how far it runs."""
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return LEADING
    return ast.unparse(node.lower if isinstance(node, ast.Slice) and node.lower else node)


def summand(node: ast.Call) -> tuple[ast.expr | None, ast.expr]:
    """Return the condition under which a place counts in a reduction (None: always), and what counts there."""
    match node.args[0]:
        case ast.IfExp(test=test, body=body, orelse=ast.Constant(value=0)) if reduction_name(node) == "sum":
            return test, body
    return None, node.args[0]


def reduction_name(node: ast.Call) -> str:
    """Return `sum`, `max` or `argmax`."""
    return node.func.value.id  # type: ignore[attr-defined, no-any-return]


def _no_reads(node: ast.Subscript) -> Any:
    raise RuleError(f"{ast.unparse(node)} can't be read here")


def index_value(
    node: ast.expr,
    bound: Mapping[str, tuple[Any, ...]],
    settings: Settings,
    read: Callable[[ast.Subscript], Any] = _no_reads,
) -> Any:
    """Return what an index expression is, once its letters are bound: to whole numbers, or to arrays of them.

    read: returns the place that stands in a cell. Raises RuleError for what is no index.
    """
    match node:
        case ast.Subscript():
            return read(node)
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            return bound[name][0] if name in bound else int(settings[name])
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = index_value(left, bound, settings, read), index_value(right, bound, settings, read)
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.FloorDiv():
                    return a // b
                case ast.Mod():
                    return a % b
    raise RuleError(f"not an index: {ast.unparse(node)}")


def cells_over(letters: tuple[str, ...], extents: Extents) -> Iterator[dict[str, Shape]]:
    """Yield every way to bind the letters, the last one running fastest."""
    for place in product(*(range(length) for letter in letters for length in extents[letter])):
        yield _bound(letters, extents, place)


def cells_at(letters: tuple[str, ...], extents: Extents, numbers: Iterable[int]) -> Iterator[dict[str, Shape]]:
    """Yield some of what `cells_over` yields, by their numbers from 0."""
    lengths = [length for letter in letters for length in extents[letter]]
    for number in numbers:
        place, left = [], number
        for length in reversed(lengths):
            left, at = divmod(left, length)
            place.append(at)
        yield _bound(letters, extents, tuple(reversed(place)))


def _bound(letters: tuple[str, ...], extents: Extents, place: Shape) -> dict[str, Shape]:
    """Deal a place out to the letters."""
    bound: dict[str, Shape] = {}
    for letter in letters:
        count = len(extents[letter])
        bound[letter], place = place[:count], place[count:]
    return bound


def _agree(found: Extents, index: str, length: Shape, reference: Reference, shapes: Mapping[str, Shape]) -> None:
    if found.setdefault(index, length) != length:
        sizes = ", ".join(f"{name} {'×'.join(map(str, shape)) or '1'}" for name, shape in shapes.items())
        raise RuleError(
            f"{index} is {'×'.join(map(str, length))} in {reference.name} "
            f"and {'×'.join(map(str, found[index]))} before it ({sizes})"
        )


def _solve(found: Extents, node: ast.expr, size: int, settings: Settings) -> None:
    """Say how far the one unknown letter of an index expression can run before the expression leaves the axis."""
    if any(isinstance(part, ast.Subscript) for part in ast.walk(node)):
        return  # what is read says where to look, not how far a letter runs
    unknown = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - found.keys() - settings.keys()
    if len(unknown) != 1:
        return
    letter = unknown.pop()
    top = {name: tuple(n - 1 for n in lengths) for name, lengths in found.items()}
    at_zero = index_value(node, {**top, letter: (0,)}, settings)
    stride = index_value(node, {**top, letter: (1,)}, settings) - at_zero
    found[letter] = ((size - 1 - at_zero) // stride + 1,)
    if found[letter][0] < 1:
        raise RuleError(f"{ast.unparse(node)} needs {at_zero + 1}, there are {size}")


def _negative(node: ast.expr) -> ast.expr:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return ast.BinOp(right, ast.Sub(), left)
        case ast.BinOp(left=ast.Constant() as left, op=ast.Mult(), right=right):
            return ast.BinOp(left, ast.Mult(), _negative(right))
        case ast.BinOp(left=left, op=(ast.Mult() | ast.Div()) as operator, right=right):
            return ast.BinOp(_negative(left), operator, right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ast.IfExp(test, _negative(body), _negative(orelse))
    return ast.UnaryOp(ast.USub(), node)
