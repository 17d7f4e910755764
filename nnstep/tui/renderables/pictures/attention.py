"""Attention: who looks at whom. A row for each time that asks, a column for each that is looked at.

A lecturer points at a row and asks the room whom this one looks at; as it trains, a stripe moves out of the diagonal.
A student sees what the softmax makes of the scores beside it, that a row adds up to 1, and what the mask shuts out.
"""

from typing import Final

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.explain.pictures.attention import Attention, Head, Square
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.numbers import bracket, format_cell, opened
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.large import LINES, can_be_large, large, large_width
from nnstep.tui.renderables.pictures.looks import STATES
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.tiles import draw_grey, draw_heat, draw_shares
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_HEAD: Final = 4  # lines over the cells: what it is, what is looked at, the numbers of the times, what these are
_CELL: Final = 6  # cells of a number, at the least
_MOST_CELL: Final = 22
_LEAST_BESIDE: Final = 22  # cells for the scores
_SHUT: Final = "╱"
_LIGHT_FROM: Final = 8  # of 16 greys: text on it is black


class _Grid:
    """How large the cells of the squares are, and where the first of them stands."""

    def __init__(self, facts: Attention, width: int, height: int, most: int) -> None:
        count = len(facts.times)
        content = max(map(cell_len, facts.times), default=0)
        number = len(str(max(count - 1, 0)))
        self.label = max(number + (2 + content if content else 0), len("asks ↓"))
        if self.label > width // 3:
            self.label, content = max(number, min(len("asks ↓"), width // 4)), 0
        self.has_contents = bool(content)
        self.number = number
        room = max(width - self.label - 1, 1)
        lines = max(height - _HEAD - 1, 1)
        self.wide = max(min(room // max(count, 1), most), 1)
        self.high = max(min(lines // max(count, 1), (self.wide + 1) // 2, 9), 1)
        self.has_numbers = self.wide >= _CELL - 1
        self.count = count
        if not self.has_numbers and self.wide > 1:
            self.wide = min(self.wide, 2 * self.high)
        self.width, self.height = self.label + 1 + count * self.wide, _HEAD + count * self.high
        self.fits = count * self.wide <= room and count * self.high <= lines


def paint(facts: Attention, page: Page) -> list[Strip]:
    """Return the attention of the chosen sample, the scores it comes from, and the attention of the other samples."""
    palette = page.palette
    canvas = Canvas(page.width, page.height, palette.bg)
    heads, hidden = _shown(facts, page)
    part = page.width // max(len(heads), 1)
    for n, head in enumerate(heads):
        x, width = 1 + n * part, part - 2
        beside = max(width * 2 // 5, _LEAST_BESIDE) if len(heads) == 1 and not page.is_large else 0
        if width - beside < 8 + _CELL * len(facts.times):
            beside = 0
        main = _Grid(facts, width - beside, page.height, 3 * _MOST_CELL if page.is_large else _MOST_CELL)
        _weights(canvas, facts, head, main, (x, width - beside), page)
        if beside:
            _beside(canvas, facts, head, (x + main.width + 3, width - main.width - 2), page)
    _legend(canvas, facts, heads, hidden, page)
    return canvas.strips()


def _shown(facts: Attention, page: Page) -> tuple[tuple[Head, ...], int]:
    """Return the heads that have room, around the one that the step is about, and how many have none."""
    least = 10 + (_CELL if page.width > 60 else 1) * len(facts.times)
    fit = max(min(page.width // least, len(facts.heads)), 1)
    lit = next((n for n, head in enumerate(facts.heads) if head.is_lit), 0)
    first = min(max(lit - fit // 2, 0), len(facts.heads) - fit)
    return facts.heads[first : first + fit], len(facts.heads) - fit


def _name_style(square: Square, palette: Palette) -> Style:
    styles = {"written": palette.name_written, "read": palette.name_read, "stale": palette.name_stale}
    return palette.bg + styles.get(square.state, palette.heading)


def _weights(canvas: Canvas, facts: Attention, head: Head, grid: _Grid, place: tuple[int, int], page: Page) -> None:
    """Draw the attention itself: grey by size, with its numbers, and what is shut."""
    palette, (x, width) = page.palette, place
    square = head.weights
    lead = "▶ " if square.state == "written" else ""
    at = x + canvas.text(x, 0, f"{lead}{square.name}", _name_style(square, palette), width)
    title = f"  {head.title}" if head.title else f"  who looks at whom in sample {facts.sample}"
    canvas.text(at, 0, title, palette.bg + palette.text, x + width - at)
    _edges(canvas, facts, grid, (x, width), palette)
    if square.values is None:
        _nothing(canvas, square, grid, x, palette)
    else:
        shown = np.where(head.open, square.values, np.nan)  # (t, s)
        _cells(canvas, shown, head, grid, (x + grid.label + 1, _HEAD), page)


def _edges(canvas: Canvas, facts: Attention, grid: _Grid, place: tuple[int, int], palette: Palette) -> None:
    """Write which time each row and each column is, and what it has there."""
    x, width = place
    dim, left = palette.bg + palette.dim, x + grid.label + 1
    canvas.text(left, 1, "looks at →"[: max(width - grid.label - 1, 0)], dim)
    canvas.text(x, 3, "asks ↓", dim, grid.label)
    name = palette.bg + palette.name
    has_contents = grid.has_contents and max(map(cell_len, facts.times)) < grid.wide
    for n, content in enumerate(facts.times):
        y = _HEAD + n * grid.high + (grid.high - 1) // 2
        label = f"{n:>{grid.number}}" + (f"  {content}" if grid.has_contents else "")
        if n * grid.high < canvas.height - _HEAD - 1:
            canvas.text(x, y, label, name, grid.label)
        if grid.wide > grid.number or n % (grid.number + 1) == 0:
            canvas.centred(left + n * grid.wide, 2, str(n), name, max(grid.wide, grid.number))
        if has_contents:
            canvas.centred(left + n * grid.wide, 3, content, dim, grid.wide)


def _nothing(canvas: Canvas, square: Square, grid: _Grid, x: int, palette: Palette) -> None:
    """Say that there is no attention yet, or that it is still to be predicted."""
    y = _HEAD + max(grid.height - _HEAD - 1, 0) // 2
    if square.is_hidden:
        canvas.text(x + grid.label + 2, y, "?", palette.cells[State.WRITTEN])
    else:
        canvas.text(x + grid.label + 2, y, "not yet", palette.bg + palette.dim)


def _cells(canvas: Canvas, values: Array, head: Head, grid: _Grid, place: tuple[int, int], page: Page) -> None:
    """Draw each weight as an area, the lighter the larger. values: (t, s), nan where nothing is known."""
    palette, (left, top) = page.palette, place
    large_tiles = values.repeat(grid.high, axis=0).repeat(grid.wide, axis=1)  # (y, x)
    room = canvas.height - 1 - top
    known = np.isfinite(large_tiles)  # (y, x)
    draw_shares(canvas, (left, top), np.where(known, large_tiles, 0.0)[: max(room, 0)], palette)
    for t, row in enumerate(values.tolist()):
        for s, value in enumerate(row):
            x, y = left + s * grid.wide, top + t * grid.high
            if y >= canvas.height - 1:
                return
            if not head.open[t, s]:
                for line in range(grid.high):
                    canvas.text(x, y + line, _SHUT * grid.wide, palette.bg + palette.rule)
                if (t, s) == head.weights.told and grid.has_numbers:
                    canvas.centred(x, y + (grid.high - 1) // 2, "[0]", palette.cursors[State.PLAIN], grid.wide)
            elif np.isnan(value):
                for line in range(grid.high):
                    canvas.text(x, y + line, " " * grid.wide, palette.cells[State.BLANK])
            elif grid.has_numbers:
                _number(canvas, value, grid, (x, y), page, is_told=(t, s) == head.weights.told)


def _number(canvas: Canvas, value: float, grid: _Grid, place: tuple[int, int], page: Page, *, is_told: bool) -> None:
    """Write a weight in the middle of its area, in large figures for a room where these fit."""
    (x, y), palette = place, page.palette
    text, style = format_cell(value, grid.wide - 1).strip(), _on(value, palette)
    middle, figures = y + (grid.high - 1) // 2, text.removeprefix("0")
    if page.is_large and can_be_large(figures) and large_width(figures) + 4 <= grid.wide and grid.high >= LINES:
        for line, part in enumerate(large(figures), y + (grid.high - LINES) // 2):
            # Without greys the area is made of blocks as well: a space keeps them apart.
            shown = part if palette.greys else f" {part} "
            canvas.text(x + (grid.wide - len(shown)) // 2, line, shown, style)
        if is_told:
            canvas.text(x, middle, "[", style)
            canvas.text(x + grid.wide - 1, middle, "]", style)
        return
    if is_told:
        canvas.centred(x, middle, bracket(f" {text} "), palette.cursors[State.PLAIN], grid.wide)
        return
    canvas.centred(x, middle, text if palette.greys else f" {text} ", style, grid.wide)


def _on(value: float, palette: Palette) -> Style:
    """Return the style of text on the grey of a weight."""
    if not palette.greys:
        return palette.bg + palette.text
    shade = round(min(max(value, 0.0), 1.0) * (len(palette.greys) - 1))
    text = palette.cells[State.WRITTEN].color if shade >= _LIGHT_FROM else palette.text.color
    return Style(color=text, bgcolor=palette.greys[shade].color, bold=value >= 0.5)


# ---- beside it


def _beside(canvas: Canvas, facts: Attention, head: Head, place: tuple[int, int], page: Page) -> None:
    """Draw the scores, or what the step makes of the same shape; under it the attention of the other samples."""
    (x, width), palette, square = place, page.palette, head.beside
    lead = "▶ " if square.state == "written" else ""
    canvas.text(x, 0, f"{lead}{square.name}", _name_style(square, palette), width)
    y = _HEAD
    if square.values is not None:
        finite = np.where(np.isfinite(square.values), square.values, np.nan)  # (t, s)
        y = _signed(canvas, finite, head, (x, width), page)
    if len(head.samples) > 1 and y + 4 < page.height:
        _samples(canvas, facts, head, (x, y + 1, width), page)


def _signed(canvas: Canvas, values: Array, head: Head, place: tuple[int, int], page: Page) -> int:
    """Draw numbers above and below zero as cells of the sheet, or as a heat map; return the line under it."""
    (x, width), palette = place, page.palette
    rows, columns = len(values), values.shape[1]
    wide, high = min(width // columns, _CELL + 4), 1
    scale = heat.scale_of(values)
    if wide < _CELL or rows * high > page.height // 2:
        room = (width, (page.height // 2 - 2) * heat.rows_per_line(palette))
        _, lines = draw_heat(canvas, (x, 2), values, room, palette, STATES[head.beside.state], scale)
        return 2 + lines
    states = heat.states(values, scale)  # (t, s)
    for t, row in enumerate(values.tolist()):
        for s, value in enumerate(row):
            at, y = x + s * wide, 2 + t * high
            if np.isnan(value):
                shut = not head.open[t, s]
                canvas.text(at, y, (_SHUT if shut else " ") * wide, palette.bg + palette.rule)
                continue
            state = State.STALE if head.beside.state == "stale" else State(int(states[t, s]))
            text = format_cell(value, wide - 1) + " "
            if (t, s) == head.beside.told:
                cursor = State.WRITTEN if head.beside.state == "written" else State.PLAIN
                shown = bracket(opened(text))
                canvas.text(at + wide - len(shown), y, shown, palette.cursors[cursor])
            else:
                canvas.text(at, y, text, palette.cells[state])
    return 2 + rows * high


def _samples(canvas: Canvas, facts: Attention, head: Head, place: tuple[int, int, int], page: Page) -> None:
    """Draw the attention of each sample of the batch small, the chosen one marked."""
    (x, y, width), palette = place, page.palette
    if not np.isfinite(head.samples).any():
        return
    canvas.text(x, y, "each sample", palette.bg + palette.heading, width)
    side = head.samples.shape[1]
    wide = side * 2 if side <= 8 else min(side, 16)
    high = min(side, 16)
    pitch = max(wide + 2, 5)
    across = max(width // pitch, 1)
    for n, one in enumerate(head.samples):
        left, top = x + n % across * pitch, y + 1 + n // across * (high + 2)
        if top + high + 1 >= page.height:
            return
        known = np.where(np.isfinite(one), one, 0.0)  # (t, s)
        chosen = n == facts.row
        label = f"[{facts.numbers[n]}]" if chosen else f" {facts.numbers[n]}"
        canvas.text(left, top, label, palette.bg + (palette.name_written if chosen else palette.dim), pitch - 1)
        draw_grey(canvas, (left, top + 1), known, (wide, high), palette)


def _legend(canvas: Canvas, facts: Attention, heads: tuple[Head, ...], hidden: int, page: Page) -> None:
    """Say what the marks mean, as far as there is room; a room has no use for it."""
    palette, at = page.palette, 1
    most = "white" if palette.greys else "full"
    parts = (
        (f"{hidden} more layer{'s' * (hidden > 1)}", hidden > 0),
        (f"each row adds up to 1; {most} looks most", not page.is_large),
        (f"{_SHUT * 2} is still to come", not all(head.open.all() for head in heads)),
        (". , other samples", len(facts.numbers) > 1 and not page.is_large),
    )
    for text, is_told in parts:
        if is_told and at + cell_len(text) < page.width:
            at += canvas.text(at, page.height - 1, text, palette.bg + palette.dim) + 3
