"""The weights in a picture of a network: lines by sign and size, kernels, or a map of what has too many lines."""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.style import Style

from nnstep.engine.cell import Array
from nnstep.explain.pictures.looks import WRITTEN
from nnstep.explain.pictures.network_parts import Numbers, Wires
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.numbers import format_cell
from nnstep.tui.renderables.pictures.canvas import DASHED, DOTS_ACROSS, DOTS_DOWN, SOLID, Canvas, line_dots
from nnstep.tui.renderables.pictures.large import LINES, in_large, large, large_width
from nnstep.tui.renderables.pictures.looks import STATES, marked
from nnstep.tui.renderables.pictures.network_maps import draw_kernels
from nnstep.tui.renderables.pictures.network_places import HEAD, LEAST_TILE, UNIT, Place
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.tiles import draw_heat, shrunk
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_MOST_WIRES: Final = 600
_LABELS: Final = (0.5, 0.3, 0.7, 0.2, 0.8)  # where on a line its number may stand
_LEAST_GAP: Final = 14  # cells between two columns that have room for numbers on the lines
_MOST_LABELS: Final = 24
_MOST_LARGE_LABELS: Final = 6
_LARGE_LABEL: Final = 15  # cells of a number in large figures
_MOST_NUMBERS: Final = 32  # of what is made inside a layer: more are a map
_LEAST_KERNELS: Final = 6
_SIZES: Final = ((-1.0, 0.25, 1), (0.25, 0.6, 2), (0.6, 2.0, 3))  # shares of the largest weight, and how thick


def draw_wires(canvas: Canvas, before: Place, after: Place, wires: Wires, page: Page) -> bool:
    """Draw the weights between two columns: sign by colour and pattern, size by thickness; are there lines?"""
    weights = wires.weights
    left, right = before.x + before.unit + 1, after.left - 2
    fits = weights is not None and weights.shape == (len(before.rows), len(after.rows))
    if weights is None or not fits or not before.rows or not after.rows or weights.size > _MOST_WIRES:
        _without_lines(canvas, before, after, wires, page)
        return False
    palette = page.palette
    stand = (tuple(before.middles), tuple(after.middles), left, right, page.is_large)
    told = _is_told(weights.shape, wires)  # (n,)
    for x, y, is_negative in _lines(np.ascontiguousarray(weights).tobytes(), b"", *stand):
        canvas.dots(x, y, palette.bg + _wire_style(wires, is_negative, lit=False, palette=palette))
    if told.any():
        # What the step is about, over all others.
        for x, y, is_negative in _lines(np.ascontiguousarray(weights).tobytes(), told.tobytes(), *stand):
            canvas.dots(x, y, palette.bg + _wire_style(wires, is_negative, lit=True, palette=palette))
    starts, stops = _ends(*stand[:4])  # (n, 2)
    if right - left >= _LEAST_GAP:
        if page.is_large:
            if wires.light != "quiet" and int(told.sum()) <= _MOST_LARGE_LABELS:
                _labels(canvas, starts[told], stops[told], weights.ravel()[told], told[told], wires, page)
        elif weights.size <= _MOST_LABELS:
            _labels(canvas, starts, stops, weights.ravel(), told, wires, page)
    if wires.light != "quiet":
        style = palette.name_written if wires.light == "written" else palette.name_read
        canvas.centred(left, 0, wires.name, palette.bg + style, right - left + 1)
    return True


def _ends(befores: tuple[int, ...], afters: tuple[int, ...], left: int, right: int) -> tuple[Array, Array]:
    """Return where the lines from each unit to each of the next column begin and end, in dots: (n, 2) both."""
    lines = np.array(np.meshgrid(befores, afters, indexing="ij")).reshape(2, -1)  # (2, n)
    starts = np.column_stack([np.full(lines.shape[1], left * DOTS_ACROSS), lines[0] * DOTS_DOWN + 2])  # (n, 2)
    stops = np.column_stack([np.full(lines.shape[1], right * DOTS_ACROSS + 1), lines[1] * DOTS_DOWN + 2])  # (n, 2)
    return starts, stops


_Dots = tuple[NDArray[np.intp], NDArray[np.intp], bool]


@lru_cache(maxsize=128)  # weights change once an iteration, and are seen at each of its steps
def _lines(
    weights: bytes,
    told: bytes,
    befores: tuple[int, ...],
    afters: tuple[int, ...],
    left: int,
    right: int,
    is_large: bool,
) -> tuple[_Dots, ...]:
    """Return the dots of lines and whether they stand for weights below zero, the large ones last.

    weights: of doubles (i j). told: of booleans (i j), which are drawn; empty for all.
    """
    values = np.frombuffer(weights)  # (n,)
    chosen = np.frombuffer(told, dtype=np.bool_) if told else np.ones(values.size, dtype=np.bool_)  # (n,)
    starts, stops = _ends(befores, afters, left, right)
    sizes = np.abs(values) / (heat.scale_of(values) or 1.0)  # (n,)
    found = []
    for low, high, thickness in _SIZES:
        part = (sizes > low) & (sizes <= high) & chosen  # (n,)
        for is_negative, pattern in ((False, SOLID), (True, DASHED)):
            lines = part & ((values < 0) == is_negative)  # (n,)
            if lines.any():
                thick = 2 * thickness - 1 if is_large else thickness
                found.append((*line_dots(starts[lines], stops[lines], pattern, thick), is_negative))
    return tuple(found)


def _is_told(shape: tuple[int, ...], wires: Wires) -> Array:
    """Return which weights the step is about: (i j)."""
    told = np.full(shape, wires.light != "quiet")  # (i, j)
    source, target = wires.told
    if source >= 0:
        told[np.arange(shape[0]) != source] = False
    if target >= 0:
        told[:, np.arange(shape[1]) != target] = False
    return told.ravel()


def _wire_style(wires: Wires, is_negative: bool, *, lit: bool, palette: Palette) -> Style:
    if lit:
        return palette.name_written if wires.light == "written" else palette.number_read
    return palette.negative if is_negative else palette.positive


def _labels(canvas: Canvas, starts: Array, stops: Array, weights: Array, told: Array, wires: Wires, page: Page) -> None:
    """Write the weights on their lines, where nothing else stands; those the step is about first."""
    for n in np.argsort(told == 0, kind="stable").tolist():
        value, lit = float(weights[n]), bool(told[n])
        if np.isnan(value):
            continue
        style = page.palette.bg + _wire_style(wires, value < 0, lit=lit, palette=page.palette)
        text = format_cell(value, UNIT - 1).strip()
        figures = in_large(value, _LARGE_LABEL) if page.is_large else ""
        lines = large(figures) if figures else (text,)
        width = large_width(figures) if len(lines) == LINES else len(text)
        for share in _LABELS:
            x, y = starts[n] + (stops[n] - starts[n]) * share
            column, row = int(x) // DOTS_ACROSS - width // 2, int(y) // DOTS_DOWN - len(lines) // 2
            if all(canvas.is_free(column, row + line, width) for line in range(len(lines))):
                for line, part in enumerate(lines, row):
                    canvas.text(column, line, part, style)
                break


# ---- what has no lines


def _without_lines(canvas: Canvas, before: Place, after: Place, wires: Wires, page: Page) -> None:
    """Draw an arrow for what has too many lines, lit where the step is about it; what there is between as a map."""
    palette, middle = page.palette, HEAD + (canvas.height - HEAD - 1) // 2
    style = {"quiet": palette.dim, "read": palette.name_read, "written": palette.name_written}[wires.light]
    left = before.x + before.taken + 2
    room = after.left - 4 - left
    if wires.kernels is not None and after.tiles is not None and room + 3 >= _LEAST_KERNELS:
        name = style if wires.light != "quiet" else palette.name
        draw_kernels(canvas, wires, (left, room + 3, middle), after.tiles, palette, name)
        return
    # What comes back to a unit has its own small arrow there.
    line = (after.middles[0] + after.middles[-1]) // 2 if after.rows else middle
    canvas.text(after.left - (4 if after.rows else 3), line, "─▶", palette.bg + style)
    inner = wires.inner
    if inner is not None and inner.values is not None and room >= LEAST_TILE:
        named = {"written": palette.name_written, "read": palette.name_read}.get(inner.state, palette.name)
        values = inner.values.reshape(-1, inner.values.shape[-1])  # (y, x)
        if values.size <= _MOST_NUMBERS and UNIT * values.shape[1] <= room and len(values) < canvas.height - HEAD - 2:
            _numbers(canvas, values, inner, (left, room, middle), page, named)
        else:
            _map(canvas, values, inner.name, (left, room, middle), page, named, STATES[inner.state])
    elif wires.weights is not None and room >= LEAST_TILE:
        named = palette.name if wires.light == "quiet" else style
        _map(canvas, np.atleast_2d(wires.weights), wires.name, (left, room, middle), page, named)
    elif wires.light != "quiet" and wires.name:
        at = max(after.left - 2 - len(wires.name), before.x + before.taken)
        canvas.text(at, middle - 1, wires.name, palette.bg + style, max(after.left - 1 - at, 0))


def _numbers(
    canvas: Canvas, values: Array, inner: Numbers, box: tuple[int, int, int], page: Page, style: Style
) -> None:
    """Write a few numbers with their name above them, in the middle. values: (y, x)"""
    (left, room, middle), palette = box, page.palette
    rows, columns = len(values), values.shape[1]
    top, x = max(middle - rows // 2, HEAD), left + (room - UNIT * columns) // 2
    states = heat.states(np.nan_to_num(values, nan=0.0), heat.scale_of(values))  # (y, x)
    if inner.state in ("stale", "read", "written"):
        states = np.full_like(states, STATES[inner.state])  # (y, x)
    asked = np.isnan(values) & inner.is_hidden  # (y, x)
    if inner.marks is not None and inner.marks.shape == values.shape:
        asked &= inner.marks == WRITTEN
        states = np.where(inner.marks > 0, marked(inner.marks), states)  # (y, x)
    named = inner.name if cell_len(inner.name) <= room else "over time"
    at = max(min(x, left + room - cell_len(named)), left)
    canvas.text(at, top - 1, named, palette.bg + style, max(left + room - at, 0))
    for y, row in enumerate(values.tolist()):
        for n, value in enumerate(row):
            state, text = State(int(states[y, n])), format_cell(value, UNIT - 1) + " "
            if np.isnan(value):
                state, text = (State.WRITTEN, "?") if asked[y, n] else (State.BLANK, "·")
            canvas.text(x + n * UNIT, top + y, text.center(UNIT), palette.cells[state])


def _map(
    canvas: Canvas,
    values: Array,
    name: str,
    box: tuple[int, int, int],
    page: Page,
    style: Style,
    state: State = State.PLAIN,
) -> None:
    """Draw a heat map with its name above it, in the middle. box: first cell, cells, and the line of the arrow."""
    (left, room, middle), palette = box, page.palette
    per_line = heat.rows_per_line(palette)
    lines = canvas.height - HEAD - 3
    small = shrunk(values, room, lines * per_line)  # (y, x)
    by = max(min(room // small.shape[1], lines * per_line // small.shape[0], 3), 1)
    top = max(middle - -(-small.shape[0] * by // per_line) // 2, HEAD)
    canvas.text(left, top - 1, name, palette.bg + style, room)
    area = (room, lines * per_line)
    draw_heat(canvas, (left, top), small, area, palette, state, heat.scale_of(values), by)
