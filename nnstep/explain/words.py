"""What an explanation is made of: words that know what they are, and nothing of how they look."""

from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

ROLES: Final = ("plain", "name", "read", "written", "dim", "heading", "operator", "warning", "value", "said")


class Word(NamedTuple):
    """A piece of a line and what it is.

    role: one of ROLES. `read` and `written` are names and numbers of this step's inputs and of what it makes;
    `value` is a number that is neither; `said` are words of the teacher, which are worth more than our own.
    """

    text: str
    role: str = "plain"


# A space at which no line ends.
TOGETHER: Final = "\u00a0"

Line: TypeAlias = tuple[Word, ...]


def plain_text(line: Iterable[Word]) -> str:
    """Return a line without its roles."""
    return "".join(word.text for word in line).replace(TOGETHER, " ")


def sentence(text: str, role: str = "plain") -> Line:
    """Return a text as a line of one word; an empty one as an empty line."""
    return (Word(text, role),) if text else ()


# Stands around a name while a text is being made that knows no roles; no text of ours or of a file has it.
_MARK = "\x00"


def marked(name: str) -> str:
    """Return a name marked, so that `unmarked` finds it again in the text that it was put into."""
    return f"{_MARK}{name}{_MARK}"


def unmarked(text: str, role: str, others: str = "operator") -> Line:
    """Return a text as words: marked names have `role`, what stands between them has `others`."""
    parts = text.split(_MARK)
    return tuple(Word(part, role if place % 2 else others) for place, part in enumerate(parts) if part)
