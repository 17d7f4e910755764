"""Following numbers in the plain stepper: `from wh[0,1]`, `to`, `chain`, `stuck`, and `follow 2` or `follow back`.

Without a name they are about the number that is told. What they list can be gone to by its number.
"""

from collections.abc import Callable

from rich.cells import cell_len

from nnstep.commands.interrupts import run_through
from nnstep.commands.plain.walk import Asked, Lines, Walk, row_number
from nnstep.commands.words import wrapped
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.answers import QUESTIONS, Answer
from nnstep.explain.places import read_cell
from nnstep.explain.trail import Trail, Visit
from nnstep.explain.words import Line, plain_text
from nnstep.scenario.text import in_message

_BACK = "back"


def asking(question: str) -> Callable[[Walk, str], Lines]:
    """Return the command that answers a question about a named cell, or about the told one."""

    def do(walk: Walk, rest: str) -> Lines:
        view = walk.view()
        if rest and not QUESTIONS[question].about_cell:
            raise NnstepError(f"nothing was expected here: {in_message(rest)!r}", hint=f"{question} is about all of it")
        if rest:
            walk.session.place_cursor(read_cell(rest, view))
        elif view.story is None and QUESTIONS[question].about_cell:
            hint = f"{question} NAME[1,2], with its row and column; or go on by one step first"
            raise NnstepError("no number is told yet", hint=hint)
        return _answered(walk, Trail((Visit.of(walk.view(), question),)))

    return do


def follow(walk: Walk, rest: str) -> Lines:
    """Go to a row of the last answer by its number, or back to where that was asked."""
    programs, asked = walk.session.branches, walk.asked
    if rest == _BACK:
        return _gone(walk, asked.trail.back(programs))
    if not asked.leads:
        raise NnstepError("there is nothing to follow yet", hint="from, to, chain and stuck list where one can go")
    hint = f"follow 1 to follow {len(asked.leads)}, or follow back"
    row = row_number(rest, len(asked.leads), what="row of the last answer", hint=hint)
    view = walk.view()
    here = asked.trail.at(Visit.of(view, asked.trail.visits[-1].asked))  # one may have gone on since
    return _gone(walk, here.onward(asked.leads[row].place, row, view, programs))


def _gone(walk: Walk, trail: Trail) -> Lines:
    run_through(trail.way(walk.session))
    return _answered(walk, trail)


def _answered(walk: Walk, trail: Trail) -> Lines:
    """Answer what is asked at the end of a trail, where we are, and remember what can be gone to."""
    view, question = walk.view(), QUESTIONS[trail.visits[-1].asked]
    if view.hidden:
        raise NnstepError("first say what it will be", hint="then ask where it is from; skip shows it without a guess")
    cell = view.story or Cell(view.program.loss, ())
    answer = question.answer(view, cell, walk.decimals)
    walk.asked = Asked(answer.leads, trail)
    title = f"{question.title} {' > '.join(trail.names(view))}" if question.about_cell else question.title
    return [*wrapped(title, walk.width), *answer_lines(answer, walk.width)]


def answer_lines(answer: Answer, width: int) -> Lines:
    """Return an answer as lines: what is said, the numbered rows, and what is said after them."""

    def said(lines: tuple[Line, ...]) -> Lines:
        return [line for one in lines for line in wrapped(plain_text(one), width)]

    names = max((cell_len(lead.name) for lead in answer.leads), default=0)
    numbers = max((len(lead.number) for lead in answer.leads), default=0)
    rows = []
    for place, lead in enumerate(answer.leads, 1):
        name = lead.name + " " * (names - cell_len(lead.name))
        row = f"{place:>2}  {name}  {lead.number:>{numbers}}   {plain_text(lead.told)}".rstrip()
        if cell_len(row) <= width:
            rows.append(row)
            continue
        rows.append(f"{place:>2}  {lead.name}  {lead.number}".rstrip())
        rows += [f"    {line}" for line in wrapped(plain_text(lead.told), max(width - 4, 20))]
    return [*said(answer.told), *rows, *said((answer.rest,)), *said(answer.more)]
