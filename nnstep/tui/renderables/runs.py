"""Rows of many alike characters as few segments: fewer objects to draw, fewer bytes to send."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


class Run(dict[int, Segment]):
    """Segments of one text in one style by how often it is repeated, each made when first asked for."""

    def __init__(self, unit: str, style: Style) -> None:
        self._unit = unit
        self._style = style

    def __missing__(self, count: int) -> Segment:
        """Make the segment of `count` units."""
        self[count] = made = Segment(self._unit * count, self._style)
        return made


class RunTable(dict[int, Run]):
    """Runs by key, each made when first asked for."""

    def __init__(self, make: Callable[[int], tuple[str, Style]]) -> None:
        self._make = make

    def __missing__(self, key: int) -> Run:
        """Make the run of `key`."""
        self[key] = made = Run(*self._make(key))
        return made


def run_strips(
    keys: NDArray[np.integer[Any]], table: RunTable, unit: int = 1, rest: Segment | None = None
) -> list[Strip]:
    """Return one strip a row, with one segment for each run of equal keys. keys: (y, x)

    unit: cells of one key; rest: what follows at the end of each row.
    """
    rows, columns = keys.shape
    if not keys.size:
        return [Strip([], 0)] * rows
    first = np.ones(keys.shape, dtype=np.bool_)  # (y, x)
    np.not_equal(keys[:, 1:], keys[:, :-1], out=first[:, 1:])
    starts = np.flatnonzero(first)  # (n,)
    counts = np.diff(starts, append=keys.size).tolist()
    found = [table[key][count] for key, count in zip(keys.ravel()[starts].tolist(), counts, strict=True)]
    ends = np.cumsum(np.count_nonzero(first, axis=1)).tolist()
    after = [rest] if rest else []
    width = columns * unit + (len(rest.text) if rest else 0)
    return [Strip(found[start:end] + after, width) for start, end in zip([0, *ends], ends, strict=False)]
