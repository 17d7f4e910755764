"""Figures of three lines, made of half blocks: what the last row of a room can read on a projector."""

from functools import lru_cache
from typing import Final

from nnstep.tui.renderables.numbers import format_cell

LINES: Final = 3
# Each character is three pixels wide and five high, a row of pixels between bars; a point and its like are narrower.
_DRAWN: Final = {
    "0": "###|# #|# #|# #|###",
    "1": " # |## | # | # |###",
    "2": "###|  #|###|#  |###",
    "3": "###|  #| ##|  #|###",
    "4": "# #|# #|###|  #|  #",
    "5": "###|#  |###|  #|###",
    "6": "###|#  |###|# #|###",
    "7": "###|  #|  #|  #|  #",
    "8": "###|# #|###|# #|###",
    "9": "###|# #|###|  #|###",
    "-": "   |   |###|   |   ",
    "+": "   | # |###| # |   ",
    ".": " | | | |#",
    "%": "# #|  #| # |#  |# #",
    "e": "   |###|###|#  |###",
    "?": "###|  #| ##|   | # ",
    " ": " | | | | ",
}
_BLOCKS: Final = {("#", "#"): "█", ("#", " "): "▀", (" ", "#"): "▄", (" ", " "): " "}


def can_be_large(text: str) -> bool:
    """Has each character of a text a large form?"""
    return all(character in _DRAWN for character in text)


def large_width(text: str) -> int:
    """Return how many cells a text takes in large figures."""
    return sum(len(_DRAWN[character].partition("|")[0]) + 1 for character in text) - 1 if text else 0


@lru_cache(maxsize=4096)
def large(text: str) -> tuple[str, ...]:
    """Return the lines of a text in large figures, each `large_width` cells wide.

    Raises KeyError for a character that has none: `can_be_large` says so before.
    """
    rows = [" ".join(parts) for parts in zip(*(_DRAWN[character].split("|") for character in text), strict=True)]
    rows = [*rows, " " * len(rows[0])] if rows else [""] * (2 * LINES)
    return tuple("".join(map(_block, upper, lower)) for upper, lower in zip(rows[::2], rows[1::2], strict=True))


def in_large(value: float, room: int, *, whole: bool = False) -> str:
    """Return a number with as many digits as there is room for in large figures; nothing where no true one fits."""
    for width in (6, 5, 4):
        text = format_cell(value, width, integer=whole).strip()
        short = text if text == "0" else text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
        if can_be_large(short) and large_width(short) <= room:
            return short
    return ""


def _block(upper: str, lower: str) -> str:
    return _BLOCKS[upper, lower]
