"""The stepper as lines of text: commands are typed, each step is printed."""

import sys
from collections.abc import Iterable, Iterator

from nnstep.commands.picture import heading
from nnstep.commands.plain.opening import opening
from nnstep.commands.plain.predict import answered
from nnstep.commands.plain.table import find, is_command
from nnstep.commands.plain.walk import Lines, Walk
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.what_if import not_kept

_PROMPT = "> "


def go_through(walk: Walk) -> int:
    """Walk until `quit`, the end of the input or Ctrl-C at the prompt; returns the exit code.

    Ctrl-C during a command ends that command, and what it was to change stays as it was.
    """
    try:
        _say([*opening(walk), "", "Type help for what there is to type; an empty line goes on."])
        _prompt(walk)
        for typed in typed_lines():
            lines = _done(walk, typed)
            if lines is None:
                break
            _say(lines)
        if walk.sitting.store is not None and (told := not_kept(walk.session.branches.unsaved, "save")):
            _say(wrapped(f"{told}.", walk.width))
        return 0
    finally:
        walk.sitting.keep()


def _done(walk: Walk, typed: str) -> Lines | None:
    """Do what was typed, and return what to print; None where it was to leave."""
    try:
        lines = None if is_command(typed) else answered(walk, typed)
        if lines is not None:
            return lines
        command, rest = find(typed)
        if command.name == "quit":
            return None
        lines = command.do(walk, rest)
        _prompt(walk)
        return [*lines, *wrapped(walk.sitting.trouble(), walk.width)]
    except NnstepError as error:
        return wrapped(str(error), walk.width)
    except KeyboardInterrupt:
        return ["Interrupted.", *wrapped(heading(walk.view()), walk.width)]


def _prompt(walk: Walk) -> None:
    if walk.prompter is not None:
        walk.prompter.tell()


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
