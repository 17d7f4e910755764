"""Where the columns of a picture of a network stand, and the lines of their units."""

from math import ceil, sqrt
from typing import Final

import numpy as np
from rich.cells import cell_len

from nnstep.engine.cell import Array
from nnstep.explain.pictures.network_parts import Column, Network
from nnstep.tui.renderables.pictures.large import LINES
from nnstep.tui.renderables.pictures.network_maps import Tiles
from nnstep.tui.renderables.pictures.picture import Page

HEAD: Final = 2  # lines over the units
UNIT: Final = 7  # cells of a number
LARGE_UNIT: Final = 17  # in large figures
_WANTED: Final = 10  # cells for the targets beside the last column
_LABEL_SHARE: Final = 7  # of a page this part at the most is for the names of classes
_LEAST_PITCH: Final = 11  # from column to column
_LEAST_LARGE_PITCH: Final = 24
LEAST_TILE: Final = 8  # cells between two columns that have room for their weights as a heat map
_ARROW: Final = 5  # cells between two columns that an arrow takes
_WIDE: Final = 24  # cells of a column from which on a kernel beside it is larger than it needs to be


class Place:
    """Where a column stands: its first cell, the cells it is wide, and the line of each of its units.

    label: cells before it for the names of what its units stand for. unit: cells of a number. lines: of a unit: its
    number, what comes back to it, its bias. taken: cells that are drawn on, at the most. tiles: how its images stand,
    and their first line.
    """

    def __init__(self, column: Column, x: int, width: int, body: int, unit: int, label: int = 0) -> None:
        self.column, self.x, self.width, self.label = column, x + label, width - label, label
        values = column.shown.values
        count = len(values) if values is not None and not column.is_map else 0
        self.as_map = column.is_map or count > body
        self.is_large = unit > UNIT and count * (LINES + 1) <= body + 1
        self.unit = unit if self.is_large else UNIT
        self.taken = self.unit
        self.tiles: tuple[Tiles, int] | None = None
        self.lines = 3 if count * 4 <= body + 1 else 2 if count * 3 <= body + 1 else 1
        if unit > UNIT:
            self.lines = LINES if self.is_large else 1
        slot = body / max(count, 1)
        tall = values.shape[-2] if values is not None and column.is_map else ceil(sqrt(count))
        self.shows_both = self.as_map and body >= tall + 6 and column.blame.values is not None and unit == UNIT
        self.rows = [] if self.as_map else [int(HEAD + slot * (n + 0.5) - self.lines / 2) for n in range(count)]

    @property
    def left(self) -> int:
        """The first cell, that of the names of classes where there are some."""
        return self.x - self.label

    @property
    def targets(self) -> int:
        """The first cell of the targets beside it."""
        return self.x + self.unit + 2

    @property
    def middles(self) -> list[int]:
        """The line in the middle of each unit."""
        return [row + (LINES // 2 if self.is_large else 0) for row in self.rows]


def placed(facts: Network, page: Page) -> tuple[list[Place], int, int]:
    """Return the columns that have room, around the active step, the number of the first, and the lines for units."""
    body = max(page.height - HEAD - 1, 1)
    unit = _unit(facts, page)
    label = _label(facts.columns[-1], page, body)
    last = label + unit + _WANTED
    room = page.width - (max(last, page.width // 3) if facts.columns[-1].is_image else last) - 2
    fit = max(2, room // (_LEAST_LARGE_PITCH if unit > UNIT else _LEAST_PITCH) + 1)
    count = min(fit, len(facts.columns))
    first = min(max(facts.lit - count // 2, 0), len(facts.columns) - count)
    pitch = room / max(count - 1, 1)
    places = []
    for n, column in enumerate(facts.columns[first : first + count]):
        width = int(pitch) - 2 if count > 1 else page.width - 2
        if n == count - 1 and count > 1:
            width = page.width - 1 - int(1 + n * pitch)
        elif column.is_image:
            width = max(width - _ARROW + 2, 3)
        kernels = facts.wires[first + n].kernels if first + n < len(facts.wires) else None
        if kernels is not None and column.is_map:
            width = max(width - kernels.shape[3] * (2 if width >= _WIDE else 1) - 2, 3)
        places.append(Place(column, int(1 + n * pitch), width, body, unit, label if column is facts.columns[-1] else 0))
    return places, first, body


def _label(column: Column, page: Page, body: int) -> int:
    """Return the cells that names of classes take before the last column, with a space after them."""
    if not column.classes or column.is_map or len(column.classes) > body:
        return 0
    return min(max(map(cell_len, column.classes)), page.width // _LABEL_SHARE) + 1


def _unit(facts: Network, page: Page) -> int:
    """Return how many cells a number takes: in large figures, where there is room for the lines between them too."""
    few = min(len(facts.columns), 3)
    room = (page.width - LARGE_UNIT - _WANTED - 2) / max(few - 1, 1)
    return LARGE_UNIT if page.is_large and room >= _LEAST_LARGE_PITCH else UNIT


def in_rows(values: Array) -> Array:
    """Return many numbers as rows of equal length; nan where there are none left. values: (n,)"""
    columns = ceil(sqrt(values.size))
    rows = ceil(values.size / columns)
    padded = np.full(rows * columns, np.nan)  # (y x)
    padded[: values.size] = values
    return padded.reshape(rows, columns)  # (y, x)
