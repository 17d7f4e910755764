"""The chain rule for one cell: the factors from the loss down to it, and what the other ways add.

dL/dw = dL/dŷ · dŷ/dz · dz/dw, for one sample and one way through the network. The signals of the program's own backward
steps are followed from the gradient of the cell back to the loss: each is a sum of signals nearer to the loss, each
times a factor. One of these is chosen at each step; the others are added up beside it.
"""

from collections.abc import Iterator
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.backward import gradient_id
from nnstep.engine.cell import Array, Cell
from nnstep.engine.gather import reads_of, value_at
from nnstep.engine.program import Program, Step
from nnstep.explain.figures import figure
from nnstep.explain.gradients import gradients_of, signals_of
from nnstep.explain.naming import cell_text, number_text, sample_text
from nnstep.explain.pieces import pieces_of
from nnstep.explain.places import CellPlace
from nnstep.explain.words import Line, Word, sentence
from nnstep.records import dataclass
from nnstep.session import View

Kind = Literal["samples", "places", "ways"]
_NOTHING = 1e-14  # of the numbers that are subtracted: what rounding alone leaves
_LOOKED_AT = 16  # of the signals that come together in a cell, so many, the largest, are weighed against each other


@dataclass(frozen=True)
class Factor:
    """One factor of the chain.

    name: `∂ŷ[0,0]/∂z2[0,0]`. numbers: its arithmetic. places: the cells it is read from, the first one to go to; where
    it is read from none (the 1 of a bias), the signal that it makes.
    """

    value: float
    name: str
    numbers: Line
    places: tuple[CellPlace, ...]


@dataclass(frozen=True)
class Others:
    """What comes together with the chosen way at one signal, and is not on it.

    value: what it adds to the gradient. count: how many signals it is the sum of. kind: are these other samples, other
    places of samples (a weight that is shared), or other ways through the network? at: where they come together.
    """

    value: float
    count: int
    kind: Kind
    at: CellPlace


@dataclass(frozen=True)
class Chain:
    """The gradient of one cell: the product of the factors, and what the others add.

    gradient: where it stands, with the sign that is shown. value: it. factors: from the loss to the cell; none for a
    cell that has no gradient. sample: the number of the sample that the way goes through, as `sample 2`.
    """

    cell: Cell
    gradient: CellPlace
    value: float
    factors: tuple[Factor, ...]
    others: tuple[Others, ...]
    sample: str
    told: Line

    @property
    def term(self) -> float:
        """What the chosen way comes to: the product of its factors."""
        return prod(factor.value for factor in self.factors)


@dataclass(frozen=True)
class _Link:
    """A signal, the signal nearer to the loss that it was made from, the factor between, and what else came in."""

    made: Cell
    factor: Factor
    rest: float
    count: int
    kind: Kind


def chain_of(view: View, cell: Cell, *, decimals: int = 4) -> Chain:
    """Return the chain of factors from the loss to a cell, through the chosen sample, else through the largest signal.

    A cell without a gradient has no factors: what is told says so. The values of the whole iteration are used, so it
    can be asked for before the backward pass is done.
    """
    here, known = view.position.iteration, gradients_of(view.program)
    if cell.name not in known:
        told = (Word(cell_text(view, cell), "name"), Word(" has no gradient in this program", "dim"))
        return Chain(cell, CellPlace(here, cell), 0.0, (), (), "", told)
    walker = _Walker(view, decimals)
    start = Cell(known[cell.name], cell.at)
    links = list(walker.walk(start))
    factors, others = [], []
    before = 1.0  # of the factors between a signal and the cell
    for link in links:
        if link.count:
            others.append(Others(before * link.rest, link.count, link.kind, CellPlace(here, link.made)))
        before *= link.factor.value
        if link.factor.name:
            factors.append(link.factor)
    value = float(view.values[start.name][start.at])
    sample = next((text for link in reversed(links) if (text := sample_text(view, link.made))), "")
    chain = Chain(cell, CellPlace(here, start), value, tuple(reversed(factors)), tuple(others), sample, ())
    return Chain(**{**vars(chain), "told": _told(view, chain, decimals)})


class _Walker:
    """Follows signals from a gradient to the loss."""

    def __init__(self, view: View, decimals: int) -> None:
        self.view, self.decimals = view, decimals
        self.program: Program = view.program
        self.signals = signals_of(self.program)
        # Of two values with one gradient (before and after the bias) the one is meant that it is named after.
        known = sorted(gradients_of(self.program).items(), key=lambda pair: gradient_id(pair[0]) == pair[1])
        self.of = {gradient: identity for identity, gradient in known}

    def walk(self, signal: Cell) -> Iterator[_Link]:
        """Yield the links, that at the cell first and the loss's own gradient last."""
        while True:
            step = self.program.values[signal.name]
            assert isinstance(step, Step)
            sources = self._sources(step, signal)
            count = sum(len(places) for places in sources.values())
            if not count:
                yield _Link(signal, self._first(step, signal), 0.0, 0, "ways")
                return
            kind = self._kind(signal, sources)
            source = self._chosen(step, signal, sources)
            factor = self._factor(step, signal, source)
            whole, part = self._number(signal), factor.value * self._number(source)
            rest = whole - part if count > 1 and abs(whole - part) > _NOTHING * max(abs(whole), abs(part)) else 0.0
            yield _Link(signal, factor, rest, count - 1, kind)
            signal = source

    def _kind(self, signal: Cell, sources: dict[str, NDArray[np.intp]]) -> Kind:
        """Return what comes together in a signal: samples, places of samples (times, pixels), or ways."""
        if self.program.is_sampled(signal.name):
            return "ways"
        sampled = [places for name, places in sources.items() if self.program.is_sampled(name)]
        if not sampled:
            return "ways"
        return "samples" if all(len(np.unique(rows[:, 0])) == len(rows) for rows in sampled) else "places"

    def _sources(self, step: Step, signal: Cell) -> dict[str, NDArray[np.intp]]:
        """Return the signals that a signal is made from: for each value, by its id, places as rows (n, axes)."""
        names = {name: identity for name, identity in step.inputs.items() if identity in self.signals}
        if not names:
            return {}
        values = {name: self.view.values[identity] for name, identity in step.inputs.items()}
        places = reads_of(step.op.rule, signal.at, values, step.settings)
        return {identity: places[name] for name, identity in names.items()}

    def _chosen(self, step: Step, signal: Cell, sources: dict[str, NDArray[np.intp]]) -> Cell:
        """Return the source of the chosen sample, and of several the one that adds most."""
        candidates: list[Cell] = []
        for name, places in sources.items():
            rows = places
            if self.program.is_sampled(name) and (places[:, 0] == self.view.sample).any():
                rows = places[places[:, 0] == self.view.sample]  # (n, axes)
            size = np.abs(self.view.values[name][tuple(rows.T)])  # (n,)
            largest = np.sort(np.argsort(-size, kind="stable")[:_LOOKED_AT])  # (n,)
            candidates += [Cell(name, tuple(place)) for place in rows[largest].tolist()]
        if len(candidates) == 1:
            return candidates[0]
        return max(candidates, key=lambda cell: abs(self._coefficient(step, signal, cell) * self._number(cell)))

    def _coefficient(self, step: Step, signal: Cell, source: Cell) -> float:
        """Return what a source is multiplied with, as `_factor` finds it but without its arithmetic."""
        rule, values = step.op.rule, self._alone(step, source)
        return value_at(rule, signal.at, values, step.settings)

    def _alone(self, step: Step, source: Cell) -> dict[str, Array]:
        """Return what a step reads, with 1 for one signal and 0 for all others: it makes their factor then."""
        values = {}
        for name, identity in step.inputs.items():
            values[name] = self.view.values[identity]
            if identity in self.signals:
                values[name] = np.zeros_like(values[name])  # as the signal
                if identity == source.name:
                    values[name][source.at] = 1.0
        return values

    def _factor(self, step: Step, signal: Cell, source: Cell) -> Factor:
        """Return what a signal is multiplied with on its way into the next one."""
        found = pieces_of(step.op.rule, signal.at, self._alone(step, source), step.settings, most=1)
        reads = [Cell(step.inputs[read.name], read.at) for read in found.pieces[0].reads]
        cells = [cell for cell in dict.fromkeys(reads) if cell.name not in self.signals]
        nearer, own = self._of(source), self._of(signal)
        same = nearer == own and found.total == 1.0
        name = "" if same else f"∂{cell_text(self.view, nearer)}/∂{cell_text(self.view, own)}"
        numbers = self._shown(cells, found.total)
        places = tuple(CellPlace(self.view.position.iteration, cell) for cell in cells or [signal])
        return Factor(found.total, name, numbers, places)

    def _shown(self, cells: list[Cell], value: float) -> Line:
        """Return a factor as the cell that it is, else as a number."""
        if len(cells) == 1 and self._number(cells[0]) == value:
            return (Word(figure(value, self.decimals, whole=True), "read"),)
        return (Word(figure(value, self.decimals, whole=True), "value"),)

    def _first(self, step: Step, signal: Cell) -> Factor:
        """Return the loss's own gradient, which every chain begins with; in the sign that is shown."""
        loss, own = self.program.values[self.program.loss].name, self._of(signal)
        name = f"{'-' if step.sign < 0 else ''}∂{loss}/∂{cell_text(self.view, own)}"
        value = self._number(signal)
        shown = number_text(self.view, signal.name, value, self.decimals)
        return Factor(value, name, (Word(shown, "read"),), (CellPlace(self.view.position.iteration, signal),))

    def _of(self, signal: Cell) -> Cell:
        """Return the cell that a signal is the gradient of; of a part of a gradient, that of the whole."""
        name = signal.name
        while name not in self.of and "." in name:
            name = name.rpartition(".")[0]
        whole = self.of.get(name, signal.name)
        known = (
            whole in self.program.values and self.program.values[whole].shape == self.program.values[signal.name].shape
        )
        return Cell(whole, signal.at) if known else signal

    def _number(self, cell: Cell) -> float:
        return float(self.view.values[cell.name][cell.at])


def _told(view: View, chain: Chain, decimals: int) -> Line:
    """Return the chain as a line: `∂L/∂W1[0,1] = 0.21·0.17·1 = 0.0359 for sample 0, and 2 more samples = -0.1091`.

    Other ways that add nothing are left out.
    """
    left = Word(cell_text(view, chain.gradient.cell), "written")
    line: Line = (left, Word(" = ", "operator"))
    for number, factor in enumerate(chain.factors):
        text = factor.numbers[0].text
        bracketed = text.startswith("-") and number > 0
        line += (Word("·", "operator"),) if number else ()
        line += (Word("(", "operator"), *factor.numbers, Word(")", "operator")) if bracketed else factor.numbers
    line += (Word(" = ", "operator"), Word(figure(chain.term, decimals), "value"))
    line += sentence(f" for {chain.sample}" if chain.sample else "", "dim")
    for others in chain.others:
        if not others.value and others.kind == "ways":
            continue
        kind = others.kind if others.count > 1 else others.kind.removesuffix("s")
        line += (
            Word(f", and {others.count:,} more {kind} = ", "dim"),
            Word(figure(others.value, decimals), "value"),
        )
    return line
