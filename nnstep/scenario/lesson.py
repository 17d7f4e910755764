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
from nnstep.scenario.text import in_message

SHEET: Final = "sheet"
VIEWS: Final = (
    SHEET,
    "network",
    "curves",
    "curves, log scale",
    "decision surface",
    "images",
    "attention",
    "answers",
    "gradient sizes",
    "distributions",
)
"""What there is to look at beside single matrices: the sheet, and the pictures of the screen by their names."""

START: Final = "start"
_AT: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,9}|last))?(?::\s*(.+))?", re.ASCII)
_SHOWN: Final = re.compile(rf"(.*?)(?:{AT})?", re.ASCII | re.DOTALL)
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


def read_lesson(loaded: LoadedScenario, program: Program, batches: Batches) -> tuple[LessonStop, ...]:
    """Return the stops of a scenario; program: in the file's own names.

    Raises NnstepError, with its line and the nearest name, for a stop that is nowhere or shows nothing there is.
    """
    return tuple(_Reader(loaded, program, batches, number).read() for number in range(len(loaded.model.lesson)))


@dataclass(frozen=True)
class _Reader:
    loaded: LoadedScenario
    program: Program
    batches: Batches
    number: int

    def read(self) -> LessonStop:
        written = self.written
        iteration, steps = self._place()
        view, zoom, cell = self._shown(self.program.order[steps[0]] if steps else 0)
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

    def _shown(self, done: int) -> tuple[str, str, Cell | None]:
        """Return the view, the matrix that is shown alone, and the cell that is told: one of them at most."""
        text = str(self.written.show).strip()
        if not text or text in VIEWS:
            return text, "", None
        match = _SHOWN.fullmatch(text)
        assert match is not None
        identity = value_named(match[1].strip(), self.loaded, self.program)
        if identity not in self.program.values:
            hint = meant(match[1].strip(), [*VIEWS, *(value.name for value in self.program.values.values())])
            self._refuse("show", f"there is no picture and no matrix called {in_message(match[1])!r}", hint)
        made = self.program.step_of(identity)
        if made and self.program.order[made] <= done:
            identity = made
        return ("", identity, None) if match[2] is None else ("", "", self._cell(identity, match[2]))

    def _cell(self, identity: str, places: str) -> Cell:
        value = self.program.values[identity]
        at = read_at(places, value.shape)
        if at is None:
            what = f"there is no cell {in_message(str(self.written.show))}"
            self._refuse("show", what, f"{value.name} is {shape_text(value.shape)}, from 0")
        return Cell(identity, at)

    def _refuse(self, key: str, what: str, hint: str) -> NoReturn:
        raise NnstepError(what, where=self.loaded.where("lesson", self.number, key), hint=hint)
