"""What cells are: their shown names, the sample and the unit they belong to."""

import ast
from functools import lru_cache
from math import prod

import numpy as np

from nnstep.catalog.datasets import Prepared
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.rule import Shape, is_reduction, reduction_name
from nnstep.engine.training import INPUTS, TARGETS
from nnstep.explain.figures import exact, figure
from nnstep.session import View

_CHOSEN = 8  # characters of a number that somebody chose, such as 0.000125


def cell_text(view: View, cell: Cell) -> str:
    """Return a cell as NumPy would take it: `wh[2,1]`; a value with no axes is its name alone."""
    name = view.program.values[cell.name].name
    return f"{name}[{','.join(map(str, cell.at))}]" if cell.at else name


def number_text(view: View, identity: str, number: float, decimals: int) -> str:
    """Return a number of a value: what somebody chose with all its digits, whole data whole, else with decimals."""
    value = view.program.values[identity]
    # A rate that a schedule worked out has seventeen digits, which nobody chose.
    if isinstance(value, Variable) and value.kind == "constant" and len(exact(number)) <= _CHOSEN:
        return exact(number)
    return figure(number, decimals, whole=is_whole(view, identity))


def is_whole(view: View, identity: str) -> bool:
    """Are these whole numbers: data that are, or places, such as that of a winner?"""
    value = view.program.values.get(identity)
    if isinstance(value, Step):
        body = value.op.rule.body
        return isinstance(body, ast.Call) and is_reduction(body) and reduction_name(body) == "argmax"
    return identity in _whole_data(view.compiled.data)


@lru_cache(maxsize=8)
def _whole_data(data: Prepared) -> frozenset[str]:
    parts = {INPUTS: data.train.inputs, TARGETS: data.train.targets}
    return frozenset(identity for identity, numbers in parts.items() if (numbers == np.rint(numbers)).all())


def sample_text(view: View, cell: Cell) -> str:
    """Return which sample a cell belongs to: `sample 17`, with its row where the batch counts otherwise; or nothing."""
    if not cell.at or not view.program.is_sampled(cell.name):
        return ""
    row = cell.at[0]
    sample = view.samples[row]
    return f"sample {sample}" if sample == row else f"sample {sample} (row {row} of the batch)"


def matrix_text(program: Program, identity: str, lead: Shape, samples: tuple[int, ...] = ()) -> str:
    """Return which matrix of a value this is: `sample 0 · channel 2`; nothing where it has only one.

    lead: the place of the matrix, on all axes but the last two. samples: the number of the sample in each row of the
    batch, where that is not the row itself.
    """
    shape = program.values[identity].shape[:-2]
    names = ("sample", "channel") if program.is_sampled(identity) else ("kernel", "channel") if len(shape) > 1 else ()
    names = (*names, *("part",) * len(shape))[: len(shape)]
    numbers = (samples[lead[0]], *lead[1:]) if samples and names[:1] == ("sample",) else lead
    told = zip(names, numbers, shape, strict=True)
    return " · ".join(f"{name} {number}" for name, number, size in told if size > 1)


def unit_text(view: View, layer: str, unit: int) -> str:
    """Return what a unit of a layer is called: `hidden unit 1`, `hidden unit 1 of layer 2`, `output unit 0`."""
    hidden = hidden_layers(view.program)
    if _is_output(view.program, layer):
        return f"output unit {unit}{_label(view, unit)}"
    where = "" if hidden == (layer,) else f" of layer {layer.removeprefix('layer')}"
    return f"hidden unit {unit}{where}"


def hidden_layers(program: Program) -> tuple[str, ...]:
    """Return the layers before the one that the prediction's weights belong to."""
    with_weights = tuple(dict.fromkeys(variable.layer for variable in program.parameters))
    return with_weights[:-1]


def input_text(view: View, place: tuple[int, ...]) -> str:
    """Return what a number of one sample's input is called: its feature's name, its pixel, or its number."""
    data, shape = view.compiled.data, view.program.values[INPUTS].shape
    if len(place) == 1 and data.image and prod(data.image) == shape[-1]:
        row, column = divmod(place[0], data.image[1])
        return f"pixel {place[0]} (row {row}, column {column})"
    if len(place) == 1 and len(data.features) == shape[-1]:
        return f"feature {place[0]} ({data.features[place[0]]})"
    match place:
        case (time, feature):
            return f"{input_text(view, (feature,))} at time {time}"
        case (channel, row, column):
            return f"pixel {row},{column}{f' of channel {channel}' if shape[1] > 1 else ''}"
    return f"feature {','.join(map(str, place))}"


def target_text(view: View, place: tuple[int, ...]) -> str:
    """Return what a number of one sample's target is about."""
    return f"output unit {','.join(map(str, place))}{_label(view, place[-1]) if place else ''}"


def source_of(program: Program, weights: Variable) -> str:
    """Return the id of the value that goes through these weights."""
    for step in program.readers[weights.id]:
        if step.phase == "forward":
            return next(value for value in step.reads if value != weights.id)
    return INPUTS


def layer_text(view: View, identity: str) -> str:
    """Return the layer of a value in words, or nothing for what belongs to none."""
    value = view.program.values[identity]
    if not value.layer.startswith("layer"):
        return ""
    if _is_output(view.program, value.layer):
        return "output layer"
    return (
        "hidden layer"
        if hidden_layers(view.program) == (value.layer,)
        else f"layer {value.layer.removeprefix('layer')}"
    )


def _is_output(program: Program, layer: str) -> bool:
    """Is this the last layer with weights, or one after it? A flatten layer before it has none and is no output."""
    hidden, number = hidden_layers(program), layer.removeprefix("layer")
    last = next((variable.layer for variable in reversed(program.parameters) if variable.layer not in hidden), "")
    return not (last and number.isdecimal() and int(number) < int(last.removeprefix("layer")))


def _label(view: View, unit: int) -> str:
    """Return the name of a class in brackets, where the outputs are classes that have names."""
    labels, targets = view.compiled.data.labels, view.program.values[TARGETS].shape
    named = len(labels) == targets[-1] > 1 and labels[unit] != str(unit)
    return f" ({labels[unit]})" if named else ""


def when_text(view: View, iteration: int) -> str:
    """Return an iteration as people count it: `epoch 11`, `epoch 3, batch 2`."""
    batches = view.compiled.training.batches
    batch = f", batch {batches.batch(iteration)}" if batches.per_epoch > 1 else ""
    return f"epoch {batches.epoch(iteration)}{batch}"
