"""The loss curve: filled columns for the first series, a line for the second, nothing lost between.

When many values share a column it is solid up to the least of them and lighter up to the largest, so that neither a
spike nor the best value disappears. What is not finite is a mark at the top.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.figures import figure
from nnstep.tui.renderables.columns import Columns, Scale, columns_of, scale_of
from nnstep.tui.renderables.runs import RunTable, run_strips
from nnstep.tui.renderables.text import blank, cells, fit, full_height, spread, strip
from nnstep.tui.theme import Palette

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_LINE: Final = "▁▁▁──▔▔▔"  # by eighth of a cell: low, middle, high
_RANGE: Final = "░"
_BROKEN: Final = "×"
_LEAST_WITH_AXIS: Final = 4
_LEAST_WITH_HEADER: Final = 2


class Series(NamedTuple):
    """A named curve: one value an epoch."""

    name: str
    values: Sequence[float] | NDArray[np.float64]  # (n,)
    epochs: Sequence[int] | NDArray[np.int64] = ()  # (n,), rising; 1..n when left out


def chart(
    series: Sequence[Series],
    width: int,
    height: int,
    palette: Palette,
    *,
    title: str = "LOSS",
    note: str = "",
    log: bool = False,
    surface: Style | None = None,
) -> list[Strip]:
    """Return `height` lines: a header with the latest values, the curve, and the first and last epoch.

    The first series is filled, the second a line over it; more are left out. note: what is measured, as "mean E²".
    log: powers of ten are equally far apart; what is not above 0 lies at the bottom.
    """
    behind = palette.panel if surface is None else surface
    shown = [one for one in series[:2] if len(one.values)]
    header = [_header(shown, (title, note), width, palette, behind)] if height >= _LEAST_WITH_HEADER else []
    has_axis = height >= _LEAST_WITH_AXIS
    rows = height - len(header) - has_axis
    if not shown or width <= 0:
        return full_height(header, width, height, behind)
    first, last = _epochs(shown)
    columns = [columns_of(one.values, one.epochs, (first, last), width) for one in shown]
    scale = scale_of(columns, log)
    plot = _plot(columns, scale, (width, rows), palette, behind)
    axis = [_axis((first, last), scale, width, palette, behind)] if has_axis else []
    return full_height(header + plot + axis, width, height, behind)


def sparkline(
    values: Sequence[float] | NDArray[np.float64],
    width: int,
    palette: Palette,
    *,
    surface: Style | None = None,
    beside: Sequence[float] = (),
) -> Strip:
    """Return the curve in one line; a column that many values share shows the largest. values: (n,)

    beside: the values of another curve, which stands on the same scale.
    """
    behind = palette.panel if surface is None else surface
    if not len(values) or width <= 0:
        return blank(width, behind)
    columns = columns_of(values, (), (1, len(values)), width)
    others = [columns_of(beside, (), (1, len(beside)), width)] if len(beside) else []
    scale = scale_of([columns, *others], False)
    text = "".join(_spark(value, scale) for value in columns.most.tolist())
    marks = np.flatnonzero(columns.broken).tolist()
    pieces = [(text, behind + palette.train)]
    if marks:
        broken = set(marks)
        pieces = [
            (_BROKEN, behind + palette.error) if x in broken else (character, behind + palette.train)
            for x, character in enumerate(text)
        ]
    return strip(pieces, width, behind)


def _spark(value: float, scale: Scale) -> str:
    """Return the block of one value; what is known is at least the lowest block."""
    return BLOCKS[max(1, round(scale.share(value) * 8))] if math.isfinite(value) else " "


def _epochs(series: Sequence[Series]) -> tuple[int, int]:
    """Return the first and the last epoch of all series."""
    firsts = [int(one.epochs[0]) if len(one.epochs) else 1 for one in series]
    lasts = [int(one.epochs[-1]) if len(one.epochs) else len(one.values) for one in series]
    return min(firsts), max(lasts)


def _header(series: Sequence[Series], words: tuple[str, str], width: int, palette: Palette, behind: Style) -> Strip:
    """Return the line above: title, what is measured, the latest value of each series."""
    title, note = words
    latest: list[tuple[str, Style]] = []
    for index, one in enumerate(series):
        value = float(one.values[-1])
        style = palette.error if not math.isfinite(value) else palette.test if index else palette.train
        name = f" {one.name} " if len(series) > 1 else "  "
        latest += [(name, behind + palette.dim), (figure(value), behind + style)]
    if cells(latest) > width - len(title):
        return strip(latest, width, behind)
    left = [(title, behind + palette.heading)]
    if note and cells(left) + 2 + cells([(note, behind)]) + cells(latest) <= width:
        left.append((f"  {note}", behind + palette.dim))
    return spread(left, latest, width, behind)


def _axis(epochs: tuple[int, int], scale: Scale, width: int, palette: Palette, behind: Style) -> Strip:
    """Return the line below: first epoch, the value at the top of the curve, last epoch."""
    first, last = (str(epoch) for epoch in epochs)
    left = f"epoch {first}" if len(first) + len(last) + 7 <= width else first
    right = "" if first == last else last
    top = f"top {scale.top_text}"
    room = width - len(left) - len(right)
    middle = fit(top, room, "center") if room >= len(top) + 4 else " " * max(0, room)
    style = behind + palette.dim
    return strip([(left + middle + right, style)], width, style)


def _plot(
    columns: Sequence[Columns], scale: Scale, size: tuple[int, int], palette: Palette, behind: Style
) -> list[Strip]:
    """Return the curve itself, from top to bottom. size: its width and its lines."""
    width, rows = size
    if rows <= 0:
        return []
    train = columns[0]
    least, most = (scale.eighths(values, rows) for values in (train.least, train.most))  # (x,), -1 where unknown
    line = scale.eighths(columns[1].last, rows) - 1 if len(columns) > 1 else np.full(least.shape, -1)  # (x,)
    broken = np.logical_or.reduce([one.broken for one in columns])  # (x,)
    base = np.arange(rows - 1, -1, -1)[:, np.newaxis] * 8  # (y, 1), the eighths below each line
    low, high = (np.clip(values - base, 0, 8) for values in (least, most))  # (y, x)
    passes = (line >= base) & (line < base + 8)  # (y, x)
    keys = ((low * 9 + high) * 9 + np.where(passes, line - base + 1, 0)) * 2  # (y, x)
    keys[0] += broken
    rest = width - keys.shape[1]
    return run_strips(keys, _cell_table(palette, behind), rest=Segment(" " * rest, behind) if rest > 0 else None)


@cache
def _cell_table(palette: Palette, behind: Style) -> RunTable:
    """Return every character of a curve, by the key that `_plot` makes."""

    def cell(key: int) -> tuple[str, Style]:
        heights, is_broken = divmod(key, 2)
        heights, line = divmod(heights, 9)
        if is_broken:
            return _BROKEN, behind + palette.error
        return _cell(*divmod(heights, 9), line - 1, palette=palette, behind=behind)

    return RunTable(cell)


def _cell(least: int, most: int, line: int, *, palette: Palette, behind: Style) -> tuple[str, Style]:
    """Return the character where the solid part is `least` and the light one `most` eighths high.

    line: the eighth at which the second series passes, or -1.
    """
    solid = behind + palette.train
    if line >= 0:
        return _LINE[line], _over(behind + palette.test, palette.train if least > line else None)
    if least in {8, most}:
        return BLOCKS[least], solid
    if not palette.pixels:
        return (BLOCKS[least] if least else _RANGE), solid
    if least == 0:
        return BLOCKS[most], behind + palette.train_range
    # Two boundaries in one character: the upper one is given up, the solid part is what is read.
    return BLOCKS[least], _over(solid, palette.train_range if most == 8 else None)


def _over(style: Style, back: Style | None) -> Style:
    """Return `style` on the colour of `back`; reversed where there are no colours."""
    if back is None:
        return style
    return style + (Style(reverse=True) if back.color is None else Style(bgcolor=back.color))
