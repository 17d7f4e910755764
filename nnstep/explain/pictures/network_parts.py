"""What a picture of a network is made of: columns of units or images, and the weights between them."""

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array
from nnstep.explain.pictures.looks import Light, Look
from nnstep.records import dataclass


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers that belong to the units of a column: what they are called, and what state they are in.

    values: (n,) for units, (y, x) for a map, (c, y, x) for an image with its channels; None where they are not known
    yet. told: the unit that is told, or -1. whole: are they whole numbers, shown without decimals? is_hidden: are they
    there, and not to be seen yet? marks: of an image, which cells are told or read: (c, y, x) of READ and WRITTEN, 0
    for none.
    """

    name: str
    values: Array | None
    state: Look
    told: int = -1
    whole: bool = False
    is_hidden: bool = False
    marks: NDArray[np.int8] | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """What a layer hands on for one sample, and the blame that comes back to it.

    values are (n,) where the layer has units in a row, else (y, x) or (c, y, x). wanted: the targets (n,), beside the
    last column. classes: what its units stand for, where each stands for a class.
    """

    title: str
    shown: Numbers
    blame: Numbers
    bias: Numbers
    wanted: Array | None = None
    wanted_whole: bool = False
    classes: tuple[str, ...] = ()

    @property
    def is_map(self) -> bool:
        """Has it more than one axis?"""
        return self.shown.values is not None and self.shown.values.ndim > 1

    @property
    def is_image(self) -> bool:
        """Has it channels that are images?"""
        return self.shown.values is not None and self.shown.values.ndim == 3


@dataclass(frozen=True, eq=False)
class Wires:
    """The weights between two columns.

    weights: (i, j), or None where they connect no units in rows. name: of what is shown. light: what the active step
    does with them. told: the units they lead from and to that are told, -1 for all of them. inner: what the active step
    makes inside the layer, where that is of another shape than what the layer hands on (a gate, attention scores).
    kernels: of a convolution (k, c, p, q); kernel: the one that is told, or -1.
    """

    name: str
    weights: Array | None
    light: Light
    told: tuple[int, int] = (-1, -1)
    inner: Numbers | None = None
    kernels: Array | None = None
    kernel: int = -1


@dataclass(frozen=True, eq=False)
class Network:
    """The whole picture. wires: those that lead to each column but the first. lit: the column of the active step."""

    columns: tuple[Column, ...]
    wires: tuple[Wires, ...]
    lit: int
