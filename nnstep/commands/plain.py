"""The stepper as lines of text: commands are typed, each step is printed."""

import sys
from collections.abc import Callable, Iterable, Iterator

from nnstep.commands.picture import heading
from nnstep.commands.plain_lesson import Prompter
from nnstep.commands.plain_predict import answered
from nnstep.commands.plain_table import find, here, is_command
from nnstep.commands.show import page
from nnstep.commands.width import line_width
from nnstep.errors import NnstepError
from nnstep.session import Session

_PROMPT = "> "


def walk(session: Session, notes: Callable[[str], None] | None = None) -> int:
    """Walk through a session until `quit`, the end of the input or Ctrl-C at the prompt; returns the exit code.

    notes: where the teacher's notes are written, and not printed; None prints them.
    Ctrl-C during a command ends that command, and what it was to change stays as it was.
    """
    prompter = Prompter(session, notes) if notes is not None else None
    _say([*page(session.view(), line_width()), "", "Type help for what there is to type; an empty line goes on."])
    if prompter is not None:
        prompter.tell()
    for typed in typed_lines():
        try:
            lines = None if is_command(typed) else answered(session, typed, line_width(), here)
            if lines is not None:
                _say(lines)
                continue
            command, rest = find(typed)
            if command.name == "quit":
                break
            _say(command.do(session, rest, line_width()))
            if prompter is not None:
                prompter.tell()
        except NnstepError as error:
            _say([str(error)])
        except KeyboardInterrupt:
            _say(["Interrupted.", heading(session.view())])
    return 0


def typed_lines() -> Iterator[str]:
    """Yield what is typed, with a prompt on a terminal and without one in a pipe."""
    if sys.stdin is None:
        return
    if not sys.stdin.isatty():
        yield from _piped()
        return
    while True:
        try:
            yield input(_PROMPT)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()  # or the shell goes on behind the prompt
            raise


def _piped() -> Iterator[str]:
    try:
        yield from sys.stdin
    except UnicodeDecodeError as error:
        raise NnstepError("the input is not text in UTF-8", hint="what to type is in `help`") from error


def _say(lines: Iterable[str]) -> None:
    print("\n".join(lines), end="\n\n", flush=True)
