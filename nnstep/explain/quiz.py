"""Predict, then see: which result is asked about at a place, what of it must not be seen yet, and who was right.

Five steps of an iteration matter most: the answer, its error, the delta of the output, the delta of a hidden layer and
the update of its weights. They cut the iteration into stretches. A result is asked about at the end of each stretch; in
the last stretches, as many as the level says, nothing at all is seen until the number at the end has been worked out
(worked steps that fade from the end: Atkinson, Renkl, Merrill 2003, J. Educ. Psych. 95, 774).
"""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step
from nnstep.errors import NnstepError
from nnstep.explain.quiz_kinds import KINDS, Asked, Kind
from nnstep.records import dataclass
from nnstep.scenario.quiz import WITHIN, QuizStep
from nnstep.scenario.text import in_message
from nnstep.session import View
from nnstep.view import Hidden

LEVELS: Final = 5
"""How many levels there are; level 0 hides only what is being asked, level 4 the last four stretches."""
ONWARD: Final = frozenset({"next", "next_cell"})
"""The moves of a session that a question holds back."""

# What is asked in turn, an iteration each: what needs no number comes first.
_IN_TURN: Final = {
    "answer": ("operation", "change", "shape", "value"),
    "error": ("sign", "change", "value"),
    "output delta": ("operation", "sign", "value", "change"),
    "hidden delta": ("shape", "sign", "operation", "value"),
    "update": ("change", "operation", "value"),
}
_ANY: Final = ("sign", "change", "operation", "shape", "value")
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,20}(?:[.,]\d{0,20})?|[.,]\d{1,20})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SHOWN: Final = 6e-5  # of a number with four decimals, a little more than half of the last one


@dataclass(frozen=True)
class Question:
    """What is asked at a place.

    step: the id of what the step makes. cell: the one it is about. within: how far off a number may be, as a part of
    it. say: the teacher's own words, in the names of the file. is_of_change: is it a new weight, of which the change is
    what counts? The old one is hardly ever far off.
    """

    kind: Kind
    step: str
    cell: Cell
    asked: Asked
    within: float = WITHIN
    say: str = ""
    is_of_change: bool = False


@dataclass(frozen=True)
class Judged:
    """An answer and what it was worth. given: as it was said, empty where nobody wanted to. miss: of a number."""

    question: Question
    given: str
    is_right: bool
    miss: float | None = None


@dataclass(frozen=True)
class Score:
    """How many answers were right, of how many."""

    right: int
    asked: int


def steps_that_matter(program: Program) -> Mapping[str, str]:
    """Return the ids of the steps that are asked about where a scenario says nothing, each with what it is."""
    last = program.values[program.prediction].layer
    before = [step.id for step in program.steps if step.role.endswith("delta") and step.layer != last]
    updates = [step.id for step in program.steps if step.id in set(program.carry.values()) and step.phase == "update"]
    weights = [identity for identity in updates if len(program.values[identity].shape) > 1] or updates
    found = {
        program.prediction: "answer",
        f"{last}.error": "error",
        f"{last}.delta": "output delta",
        **dict.fromkeys(before[-1:], "hidden delta"),
        **dict.fromkeys(weights[-1:], "update"),
    }
    return {step.id: found[step.id] for step in program.steps if step.id in found}


class Predicting:
    """One person's predictions: whether results are asked about, how much is hidden, and what was answered."""

    def __init__(self) -> None:
        self.is_on = False
        self.level = 0
        # By iteration and step, each with what it was about: the program, for its names, and the step's result.
        self._judged: dict[tuple[int, str], tuple[Judged, Program, Array]] = {}
        self._passed: set[tuple[int, str]] = set()  # what was to be seen already when it began
        self._last: tuple[View, bool, Question | None] | None = None  # each key asks more than once

    # ---- on, off, and how much

    def begin(self, view: View) -> None:
        """Ask from here on, anew: no answer is known of, and what can be seen already is not asked about."""
        self.is_on = True
        self._judged.clear()
        self._passed.clear()
        done = (step.id for step in view.program.steps[: view.position.step])
        self._passed.update((view.position.iteration, identity) for identity in done)

    def end(self) -> None:
        """Ask no more; everything is seen again."""
        self.is_on = False

    def set_level(self, level: int) -> None:
        """Hide more or less. Raises NnstepError where there is no such level."""
        if not 0 <= level < LEVELS:
            raise NnstepError(f"there is no level {level}", hint=f"levels go from 0 to {LEVELS - 1}")
        self.level = level

    # ---- what there is to see and to answer

    def look(self, view: View) -> View:
        """Return the view without what is not to be seen yet, and which keeps what is still to be predicted."""
        if not self.is_on:
            return view
        order, here = view.program.order, view.position.step
        stops = list(_steps(view))
        is_more = any(order[identity] > here and self._is_open(view, identity) for identity in stops)
        ahead = here + 1 if is_more else 0
        if (judged := self.judged(view)) is not None:
            return view.hiding({}, judged.question.cell, ahead)  # what was asked about stays what is told
        stop = next((number for number, identity in enumerate(stops) if order[identity] >= here), None)
        if not here or stop is None or not self._is_open(view, stops[stop]):
            return view.hiding({}, None, ahead)
        question, first = self.question(view), here
        if question is None and (order[stops[stop]] == here or not self._is_faded(stop, len(stops))):
            return view.hiding({}, None, ahead)
        if self._is_faded(stop, len(stops)):
            first = order[stops[stop - 1]] + 1 if stop else 1
        hidden: dict[str, Hidden] = {v: "numbers" for v, ready in view.program.ready.items() if first <= ready <= here}
        if question is not None:
            hidden[question.step] = question.kind.hides
        return view.hiding(hidden, question.cell if question else view.story, first)

    def question(self, view: View) -> Question | None:
        """Return what is to be answered here; None where nothing is, or where it was answered."""
        stops = _steps(view) if self.is_on and view.active is not None else {}
        step = view.active
        if step is None or step.id not in stops or not self._is_open(view, step.id):
            return None
        faded = self._is_faded(list(stops).index(step.id), len(stops))
        last = self._last
        if last is None or not (_is_same(last[0], view) and last[1] == faded):
            self._last = last = view, faded, _question(view, step, stops[step.id], faded)
        return last[2]

    def is_over(self, view: View) -> bool:
        """Is all of an iteration done, and all that it asked answered?"""
        place = view.position
        is_done = place.step == len(view.program.steps) and not place.cell
        return self.is_on and is_done and self.question(view) is None

    def judged(self, view: View) -> Judged | None:
        """Return what was answered here; None where nothing was, and while the step is walked cell by cell.

        None too where the numbers are others by now, or are told in other names: it counts, and says nothing of these.
        """
        if not self.is_on or view.active is None or view.position.cell:
            return None
        step = view.active.id
        found, program, array = self._judged.get((view.position.iteration, step), (None, None, np.empty(0)))
        is_of_this = program is view.program and np.array_equal(array, view.values[step], equal_nan=True)
        return found if is_of_this else None

    def answer(self, view: View, text: str) -> Judged:
        """Judge an answer: the number of a choice, its beginning, or a number; empty where nobody wants to answer.

        Raises NnstepError where it is none of these, or where nothing is asked.
        """
        question = self.question(view)
        if question is None:
            raise NnstepError("nothing is asked here", hint="go on: the next question comes at a step that matters")
        found = judge(view, question, text.strip())
        self._judged[view.position.iteration, question.step] = found, view.program, view.values[question.step]
        return found

    def score(self, iteration: int = 0) -> Score:
        """Return how many answers were right: in an iteration, or in all where it is 0."""
        found = [one for (number, _), (one, _, _) in self._judged.items() if iteration in (0, number)]
        return Score(sum(one.is_right for one in found), len(found))

    def _is_open(self, view: View, step: str) -> bool:
        key = view.position.iteration, step
        return key not in self._judged and key not in self._passed

    def _is_faded(self, stop: int, stops: int) -> bool:
        return stop >= stops - self.level


def _is_same(view: View, other: View) -> bool:
    """Are these the same numbers at the same place, told in the same names?"""
    is_here = view.values is other.values and view.position.step == other.position.step
    return is_here and view.program is other.program


def judge(view: View, question: Question, text: str) -> Judged:
    """Return what an answer is worth. Raises NnstepError where it is none of the choices, or no number."""
    if not text:
        return Judged(question, "", is_right=False)
    choices = question.asked.choices
    if choices:
        chosen = _choice(choices, text)
        return Judged(question, choices[chosen], chosen == question.asked.right)
    if not _NUMBER.fullmatch(text):
        raise NnstepError(f"{in_message(text, limit=20)!r} is no number", hint="such as 0.25, -3 or 2e-4")
    number, right = float(text.replace(",", ".")), float(view.values[question.cell.name][question.cell.at])
    miss, size, least = number - right, abs(right), 0.0
    if question.is_of_change and (before := view.was(question.cell)) is not None:
        size, least = abs(right - before), _SHOWN
    return Judged(question, text, bool(abs(miss) <= max(question.within * size, least)), miss)


def _choice(choices: tuple[str, ...], text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) == 1 and 1 <= int(text) <= len(choices):
        return int(text) - 1
    begun = [place for place, choice in enumerate(choices) if choice.lower().startswith(text.lower())]
    exact = [place for place in begun if choices[place].lower() == text.lower()]
    found = exact or begun
    if len(found) != 1:
        what = f"{in_message(text, limit=20)!r} is none of the answers"
        raise NnstepError(what, hint=f"there are: {', '.join(f'{n} {each}' for n, each in enumerate(choices, 1))}")
    return found[0]


def _steps(view: View) -> Mapping[str, tuple[QuizStep, ...]]:
    """Return the steps that are asked about in this iteration, in their order, with what the scenario says of each."""
    program, iteration = view.program, view.position.iteration
    quiz = view.compiled.quiz
    if not quiz:
        return dict.fromkeys(steps_that_matter(program), ())
    asked = [one for one in quiz if one.id in program.order and one.first <= iteration <= one.last]
    ids = sorted({one.id for one in asked}, key=program.order.__getitem__)
    return {identity: tuple(one for one in asked if one.id == identity) for identity in ids}


def _question(view: View, step: Step, said: tuple[QuizStep, ...], faded: bool) -> Question | None:
    """Return the first question that suits: what the scenario says, in turn, or what is usual for the step."""
    turn = view.position.iteration - 1
    limited = [one for one in said if one.first > 1 or one.last != np.inf] or list(said)
    numbers = [one for one in limited if faded and one.ask == "value"] or limited
    told = numbers[turn % len(numbers)] if numbers else QuizStep(step.id)
    usual = _IN_TURN.get(steps_that_matter(view.program).get(step.id, ""), _ANY)
    names = [*usual[turn % len(usual) :], *usual[: turn % len(usual)], *_ANY]
    names = [*["value"] * faded, *[told.ask] * bool(told.ask), *names]
    size = view.values[step.id].shape
    at = told.at if told.at is not None and all(n < m for n, m in zip(told.at, size, strict=True)) else None
    cell = Cell(step.id, at if at is not None else tuple(map(int, np.unravel_index(turn % max(step.size, 1), size))))
    for name in names:
        kind = KINDS[name]
        if (asked := kind.ask(view, step, cell)) is not None:
            is_said = name == told.ask or not told.ask
            say = told.say if is_said else ""
            is_update = step.id in {view.program.carry[one.id] for one in view.program.parameters}
            return Question(kind, step.id, cell, asked, told.within, say, is_of_change=is_update)
    return None
