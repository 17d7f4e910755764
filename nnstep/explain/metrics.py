"""How well a network answers: its loss, how many answers are right, and which classes it takes for which."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.classes import chosen, gives_scores, is_classifier, wanted
from nnstep.catalog.losses import LOSSES
from nnstep.engine.cell import Array
from nnstep.engine.program import BYTES_PER_CELL
from nnstep.engine.training import Samples, Training
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.scenario.cost import MEMORY_LIMIT

Answer = tuple[int, int]
"""The class that was wanted and the class that was chosen, both counted from 0."""

_AT_ONCE = 2_048  # samples: more at once are no faster


@dataclass(frozen=True)
class Metrics:
    """How well the samples of one part are answered.

    loss: as the scenario defines it, without training on them. classes: how many there are; 0 where answers are
    neither right nor wrong. answers: how many there are of each kind that occurs.
    """

    loss: float
    classes: int = 0
    answers: Mapping[Answer, int] = field(default_factory=dict)

    @cached_property
    def all(self) -> int:
        """How many answers there are that are right or wrong."""
        return sum(self.answers.values())

    @cached_property
    def right(self) -> int:
        """How many answers are right."""
        return sum(count for (wanted, chosen), count in self.answers.items() if wanted == chosen)

    @property
    def accuracy(self) -> float | None:
        """The part of the answers that is right, from 0 to 1; None where none is right or wrong."""
        return self.right / self.all if self.all else None

    @property
    def confusion(self) -> NDArray[np.intp]:
        """How many answers there are of each kind: a row for each class wanted, a column for each chosen. (j, k)"""
        counts = np.zeros((self.classes, self.classes), dtype=np.intp)  # (j, k)
        for answer, count in self.answers.items():
            counts[answer] = count
        return counts

    @property
    def mistakes(self) -> tuple[tuple[Answer, int], ...]:
        """The kinds of wrong answers, the most frequent first."""
        wrong = [(answer, count) for answer, count in self.answers.items() if answer[0] != answer[1]]
        return tuple(sorted(wrong, key=lambda one: (-one[1], one[0])))


def class_names(compiled: Compiled) -> tuple[str, ...]:
    """Return what the classes are called: their labels, or their numbers; nothing where there are no classes."""
    if not is_classifier(compiled.training):
        return ()
    count = max(2, compiled.training.train.targets.shape[-1])
    labels = compiled.data.labels
    return labels if len(labels) == count else tuple(str(number) for number in range(count))


def is_averaged(compiled: Compiled) -> bool:
    """Is the loss an average over samples, and not their sum?"""
    loss = compiled.scenario.model.loss
    return (loss.reduction or LOSSES[loss.name].reduction) == "mean"


def measure(compiled: Compiled, carried: Mapping[str, Array], samples: Samples) -> Metrics | None:
    """Return how well the network with these parameters and states answers samples; None where there are none.

    An answer is a row of the output: the class with the highest chance or score, or, where there is one output only,
    yes above a chance of 1/2 (a score of 0). There is none where an output is not a finite number.
    """
    if not len(samples):
        return None
    found: Counter[Answer] = Counter()
    losses, are_scores, finite = [], gives_scores(compiled.training.program(1)), is_classifier(compiled.training)
    for part in _portions(compiled.training, samples):
        outputs, loss = compiled.training.predict(carried, part)  # (b, ..., j)
        losses.append((loss, len(part)))
        finite = finite and bool(np.isfinite(outputs).all())
        if finite:
            said = chosen(outputs, are_scores=are_scores)  # (b, ...)
            found.update(zip(wanted(part.targets).ravel().tolist(), said.ravel().tolist(), strict=True))
    loss = _together(compiled, carried, losses)
    return Metrics(loss, len(class_names(compiled)), dict(found)) if finite else Metrics(loss)


def _together(compiled: Compiled, carried: Mapping[str, Array], losses: list[tuple[float, int]]) -> float:
    """Return the loss of all samples from those of some each; what the weights cost counts once."""
    if len(losses) == 1:
        return losses[0][0]
    if is_averaged(compiled):
        return sum(loss * count for loss, count in losses) / sum(count for _, count in losses)
    steps = [step for step in compiled.training.answering(1).scoring if step.op.name == "l2_penalty"]
    with np.errstate(all="ignore"):
        penalty = sum(float(step.op.forward(carried[step.reads[0]], **step.settings)) for step in steps)
    return sum(loss - penalty for loss, _ in losses) + penalty


def _portions(training: Training, samples: Samples) -> Iterator[Samples]:
    """Yield the samples, as many at once as there is memory for: a whole data set might need too much."""
    program = training.answering(1)
    fixed = sum(prod(variable.shape) for variable in program.variables if variable.kind != "data")
    room = MEMORY_LIMIT // BYTES_PER_CELL - fixed
    at_once = max(1, min(_AT_ONCE, room // (program.cells - fixed)))
    for start in range(0, len(samples), at_once):
        part = slice(start, start + at_once)
        yield Samples(samples.inputs[part], samples.targets[part])
