"""Which numbers are 0 but for rounding: what is left where numbers cancel that were added up."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array
from nnstep.engine.program import Program, Step
from nnstep.engine.run import run_steps

Mask = NDArray[np.bool_]

_EPSILON: Final = float(np.finfo(np.float64).eps)
_RUNS: Final = 5  # how often rounding is imitated
_SAFE: Final = 4  # how much more than the most of these it may do
_LEFT: Final = 1e-6  # of what rounding does: what is smaller still is not what rounding has left, but small by itself
_TINY: Final = 1e-12  # of the largest number of an iteration: what is larger is no rounding
_MOST: Final = 100_000  # cells: in a larger program nobody waits for this at each key
_KEPT: Final = 4  # iterations whose answer is remembered

_known: list[tuple[Mapping[str, Array], Mapping[str, Mask]]] = []


def lost_to_rounding(program: Program, values: Mapping[str, Array]) -> Mapping[str, Mask]:
    """Return which cells of an iteration are no more than rounding, as True and False, for each value that has such.

    values: all of the iteration, which stay as they are. Each step is run again a few times with all that it reads off
    by one unit, up or down by lot (Parker: Monte Carlo arithmetic, UCLA CSD-970002, 1997). A number that is not further
    from 0 than it is moved by that has no digit of its own. One that is merely small keeps its digits, and is none of
    these: a gradient of 1e-12 may be a gradient. Nor is one far smaller than what rounding leaves, such as comes from
    slopes of 1e-27. None are looked for in large programs.
    """
    if program.cells > _MOST:
        return {}
    for known, found in _known:
        if known is values:
            return found
    found = _found(program, values)
    _known.insert(0, (values, found))
    del _known[_KEPT:]
    return found


def _found(program: Program, values: Mapping[str, Array]) -> Mapping[str, Mask]:
    steps = (*program.steps, *program.measures)
    largest = max((float(np.abs(value).max()) for value in values.values() if _is_finite(value)), default=0.0)
    tiny = {step.id: (values[step.id] != 0) & (np.abs(values[step.id]) < _TINY * largest) for step in steps}
    tiny = {identity: cells for identity, cells in tiny.items() if cells.any()}
    # What an optimizer remembers of squares is small in every iteration: alone it is no reason to look.
    if not any(step.id in tiny for step in steps if step.phase != "update"):
        return {}
    rng = np.random.default_rng(0)
    moved = {identity: np.zeros(cells.shape) for identity, cells in tiny.items()}  # as the value
    for _ in range(_RUNS):
        shaken = _shaken(steps, values, rng)
        for identity, most in moved.items():
            with np.errstate(all="ignore"):
                np.fmax(most, np.abs(shaken[identity] - values[identity]), out=most)
    found: dict[str, Mask] = {}
    for identity, cells in tiny.items():
        size, most = np.abs(values[identity]), moved[identity]  # as the value
        found[identity] = np.asarray(cells & (size <= _SAFE * most) & (size >= _LEFT * most), dtype=np.bool_)
    return {identity: cells for identity, cells in found.items() if cells.any()}


def _shaken(steps: tuple[Step, ...], values: Mapping[str, Array], rng: np.random.Generator) -> Mapping[str, Array]:
    made = dict(values)
    for step in steps:
        own = {read: _off(made[read], rng) for read in step.reads}
        run_steps((step,), own)
        made[step.id] = own[step.id]
    return made


def _off(value: Array, rng: np.random.Generator) -> Array:
    """Return numbers off by one unit; whole ones are exact, or are the numbers of rows."""
    if not _is_finite(value) or (value == np.rint(value)).all():
        return value
    return value * (1 + _EPSILON * (2 * rng.integers(0, 2, value.shape) - 1))  # as value


def _is_finite(value: Array) -> bool:
    return bool(value.size) and bool(np.isfinite(value).all())
