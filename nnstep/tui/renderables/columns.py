"""Many values in few columns: the least, the largest and the last of each, and how high they stand."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstep.explain.figures import figure


class Columns(NamedTuple):
    """What each column of a curve stands for; NaN where no value is known. Each (x,)."""

    least: NDArray[np.float64]
    most: NDArray[np.float64]
    last: NDArray[np.float64]
    broken: NDArray[np.bool_]  # a value that is not finite falls into the column


class Scale(NamedTuple):
    """What lies at the bottom and at the top of a curve, as powers of ten where `log`."""

    bottom: float
    top: float
    log: bool
    largest: float  # the value at the top

    @property
    def top_text(self) -> str:
        """The value at the top, for people."""
        return figure(self.largest, 3)

    def share(self, value: float) -> float:
        """Return where `value` stands between bottom (0) and top (1)."""
        return float(self._shares(np.array([value]))[0])

    def eighths(self, values: NDArray[np.float64], rows: int) -> NDArray[np.int64]:
        """Return the height of each value in eighths of a line, at least 1; -1 where it is unknown. values: (x,)"""
        known = np.isfinite(values)  # (x,)
        heights = np.rint(self._shares(np.where(known, values, self.bottom)) * rows * 8)  # (x,)
        return np.where(known, np.maximum(heights, 1), -1).astype(np.int64)

    def _shares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        # In halves: the span of the largest doubles is itself no double.
        span = self.top / 2 - self.bottom / 2
        if not span > 0:
            return np.full(values.shape, float(self.log))  # all zeros, or all one power
        stands = _logarithm(values, self.bottom) if self.log else values  # (x,)
        return np.clip((stands / 2 - self.bottom / 2) / span, 0, 1)


def columns_of(values: ArrayLike, epochs: Sequence[int] | ArrayLike, span: tuple[int, int], width: int) -> Columns:
    """Return what at most `width` columns show of a curve, each column as many epochs wide as the others.

    values: (n,), n > 0; epochs: (n,) rising, or empty for 1..n; span: the first and the last epoch of the picture.
    A column without a value of its own keeps the one before.
    """
    array = np.asarray(values, dtype=np.float64)  # (n,)
    when = np.asarray(epochs, dtype=np.int64)  # (n,)
    if not when.size:
        when = np.arange(1, array.size + 1)  # (n,)
    first, last = span
    count = max(1, min(width, last - first + 1))
    place = (when - first) * count // max(1, last - first + 1)  # (n,)
    starts = np.searchsorted(place, np.arange(count), side="left")  # (x,)
    ends = np.searchsorted(place, np.arange(count), side="right")  # (x,)
    own = ends > starts  # (x,)
    finite = np.isfinite(array)  # (n,)
    least = _reduced(np.minimum, np.where(finite, array, np.inf), starts, own)  # (x,)
    most = _reduced(np.maximum, np.where(finite, array, -np.inf), starts, own)  # (x,)
    bad = _reduced(np.maximum, (~finite).astype(np.float64), starts, own)  # (x,)
    final = np.where(own, array[np.maximum(ends - 1, 0)], np.nan)  # (x,)
    return Columns(_held(_known(least)), _held(_known(most)), _held(_known(final)), bad > 0)


def scale_of(columns: Sequence[Columns], log: bool) -> Scale:
    """Return the scale on which all of `columns` fit: from 0, or from the least value where that is negative."""
    every = np.concatenate([part for one in columns for part in (one.least, one.most)])  # (n,)
    known = every[np.isfinite(every)]  # (n,)
    if not log:
        largest = float(known.max(initial=0.0))
        return Scale(float(known.min(initial=0.0)), largest, False, largest)
    positive = known[known > 0]  # (n,)
    if not positive.size:
        return Scale(0.0, 0.0, True, 0.0)
    least, largest = float(positive.min()), float(positive.max())
    return Scale(math.log10(least), math.log10(largest), True, largest)


def _logarithm(values: NDArray[np.float64], bottom: float) -> NDArray[np.float64]:
    """Return powers of ten; what has none lies at the bottom. values: (x,)"""
    positive = values > 0  # (x,)
    return np.where(positive, np.log10(np.where(positive, values, 1.0)), bottom)


def _reduced(
    ufunc: np.ufunc, values: NDArray[np.float64], starts: NDArray[np.int64], own: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return `ufunc` over the values of each column, NaN where a column has none. values: (n,); starts, own: (x,)"""
    result = np.full(starts.shape, np.nan)  # (x,)
    # Columns without values share their start with the next one, so only the others may cut.
    result[own] = ufunc.reduceat(values, starts[own])
    return result


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values with NaN for what is not finite. values: (x,)"""
    return np.where(np.isfinite(values), values, np.nan)


def _held(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values where each unknown one is the last known before it. values: (x,)"""
    index = np.where(np.isnan(values), 0, np.arange(values.size))  # (x,)
    return values[np.maximum.accumulate(index)]
