"""What the picture of the gradients' sizes shows: how large each is, and how far its parameter moves."""

from typing import Any

import numpy as np

from nnstep.engine.backward import gradient_id
from nnstep.engine.cell import Array
from nnstep.explain.pictures.looks import Look, look_of
from nnstep.explain.pictures.seen import Seen
from nnstep.records import dataclass
from nnstep.session import View


@dataclass(frozen=True, eq=False)
class Row:
    """One parameter. size: the root of the mean of its gradient's squares. is_known: is there a gradient?

    largest: |gradient|. moved: how far the update moves the parameter, as a part of its own size; nan for unknown, inf
    where it was 0. is_bias: has it one axis? Of those a room sees none where there are many rows.
    waits: is the update still to come?
    """

    name: str
    layer: str
    size: float
    largest: float
    moved: float
    state: Look
    is_known: bool = True
    is_bias: bool = False
    waits: bool = False


@dataclass(frozen=True, eq=False)
class Gradients:
    """The whole picture, from the first layer to the last."""

    rows: tuple[Row, ...]


def gradients_facts(seen: Seen, _found: Any) -> Gradients:
    """Return the gradients of every parameter that is trained; those of the iteration before where they are stale."""
    return Gradients(
        tuple(_row(seen.view, variable.id) for variable in seen.view.program.parameters if variable.trainable)
    )


def _row(view: View, parameter: str) -> Row:
    program, gradient = view.program, gradient_id(parameter)
    variable = program.values[parameter]
    if gradient not in program.values:
        return Row(variable.name, variable.layer, np.nan, np.nan, np.nan, "blank", False)
    array = view.painted(gradient)
    size = np.nan if array is None else _size(array)
    largest = np.nan if array is None or not array.size else float(np.abs(array).max())
    look, moved = look_of(view, gradient, parameter), _moved(view, parameter)
    is_bias, waits = len(variable.shape) < 2, view.state(program.carry.get(parameter, parameter)) != "live"
    return Row(variable.name, variable.layer, size, largest, moved, look, array is not None, is_bias, waits)


def _size(array: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean(np.square(array)))) if array.size else np.nan


def _moved(view: View, parameter: str) -> float:
    """Return the size of the update as a part of the parameter's own, where the update is done."""
    after = view.program.carry.get(parameter, parameter)
    if after == parameter or view.state(after) != "live":
        return np.nan
    with np.errstate(all="ignore"):
        whole, moved = _size(view.values[parameter]), _size(view.values[after] - view.values[parameter])
    share = moved / whole if whole else np.nan
    return share if np.isfinite(share) else np.inf if not whole and moved else np.nan
