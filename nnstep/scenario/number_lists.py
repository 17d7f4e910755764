"""Lists of numbers taken in one piece: as YAML they cost seven times as much as all the rest of a file of data."""

import re
from typing import Final

_TOKEN: Final = re.compile(r"[ \r\n]*(?:([\[\],])|([-+.]?[0-9][-+0-9.eE]*))")

Token = tuple[str, int]
"""A bracket or a number, and its offset."""


def number_list(characters: str, start: int) -> tuple[list[Token], int]:
    """Return the tokens of the list of numbers, or of such lists, that begins at `start`, and the offset after it.

    Without tokens it is none, and the offset says how far that took to see.
    """
    tokens: list[Token] = []
    depth = 0
    is_due = True  # a value, and not a comma or the end
    at = start
    while (found := _TOKEN.match(characters, at)) is not None:
        sign, at = found[1], found.end()
        if sign is None or sign == "[":
            if not is_due:
                break
            depth += sign is not None
            tokens.append((found[1] or found[2], found.start(1 if sign else 2)))
            is_due = sign is not None
        elif sign == "]":
            depth -= 1
            is_due = False
            tokens.append((sign, at - 1))
            if not depth:
                return tokens, at
        elif is_due:
            break
        else:
            is_due = True
    return [], at
