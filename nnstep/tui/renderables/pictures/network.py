"""The network: units with their numbers, weights as lines between them, and the step that is being done, lit.

A lecturer points at a unit and at the lines that lead to it while the class sees the sum grow, and on the way back at
the blame that comes through the same lines; of a convolution at the window, the kernel, and the pixel they make. A
student steps with Space (or Enter, unit by unit) and watches where in the network the operation happens that the
formula bar tells.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.pictures.looks import Look
from nnstep.explain.pictures.network_parts import Column, Network, Numbers
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.numbers import bracket, format_cell
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.large import LINES, can_be_large, in_large, large, large_width
from nnstep.tui.renderables.pictures.looks import STATES
from nnstep.tui.renderables.pictures.network_maps import draw_images
from nnstep.tui.renderables.pictures.network_places import HEAD, LEAST_TILE, UNIT, Place, in_rows, placed
from nnstep.tui.renderables.pictures.network_wires import draw_wires
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.tiles import draw_heat, draw_scale, scale_width, shrunk
from nnstep.tui.renderables.text import fit
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_MOST: Final = 4  # cells of a number of a map
_MOST_LARGE: Final = 12
_BESIDE: Final = 4  # cells from a column to what leads on from it, and to the arrow after that
_TARGET: Final = 5  # cells of a target in large figures


def paint(facts: Network, page: Page) -> list[Strip]:
    """Return the picture."""
    canvas = Canvas(page.width, page.height, page.palette.bg)
    places, first, body = placed(facts, page)
    for n, place in enumerate(places, first):
        _head(canvas, place, page.palette, is_lit=n == facts.lit)
        if place.as_map:
            _as_map(canvas, place, body, page, is_last=place is places[-1])
        else:
            _units(canvas, place, page)
    drawn = [
        draw_wires(canvas, before, after, facts.wires[first + n], page)
        for n, (before, after) in enumerate(pairwise(places))
    ]
    _legend(canvas, facts, places, page, has_lines=any(drawn))
    return canvas.strips()


def _legend(canvas: Canvas, facts: Network, places: list[Place], page: Page, *, has_lines: bool) -> None:
    """Say what the marks mean that are there, as far as there is room."""
    hidden = len(facts.columns) - len(places)
    parts = (
        (f"{hidden} more layer{'s' * (hidden > 1)}", hidden > 0),
        ("lines: ── above zero  ╌╌ below  thick: large", has_lines),
        ("← what comes back", any(place.rows and place.lines > 1 and not place.is_large for place in places)),
        ("b bias", any(place.rows and place.lines > 2 and not place.is_large for place in places)),
        ("frames: what is read, and what it makes", any(_is_framed(place) for place in places)),
    )
    at, dim = 1, page.palette.bg + page.palette.dim
    for text, is_there in parts:
        if is_there and at + len(text) < page.width:
            at += canvas.text(at, page.height - 1, text, dim) + 3
    if any(place.as_map for place in places) and at + scale_width() < page.width:
        draw_scale(canvas, (at, page.height - 1), page.palette, dim)


def _is_framed(place: Place) -> bool:
    return place.column.shown.marks is not None or place.column.blame.marks is not None


def _head(canvas: Canvas, place: Place, palette: Palette, *, is_lit: bool) -> None:
    """Write over a column what it is, and the name of what it shows; the blame's where that is what is new."""
    column = place.column
    style = palette.heading_active if is_lit else palette.heading
    room = place.label + max(place.width + (0 if place.as_map else 1), place.unit)
    canvas.text(place.left, 0, f"{'▶ ' if is_lit else ''}{column.title}", palette.bg + style, room)
    if column.wanted is not None and place.rows:
        canvas.text(place.targets, 0, "◀ target", palette.bg + palette.text)
    is_about_blame = _is_about_blame(column) and not place.shows_both
    named = column.blame if is_about_blame else column.shown
    lead = "← " if is_about_blame else ""
    canvas.text(place.left, 1, f"{lead}{named.name}", palette.bg + _name_style(named.state, palette), room)


def _is_about_blame(column: Column) -> bool:
    """Does the active step make or read what comes back to this column?"""
    return column.blame.state in ("written", "read") and column.shown.state != "written"


def _name_style(look: Look, palette: Palette) -> Style:
    if look == "written":
        return palette.name_written
    if look == "read":
        return palette.name_read
    return palette.name_stale if look in ("stale", "blank") else palette.name


# ---- units


def _units(canvas: Canvas, place: Place, page: Page) -> None:
    """Write each unit: its number, the blame under it, and its bias where there is room."""
    column, palette = place.column, page.palette
    scale = heat.scale_of(column.shown.values) if column.shown.values is not None else 0.0
    blame_scale = heat.scale_of(column.blame.values) if column.blame.values is not None else 0.0
    only_blame = (place.lines == 1 or place.is_large) and _is_about_blame(column)
    for n, y in enumerate(place.rows):
        if only_blame:
            _number(canvas, place, y, column.blame, n, blame_scale, palette)
        else:
            _number(canvas, place, y, column.shown, n, scale, palette)
        if place.label:
            name = fit(column.classes[n], place.label - 1, "right")
            canvas.text(place.left, place.middles[n], name, palette.bg + palette.text)
        if column.wanted is not None and n < len(column.wanted):
            _target(canvas, place, y, n, palette)
        if place.is_large:
            continue
        if place.lines >= 2 and column.blame.values is not None and column.blame.values.ndim == 1:
            canvas.text(place.x - 1, y + 1, "←", palette.bg + palette.dim)
            _number(canvas, place, y + 1, column.blame, n, blame_scale, palette)
        if place.lines >= 3 and column.bias.values is not None and n < len(column.bias.values):
            canvas.text(place.x - 1, y + 2, "b", palette.bg + palette.dim)
            _number(canvas, place, y + 2, column.bias, n, 0.0, palette)


def _target(canvas: Canvas, place: Place, y: int, n: int, palette: Palette) -> None:
    """Write what a unit of the last column should have said."""
    assert place.column.wanted is not None
    value, whole, x = float(place.column.wanted[n]), place.column.wanted_whole, place.targets
    # Of the classes one is wanted; that the others are not stands back behind it.
    style = palette.bg + (palette.dim if place.column.classes and value == 0 else palette.text)
    figures = in_large(value, _TARGET, whole=whole) if place.is_large else ""
    if not figures:
        text = format_cell(value, 5, integer=whole).strip()
        canvas.text(x, y + (1 if place.is_large else 0), f"◀ {text}", style)
        return
    canvas.text(x, y + 1, "◀", style)
    for line, part in enumerate(large(figures), y):
        canvas.text(x + 2, line, part, style)


def _number(canvas: Canvas, place: Place, y: int, numbers: Numbers, n: int, scale: float, palette: Palette) -> None:
    """Write one number as a cell of the sheet looks, in large figures where the unit has room for them."""
    x, width = place.x, place.unit if place.is_large else UNIT
    lines = LINES if place.is_large else 1
    if numbers.values is None or numbers.values.ndim != 1 or n >= len(numbers.values) or np.isnan(numbers.values[n]):
        style = palette.cells[State.WRITTEN if numbers.is_hidden else State.BLANK]
        _block(canvas, (x, y), ("?" if numbers.is_hidden else "·"), width, lines, style)
        return
    value = float(numbers.values[n])
    state = STATES[numbers.state]
    if state == State.PLAIN and scale:
        state = State(int(heat.states(value, scale)))
        if state == State.ZERO and value:
            state = State.POSITIVE_1 if value > 0 else State.NEGATIVE_1
    is_told = numbers.told == n
    style = palette.cursors[state] if is_told else palette.cells[state]
    if place.is_large:
        text = in_large(value, width - 2, whole=numbers.whole) or format_cell(value, UNIT - 1).strip()
        _block(canvas, (x, y), text, width, lines, style, is_told=is_told)
        return
    text = format_cell(value, UNIT - 1, integer=numbers.whole) + " "
    canvas.text(x, y, bracket(text) if is_told else text, style)


def _block(
    canvas: Canvas, place: tuple[int, int], text: str, width: int, lines: int, style: Style, *, is_told: bool = False
) -> None:
    """Write a text in the middle of so many cells and lines, in large figures where it has them."""
    (x, y), is_large = place, lines == LINES and can_be_large(text) and large_width(text) <= width
    parts = large(text) if is_large else [text if line == lines // 2 else "" for line in range(lines)]
    for line, part in enumerate(parts):
        shown = part.center(width)
        if is_told and line == lines // 2:
            shown = f"[{shown[1:-1]}]"
        # A line under each line would run through the figures.
        canvas.text(x, y + line, shown, style if line == lines - 1 else style + Style(underline=False))


# ---- many units, and images


def _as_map(canvas: Canvas, place: Place, body: int, page: Page, *, is_last: bool) -> None:
    """Draw the numbers of a column as a heat map, and what comes back under it, or for it where there is no room."""
    column, palette = place.column, page.palette
    if column.is_image:
        _images(canvas, place, body, page)
        return
    parts = (column.shown, column.blame) if place.shows_both else (_new(column),)
    per_line, lines = heat.rows_per_line(palette), body // len(parts) - 1
    made = []
    for numbers in parts:
        if numbers.values is not None:
            values = in_rows(numbers.values) if numbers.values.ndim == 1 else numbers.values
            under = numbers.values.ndim == 1
            small = shrunk(values, max(place.width, 2), max(lines - under - 1, 1) * per_line)
            most = max(lines - under - 1, 1) * per_line // small.shape[0]
            by = max(min(place.width // small.shape[1], most, _MOST_LARGE if page.is_large else _MOST), 1)
            made.append((numbers, small, by, -(-len(small) * by // per_line)))
    taken = sum(size + (numbers.values.ndim == 1) + 1 for numbers, _, _, size in made if numbers.values is not None) - 1
    y = HEAD + max(body - taken, 0) // 2
    for numbers, small, by, size in made:
        assert numbers.values is not None
        if place.shows_both and numbers is column.blame:
            name = f"← {numbers.name}"
            # What leads to the next column begins after the name, and needs its room too.
            room = place.width if is_last else max(place.width - LEAST_TILE - _BESIDE, place.taken)
            style = palette.bg + _name_style(numbers.state, palette)
            place.taken = max(place.taken, canvas.text(place.x, y, name, style, room))
            y += 1
        area = (max(place.width, 2), size * per_line)
        columns, _ = draw_heat(canvas, (place.x, y), small, area, palette, STATES[numbers.state], most=by)
        y, place.taken = y + size, max(place.taken, columns)
        if numbers.values.ndim == 1:
            canvas.text(place.x, y, f"{numbers.values.size} units", palette.bg + palette.dim, place.width)
            y += 1


def _new(column: Column) -> Numbers:
    return column.blame if _is_about_blame(column) else column.shown


def _images(canvas: Canvas, place: Place, body: int, page: Page) -> None:
    """Draw the channels of a column's image, what comes back beside them where there is room, else in their place."""
    column, most = place.column, _MOST_LARGE if page.is_large else _MOST
    values, half = column.shown.values, place.width // 2 - 1
    assert values is not None
    place.shows_both = column.blame.values is not None and half >= 2 * values.shape[-1] + 2 and not page.is_large
    if not place.shows_both:
        place.tiles = draw_images(canvas, _new(column), (place.x, HEAD), (place.width, body), page.palette, most)
        place.taken = place.tiles[0].size[0]
        return
    place.tiles = draw_images(canvas, column.shown, (place.x, HEAD), (half, body), page.palette, most)
    left = place.x + place.tiles[0].size[0] + 2
    draw_images(canvas, column.blame, (left, HEAD), (half, body), page.palette, most)
    style = page.palette.bg + _name_style(column.blame.state, page.palette)
    canvas.text(left, 1, f"← {column.blame.name}", style, place.x + place.width - left)
    place.taken = left + place.tiles[0].size[0] - place.x
