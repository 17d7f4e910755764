"""A canvas of characters with fine lines behind them: what every picture is drawn on.

Text stands in whole cells; lines are made of dots, two across and four down a cell (braille), and show where no text
is.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.text import clean, cut_end

DOTS_ACROSS, DOTS_DOWN = 2, 4  # a cell
_BITS: Final = ((0, 0, 1), (1, 0, 2), (2, 0, 4), (0, 1, 8), (1, 1, 16), (2, 1, 32), (3, 0, 64), (3, 1, 128))  # p, q
_BRAILLE: Final = np.array([chr(0x2800 + bits) for bits in range(256)], dtype=object)  # (n,)
SOLID, DASHED, DOTTED = (1, 1), (5, 8), (1, 4)  # of so many dots the second number says, the first are drawn

Pattern = tuple[int, int]


class StyleTable:
    """Styles by the numbers that stand for them where many cells are written at once; made once for each palette."""

    def __init__(self, styles: Iterable[Style]) -> None:
        self.numbers = np.array([_number(style) for style in styles], dtype=np.intp)  # (n,)


class Canvas:
    """Cells that are written in any order; a later text covers an earlier one, and any text covers lines."""

    def __init__(self, width: int, height: int, fill: Style) -> None:
        self.width, self.height = max(width, 0), max(height, 0)
        shape = (self.height, self.width)
        self._characters = np.full(shape, " ", dtype=object)  # (y, x)
        self._looks = np.full(shape, _number(fill), dtype=np.intp)  # (y, x)
        self._written = np.zeros(shape, dtype=np.bool_)  # (y, x)
        self._dots = np.zeros((self.height * DOTS_DOWN, self.width * DOTS_ACROSS), dtype=np.bool_)  # (4y, 2x)
        self._dot_looks = np.zeros(shape, dtype=np.intp)  # (y, x)
        self._has_dots = False

    # ---- text

    def text(self, x: int, y: int, text: str, style: Style, width: int | None = None) -> int:
        """Write text from a cell on, cut with `…` to `width` cells or to the edge; return the cells it took."""
        if not 0 <= y < self.height or not 0 <= x < self.width:
            return 0
        shown = cut_end(text, min(self.width - x, self.width if width is None else width))
        size = cell_len(shown)
        if not size:
            return 0
        self._mend(x, y, size)
        if size == len(shown):
            self._characters[y, x : x + size] = list(shown)
        else:
            self._characters[y, x : x + size] = ""
            at = x
            for start, end, cells in split_graphemes(shown)[0]:
                self._characters[y, at] = shown[start:end]
                at += cells
        self._looks[y, x : x + size] = _number(style)
        self._written[y, x : x + size] = True
        return size

    def _mend(self, x: int, y: int, size: int) -> None:
        """Leave no half of a wide character beside what is written."""
        row = self._characters[y]
        if row[x] == "":
            row[x - 1] = " "
        if x + size < self.width and row[x + size] == "":
            row[x + size] = " "

    def centred(self, x: int, y: int, text: str, style: Style, width: int) -> None:
        """Write text in the middle of so many cells."""
        shown = cut_end(clean(text), width)
        self.text(x + max(0, width - cell_len(shown)) // 2, y, shown, style, width)

    def paste(self, x: int, y: int, strips: Iterable[Strip]) -> None:
        """Write lines that were made elsewhere."""
        for line, strip in enumerate(strips, y):
            at = x
            for segment in strip:
                self.text(at, line, segment.text, segment.style or Style.null())
                at += segment.cell_length

    def fill(self, x: int, y: int, character: str, keys: NDArray[Any], styles: StyleTable) -> None:
        """Write one character in many styles. keys: (y, x), the number of the style of each cell."""
        top, left = max(-y, 0), max(-x, 0)
        keys = keys[top : max(self.height - y, 0), left : max(self.width - x, 0)]  # (y, x)
        if not keys.size:
            return
        rows, columns = keys.shape
        part = slice(y + top, y + top + rows), slice(x + left, x + left + columns)
        self._characters[part] = character
        self._looks[part] = styles.numbers[keys]
        self._written[part] = True

    def block(self, x: int, y: int, characters: NDArray[np.object_], style: Style) -> None:
        """Write many narrow characters in one style. characters: (y, x), all of them on the canvas"""
        rows, columns = characters.shape
        part = slice(y, y + rows), slice(x, x + columns)
        self._characters[part] = characters
        self._looks[part] = _number(style)
        self._written[part] = True

    def put(self, x: NDArray[np.intp], y: NDArray[np.intp], character: str, style: Style) -> None:
        """Write one narrow character in many places at once; those off the canvas are left out. x, y: (n,)"""
        inside = (x >= 0) & (y >= 0) & (x < self.width) & (y < self.height)  # (n,)
        part = y[inside], x[inside]
        self._characters[part] = character
        self._looks[part] = _number(style)
        self._written[part] = True

    def is_free(self, x: int, y: int, size: int) -> bool:
        """Is there no text in so many cells and beside them, and are they on the canvas?"""
        if not (0 <= y < self.height and x >= 0 and x + size <= self.width):
            return False
        return not self._written[y, max(x - 1, 0) : x + size + 1].any()

    # ---- lines

    def lines(
        self, starts: ArrayLike, ends: ArrayLike, style: Style, pattern: Pattern = SOLID, thickness: int = 1
    ) -> None:
        """Draw many straight lines from dot to dot. starts, ends: (n, 2), each x and y in dots from the upper left."""
        self.dots(*line_dots(starts, ends, pattern, thickness), style)

    def dots(self, x: NDArray[np.intp], y: NDArray[np.intp], style: Style) -> None:
        """Draw dots; those that are off the canvas are left out. x, y: (n,)"""
        inside = (x >= 0) & (y >= 0) & (x < self.width * DOTS_ACROSS) & (y < self.height * DOTS_DOWN)  # (n,)
        x, y = x[inside], y[inside]  # (n,)
        self._has_dots = True
        self._dots[y, x] = True
        self._dot_looks[y // DOTS_DOWN, x // DOTS_ACROSS] = _number(style)

    # ---- the result

    def strips(self) -> list[Strip]:
        """Return the canvas as lines, each exactly as wide as it."""
        if not self.width:
            return [Strip([], 0)] * self.height
        characters, looks = self._characters, self._looks  # (y, x)
        if self._has_dots:
            drawn, bits = self._lines_seen()  # (y, x)
            characters, looks = characters.copy(), np.where(drawn, self._dot_looks, looks)  # (y, x)
            characters[drawn] = _BRAILLE[bits[drawn]]
        return [_line(row, look) for row, look in zip(characters.tolist(), looks, strict=True)]

    def _lines_seen(self) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
        """Return the cells in which lines are seen, and the dots in each cell as bits: (y, x) both."""
        dots = self._dots.view(np.uint8).reshape(self.height, DOTS_DOWN, self.width, DOTS_ACROSS)  # (y, p, x, q)
        bits = np.zeros((self.height, self.width), dtype=np.uint8)  # (y, x)
        for p, q, bit in _BITS:
            bits |= dots[:, p, :, q] * np.uint8(bit)  # (y, x)
        return (bits > 0) & ~self._written, bits


def line_dots(
    starts: ArrayLike, ends: ArrayLike, pattern: Pattern = SOLID, thickness: int = 1
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the dots of many straight lines: x and y of each (m,). starts, ends: (n, 2), in dots."""
    begin = np.atleast_2d(np.asarray(starts, dtype=np.float64))  # (n, 2)
    if not begin.size:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    way = np.atleast_2d(np.asarray(ends, dtype=np.float64)) - begin  # (n, 2)
    counts = np.ceil(np.abs(way).max(axis=1)).astype(np.intp) + 1  # (n,)
    owner = np.repeat(np.arange(len(counts)), counts)  # (m,)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)  # (m,)
    share = step / np.maximum(counts[owner] - 1, 1)  # (m,)
    places = np.rint(begin[owner] + way[owner] * share[:, np.newaxis]).astype(np.intp)  # (m, 2)
    places = places[step % pattern[1] < pattern[0]]  # (k, 2)
    # Above and below in turn, so that the middle stays where it is.
    shifts = [(more + 1) // 2 * (1 if more % 2 else -1) for more in range(thickness)]
    return np.tile(places[:, 0], thickness), np.concatenate([places[:, 1] + shift for shift in shifts])


# Every style that was ever drawn with, by its number: there are as many as a palette has roles, on a few surfaces.
_STYLES: Final[list[Style]] = []
_NUMBERS: Final[dict[Style, int]] = {}


def _number(style: Style) -> int:
    if style not in _NUMBERS:
        _NUMBERS[style] = len(_STYLES)
        _STYLES.append(style)
    return _NUMBERS[style]


def _line(row: list[str], looks: NDArray[np.intp]) -> Strip:
    """Return one line; one that looks as before is the very same object, and then nothing is sent for it."""
    text = "".join(row)
    return _kept(text, looks.tobytes()) if len(text) == len(row) else _made(row, looks)


@lru_cache(maxsize=4096)
def _kept(text: str, looks: bytes) -> Strip:
    """Return a line of narrow characters."""
    numbers = np.frombuffer(looks, dtype=np.intp)  # (x,)
    cuts = _cuts(numbers)
    styles = numbers[cuts[:-1]].tolist()
    parts = zip(pairwise(cuts), styles, strict=True)
    return Strip([Segment(text[start:end], _STYLES[style]) for (start, end), style in parts], len(text))


def _made(row: Sequence[str], looks: NDArray[np.intp]) -> Strip:
    """Return a line in which characters are wide, or of more than one sign."""
    cuts = _cuts(looks)
    return Strip([Segment("".join(row[start:end]), _STYLES[looks[start]]) for start, end in pairwise(cuts)], len(row))


def _cuts(looks: NDArray[np.intp]) -> list[int]:
    """Return where another style begins, and the end. looks: (x,)"""
    return [0, *(np.flatnonzero(looks[1:] != looks[:-1]) + 1).tolist(), looks.size]
