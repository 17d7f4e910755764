"""The decision surface: what the network would answer at every point of the plane, and where the samples lie.

A lecturer trains with r or f while the surface bends around the points, and shows in the small pictures beside it the
line that each hidden unit draws. A student sees which samples are on the wrong side, and what overfitting looks like.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.catalog.classes import chosen
from nnstep.engine.cell import Array
from nnstep.explain.figures import figure
from nnstep.explain.pictures.surface import UNIT_ROWS, UNIT_WIDTH, UNITS_FROM, Surface, main_size
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.tiles import draw_heat, draw_scale, scale_width
from nnstep.tui.renderables.text import cut_end
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_CHOSEN: Final = ("[ ] the chosen sample", "[ ] chosen")
_DRAWN: Final = (", drawn as", ":")  # before the letters of samples on the wrong side
_GAP: Final = 3


def paint(surface: Surface, page: Page) -> list[Strip]:
    """Return the surface with its samples, what the marks mean, and the hidden units where there is room."""
    palette = page.palette
    canvas = Canvas(page.width, page.height, palette.bg)
    width, height = main_size(page.width, has_units=surface.has_units), max(page.height - 2, 1)
    _head(canvas, surface, width, palette)
    if surface.plane is None:
        canvas.text(1, 2, "…", palette.bg + palette.dim)
    else:
        _answers(canvas, surface, width, height, palette)
        if surface.has_units and page.width >= UNITS_FROM:
            _units(canvas, surface.plane.units, width + 3, palette)
    _samples(canvas, surface, width, height, page)
    _legend(canvas, surface, page)
    return canvas.strips()


def _head(canvas: Canvas, surface: Surface, width: int, palette: Palette) -> None:
    (x0, y0), (x1, y1) = surface.low, surface.high
    names = surface.names
    across, up = (f"{figure(low, 2)} to {figure(high, 2)}" for low, high in ((x0, x1), (y0, y1)))
    text = f"→ {names[0]} from {across}   ↑ {names[1]} from {up}"
    canvas.text(1, 0, text, palette.bg + palette.dim, width)


def _answers(canvas: Canvas, surface: Surface, width: int, height: int, palette: Palette) -> None:
    assert surface.plane is not None
    answers = _resized(surface.plane.answers, height * 2, width)  # (y, x, j)
    if answers.shape[-1] > 1:
        _regions(canvas, surface, answers[::2], palette)
        return
    values = answers[..., 0]  # (y, x)
    if surface.classes:
        # Half way between both is neutral: there the boundary runs.
        values = np.tanh(values / 2) if surface.are_scores else 2 * values - 1
    scale = 1.0 if surface.classes else heat.scale_of(values)
    rows = values if heat.rows_per_line(palette) == 2 else values[::2]
    draw_heat(canvas, (1, 1), rows, (width, len(rows)), palette, scale=scale, most=1)


def _resized(answers: Array, rows: int, width: int) -> Array:
    """Return the answers for another size, as long as these are worked out. answers: (y, x, j)"""
    if answers.shape[:2] == (rows, width):
        return answers
    y = np.arange(rows) * answers.shape[0] // rows  # (y,)
    x = np.arange(width) * answers.shape[1] // width  # (x,)
    resized: Array = answers[y][:, x]  # (rows, width, j)
    return resized


def _regions(canvas: Canvas, surface: Surface, answers: Array, palette: Palette) -> None:
    """Draw which class wins where: by colour, and by its letter now and then. answers: (y, x, j)"""
    winners, letters = chosen(answers, are_scores=surface.are_scores), _letters(surface.classes)  # (y, x)
    for y, row in enumerate(winners):
        cuts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), row.size]
        for start, end in pairwise(cuts):
            kind = int(row[start])
            letter = letters[kind]
            line = "".join(letter if y % 2 == 0 and x % 4 == 0 else " " for x in range(start, end))
            canvas.text(1 + start, 1 + y, line, _region_style(kind, palette))


_NUMBERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_REGIONS: Final = (State.POSITIVE_1, State.NEGATIVE_1, State.STALE, State.ZERO)


def _region_style(kind: int, palette: Palette) -> Style:
    if not palette.pixels:
        return palette.bg + palette.dim
    shade = palette.pixels[_REGIONS[kind % len(_REGIONS)]]
    return palette.bg + palette.text + Style(bgcolor=shade)


def _letters(classes: tuple[str, ...]) -> str:
    """Return a letter for each class: the first or the last of its name where these differ, else its number."""
    plain = [name if name and name.isascii() and name.isprintable() else "?" for name in classes]
    firsts, lasts = ([name[at] for name in plain] for at in (0, -1))
    for letters in (firsts, lasts):
        if len(set(letters)) == len(letters) and " " not in letters:
            return "".join(letters)
    return (_NUMBERS * (len(classes) // len(_NUMBERS) + 1))[: len(classes)]


def _samples(canvas: Canvas, surface: Surface, width: int, height: int, page: Page) -> None:
    """Draw each sample: the mark of its class, or its class's own letter where it is on the wrong side."""
    palette, span = page.palette, surface.high - surface.low  # (2,)
    places = (surface.points - surface.low) / span  # (b, 2)
    x = 1 + np.clip((places[:, 0] * width).astype(int), 0, width - 1)  # (b,)
    y = 1 + np.clip(((1 - places[:, 1]) * height).astype(int), 0, height - 1)  # (b,)
    for kind in np.unique(surface.kinds).tolist():
        for right in (True, False):
            chosen = (surface.kinds == kind) & (surface.right == right)  # (b,)
            if not chosen.any():
                continue
            mark = _mark(surface, kind) if right else _letters(surface.classes)[kind]
            style = palette.bg + (palette.text if right else palette.error)
            if page.is_large:
                # Seen from far: three cells a sample, and those of the second class black on white.
                style += Style(bold=True, reverse=kind == 1 and len(surface.classes) == 2)
                for side in (-1, 1):
                    canvas.put(np.clip(x[chosen] + side, 1, width), y[chosen], " ", style)
            canvas.put(x[chosen], y[chosen], mark, style)
    n = surface.chosen
    kind, style = int(surface.kinds[n]), palette.cells[State.WRITTEN]
    canvas.text(max(int(x[n]) - 1, 0), int(y[n]), "[" if x[n] else "", style)
    canvas.text(int(x[n]) + 1, int(y[n]), "]", style)
    canvas.text(
        int(x[n]), int(y[n]), _mark(surface, kind) if surface.right[n] else _letters(surface.classes)[kind], style
    )


def _mark(surface: Surface, kind: int) -> str:
    if kind < 0:
        return "•"
    return "○●"[kind] if len(surface.classes) == 2 else _letters(surface.classes)[kind]


def _legend(canvas: Canvas, surface: Surface, page: Page) -> None:
    """Say what the marks mean, as far as there is room, and how many samples are on the wrong side."""
    palette, y = page.palette, page.height - 1
    canvas.text(0, y, " " * page.width, palette.bg)
    dim = palette.bg + (palette.text if page.is_large else palette.dim)
    if not surface.classes:
        at = 1 + canvas.text(1, y, "the answer: ", dim)
        at += draw_scale(canvas, (at, y), palette, dim)
        canvas.text(at, y, "   • a sample   [ ] the chosen one", dim)
        return
    wrong = surface.wrong
    told = f"{wrong} of {surface.all} on the wrong side" if surface.plane is not None else ""
    is_drawn = wrong and not page.is_large and len(surface.classes) == 2
    drawn = [f"{told}{lead} {' or '.join(_letters(surface.classes))}" for lead in _DRAWN] if is_drawn else [told, told]
    end = page.width - 1 - (cell_len(drawn[0]) + _GAP if told else 0)
    draw = _ends if surface.outputs == 1 else _swatches
    at = draw(canvas, surface, (1, y, end), palette, dim)
    ways = ((_CHOSEN[0], drawn[0]), (_CHOSEN[1], drawn[0]), (_CHOSEN[1], drawn[1])) if not page.is_large else ()
    room = page.width - 1 - at
    fitting = (way for way in ways if sum(_GAP + cell_len(part) for part in way if part) <= room)
    mark, told = next(fitting, ("", drawn[0]))
    if mark:
        at += _GAP + canvas.text(at + _GAP, y, mark, dim)
    canvas.text(at + (_GAP if at > 1 else 0), y, told, palette.bg + (palette.error if wrong else palette.ok))


def _ends(canvas: Canvas, surface: Surface, room: tuple[int, int, int], palette: Palette, style: Style) -> int:
    """Draw the colours from one class to the other, with the marks of both; return the cell after them.

    room: the first cell, the line, and the cell that is no longer free.
    """
    x, y, end = room
    marks = [_mark(surface, n) for n in range(2)]
    space = end - x - scale_width((f"{marks[0]} ", f" {marks[1]}"))
    names = list(surface.classes)
    if sum(map(cell_len, names)) > space:
        names = [cut_end(name, space // 2) for name in names]
    if not all(names):
        return x
    return x + draw_scale(canvas, (x, y), palette, style, (f"{marks[0]} {names[0]}", f"{names[1]} {marks[1]}"))


def _swatches(canvas: Canvas, surface: Surface, room: tuple[int, int, int], palette: Palette, style: Style) -> int:
    """Draw the colour and the letter of each class before its name, of as many as have room; return the cell after.

    room: as in `_ends`.
    """
    x, y, end = room
    at, letters = x, _letters(surface.classes)
    for kind, name in enumerate(surface.classes):
        mark = "" if _mark(surface, kind) == letters[kind] else f"{_mark(surface, kind)} "
        gap, told = 2 if kind else 0, f" {mark}{name}"
        letter = f" {letters[kind]} " if palette.pixels else letters[kind]
        if at + gap + len(letter) + cell_len(told) > end:
            return at + canvas.text(at, y, " …", style) if at + 2 <= end else at
        at += gap
        at += canvas.text(at, y, letter, _region_style(kind, palette))
        at += canvas.text(at, y, told, style)
    return at


def _units(canvas: Canvas, units: Array, x: int, palette: Palette) -> None:
    """Draw where each hidden unit is above zero and where below: the line that it draws through the plane."""
    if not units.size:
        return
    rows = UNIT_ROWS // 2
    across = max((canvas.width - x) // (UNIT_WIDTH + 2), 1)
    down = max((canvas.height - 2) // (rows + 1), 1)
    values = units if heat.rows_per_line(palette) == 2 else units[:, ::2]
    for n, one in enumerate(values[: across * down]):
        left, top = x + n // down * (UNIT_WIDTH + 2), n % down * (rows + 1)
        # A sigmoid is never below zero: what matters is on which side of its middle it is.
        middle = 0.5 if one.min() >= 0 and one.max() <= 1 else 0.0
        canvas.text(left, top, f"hidden unit {n}", palette.bg + palette.dim, UNIT_WIDTH)
        draw_heat(canvas, (left, top + 1), one - middle, (UNIT_WIDTH, rows * 2), palette, most=1)
    hidden = len(units) - across * down
    if hidden > 0:
        canvas.text(x, canvas.height - 2, f"{hidden} more", palette.bg + palette.dim)
