"""The command line: which command is meant, what it is told, and nothing of what it does."""

import re
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from nnstep import __version__
from nnstep.commands.endings import ended
from nnstep.commands.interrupts import noted_interrupts
from nnstep.commands.table import COMMANDS, EPILOG, STEPPER, Command, Option
from nnstep.errors import NnstepError, nearest, unknown
from nnstep.scenario.text import in_message


def main(argv: Sequence[str]) -> int:
    """Run one command line, without the program's own name, and return its exit code.

    0 done, 1 a check found something, 2 bad usage or bad input, 70 a fault of ours, 130 interrupted.
    """
    return ended(lambda: _run(list(argv)))


def _run(words: list[str]) -> int:
    # Only the first word can be a command, so that a scenario may have any name: ./list is a file.
    command = COMMANDS.get(words[0] if words else "", STEPPER)
    given = _parse(command, words if command is STEPPER else words[1:])
    # A command's module loads NumPy, and some the screen: only what is asked for is loaded.
    # One that Ctrl-C cut in two would fail in its own way, and that would look like a fault of ours.
    with noted_interrupts() as interrupted:
        try:
            module = import_module(f"nnstep.commands.{command.module}")
        finally:
            if interrupted():
                raise KeyboardInterrupt
    return int(module.run(given))


def _parse(command: Command, words: list[str]) -> Namespace:
    parser = _Parser(command)
    # Where argparse knows a default that is text, it reads it as if it had been typed.
    given, left = parser.parse_known_args(words, Namespace(**{o.key: o.default for o in command.options if o.metavar}))
    if left:
        _refuse(command, words, left[0])
    return given


def _refuse(command: Command, words: list[str], word: str) -> NoReturn:
    """Raise the error for a word that a command has no use for."""
    if word.startswith("-"):
        raise unknown(
            "option", in_message(word.partition("=")[0]), ("--help", *(o.name for o in command.options if o.is_flag))
        )
    if command is STEPPER and (guess := nearest(words[0], COMMANDS)):
        raise NnstepError(f"there is no command called {in_message(words[0])!r}", hint=f"did you mean {guess}?")
    raise NnstepError(f"there is one word too many: {in_message(word)!r}", hint=_see(command))


def _see(command: Command) -> str:
    return f"{command.call} --help shows what it takes, with examples"


class _Parser(ArgumentParser):
    """Reads the options of one command; a mistake is an error for people."""

    def __init__(self, command: Command) -> None:
        super().__init__(
            prog=command.call,
            usage=command.usage,
            description=command.description,
            epilog=_epilog(command),
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self.command = command
        for option in command.options:
            _add(self, option)
        self.add_argument("-h", "--help", action="help", help="show this and stop")
        if command is STEPPER:
            self.add_argument("--version", action="version", version=f"nnstep {__version__}", help="show the version")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write the help; what argparse would swallow, such as a full disk, is an error like any other."""
        if message and file is not None:
            file.write(message)

    def error(self, message: str) -> NoReturn:
        """Raise the error for people instead of printing the usage."""
        what = message.replace("the following arguments are required: ", "there is no ").removeprefix("argument ")
        what = re.sub("ignored explicit argument .*", "nothing was expected after it", what, flags=re.DOTALL)
        raise NnstepError(what, hint=_see(self.command))


def _add(parser: ArgumentParser, option: Option) -> None:
    if not option.is_flag:
        nargs = None if option.required else "?"
        parser.add_argument(option.name.lower(), metavar=option.name, nargs=nargs, type=option.read, help=option.help)
    elif option.metavar:
        parser.add_argument(
            option.name,
            metavar=option.metavar,
            type=option.read,
            help=option.help,
            action="append" if option.repeated else "store",
        )
    else:
        parser.add_argument(option.name, action="store_true", help=option.help)


def _epilog(command: Command) -> str:
    examples = "\n".join(f"  {line:<44} {what}".rstrip() for line, what in command.examples)
    rest = f"\n\n{EPILOG}" if command is STEPPER else ""
    return f"examples:\n{examples}{rest}"
