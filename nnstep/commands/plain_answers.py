"""Following numbers in the plain stepper: `from wh[0,1]`, `to`, `chain`, `stuck`, and `follow 2` or `follow back`.

Without a name they are about the number that is told. What they list can be gone to by its number.
"""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from rich.cells import cell_len

from nnstep.commands.interrupts import run_through
from nnstep.commands.plain_predict import seen
from nnstep.commands.words import wrapped
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.answers import QUESTIONS, Answer, Lead, trail_names
from nnstep.explain.places import read_cell
from nnstep.explain.words import Line, plain_text
from nnstep.records import dataclass
from nnstep.scenario.text import in_message
from nnstep.session import Position, Session

_BACK = "back"


@dataclass(frozen=True)
class Visit:
    """A place that was left: where the session was, the told cell, and what was asked there."""

    position: Position
    cell: Cell
    asked: str


@dataclass(frozen=True)
class Walk:
    """What was asked last, what can be gone to, and the places that led here."""

    asked: str
    leads: tuple[Lead, ...] = ()
    trail: tuple[Visit, ...] = ()


# For as long as a walk lasts: a session itself knows of no questions.
_WALKS: WeakKeyDictionary[Session, Walk] = WeakKeyDictionary()


def asking(question: str) -> Callable[[Session, str, int], list[str]]:
    """Return the command that answers a question about a named cell, or about the told one."""

    def do(session: Session, rest: str, width: int) -> list[str]:
        view = session.view()
        if rest and not QUESTIONS[question].about_cell:
            raise NnstepError(f"nothing was expected here: {in_message(rest)!r}", hint=f"{question} is about all of it")
        if rest:
            session.place_cursor(read_cell(rest, view.program, done=view.position.step))
        elif view.story is None and QUESTIONS[question].about_cell:
            hint = f"{question} NAME[1,2], with its row and column; or go on by one step first"
            raise NnstepError("no number is told yet", hint=hint)
        return _answered(session, question, (), width)

    return do


def follow(session: Session, rest: str, width: int) -> list[str]:
    """Go to a row of the last answer by its number, or back to where that was asked."""
    walk = _WALKS.get(session, Walk(""))
    if rest == _BACK:
        if not walk.trail:
            raise NnstepError("there is no way back: nothing was followed", hint="follow 1 goes to the first row")
        visit = walk.trail[-1]
        _go(session, visit.position, visit.cell)
        return _answered(session, visit.asked, walk.trail[:-1], width)
    if not walk.leads:
        raise NnstepError("there is nothing to follow yet", hint="from, to, chain and stuck list where one can go")
    if not (rest.isascii() and rest.isdecimal() and len(rest) < 4 and 1 <= int(rest) <= len(walk.leads)):
        hint = f"follow 1 to follow {len(walk.leads)}, or follow back"
        raise NnstepError(f"{in_message(rest)!r} is no row of the last answer", hint=hint)
    view, place = session.view(), walk.leads[int(rest) - 1].place
    is_here = place.iteration == view.position.iteration and view.is_done(place.cell)
    there = place.place(session.compiled.training)
    here = Visit(session.position, view.story or place.cell, walk.asked)
    _go(session, session.position if is_here else Position(there.iteration, there.step), place.cell)
    return _answered(session, "to" if walk.asked == "to" else "from", (*walk.trail, here), width)


def _go(session: Session, goal: Position, cell: Cell) -> None:
    if goal != session.position:
        run_through(session.travel(goal.iteration, goal.step))
    if cell.name in session.program.values:
        session.place_cursor(cell)


def _answered(session: Session, question: str, trail: tuple[Visit, ...], width: int) -> list[str]:
    """Answer about the told cell, and remember what can be gone to."""
    view = seen(session)
    if view.hidden:
        raise NnstepError("first say what it will be", hint="then ask where it is from; skip shows it without a guess")
    cell = view.story or Cell(view.program.loss, ())
    answer = QUESTIONS[question].answer(view, cell, 4)
    _WALKS[session] = Walk(question, answer.leads, trail)
    places = [*((visit.position.iteration, visit.cell) for visit in trail), (view.position.iteration, cell)]
    way = " > ".join(trail_names(view, places))
    title = f"{QUESTIONS[question].title} {way}" if QUESTIONS[question].about_cell else QUESTIONS[question].title
    return [*wrapped(title, width), *answer_lines(answer, width)]


def answer_lines(answer: Answer, width: int) -> list[str]:
    """Return an answer as lines: what is said, the numbered rows, and what is said after them."""

    def said(lines: tuple[Line, ...]) -> list[str]:
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
