"""Distributions: histograms of what each layer hands on, and of its weights.

A lecturer shows a sigmoid that is saturated (all at both ends), a ReLU that is dead (all at 0), and weights that
spread as they learn. A student sees at one glance whether a first guess was too wide.
"""

from typing import Any, Final

import numpy as np
from rich.cells import cell_len
from textual.strip import Strip

from nnstep.explain.figures import figure, short
from nnstep.explain.pictures.distributions import Distributions, Histogram
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.text import cut_middle
from nnstep.tui.theme import Palette

_LEAST_NAME: Final = 6  # cells
_LEAST: Final = 4  # lines of a histogram, with its title and its axis
_MOST_LINES: Final = 18
_LEAST_LARGE: Final = 10  # for a room
_BLOCKS: Final = np.array(list(" ▁▂▃▄▅▆▇█"), dtype=object)  # (n,)


def paint(distributions: Distributions, page: Page) -> list[Strip]:
    """Return a row for each layer: its outputs at the left, its weights at the right."""
    palette, rows = page.palette, distributions.rows
    canvas = Canvas(page.width, page.height, palette.bg)
    half = page.width // 2
    canvas.text(1, 0, "what each layer hands on", palette.bg + palette.heading, half - 2)
    canvas.text(half + 1, 0, "its weights", palette.bg + palette.heading, half - 2)
    room = page.height - 1
    fit = max(1, min(len(rows), room // (_LEAST_LARGE if page.is_large else _LEAST)))
    first = min(max(distributions.lit - fit // 2, 0) if distributions.lit >= 0 else page.top, len(rows) - fit)
    height = room // fit if page.is_large else min(room // fit, _MOST_LINES)
    for n, (outputs, weights) in enumerate(rows[first : first + fit]):
        top = 1 + n * height
        _draw(canvas, outputs, (1, top, half - 2, height), palette)
        if weights is not None:
            _draw(canvas, weights, (half + 1, top, page.width - half - 2, height), palette)
    if len(rows) > fit:
        told = f"layers {first + 1} to {first + fit} of {len(rows)}"
        if half + 16 + len(told) < page.width:
            canvas.text(page.width - 1 - len(told), 0, told, palette.bg + palette.dim)
    return canvas.strips()


def _draw(canvas: Canvas, one: Histogram, box: tuple[int, int, int, int], palette: Palette) -> None:
    x, y, width, height = box
    style = {
        "written": palette.name_written,
        "read": palette.name_read,
        "stale": palette.name_stale,
        "blank": palette.name_stale,
    }.get(one.state, palette.name)
    lead = "▶ " if one.state == "written" else ""
    name = f"{lead}{one.name}"
    said = next((said for said in _told(one) if cell_len(name) + len(said) <= width), _told(one)[-1])
    # A name that is long gives way to the numbers.
    at = x + canvas.text(x, y, cut_middle(name, max(width - len(said), _LEAST_NAME)), palette.bg + style, width)
    canvas.text(at, y, said, palette.bg + palette.dim, max(x + width - at, 0))
    if np.isnan(one.mean):
        return
    rows = height - 2
    if rows > 0:
        colour = palette.name_written if one.state == "written" else palette.bars
        if one.state == "stale":
            colour = palette.stale
        _bars(canvas, one, (x, y + 1, width, rows), palette, colour)
    low, high = short(one.low), short(one.high)
    foot = y + height - 1
    canvas.text(x, foot, low, palette.bg + palette.dim, width)
    canvas.text(x + width - len(high), foot, high, palette.bg + palette.dim)
    if one.low < 0 < one.high:
        zero = x + int(-one.low / (one.high - one.low) * width)
        if canvas.is_free(zero, foot, 1):
            canvas.text(zero, foot, "0", palette.bg + palette.dim)


def _told(one: Histogram) -> tuple[str, ...]:
    """Return what is told of a histogram beside its name: in words, and shorter."""
    if np.isnan(one.mean):
        return (f"  {one.size} numbers that are not finite" if one.broken else "  not yet",)
    mean = figure(one.mean, 3)
    spread, broken = figure(one.spread, 3), f", {one.broken} not finite" if one.broken else ""
    return f"  mean {mean}, deviation {spread}{broken}", f"  mean {mean} ± {spread}{broken}"


def _bars(canvas: Canvas, one: Histogram, box: tuple[int, int, int, int], palette: Palette, colour: Any) -> None:
    """Draw columns; what occurs at all is at least an eighth of a line high."""
    x, y, width, rows = box
    bins = len(one.counts)
    edges = np.arange(width) * bins // width  # (x,)
    counts = np.add.reduceat(one.counts, edges) if width <= bins else one.counts[edges]  # (x,)
    most = int(counts.max()) or 1
    heights = np.where(counts > 0, np.maximum(np.rint(counts / most * rows * 8), 1), 0).astype(int)  # (x,)
    bases = np.arange(rows - 1, -1, -1)[:, np.newaxis] * 8  # (y, 1)
    eighths = np.clip(heights - bases, 0, 8)  # (y, x)
    canvas.block(x, y, _BLOCKS[eighths], palette.bg + colour)
