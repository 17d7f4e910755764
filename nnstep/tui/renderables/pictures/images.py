"""Images: the chosen sample, what each hidden unit looks for in it, and how sure the network is of each class.

A lecturer goes through samples with . and , and shows which units answer to a stroke. A student watches noise become
detectors of strokes as it trains, and what a kernel makes of a picture.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.explain.figures import short
from nnstep.explain.pictures.images import Group, Images, Tile
from nnstep.tui.renderables import bars, heat
from nnstep.tui.renderables.numbers import format_cell
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.looks import STATES
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.tiles import draw_grey, draw_heats, draw_scale, scale_width, shrunk
from nnstep.tui.theme import Palette

_SIDE: Final = 28  # cells for the sample and the bars
_LARGE_SIDE: Final = 42  # for a room
_WIDE: Final = 90  # cells of a page that has so many for them
_FACTORS: Final = (3, 2)  # how large tiles are drawn, where all of them have room
_LARGE_FACTORS: Final = (8, 6, 5, 4, 3, 2)
_LARGE: Final = 16  # rows and columns of a tile, at the most
_SAYS: Final = 5  # cells of what a unit says
_SMALL: Final = 5  # rows and columns of a tile that is always drawn twice as large


def paint(images: Images, page: Page) -> list[Strip]:
    """Return the sample and the bars at the left, and the tiles at the right."""
    palette = page.palette
    canvas = Canvas(page.width, page.height, palette.bg)
    style = palette.bg + palette.heading
    side = _LARGE_SIDE if page.is_large and page.width >= _WIDE else _SIDE
    at = 4 + canvas.text(1, 0, images.sample, style, side - 2)
    if not palette.greys:
        _shades(canvas, images.image, (at, side - at), palette)
    # The sample comes first: bars of classes that have hardly a chance may be left out.
    bars_least = 3 if page.is_large else 10
    room = max(page.height // 2, page.height - 1 - min(len(images.classes), bars_least), 4)
    y = 1 + draw_grey(canvas, (1, 1), images.image, (side - 4, room), palette, 4 if page.is_large else 2)
    left = page.height - y
    if images.classes and left > 0:
        _chances(canvas, images, y, (side - 2, left), palette)
    groups = images.groups
    if page.is_large:
        # One thing for a room: what the step is about, else what comes first.
        groups = tuple(group for group in groups if group.light != "quiet")[-1:] or groups[:1]
    _tiles(canvas, groups, side + 1, page)
    return canvas.strips()


def _chances(canvas: Canvas, images: Images, y: int, room: tuple[int, int], palette: Palette) -> None:
    """Draw a bar for each class; where there is no room for all, for the highest. room: cells and lines."""
    width, rows = room
    if images.chances is None:
        canvas.text(1, y, "no answer yet", palette.bg + palette.dim)
        return
    values, labels = images.chances, images.classes
    chosen = np.arange(values.size)  # (j,)
    if values.size > rows:
        chosen = _telling(values, images.target, max(rows - 1, 1))  # (rows - 1,)
    target = int(np.flatnonzero(chosen == images.target)[0]) if images.target in chosen else -1
    names = [labels[n] for n in chosen]
    lines = bars.bars(values[chosen].tolist(), names, target, width, palette, is_old=images.is_stale)
    canvas.paste(1, y, lines)
    if len(chosen) < min(values.size, rows):
        said = f"… and {values.size - len(chosen)} less likely ones"
        canvas.text(3, y + len(chosen), said, palette.bg + palette.dim, width - 2)


def _telling(values: Array, target: int, count: int) -> NDArray[np.intp]:
    """Return the classes with the highest chances in their order; the wanted one is among them where two have room."""
    order = np.argsort(-values, kind="stable")  # (j,)
    if target >= 0 and count > 1 and target not in order[:count]:
        order[count - 1] = target
    return np.sort(order[:count])  # (count,)


def _shades(canvas: Canvas, image: Array, room: tuple[int, int], palette: Palette) -> None:
    """Say in the first line which shade of the image is small and which is large. room: first cell, and cells."""
    known = image[np.isfinite(image)]  # (n,)
    if known.size:
        told = f"{short(float(known.min()))} {heat.SHADES} {short(float(known.max()))}"
        if len(told) <= room[1]:
            canvas.text(room[0], 0, told, palette.bg + palette.text)


def _title(tile: Tile) -> str:
    """Return the number of a tile, and what its unit says."""
    return tile.title if np.isnan(tile.says) else f"{tile.title} {format_cell(tile.says, _SAYS).strip()}"


def _size(group: Group, width: int, by: int, palette: Palette) -> tuple[int, int]:
    """Return how many cells lie between two tiles of a group, and how many lines it takes with its heading."""
    if not group.tiles:
        return 1, 1
    rows, columns = shrunk(group.tiles[0].values, _LARGE, _LARGE).shape
    pitch = max(columns * by, *(len(_title(tile)) for tile in group.tiles)) + 1
    lines = -(-rows * by // heat.rows_per_line(palette)) + 1
    return pitch, 1 + -(-len(group.tiles) // max(1, width // pitch)) * lines


def _tiles(canvas: Canvas, groups: tuple[Group, ...], x: int, page: Page) -> None:
    """Draw the groups under each other, scrolled; say below what the colours mean, and whether there is more."""
    # A room is told what it sees.
    palette, y, bottom = page.palette, -page.top, page.height - (not page.is_large)
    width = page.width - x
    # In a room a few tiles are seen well; on a screen of one's own all of them are seen, where that is possible.
    factors, least = (_LARGE_FACTORS, 2) if page.is_large else (_FACTORS, 1)
    fitting = (by for by in factors if sum(_size(group, width, by, palette)[1] for group in groups) <= bottom)
    large = next(fitting, least)
    for group in groups:
        mark = {"written": palette.heading_active, "read": palette.name_read}.get(group.light, palette.heading)
        lead = "▶ " if group.light != "quiet" else ""
        canvas.text(x, y, f"{lead}{group.title}", palette.bg + mark, width)
        y += 1
        if not group.tiles:
            continue
        small = [shrunk(tile.values, _LARGE, _LARGE) for tile in group.tiles]
        by = max(large, 2 if max(small[0].shape) <= _SMALL else 1)
        pitch, taken = _size(group, width, by, palette)
        across = max(1, width // pitch)
        lines = -(-small[0].shape[0] * by // heat.rows_per_line(palette))
        seen: list[int] = []
        places: list[tuple[int, int]] = []
        for n, tile in enumerate(group.tiles):
            at, line = x + n % across * pitch, y + n // across * (lines + 1)
            if -lines <= line < bottom:
                title = palette.name_written if tile.is_told else palette.dim
                canvas.text(at, line, _title(tile), palette.bg + title, pitch - 1)
                seen.append(n)
                places.append((at, line + 1))
        if seen:
            values = np.stack([small[n] for n in seen])  # (n, y, x)
            scale = heat.scale_of(np.stack([tile.values for tile in group.tiles]))
            draw_heats(canvas, places, values, by, palette, STATES[group.tiles[0].state], scale)
        y += taken - 1
    last, dim = page.height - 1, palette.bg + palette.dim
    is_cut = y > bottom
    if is_cut or not page.is_large:
        canvas.text(x, last, " " * width, palette.bg)
    at = x + (3 + canvas.text(x, last, "↓ more", dim) if is_cut else 0)
    if groups and not page.is_large and at + scale_width() <= page.width:
        draw_scale(canvas, (at, last), palette, dim)
