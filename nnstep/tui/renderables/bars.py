"""Values of one sample as horizontal bars: which is the largest, and which should have been."""

import math
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.numbers import format_cell
from nnstep.tui.renderables.text import clean, fit, strip
from nnstep.tui.theme import Palette

EIGHTHS: Final = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
LARGEST: Final = "▶"
TARGET: Final = "◀"
_WORD: Final = " target"
_VALUE_WIDTH: Final = 5
_LEAST_BAR: Final = 3
_LEAST_WITH_WORD: Final = 16  # cells of bar before the word costs too much


def bars(
    values: Sequence[float],
    labels: Sequence[str],
    target_index: int,
    width: int,
    palette: Palette,
    *,
    surface: Style | None = None,
    is_old: bool = False,
) -> list[Strip]:
    """Return one line a value: `▶ 3 ██████▍   0.83 ◀ target`.

    ▶ is the largest value, ◀ the target (target_index; -1 for none); the largest is green when it is the target, else
    red. The full length is 1, or the largest |value| where that is more. surface: what is behind; the sheet's when left
    out. is_old: are these of the iteration before? Then they are grey.
    """
    shown = [float(value) for value in values]
    behind = palette.bg if surface is None else surface
    label_width = max((cell_len(clean(label)) for label in labels), default=0)
    columns = _Columns(width, min(label_width, max(1, width // 3)))
    full = max([1.0, *(abs(value) for value in shown if math.isfinite(value))])
    largest = _largest(shown)
    return [
        _line(
            value,
            labels[index],
            (index == largest, index == target_index),
            full=full,
            columns=columns,
            palette=palette,
            behind=behind,
            is_old=is_old,
        )
        for index, value in enumerate(shown)
    ]


def bar(share: float, width: int) -> str:
    """Return a bar of `share` (0 to 1) of `width` cells, to an eighth of a cell; at least one where it is not 0."""
    if not share > 0:
        return ""
    eighths = max(1, round(min(share, 1.0) * width * 8))
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8])[:width]


class _Columns:
    """How the width is shared: mark, label, bar, value, target; a narrow line gives up the word, then the value."""

    def __init__(self, width: int, label: int) -> None:
        self.width = width
        self.label = label
        rest = width - label - 3 - 2  # mark and spaces before the bar, the target's mark after it
        self.value = _VALUE_WIDTH if rest - _VALUE_WIDTH - 1 >= _LEAST_BAR else 0
        rest -= self.value + 1 if self.value else 0
        self.word = _WORD if rest - len(_WORD) >= _LEAST_WITH_WORD else ""
        self.bar = max(0, rest - len(self.word))


def _largest(values: Sequence[float]) -> int:
    """Return the index of the largest value, -1 where there is none."""
    known = [(value, -index) for index, value in enumerate(values) if not math.isnan(value)]
    return -max(known)[1] if known else -1


def _line(
    value: float,
    label: str,
    marks: tuple[bool, bool],
    *,
    full: float,
    columns: _Columns,
    palette: Palette,
    behind: Style,
    is_old: bool,
) -> Strip:
    """Return the line of one value; marks: is it the largest, is it the target."""
    is_largest, is_target = marks
    verdict = palette.ok if is_target else palette.error
    text = behind + (palette.stale if is_old else palette.text)
    style = text if is_old else behind + (verdict if is_largest else palette.dim)
    colour = text if is_old else behind + (verdict if is_largest else palette.bars)
    drawn = bar(abs(value) / full, columns.bar) if math.isfinite(value) else ""
    pieces = [
        (LARGEST if is_largest else " ", style),
        (f" {fit(label, columns.label, 'right')} ", text if is_largest else style),
        (fit(drawn, columns.bar), colour),
    ]
    if columns.value:
        pieces.append((" " + format_cell(value, columns.value), text if is_largest else style))
    if is_target:
        pieces.append((f" {TARGET}{columns.word}", behind + palette.text))
    return strip(pieces, columns.width, behind)
