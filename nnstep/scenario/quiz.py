"""The quiz of a scenario: at which steps a person is asked what the result will be, and what about it.

`of` is a step by any name that a note may have, with a cell and with the iterations it is for: `E`, `E[2,0]`,
`E[2,0]@1`, `E@2-5`. It is looked up when the file is loaded, in the file's own names, so that a wrong name has a line
and a quiz stays at its steps when the names are changed.
"""

import re
from math import inf
from typing import Final, NoReturn

from nnstep.catalog.laying import shape_text
from nnstep.engine.program import Program
from nnstep.errors import NnstepError, nearest
from nnstep.records import dataclass
from nnstep.scenario.cells import AT, read_at
from nnstep.scenario.limits import SUMMARY
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.model import WrittenQuestion
from nnstep.scenario.notes import check_names, value_named
from nnstep.scenario.text import in_message

WITHIN: Final = 0.05
_OF: Final = re.compile(rf"(.+?)\s*(?:{AT})?(?:@(\d{{1,9}})(?:(-)(\d{{0,9}}))?)?", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class QuizStep:
    """A step that is asked about.

    id: of what the step makes. at: the cell that is asked about; None where each iteration asks about the next one.
    ask: the kind of question, empty for each that suits in turn. say: the teacher's own words for it. within: how far
    off a number may be, as a part of it. first, last: the iterations it is for.
    """

    id: str
    at: tuple[int, ...] | None = None
    ask: str = ""
    say: str = ""
    within: float = WITHIN
    first: int = 1
    last: float = inf


def read_quiz(loaded: LoadedScenario, program: Program) -> tuple[QuizStep, ...]:
    """Return the steps that a scenario asks about; program: in the file's own names.

    Raises NnstepError, with its line and the nearest name, for what no step makes and for questions never asked.
    """
    return tuple(_Reader(loaded, program, number).read() for number in range(len(loaded.model.quiz)))


@dataclass(frozen=True)
class _Reader:
    loaded: LoadedScenario
    program: Program
    number: int

    def read(self) -> QuizStep:
        written = self._written
        text = str(written.of).strip()
        match = _OF.fullmatch(text)
        if match is None:
            self._refuse("of", "this names no step", "such as of: output, E[2,0] or d_output@1")
        identity = self._identity(match[1])
        first, last = self._iterations(text, match)
        check_names(str(written.say), self.loaded, self.program, "quiz", self.number, "say")
        if len(written.say) > SUMMARY:
            self._refuse("say", f"this text has {len(written.say):,} characters", f"at most {SUMMARY:,} are shown")
        if written.within is not None and written.ask != "value":
            self._refuse("within", "only a number can be nearly right", "leave within out, or add ask: value")
        is_first = written.ask == "change" and last == 1 and not identity.endswith(".next")
        if is_first:
            hint = "ask from iteration 2 on (@2-), or something else: sign, shape, value, operation"
            self._refuse("ask", "in the first iteration there is no number before to compare with", hint)
        within = WITHIN if written.within is None else written.within
        at = self._place(identity, match[2]) if match[2] else None
        return QuizStep(identity, at, written.ask or "", str(written.say), within, first, last)

    @property
    def _written(self) -> WrittenQuestion:
        return self.loaded.model.quiz[self.number]

    def _identity(self, text: str) -> str:
        identity = self.program.step_of(value_named(text, self.loaded, self.program))
        if not identity:
            shown = list(dict.fromkeys(step.name for step in self.program.steps))
            guess = nearest(text, [*shown, *self.program.order])
            hint = f"did you mean {guess}?" if guess else f"there are: {', '.join(shown)}"
            self._refuse("of", f"no step makes {in_message(text)!r}", hint)
        return identity

    def _iterations(self, text: str, match: re.Match[str]) -> tuple[int, float]:
        if match[3] is None:
            return 1, inf
        first = int(match[3])
        last = int(match[5]) if match[5] else inf if match[4] else first
        if not 1 <= first <= last:
            name = in_message(text.partition("@")[0])
            hint = f"they count from 1: {name}@1, {name}@2-5 or {name}@2-"
            self._refuse("of", f"{in_message(text)!r} names no iteration, so this would never be asked", hint)
        return first, last

    def _place(self, identity: str, places: str) -> tuple[int, ...]:
        value = self.program.values[identity]
        at = read_at(places, value.shape)
        if at is None:
            what = f"there is no cell {in_message(str(self._written.of))}"
            self._refuse("of", what, f"{value.name} is {shape_text(value.shape)}, from 0")
        return at

    def _refuse(self, key: str, what: str, hint: str) -> NoReturn:
        raise NnstepError(what, where=self.loaded.where("quiz", self.number, key), hint=hint)
