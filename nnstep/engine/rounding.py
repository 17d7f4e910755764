"""Which numbers are 0 but for rounding: what is left where numbers cancel that were added up."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array
from nnstep.engine.program import Program, Step

Mask = NDArray[np.bool_]

RUNS: Final = 5
"""How often rounding is imitated, to see how far a number is moved by it."""
_SURE: Final = 3  # times as large as it is moved a number has to be to have a digit of its own
_LEFT: Final = 1e-6  # of what rounding does: what is smaller still is not what rounding has left, but small by itself
_TINY: Final = 1e-12  # of the largest number of an iteration: what is larger is no rounding
_MOST: Final = 100_000  # cells: in a larger program nobody waits for this at each key
_KEPT: Final = 4  # iterations whose answer is remembered

_known: list[tuple[Mapping[str, Array], Mapping[str, Mask]]] = []


def lost_to_rounding(program: Program, values: Mapping[str, Array]) -> Mapping[str, Mask]:
    """Return which cells of an iteration are no more than rounding, as True and False, for each value that has such.

    values: all of the iteration, which stay as they are. Each step is run again a few times while rounding is imitated,
    see `shaken`. A number that is hardly further from 0 than it is moved by that has no digit of its own. One that is
    merely small keeps its digits, and is none of these: a gradient of 1e-12 may be a gradient. Nor is one far smaller
    than what rounding leaves, such as comes from slopes of 1e-27. None are looked for in large programs.
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
    needed = set(tiny)
    for step in reversed(steps):
        needed.update(step.reads if step.id in needed else ())
    steps = tuple(step for step in steps if step.id in needed)
    rng = np.random.default_rng(0)
    moved = {identity: np.zeros(cells.shape) for identity, cells in tiny.items()}  # as the value
    for _ in range(RUNS):
        other = shaken(steps, values, rng)
        for identity, most in moved.items():
            with np.errstate(all="ignore"):
                np.fmax(most, np.abs(other[identity] - values[identity]), out=most)
    found: dict[str, Mask] = {}
    for identity, cells in tiny.items():
        size, most = np.abs(values[identity]), moved[identity]  # as the value
        found[identity] = np.asarray(cells & (size <= _SURE * most) & (size >= _LEFT * most), dtype=np.bool_)
    return {identity: cells for identity, cells in found.items() if cells.any()}


def shaken(steps: Iterable[Step], values: Mapping[str, Array], rng: np.random.Generator) -> dict[str, Array]:
    """Return values with those of some steps made again while rounding is imitated: all they read is off by one unit.

    values: what there is already, at least all that the steps read and do not make; they stay as they are. A number
    that is read in two places is off by the same, as what rounding left of it is the same in both. Parker: Monte Carlo
    arithmetic, UCLA CSD-970002 (1997).
    """
    made, off = dict(values), dict[str, Array]()
    with np.errstate(all="ignore"):
        for step in steps:
            for read in step.reads:
                if read not in off:
                    off[read] = _off(made[read], rng)
            made[step.id] = np.asarray(step.op.forward(*(off[read] for read in step.reads), **step.settings))
    return made


def _off(value: Array, rng: np.random.Generator) -> Array:
    """Return numbers off by one unit in their last place, up or down by lot.

    Whole ones are exact, or are the numbers of rows; one that is not finite has no last place.
    """
    whole = value == np.rint(value)  # as value
    if whole.all():
        return value
    ways = np.where(rng.random(value.shape) < 0.5, -np.inf, np.inf)  # as value
    return np.where(whole, value, np.nextafter(value, ways))  # as value


def _is_finite(value: Array) -> bool:
    return bool(value.size) and bool(np.isfinite(value).all())
