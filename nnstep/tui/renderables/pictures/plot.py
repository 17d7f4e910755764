"""A plot: curves over the epochs, with an axis at the left and one below."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from rich.cells import cell_len
from rich.style import Style

from nnstep.engine.cell import Array
from nnstep.explain.figures import exact, short
from nnstep.explain.pictures.curves import Curve, Plot
from nnstep.tui.renderables.pictures.canvas import DOTS_ACROSS, DOTS_DOWN, Canvas, Pattern
from nnstep.tui.renderables.pictures.large import LINES, can_be_large, large, large_width
from nnstep.tui.theme import Palette

_MARGIN: Final = 8  # cells for the numbers at the left
_KEY: Final = {(1, 1): "──", (5, 8): "╌╌", (1, 4): "··"}
_BROKEN: Final = "×"
_FEW: Final = 6  # lines of an axis that have two numbers
_THICK: Final = 3  # dots of a line for a room
_LEAST_LARGE: Final = 9  # lines from which on a plot has large figures over it


class _Scale:
    """Where a value stands between the bottom (0) and the top (1)."""

    def __init__(self, plot: Plot) -> None:
        self.is_log = plot.is_log
        every = np.array([value for one in plot.curves for value in one.values], dtype=np.float64)  # (n,)
        known = every[np.isfinite(every) & ((every > 0) | (not plot.is_log))]  # (n,)
        if plot.is_log:
            powers = np.log10(known) if known.size else np.zeros(1)  # (n,)
            self.bottom, self.top = math.floor(powers.min()), max(math.ceil(powers.max()), math.floor(powers.min()) + 1)
        else:
            self.bottom = float(min(known.min(initial=0.0), 0.0)) if plot.least is None else plot.least
            top = float(known.max(initial=0.0)) if plot.most is None else plot.most
            self.top = top if top > self.bottom else self.bottom + 1.0

    def shares(self, values: Array) -> Array:
        """Return where values stand, nan for what is not finite; what has no logarithm lies at the bottom."""
        if self.is_log:
            positive = values > 0  # (n,)
            stands = np.where(positive, np.log10(np.where(positive, values, 1.0)), self.bottom)  # (n,)
            stands = np.where(np.isfinite(values), stands, np.nan)  # (n,)
        else:
            stands = np.where(np.isfinite(values), values, np.nan)  # (n,)
        # In halves: the span of the largest doubles is itself no double.
        shares: Array = np.clip((stands / 2 - self.bottom / 2) / (self.top / 2 - self.bottom / 2), 0.0, 1.0)  # (n,)
        return shares

    def ticks(self, rows: int) -> list[float]:
        """Return the values at the axis: as many as a few lines apart."""
        count = max(1, min(rows // 3, 5))
        if self.is_log:
            step = max(1, math.ceil((self.top - self.bottom) / count))
            return [10.0**power for power in range(int(self.bottom), int(self.top) + 1, step)]
        # In steps of 1, 2, 2.5 or 5 times a power of ten, as people count.
        wide = (self.top - self.bottom) / count
        power = 10.0 ** math.floor(math.log10(wide))
        step = next(power * round_one for round_one in (1, 2, 2.5, 5, 10) if power * round_one >= wide * 0.999)
        first = math.ceil(self.bottom / step)
        found = [n * step for n in range(first, math.floor(self.top / step + 1e-9) + 1)]
        return found if len(found) > 1 else [self.bottom, self.top]


def draw_plot(
    canvas: Canvas,
    box: tuple[int, int, int, int],
    plot: Plot,
    looks: Mapping[str, tuple[Style, Pattern]],
    palette: Palette,
    *,
    is_large: bool = False,
) -> None:
    """Draw a plot into a box of x, y, width and height in cells: title with the latest figures, axes, curves.

    is_large: thick lines, few numbers, and the latest figures three lines high where there is room.
    """
    x, y, width, height = box
    shown = [one for one in plot.curves if one.values]
    head = 1
    if is_large and height >= _LEAST_LARGE and _large_title(canvas, (x, y, width), plot, shown, looks, palette):
        head += LINES
    else:
        _title(canvas, (x, y, width), plot, shown, looks, palette)
    rows, columns = height - 1 - head, width - _MARGIN - 1
    if rows < 2 or columns < 4:
        return
    if not shown:
        canvas.text(
            x + 1, y + 2, "nothing yet: press Space to step, or f to train", palette.bg + palette.dim, width - 1
        )
        return
    scale = _Scale(plot)
    left, top = x + _MARGIN, y + head
    _axes(canvas, (left, top, columns, rows), plot, scale, palette, is_large=is_large)
    moments = "   ".join(f"{one.name}: {one.moment}" for one in shown if one.moment)
    _times(canvas, (left, top + rows, columns), plot.span, moments, palette)
    for one in reversed(shown):  # training last, over the others
        style, pattern = looks[one.name]
        thick = _THICK if is_large else 2
        _curve(canvas, (left, top, columns, rows), one, scale, plot.span, palette.bg + style, pattern, thick)
        if not all(map(math.isfinite, one.values)):
            _broken(canvas, (left, top, columns), one, plot.span, palette)


def _title(
    canvas: Canvas,
    line: tuple[int, int, int],
    plot: Plot,
    shown: Sequence[Curve],
    looks: Mapping[str, tuple[Style, Pattern]],
    palette: Palette,
) -> None:
    """Write what is measured, and each curve's key and latest figure."""
    x, y, width = line
    at = x + 1 + canvas.text(x + 1, y, plot.title, palette.bg + palette.heading, width - 1)
    for one in shown:
        style, pattern = looks[one.name]
        value = plot.text(one.values[-1])
        if at + 3 + 2 + 2 + cell_len(one.name) + len(value) > x + width:
            return
        at += 3
        at += canvas.text(at, y, _KEY[pattern], palette.bg + style)
        at += canvas.text(at, y, f" {one.name} ", palette.bg + palette.dim)
        at += canvas.text(at, y, value, palette.bg + style)


def _large_title(
    canvas: Canvas,
    line: tuple[int, int, int],
    plot: Plot,
    shown: Sequence[Curve],
    looks: Mapping[str, tuple[Style, Pattern]],
    palette: Palette,
) -> bool:
    """Write what is measured, and each curve's latest figure three lines high; False where there is no room for it."""
    x, y, width = line
    texts = [plot.text(one.values[-1]) for one in shown]
    sizes = [large_width(text) if can_be_large(text) else width for text in texts]
    taken = sum(
        len(_KEY[looks[one.name][1]]) + cell_len(one.name) + 6 + size for one, size in zip(shown, sizes, strict=True)
    )
    if not shown or taken > width:
        return False
    canvas.text(x + 1, y, plot.title, palette.bg + palette.heading, width - 1)
    at = x + 1
    for one, text in zip(shown, texts, strict=True):
        style, pattern = looks[one.name]
        at += canvas.text(at, y + 2, _KEY[pattern], palette.bg + style)
        at += canvas.text(at, y + 2, f" {one.name} ", palette.bg + palette.text) + 1
        for number, part in enumerate(large(text), y + 1):
            canvas.text(at, number, part, palette.bg + style)
        at += large_width(text) + 3
    return True


def _axes(
    canvas: Canvas, box: tuple[int, int, int, int], plot: Plot, scale: _Scale, palette: Palette, *, is_large: bool
) -> None:
    """Write the numbers at the left; few of them, and brighter, for a room."""
    dim = palette.bg + (palette.text if is_large else palette.dim)
    left, top, _, rows = box
    for y in range(rows):
        canvas.text(left - 1, top + y, "│", palette.bg + palette.rule)
    for tick in scale.ticks(max(rows // 2, _FEW) if is_large else rows):
        row = top + rows - 1 - round(float(scale.shares(np.array([tick]))[0]) * (rows - 1))
        text = f"{tick:.0%}" if plot.percent else short(tick)
        canvas.text(left - 1 - min(len(text), _MARGIN - 2) - 1, row, text, dim, _MARGIN - 2)
        canvas.text(left - 1, row, "┤", palette.bg + palette.rule)


def _times(
    canvas: Canvas, line: tuple[int, int, int], span: tuple[float, float], moments: str, palette: Palette
) -> None:
    """Write the first and the last epoch below, and between them what else is to be known about the times."""
    (left, y, columns), (first, last) = line, span
    end = exact(round(last, 2))
    said = f"after {exact(round(first, 2))} epochs"
    if moments and len(said) + 3 + cell_len(moments) + 2 + len(end) <= columns:
        said += f"   {moments}"
    canvas.text(left, y, said, palette.bg + palette.dim, max(columns - len(end) - 1, 0))
    if last > first:
        canvas.text(left + columns - len(end), y, end, palette.bg + palette.dim)


def _places(one: Curve, span: tuple[float, float], dots: int) -> Array:
    """Return the dot across for each value: (n,)"""
    first, last = span
    times = np.asarray(one.times)  # (n,)
    return (times - first) / ((last - first) or 1.0) * (dots - 1)  # (n,)


def _curve(
    canvas: Canvas,
    box: tuple[int, int, int, int],
    one: Curve,
    scale: _Scale,
    span: tuple[float, float],
    style: Style,
    pattern: Pattern,
    thick: int,
) -> None:
    """Draw a curve from point to point; where many fall on one dot, from the least of them to the largest."""
    left, top, columns, rows = box
    values = np.asarray(one.values, dtype=np.float64)  # (n,)
    x = np.rint(_places(one, span, columns * DOTS_ACROSS))  # (n,)
    # Its own thickness has room above and below: the lines beside it are not its own.
    height = rows * DOTS_DOWN - thick
    y = (1.0 - scale.shares(values)) * height + (thick - 1) // 2  # (n,)
    known = ~np.isnan(y)  # (n,)
    x, y = x[known], np.rint(y[known])  # (n,)
    if not x.size:
        return
    starts = np.flatnonzero(np.diff(x, prepend=-1.0))  # (m,): the first point of each dot across
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)  # (m,)
    ends = np.append(starts[1:], x.size) - 1  # (m,)
    x0, y0 = left * DOTS_ACROSS, top * DOTS_DOWN
    across = x[starts] + x0  # (m,)
    if (high > low).any():
        many = high > low  # (m,)
        canvas.lines(
            np.column_stack([across, low + y0])[many], np.column_stack([across, high + y0])[many], style, (1, 1)
        )
    # From the last point on a dot to the first on the next.
    begin = np.column_stack([across[:-1], y[ends[:-1]] + y0])  # (m - 1, 2)
    stop = np.column_stack([across[1:], y[starts[1:]] + y0])  # (m - 1, 2)
    if pattern == (1, 1) or len(begin) < 2:
        canvas.lines(begin, stop, style, (1, 1), thickness=thick)
    else:
        _patterned(canvas, np.column_stack([across, y[ends] + y0]), style, pattern, thick)
    if x.size == 1:
        canvas.lines([(across[0], y[0] + y0)], [(across[0] + 1, y[0] + y0)], style)


def _patterned(canvas: Canvas, points: Array, style: Style, pattern: Pattern, thick: int) -> None:
    """Draw a line through points whose pattern goes on from one part to the next. points: (n, 2)"""
    across = np.arange(points[0, 0], points[-1, 0] + 1)  # (m,)
    down = np.interp(across, points[:, 0], points[:, 1])  # (m,)
    drawn = np.arange(across.size) % pattern[1] < pattern[0]  # (m,)
    # A second dot under the first: one dot alone is lost on a projector.
    for more in range(thick):
        canvas.dots(across[drawn].astype(np.intp), np.rint(down[drawn]).astype(np.intp) + more, style)


def _broken(
    canvas: Canvas, line: tuple[int, int, int], one: Curve, span: tuple[float, float], palette: Palette
) -> None:
    """Mark what is not finite at the top."""
    left, top, columns = line
    x = _places(one, span, columns)  # (n,)
    for place in np.unique(np.rint(x[~np.isfinite(np.asarray(one.values))])).tolist():
        canvas.text(left + min(int(place), columns - 1), top, _BROKEN, palette.bg + palette.error)
