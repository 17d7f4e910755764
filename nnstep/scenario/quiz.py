"""The quiz of a scenario: at which steps a person is asked what the result will be, and what about it.

`of` is a step by any name that a note may have, with a cell and with the iterations it is for: `E`, `E[2,0]`,
`E[2,0]@1`, `E@2-5`. It is looked up when the file is loaded, in the file's own names, so that a wrong name has a line
and a quiz stays at its steps when the names are changed.
"""

import re
from math import inf
from typing import Final, NoReturn

from nnstep.catalog.laying import shape_text
from nnstep.engine.program import Program, Step
from nnstep.errors import NnstepError, meant
from nnstep.records import dataclass
from nnstep.scenario.askable import ASKS, refused
from nnstep.scenario.cells import AT, read_at
from nnstep.scenario.limits import SUMMARY
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.model import WrittenQuestion
from nnstep.scenario.notes import check_names, read_key, value_named
from nnstep.scenario.text import in_message

WITHIN: Final = 0.05
_OF: Final = re.compile(rf"(.+?)\s*(?:{AT})?", re.ASCII | re.DOTALL)


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
        key = read_key(text)
        match = _OF.fullmatch(key.name)
        if match is None:
            self._refuse("of", "this names no step", "such as of: output, E[2,0] or d_output@1")
        identity = self._identity(match[1])
        if not 1 <= key.first <= key.last:
            name = in_message(key.name)
            hint = f"they count from 1: {name}@1, {name}@2-5 or {name}@2-"
            self._refuse("of", f"{in_message(text)!r} names no iteration, so this would never be asked", hint)
        check_names(str(written.say), self.loaded, self.program, "quiz", self.number, "say")
        if len(written.say) > SUMMARY:
            self._refuse("say", f"this text has {len(written.say):,} characters", f"at most {SUMMARY:,} are shown")
        if written.within is not None and written.ask != "value":
            self._refuse("within", "only a number can be nearly right", "leave within out, or add ask: value")
        self._check_ask(identity)
        is_first = written.ask == "change" and key.last == 1 and not identity.endswith(".next")
        if is_first:
            hint = "ask from iteration 2 on (@2-), or something else: sign, shape, value, operation"
            self._refuse("ask", "in the first iteration there is no number before to compare with", hint)
        within = WITHIN if written.within is None else written.within
        at = self._place(identity, match[2]) if match[2] else None
        return QuizStep(identity, at, written.ask or "", str(written.say), within, key.first, key.last)

    def _check_ask(self, identity: str) -> None:
        """Refuse a kind of question that another would always be asked in place of."""
        step, ask = self.program.values[identity], self._written.ask or ""
        if isinstance(step, Step) and (why := refused(ask, self.program, step)):
            others = [each for each in ASKS if not refused(each, self.program, step)]
            what = f"the {ask} of {step.name} would never be asked: {why}"
            self._refuse("ask", what, f"of {step.name} may be asked: {', '.join(others)}")

    @property
    def _written(self) -> WrittenQuestion:
        return self.loaded.model.quiz[self.number]

    def _identity(self, text: str) -> str:
        identity = self.program.step_of(value_named(text, self.loaded, self.program))
        if not identity:
            shown = [step.name for step in self.program.steps]
            hint = meant(text, [*shown, *self.program.order], shown)
            self._refuse("of", f"no step makes {in_message(text)!r}", hint)
        return identity

    def _place(self, identity: str, places: str) -> tuple[int, ...]:
        value = self.program.values[identity]
        at = read_at(places, value.shape)
        if at is None:
            what = f"there is no cell {in_message(str(self._written.of))}"
            self._refuse("of", what, f"{value.name} is {shape_text(value.shape)}, from 0")
        return at

    def _refuse(self, key: str, what: str, hint: str) -> NoReturn:
        raise NnstepError(what, where=self.loaded.where("quiz", self.number, key), hint=hint)
