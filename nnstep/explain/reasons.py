"""What a reason for being stuck is: a fact with its numbers, how bad it is, and the cell to look at."""

from typing import Literal

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.explain.places import CellPlace
from nnstep.explain.words import Line
from nnstep.records import dataclass
from nnstep.session import View

Kind = Literal[
    "not finite", "rate", "unreachable", "zero", "alike", "copies", "dead", "saturated", "exploding", "fading", "slow"
]

# How bad each kind is where it holds for everything; a fact that holds for a part of the units is that much less so.
BADNESS: dict[Kind, float] = {
    "not finite": 1.0,
    "rate": 0.95,
    "unreachable": 0.9,
    "zero": 0.85,
    "dead": 0.8,
    "copies": 0.75,
    "saturated": 0.7,
    "exploding": 0.65,
    "fading": 0.6,
    "alike": 0.55,
    "slow": 0.3,
}


@dataclass(frozen=True)
class Reason:
    """A fact that tells why training is stuck.

    told: with its numbers. badness: 0 to 1, by kind and by the part it holds for. place: the cell to look at.
    """

    kind: Kind
    told: Line
    badness: float
    place: CellPlace


def reason_for(view: View, kind: Kind, told: Line, cell: Cell, share: float = 1.0) -> Reason:
    """Return a reason to be seen in this iteration. share: of the units or cells that it holds for."""
    return Reason(kind, told, BADNESS[kind] * share, CellPlace(view.position.iteration, cell))


def largest_cell(identity: str, size: Array) -> Cell:
    """Return the cell of a value where an array of its shape is largest."""
    return Cell(identity, tuple(int(n) for n in np.unravel_index(int(np.argmax(size)), size.shape)))
