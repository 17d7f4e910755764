"""Which answers are right: what a class is in targets, and which one an answer chooses."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.losses import LOSSES
from nnstep.engine.cell import Array
from nnstep.engine.program import Program, Step
from nnstep.engine.training import Training

_SCORED: Final = frozenset(
    loss.step_op(way) for loss in LOSSES.values() if loss.takes == "logits" for way in ("sum", "mean")
)


def are_classes(targets: Array) -> bool:
    """Do targets (b, ..., j) name classes? A row of several has exactly one 1; a single one is a yes or a no."""
    if not np.isin(targets, (0.0, 1.0)).all():
        return False
    return targets.shape[-1] == 1 or bool((targets.sum(axis=-1) == 1).all())


def is_classifier(training: Training) -> bool:
    """Does the network choose between classes, and do the targets of every part name them?"""
    return chooses(training.program(1)) and all(are_classes(part.targets) for part in training.parts)


def gives_scores(program: Program) -> bool:
    """Does the loss take scores in place of chances? Then a single answer is yes above 0, and not above 1/2."""
    return any(step.op.name in _SCORED for step in (*program.steps, *program.measures))


def chooses(program: Program) -> bool:
    """Does the network choose between classes: are there chances or scores at its end?"""
    last = program.values[program.prediction]
    return gives_scores(program) or (isinstance(last, Step) and last.op.name in ("sigmoid", "softmax"))


def chosen(answers: Array, *, are_scores: bool) -> NDArray[np.intp]:
    """Return the number of the class that each answer (b, ..., j) chooses: the highest chance or score (b, ...)."""
    return _named(answers, 0.0 if are_scores else 0.5)


def wanted(targets: Array) -> NDArray[np.intp]:
    """Return the number of the class that each target (b, ..., j) names (b, ...)."""
    return _named(targets, 0.5)


def _named(rows: Array, limit: float) -> NDArray[np.intp]:
    if rows.shape[-1] == 1:
        return np.asarray(rows[..., 0] > limit, dtype=np.intp)  # (b, ...)
    return np.asarray(rows.argmax(axis=-1), dtype=np.intp)  # (b, ...)
