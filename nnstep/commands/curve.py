"""A loss curve as lines of text: columns for the first series, dots for the second."""

from collections.abc import Sequence
from math import isfinite
from typing import Final

from nnstep.explain.figures import short

Curve = Sequence[tuple[int, float]]  # epoch and loss, the epochs rising

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_DOT: Final = "•"
_BROKEN: Final = "×"


def draw_curve(train: Curve, test: Curve, width: int, height: int = 8, *, name: str = "test") -> list[str]:
    """Return the lines of a curve over the epochs, from 0 at the bottom to the largest loss at the top.

    Each column shows the last loss that falls in it; what is not finite is a mark at the top. width: of the whole
    picture, in cells. height: rows of the curve itself; a line of epochs and one that tells the series apart follow.
    name: what the second series is called.
    """
    finite = [loss for _, loss in (*train, *test) if isfinite(loss)]
    if not train or not finite:
        return []
    top = max(finite) or 1.0
    labels = [short(top), *[""] * (height - 2), "0"]
    margin = max(len(label) for label in labels) + 1
    last = train[-1][0]
    columns = max(1, min(width - margin - 1, last))
    heights = _sampled(train, columns, last)
    dots = _sampled(test, columns, last) if test else []
    lines = [
        f"{label:>{margin - 1}} ┤" + _row(heights, dots, top, height - 1 - number, height)
        for number, label in enumerate(labels)
    ]
    return [*lines, _epochs(margin, columns, last), *([_legend(margin, name)] if test else [])]


def _sampled(curve: Curve, columns: int, last: int) -> list[float]:
    """Return the loss for each column; one without a point of its own shows the one before it."""
    found: list[float] = []
    place = 0
    for column in range(1, columns + 1):
        upto = column * last // columns
        while place + 1 < len(curve) and curve[place + 1][0] <= upto:
            place += 1
        found.append(curve[place][1])
    return found


def _row(heights: list[float], dots: list[float], top: float, row: int, rows: int) -> str:
    """Return one row, counted from the bottom."""
    characters = []
    for column, loss in enumerate(heights):
        dot = dots[column] if dots else float("nan")
        if isfinite(dot) and min(int(dot / top * rows), rows - 1) == row:
            characters.append(_DOT)
        else:
            characters.append(_block(loss, top, row, rows))
    return "".join(characters).rstrip()


def _block(loss: float, top: float, row: int, rows: int) -> str:
    if not isfinite(loss):
        return _BROKEN if row == rows - 1 else " "
    # Anything above 0 is seen: a flat bottom would say that nothing is left to learn.
    eighths = max(1, round(loss / top * rows * 8)) if loss > 0 else 0
    return _BLOCKS[min(8, max(0, eighths - row * 8))]


def _epochs(margin: int, columns: int, last: int) -> str:
    first, final = "epoch 1", f"{last}" if last > 1 else ""
    return " " * (margin + 1) + first + final.rjust(max(columns - len(first), len(final) + bool(final)))


def _legend(margin: int, name: str) -> str:
    return " " * (margin + 1) + f"█ train   {_DOT} {name}"
