"""Text that fits: exact cell widths, whatever the characters, and strips made of styled pieces."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

ELLIPSIS = "…"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# It widens the character before it, in some terminals only, and that character may stand in another segment.
_VARIATION = "\N{VARIATION SELECTOR-16}"


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Return `text` on one line and of one sure width: white space is a space, what is not printable is `\ufffd`."""
    if text.isprintable() and _VARIATION not in text:
        return text
    return "".join(_seen(character) for character in text)


def _seen(character: str) -> str:
    """Return what stands for one character."""
    if character == _VARIATION:
        return ""
    if character.isspace():
        return " "
    return character if character.isprintable() else _REPLACEMENT


@lru_cache(maxsize=4096)
def cut_end(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, its end given up for `…`."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    return head(text, width - 1) + ELLIPSIS if width > 0 else ""


@lru_cache(maxsize=4096)
def cut_middle(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, its middle given up for `…`: names differ at both ends."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    front = head(text, width // 2)
    return front + ELLIPSIS + _tail(text, width - 1 - cell_len(front))


def fit(text: str, width: int, align: str = "left") -> str:
    """Return `text` in exactly `width` cells, cut at its end or filled with spaces; align: left, right or center."""
    shown = cut_end(text, width)
    room = max(0, width - cell_len(shown))
    before = {"left": 0, "right": room, "center": room // 2}[align]
    return " " * before + shown + " " * (room - before)


def head(text: str, width: int) -> str:
    """Return the longest beginning of clean `text` that takes at most `width` cells."""
    if text.isascii():
        return text[: max(0, width)]
    used = 0
    for start, _, cells in split_graphemes(text)[0]:
        used += cells
        if used > width:
            return text[:start]
    return text


def _tail(text: str, width: int) -> str:
    """Return the longest end of clean `text` that takes at most `width` cells."""
    if width <= 0:
        return ""
    if text.isascii():
        return text[-width:]
    used = 0
    for _, end, cells in reversed(split_graphemes(text)[0]):
        used += cells
        if used > width:
            return text[end:]
    return text


def strip(pieces: Iterable[tuple[str, Style]], width: int, fill: Style) -> Strip:
    """Return one strip of exactly `width` cells: the pieces, cut with `…` where they do not fit, the rest `fill`."""
    shown = [(clean(text), style) for text, style in pieces if text]
    left = width - sum(cell_len(text) for text, _ in shown)
    if left < 0:
        shown = _cut(shown, width)
        left = width - sum(cell_len(text) for text, _ in shown)
    segments = [Segment(text, style) for text, style in shown]
    if left > 0:
        segments.append(Segment(" " * left, fill))
    return Strip(segments, max(0, width))


def _cut(pieces: list[tuple[str, Style]], width: int) -> list[tuple[str, Style]]:
    """Return the beginning of clean pieces that are too long, with `…` in the style of what it cuts."""
    kept: list[tuple[str, Style]] = []
    left = width - 1
    for text, style in pieces:
        size = cell_len(text)
        if size > left:
            if left >= 0:
                kept.append((head(text, left) + ELLIPSIS, style))
            return kept
        kept.append((text, style))
        left -= size
    return kept


def blank(width: int, style: Style) -> Strip:
    """Return an empty strip of `width` cells."""
    return Strip([Segment(" " * width, style)] if width > 0 else [], max(0, width))


def spread(left: Sequence[tuple[str, Style]], right: Sequence[tuple[str, Style]], width: int, fill: Style) -> Strip:
    """Return one strip with `left` at its left and `right` at its right end; `left` is cut where both do not fit."""
    space = width - cells(right)
    if space < 0:
        return strip(right, width, fill)
    shown = strip(left, space, fill)
    return Strip([*shown, *(Segment(clean(text), style) for text, style in right)], max(0, width))


def cells(pieces: Iterable[tuple[str, Style]]) -> int:
    """Return how many cells the pieces take."""
    return sum(cell_len(clean(text)) for text, _ in pieces)


def full_height(strips: list[Strip], width: int, height: int, fill: Style) -> list[Strip]:
    """Return exactly `height` strips: the first of `strips`, then empty ones."""
    missing = height - len(strips)
    return strips[:height] if missing <= 0 else strips + [blank(width, fill)] * missing
