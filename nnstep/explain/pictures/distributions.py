"""What the picture of distributions shows: histograms of what each layer hands on, and of its weights."""

from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array
from nnstep.engine.program import Step
from nnstep.explain.pictures.looks import Look, look_of
from nnstep.explain.pictures.seen import Seen, current
from nnstep.records import dataclass
from nnstep.session import View

_ROUNDING: Final = 1e-6  # of the deviation
_BINS: Final = 240  # merged to what there is room for
_MOST: Final = 20_000  # numbers that columns are drawn of; of more only every so manieth


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often numbers occur: counts (n,) between low and high. size: how many numbers."""

    name: str
    counts: NDArray[np.intp]
    low: float
    high: float
    mean: float
    spread: float
    size: int
    broken: int
    state: Look


@dataclass(frozen=True, eq=False)
class Distributions:
    """The whole picture: for each layer what it hands on, and its weights (None where it has none)."""

    rows: tuple[tuple[Histogram, Histogram | None], ...]
    lit: int


def distributions_facts(seen: Seen, _found: Any) -> Distributions:
    """Return the histograms of the outputs of this iteration, or of the one before where they are stale."""
    view, now = seen.view, current(seen.view)
    outputs: dict[str, Step] = {}
    for step in view.program.steps:
        if step.phase == "forward":
            outputs[step.layer] = step
    rows = []
    for layer, step in outputs.items():
        if step.op.name in ("reshape", "flatten"):
            continue
        active, shown = view.active, step
        if active is not None and active.layer == layer and active.phase == "forward" and active.shape == step.shape:
            shown = active
        own = [one for one in view.program.parameters if one.layer == layer and len(one.shape) > 1]
        weights = now.get(own[0].id, view.values[own[0].id]) if own else None
        rows.append(
            (
                _histogram(view, shown.id, shown.name, view.painted(shown.id)),
                _histogram(view, own[0].id, own[0].name, weights) if own else None,
            )
        )
    layers = [layer for layer, step in outputs.items() if step.op.name not in ("reshape", "flatten")]
    lit = view.active.layer if view.active else ""
    return Distributions(tuple(rows), layers.index(lit) if lit in layers else -1)


def _histogram(view: View, identity: str, name: str, array: Array | None) -> Histogram:
    look = look_of(view, identity, identity)
    values = np.zeros(0) if array is None else array.ravel()  # (n,)
    are_finite = np.isfinite(values)  # (n,)
    finite = values if are_finite.all() else values[are_finite]  # (m,)
    broken = values.size - finite.size
    if not finite.size:
        empty = np.zeros(_BINS, dtype=np.intp)  # (n,)
        return Histogram(name, empty, 0.0, 0.0, np.nan, np.nan, 0 if array is None else array.size, broken, look)
    low, high = float(finite.min()), float(finite.max())
    span = high - low if isfinite(high - low) and high > low else 0.0
    counted = finite[:: -(-finite.size // _MOST)]  # (n,)
    shares = (counted - low) / span if span else np.full(counted.shape, 0.5)  # (n,)
    counts = np.bincount(np.minimum((shares * _BINS).astype(np.intp), _BINS - 1), minlength=_BINS)  # (n,)
    assert array is not None
    with np.errstate(all="ignore"):
        mean, spread = float(finite.mean()), float(finite.std())
    # Numbers that cancel leave what rounding made of them.
    mean = 0.0 if abs(mean) < _ROUNDING * spread else mean
    return Histogram(name, counts, low, high, mean, spread, array.size, broken, look)
