"""Places as people write them: `3:7`, `3.2:last`, `12:output`; and values by their names or ids."""

import re
from collections.abc import Iterable
from operator import lt

from nnstep.branches import Programs
from nnstep.catalog.laying import shape_text
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program
from nnstep.errors import NnstepError, meant
from nnstep.records import dataclass
from nnstep.scenario.cells import AT, read_at
from nnstep.scenario.limits import EPOCHS
from nnstep.scenario.text import in_message
from nnstep.session import View

_DIGITS = 15  # Python refuses to read numbers of thousands of digits
_EPOCH = re.compile(r"(\d{1,15})(?:\.(\d{1,15}|last))?", re.ASCII)
_CELL = re.compile(rf"(.*?)(?:{AT})?", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A step of an iteration: both as numbers, the iteration from 1, the step from 0 (nothing done yet)."""

    iteration: int
    step: int


@dataclass(frozen=True)
class CellPlace:
    """A cell of an iteration (from 1): what a trail through the numbers is made of, and what one can go to."""

    iteration: int
    cell: Cell

    def place(self, programs: Programs) -> Place:
        """Return the step after which the cell is there: 0 for what the iteration starts with.

        Raises NnstepError where there is no such cell: it may have been one before a change, or in other names.
        """
        program = programs.program(self.iteration)
        if not has_cell(program, self.cell):
            at = f"[{','.join(map(str, self.cell.at))}]" if self.cell.at else ""
            hint = "other settings and other names have other numbers; ask again"
            raise NnstepError(f"there is no {self.cell.name}{at} in iteration {self.iteration} now", hint=hint)
        return Place(self.iteration, program.ready[self.cell.name])


def has_cell(program: Program, cell: Cell) -> bool:
    """Is there such a cell in a program?"""
    shape = program.values[cell.name].shape if cell.name in program.values else None
    return shape is not None and len(shape) == len(cell.at) and all(map(lt, cell.at, shape))


def nearest_cell(program: Program, cell: Cell | None) -> Cell | None:
    """Return a cell, or the one nearest to it where its value has fewer; None where there is no such value."""
    shape = program.values[cell.name].shape if cell and cell.name in program.values else None
    if cell is None or shape is None or len(shape) != len(cell.at):
        return None
    return Cell(cell.name, tuple(min(n, size - 1) for n, size in zip(cell.at, shape, strict=True)))


def read_place(text: str, programs: Programs, *, where: str = "--at", here: int = 0) -> Place:
    """Return the place that `EPOCH:STEP` or `EPOCH.BATCH:STEP` means; without a step, the end of the iteration.

    STEP is a number, a step's name or id, `first` or `last`. here: the iteration we are in, if we are in one: then
    a name alone, or `:8`, is a step of it. Raises NnstepError that says what there is.
    """
    front, colon, back = (part.strip() for part in text.strip().partition(":"))
    match = _EPOCH.fullmatch(front)
    if here and match is None and (back if colon and not front else front and not colon):
        return Place(here, read_step(back or front, programs.program(here), where=where))
    if match is not None and colon and not back:
        hint = f"write {front}:last, {front}:7 or {front}:output; {front} alone is its end"
        raise NnstepError(f"{in_message(text)!r} names no step", where=where, hint=hint)
    if match is None:
        raise NnstepError(
            f"{in_message(text)!r} is no place",
            where=where,
            hint="write EPOCH:STEP, such as 1:last, 3:7 or 12:output; or EPOCH.BATCH:STEP, such as 3.2:7",
        )
    iteration = _iteration(int(match[1]), match[2] or "1", programs, where)
    return Place(iteration, read_step(back or "last", programs.program(iteration), where=where))


def read_step(text: str, program: Program, *, where: str = "") -> int:
    """Return the number of a step, given by its number, name or id, or as `first` or `last`."""
    last = len(program.steps)
    if text.isdecimal() and text.isascii():
        if len(text) <= _DIGITS and int(text) <= last:
            return int(text)
        raise NnstepError(
            f"there is no step {in_message(text)}", where=where, hint=f"steps go from 0 (nothing done yet) to {last}"
        )
    if text in ("first", "last"):
        return {"first": 1, "last": last}[text]
    names = {name: program.order[step.id] for step in reversed(program.steps) for name in (step.id, step.name)}
    if text not in names:
        raise _no_such("step", text, [*names, "first", "last"], [step.name for step in program.steps], where)
    return names[text]


def read_value(text: str, program: Program, *, where: str = "", done: int = -1) -> str:
    """Return the id of a value, given by its name, its id or its step's number.

    done: how many steps are done, if that is known. Of two values with one name (weights before and after their
    update) the later one is meant, unless it is not there yet.
    """
    if text.isdecimal() and text.isascii() and len(text) <= _DIGITS and 1 <= int(text) <= len(program.steps):
        return program.steps[int(text) - 1].id
    names: dict[str, str] = {}
    for value in program.values.values():
        for name in (value.id, value.name):
            if name not in names or done < 0 or program.order.get(value.id, 0) <= done:
                names[name] = value.id
    if text not in names:
        raise _no_such("value", text, names, [value.name for value in program.values.values()], where)
    return names[text]


def shape_of(view: View, identity: str) -> str:
    """Return the shape of a value as it may be told: `2×3`, `one number`, or `?` where it is what is asked about."""
    if view.hidden.get(identity) == "shape":
        return "?"
    shape = view.program.values[identity].shape
    return shape_text(shape) if shape else "one number"


def refuse_places(view: View, identity: str) -> None:
    """Raise NnstepError where the shape of a value is asked about: which cells there are would tell it."""
    if view.hidden.get(identity) == "shape":
        name = view.program.values[identity].name
        raise NnstepError(f"the shape of {name} is still to be predicted", hint="skip shows it without a guess")


def read_cell(text: str, view: View, *, done: int | None = None) -> Cell:
    """Return the cell that `NAME[1,2]` means, counted from 0; without a place, the first one of the value.

    done: how many steps are taken to be done; those of the view where it is not said. Raises NnstepError where there is
    no such cell, or where the shape of its value is still to be predicted.
    """
    match = _CELL.fullmatch(text.strip())
    assert match is not None
    identity = read_value(match[1].strip(), view.program, done=view.position.step if done is None else done)
    shape = view.program.values[identity].shape
    if match[2] is None:
        return Cell(identity, (0,) * len(shape))
    refuse_places(view, identity)
    at = read_at(match[2], shape)
    if at is None:
        raise NnstepError(
            f"there is no cell {in_message(text)}",
            hint=f"{view.program.values[identity].name} is {shape_of(view, identity)}, counted from 0",
        )
    return Cell(identity, at)


def _no_such(kind: str, text: str, choices: Iterable[str], shown: Iterable[str], where: str) -> NnstepError:
    """Return the error for a name that nothing has: the nearest name or id, or all the names."""
    what = f"there is no {kind} called {in_message(text)!r}"
    return NnstepError(what, where=where, hint=meant(text, choices, shown))


def _iteration(epoch: int, batch: str, programs: Programs, where: str) -> int:
    if not 1 <= epoch <= EPOCHS:
        raise NnstepError(f"there is no epoch {epoch}", where=where, hint=f"epochs go from 1 to {EPOCHS}")
    batches = programs.batches.per_epoch
    number = batches if batch == "last" else int(batch)
    if not 1 <= number <= batches:
        there_is = "there is 1 batch in an epoch" if batches == 1 else f"batches go from 1 to {batches}"
        raise NnstepError(f"there is no batch {number} in epoch {epoch}", where=where, hint=there_is)
    return programs.batches.first(epoch) + number - 1
