"""Running a program: one step, or a whole iteration."""

from collections.abc import Mapping

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step


def run_step(step: Step, values: dict[str, Array]) -> Array:
    """Work out one step and keep its value. Overflow and invalid values give inf and nan and raise nothing."""
    with np.errstate(all="ignore"):
        made = np.asarray(step.op.forward(*[values[value] for value in step.reads], **step.settings))
    values[step.id] = made
    return made


def run_iteration(program: Program, start: Mapping[str, Array]) -> dict[str, Array]:
    """Return every value of one iteration, given those of its variables."""
    values = dict(start)
    with np.errstate(all="ignore"):
        for step in (*program.steps, *program.measures):
            values[step.id] = np.asarray(step.op.forward(*[values[value] for value in step.reads], **step.settings))
    return values


def carried(program: Program, values: Mapping[str, Array]) -> dict[str, Array]:
    """Return what the next iteration starts with: the parameters and states after the updates."""
    return {before: values[after] for before, after in program.carry.items()}


def first_not_finite(program: Program, values: Mapping[str, Array]) -> tuple[str, Cell] | None:
    """Return the id of the first value that is not finite, and its first such cell; None where all are finite.

    Infinities that an operation makes on purpose are no fault.
    """
    for identity, known in program.values.items():
        value = values[identity]
        meant = isinstance(known, Step) and known.op.infinite
        sound = ~np.isnan(value) if meant else np.isfinite(value)  # as value
        if not sound.all():
            place = np.argwhere(~sound)[0]
            return identity, Cell(identity, tuple(int(n) for n in place))
    return None
