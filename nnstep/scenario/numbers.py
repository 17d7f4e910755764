"""Lists of numbers as files write them: numbers alone, every row as long as its neighbours."""

import re
from collections.abc import Callable
from typing import Final

from nnstep.errors import NnstepError
from nnstep.scenario.builder import Tree
from nnstep.scenario.scalars import number_advice, plain_number
from nnstep.scenario.text import in_message

Where = Callable[..., str]
Path = tuple[str | int, ...]

_WORDS: Final = "only numbers stand here: 1 for yes, 0 for no, and the number of a class for its name"
_MOST_SHOWN: Final = 8  # numbers of a list without commas


def check_numbers(value: Tree, where: Where, *path: str | int) -> tuple[int, ...]:
    """Return the shape of lists of numbers in lists.

    where: `Document.where`. path: where in the document the value is.
    Raises NnstepError, placed at the value at fault, where something is no number or a row has another length.
    """
    if isinstance(value, list):
        if not value:
            raise NnstepError(
                "this list is empty", where=where(*path), hint="put numbers into it, or leave the key out"
            )
        first = check_numbers(value[0], where, *path, 0)
        for index in range(1, len(value)):
            shape = check_numbers(value[index], where, *path, index)
            if shape != first:
                raise _ragged(first, shape, where(*path, index))
        return (len(value), *first)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _no_number(value, where(*path))
    return ()


def _ragged(first: tuple[int, ...], shape: tuple[int, ...], where: str) -> NnstepError:
    hint = "all rows need the same length"
    if not first or not shape:
        got, expected = ("a list", "a number") if shape else ("a number", "a list")
        return NnstepError(f"this is {got}, but the first one beside it is {expected}", where=where, hint=hint)
    what = f"this row is {_size(shape)} long, but the first one beside it is {_size(first)}"
    return NnstepError(what, where=where, hint=hint)


def _size(shape: tuple[int, ...]) -> str:
    return " by ".join(str(length) for length in shape)


def _no_number(value: Tree, where: str) -> NnstepError:
    if value is None:
        return NnstepError("a number is missing here", where=where, hint="write 0 if it is meant to be zero")
    if isinstance(value, bool):
        hint = f"write {int(value)}"
        return NnstepError(f"{str(value).lower()} is not a number", where=where, hint=hint)
    if isinstance(value, str):
        hint = _comma_missing(value) or number_advice(value) or _WORDS
        return NnstepError(f"{in_message(value)!r} is not a number", where=where, hint=hint)
    return NnstepError("a mapping stands where a number is due", where=where, hint="write a number, such as 0.5")


def _comma_missing(text: str) -> str:
    """Return what to write for numbers with something else than a comma between them; empty for what is none."""
    parts = re.split(r"\s*;\s*|\s+", text.strip())
    is_short = 1 < len(parts) <= _MOST_SHOWN
    return f"a comma is missing: {', '.join(parts)}" if is_short and all(map(plain_number, parts)) else ""
