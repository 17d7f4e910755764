"""Small pictures of matrices that fit into a given room: heat maps, and grey images."""

from functools import cache
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

HALF: Final = "▀"


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
    known = ~np.isnan(values) & (state != State.BLANK)  # (y, x)
    used = heat.scale_of(values) if scale is None else scale
    by = max(1, min(room[0] // max(values.shape[1], 1), room[1] // max(values.shape[0], 1), most))
    if not palette.pixels:
        large = np.where(known, values, 0.0).repeat(by, axis=0).repeat(by, axis=1)  # (y, x)
        there = known.repeat(by, axis=0).repeat(by, axis=1)  # (y, x)
        shown = np.where(there & (state == State.STALE), State.STALE, State.BLANK).astype(np.int8)  # (y, x)
        if marks is not None:
            shown = np.where(_framed(marks, by) > 0, _framed(marks, by), shown)  # (y, x)
        strips = heat.half_blocks(large, used, palette, shown, there)
        canvas.paste(*place, strips)
        return large.shape[1], len(strips)
    states = heat.states(values, used)  # (y, x)
    if state == State.STALE:
        states = np.full_like(states, State.STALE)  # (y, x)
    shown = np.where(known, states, np.int8(State.BLANK)).repeat(by, axis=0).repeat(by, axis=1)  # (y, x)
    if marks is not None:
        frame = _framed(marks, by)  # (y, x)
        shown = np.where(frame > 0, frame, shown)  # (y, x)
    if len(shown) % 2:
        shown = np.vstack([shown, np.full((1, shown.shape[1]), State.BLANK, np.int8)])  # (y, x)
    canvas.fill(*place, HALF, shown[::2] * len(palette.pixels) + shown[1::2], _pairs(palette))
    return shown.shape[1], len(shown) // 2


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
def _pairs(palette: Palette) -> tuple[Style, ...]:
    """Return the style of every pair of an upper and a lower half."""
    return tuple(Style(color=upper, bgcolor=lower) for upper in palette.pixels for lower in palette.pixels)


def grey_tile(values: Array, width: int, height: int, palette: Palette, most: int = 2) -> list[Strip]:
    """Return a grey image that fits into so many cells, each pixel at most `most` cells wide. values: (y, x)"""
    small = shrunk(values, max(width, 1), max(height, 1))
    by = max(min(most // 2, width // (2 * small.shape[1]), height // small.shape[0]), 1)
    if by > 1:
        small = small.repeat(by, axis=0).repeat(by, axis=1)  # (y, x)
    return heat.image(small, palette, 2 if 2 * small.shape[1] <= width else 1)
