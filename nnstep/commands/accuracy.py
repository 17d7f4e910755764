"""How many answers are right, where a network gives answers that are right or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from nnstep.catalog.losses import LOSSES
from nnstep.engine.cell import Array
from nnstep.engine.program import BYTES_PER_CELL, Step
from nnstep.engine.training import Samples, Training
from nnstep.scenario.compile import MEMORY_LIMIT, Compiled

_AT_ONCE = 2_048  # samples: more at once are no faster


@dataclass(frozen=True)
class Accuracy:
    """How many of all answers are right."""

    right: int
    all: int

    @property
    def share(self) -> float:
        """The part that is right, from 0 to 1."""
        return self.right / self.all


def is_classifier(compiled: Compiled) -> bool:
    """Does the network choose between classes: chances or scores at its end, and targets that are 0 or 1?

    A row of several targets has exactly one 1; a single target is a yes or a no.
    """
    targets = compiled.training.train.targets  # (b, ..., j)
    if not np.isin(targets, (0.0, 1.0)).all():
        return False
    if targets.shape[-1] > 1 and not (targets.sum(axis=-1) == 1).all():
        return False
    return _ending(compiled) in ("sigmoid", "softmax") or _gives_scores(compiled)


def measure_accuracy(compiled: Compiled, carried: Mapping[str, Array], samples: Samples) -> Accuracy | None:
    """Return how many answers to these samples are right; None where there are none, or none is right or wrong."""
    if not len(samples) or not is_classifier(compiled):
        return None
    limit = 0.0 if _gives_scores(compiled) else 0.5
    right = total = 0
    at_once = _at_once(compiled.training)
    for start in range(0, len(samples), at_once):
        part = Samples(samples.inputs[start : start + at_once], samples.targets[start : start + at_once])
        outputs, _ = compiled.training.predict(carried, part)  # (b, ..., j)
        chosen, wanted = _choices(outputs, limit), _choices(part.targets, 0.5)  # (b, ...)
        right += int((chosen == wanted).sum())
        total += chosen.size
    return Accuracy(right, total)


def _at_once(training: Training) -> int:
    """Return how many samples may go through the network at once: a whole data set might need too much memory."""
    program = training.answering(1)
    fixed = sum(prod(variable.shape) for variable in program.variables if variable.kind != "data")
    room = MEMORY_LIMIT // BYTES_PER_CELL - fixed
    return max(1, min(_AT_ONCE, room // (program.cells - fixed)))


def _choices(rows: Array, limit: float) -> Array:
    """Return the number of the class that each row names. rows: (b, ..., j)"""
    if rows.shape[-1] == 1:
        return np.asarray(rows[..., 0] > limit, dtype=np.float64)  # (b, ...)
    return np.asarray(rows.argmax(axis=-1), dtype=np.float64)  # (b, ...)


def _ending(compiled: Compiled) -> str:
    program = compiled.training.program(1)
    last = program.values[program.prediction]
    return last.op.name if isinstance(last, Step) else ""


def _gives_scores(compiled: Compiled) -> bool:
    return LOSSES[compiled.scenario.model.loss.name].takes == "logits"
