"""Predict, then see, in the plain stepper: `predict`, `predict 2`, an answer, `skip`, `predict off`."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.quiz import Predicting, Question
from nnstep.explain.quiz_told import told_answer, told_level, told_question, told_score
from nnstep.explain.story import tell
from nnstep.explain.words import Line, Word, plain_text
from nnstep.scenario.text import in_message
from nnstep.session import Session, View

Here = Callable[[Session, int], list[str]]

# The predictions of each walk, for as long as it lasts: a session itself knows of nobody's guesses.
_WALKS: WeakKeyDictionary[Session, Predicting] = WeakKeyDictionary()
_OFF = "off"


def seen(session: Session) -> View:
    """Return the view of a walk without what is still to be predicted."""
    return _predicting(session).look(session.view())


def predict(session: Session, rest: str, width: int) -> list[str]:
    """Begin to ask, at a level where one is given, or end it."""
    predicting = _predicting(session)
    if rest == _OFF:
        predicting.end()
        return ["Everything is shown again."]
    if rest:
        if not (rest.isascii() and rest.isdecimal() and len(rest) == 1):
            raise NnstepError(
                f"{in_message(rest)!r} is no level", hint="predict, predict 0 to predict 4, or predict off"
            )
        predicting.set_level(int(rest))
    if not predicting.is_on:
        predicting.begin(session.view())
    what, level = map(plain_text, told_level(predicting))
    return [*wrapped(what, width), f"{level.partition('   ')[0]}; predict 4 hides most, predict off shows everything"]


def skip(session: Session, width: int, here: Here) -> list[str]:
    """Show what is asked about without a guess."""
    _predicting(session).answer(session.view(), "")
    return here(session, width)


def answered(session: Session, typed: str, width: int, here: Here) -> list[str] | None:
    """Return what an answer was worth; None where nothing is asked, or nothing was typed."""
    predicting = _predicting(session)
    if not typed.strip() or predicting.question(session.view()) is None:
        return None
    predicting.answer(session.view(), typed)
    return here(session, width)


def hold_back(session: Session) -> None:
    """Raise NnstepError where something is to be predicted before a step is taken."""
    question = _predicting(session).question(session.view())
    if question is not None:
        hint = f"type {_how(question)}; skip shows it without a guess, back goes back"
        raise NnstepError(f"first: {plain_text(question.asked.words)}", hint=hint)


def predict_lines(session: Session, width: int) -> list[str]:
    """Return the question that is asked here, or what the answer was worth; nothing where there is neither."""
    predicting, view = _predicting(session), session.view()
    question, judged = predicting.question(view), predicting.judged(view)
    if question is not None:
        head, answers, *others = told_question(view, question, tell(predicting.look(view)), skip="skip shows it")
        # Choices are read aloud one by one.
        choices = [(Word(f"{n} {choice}"),) for n, choice in enumerate(question.asked.choices, 1)]
        rows = (head, *(choices or (answers,)), *others)
    else:
        rows = told_answer(view, judged, tell(view, judged.question.cell))[:1] if judged else ()
    is_over = view.position.step == len(view.program.steps) and question is None and predicting.is_on
    score: tuple[Line, ...] = (told_score(view, predicting),) if is_over else ()
    return [line for row in (*rows, *score) for line in wrapped(plain_text(row).rstrip(), width)]


def asks(session: Session) -> bool:
    """Is there something to be predicted here?"""
    return _predicting(session).question(session.view()) is not None


def _how(question: Question) -> str:
    count = len(question.asked.choices)
    return f"a number from 1 to {count}" if count else "a number"


def _predicting(session: Session) -> Predicting:
    return _WALKS.setdefault(session, Predicting())
