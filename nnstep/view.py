"""What there is to see at one place of a training: a frozen view, which says of each cell whether it is to be seen."""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.rounding import Mask, lost_to_rounding
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled

State = Literal["given", "live", "partial", "stale", "blank", "hidden"]
Hidden = Literal["numbers", "shape", "operation"]
"""What is not to be seen of a value that is there: its numbers; its shape as well; or also how it is made."""


@dataclass(frozen=True, order=True)
class Position:
    """A place in a training.

    iteration: from 1. step: how many steps of it are done, from 0. cell: while a step is walked cell by cell, how many
    of the cells of step `step` are there; 0 where that step is whole.
    """

    iteration: int = 1
    step: int = 0
    cell: int = 0


@dataclass(frozen=True)
class Fault:
    """The first number that stopped being finite: in which iteration, in which value, at which cell."""

    iteration: int
    cell: Cell


@dataclass(frozen=True)
class View:
    """What there is to see at a position. Arrays are shared and must not be written to.

    values: of this iteration, all of them; `state` says which are to be shown. before: those of the iteration before.
    samples: the number of the sample in each row. sample: the row that was chosen.
    cursor: the cell whose story is told, if one was chosen.
    losses: the points of the loss curve up to here, one every `loss_spacing` iterations.
    hidden: what is there, and is not to be seen until a person has said what it will be.
    kept_from: the first step whose number is still to be predicted, as is all that comes after it; 0 for none.
    is_run: are these the numbers of a run? Differences of two runs are those of none.
    program_before: that of the iteration before, where there is one; a change may have made it another.
    changed_at: the iteration from which on the last change up to here holds; 0 where nothing was changed.
    """

    compiled: Compiled
    program: Program
    position: Position
    epoch: int
    batch: int
    batches: int
    values: Mapping[str, Array]
    before: Mapping[str, Array]
    samples: tuple[int, ...]
    sample: int
    cursor: Cell | None
    losses: tuple[float, ...]
    loss_spacing: int
    fault: Fault | None
    hidden: Mapping[str, Hidden] = field(default_factory=dict)
    kept_from: int = 0
    is_run: bool = True
    program_before: Program | None = None
    changed_at: int = 0

    def hiding(self, hidden: Mapping[str, Hidden], told: Cell | None, kept_from: int = 0) -> "View":
        """Return the view in which some values can not be seen, and a cell is told where none was chosen."""
        hides_loss = self.program.loss in hidden and bool(self.losses) and self.state(self.program.loss) == "live"
        return replace(
            self,
            hidden=hidden,
            kept_from=kept_from,
            cursor=self.cursor or told,
            losses=self.losses[:-1] if hides_loss and self._ends_here else self.losses,
            fault=None if self.fault and self.fault.cell.name in hidden else self.fault,
        )

    @property
    def _ends_here(self) -> bool:
        """Is the last point of the loss curve that of this iteration?"""
        return (self.position.iteration - 1) % self.loss_spacing == 0

    @property
    def active(self) -> Step | None:
        """The step that was done last, or is being walked; None before the first."""
        return self.program.steps[self.position.step - 1] if self.position.step else None

    def state(self, identity: str) -> State:
        """Return what the cells of a value are: given, live (this iteration's), stale (the last one's) or blank.

        Hidden cells are there, and not to be seen yet.
        """
        if identity in self.hidden:
            return "hidden"
        if isinstance(self.program.values[identity], Variable):
            return "given"
        number, done = self.program.ready[identity], self.position
        is_walked = number == done.step and done.cell > 0
        if is_walked and self.active is not None and identity == self.active.id:
            return "partial"
        if number <= done.step and not is_walked:  # a measure, such as the loss, waits for the whole step
            return "live"
        return "stale" if identity in self.before else "blank"

    def keeps(self, identity: str) -> bool:
        """Is this number still to be predicted? Then whoever works with the whole iteration keeps it to himself.

        Unlike what is hidden it need not be there yet: a gradient tells the delta that it is made of.
        """
        return 0 < self.kept_from <= self.program.ready[identity]

    def array(self, identity: str) -> Array | None:
        """Return the numbers to see of a value: this iteration's, or the last one's; None where there are none."""
        state = self.state(identity)
        if state in ("blank", "hidden"):
            return None
        return self.before[identity] if state == "stale" else self.values[identity]

    def lost(self, identity: str) -> Mask | None:
        """Return which cells of a value of this iteration are 0 but for rounding, as the value; None where none is."""
        if not self.is_run or self.state(identity) not in ("live", "partial"):
            return None
        return lost_to_rounding(self.program, self.values).get(identity)

    def painted(self, identity: str) -> Array | None:
        """Return the numbers to paint: those of `array`, with 0 where one is 0 but for rounding."""
        array, lost = self.array(identity), self.lost(identity)
        return array if array is None or lost is None else np.where(lost, 0.0, array)  # as the value

    def shown(self, cell: Cell) -> float | None:
        """Return the number to show in one cell; None where there is none to see."""
        state = self.state(cell.name)
        if state == "partial" and not self.is_done(cell):
            state = "stale" if cell.name in self.before else "blank"
        if state in ("blank", "hidden"):
            return None
        return float((self.before if state == "stale" else self.values)[cell.name][cell.at])

    def is_done(self, cell: Cell) -> bool:
        """Is this cell's number there in this iteration?"""
        state = self.state(cell.name)
        if state != "partial":
            return state in ("given", "live")
        return self.cell_number(cell) <= self.position.cell

    def cell_number(self, cell: Cell) -> int:
        """Return a cell's place in its value, row after row, from 1."""
        shape = self.values[cell.name].shape
        return int(np.ravel_multi_index(cell.at, shape)) + 1 if shape else 1

    @cached_property
    def story(self) -> Cell | None:
        """The told cell: the one chosen, the one being walked, or the active step's first one of the sample."""
        if self.cursor is not None or self.active is None:
            return self.cursor
        shape = self.active.shape
        if not self.position.cell:
            return self.of_sample(Cell(self.active.id, (0,) * len(shape)))
        place = np.unravel_index(self.position.cell - 1, shape) if shape else ()
        return Cell(self.active.id, tuple(int(n) for n in place))

    def of_sample(self, cell: Cell) -> Cell:
        """Return the cell at the same place in the chosen sample's part of the value, where it has such parts."""
        return Cell(cell.name, (self.sample, *cell.at[1:])) if self.program.is_sampled(cell.name) else cell

    def came(self, cell: Cell) -> float | None:
        """Return what a carried cell came with, from the iteration before or the scenario; None for any other cell.

        It has another number now where a person has set it here.
        """
        after = self.program.carry.get(cell.name)
        if after is None:
            return None
        if self.position.iteration == 1:
            first = self.compiled.training.first.get(cell.name)
            return None if first is None else float(first[cell.at])
        return float(self.before[after][cell.at]) if after in self.before else None

    def was(self, cell: Cell) -> float | None:
        """Return the cell's number in the iteration before; for next weights, the weights they come from."""
        source = next((before for before, after in self.program.carry.items() if after == cell.name), "")
        if source and source != cell.name:
            return float(self.values[source][cell.at])
        return float(self.before[cell.name][cell.at]) if cell.name in self.before else None

    @cached_property
    def loss(self) -> float | None:
        """The loss of this iteration where it is known already, else the last one's; None before the first."""
        shown = self.array(self.program.loss)
        return None if shown is None else float(shown)
