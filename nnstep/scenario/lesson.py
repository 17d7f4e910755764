"""The lesson of a scenario: its stops, in order, each with its place, what is shown there, and what is said and asked.

`at` is a place, `3:d_output` or `3.2:last`, its step by any name that a note may have; `show` is a picture, a matrix or
a cell. All of it is looked up when the file is loaded, in the file's own names, so that a wrong name has a line, and so
that a lesson stays at its places when the names are changed.
"""

import re
from typing import Final, NoReturn

from nnstep.catalog.laying import shape_text
from nnstep.engine.batches import Batches
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program
from nnstep.errors import NnstepError, meant
from nnstep.records import dataclass
from nnstep.scenario.cells import AT, read_at
from nnstep.scenario.limits import EPOCHS
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.model import WrittenStop
from nnstep.scenario.notes import value_named
from nnstep.scenario.suits import PICTURES
from nnstep.scenario.text import in_message

SHEET: Final = "sheet"
VIEWS: Final = (SHEET, *PICTURES)
"""What there is to look at beside single matrices: the sheet, and the pictures of the screen by their names."""

START: Final = "start"
_AT: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,9}|last))?(?::\s*(.+))?", re.ASCII)
_PLACE: Final = re.compile(AT, re.ASCII)
_HINT: Final = "write EPOCH:STEP, such as 1:start, 3:output or 3:last; a step's number in quotes, '3:7'"


@dataclass(frozen=True)
class LessonStop:
    """One stop of a lesson.

    iteration: from 1. steps: the id of the step that is done last there, and of those after it for names in which it
    is no step; empty where nothing is done yet. view: one of VIEWS, or empty for what is shown anyway. zoom: the id of
    the matrix that is shown alone; cell: the one that is told. say, ask: the teacher's words and the question, as
    written.
    """

    iteration: int
    steps: tuple[str, ...]
    view: str = ""
    zoom: str = ""
    cell: Cell | None = None
    say: str = ""
    ask: str = ""

    def step(self, program: Program) -> int:
        """Return how many steps are done at this stop, under the names of a program."""
        last = len(program.steps) if self.steps else 0
        return next((program.order[identity] for identity in self.steps if identity in program.order), last)


def read_lesson(
    loaded: LoadedScenario, program: Program, batches: Batches, pictures: tuple[str, ...]
) -> tuple[LessonStop, ...]:
    """Return the stops of a scenario; program: in the file's own names; pictures: the names of those that suit it.

    Raises NnstepError, with its line and the nearest name, for a stop that is nowhere or shows nothing there is.
    """
    views = (SHEET, *pictures)
    return tuple(_Reader(loaded, program, batches, views, number).read() for number in range(len(loaded.model.lesson)))


@dataclass(frozen=True)
class _Reader:
    loaded: LoadedScenario
    program: Program
    batches: Batches
    views: tuple[str, ...]
    number: int

    def read(self) -> LessonStop:
        written = self.written
        iteration, steps = self._place()
        view, zoom, cell = self._shown(iteration, self.program.order[steps[0]] if steps else 0)
        return LessonStop(iteration, steps, view, zoom, cell, str(written.say), str(written.ask))

    @property
    def written(self) -> WrittenStop:
        return self.loaded.model.lesson[self.number]

    def _place(self) -> tuple[int, tuple[str, ...]]:
        text = str(self.written.at).strip()
        match = _AT.fullmatch(text)
        if match is None:
            self._refuse("at", f"{in_message(text)!r} is no place", _HINT)
        epoch, batch = int(match[1]), match[2] or "1"
        if not 1 <= epoch <= EPOCHS:
            self._refuse("at", f"there is no epoch {epoch}", f"epochs go from 1 to {EPOCHS}")
        count = self.batches.per_epoch
        part = count if batch == "last" else int(batch)
        if not 1 <= part <= count:
            there_is = "there is 1 batch in an epoch" if count == 1 else f"batches go from 1 to {count}"
            self._refuse("at", f"there is no batch {part} in epoch {epoch}", there_is)
        done = self._step((match[3] or "last").strip())
        return self.batches.first(epoch) + part - 1, tuple(s.id for s in self.program.steps[done - 1 :]) if done else ()

    def _step(self, text: str) -> int:
        """Return the number of a step, by its number, its name or id, or as first or last; 0 for the start."""
        last = len(self.program.steps)
        fixed = {START: 0, "first": 1, "last": last}
        if text in fixed:
            return fixed[text]
        if text.isascii() and text.isdecimal():
            if len(text) > len(str(last)) or int(text) > last:
                self._refuse("at", f"there is no step {in_message(text)}", f"steps go from 0 (the start) to {last}")
            return int(text)
        found = self.program.step_of(value_named(text, self.loaded, self.program))
        if not found:
            shown = [step.name for step in self.program.steps]
            hint = meant(text, [*shown, *fixed], [*fixed, *shown])
            self._refuse("at", f"no step is called {in_message(text)!r}", hint)
        return self.program.order[found]

    def _shown(self, iteration: int, done: int) -> tuple[str, str, Cell | None]:
        """Return the view, the matrix that is shown alone, and the cell that is told: one of them at most."""
        text = str(self.written.show).strip()
        if not text or text in self.views:
            return text, "", None
        quoted = [f"'{name}'" for name in self.views]  # one of them has a comma in its name
        if text in VIEWS:
            self._refuse(
                "show", f"there is nothing to see in '{text}' here", f"pictures that suit it: {', '.join(quoted)}"
            )
        name, bracket, places = text.partition("[")
        name = name.strip()
        identity = value_named(name, self.loaded, self.program)
        if identity not in self.program.values:
            values = [value.name for value in self.program.values.values()]
            hint = meant(name, [*self.views, *values], [*quoted, *values])
            self._refuse("show", f"there is no picture and no matrix called {in_message(name)!r}", hint)
        made = self.program.step_of(identity)
        if made and self.program.order[made] <= done:
            identity = made
        self._check_there(identity, iteration, done)
        return ("", "", self._cell(identity, bracket + places)) if bracket else ("", identity, None)

    def _check_there(self, identity: str, iteration: int, done: int) -> None:
        """Refuse what is blank at the stop."""
        ready = self.program.ready[identity]
        if ready > done and not self._is_left(identity, iteration):
            name = self.program.values[identity].name
            what = f"{name} is worked out in step {ready}, and this stop is at step {done}"
            self._refuse("show", what, f"let the stop be at {name}, or show what is there")

    def _is_left(self, identity: str, iteration: int) -> bool:
        """Is a value seen before it is worked out, as the iteration before has left it?"""
        if iteration == 1:
            return False
        numbers = self.batches.numbers
        return not self.program.is_sampled(identity) or numbers(iteration) == numbers(iteration - 1)

    def _cell(self, identity: str, places: str) -> Cell:
        value, match = self.program.values[identity], _PLACE.fullmatch(places)
        at = read_at(match[1], value.shape) if match else None
        if at is None:
            what = f"there is no cell {in_message(str(self.written.show))}"
            ends = ("0" for _ in value.shape), (str(size - 1) for size in value.shape)
            first, last = (f"{value.name}[{','.join(end)}]" for end in ends)
            cells = f"its cells go from {first} to {last}" if value.shape else "one number"
            self._refuse("show", what, f"{value.name} is {shape_text(value.shape)}: {cells}")
        return Cell(identity, at)

    def _refuse(self, key: str, what: str, hint: str) -> NoReturn:
        raise NnstepError(what, where=self.loaded.where("lesson", self.number, key), hint=hint)
