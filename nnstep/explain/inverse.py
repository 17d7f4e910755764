"""Where a cell is read: a rule's index expressions turned round, so that no other cell has to be looked at."""

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

from nnstep.engine.gather import Array, Flags, Gatherer, Numbers, along
from nnstep.engine.rule import Extents, Reference, Rule, Settings, Shape, index_value
from nnstep.records import dataclass


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
        for site in rule.references:
            if site.name == name:
                solver.mark(site, at, found)
    return np.argwhere(found)  # (n, axes)


@lru_cache(maxsize=1024)
def places_read(rule: Rule) -> frozenset[str]:
    """Return the inputs whose numbers are places in another input: the x of `table[x[b],j]`."""
    return _inputs_in(part for site in rule.references for part in site.nodes)


@lru_cache(maxsize=1024)
def deciding(rule: Rule) -> frozenset[str]:
    """Return the inputs whose numbers say which cells of the others are read: as places, or in conditions."""
    return places_read(rule) | _inputs_in(test for site in rule.references for test, _ in site.tests)


def _inputs_in(trees: Iterable[ast.expr]) -> frozenset[str]:
    return frozenset(
        inner.value.id
        for tree in trees
        for inner in ast.walk(tree)
        if isinstance(inner, ast.Subscript) and isinstance(inner.value, ast.Name)
    )


@dataclass(frozen=True)
class _Solver:
    rule: Rule
    values: Mapping[str, Array]
    settings: Settings
    extents: Extents

    def mark(self, site: Reference, at: Shape, found: Flags) -> None:
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
            lines = [[n] for n in known[letter]] if letter in known else map(range, self.extents[letter])
            bound[letter] = tuple(along(np.array(line), first + n, axes) for n, line in enumerate(lines))
        match = self._matching(site, at, bound, axes)
        target = sum(counts[: len(self.rule.target)])
        region = tuple(
            slice(n, n + 1) if n is not None else slice(None)
            for letter, count in zip(self.rule.target, counts, strict=False)
            for n in (known[letter] if letter in known else (None,) * count)
        )
        found[region] |= match.any(axis=tuple(range(target, axes)))

    def _known(self, site: Reference, at: Shape) -> dict[str, Shape] | None:
        """Return what the letters are that stand alone as an index; None where they can't be that."""
        known: dict[str, Shape] = {}
        for letter, here in site.match(at):
            if not isinstance(letter, str) or letter not in self.rule.letters:
                continue
            if known.setdefault(letter, here) != here or any(
                n >= length for n, length in zip(here, self.extents[letter], strict=True)
            ):
                return None
        return known

    def _matching(self, site: Reference, at: Shape, bound: Mapping[str, tuple[Numbers, ...]], axes: int) -> Flags:
        """Return where the worked out indices are those of the cell and all tests come out as they must."""
        gatherer = Gatherer(self.values, self.settings, self.extents)
        match = np.ones((1,) * axes, dtype=np.bool_)
        for test, wanted in site.tests:
            chosen = ast.IfExp(test, ast.Constant(1), ast.Constant(0))
            match = match & ((gatherer.visit(chosen, bound, match) == 1) == wanted)
        for part, (letter, here) in zip(site.nodes, site.match(at), strict=True):
            if letter in self.rule.letters:
                continue

            def read(node: ast.Subscript) -> Numbers:
                return gatherer.visit(node, bound, match).astype(np.intp)  # noqa: B023 - called before the loop goes on

            match = match & (index_value(part, bound, self.settings, read) == here[0])
        return match
