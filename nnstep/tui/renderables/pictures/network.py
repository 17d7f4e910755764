"""The network: units with their numbers, weights as lines between them, and the step that is being done, lit.

A lecturer points at a unit and at the lines that lead to it while the class sees the sum grow, and on the way back at
the blame that comes through the same lines. A student steps with Space (or Enter, unit by unit) and watches where in
the network the operation happens that the formula bar tells.
"""

from itertools import pairwise
from math import ceil, sqrt
from typing import Final

import numpy as np
from rich.style import Style
from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.numbers import bracket, format_cell
from nnstep.tui.renderables.pictures.canvas import DASHED, DOTS_ACROSS, DOTS_DOWN, SOLID, Canvas
from nnstep.tui.renderables.pictures.network_facts import Column, Network, Numbers, Wires, network_facts
from nnstep.tui.renderables.pictures.picture import Page, Picture
from nnstep.tui.renderables.pictures.tiles import draw_heat, shrunk
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_UNIT: Final = 7  # cells of a number
_WANTED: Final = 8  # cells for the targets beside the last column
_LEAST_PITCH: Final = 11  # from column to column
_HEAD: Final = 2  # lines over the units
_MOST_WIRES: Final = 600
_LABELS: Final = (0.5, 0.3, 0.7, 0.2, 0.8)  # where on a line its number may stand
_LEAST_GAP: Final = 14  # cells between two columns that have room for numbers on the lines
_MOST_LABELS: Final = 24
_LEAST_TILE: Final = 8  # cells between two columns that have room for their weights as a heat map


class _Place:
    """Where a column stands: its first cell, the cells it is wide, and the line of each of its units."""

    def __init__(self, column: Column, x: int, width: int, body: int) -> None:
        self.column, self.x, self.width = column, x, width
        values = column.shown.values
        count = len(values) if values is not None and not column.is_map else 0
        self.as_map = column.is_map or count > body
        self.taken = _UNIT  # cells that are drawn on, at the most
        self.lines = 3 if count * 4 <= body + 1 else 2 if count * 3 <= body + 1 else 1
        slot = body / max(count, 1)
        tall = values.shape[0] if values is not None and column.is_map else ceil(sqrt(count))
        self.shows_both = self.as_map and body >= tall + 6 and column.blame.values is not None
        self.rows = [] if self.as_map else [int(_HEAD + slot * (n + 0.5) - self.lines / 2) for n in range(count)]


def paint(facts: Network, page: Page) -> list[Strip]:
    """Return the picture."""
    canvas = Canvas(page.width, page.height, page.palette.bg)
    first, count = _window(facts, page.width)
    body = max(page.height - _HEAD - 1, 1)
    pitch = (page.width - _UNIT - _WANTED - 2) / max(count - 1, 1)
    columns = facts.columns[first : first + count]
    places = [
        _Place(column, int(1 + n * pitch), int(pitch) - 2 if count > 1 else page.width - 2, body)
        for n, column in enumerate(columns)
    ]
    for n, place in enumerate(places, first):
        _head(canvas, place, page.palette, is_lit=n == facts.lit)
        _as_map(canvas, place, body, page.palette) if place.as_map else _units(canvas, place, page.palette)
    drawn = [
        _wire(canvas, before, after, facts.wires[first + n], page.palette)
        for n, (before, after) in enumerate(pairwise(places))
    ]
    # What the lines mean is no use where there are none.
    legend = "lines: ── above zero  ╌╌ below  thick: large   " if any(drawn) else ""
    legend += "← what comes back   b bias" if any(place.rows for place in places) else ""
    hidden = len(facts.columns) - count
    more = f"{hidden} layers more   " if hidden else ""
    canvas.text(1, page.height - 1, more + legend, page.palette.bg + page.palette.dim)
    return canvas.strips()


def _window(facts: Network, width: int) -> tuple[int, int]:
    """Return the first column that is shown and how many are: all of them, or those around the active step."""
    room = max(2, (width - _UNIT - _WANTED - 2) // _LEAST_PITCH + 1)
    count = min(room, len(facts.columns))
    first = min(max(facts.lit - count // 2, 0), len(facts.columns) - count)
    return first, count


def _head(canvas: Canvas, place: _Place, palette: Palette, *, is_lit: bool) -> None:
    """Write over a column what it is, and the name of what it shows; the blame's where that is what is new."""
    column = place.column
    style = palette.heading_active if is_lit else palette.heading
    room = max(place.width, _UNIT)
    canvas.text(place.x, 0, f"{'▶ ' if is_lit else ''}{column.title}", palette.bg + style, room)
    named = column.blame if _is_about_blame(column) and not place.shows_both else column.shown
    canvas.text(place.x, 1, named.name, palette.bg + _name_style(named.state, palette), room)


def _is_about_blame(column: Column) -> bool:
    """Does the active step make or read what comes back to this column?"""
    return column.blame.state in (State.WRITTEN, State.READ) and column.shown.state != State.WRITTEN


def _name_style(state: State, palette: Palette) -> Style:
    if state == State.WRITTEN:
        return palette.name_written
    if state == State.READ:
        return palette.name_read
    return palette.name_stale if state in (State.STALE, State.BLANK) else palette.name


# ---- units


def _units(canvas: Canvas, place: _Place, palette: Palette) -> None:
    """Write each unit: its number, the blame under it, and its bias where there is room."""
    column = place.column
    scale = heat.scale_of(column.shown.values) if column.shown.values is not None else 0.0
    blame_scale = heat.scale_of(column.blame.values) if column.blame.values is not None else 0.0
    only_blame = place.lines == 1 and _is_about_blame(column)
    for n, y in enumerate(place.rows):
        if only_blame:
            _number(canvas, place.x, y, column.blame, n, blame_scale, palette)
        else:
            _number(canvas, place.x, y, column.shown, n, scale, palette)
        if column.wanted is not None and n < len(column.wanted):
            target = f"◀ {format_cell(float(column.wanted[n]), 5, integer=column.wanted_whole).strip()}"
            canvas.text(place.x + _UNIT + 1, y, target, palette.bg + palette.text)
        if place.lines >= 2 and column.blame.values is not None and column.blame.values.ndim == 1:
            canvas.text(place.x - 1, y + 1, "←", palette.bg + palette.dim)
            _number(canvas, place.x, y + 1, column.blame, n, blame_scale, palette)
        if place.lines >= 3 and column.bias.values is not None and n < len(column.bias.values):
            canvas.text(place.x - 1, y + 2, "b", palette.bg + palette.dim)
            _number(canvas, place.x, y + 2, column.bias, n, 0.0, palette)


def _number(canvas: Canvas, x: int, y: int, numbers: Numbers, n: int, scale: float, palette: Palette) -> None:
    """Write one number as a cell of the sheet looks."""
    if numbers.values is None or numbers.values.ndim != 1 or n >= len(numbers.values) or np.isnan(numbers.values[n]):
        style = palette.cells[State.WRITTEN if numbers.is_hidden else State.BLANK]
        canvas.text(x, y, ("?" if numbers.is_hidden else "·").center(_UNIT), style)
        return
    value = float(numbers.values[n])
    state = numbers.state
    if state == State.PLAIN and scale:
        state = State(int(heat.states(value, scale)))
        if state == State.ZERO and value:
            state = State.POSITIVE_1 if value > 0 else State.NEGATIVE_1
    text = format_cell(value, _UNIT - 1, integer=numbers.whole) + " "
    if numbers.told == n:
        canvas.text(x, y, bracket(text), palette.cursors[state])
    else:
        canvas.text(x, y, text, palette.cells[state])


# ---- many units, and images


def _as_map(canvas: Canvas, place: _Place, body: int, palette: Palette) -> None:
    """Draw the numbers of a column as a heat map, and what comes back under it, or for it where there is no room."""
    column, per_line = place.column, heat.rows_per_line(palette)
    both = (column.shown, column.blame)
    parts = both if place.shows_both else both[1:] if _is_about_blame(column) else both[:1]
    y, lines = _HEAD, body // len(parts) - 1
    for numbers in parts:
        if numbers.values is None:
            continue
        if place.shows_both and numbers is column.blame:
            name = f"← {numbers.name}"
            canvas.text(place.x, y, name, palette.bg + _name_style(numbers.state, palette), place.width)
            y, lines = y + 1, lines - 1
        values = _grid(numbers.values) if numbers.values.ndim == 1 else numbers.values
        room = lines * per_line
        small = shrunk(values, max(place.width, 2), room)
        columns, rows = draw_heat(canvas, (place.x, y), small, (place.width, room), palette, numbers.state)
        y, place.taken = y + rows, max(place.taken, columns)
        if numbers.values.ndim == 1:
            canvas.text(place.x, y, f"{numbers.values.size} units", palette.bg + palette.dim, place.width)
            y += 1


def _grid(values: Array) -> Array:
    """Return many numbers as rows of equal length; nan where there are none left. values: (n,)"""
    columns = ceil(sqrt(values.size))
    rows = ceil(values.size / columns)
    padded = np.full(rows * columns, np.nan)  # (y x)
    padded[: values.size] = values
    return padded.reshape(rows, columns)  # (y, x)


# ---- weights


def _wire(canvas: Canvas, before: _Place, after: _Place, wires: Wires, palette: Palette) -> bool:
    """Draw the weights between two columns: sign by colour and pattern, size by thickness; are there lines?"""
    weights = wires.weights
    left, right = before.x + _UNIT + 1, after.x - 2
    fits = weights is not None and weights.shape == (len(before.rows), len(after.rows))
    if weights is None or not fits or not before.rows or not after.rows or weights.size > _MOST_WIRES:
        _arrow(canvas, before, after, wires, palette)
        return False
    ends = np.array(np.meshgrid(before.rows, after.rows, indexing="ij")).reshape(2, -1)  # (2, n)
    starts = np.column_stack([np.full(ends.shape[1], left * DOTS_ACROSS), ends[0] * DOTS_DOWN + 2])  # (n, 2)
    stops = np.column_stack([np.full(ends.shape[1], right * DOTS_ACROSS + 1), ends[1] * DOTS_DOWN + 2])  # (n, 2)
    sizes = np.abs(weights).ravel() / (heat.scale_of(weights) or 1.0)  # (n,)
    told = _is_told(weights.shape, wires)
    negative = (weights < 0).ravel()  # (n,)
    # The large ones last, so that they are seen; what the step is about over all others.
    for lit in (False, True):
        for low, high, thickness in ((-1.0, 0.25, 1), (0.25, 0.6, 2), (0.6, 2.0, 3)):
            part = (sizes > low) & (sizes <= high) & (told == lit)  # (n,)
            for sign, pattern in ((False, SOLID), (True, DASHED)):
                chosen = part & (negative == sign)  # (n,)
                style = palette.bg + _wire_style(wires, sign, lit=lit, palette=palette)
                canvas.lines(starts[chosen], stops[chosen], style, pattern, thickness)
    if right - left >= _LEAST_GAP and weights.size <= _MOST_LABELS:
        _labels(canvas, starts, stops, weights.ravel(), told, wires, palette)
    if wires.light != "quiet":
        name = wires.name
        style = palette.name_written if wires.light == "written" else palette.name_read
        canvas.centred(left, 0, name, palette.bg + style, right - left + 1)
    return True


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


def _labels(
    canvas: Canvas, starts: Array, stops: Array, weights: Array, told: Array, wires: Wires, palette: Palette
) -> None:
    """Write the weights on their lines, where nothing else stands; those the step is about first."""
    for n in np.argsort(told == 0, kind="stable").tolist():
        value, lit = float(weights[n]), bool(told[n])
        if np.isnan(value):
            continue
        text = format_cell(value, _UNIT - 1).strip()
        for share in _LABELS:
            x, y = starts[n] + (stops[n] - starts[n]) * share
            column, row = int(x) // DOTS_ACROSS - len(text) // 2, int(y) // DOTS_DOWN
            if canvas.is_free(column, row, len(text)):
                style = _wire_style(wires, value < 0, lit=lit, palette=palette)
                canvas.text(column, row, text, palette.bg + style)
                break


def _arrow(canvas: Canvas, before: _Place, after: _Place, wires: Wires, palette: Palette) -> None:
    """Draw an arrow for what has too many lines, lit where the step is about its weights; these as a heat map."""
    style = {"quiet": palette.dim, "read": palette.name_read, "written": palette.name_written}[wires.light]
    canvas.text(after.x - 3, canvas.height // 2, "─▶", palette.bg + style)
    left = before.x + before.taken + 2
    room = after.x - 4 - left
    if wires.inner is not None and wires.inner.values is not None and room >= _LEAST_TILE:
        values = np.atleast_2d(wires.inner.values)  # (y, x)
        rows = (canvas.height // 2 - _HEAD - 1) * heat.rows_per_line(palette)
        canvas.text(left, 1, wires.inner.name, palette.bg + _name_style(wires.inner.state, palette), room)
        draw_heat(canvas, (left, _HEAD), shrunk(values, room, rows), (room, rows), palette, wires.inner.state)
        return
    if wires.weights is None or room < _LEAST_TILE:
        if wires.light != "quiet" and wires.name:
            at = max(after.x - 2 - len(wires.name), left)
            canvas.text(at, canvas.height // 2 - 1, wires.name, palette.bg + style, max(after.x - 1 - at, 0))
        return
    rows = (canvas.height // 2 - _HEAD - 1) * heat.rows_per_line(palette)
    small, scale = shrunk(wires.weights, room, rows), heat.scale_of(wires.weights)
    draw_heat(canvas, (left, _HEAD), small, (room, rows), palette, scale=scale)
    canvas.text(left, 1, wires.name, palette.bg + (palette.name if wires.light == "quiet" else style), room)


NETWORK = Picture(
    "network",
    "Units and the weights between them; the step that is being done is lit.",
    lambda compiled: True,
    network_facts,
    paint,
)
