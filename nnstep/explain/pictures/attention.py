"""What the picture of attention shows: for one sample, how much each time looks at each other one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array
from nnstep.engine.program import Program, Step
from nnstep.engine.training import INPUTS
from nnstep.explain.figures import figure
from nnstep.explain.naming import is_whole
from nnstep.explain.pictures.looks import Look, look_of
from nnstep.explain.pictures.seen import Seen
from nnstep.records import dataclass
from nnstep.session import View

_MASK = "causal_mask"
_MOST_SAMPLES = 24  # whose attention is seen as a small picture
_MOST_FEATURES = 6  # of a time, in its label


@dataclass(frozen=True, eq=False)
class Square:
    """A value with a row for each time that asks and a column for each that is looked at.

    values: (t, s), nan where it is not known yet; None where nothing is, or where it is hidden. told: the place of the
    told cell, or ().
    """

    name: str
    values: Array | None
    state: Look
    told: tuple[int, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, eq=False)
class Head:
    """One attention. title: its layer. weights: after the softmax. beside: what the step makes, else the scores.

    open: may a time look at another (t, s)? samples: the weights of each sample, the chosen one too (b, t, s).
    """

    title: str
    weights: Square
    beside: Square
    open: NDArray[np.bool_]
    samples: Array
    is_lit: bool


@dataclass(frozen=True, eq=False)
class Attention:
    """The whole picture. times: what came in at each time, in a few characters; sample: the number of the chosen one.

    row: its row in the batch. numbers: of the samples in each row.
    """

    heads: tuple[Head, ...]
    times: tuple[str, ...]
    sample: int
    row: int
    numbers: tuple[int, ...]


def _weights_of(program: Program) -> list[tuple[Step, list[Step]]]:
    """Return each softmax over scores, and the steps from the scores to it."""
    found = []
    for step in program.steps:
        if step.op.name != "softmax" or step.phase != "forward":
            continue
        way, before = [step], program.values[step.reads[0]]
        while isinstance(before, Step) and before.layer == step.layer and before.op.name in ("scores", _MASK):
            way.append(before)
            if before.op.name == "scores":
                found.append((step, way))
                break
            before = program.values[before.reads[0]]
    return found


def attention_facts(seen: Seen, _found: Any) -> Attention:
    """Return who looks at whom in the chosen sample."""
    view = seen.view
    found = _weights_of(view.program)
    heads = tuple(_head(view, step, way, is_alone=len(found) == 1) for step, way in found)
    length = max((head.open.shape[0] for head in heads), default=0)
    return Attention(heads, _times(view, length), view.samples[view.sample], view.sample, view.samples)


def _head(view: View, step: Step, way: list[Step], *, is_alone: bool) -> Head:
    active, shape = view.active, step.shape
    is_here = active is not None and active.layer == step.layer
    beside = way[-1].id
    if active is not None and is_here and active.shape == shape and active.id != step.id:
        beside = active.id
    may_look = np.tri(*shape[1:], dtype=np.bool_) if any(one.op.name == _MASK for one in way) else np.ones(shape[1:])
    array = view.array(step.id)
    samples = np.full(shape, np.nan) if array is None else _done(view, step.id, array)  # (b, t, s)
    title = "" if is_alone else step.layer.replace("layer", "layer ")
    return Head(
        title,
        _square(view, step.id),
        _square(view, beside),
        may_look.astype(np.bool_),  # (t, s)
        samples[:_MOST_SAMPLES],
        is_here,
    )


def _square(view: View, identity: str) -> Square:
    """Return the chosen sample's part of a value, as far as it is worked out."""
    value, array, story, state = view.program.values[identity], view.array(identity), view.story, view.state(identity)
    told = story.at[1:] if story is not None and story.name == identity and story.at[0] == view.sample else ()
    values = None if array is None else _done(view, identity, array)[view.sample]  # (t, s)
    return Square(value.name, values, "blank" if array is None else look_of(view, identity), told, state == "hidden")


def _done(view: View, identity: str, array: Array) -> Array:
    """Return an array with nan where a walk has not come to."""
    if view.state(identity) != "partial":
        return array
    return np.where(np.arange(array.size).reshape(array.shape) < view.position.cell, array, np.nan)


def _times(view: View, length: int) -> tuple[str, ...]:
    """Return a label for each time: what the chosen sample has there, where that is short."""
    sample = view.values[INPUTS][view.sample]  # (t,) or (t, i)
    if len(sample) != length or sample.ndim > 2 or not is_whole(view, INPUTS):
        return ("",) * length
    rows = sample.reshape(length, -1)  # (t, i)
    if rows.shape[1] > _MOST_FEATURES:
        return ("",) * length
    return tuple(" ".join(figure(value, 0, whole=True) for value in row) for row in rows.tolist())
