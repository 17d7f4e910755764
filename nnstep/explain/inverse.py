"""Where a cell is read: a rule's index expressions turned round, so that no other cell has to be looked at."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array
from nnstep.engine.gather import Gatherer
from nnstep.engine.rule import (
    CONSTANTS,
    LEADING,
    Extents,
    Rule,
    Settings,
    Shape,
    index_text,
    index_value,
    indices_of,
    is_reduction,
)
from nnstep.records import dataclass

Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.intp]
_Test: TypeAlias = tuple[ast.expr, bool]


@dataclass(frozen=True)
class _Site:
    """One place in a rule where an input is read.

    indices: as they stand there. letters: of the sums around it, the outer ones first. tests: what has to hold, or not
    to hold, for this place to be looked at.
    """

    name: str
    indices: tuple[ast.expr, ...]
    letters: tuple[str, ...]
    tests: tuple[_Test, ...]


def readers_of(
    rule: Rule, name: str, at: Shape, values: Mapping[str, Array], settings: Settings | None = None
) -> Numbers:
    """Return the cells that read the cell `at` of the input `name`, as rows (n, axes), in their order, each once."""
    settings = settings or {}
    extents = rule.extents({name: np.shape(values[name]) for name in rule.inputs}, settings)
    solver = _Solver(rule, values, settings, extents)
    shape = tuple(length for letter in rule.target for length in extents[letter])
    found = np.zeros(shape, dtype=np.bool_)  # as the value
    with np.errstate(all="ignore"):
        for site in _sites(rule):
            if site.name == name:
                solver.mark(site, at, found)
    return np.argwhere(found)  # (n, axes)


@lru_cache(maxsize=1024)
def places_read(rule: Rule) -> frozenset[str]:
    """Return the inputs whose numbers are places in another input: the x of `table[x[b],j]`."""
    return frozenset(
        inner.value.id
        for site in _sites(rule)
        for part in site.indices
        for inner in ast.walk(part)
        if isinstance(inner, ast.Subscript) and isinstance(inner.value, ast.Name)
    )


@lru_cache(maxsize=1024)
def _sites(rule: Rule) -> tuple[_Site, ...]:
    return tuple(_found_in(rule, rule.body, (), ()))


def _found_in(rule: Rule, node: ast.AST, letters: tuple[str, ...], tests: tuple[_Test, ...]) -> Iterator[_Site]:
    if is_reduction(node):
        assert isinstance(node, ast.Call)
        own = tuple(index_text(part) for part in indices_of(node.func))
        yield from _found_in(rule, node.args[0], letters + own, tests)
        return
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield from _found_in(rule, test, letters, tests)
            yield from _found_in(rule, body, letters, (*tests, (test, True)))
            yield from _found_in(rule, orelse, letters, (*tests, (test, False)))
        case ast.BoolOp(values=parts):  # a condition is looked at only where those before it hold
            for number, part in enumerate(parts):
                yield from _found_in(rule, part, letters, (*tests, *((before, True) for before in parts[:number])))
        case ast.Subscript(value=ast.Name(id=name)):
            yield _Site(name, indices_of(node), letters, tests)
            for inner in indices_of(node):
                yield from (site for site in _found_in(rule, inner, letters, tests) if site.indices)
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from _found_in(rule, argument, letters, tests)
        case ast.Name(id=name):
            if name in rule.inputs and name not in rule.letters | CONSTANTS | set(rule.settings):
                yield _Site(name, (), letters, tests)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _found_in(rule, child, letters, tests)


@dataclass(frozen=True)
class _Solver:
    rule: Rule
    values: Mapping[str, Array]
    settings: Settings
    extents: Extents

    def mark(self, site: _Site, at: Shape, found: Flags) -> None:
        """Mark the cells that read the cell `at` at this place of the rule.

        Each letter has axes of its own, first those of the value that is made. A letter that stands alone as an index
        is known at once; the others run, but only as far as the indices and tests they stand in ask for.
        """
        known = self._known(site, at)
        if known is None:
            return
        letters = (*self.rule.target, *site.letters)
        counts = [len(self.extents[letter]) for letter in letters]
        axes = sum(counts)
        bound: dict[str, tuple[Numbers, ...]] = {}
        for place, letter in enumerate(letters):
            first = sum(counts[:place])
            bound[letter] = tuple(
                self._axis(self.extents[letter][n], axes, first + n, known[letter][n] if letter in known else None)
                for n in range(counts[place])
            )
        match = self._matching(site, at, bound, axes)
        target = sum(counts[: len(self.rule.target)])
        region = tuple(
            slice(n, n + 1) if n is not None else slice(None)
            for letter, count in zip(self.rule.target, counts, strict=False)
            for n in (known[letter] if letter in known else (None,) * count)
        )
        found[region] |= match.any(axis=tuple(range(target, axes)))

    def _known(self, site: _Site, at: Shape) -> dict[str, Shape] | None:
        """Return what the letters are that stand alone as an index; None where they can't be that."""
        spare = len(at) - (len(site.indices) - any(index_text(part) == LEADING for part in site.indices))
        known: dict[str, Shape] = {}
        rest = list(at)
        for part in site.indices:
            letter = index_text(part)
            count = spare if letter == LEADING else 1
            here, rest = tuple(rest[:count]), rest[count:]
            if letter not in self.rule.letters:
                continue
            if known.setdefault(letter, here) != here or any(
                n >= length for n, length in zip(here, self.extents[letter], strict=True)
            ):
                return None
        return known

    def _matching(self, site: _Site, at: Shape, bound: Mapping[str, tuple[Numbers, ...]], axes: int) -> Flags:
        """Return where the worked out indices are those of the cell and all tests come out as they must."""
        gatherer = Gatherer(self.values, self.settings, self.extents)
        match = np.ones((1,) * axes, dtype=np.bool_)
        for test, wanted in site.tests:
            chosen = ast.IfExp(test, ast.Constant(1), ast.Constant(0))
            match = match & ((gatherer.visit(chosen, bound, match) == 1) == wanted)
        place = 0
        for part in site.indices:
            letter = index_text(part)
            if letter in self.rule.letters:
                place += len(self.extents[letter])
                continue

            def read(node: ast.Subscript) -> Numbers:
                return gatherer.visit(node, bound, match).astype(np.intp)  # noqa: B023 - called before the loop goes on

            match = match & (index_value(part, bound, self.settings, read) == at[place])
            place += 1
        return match

    @staticmethod
    def _axis(length: int, axes: int, number: int, known: int | None) -> Numbers:
        """Return 0, 1, 2 ... along one axis of so many, or the one number that is known."""
        line = np.arange(length) if known is None else np.array([known])  # (length,)
        return line.reshape([-1 if n == number else 1 for n in range(axes)])
