"""Small pictures of matrices that fit into a given room: heat maps, and grey images."""

from collections.abc import Sequence
from functools import cache
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.style import Style

from nnstep.engine.cell import Array
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.pictures.canvas import Canvas, StyleTable
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

HALF: Final = "▀"
_EACH: Final = np.array([[-1.0, -0.25, 0.0, 0.25, 1.0]])  # (1, x): a number of each colour, for a scale of 1


def shrunk(values: Array, columns: int, rows: int) -> Array:
    """Return means of equal squares, of at most so many columns and rows; a small matrix is returned as it is.

    values: (y, x); a square that is nan in part is the mean of the rest.
    """
    by = max(1, ceil(values.shape[1] / max(columns, 1)), ceil(values.shape[0] / max(rows, 1)))
    if by == 1:
        return values
    height, width = (ceil(size / by) * by for size in values.shape)
    padded = np.full((height, width), np.nan)  # (y, x)
    padded[: values.shape[0], : values.shape[1]] = values
    squares = padded.reshape(height // by, by, width // by, by)  # (v, p, u, q)
    known = ~np.isnan(squares)  # (v, p, u, q)
    total = np.where(known, squares, 0.0).sum(axis=(1, 3))  # (v, u)
    count = known.sum(axis=(1, 3))  # (v, u)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def draw_heat(
    canvas: Canvas,
    place: tuple[int, int],
    values: Array,
    room: tuple[int, int],
    palette: Palette,
    state: State = State.PLAIN,
    scale: float | None = None,
    most: int = 3,
    marks: NDArray[np.int8] | None = None,
) -> tuple[int, int]:
    """Draw a heat map as large as the room allows, each number at most `most` cells wide; return the cells it took.

    place: its first cell. values: (y, x), nan where nothing is. room: columns of cells, and rows of numbers that have
    room (two a line with half blocks). state: STALE and BLANK hide the heat. scale: the largest |a|; that of the
    values when left out. marks: (y, x) of State numbers, 0 for none: they frame the numbers, or cover small ones.
    """
    by = max(1, min(room[0] // max(values.shape[1], 1), room[1] // max(values.shape[0], 1), most))
    every = None if marks is None else marks[np.newaxis]  # (1, y, x)
    return draw_heats(canvas, [place], values[np.newaxis], by, palette, state, scale, every)


def draw_heats(
    canvas: Canvas,
    places: Sequence[tuple[int, int]],
    values: Array,
    by: int,
    palette: Palette,
    state: State = State.PLAIN,
    scale: float | None = None,
    marks: NDArray[np.int8] | None = None,
) -> tuple[int, int]:
    """Draw heat maps of one size, `by` cells a number; return the cells that each took. values: (n, y, x)

    places: the first cell of each. The rest is as in `draw_heat`; marks: (n, y, x).
    """
    used = heat.scale_of(values) if scale is None else scale
    states = heat.states(values, used)  # (n, y, x)
    if state == State.STALE:
        states = np.full_like(states, State.STALE)  # (n, y, x)
    known = ~np.isnan(values) & (state != State.BLANK)  # (n, y, x)
    shown = np.where(known, states, np.int8(State.BLANK))  # (n, y, x)
    if by > 1:
        shown = shown.repeat(by, axis=1).repeat(by, axis=2)  # (n, y, x)
    frames = None if marks is None else np.stack([_framed(one, by) for one in marks])  # (n, y, x)
    if not palette.pixels:
        return _characters(canvas, places, shown, frames, palette)
    if frames is not None:
        shown = np.where(frames > 0, frames, shown)  # (n, y, x)
    if shown.shape[1] % 2:
        shown = np.concatenate([shown, np.full((len(shown), 1, shown.shape[2]), State.BLANK, np.int8)], axis=1)
    keys = shown[:, ::2].astype(np.intp) * len(palette.pixels) + shown[:, 1::2]  # (n, y / 2, x)
    styles = _pairs(palette)
    for (x, y), one in zip(places, keys, strict=True):
        canvas.fill(x, y, HALF, one, styles)
    return keys.shape[2], keys.shape[1]


def draw_scale(
    canvas: Canvas,
    place: tuple[int, int],
    palette: Palette,
    style: Style,
    ends: tuple[str, str] = ("below 0", "above 0"),
) -> int:
    """Draw every colour (or sign) of a heat map between words for the least and for the largest; return its cells."""
    x, y = place
    at = x + canvas.text(x, y, f"{ends[0]} ", style)
    both = _EACH.repeat(heat.rows_per_line(palette), axis=0)  # (y, x)
    at += draw_heat(canvas, (at, y), both, (both.shape[1], len(both)), palette, scale=1.0, most=1)[0]
    return at + canvas.text(at, y, f" {ends[1]}", style) - x


def scale_width(ends: tuple[str, str] = ("below 0", "above 0")) -> int:
    """Return how many cells `draw_scale` takes."""
    return sum(map(cell_len, ends)) + _EACH.size + 2


def _characters(
    canvas: Canvas,
    places: Sequence[tuple[int, int]],
    shown: NDArray[np.int8],
    frames: NDArray[np.int8] | None,
    palette: Palette,
) -> tuple[int, int]:
    """Draw heat maps where there are no colours: a character says what each number is. shown: (n, y, x) of States"""
    for n, ((x, y), found) in enumerate(zip(places, shown, strict=True)):
        marked = found if frames is None else np.where(frames[n] > 0, frames[n], found)  # (y, x)
        canvas.paste(x, y, heat.characters(found, marked, palette))
    return shown.shape[2], shown.shape[1]


def _framed(marks: NDArray[np.int8], by: int) -> NDArray[np.int8]:
    """Return marks for numbers of `by` cells each: only the rim of where they lie together. marks: (y, x)"""
    large = marks.repeat(by, axis=0).repeat(by, axis=1)  # (y, x)
    if by == 1:
        return large
    around = np.pad(large, 1)  # (y + 2, x + 2)
    inner = (
        (around[:-2, 1:-1] == large)
        & (around[2:, 1:-1] == large)
        & (around[1:-1, :-2] == large)
        & (around[1:-1, 2:] == large)
    )  # (y, x)
    return np.where(inner, np.int8(0), large)


@cache
def _pairs(palette: Palette) -> StyleTable:
    """Return the style of every pair of an upper and a lower half."""
    return StyleTable(Style(color=upper, bgcolor=lower) for upper in palette.pixels for lower in palette.pixels)


@cache
def _grey_styles(palette: Palette) -> StyleTable:
    """Return the style of every grey, from black to white."""
    return StyleTable(Style(bgcolor=grey.color) for grey in palette.greys)


def draw_grey(
    canvas: Canvas, place: tuple[int, int], values: Array, room: tuple[int, int], palette: Palette, most: int = 2
) -> int:
    """Draw a grey image that fits into so many cells, each pixel at most `most` of them wide; return its lines.

    values: (y, x). room: cells and lines.
    """
    small = shrunk(values, max(room[0], 1), max(room[1], 1))
    by = max(min(most // 2, room[0] // (2 * small.shape[1]), room[1] // small.shape[0]), 1)
    if by > 1:
        small = small.repeat(by, axis=0).repeat(by, axis=1)  # (y, x)
    wide = 2 if 2 * small.shape[1] <= room[0] else 1
    if not palette.greys or not np.isfinite(small).all():
        canvas.paste(*place, heat.image(small, palette, wide))
    else:
        canvas.fill(*place, " ", heat.shades(small, len(palette.greys)).repeat(wide, axis=1), _grey_styles(palette))
    return len(small)


def draw_shares(canvas: Canvas, place: tuple[int, int], values: Array, palette: Palette) -> None:
    """Draw shares of 0 to 1 as greys, a cell each. values: (y, x)"""
    if palette.greys:
        canvas.fill(*place, " ", heat.shades(values, len(palette.greys), 0.0, 1.0), _grey_styles(palette))
    else:
        canvas.paste(*place, heat.image(values, palette, 1, 0.0, 1.0))
