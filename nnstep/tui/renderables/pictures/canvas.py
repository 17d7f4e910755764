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
_BRAILLE = 0x2800
_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]])  # (p, q)
SOLID, DASHED, DOTTED = (1, 1), (5, 8), (1, 4)  # of so many dots the second number says, the first are drawn

Pattern = tuple[int, int]


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

    def fill(self, x: int, y: int, character: str, keys: NDArray[Any], styles: Sequence[Style]) -> None:
        """Write one character in many styles. keys: (y, x), the number of the style of each cell."""
        top, left = max(-y, 0), max(-x, 0)
        keys = keys[top : max(self.height - y, 0), left : max(self.width - x, 0)]  # (y, x)
        if not keys.size:
            return
        rows, columns = keys.shape
        part = slice(y + top, y + top + rows), slice(x + left, x + left + columns)
        found = np.flatnonzero(np.bincount(keys.ravel())).tolist()
        numbers = np.zeros(found[-1] + 1, dtype=np.intp)  # (n,)
        numbers[found] = [_number(styles[key]) for key in found]
        self._characters[part] = character
        self._looks[part] = numbers[keys]
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
        begin = np.atleast_2d(np.asarray(starts, dtype=np.float64))  # (n, 2)
        way = np.atleast_2d(np.asarray(ends, dtype=np.float64)) - begin  # (n, 2)
        if not begin.size:
            return
        counts = np.ceil(np.abs(way).max(axis=1)).astype(np.intp) + 1  # (n,)
        owner = np.repeat(np.arange(len(counts)), counts)  # (m,)
        step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)  # (m,)
        share = step / np.maximum(counts[owner] - 1, 1)  # (m,)
        places = np.rint(begin[owner] + way[owner] * share[:, np.newaxis]).astype(np.intp)  # (m, 2)
        places = places[step % pattern[1] < pattern[0]]  # (k, 2)
        for more in range(thickness):
            # Above and below in turn, so that the middle stays where it is.
            self.dots(places[:, 0], places[:, 1] + (more + 1) // 2 * (1 if more % 2 else -1), style)

    def dots(self, x: NDArray[np.intp], y: NDArray[np.intp], style: Style) -> None:
        """Draw dots; those that are off the canvas are left out. x, y: (n,)"""
        inside = (x >= 0) & (y >= 0) & (x < self.width * DOTS_ACROSS) & (y < self.height * DOTS_DOWN)  # (n,)
        x, y = x[inside], y[inside]  # (n,)
        self._dots[y, x] = True
        self._dot_looks[y // DOTS_DOWN, x // DOTS_ACROSS] = _number(style)

    # ---- the result

    def strips(self) -> list[Strip]:
        """Return the canvas as lines, each exactly as wide as it."""
        if not self.width:
            return [Strip([], 0)] * self.height
        cells = self._dots.reshape(self.height, DOTS_DOWN, self.width, DOTS_ACROSS)  # (y, p, x, q)
        bits = (cells * _BITS[:, np.newaxis, :]).sum(axis=(1, 3))  # (y, x)
        drawn = (bits > 0) & ~self._written  # (y, x)
        characters, looks = self._characters.copy(), np.where(drawn, self._dot_looks, self._looks)  # (y, x)
        characters[drawn] = [chr(_BRAILLE + number) for number in bits[drawn].tolist()]
        return [_line(row, look) for row, look in zip(characters.tolist(), np.ascontiguousarray(looks), strict=True)]


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


@lru_cache(maxsize=1024)
def _kept(text: str, looks: bytes) -> Strip:
    return _made(text, np.frombuffer(looks, dtype=np.intp))


def _made(row: Sequence[str], looks: NDArray[np.intp]) -> Strip:
    cuts = [0, *(np.flatnonzero(np.diff(looks)) + 1).tolist(), len(row)]
    return Strip([Segment("".join(row[start:end]), _STYLES[looks[start]]) for start, end in pairwise(cuts)], len(row))
