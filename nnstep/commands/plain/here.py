"""The step we are at, in the plain stepper: where that is, what it does, and the value that it makes."""

from nnstep.commands.interrupts import run_through
from nnstep.commands.picture import heading
from nnstep.commands.plain.rows import value_lines
from nnstep.commands.plain.walk import Lines, Walk, nothing_more
from nnstep.commands.words import cell_lines, step_lines, wrapped
from nnstep.engine.cell import Cell
from nnstep.explain.breaks import offer_text
from nnstep.explain.quiz_told import told_answer, told_question, told_score
from nnstep.explain.story import tell
from nnstep.explain.what_if import changed_here, told_change
from nnstep.explain.words import Line, Word, plain_text
from nnstep.session import Position


def here(walk: Walk) -> Lines:
    """Return the step we are at, and what is asked or was kept about it."""
    view, width = walk.view(), walk.width
    changed = changed_here(walk.session, view)
    lines = [*wrapped(heading(view), width), *_greeting(walk), *_bookmark(walk), *question_lines(walk)]
    if not asks(walk):
        lines += wrapped(plain_text(told_change(walk.session, view, changed)), width)
        lines += step_lines(view, width, decimals=walk.decimals, speak=walk.speak)
    if view.active is not None:
        lines += value_lines(view, view.active.id, width, walk.decimals, changed)
    return lines


def told_cell(walk: Walk, cell: Cell) -> Lines:
    """Return the story of a cell, and what it was before a change."""
    view = walk.view()
    lines = cell_lines(view, cell, walk.width, decimals=walk.decimals, speak=walk.speak)
    return [*lines, *wrapped(plain_text(told_change(walk.session, view, changed_here(walk.session, view))), walk.width)]


def go(walk: Walk, iteration: int, step: int) -> None:
    """Go to a place; what has to be run for it is run here, where Ctrl-C can stop it."""
    walk.session.place_cursor(None)
    run_through(walk.session.travel(iteration, step))


def tell_again(walk: Walk, rest: str) -> Lines:
    """Tell where we are once more; what was looked at is let go."""
    nothing_more(rest)
    walk.session.place_cursor(None)
    return here(walk)


# ---- predict, then see


def asks(walk: Walk) -> bool:
    """Is there something to be predicted here?"""
    return walk.predicting.question(walk.whole()) is not None


def question_lines(walk: Walk) -> Lines:
    """Return the question that is asked here, or what the answer was worth; nothing where there is neither."""
    predicting, view = walk.predicting, walk.whole()
    question, judged = predicting.question(view), predicting.judged(view)
    if question is not None:
        head, answers, *others = told_question(view, question, tell(predicting.look(view)), skip="skip shows it")
        # Choices are read aloud one by one.
        choices = [(Word(f"{n} {choice}"),) for n, choice in enumerate(question.asked.choices, 1)]
        rows = (head, *(choices or (answers,)), *others)
    else:
        rows = told_answer(view, judged, tell(view, judged.question.cell))[:1] if judged else ()
    score: tuple[Line, ...] = (told_score(view, predicting),) if predicting.is_over(view) else ()
    return [line for row in (*rows, *score) for line in wrapped(plain_text(row).rstrip(), walk.width)]


# ---- what was kept


def _greeting(walk: Walk) -> Lines:
    """Return the offer to go on where one was, at the very start."""
    sitting = walk.sitting
    if walk.session.position != Position():
        return []
    lines = [f"{sitting.message}."] if sitting.message else []
    if sitting.offer is not None and sitting.offer.here is not None:
        where = offer_text(sitting.offer, walk.session.branches)
        lines.append(f"You were at {where}: resume goes on there.")
    return [line for one in lines for line in wrapped(one, walk.width)]


def _bookmark(walk: Walk) -> Lines:
    one = walk.sitting.bookmark_here()
    return wrapped(f"Bookmark: {one.text}" if one.text else "Bookmark", walk.width) if one else []
