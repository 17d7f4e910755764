"""A rule at many places at once: which cells a sum over 1,437 samples reads, and what each of its terms comes to.

`cell` works places out one by one, in words; this does the same arithmetic on arrays of places, for what has to be
known about sums that are too long to be written out.
"""

import ast
import math
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.arithmetic import COMPARISONS, CONSTANTS, FUNCTIONS, OPERATORS
from nnstep.engine.rule import (
    LEADING,
    Extents,
    Rule,
    RuleError,
    Settings,
    Shape,
    index_text,
    index_value,
    indices_of,
    is_reduction,
    reduction_name,
    summand,
)
from nnstep.records import dataclass

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.intp]
# What each letter stands for, an array for each of its axes; all of them broadcast together.
Bound: TypeAlias = Mapping[str, tuple[Numbers, ...]]

_EVERYWHERE: Flags = np.array(True)


def reads_of(
    rule: Rule, at: Shape, values: Mapping[str, Array], settings: Settings | None = None
) -> dict[str, Numbers]:
    """Return the cells that the cell `at` is made from, for each input: (n, axes), in their order, each once."""
    settings = settings or {}
    extents = rule.extents({name: np.shape(values[name]) for name in rule.inputs}, settings)
    gatherer = Gatherer(values, settings, extents)
    with np.errstate(all="ignore"):
        gatherer.visit(rule.body, _arrays(rule.bind(at)), _EVERYWHERE)
    found: dict[str, list[Numbers]] = {name: [] for name in rule.inputs}
    for read in gatherer.reads:
        found[read.name].append(read.flat(np.shape(values[read.name])))
    return {name: _cells(parts, np.shape(values[name])) for name, parts in found.items()}


def value_at(rule: Rule, at: Shape, values: Mapping[str, Array], settings: Settings | None = None) -> float:
    """Return the cell `at`, its sums added up by NumPy."""
    settings = settings or {}
    extents = rule.extents({name: np.shape(values[name]) for name in rule.inputs}, settings)
    with np.errstate(all="ignore"):
        return float(Gatherer(values, settings, extents).visit(rule.body, _arrays(rule.bind(at)), _EVERYWHERE))


def terms_of(
    node: ast.Call, bound: Mapping[str, Shape], values: Mapping[str, Array], settings: Settings, extents: Extents
) -> tuple[Array, Numbers]:
    """Return what is summed in `sum[i](...)` at each place that counts, (n,), and the numbers of these places, (n,)."""
    gatherer = Gatherer(values, settings, extents)
    with np.errstate(all="ignore"):
        spread = gatherer.spread(node, _arrays(bound), _EVERYWHERE)
        counts = np.flatnonzero(np.broadcast_to(gatherer.counts(node, _arrays(bound)), spread.shape))  # (n,)
    return spread.reshape(-1)[counts], counts


@dataclass(frozen=True)
class _Read:
    """Cells that are read: an array for each axis, and at which of the places they are read at all."""

    name: str
    at: tuple[Numbers, ...]
    where: Flags

    def flat(self, shape: Shape) -> Numbers:
        """Return the cells' numbers in the value laid in one row."""
        if not shape:
            return np.zeros(int(np.any(self.where)), dtype=np.intp)
        *at, where = np.broadcast_arrays(*self.at, self.where)
        flat: Numbers = np.ravel_multi_index(tuple(axis[where] for axis in at), shape)  # (n,)
        return flat


class Gatherer:
    """Walks a rule's tree once for all places; `reads` is what was read on the way."""

    def __init__(self, values: Mapping[str, Array], settings: Settings, extents: Extents) -> None:
        self.values, self.settings, self.extents = values, settings, extents
        self.reads: list[_Read] = []

    def visit(self, node: ast.expr, bound: Bound, where: Flags) -> Array:
        """Return what the node comes to at each place. where: the places at which it counts.

        Raises RuleError for what a rule may not say.
        """
        if is_reduction(node):
            return self._reduction(node, bound, where)  # type: ignore[arg-type]
        match node:
            case ast.Constant(value=int() | float() as number):
                return np.asarray(float(number))
            case ast.Name(id=name):
                return self._name(name, bound, where)
            case ast.Subscript():
                return self._read(node, bound, where)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.visit(inner, bound, where)
            case ast.BinOp(left=left, op=sign, right=right):
                return np.asarray(
                    OPERATORS[type(sign)].apply(self.visit(left, bound, where), self.visit(right, bound, where))
                )
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return np.asarray(FUNCTIONS[name](*(self.visit(argument, bound, where) for argument in arguments)))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._choice(self._test(test, bound, where), body, orelse, bound, where)
        raise RuleError(f"{ast.unparse(node)} has no place in a rule")

    def spread(self, node: ast.Call, bound: Bound, where: Flags) -> Array:
        """Return what is inside a reduction, with an axis more for each axis that its letters run over."""
        inner, lengths = self._inner(node, bound)
        made = self.visit(node.args[0], inner, _widened(where, len(lengths)))
        return np.broadcast_to(made, np.broadcast_shapes(made.shape, np.shape(where) + lengths))

    def counts(self, node: ast.Call, bound: Bound) -> Flags:
        """Return which places of a reduction count, as `spread` lays them out or to be broadcast to that."""
        test, _ = summand(node)
        return _EVERYWHERE if test is None else self._test(test, self._inner(node, bound)[0], _EVERYWHERE)

    def _inner(self, node: ast.Call, bound: Bound) -> tuple[Bound, Shape]:
        """Return what the letters stand for inside a reduction, and the lengths of the axes that this adds."""
        letters = [index_text(part) for part in indices_of(node.func)]
        lengths = tuple(length for letter in letters for length in self.extents[letter])
        inner = {letter: tuple(_widened(axis, len(lengths)) for axis in axes) for letter, axes in bound.items()}
        place = 0
        for letter in letters:
            count = len(self.extents[letter])
            inner[letter] = tuple(along(np.arange(lengths[n]), n, len(lengths)) for n in range(place, place + count))
            place += count
        return inner, lengths

    def _reduction(self, node: ast.Call, bound: Bound, where: Flags) -> Array:
        spread = self.spread(node, bound, where)
        axes = sum(len(self.extents[index_text(part)]) for part in indices_of(node.func))
        last = tuple(range(-axes, 0))
        match reduction_name(node):
            case "max":
                return np.asarray(spread.max(axis=last))
            case "argmax":
                return np.asarray(spread.reshape((*spread.shape[:-axes], -1)).argmax(axis=-1), dtype=np.float64)
        return np.asarray(spread.sum(axis=last))

    def _name(self, name: str, bound: Bound, where: Flags) -> Array:
        if name in bound:
            return np.asarray(bound[name][0], dtype=np.float64)
        if name in self.settings:
            return np.asarray(float(self.settings[name]))
        if name in CONSTANTS:
            return np.asarray(CONSTANTS[name])
        self.reads.append(_Read(name, (), where))
        return np.asarray(self.values[name])

    def _read(self, node: ast.Subscript, bound: Bound, where: Flags) -> Array:
        at: list[Numbers] = []
        for part in indices_of(node):
            if index_text(part) == LEADING:
                at.extend(bound[LEADING])
            else:
                at.append(np.asarray(index_value(part, bound, self.settings, lambda n: self._place(n, bound, where))))
        name = node.value.id  # type: ignore[attr-defined]
        if not np.all(where):  # a place that does not count may be outside the value
            at = [np.where(where, axis, 0) for axis in at]  # each as the places
        self.reads.append(_Read(name, tuple(at), where))
        return np.asarray(self.values[name][tuple(at)])

    def _place(self, node: ast.Subscript, bound: Bound, where: Flags) -> Numbers:
        """Return places that are themselves read."""
        return self._read(node, bound, where).astype(np.intp)

    def _choice(self, holds: Flags, body: ast.expr, orelse: ast.expr, bound: Bound, where: Flags) -> Array:
        """Visit only the branches that are taken somewhere."""
        if np.all(holds | ~where):
            return self.visit(body, bound, where)
        if not np.any(holds & where):
            return self.visit(orelse, bound, where)
        return np.where(holds, self.visit(body, bound, where & holds), self.visit(orelse, bound, where & ~holds))

    def _test(self, node: ast.expr, bound: Bound, where: Flags) -> Flags:
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            holds = _EVERYWHERE
            for value in node.values:
                holds = holds & self._test(value, bound, where & holds)
            return holds
        if not isinstance(node, ast.Compare):
            raise RuleError(f"not a comparison: {ast.unparse(node)}")
        numbers = [self.visit(part, bound, where) for part in (node.left, *node.comparators)]
        pairs = zip(node.ops, pairwise(numbers), strict=True)
        return self._all(COMPARISONS[type(sign)].holds(left, right) for sign, (left, right) in pairs)

    @staticmethod
    def _all(flags: Iterable[Flags]) -> Flags:
        return reduce(np.logical_and, flags, _EVERYWHERE)


def _arrays(bound: Mapping[str, Shape]) -> Bound:
    return {letter: tuple(np.asarray(n, dtype=np.intp) for n in at) for letter, at in bound.items()}


def along(line: Numbers, axis: int, axes: int) -> Numbers:
    """Return a line of numbers (n,) along one axis of so many: (1, ..., n, ..., 1)."""
    return line.reshape([-1 if number == axis else 1 for number in range(axes)])


def _widened(array: Any, axes: int) -> Any:
    """Return an array with so many axes of length 1 behind its own."""
    return np.reshape(array, (*np.shape(array), *(1,) * axes))


def _cells(parts: list[Numbers], shape: Shape) -> Numbers:
    """Return cells given by their numbers as rows of places: (n, axes)."""
    size = math.prod(shape)
    read = np.zeros(size, dtype=np.bool_)  # (cells of the value,)
    for part in parts:
        read[part] = True
    flat = np.flatnonzero(read)  # (n,)
    return np.stack(np.unravel_index(flat, shape), axis=1) if shape else np.empty((len(flat), 0), dtype=np.intp)
