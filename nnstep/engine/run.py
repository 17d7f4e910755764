"""Running a program: one step, some of them, or a whole iteration."""

from collections.abc import Iterable, Mapping

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.gather import Flags
from nnstep.engine.program import Program, Step, Variable


def run_steps(steps: Iterable[Step], values: dict[str, Array]) -> None:
    """Work out steps in their order and keep what they make. Overflow gives inf and nan, as NumPy does."""
    with np.errstate(all="ignore"):
        for step in steps:
            values[step.id] = np.asarray(step.op.forward(*[values[value] for value in step.reads], **step.settings))


def run_step(step: Step, values: dict[str, Array]) -> Array:
    """Work out one step, keep what it makes, and return it."""
    run_steps((step,), values)
    return values[step.id]


def run_iteration(program: Program, start: Mapping[str, Array]) -> dict[str, Array]:
    """Return every value of one iteration, given those of its variables."""
    values = dict(start)
    run_steps((*program.steps, *program.measures), values)
    return values


def carried(program: Program, values: Mapping[str, Array]) -> dict[str, Array]:
    """Return what the next iteration starts with: the parameters and states after the updates."""
    return {before: values[after] for before, after in program.carry.items()}


def first_not_finite(program: Program, values: Mapping[str, Array]) -> tuple[str, Cell] | None:
    """Return the id of the first value that is not finite, and its first such cell; None where all are finite.

    Infinities that an operation makes on purpose are no fault.
    """
    for identity, known in program.values.items():
        broken = broken_cells(known, values[identity])
        if broken.any():
            return identity, Cell(identity, tuple(int(n) for n in np.argwhere(broken)[0]))
    return None


def broken_cells(known: Variable | Step, value: Array) -> Flags:
    """Return which cells of a value are not finite, as the value; infinities made on purpose are no fault."""
    meant = isinstance(known, Step) and known.op.infinite
    return np.isnan(value) if meant else ~np.isfinite(value)  # as value
