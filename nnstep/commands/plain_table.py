"""What can be typed in the plain stepper: one row a command."""

from collections.abc import Callable

from nnstep.breaks import Breaks
from nnstep.catalog.names import NAME_SETS
from nnstep.commands.interrupts import run_through
from nnstep.commands.picture import heading, picture, value_block
from nnstep.commands.plain_answers import asking, follow
from nnstep.commands.plain_check import check
from nnstep.commands.plain_lesson import stop_lines
from nnstep.commands.plain_predict import asks, hold_back, predict, predict_lines, seen, skip
from nnstep.commands.words import cell_lines, step_lines, wrapped
from nnstep.errors import NnstepError, nearest, unknown
from nnstep.explain.breaks import hit_text
from nnstep.explain.ending import stopped_text
from nnstep.explain.figures import short
from nnstep.explain.health import warning
from nnstep.explain.places import read_cell, read_place, read_value
from nnstep.records import dataclass
from nnstep.scenario.limits import EPOCHS
from nnstep.scenario.text import in_message
from nnstep.session import Session

Lines = list[str]
Do = Callable[[Session, str, int], Lines]


@dataclass(frozen=True)
class Typed:
    """A command of the plain stepper: its name, its letter, what follows it, what it is for, and what it prints."""

    name: str
    letter: str
    takes: str
    help: str
    do: Do


def is_command(line: str) -> bool:
    """Does a line begin with a command, or with its letter?"""
    word = line.strip().partition(" ")[0]
    return any(word and word in (command.name, command.letter) for command in TABLE)


def find(line: str) -> tuple[Typed, str]:
    """Return the command that a line means, and the rest of the line. Raises NnstepError where there is none."""
    word, _, rest = line.strip().partition(" ")
    word = word or "next"
    for command in TABLE:
        if word in (command.name, command.letter):
            return command, rest.strip()
    guess = nearest(word, [command.name for command in TABLE])
    hint = f"did you mean {guess}?" if guess else "help says what there is"
    raise NnstepError(f"there is no command called {in_message(word)!r}", hint=hint)


def here(session: Session, width: int) -> Lines:
    """Return the step we are at: where that is, what it does, and the value that it makes."""
    view = seen(session)
    lines = [*wrapped(heading(view), width), *predict_lines(session, width)]
    if not asks(session):
        lines += step_lines(view, width)
    if view.active is not None:
        lines += value_block(view, view.active.id, width)
    return lines


def _moving(move: Callable[[Session], None]) -> Do:
    def do(session: Session, rest: str, width: int) -> Lines:
        _nothing_more(rest)
        return _moved(session, move, width)

    return do


def _moved(session: Session, move: Callable[[Session], None], width: int) -> Lines:
    """Move; what has to be run for it is run here, where Ctrl-C can stop it."""
    before = session.view()
    if move in (Session.next, Session.next_cell):
        hold_back(session)
    session.place_cursor(None)
    move(session)
    run_through(session.arrive(before))
    return here(session, width)


def _back(session: Session, rest: str, width: int) -> Lines:
    moves = {
        "": Session.back,
        "phase": Session.previous_phase,
        "time": Session.previous_time,
        "iteration": Session.previous_iteration,
    }
    if rest not in moves:
        raise NnstepError(f"back knows no {in_message(rest)!r}", hint="back, back phase, back time, back iteration")
    return _moved(session, moves[rest], width)


def _go(session: Session, rest: str, width: int) -> Lines:
    place = read_place(rest, session.compiled.training, where="", here=session.position.iteration)
    session.place_cursor(None)
    run_through(session.travel(place.iteration, place.step))
    return here(session, width)


def _show(session: Session, rest: str, width: int) -> Lines:
    view = seen(session)
    if not rest:
        return [heading(view), "", *picture(view, width)]
    identity = read_value(rest, view.program, done=view.position.step)
    return value_block(view, identity, width) or [f"{view.program.values[identity].name} is not there yet"]


def _where(session: Session, rest: str, width: int) -> Lines:
    if not rest:
        raise NnstepError("where takes a cell", hint="where NAME[1,2], with its row and column")
    view = seen(session)
    cell = read_cell(rest, view.program, done=view.position.step)
    return cell_lines(view, cell, width)


def _skip(session: Session, rest: str, width: int) -> Lines:
    _nothing_more(rest)
    return skip(session, width, here)


def _lesson(session: Session, rest: str, width: int) -> Lines:
    return stop_lines(session, rest, width, here)


def _run(session: Session, rest: str, width: int) -> Lines:
    """Train on; Ctrl-C stops where it is, and so do the breakpoints of the scenario."""
    training, before = session.compiled.training, session.view()
    if rest and not (rest.isdecimal() and rest.isascii() and len(rest) <= 15 and 1 <= int(rest) <= EPOCHS):
        raise NnstepError(f"{in_message(rest)!r} is no number of epochs", hint="run 10 trains ten epochs")
    is_over = before.position.step == len(before.program.steps) and before.batch == before.batches
    target = (before.epoch if is_over else before.epoch - 1) + int(rest) if rest else training.epochs
    stopped, breaks = [], Breaks(session, session.compiled.breaks)
    try:
        run_through(breaks.fast_forward(target))
    except KeyboardInterrupt:
        stopped = ["Interrupted."]
    after = session.view()
    if breaks.hit is not None:
        stopped = wrapped(f"{hit_text(breaks.hit, after.program)}.", width)
    was = "" if before.loss is None else f"The loss was {short(before.loss)} and "
    now = "" if after.loss is None else f"{was or 'The loss '}is {short(after.loss)}."
    why = f"Ended: {ended}." if (ended := stopped_text(session)) else ""
    return [*stopped, *wrapped(why, width), heading(after), *wrapped(warning(after, None), width), now]


def _names(session: Session, rest: str, width: int) -> Lines:
    if rest not in NAME_SETS:
        raise unknown("name set", in_message(rest), NAME_SETS)
    session.rename(rest)
    return here(session, width)


def _help(session: Session, rest: str, width: int) -> Lines:
    _nothing_more(rest)
    rows = [(f"{one.name} {one.takes}".strip(), one.letter, one.help) for one in TABLE]
    wide = max(len(usage) for usage, _, _ in rows)
    lines = [f"  {usage:<{wide}}  {letter:<2} {text}".rstrip() for usage, letter, text in rows]
    return [
        "Type a word or its letter; an empty line is next.",
        *lines,
        "NAME is a value's name, its id (layer1.output) or its step's number; rows and columns count from 0.",
    ]


def _quit(session: Session, rest: str, width: int) -> Lines:
    return []


def _nothing_more(rest: str) -> None:
    if rest:
        raise NnstepError(f"nothing was expected here: {in_message(rest)!r}", hint="help says what there is")


TABLE = (
    Typed("next", "n", "", "go on by one operation", _moving(Session.next)),
    Typed("back", "b", "[phase|time|iteration]", "go back by one operation, a phase, a time or an iteration", _back),
    Typed("phase", "p", "", "go to the next phase", _moving(Session.next_phase)),
    Typed("time", "", "", "go to where this is done at the next time: recurrent layers", _moving(Session.next_time)),
    Typed("iteration", "i", "", "go to the same step of the next iteration", _moving(Session.next_iteration)),
    Typed("cell", "c", "", "go on by one cell", _moving(Session.next_cell)),
    Typed("go", "g", "EPOCH:STEP", "go anywhere: go 3:5, go 12 (its end), go :8, go layer1.output; Ctrl-C stops", _go),
    Typed("show", "s", "[NAME]", "the numbers of a value, or of all that are there", _show),
    Typed("where", "w", "NAME[1,2]", "where a number comes from", _where),
    Typed("from", "f", "[NAME[1,2]]", "what a number is made of, the largest part first", asking("from")),
    Typed("to", "t", "[NAME[1,2]]", "what a number has an effect on, and how far the loss moves", asking("to")),
    Typed(
        "chain",
        "",
        "[NAME[1,2]]",
        "the factors from the loss to a number, and what the other ways add",
        asking("chain"),
    ),
    Typed("stuck", "", "", "what tells most about why nothing is learned", asking("stuck")),
    Typed("follow", "", "N|back", "go to a row of the last list, or back to where it was asked for", follow),
    Typed("check", "k", "[NAME|NAME[1,2]|all]", "hold gradients against the loss; Ctrl-C stops", check),
    Typed("run", "r", "[N]", "train N epochs, or to the end; Ctrl-C stops", _run),
    Typed("lesson", "l", "[back|N|list]", "the next stop of the lesson, the one before, stop N, or all stops", _lesson),
    Typed("predict", "", "[0-4|off]", "say what a result will be before it is shown; 4 hides most", predict),
    Typed("skip", "", "", "show what is asked about without a guess", _skip),
    Typed("names", "", "SET", "tell it in other names: classic, math, layerwise, framework", _names),
    Typed("help", "h", "", "this", _help),
    Typed("quit", "q", "", "leave", _quit),
)
