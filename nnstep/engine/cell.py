"""One cell of a value, worked out by hand: its number, the cells that were read, and the arithmetic in between.

This is the slow and obvious evaluation of a rule. The fast NumPy of every operation is tested against it, and the
screen's worked line and orange cells come from it.
"""

import ast
import math
from collections.abc import Mapping
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.arithmetic import ADD, ATOM, CHOICE, COMPARISONS, CONSTANTS, FUNCTIONS, OPERATORS, SIGN
from nnstep.engine.gather import terms_of
from nnstep.engine.rule import (
    LEADING,
    Extents,
    Rule,
    RuleError,
    Settings,
    Shape,
    cells_at,
    cells_over,
    index_text,
    index_value,
    indices_of,
    is_reduction,
    reduction_name,
    summand,
)
from nnstep.records import dataclass

Array: TypeAlias = NDArray[np.float64]
Values: TypeAlias = Mapping[str, Array]


@dataclass(frozen=True)
class Cell:
    """One number of a value: the value's name and the place in it."""

    name: str
    at: Shape


@dataclass(frozen=True)
class Number:
    """A number in a worked line; `cell` is where it was read, or None for a setting."""

    value: float
    cell: Cell | None = None


@dataclass(frozen=True)
class Term:
    """One summand: what it comes to, its own arithmetic, and how tightly that holds together."""

    value: float
    parts: "tuple[Part, ...]"
    tight: int


@dataclass(frozen=True)
class Sum:
    """A sum with a term for each place its letters run through.

    more: how many of its terms are not among `terms`, because they are smaller than those. rest: what they come to.
    """

    terms: tuple[Term, ...]
    more: int = 0
    rest: float = 0.0


Part: TypeAlias = "str | Number | Sum"


@dataclass(frozen=True)
class Worked:
    """A cell worked out: its value, its arithmetic, and the cells that are read in it, in reading order."""

    value: float
    parts: tuple[Part, ...]
    reads: tuple[Cell, ...]


def work_out(rule: Rule, at: Shape, values: Values, settings: Settings | None = None, *, most: int = 0) -> Worked:
    """Return the cell at `at` of the value that `rule` makes from `values`, worked out in plain Python.

    values: an array for each input of the rule. Overflow gives inf or nan, as NumPy does, and raises nothing.
    most: of a longer sum only so many terms are written out, the largest; a sum inside a sum gets a quarter of that.
    With 0 all of them are, and none of it is NumPy's.
    """
    settings = settings or {}
    extents = rule.extents({name: np.shape(values[name]) for name in rule.inputs}, settings)
    return work_out_part(rule.body, rule.bind(at), values, settings, extents, most=most)


def work_out_part(
    node: ast.expr, bound: dict[str, Shape], values: Values, settings: Settings, extents: Extents, *, most: int = 0
) -> Worked:
    """Return a part of a rule worked out, such as one term of its sum. bound: what each letter around it stands for."""
    walker = _Walker(values, settings, extents, most)
    with np.errstate(all="ignore"):
        value, parts, _ = walker.visit(node, bound)
    return Worked(float(value), parts, tuple(dict.fromkeys(walker.reads)))


class _Walker:
    """Walks a rule's tree once, working out number and arithmetic together and noting what is read."""

    def __init__(self, values: Values, settings: Settings, extents: Extents, most: int) -> None:
        self.values, self.settings, self.extents, self.most = values, settings, extents, most
        self.reads: list[Cell] = []

    def visit(self, node: ast.expr, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        """Return what the node comes to, its arithmetic, and how tightly that holds together.

        Raises RuleError for what a rule may not say.
        """
        if is_reduction(node):
            return self._reduction(node, bound)  # type: ignore[arg-type]
        match node:
            case ast.Constant(value=int() | float() as number):
                return np.float64(number), (f"{number:g}",), ATOM
            case ast.Name(id=name):
                return self._name(name, bound)
            case ast.Subscript():
                return self._read(node, bound)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                value, parts, tight = self.visit(inner, bound)
                return -value, ("-", *_bracketed(parts, tight, SIGN)), SIGN
            case ast.BinOp():
                return self._binary(node, bound)
            case ast.Call():
                return self._call(node, bound)
            case ast.IfExp():
                return self._choice(node, bound)
        raise RuleError(f"{ast.unparse(node)} has no place in a rule")

    def _name(self, name: str, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        if name in bound:
            return np.float64(bound[name][0]), (str(bound[name][0]),), ATOM
        if name in self.settings:
            value = np.float64(self.settings[name])
            return value, (Number(float(value)),), ATOM
        if name in CONSTANTS:
            return np.float64(CONSTANTS[name]), (name,), ATOM
        return self._cell(Cell(name, ()))

    def _read(self, node: ast.Subscript, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        at: list[int] = []
        for part in indices_of(node):
            if index_text(part) == LEADING:
                at.extend(bound[LEADING])
            else:
                at.append(index_value(part, bound, self.settings, lambda inner: int(self._read(inner, bound)[0])))
        return self._cell(Cell(node.value.id, tuple(at)))  # type: ignore[attr-defined]

    def _cell(self, cell: Cell) -> tuple[float, tuple[Part, ...], int]:
        self.reads.append(cell)
        value = np.float64(self.values[cell.name][cell.at])
        return value, (Number(float(value), cell),), ATOM

    def _binary(self, node: ast.BinOp, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        sign, level, apply = OPERATORS[type(node.op)]
        left, left_parts, left_tight = self.visit(node.left, bound)
        right, right_parts, right_tight = self.visit(node.right, bound)
        # a - (b - c) and a / (b · c) need their brackets; a + (b + c) and a · (b · c) do not.
        needed = level if isinstance(node.op, ast.Add | ast.Mult) else level + 1
        parts = (*_bracketed(left_parts, left_tight, level), sign, *_bracketed(right_parts, right_tight, needed))
        return apply(left, right), parts, level

    def _call(self, node: ast.Call, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        name = node.func.id  # type: ignore[attr-defined]
        done = [self.visit(argument, bound) for argument in node.args]
        inside: tuple[Part, ...] = ()
        for number, (_, parts, _) in enumerate(done):
            inside += (", ", *parts) if number else parts
        return FUNCTIONS[name](*(value for value, _, _ in done)), (f"{name}(", *inside, ")"), ATOM

    def _reduction(self, node: ast.Call, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        letters = tuple(index_text(part) for part in indices_of(node.func))
        count = prod(length for letter in letters for length in self.extents[letter])
        if self.most and count > self.most + 1:  # one term more takes no more room than saying so
            return self._long_reduction(node, letters, bound)
        test, _ = summand(node)
        places = ({**bound, **inner} for inner in cells_over(letters, self.extents))
        terms = [self._term(node, place) for place in places if test is None or self._test(test, place)[0]]
        if (name := reduction_name(node)) != "sum":
            return _pick(name, [term.value for term in terms]), (f"{name}(", *_listed(terms), ")"), ATOM
        if not terms:
            return np.float64(0.0), ("0",), ATOM
        total = np.float64(0.0)
        for term in terms:
            total = total + term.value
        return total, (Sum(tuple(terms)),), ADD if len(terms) > 1 else terms[0].tight

    def _term(self, node: ast.Call, bound: dict[str, Shape]) -> Term:
        before, self.most = self.most, max(1, self.most // 4) if self.most else 0
        value, parts, tight = self.visit(summand(node)[1], bound)
        self.most = before
        return Term(float(value), _bracketed(parts, tight, ADD), max(tight, ADD))

    def _long_reduction(
        self, node: ast.Call, letters: tuple[str, ...], bound: dict[str, Shape]
    ) -> tuple[float, tuple[Part, ...], int]:
        """Write the largest terms out, in the order of their places; the others are added up unseen."""
        name = reduction_name(node)
        values, places = terms_of(node, bound, self.values, self.settings, self.extents)  # (n,), (n,)
        size = np.where(np.isfinite(values), np.abs(values) if name == "sum" else values, np.inf)  # (n,)
        count = self.most if len(values) > self.most + 1 else len(values)
        chosen = np.sort(np.argsort(-size, kind="stable")[:count])  # (most,)
        numbers = [int(place) for place in places[chosen]]
        terms = [self._term(node, {**bound, **inner}) for inner in cells_at(letters, self.extents, numbers)]
        more = len(values) - len(terms)
        if name != "sum":
            tail = f", … and {more} more)" if more else ")"
            return _pick(name, values.tolist()), (f"{name}(", *_listed(terms), tail), ATOM
        if not terms:
            return np.float64(0.0), ("0",), ATOM
        rest = np.delete(values, chosen)  # (more,)
        tight = ADD if len(terms) > 1 else terms[0].tight
        return np.float64(values.sum()), (Sum(tuple(terms), more, float(rest.sum())),), tight

    def _choice(self, node: ast.IfExp, bound: dict[str, Shape]) -> tuple[float, tuple[Part, ...], int]:
        count = len(self.reads)
        holds, test = self._test(node.test, bound)
        is_of_places = len(self.reads) == count  # alone: then there was no choice for this cell, whatever the numbers
        value, parts, tight = self.visit(node.body if holds else node.orelse, bound)
        return (value, parts, tight) if is_of_places else (value, (*test, " → ", *parts), CHOICE)

    def _test(self, node: ast.expr, bound: dict[str, Shape]) -> tuple[bool, tuple[Part, ...]]:
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            done = []
            for value in node.values:
                done.append(self._test(value, bound))
                if not done[-1][0]:
                    break
            joined = tuple(
                part for number, (_, parts) in enumerate(done) for part in ((" and ",) * bool(number) + parts)
            )
            return all(holds for holds, _ in done), joined
        if not isinstance(node, ast.Compare):
            raise RuleError(f"not a comparison: {ast.unparse(node)}")
        left, parts, _ = self.visit(node.left, bound)
        holds = True
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            sign, opposite, compare = COMPARISONS[type(operator)]
            right, right_parts, _ = self.visit(right_node, bound)
            holds_here = compare(left, right)
            if not holds_here:  # nothing is greater than nan, and nothing is less
                sign = f"not {sign}" if math.isnan(left) or math.isnan(right) else opposite
            holds = holds and bool(holds_here)
            parts += (f" {sign} ", *right_parts)
            left = right
        return holds, parts


def _pick(name: str, values: list[float]) -> float:
    """Return the largest, or the number of the first place where it stands."""
    largest = max(values)
    return np.float64(largest if name == "max" else values.index(largest))


def _listed(terms: list[Term]) -> tuple[Part, ...]:
    """Return terms with commas between them."""
    return tuple(part for number, term in enumerate(terms) for part in ((", ",) * bool(number) + term.parts))


def _bracketed(parts: tuple[Part, ...], tight: int, needed: int) -> tuple[Part, ...]:
    return parts if tight >= needed else ("(", *parts, ")")
