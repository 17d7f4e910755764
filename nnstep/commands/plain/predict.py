"""Predict, then see, in the plain stepper: `predict`, `predict 2`, an answer, `skip`, `predict off`."""

from nnstep.commands.plain.here import asks, here
from nnstep.commands.plain.walk import Lines, Walk, nothing_more
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.quiz import Question
from nnstep.explain.quiz_told import told_level
from nnstep.explain.words import plain_text
from nnstep.scenario.text import in_message

_OFF = "off"


def predict(walk: Walk, rest: str) -> Lines:
    """Begin to ask, at a level where one is given, or end it."""
    predicting = walk.predicting
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
        predicting.begin(walk.whole())
    what, level = map(plain_text, told_level(predicting))
    head = level.partition("   ")[0]
    return [*wrapped(what, walk.width), f"{head}; predict 4 hides most, predict off shows everything"]


def skip(walk: Walk, rest: str) -> Lines:
    """Show what is asked about without a guess."""
    nothing_more(rest)
    return _judged(walk, "")


def answered(walk: Walk, typed: str) -> Lines | None:
    """Return what an answer was worth; None where nothing is asked, or nothing was typed."""
    if not typed.strip() or not asks(walk):
        return None
    return _judged(walk, typed)


def _judged(walk: Walk, typed: str) -> Lines:
    walk.predicting.answer(walk.whole(), typed)
    if walk.session.position.cell:
        walk.session.next()  # the answer is about the whole step
    return here(walk)


def hold_back(walk: Walk) -> None:
    """Raise NnstepError where something is to be predicted before a step is taken."""
    question = walk.predicting.question(walk.whole())
    if question is not None:
        hint = f"type {_how(question)}; skip shows it without a guess, back goes back"
        raise NnstepError(f"first: {plain_text(question.asked.words)}", hint=hint)


def _how(question: Question) -> str:
    count = len(question.asked.choices)
    return f"a number from 1 to {count}" if count else "a number"
