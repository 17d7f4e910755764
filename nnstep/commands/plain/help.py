"""The help of the plain stepper: every command in its group, a sentence each."""

from nnstep.commands.plain.walk import Lines, Typed
from nnstep.commands.words import wrapped
from nnstep.errors import unknown
from nnstep.scenario.text import in_message

_END = (
    "NAME is a value's name, its id (layer1.output) or its step's number; rows and columns count from 0.",
    "Ctrl-C stops what takes long. The end of the input ends it, as quit does.",
)


def help_lines(table: tuple[Typed, ...], rest: str, width: int) -> Lines:
    """Return a line for each command, or for the one that is named."""
    if rest:
        found = [one for one in table if rest in (one.name, one.letter)]
        if not found:
            raise unknown("command", in_message(rest), [one.name for one in table])
        return wrapped(_told(found[0]), width)
    told = ["Type a word or its letter; an empty line is next."]
    for group in dict.fromkeys(one.group for one in table):
        told += [f"{group}:", *(_told(one) for one in table if one.group == group)]
    return [line for one in (*told, *_END) for line in wrapped(one, width)]


def _told(one: Typed) -> str:
    letter = f" (or {one.letter})" if one.letter else ""
    return f"{one.name}{letter}{' ' + one.takes if one.takes else ''}: {one.help}"
