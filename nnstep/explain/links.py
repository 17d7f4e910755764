"""The way from a gradient back to the loss: at each signal the source that adds most, and the factor between them."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array, Cell
from nnstep.engine.gather import reads_of, value_at
from nnstep.engine.program import Program, Step
from nnstep.explain.factors import Made, factor_made
from nnstep.explain.figures import figure
from nnstep.explain.gradients import owners_of, signals_of, whole_of
from nnstep.explain.naming import cell_text, number_text
from nnstep.explain.pieces import pieces_of
from nnstep.explain.places import CellPlace
from nnstep.explain.words import Line, Word
from nnstep.records import dataclass
from nnstep.session import View

Kind = Literal["samples", "places", "ways"]
# For each value, by its id, places as rows (n, axes).
_Places: TypeAlias = Mapping[str, NDArray[np.intp]]
_NOTHING = 1e-14  # of the numbers that are subtracted: what rounding alone leaves
_LOOKED_AT = 16  # of the signals that come together in a cell, so many, the largest, are weighed against each other


@dataclass(frozen=True)
class Factor:
    """One factor of the chain.

    name: `∂ŷ[0,0]/∂z2[0,0]`. numbers: its arithmetic. made: how it comes from cells, `W2[0,1]`, `m2[1,1] / (1 - 0.5)`;
    empty for a 1 that is read from nowhere. places: the cells it is read from, the first one to go to; where it is read
    from none (the 1 of a bias), the signal that it makes.
    """

    value: float
    name: str
    numbers: Line
    made: str
    places: tuple[CellPlace, ...]


@dataclass(frozen=True)
class Link:
    """A signal, the signal nearer to the loss that it was made from, the factor between, and what else came in."""

    made: Cell
    factor: Factor
    rest: float
    count: int
    kind: Kind


@dataclass(frozen=True)
class _Way:
    """One way into a signal: the source that it comes from, and what it adds to the signal."""

    value: float
    source: Cell


def part_of(program: Program, identity: str) -> str:
    """Return the id of the gradient that a signal is only a part of; empty where it is of none, or all of one."""
    gradients = owners_of(program)
    whole = whole_of(gradients, identity) if identity in signals_of(program) else ""
    is_part = whole not in ("", identity) and program.values[whole].shape == program.values[identity].shape
    return whole if is_part else ""


class Walker:
    """Follows signals from a gradient to the loss. row: of the sample that is followed."""

    def __init__(self, view: View, decimals: int, start: Cell) -> None:
        self.view, self.decimals = view, decimals
        self.program: Program = view.program
        self.signals = signals_of(self.program)
        self.row = start.at[0] if self.program.is_sampled(start.name) else view.sample
        self.of = owners_of(self.program)
        self.found: dict[tuple[Cell, int], _Way] = {}

    def walk(self, signal: Cell) -> Iterator[Link]:
        """Yield the links, that at the cell first and the loss's own gradient last."""
        while True:
            step = self.program.values[signal.name]
            assert isinstance(step, Step)
            sources = self._sources(step, signal)
            count = sum(len(places) for places in sources.values())
            if not count:
                yield Link(signal, self._first(step, signal), 0.0, 0, "ways")
                return
            kind = self._kind(signal, sources)
            source = self._chosen(step, signal, sources)
            if self.program.is_sampled(source.name):
                self.row = source.at[0]
            factor = self._factor(step, signal, source)
            whole, part = self._number(signal), factor.value * self._number(source)
            is_all = count == 1 or abs(whole - part) <= _NOTHING * max(abs(whole), abs(part))
            rest = 0.0 if is_all else whole - part
            yield Link(signal, factor, rest, count - 1, kind)
            signal = source

    def _kind(self, signal: Cell, sources: _Places) -> Kind:
        """Return what comes together in a signal: samples, places of samples (times, pixels), or ways."""
        if self.program.is_sampled(signal.name):
            return "ways"
        sampled = [places for name, places in sources.items() if self.program.is_sampled(name)]
        if not sampled:
            return "ways"
        most = max(np.bincount(rows[:, 0]).max(initial=0) for rows in sampled)  # np.unique loads numpy.ma: 15 ms
        return "samples" if most <= 1 else "places"

    def _sources(self, step: Step, signal: Cell) -> _Places:
        """Return the signals that a signal is made from: for each value, by its id, places as rows (n, axes)."""
        names = {name: identity for name, identity in step.inputs.items() if identity in self.signals}
        if not names:
            return {}
        values = {name: self.view.values[identity] for name, identity in step.inputs.items()}
        places = reads_of(step.op.rule, signal.at, values, step.settings)
        return {identity: places[name] for name, identity in names.items()}

    def _chosen(self, step: Step, signal: Cell, sources: _Places) -> Cell:
        """Return the source that adds most: of the chosen sample, and of any where that adds nothing."""
        way = self._largest(step, signal, sources, of_sample=True)
        if not way.value:
            every = self._largest(step, signal, sources, of_sample=False)
            way = every if every.value else way
        return way.source

    def _largest(self, step: Step, signal: Cell, sources: _Places, *, of_sample: bool) -> _Way:
        """Return the source that adds most to a signal.

        A source that is no sample's own (of one time, of a feature's mean) adds what the largest of its own sources
        does. of_sample: what the followed sample adds is all that counts.
        """
        key = (signal, self.row if of_sample else -1)
        if key in self.found:
            return self.found[key]
        ways = []
        if any(self.program.is_sampled(name) or self.program.is_sampled(signal.name) for name in sources):
            ways.append(self._largest_own(step, signal, sources, of_sample=of_sample))
        else:
            for source in self._largest_signals(sources):
                made = self.program.values[source.name]
                assert isinstance(made, Step)
                behind = self._sources(made, source)
                value = 0.0 if of_sample else self._number(source)  # a penalty is of no sample
                if any(map(len, behind.values())):
                    value = self._largest(made, source, behind, of_sample=of_sample).value
                ways.append(_Way(self._coefficient(step, signal, source) * value, source))
        self.found[key] = max(ways, key=lambda way: abs(way.value))
        return self.found[key]

    def _largest_own(self, step: Step, signal: Cell, sources: _Places, *, of_sample: bool) -> _Way:
        """Return the source that adds most, where samples' own signals come together, or one is made of others."""
        values = {name: self.view.values[identity] for name, identity in step.inputs.items()}
        everywhere = sources
        if of_sample and not self.program.is_sampled(signal.name):
            sources = {name: self._rows(name, places) for name, places in sources.items()}
            for name, identity in step.inputs.items():
                if identity in sources and self.program.is_sampled(identity):
                    values[name] = np.zeros_like(values[name])  # as the signal
                    values[name][self.row] = self.view.values[identity][self.row]
        # Where each term of a sum has one signal in it, the largest of them is found at once.
        largest = pieces_of(step.op.rule, signal.at, values, step.settings, most=1).pieces[0]
        read = [Cell(step.inputs[cell.name], cell.at) for cell in largest.reads]
        own = [cell for cell in dict.fromkeys(read) if cell.name in sources]
        if largest.value and len(own) == 1:
            return _Way(largest.value, own[0])
        cells = self._largest_signals(sources)
        if not cells:  # the followed sample is in none of them
            return _Way(0.0, self._largest_signals(everywhere)[0])
        ways = [_Way(self._coefficient(step, signal, cell) * self._number(cell), cell) for cell in cells]
        return max(ways, key=lambda way: abs(way.value))

    def _rows(self, name: str, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the places of the followed sample, as rows (n, axes)."""
        return places[places[:, 0] == self.row] if self.program.is_sampled(name) else places  # (n, axes)

    def _largest_signals(self, sources: _Places) -> list[Cell]:
        """Return the largest of the signals that come together, in their order."""
        cells = []
        for name, places in sources.items():
            size = np.abs(self.view.values[name][tuple(places.T)])  # (n,)
            largest = np.sort(np.argsort(-size, kind="stable")[:_LOOKED_AT])  # (n,)
            cells += [Cell(name, tuple(place)) for place in places[largest].tolist()]
        return cells

    def _coefficient(self, step: Step, signal: Cell, source: Cell) -> float:
        """Return what a source is multiplied with on its way into a signal."""
        return value_at(step.op.rule, signal.at, self._alone(step, source, 1.0), step.settings)

    def _alone(self, step: Step, source: Cell, number: float) -> dict[str, Array]:
        """Return what a step reads, with a number for one signal and 0 for all others."""
        values = {}
        for name, identity in step.inputs.items():
            values[name] = self.view.values[identity]
            if identity in self.signals:
                values[name] = np.zeros_like(values[name])  # as the signal
                if identity == source.name:
                    values[name][source.at] = number
        return values

    def _factor(self, step: Step, signal: Cell, source: Cell) -> Factor:
        """Return what a signal is multiplied with on its way into the next one."""
        value = self._coefficient(step, signal, source)
        made = self._made(step, signal, source)
        nearer, own = self._of(source), self._of(signal)
        same = nearer == own and value == 1.0
        name = "" if same else f"∂{cell_text(self.view, nearer)}/∂{cell_text(self.view, own)}"
        places = tuple(CellPlace(self.view.position.iteration, cell) for cell in made.cells or (signal,))
        return Factor(value, name, self._shown(made.cells, value), made.text, places)

    def _made(self, step: Step, signal: Cell, source: Cell) -> Made:
        """Return how a factor comes from the cells it is read from, as they are called in the program."""
        # The term with the signal in it is found by a number that no factor makes small, not even 0.
        values = self._alone(step, source, np.nan)
        term = pieces_of(step.op.rule, signal.at, values, step.settings, most=1).pieces[0]
        names = {name: identity for name, identity in step.inputs.items() if identity == source.name}
        made = factor_made(
            term,
            Cell(next(iter(names)), source.at),
            lambda cell: step.inputs[cell.name] in self.signals,
            lambda cell: cell_text(self.view, Cell(step.inputs[cell.name], cell.at)),
        )
        return Made(made.text, tuple(Cell(step.inputs[cell.name], cell.at) for cell in made.cells))

    def _shown(self, cells: tuple[Cell, ...], value: float) -> Line:
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
        made = cell_text(self.view, signal)
        return Factor(value, name, (Word(shown, "read"),), made, (CellPlace(self.view.position.iteration, signal),))

    def _of(self, signal: Cell) -> Cell:
        """Return the cell that a signal is the gradient of; of a part of a gradient, that of the whole."""
        whole = self.of.get(whole_of(self.of, signal.name), signal.name)
        shape = self.program.values[signal.name].shape
        known = whole in self.program.values and self.program.values[whole].shape == shape
        return Cell(whole, signal.at) if known else signal

    def _number(self, cell: Cell) -> float:
        return float(self.view.values[cell.name][cell.at])
