"""The lesson in the plain stepper: from stop to stop, with what is said and asked there."""

from nnstep.commands.plain.here import go, here
from nnstep.commands.plain.pictures import stop_picture
from nnstep.commands.plain.rows import value_lines
from nnstep.commands.plain.walk import Lines, Walk
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.lesson import asked, stop_here, stop_text, told
from nnstep.explain.places import nearest_cell
from nnstep.explain.words import plain_text
from nnstep.scenario.lesson import SHEET
from nnstep.scenario.text import in_message


def lesson(walk: Walk, rest: str) -> Lines:
    """Go to a stop and return what there is to see, to say and to ask; for `list` return all stops.

    Raises NnstepError where there is no such stop.
    """
    session, width = walk.session, walk.width
    stops = session.compiled.lesson
    if not stops:
        raise NnstepError(
            "this scenario has no lesson", hint="a file may have one: lesson: [{at: 1:output, ask: Why?}]"
        )
    if rest == "list":
        texts = [stop_text(walk.view(), stop, session.branches) for stop in stops]
        return [line for n, text in enumerate(texts, 1) for line in wrapped(f"{n} {text}", width)]
    number = _number(walk, rest)
    stop = stops[number - 1]
    go(walk, stop.iteration, stop.step(session.branches.program(stop.iteration)))
    session.stop_number = number
    if cell := nearest_cell(session.program, stop.cell):
        session.place_cursor(cell)
    view = walk.view()
    active = view.active.id if view.active else ""
    is_more = stop.zoom in session.program.values and stop.zoom != active
    words = [plain_text(line) for line in (told(view, stop.say), asked(view, stop.ask))]
    return [
        *wrapped(f"Stop {number} of {len(stops)}: {stop_text(view, stop, session.branches)}", width),
        *here(walk),
        *(value_lines(view, stop.zoom, width, walk.decimals) if is_more else ()),
        *(stop_picture(walk, stop.view) if stop.view not in ("", SHEET) else ()),
        *(line for text in words for line in wrapped(text, width)),
    ]


def _number(walk: Walk, rest: str) -> int:
    """Return the number of the stop that is meant, from 1: the next one, the one before, or the one that is named."""
    session = walk.session
    last, now = len(session.compiled.lesson), session.stop_number
    if rest == "back":
        strayed = now and stop_here(walk.view(), now) is None
        return now if strayed else max(now - 1, 1)
    if not rest:
        if now == last:
            raise NnstepError("the lesson ends here", hint="lesson back, lesson 1, or next")
        return now + 1
    if not (rest.isascii() and rest.isdecimal() and len(rest) <= 3 and 1 <= int(rest) <= last):
        raise NnstepError(f"there is no stop {in_message(rest)!r}", hint=f"stops go from 1 to {last}; lesson list")
    return int(rest)
