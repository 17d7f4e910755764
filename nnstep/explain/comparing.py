"""Two runs side by side: both moved together, and where their numbers differ. As data.

What people do with it. A lecturer asks "what if the learning rate were ten times as large?" and shows both at the same
step; a student has two scenarios that ought to be the same, and wants the first number that is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isnan
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array, Cell
from nnstep.records import dataclass
from nnstep.session import Session, View

Mask = NDArray[np.bool_]
Verdict = Literal["same", "differs", "other shape", "only in A", "only in B"]


@dataclass(frozen=True)
class Compared:
    """One value in two runs.

    largest: the largest difference, B less A, nan where one of the two is no finite number; it stands at the cell `at`,
    where the runs have the numbers `first` and `second`. How many cells differ, of how many.
    """

    id: str
    name: str
    verdict: Verdict
    largest: float = 0.0
    at: tuple[int, ...] = ()
    first: float = 0.0
    second: float = 0.0
    differing: int = 0
    cells: int = 0


def compare(first: View, second: View) -> tuple[Compared, ...]:
    """Return every value that is there in either of two views, in the order of the second one's program."""
    found = [_compared(first, second, identity) for identity in second.program.values if _is_there(second, identity)]
    for identity, value in first.program.values.items():
        if _is_there(first, identity) and not (identity in second.program.values and _is_there(second, identity)):
            found.append(Compared(identity, value.name, "only in A"))
    return tuple(found)


def difference(first: View, second: View) -> View:
    """Return the second view with the difference to the first one in each cell; nan where there is nothing to hold.

    Two that are both nan, or the same infinity (a mask), do not differ.
    """
    return replace(
        second,
        values=_differences(first.values, second.values),
        before=_differences(first.before, second.before),
        fault=None,
        is_run=False,
    )


def shown_numbers(first: View, second: View, cell: Cell) -> tuple[float | None, float | None]:
    """Return the number that each view shows in a cell; None where it shows none."""
    return _shown(first, cell), _shown(second, cell)


class Pair:
    """Two sessions that stand at the same step of the same iteration. The second one leads, the first one follows.

    look: what may be seen of the second one's view, and no more of the first one's; None for all.
    """

    def __init__(self, first: Session, second: Session, look: Callable[[View], View] | None = None) -> None:
        self.first, self.second, self._look = first, second, look
        self._masks: dict[str, tuple[Array, Array, Mask]] = {}
        first.beside(second)

    @property
    def is_hidden(self) -> bool:
        """Is there something that is not to be seen, as it is to be predicted first?"""
        return self._look is not None and bool(self._look(self.second.view()).hidden)

    def views(self) -> tuple[View, View]:
        """Return what there is to see in each."""
        first, second = self.first.view(), self.second.view()
        second = self._look(second) if self._look else second
        if second.hidden:
            told = second.cursor if second.cursor and _fits(first, second.cursor) else None
            first = first.hiding(second.hidden, told, second.kept_from)
        return first, second

    def differing(self, first: View, second: View) -> Mapping[str, Mask]:
        """Return which cells of the second view differ from the first one's, as True and False, where any does."""
        found = {}
        for identity in second.program.values:
            one, other = _array(first, identity), second.array(identity)
            if one is None or other is None or one is other or one.shape != other.shape:
                continue
            # Values stay the same arrays as long as an iteration is shown.
            known = self._masks.get(identity)
            if known is None or known[0] is not one or known[1] is not other:
                known = self._masks[identity] = (one, other, _different(one, other))
            if known[2].any():
                found[identity] = known[2]
        return found


def _compared(first: View, second: View, identity: str) -> Compared:
    value, one, other = second.program.values[identity], _array(first, identity), second.array(identity)
    assert other is not None
    # The weights before an update and after it have one name.
    name = f"{value.name} (new)" if value.role.endswith(".next") else value.name
    if one is None:
        return Compared(identity, name, "only in B")
    if one.shape != other.shape:
        return Compared(identity, name, "other shape")
    with np.errstate(all="ignore"):
        apart = other - one  # as the value
    different = _different(one, other)  # as the value
    if not different.any():
        return Compared(identity, name, "same", cells=other.size)
    size = np.where(different, np.nan_to_num(np.abs(apart), nan=np.inf), -1.0)  # as the value
    at = tuple(int(n) for n in np.unravel_index(int(size.argmax()), size.shape)) if size.ndim else ()
    largest, count = float(apart[at]), int(different.sum())
    return Compared(identity, name, "differs", largest, at, float(one[at]), float(other[at]), count, other.size)


def _different(one: Array, other: Array) -> Mask:
    """Return which cells differ, as True and False; two that are no number are the same."""
    different = np.asarray(one != other, dtype=np.bool_)  # as the value
    if different.any():
        different &= ~(np.isnan(one) & np.isnan(other))  # as the value
    return different


def _is_there(view: View, identity: str) -> bool:
    return view.state(identity) not in ("blank", "hidden", "stale")


def _array(view: View, identity: str) -> Array | None:
    return view.array(identity) if identity in view.program.values else None


def _shown(view: View, cell: Cell) -> float | None:
    return view.shown(cell) if _fits(view, cell) else None


def _fits(view: View, cell: Cell) -> bool:
    """Is there such a cell?"""
    if cell.name not in view.program.values:
        return False
    shape = view.program.values[cell.name].shape
    return len(shape) == len(cell.at) and all(n < size for n, size in zip(cell.at, shape, strict=True))


def _differences(one: Mapping[str, Array], other: Mapping[str, Array]) -> dict[str, Array]:
    found = {}
    for identity, array in other.items():
        was = one.get(identity)
        if was is None or was.shape != array.shape:
            found[identity] = np.full(array.shape, np.nan)  # as the value
            continue
        with np.errstate(all="ignore"):
            found[identity] = np.where(_different(was, array), array - was, 0.0)  # as the value
    return found


def are_same(one: float, other: float) -> bool:
    """Are two numbers the same? Two that are no number are."""
    return one == other or (isnan(one) and isnan(other))
