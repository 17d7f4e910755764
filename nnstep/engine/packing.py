"""Parameters and states in one flat vector, each laid out in it as programs are given it."""

from collections.abc import Mapping
from math import prod
from typing import Literal

from nnstep.engine.cell import Array
from nnstep.engine.rule import Shape
from nnstep.records import dataclass


@dataclass(frozen=True)
class Part:
    """Where one value lies: its cells from `start` to before `stop`.

    order: row by row (C) or column by column (F). It decides the last bits of sums and products, so it is kept.
    """

    id: str
    start: int
    stop: int
    shape: Shape
    order: Literal["C", "F"]


@dataclass(frozen=True)
class Packing:
    """How values are packed; parts stand in their order and leave no gap."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Packing":
        """Return the packing of arrays like these, in their order and with their layouts."""
        parts, start = [], 0
        for identity, array in arrays.items():
            stop = start + prod(array.shape)
            by_columns = array.flags.f_contiguous and not array.flags.c_contiguous
            parts.append(Part(identity, start, stop, array.shape, "F" if by_columns else "C"))
            start = stop
        return cls(tuple(parts))

    @property
    def width(self) -> int:
        """How many cells all parts have."""
        return self.parts[-1].stop if self.parts else 0

    def pack(self, arrays: Mapping[str, Array], flat: Array) -> None:
        """Write values into a vector: (width)."""
        for part in self.parts:
            flat[part.start : part.stop] = arrays[part.id].ravel(order=part.order)

    def views(self, flat: Array) -> dict[str, Array]:
        """Return every value as a view of a vector (width): written to, it changes the vector."""
        return {p.id: flat[p.start : p.stop].reshape(p.shape, order=p.order) for p in self.parts}
