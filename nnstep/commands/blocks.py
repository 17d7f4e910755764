"""Matrices as blocks of plain text, and blocks side by side as far as a line goes."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size

from nnstep.catalog.laying import shape_text
from nnstep.engine.cell import Array
from nnstep.explain.figures import figure
from nnstep.tui.renderables.numbers import choose_width, format_row

Block = list[str]
Mask = NDArray[np.bool_]

DECIMALS = 4
MOST_ROWS = 12
_ROWS_OF_A_PART = 6
_MOST_MATRICES = 2  # of a value with more than two axes
_GAP = "    "
_ELLIPSIS = "…"
_BLANK = "·"  # a cell that is not there yet: a zero would be a number


def block(name: str, array: Array, width: int, *, done: int | None = None, remark: str = "") -> Block:
    """Return a value as lines: its name and shape, then its numbers; one line where it has no axes.

    width: cells there are. done: how many cells are there already, row after row (all, if None); the others are a dot.
    remark: stands behind the shape. A matrix too large for the width or for MOST_ROWS is shown in part.
    """
    behind = f" ({remark})" if remark else ""
    if array.ndim == 0:
        return [f"{name} = {figure(float(array), DECIMALS)}{behind}"]
    integer = _is_whole(array)
    cell = choose_width(array, DECIMALS, integer)
    blank = np.arange(array.size).reshape(array.shape) >= (array.size if done is None else done)
    lines: Block = []
    cut = False
    for title, numbers, left_out in _matrices(array, blank):
        rows = _part(len(numbers), MOST_ROWS, _ROWS_OF_A_PART)
        room = max(3, (width + 1) // (cell + 1))
        columns = _part(numbers.shape[1], room, room)
        cut = cut or None in rows or None in columns
        lines += [title] * bool(title)
        lines += _table(numbers, left_out, (rows, columns), cell, integer)
    matrices = prod(array.shape[:-2])
    if matrices > _MOST_MATRICES:
        lines.append(f"{_ELLIPSIS} {matrices - _MOST_MATRICES} more")
        cut = True
    return [f"{name} {shape_text(array.shape)}{', in part' if cut else ''}{behind}", *lines]


def side_by_side(blocks: Sequence[Block], width: int) -> list[str]:
    """Return blocks in rows, as many beside each other as fit in the width, an empty line between the rows."""
    lines: list[str] = []
    for row in _rows(blocks, width):
        lines += [""] * bool(lines)
        sizes = [max(map(cell_len, one)) for one in row]
        for number in range(max(map(len, row))):
            parts = (one[number] if number < len(one) else "" for one in row)
            lines.append(_GAP.join(map(set_cell_size, parts, sizes)).rstrip())
    return lines


def _rows(blocks: Sequence[Block], width: int) -> Iterator[list[Block]]:
    row: list[Block] = []
    used = 0
    for one in blocks:
        size = max(map(cell_len, one))
        if row and used + len(_GAP) + size > width:
            yield row
            row, used = [], 0
        used += size + len(_GAP) * bool(row)
        row.append(one)
    if row:
        yield row


def _matrices(array: Array, blank: Mask) -> Iterator[tuple[str, Array, Mask]]:
    """Yield the matrices of the last two axes that are shown, each with its place where there are several."""
    if array.ndim <= 2:
        yield "", np.atleast_2d(array), np.atleast_2d(blank)
        return
    places = product(*map(range, array.shape[:-2]))
    for place in [at for at, _ in zip(places, range(_MOST_MATRICES), strict=False)]:
        yield f"[{','.join(map(str, place))}]", array[place], blank[place]


def _table(
    numbers: Array, blank: Mask, part: tuple[list[int | None], list[int | None]], cell: int, integer: bool
) -> Block:
    """Return the lines of one matrix: numbers, `…` for what is left out, a dot for what is not there yet."""
    rows, columns = part
    shown = [column for column in columns if column is not None]
    lines = []
    for row in rows:
        if row is None:
            lines.append(_ELLIPSIS.rjust(cell))
            continue
        texts = format_row(numbers[row, shown], cell, DECIMALS, integer)
        written = [
            _BLANK.rjust(cell) if blank[row, column] else text for column, text in zip(shown, texts, strict=True)
        ]
        if None in columns:
            written.insert(columns.index(None), _ELLIPSIS)
        lines.append(" ".join(written).rstrip())
    return lines


def _part(count: int, most: int, room: int) -> list[int | None]:
    """Return which rows or columns are shown: all, or in `room` places the first ones, None for a gap, and the last."""
    return list(range(count)) if count <= most else [*range(room - 2), None, count - 1]


def _is_whole(array: Array) -> bool:
    return bool(np.isfinite(array).all() and (array == np.rint(array)).all() and (np.abs(array) < 1e9).all())
