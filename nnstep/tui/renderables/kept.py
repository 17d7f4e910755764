"""What was drawn last, so that only what looks otherwise now is drawn anew: a step changes a few matrices of many."""

from collections.abc import Callable
from operator import is_
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.strip import Strip

from nnstep.tui.renderables.layout import Layout

Made = TypeVar("Made")

Piece = tuple[int, list[Segment], int]  # where it begins in its line, what it is, how wide it is
Drawing = list[tuple[int, Piece]]  # the pieces of a box, each with its line in the box


class Looks:
    """All that the drawing of a box depends on.

    same: what has to be the very same object, such as an array, which nobody writes to. equal: what has to be equal.
    marks: arrays that have to hold the same, whichever object does.
    """

    __slots__ = ("equal", "marks", "same")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self, same: tuple[object, ...], equal: tuple[object, ...], marks: tuple[NDArray[Any] | None, ...] = ()
    ) -> None:
        self.same, self.equal, self.marks = same, equal, marks

    def __eq__(self, other: object) -> bool:
        """Is everything as it is there?"""
        return (
            isinstance(other, Looks)
            and self.equal == other.equal
            and all(map(is_, self.same, other.same))
            and all(map(_holds_the_same, self.marks, other.marks))
        )


def _holds_the_same(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


class Last(Generic[Made]):
    """What was made last in each place; it is made anew where it would be made of something else."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, Made]] = {}

    def at(self, place: int, made_of: object, make: Callable[[], Made]) -> Made:
        """Return what stands in a place, the same object as long as it is made of what it was made of."""
        found = self._made.get(place)
        if found is None or found[0] != made_of:
            found = self._made[place] = (made_of, make())
        return found[1]

    def clear(self) -> None:
        """Keep nothing."""
        self._made.clear()


class Kept:
    """The boxes of one sheet by their numbers, its lines, and these with what stands beside them, as drawn last."""

    def __init__(self) -> None:
        self._layout: Layout | None = None
        self.boxes: Last[Drawing] = Last()
        self.lines: Last[Strip] = Last()
        self.framed: Last[Strip] = Last()

    def begin(self, layout: Layout) -> None:
        """Keep nothing of what stood elsewhere."""
        if layout is not self._layout:
            self._layout = layout
            for kept in (self.boxes, self.lines, self.framed):
                kept.clear()
