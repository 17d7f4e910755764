"""What the picture of the decision surface shows: the answers all over the plane, worked out beside the keys."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.classes import chosen, gives_scores, wanted
from nnstep.engine.cell import Array
from nnstep.engine.layout import columns
from nnstep.engine.program import BYTES_PER_CELL
from nnstep.engine.run import run_steps
from nnstep.engine.training import INPUTS, RATE, TARGETS
from nnstep.explain.metrics import class_names
from nnstep.explain.pictures.seen import Carried, Seen, are_same, current
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.scenario.cost import MEMORY_LIMIT

_AT_ONCE: Final = 1024  # points
_MARGIN: Final = 0.15  # around the samples, of their span
_MOST_SAMPLES: Final = 400
UNIT_WIDTH, UNIT_ROWS = 18, 12  # of the small picture of a hidden unit: points across and down
UNITS_FROM: Final = 76  # cells from which on there is room for them
_MOST_UNITS: Final = 32


@dataclass(frozen=True, eq=False)
class Plane:
    """What was worked out from some parameters.

    answers: all over the plane from the top (y, x, j). units: what hidden units say there (k, v, u). samples: the
    answers to all samples trained on (n, j), as the middle of the place that one lies in may be over the line.
    """

    at: Carried
    answers: Array
    units: Array
    samples: Array


@dataclass(frozen=True, eq=False)
class Surface:
    """The whole picture.

    plane: None before it was worked out. low, high: of both inputs. points: (b, 2); kinds: the class of each, or -1;
    right: is each on its side? wrong, all: how many samples are not, and of how many, drawn or not. chosen: the row of
    the chosen sample. classes: their names; none where numbers are learned. outputs: how many numbers an answer is.
    are_scores: are these no chances? has_units: is there a hidden layer?
    """

    plane: Plane | None
    low: Array
    high: Array
    points: Array
    kinds: NDArray[np.intp]
    right: NDArray[np.bool_]
    wrong: int
    all: int
    chosen: int
    classes: tuple[str, ...]
    outputs: int
    are_scores: bool
    names: tuple[str, str]
    has_units: bool


def surface_work(seen: Seen, found: Plane | None) -> Callable[[], Plane] | None:
    """Return what works out the plane for where we are, where that is not what was worked out last."""
    has_units = bool(_hidden(seen.view.compiled)) and not seen.is_large
    width, rows = main_size(seen.width, has_units=has_units), max(seen.height - 2, 1) * 2
    at = current(seen.view)
    if found is not None and found.answers.shape[:2] == (rows, width) and are_same(found.at, at):
        return None
    return partial(_plane, seen.view.compiled, at, width, rows)


def main_size(width: int, *, has_units: bool) -> int:
    """Return how many cells of the width the surface itself takes; the rest is for the hidden units."""
    if not has_units or width < UNITS_FROM:
        return max(width - 2, 1)
    return width - (UNIT_WIDTH + 3) * (2 if width >= 130 else 1)


def _hidden(compiled: Compiled) -> str:
    """Return the id of what the first hidden layer hands on; nothing where there is none."""
    program = compiled.training.answering(1)
    first = next((step for step in program.scoring if step.role == "output"), None)
    return first.id if first is not None and first.id != program.prediction and len(first.shape) == 2 else ""


def _plane(compiled: Compiled, at: Carried, width: int, rows: int) -> Plane:
    """Ask the network about the whole plane; runs beside the keys."""
    low, high = _bounds(compiled)
    answers, _ = _ask(compiled, at, _grid(low, high, width, rows))
    _, hidden = _ask(compiled, at, _grid(low, high, UNIT_WIDTH, UNIT_ROWS))
    units = hidden.T.reshape(-1, UNIT_ROWS, UNIT_WIDTH)[:_MOST_UNITS]  # (k, v, u)
    samples, _ = _ask(compiled, at, compiled.training.train.inputs)
    return Plane(at, answers.reshape(rows, width, -1), units, samples)


def _grid(low: Array, high: Array, width: int, rows: int) -> Array:
    """Return the middle of each place, row after row from the top: (y x, 2)"""
    across = low[0] + (np.arange(width) + 0.5) / width * (high[0] - low[0])  # (x,)
    down = high[1] - (np.arange(rows) + 0.5) / rows * (high[1] - low[1])  # (y,)
    return np.column_stack([np.tile(across, rows), np.repeat(down, width)])  # (y x, 2)


def _bounds(compiled: Compiled) -> tuple[Array, Array]:
    inputs = compiled.training.train.inputs  # (b, 2)
    low, high = inputs.min(axis=0), inputs.max(axis=0)  # (2,)
    span = np.where(high > low, high - low, 1.0) * _MARGIN  # (2,)
    return low - span, high + span


def _ask(compiled: Compiled, at: Carried, points: Array) -> tuple[Array, Array]:
    """Return the network's answers (n, j) at points (n, 2), and what its first hidden layer says there (n, k).

    Points are asked in portions of one size, whatever the picture's: each size would need a program of its own.
    """
    training = compiled.training
    program = training.answering(1)
    fixed = sum(int(np.prod(variable.shape)) for variable in program.variables if variable.kind != "data")
    room = max(1, (MEMORY_LIMIT // BYTES_PER_CELL - fixed) // max(program.cells - fixed, 1))
    size = min(_AT_ONCE, room)
    program = training.answering(size)
    hidden = _hidden(compiled)
    steps = [step for step in program.scoring if step.phase == "forward"]
    answers, units = [], []
    rows = np.arange(size)
    fed = {v.id: columns(training.feeds[v.id](0, rows)) for v in program.variables if v.id in training.feeds}
    targets = np.zeros((size, *training.train.targets.shape[1:]))  # (b, ...)
    for start in range(0, len(points), size):
        part = points[start : start + size]  # (n, 2)
        asked = np.zeros((size, 2))  # (b, 2)
        asked[: len(part)] = part
        values = {INPUTS: columns(asked), TARGETS: targets, RATE: np.asarray(training.rate), **fed}
        values |= {identity: columns(value) for identity, value in at.items()}
        run_steps(steps, values)
        answers.append(values[program.prediction][: len(part)])
        units.append(values[hidden][: len(part)] if hidden else np.zeros((len(part), 0)))
    return np.concatenate(answers), np.concatenate(units)


def surface_facts(seen: Seen, found: Plane | None) -> Surface:
    """Return the plane and the samples on it."""
    view, compiled = seen.view, seen.view.compiled
    train = compiled.training.train
    classes, are_scores = class_names(compiled), gives_scores(compiled.training.program(1))
    low, high = _bounds(compiled)
    every = -(-len(train) // _MOST_SAMPLES)
    told = view.samples[view.sample]
    rows = np.unique(np.append(np.arange(0, len(train), every), told))  # (b,)
    kinds = wanted(train.targets) if classes else np.full(len(train), -1, dtype=np.intp)  # (n,)
    right = np.ones(len(train), dtype=np.bool_)  # (n,)
    if classes and found is not None:
        said = chosen(found.samples, are_scores=are_scores)  # (n,)
        right = (kinds == said) & np.isfinite(found.samples).all(axis=-1)  # (n,)
    names = compiled.data.features if len(compiled.data.features) == 2 else ("x0", "x1")
    where = int(np.flatnonzero(rows == told)[0])
    has_units = bool(_hidden(compiled)) and not seen.is_large
    return Surface(
        plane=found,
        low=low,
        high=high,
        points=train.inputs[rows],
        kinds=kinds[rows],
        right=right[rows],
        wrong=int((~right).sum()),
        all=len(train),
        chosen=where,
        classes=classes,
        outputs=train.targets.shape[1],
        are_scores=are_scores,
        names=(names[0], names[1]),
        has_units=has_units,
    )
