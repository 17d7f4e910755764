"""Matrices as pictures: heat maps of sign and size, and samples as grey images.

With colours one character shows two rows of a matrix (`▀`: text colour above, background below); `rows_per_line`
says so.
Without them one character shows one value: `=` `-` `·` `+` `#` from very negative to very positive.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.color import Color
from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.runs import RunTable, run_strips
from nnstep.tui.theme import Cell, Palette

# Shares of the largest |a|. With these a matrix drawn from a bell curve is a third neutral and a tenth strong.
NEUTRAL_BELOW: Final = 1 / 8
STRONG_FROM: Final = 1 / 2
SHADES: Final = " ░▒▓█"
_HALF: Final = "▀"
_BROKEN_SHADE: Final = "?"
_CHARACTERS: Final = {
    Cell.BLANK: " ",
    Cell.STALE: "·",
    Cell.PLAIN: "·",
    Cell.NEGATIVE_2: "=",
    Cell.NEGATIVE_1: "-",
    Cell.ZERO: "·",
    Cell.POSITIVE_1: "+",
    Cell.POSITIVE_2: "#",
    Cell.READ: "o",
    Cell.WRITTEN: "@",
    Cell.BROKEN: "!",
    Cell.EFFECT: "e",
    Cell.CURSOR: "X",
}
_MARKED: Final = (Cell.READ, Cell.WRITTEN, Cell.EFFECT)


def scale_of(values: ArrayLike) -> float:
    """Return the largest finite |a|, 0 where there is none."""
    array = np.asarray(values, dtype=np.float64)  # any shape
    if not array.size:
        return 0.0
    largest = float(np.abs(array).max())
    if np.isfinite(largest):
        return largest
    finite = array[np.isfinite(array)]  # (n,)
    return float(np.abs(finite).max()) if finite.size else 0.0


def levels(values: ArrayLike, scale: float) -> NDArray[np.int8]:
    """Return -2..2 by sign and share of `scale`, of the shape of `values`; 0 for what is not a number."""
    array = np.asarray(values, dtype=np.float64)  # any shape
    if not scale > 0:
        return np.zeros(array.shape, dtype=np.int8)
    strong, weak = scale * STRONG_FROM, scale * NEUTRAL_BELOW
    up = (array >= weak).astype(np.int8) + (array >= strong)  # as array
    down = (array <= -weak).astype(np.int8) + (array <= -strong)  # as array
    return (up - down).astype(np.int8)


def states(values: ArrayLike, scale: float) -> NDArray[np.int8]:
    """Return the `Cell` of each live value: its level, or BROKEN where it is not finite. values: any shape."""
    array = np.asarray(values, dtype=np.float64)  # any shape
    found = levels(array, scale) + np.int8(Cell.ZERO)  # as array
    finite = np.isfinite(array)  # as array
    return found if finite.all() else np.where(finite, found, np.int8(Cell.BROKEN))


def rows_per_line(palette: Palette) -> int:
    """Return how many rows of a matrix one line of `half_blocks` shows."""
    return 2 if palette.pixels else 1


def half_blocks(
    values: ArrayLike,
    scale: float,
    palette: Palette,
    marks: NDArray[np.int8] | None = None,
    known: NDArray[np.bool_] | None = None,
) -> list[Strip]:
    """Return a heat map, one character a column and `rows_per_line` rows.

    values: (y, x), the visible window; scale: |a| of the strongest colour.
    marks: (y, x) of `Cell` numbers, 0 where nothing is marked; READ, WRITTEN, EFFECT, STALE and CURSOR hide the heat.
    known: (y, x), False where a cell is blank.
    """
    if palette.pixels and marks is not None and marks.all():
        return _blocks(marks, palette)
    found = states(values, scale)  # (y, x)
    if known is not None:
        found = np.where(known, found, np.int8(Cell.BLANK))  # (y, x)
    shown = found if marks is None else np.where(marks > 0, marks, found)  # (y, x)
    return _blocks(shown, palette) if palette.pixels else characters(found, shown, palette)


def characters(found: NDArray[np.int8], shown: NDArray[np.int8], palette: Palette) -> list[Strip]:
    """Return a heat map of characters. found: (y, x), the `Cell` of each value; shown: with the marks over them."""
    # The heat stays to be read under a mark: its style marks it already.
    hidden = np.isin(shown, _MARKED)  # (y, x)
    keys = np.where(hidden, found, shown).astype(np.int64) * len(Cell) + shown  # (y, x)
    return run_strips(keys, _character_table(palette))


def image(
    values: ArrayLike, palette: Palette, columns_per_pixel: int = 2, low: float | None = None, high: float | None = None
) -> list[Strip]:
    """Return a grey picture of a sample, one line a row. values: (y, x).

    low, high: what is black and what is white; the least and the largest value when left out.
    """
    found = shades(values, len(palette.greys or SHADES), low, high)  # (y, x)
    return run_strips(found, _shade_table(palette, columns_per_pixel), columns_per_pixel)


def shades(values: ArrayLike, count: int, low: float | None = None, high: float | None = None) -> NDArray[np.int64]:
    """Return the shade 0..count-1 of each pixel, -1 where it is not finite. values: (y, x)"""
    array = np.atleast_2d(np.asarray(values, dtype=np.float64))  # (y, x)
    finite = np.isfinite(array)  # (y, x)
    known = array[finite]  # (n,)
    if not known.size:
        return np.full(array.shape, -1, dtype=np.int64)
    least = float(known.min()) if low is None else low
    most = float(known.max()) if high is None else high
    # In halves: the span of the largest doubles is itself no double.
    span = max(0.0, most / 2 - least / 2) or 1.0
    share = (np.where(finite, array, least) / 2 - least / 2) / span  # (y, x)
    shade = np.rint(np.clip(share, 0, 1) * (count - 1)).astype(np.int64)  # (y, x)
    return np.where(finite, shade, -1)


def _blocks(shown: NDArray[np.int8], palette: Palette) -> list[Strip]:
    """Return half blocks of cell states. shown: (y, x)"""
    return _pairs(shown.astype(np.int64), palette.pixels, int(Cell.BLANK), palette)


def _pairs(shown: NDArray[np.int64], colours: tuple[Color, ...], missing: int, palette: Palette) -> list[Strip]:
    """Return strips that show two rows each; where a lower row is missing it has the colour `missing`. shown: (y, x)"""
    rows, columns = shown.shape
    if rows % 2:
        shown = np.vstack([shown, np.full((1, columns), missing)])  # (y + 1, x)
    keys = shown[0::2] * len(colours) + shown[1::2]  # (y / 2, x)
    return run_strips(keys, _pair_table(palette, colours))


@cache
def _pair_table(palette: Palette, colours: tuple[Color, ...]) -> RunTable:
    """Return the half blocks of every pair of an upper and a lower colour."""
    count = len(colours)
    return RunTable(lambda key: (_HALF, Style(color=colours[key // count], bgcolor=colours[key % count])))


@cache
def _shade_table(palette: Palette, columns: int) -> RunTable:
    """Return the pixels of every shade from black to white, and of -1: not finite."""

    def pixel(shade: int) -> tuple[str, Style]:
        if shade < 0:
            return _BROKEN_SHADE * columns, palette.cells[Cell.BROKEN]
        if palette.greys:
            return " " * columns, Style(bgcolor=palette.greys[shade].color)
        return SHADES[shade] * columns, palette.bg + palette.text

    return RunTable(pixel)


@cache
def _character_table(palette: Palette) -> RunTable:
    """Return the character of every state in the style of every mark."""
    styles = [palette.bg + style for style in (*palette.cells, palette.phase_active)]
    return RunTable(lambda key: (_CHARACTERS[Cell(key // len(Cell))], styles[key % len(Cell)]))
