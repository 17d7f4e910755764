"""Scaling each feature, as scikit-learn's scalers do it, to the last bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.catalog.datasets.dataset import Array
from nnstep.errors import NnstepError, unknown

_EPSILON = float(np.finfo(np.float64).eps)


def minmax(inputs: Array) -> Array:
    """Return each feature scaled to run from 0 to 1; one that does not vary becomes 0.

    x·s - min·s with s = 1 / (max - min), rounded in this order. (b, i) in and out.
    Source: scikit-learn's MinMaxScaler.
    """
    low: Array = inputs.min(axis=0)  # (i,)
    width = inputs.max(axis=0) - low  # (i,)
    scale: Array = 1.0 / np.where(width < 10 * _EPSILON, 1.0, width)  # (i,)
    return inputs * scale + (0.0 - low * scale)  # (b, i)


def standard(inputs: Array) -> Array:
    """Return each feature moved and scaled to mean 0 and standard deviation 1; one that does not vary becomes 0.

    The variance is over b, not b - 1, by the corrected two-pass algorithm. (b, i) in and out.
    Source: scikit-learn's StandardScaler; Chan, Golub, LeVeque, The American Statistician 37.3 (1983).
    """
    count = len(inputs)
    mean: Array = inputs.sum(axis=0) / count  # (i,)
    apart: Array = inputs - mean  # (b, i)
    rest: Array = apart.sum(axis=0)  # (i,)
    variance = ((apart**2).sum(axis=0) - rest**2 / count) / count  # (i,)
    # Below this bound a variance is nothing but rounding.
    bound = count * _EPSILON * variance + (count * mean * _EPSILON) ** 2  # (i,)
    deviation: Array = np.where(variance <= bound, 1.0, np.sqrt(variance))  # (i,)
    return apart / deviation  # (b, i)


SCALES: dict[str, Callable[[Array], Array]] = {"minmax": minmax, "standard": standard}


def scaled(inputs: Array, scale: str | None, *, where: str = "") -> Array:
    """Return the inputs scaled as the name says, or as they are for None.

    Raises NnstepError for a name that is not in SCALES, and when the numbers are too large to be scaled.
    """
    if scale is None:
        return inputs
    if scale not in SCALES:
        raise unknown("scale", scale, SCALES, where=where)
    try:
        # An infinite width would otherwise scale every sample to 0, which looks like a result.
        with np.errstate(over="raise"):
            return SCALES[scale](inputs)  # (b, i)
    except FloatingPointError as fault:
        hint = "divide them by a constant first"
        raise NnstepError("the inputs are too large to be scaled", where=where, hint=hint) from fault
