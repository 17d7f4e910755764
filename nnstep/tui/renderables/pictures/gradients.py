"""The sizes of the gradients, layer by layer, on a scale of powers of ten.

A lecturer shows a gradient that vanishes: bars that get shorter by the same piece with every layer further back. A
student sees which layers learn, and whether a weight moves by a thousandth of itself (well) or by a millionth (hardly).
"""

from math import ceil, floor, isfinite, log10
from typing import Final

import numpy as np
from textual.strip import Strip

from nnstep.explain.figures import figure
from nnstep.explain.pictures.gradients import Gradients, Row
from nnstep.tui.renderables.bars import bar
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.picture import Page

_MOST_LINES: Final = 4  # of a parameter, for a room
_MOST_PERCENT: Final = 1e7  # of more there is room for the power alone
_DECADES: Final = 2  # the scale covers at least so many powers of ten


def paint(gradients: Gradients, page: Page) -> list[Strip]:
    """Return a bar for each parameter: as long as the power of ten of its gradient is high."""
    palette, every = page.palette, gradients.rows
    canvas = Canvas(page.width, page.height, palette.bg)
    if page.is_large and 2 * len(every) > page.height - 2:
        every = tuple(row for row in every if not row.is_bias) or every
    label = min(max(8, *(len(row.name) + 2 for row in every)), max(page.width // 4, 8))
    left, right = 3 + label + 11, page.width - (2 if page.is_large else 11)
    low, high = _span(every)
    style = palette.bg + (palette.text if page.is_large else palette.dim)
    canvas.text(1, 0, "gradients", palette.bg + palette.heading)
    canvas.text(3 + label, 0, "size".rjust(9), style)
    if not page.is_large:
        canvas.text(right + 1, 0, "moves by".rjust(9), style)
    for power in range(low, high + 1, max(1, ceil((high - low) * 7 / max(right - left, 1)))):
        x = left + round((power - low) / (high - low) * (right - left - 1))
        if x + len(f"1e{power}") <= right:
            canvas.text(x, 0, f"1e{power}", style)
    room = page.height - 1 if page.is_large else page.height - 2
    rows = every[page.top :] if len(every) > room else every
    spaced = max(min(room // max(len(rows), 1), _MOST_LINES if page.is_large else 2), 1)
    for n, row in enumerate(rows[: room // spaced]):
        _line(canvas, row, 1 + n * spaced, (left, right), (low, high), label, page, max(spaced - 1, 1))
    more = len(rows) - room // spaced
    parts = (
        (f"↓ {more} more", more > 0),
        ("size: root of the mean square", not page.is_large),
        ("• the largest", not page.is_large),
        ("grey: the iteration before", not page.is_large and any(row.state == "stale" for row in rows)),
        ("moves by: % of its own size", not page.is_large and any(isfinite(row.moved) for row in rows)),
    )
    at = 1
    for text, is_there in parts:
        if is_there and at + len(text) < page.width:
            at += canvas.text(at, page.height - 1, text, style) + 3
    return canvas.strips()


def _span(rows: tuple[Row, ...]) -> tuple[int, int]:
    """Return the powers of ten between which the scale runs."""
    sizes = [number for row in rows for number in (row.size, row.largest) if isfinite(number) and number > 0]
    if not sizes:
        return -4, 0
    high = ceil(log10(max(sizes)))
    return min(floor(log10(min(sizes))), high - _DECADES), high


def _line(
    canvas: Canvas,
    row: Row,
    y: int,
    across: tuple[int, int],
    span: tuple[int, int],
    label: int,
    page: Page,
    high: int,
) -> None:
    """Draw one parameter: its name and its numbers, and a bar so many lines high."""
    (left, right), palette = across, page.palette
    high = high if page.is_large else 1
    written, read = row.state == "written", row.state == "read"
    dim = row.state in ("stale", "blank")
    name = palette.name_written if written else palette.name_read if read else palette.dim if dim else palette.name
    middle = y + (high - 1) // 2
    canvas.text(1, middle, f"{'▶' if written else ' '} {row.name}", palette.bg + name, label + 1)
    text = palette.bg + (palette.stale if dim else palette.text)
    if not page.is_large:
        canvas.text(right + 1, middle, _moves(row).rjust(9), palette.bg + palette.dim if row.waits else text)
    if not row.is_known:
        canvas.text(3 + label, middle, "·".rjust(9), text)
        return
    canvas.text(3 + label, middle, _small(row.size).rjust(9), text)
    width, (low, most) = max(right - left, 1), span
    colour = palette.name_written if written else palette.stale if dim else palette.bars
    if row.size > 0 and isfinite(row.size):
        drawn = bar((log10(row.size) - low) / (most - low), width)
        for line in range(high):
            canvas.text(left, y + line, drawn, palette.bg + colour)
    elif not isfinite(row.size):
        canvas.text(left, middle, "× not finite", palette.bg + palette.error, width)
    else:
        canvas.text(left, middle, "0: nothing is learned here", palette.bg + palette.warning, width)
    if row.largest > 0 and isfinite(row.largest) and not page.is_large:
        at = left + min(ceil((log10(row.largest) - low) / (most - low) * width), width - 1)
        canvas.text(at, middle, "•", text)


def _moves(row: Row) -> str:
    """Return how far the update moves the parameter, or why no number says it; as wide as its column at the most."""
    if row.waits:
        return "at update"
    return "" if np.isnan(row.moved) else "from 0" if np.isinf(row.moved) else _percent(100 * row.moved)


def _percent(share: float) -> str:
    """Return a percentage in nine cells, with three digits where it is small: `4.51%`, `137%`, `1.20e-3%`."""
    if 1 <= share < _MOST_PERCENT:
        return f"{share:#.3g}%".replace(".%", "%") if share < 999.5 else f"{share:.0f}%"
    return f"{figure(share, 3)}%"


def _small(value: float) -> str:
    return figure(value, 3)
