"""The lesson in the plain stepper: from stop to stop, with what is said and asked there; and notes for the teacher."""

from collections.abc import Callable

from nnstep.commands.interrupts import run_through
from nnstep.commands.picture import value_block
from nnstep.commands.plain_predict import seen
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.lesson import hushed, prompt, stop_here, stop_text, told
from nnstep.explain.words import plain_text
from nnstep.scenario.text import in_message
from nnstep.session import Session

Lines = list[str]


def stop_lines(session: Session, rest: str, width: int, here: Callable[[Session, int], Lines]) -> Lines:
    """Go to a stop and return what there is to see, to say and to ask; for `list` return all stops.

    here: tells the step we are at. Raises NnstepError where there is no such stop.
    """
    lesson = session.compiled.lesson
    if not lesson:
        raise NnstepError(
            "this scenario has no lesson", hint="a file may have one: lesson: [{at: 1:output, ask: Why?}]"
        )
    if rest == "list":
        view = session.view()
        return [line for n, stop in enumerate(lesson, 1) for line in wrapped(f"{n} {stop_text(view, stop)}", width)]
    number = _number(session, rest)
    stop = lesson[number - 1]
    session.place_cursor(None)
    run_through(session.travel(stop.iteration, stop.step(session.compiled.training.program(stop.iteration))))
    session.stop_number = number
    if stop.cell is not None and stop.cell.name in session.program.values:
        session.place_cursor(stop.cell)
    view = seen(session)
    active = view.active.id if view.active else ""
    is_more = stop.zoom in session.program.values and stop.zoom != active
    words = [plain_text(told(view, text)) for text in (stop.say, stop.ask)]
    return [
        *wrapped(f"Stop {number} of {len(lesson)}: {stop_text(view, stop)}", width),
        *here(session, width),
        *(value_block(view, stop.zoom, width) if is_more else ()),
        *(line for text in words for line in wrapped(text, width)),
    ]


def _number(session: Session, rest: str) -> int:
    """Return the number of the stop that is meant, from 1: the next one, the one before, or the one that is named."""
    last, now = len(session.compiled.lesson), session.stop_number
    if rest == "back":
        strayed = now and stop_here(session.view(), now) is None
        return now if strayed else max(now - 1, 1)
    if not rest:
        if now == last:
            raise NnstepError("the lesson ends here", hint="lesson back, lesson 1, or next")
        return now + 1
    if not (rest.isascii() and rest.isdecimal() and len(rest) <= 3 and 1 <= int(rest) <= last):
        raise NnstepError(f"there is no stop {in_message(rest)!r}", hint=f"stops go from 1 to {last}; lesson list")
    return int(rest)


class Prompter:
    """Writes the teacher's notes where only the teacher reads them, and takes them out of what is printed."""

    def __init__(self, session: Session, write: Callable[[str], None]) -> None:
        self._session, self._full, self._write = session, session.compiled, write
        self._written = ""
        session.compiled = hushed(session.compiled)

    def tell(self) -> None:
        """Write the notes of this place, unless they stand there already. Raises NnstepError where that fails."""
        text = "\n".join(prompt(self._session.view(), self._full, self._session.stop_number))
        if text != self._written:
            self._written = text
            self._write(text)
