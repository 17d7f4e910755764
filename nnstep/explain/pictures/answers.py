"""What the picture of answers shows: which class is taken for which, worked out beside the keys."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from nnstep.catalog.classes import chosen, gives_scores, wanted
from nnstep.engine.cell import Array
from nnstep.engine.training import Samples
from nnstep.explain.metrics import Metrics, class_names, measure
from nnstep.explain.pictures.chances import chances
from nnstep.explain.pictures.seen import Carried, Seen, are_same, current
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled

_MOST: Final = 60  # wrong samples that are kept
_AT_ONCE: Final = 512


@dataclass(frozen=True, eq=False)
class Wrong:
    """A sample that is answered wrong: its number in its part, its inputs, both classes, the chance of the chosen."""

    number: int
    inputs: Array
    wanted: int
    chosen: int
    chance: float


@dataclass(frozen=True, eq=False)
class Answers:
    """What was worked out from some parameters, for one part: it is painted anew only where these have changed.

    at: the parameters and states. wrong: the first of them. classes: their names. image: rows and columns of a sample
    that is one.
    """

    at: Carried
    part: str
    metrics: Metrics
    wrong: tuple[Wrong, ...]
    classes: tuple[str, ...]
    image: tuple[int, int] | None


NOT_YET: Final = Answers({}, "", Metrics(0.0), (), (), None)


def answers_work(seen: Seen, found: Answers | None) -> Callable[[], Answers] | None:
    """Return what asks the network about every sample, where that was not done for this moment."""
    at = current(seen.view)
    return None if found is not None and are_same(found.at, at) else partial(_answered, seen.view.compiled, at)


def _answered(compiled: Compiled, at: Carried) -> Answers:
    """Ask about the test, else the validation, else the samples trained on; runs beside the keys."""
    training = compiled.training
    parts = (("test", training.test), ("validation", training.validation), ("training", training.train))
    name, samples = next((name, part) for name, part in parts if len(part))
    metrics = measure(compiled, at, samples)
    assert metrics is not None
    wrong = tuple(_wrong(compiled, at, samples))
    return Answers(at, name, metrics, wrong, class_names(compiled), _image(compiled))


def _image(compiled: Compiled) -> tuple[int, int] | None:
    """Return rows and columns of a sample that is an image."""
    image, inputs = compiled.data.image, compiled.training.train.inputs
    if inputs.ndim == 4:
        return inputs.shape[2], inputs.shape[3]
    return image if image and image[0] * image[1] == inputs[0].size else None


def _wrong(compiled: Compiled, at: Carried, samples: Samples) -> list[Wrong]:
    found: list[Wrong] = []
    are_scores = gives_scores(compiled.training.program(1))
    for start in range(0, len(samples), _AT_ONCE):
        part = Samples(samples.inputs[start : start + _AT_ONCE], samples.targets[start : start + _AT_ONCE])
        outputs, _ = compiled.training.predict(at, part)  # (b, j)
        if not np.isfinite(outputs).all():
            return []
        right, said = wanted(part.targets), chosen(outputs, are_scores=are_scores)  # (b,)
        sure = chances(outputs, are_scores=are_scores).max(axis=1)  # (b,)
        for row in np.flatnonzero(right != said).tolist():
            found.append(Wrong(start + row, part.inputs[row], int(right[row]), int(said[row]), float(sure[row])))
            if len(found) == _MOST:
                return found
    return found


def answers_facts(_seen: Seen, found: Answers | None) -> Answers:
    """Return what was worked out last."""
    return found or NOT_YET
