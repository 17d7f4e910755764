"""Images in the picture of a network: what each channel is, and the kernels that lead from one to the next."""

from typing import Final

import numpy as np
from rich.style import Style

from nnstep.engine.cell import Array
from nnstep.explain.pictures.network_parts import Numbers, Wires
from nnstep.records import dataclass
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.looks import STATES, marked
from nnstep.tui.renderables.pictures.tiles import draw_heats, shrunk
from nnstep.tui.theme import Palette

_BETWEEN: Final = 2  # cells from one tile to the next


@dataclass(frozen=True)
class Tiles:
    """Where the channels of an image stand: each tile `by` cells a number, `across` in a line, `count` of them all.

    width, lines: of one tile. pitch: cells from one to the next. step: lines from one to the next. label: cells of the
    channel's number before each.
    """

    by: int
    across: int
    count: int
    width: int
    lines: int
    pitch: int
    step: int
    label: int

    @property
    def size(self) -> tuple[int, int]:
        """The cells and the lines that all of them take."""
        rows = -(-self.count // self.across)
        return self.label + self.pitch * (self.across - 1) + self.width, self.step * (rows - 1) + self.lines

    def place(self, n: int) -> tuple[int, int]:
        """Return where a tile begins, its number left out: cells and lines from the first."""
        return self.label + n % self.across * self.pitch, n // self.across * self.step


def arranged(shape: tuple[int, ...], room: tuple[int, int], per_line: int, most: int) -> Tiles:
    """Return the largest tiles of images that have room, under each other where that makes them no smaller.

    shape: (c, y, x). room: cells and lines. per_line: rows of numbers in a line. most: cells of a number.
    """
    count, rows, columns = shape
    label = len(str(count - 1)) + 1 if count > 1 else 0
    for by in range(most, 0, -1):
        wide, lines = columns * by, -(-rows * by // per_line)
        for across in range(1, count + 1):
            for gap in (1, 0):
                made = Tiles(by, across, count, wide, lines, label + wide + _BETWEEN - 1, lines + gap, label)
                if made.size[0] <= room[0] and made.size[1] <= room[1]:
                    return made
    across = max((room[0] + _BETWEEN - 1) // (label + columns + _BETWEEN - 1), 1)
    lines = -(-rows // per_line)
    shown = max(min(count, across * max(room[1] // lines, 1)), 1)
    return Tiles(1, across, shown, columns, lines, label + columns + _BETWEEN - 1, lines, label)


def fitted(values: Array, room: tuple[int, int], per_line: int) -> Array:
    """Return images that are not larger than the room, the larger ones by means. values: (c, y, x)"""
    if values.shape[-1] <= room[0] and -(-values.shape[-2] // per_line) <= room[1]:
        return values
    small: Array = np.stack([shrunk(one, max(room[0], 1), max(room[1] * per_line, 1)) for one in values])
    return small


def draw_images(
    canvas: Canvas, numbers: Numbers, place: tuple[int, int], room: tuple[int, int], palette: Palette, most: int
) -> tuple[Tiles, int]:
    """Draw the channels of an image in the middle of so many lines; return how they stand, and their first line."""
    assert numbers.values is not None
    per_line = heat.rows_per_line(palette)
    values = fitted(numbers.values, (max(room[0] - 2, 1), room[1]), per_line)  # (c, y, x)
    tiles = arranged(values.shape, room, per_line, most)
    (x, y), scale = place, heat.scale_of(numbers.values)
    top = y + max(room[1] - tiles.size[1], 0) // 2
    marks = numbers.marks if numbers.marks is not None and numbers.marks.shape == values.shape else None
    places = []
    for n in range(tiles.count):
        left, line = tiles.place(n)
        places.append((x + left, top + line))
        if tiles.label:
            label = x + left - tiles.label
            canvas.text(label, top + line + (tiles.lines - 1) // 2, str(n), palette.bg + palette.dim, tiles.label)
    lit = None if marks is None else marked(marks[: tiles.count])
    draw_heats(canvas, places, values[: tiles.count], tiles.by, palette, STATES[numbers.state], scale, lit)
    if tiles.count < len(values):
        more = f"{len(values) - tiles.count} more"
        canvas.text(x, min(top + tiles.size[1], y + room[1]), more, palette.bg + palette.dim, room[0])
    return tiles, top


def draw_kernels(
    canvas: Canvas, wires: Wires, box: tuple[int, int, int], stands: tuple[Tiles, int], palette: Palette, style: Style
) -> None:
    """Draw each kernel beside the image that it makes, with an arrow to it.

    box: first cell, cells, and the line in the middle. stands: how the images after it stand, and their first line.
    """
    assert wires.kernels is not None
    x, width, middle = box
    tiles, top = stands
    kernels, per_line = wires.kernels, heat.rows_per_line(palette)  # (k, c, p, q)
    scale, room = heat.scale_of(kernels), width - 3
    rows, columns = kernels.shape[2:]
    aligned = tiles.across == 1
    step = tiles.step if aligned else max(canvas.height - 4, 1) // max(len(kernels), 1)
    most = max(min(room // columns, step * per_line // rows, tiles.by if aligned else 2), 1)
    lines = -(-rows * most // per_line)
    shown = min(kernels.shape[1], max((room + 1) // (columns * most + 1), 1))
    if columns * most > room or lines > max(step, 1):
        _arrow(canvas, (x + width - 3, middle), palette.bg + style)
        return
    first = top + (tiles.lines - lines) // 2 if aligned else middle - (step * len(kernels) - 1) // 2
    canvas.text(x, max(first - 1, 1), wires.name, palette.bg + style, width)
    places = []
    for k in range(min(tiles.count, len(kernels))):
        y = first + k * step
        places += [(x + c * (columns * most + 1), y) for c in range(shown)]
        is_told = k == wires.kernel
        arrow = palette.bg + (style if is_told or wires.kernel < 0 else palette.dim)
        if aligned:
            _arrow(canvas, (x + width - 3, y + (lines - 1) // 2), arrow)
    tiled = kernels[: tiles.count, :shown].reshape(-1, rows, columns)  # (k c, p, q)
    draw_heats(canvas, places, tiled, most, palette, scale=scale)
    if not aligned:
        _arrow(canvas, (x + width - 3, middle), palette.bg + style)


def _arrow(canvas: Canvas, place: tuple[int, int], style: Style) -> None:
    canvas.text(*place, "─▶", style)
