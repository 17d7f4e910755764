"""What the picture of a network shows: units in columns, the weights between them, and what is being worked out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.program import Step
from nnstep.engine.rule import Shape
from nnstep.engine.training import INPUTS, TARGETS
from nnstep.explain.gradients import gradients_of
from nnstep.explain.metrics import class_names
from nnstep.explain.naming import is_whole
from nnstep.explain.pictures.looks import READ, WRITTEN, Light, Look, look_of
from nnstep.explain.pictures.network_parts import Column, Network, Numbers, Wires
from nnstep.explain.pictures.seen import Seen
from nnstep.explain.reads import read_cells
from nnstep.session import View

_SHAPERS = ("flatten", "reshape")  # layers that only lay out anew what they are given

_NONE = Numbers("", None, "blank")


Reads = Mapping[str, NDArray[np.intp]]
_NO_READS: Reads = MappingProxyType({})


def network_facts(seen: Seen, _found: Any) -> Network:
    """Return the network as it stands for the chosen sample."""
    view = seen.view
    stages = _stages(view)
    gradients = gradients_of(view.program)
    reads = _image_reads(view)
    columns = [
        _column(view, layers if number else (), identity, gradients.get(identity, ""), reads)
        for number, (layers, identity) in enumerate(stages)
    ]
    wires = [_wires(view, layers, identity) for layers, identity in stages[1:]]
    active = view.active.layer if view.active else ""
    lit = next((number for number, (layers, _) in enumerate(stages) if active in layers), -1)
    if active == "loss":
        lit = len(stages) - 1
    return Network(tuple(columns), tuple(wires), lit)


def _image_reads(view: View) -> Reads:
    """Return the cells that the told one is made of, where it is one of an image."""
    story = view.story
    return read_cells(view, story) if story is not None and len(story.at) == 4 else _NO_READS


def _stages(view: View) -> list[tuple[tuple[str, ...], str]]:
    """Return the layers of each column and the id of what the last of them hands on; the input has no layer.

    A layer that changes the numbers and not their shape (an activation, dropout) shares the column before it.
    """
    program, kinds = view.program, [_kind(view, number) for number in range(len(view.compiled.scenario.model.network))]
    outputs: dict[str, Step] = {}
    for step in program.steps:
        if step.phase == "forward":
            outputs[step.layer] = step
    trained = {variable.layer for variable in program.parameters}
    stages: list[tuple[tuple[str, ...], str]] = [((), INPUTS)]
    for layer, output in outputs.items():
        layers, before = stages[-1]
        kind, given = kinds[int(layer.removeprefix("layer")) - 1], program.values[before].shape
        same = layer not in trained and output.shape == given
        if kind in _SHAPERS and output.id != program.prediction and _is_seen_before(view, layers, given, output.shape):
            is_done = not layers and view.state(output.id) in ("live", "partial")
            stages[-1] = ((*layers, layer), output.id if is_done else before)
        elif (same and layers) or (kind in _SHAPERS and output.id != program.prediction and layers):
            stages[-1] = ((*layers, layer), output.id)
        else:
            stages.append(((layer,), output.id))
    return stages


def _is_seen_before(view: View, layers: tuple[str, ...], given: Shape, made: Shape) -> bool:
    """Are these numbers drawn as an image before they are laid out anew? Then they are not drawn once more."""
    image = view.compiled.data.image
    return len(given) == 4 if layers else image is not None and made[1:] == (1, *image)


def _column(view: View, layers: tuple[str, ...], identity: str, gradient: str, reads: Reads) -> Column:
    """Return a column: what the active step makes of it where it is about these units, else what it hands on.

    What is made at one of many times stands between the columns: lines lead on from what is handed on after all times.
    """
    program, active = view.program, view.active
    shape = program.values[identity].shape
    shown, blame = identity, _signal(view, layers, gradient, shape)
    is_here = active is not None and active.layer in layers and not _at_times(view, f"{active.layer}.t.output")
    if active is not None and is_here and active.shape == shape:
        if active.phase == "forward":
            shown = active.id
        elif active.phase in ("error", "deltas"):
            blame = active.id
    last = identity == program.prediction
    wanted = view.values[TARGETS][view.sample] if last and program.values[TARGETS].shape == shape else None
    classes = class_names(view.compiled) if last else ()
    return Column(
        _title(view, layers, last),
        _numbers(view, shown, reads),
        _numbers(view, blame, reads) if blame else _NONE,
        _bias(view, layers, shape[-1]),
        wanted if wanted is None or wanted.ndim == 1 else None,
        is_whole(view, TARGETS),
        classes if len(classes) == shape[-1] else (),
    )


def _title(view: View, layers: tuple[str, ...], last: bool) -> str:
    if not layers:
        return "input"
    kind = _kind(view, int(layers[0].removeprefix("layer")) - 1)
    return "output" if last else kind if kind != "dense" else "hidden"


def _kind(view: View, number: int) -> str:
    """Return what a layer is called in a scenario file: `dense`."""
    return str(view.compiled.scenario.model.network[number].__struct_config__.tag)


def _signal(view: View, layers: tuple[str, ...], gradient: str, shape: tuple[int, ...]) -> str:
    """Return the id of the blame that a column shows: its delta where that is known by now, else its error."""
    program = view.program
    deltas = [f"{layer}.delta" for layer in reversed(layers) if f"{layer}.delta" in program.values]
    known = [one for one in deltas if program.values[one].shape == shape and view.state(one) in ("live", "partial")]
    if known:
        return known[0]
    if gradient and view.state(gradient) in ("live", "partial"):
        return gradient
    return deltas[0] if deltas and program.values[deltas[0]].shape == shape else gradient


def _numbers(view: View, identity: str, reads: Reads = _NO_READS) -> Numbers:
    """Return the chosen sample's numbers of a value. reads: the cells that the told one is made of."""
    value, array = view.program.values[identity], view.painted(identity)
    told = view.story.at if view.story is not None and view.story.name == identity else ()
    look = look_of(view, identity)
    if array is None:
        array = np.full(value.shape, np.nan)  # (...)
    sampled = view.program.is_sampled(identity)
    one = array[view.sample] if sampled else array  # (...)
    if view.state(identity) == "partial" and sampled and array.ndim == 2:
        number = view.position.cell - view.sample * array.shape[1]
        one = np.where(np.arange(array.shape[1]) < number, one, np.nan)  # (j,)
    image = view.compiled.data.image
    if identity == INPUTS and image and one.shape == (image[0] * image[1],):
        one = one.reshape(1, *image)  # (c, y, x)
    while one.ndim > 3:
        one = one.reshape(-1, *one.shape[-2:])  # (c, y, x)
    here = bool(told) and one.ndim == 1 and (not sampled or told[0] == view.sample)
    whole = identity == INPUTS and is_whole(view, identity)
    is_hidden = view.state(identity) == "hidden"
    one = np.atleast_1d(one)
    marks = _marks(view, identity, one.shape, reads) if len(value.shape) == 4 else None
    return Numbers(value.name, one, look, told[-1] if here else -1, whole, is_hidden, marks)


def _marks(view: View, identity: str, shape: Shape, reads: Reads) -> NDArray[np.int8] | None:
    """Return the told cell of an image, and those that it is made of; None where there are none."""
    story, places = view.story, reads.get(identity)
    marks = np.zeros(shape, dtype=np.int8)  # (c, y, x)
    image = marks.reshape(shape[-3:] if len(shape) > 2 else (1, *shape))  # (c, y, x)
    if places is not None and places.shape[1] == 4:
        places = places[places[:, 0] == view.sample]  # (n, 4)
        image[places[:, 1], places[:, 2], places[:, 3]] = READ
    if story is not None and story.name == identity and len(story.at) == 4 and story.at[0] == view.sample:
        image[story.at[1:]] = WRITTEN
    return marks if marks.any() else None


def _about(view: View, parameter: str) -> tuple[str, Light]:
    """Return what is shown for a parameter: itself, its gradient, or what it becomes; and what is done with it."""
    program, active = view.program, view.active
    if active is not None and active.id.startswith(f"{parameter}."):
        if active.shape == program.values[parameter].shape:
            return active.id, "written"
        return parameter, "written"
    after = program.carry.get(parameter, parameter)
    shown = after if view.state(after) == "live" else parameter
    return shown, "read" if active is not None and parameter in active.reads else "quiet"


def _bias(view: View, layers: tuple[str, ...], units: int) -> Numbers:
    """Return the bias of each unit, where a column has one for each."""
    for layer in layers[:1]:
        parameter = f"{layer}.bias"
        if parameter in view.program.values:
            shown, light = _about(view, parameter)
            value, story = view.program.values[shown], view.story
            array = view.array(shown)
            if array is None or array.shape != (units,):
                return _NONE
            told = story.at[-1] if story is not None and story.name == shown else -1
            return Numbers(value.name, array, _LIGHTS[light], told)
    return _NONE


_LIGHTS: dict[Light, Look] = {"quiet": "plain", "read": "read", "written": "written"}


def _inner(view: View, layers: tuple[str, ...], identity: str) -> Numbers | None:
    """Return what stands between a layer's input and its output: its times, or what the active step makes inside it."""
    times, active = _times(view, layers), view.active
    if active is None or active.layer not in layers or not view.program.is_sampled(active.id):
        return times
    if times is not None:
        # The state that the first time begins with is at none itself.
        is_before = active.phase == "forward" and not active.at_all_times and active.role != "output"
        return _numbers(view, active.id) if is_before else times
    return _numbers(view, active.id) if active.shape != view.program.values[identity].shape else None


def _times(view: View, layers: tuple[str, ...]) -> Numbers | None:
    """Return what the active step makes at each time of a layer, else the layer's output: (t, j) of the sample.

    A time that is still to come is nan; None where the layer does not go through time.
    """
    active = view.active
    is_here = active is not None and active.layer in layers and bool(active.at_all_times)
    steps = _at_times(view, active.at_all_times if active is not None and is_here else f"{layers[0]}.t.output")
    if not steps:
        return None
    if steps[0].phase != "forward":
        steps.reverse()  # the way back comes to the last time first
    rows = [
        view.values[step.id][view.sample] if view.state(step.id) == "live" else np.full(step.shape[1], np.nan)
        for step in steps
    ]
    partial = [n for n, step in enumerate(steps) if view.state(step.id) == "partial"]
    for n in partial:
        rows[n] = _numbers(view, steps[n].id).values
    values = np.stack(rows)  # (t, j)
    marks = np.zeros(values.shape, dtype=np.int8)  # (t, j)
    for n, step in enumerate(steps):
        if active is not None and step.id in (active.id, *active.reads):
            marks[n] = WRITTEN if step.id == active.id else READ
    is_hidden = any(view.state(step.id) == "hidden" for step in steps)
    return Numbers(f"{steps[0].name} … {steps[-1].name}", values, "plain", is_hidden=is_hidden, marks=marks)


def _at_times(view: View, same: str) -> list[Step]:
    """Return the steps that do the same at several times, (b, j) each; none where there is one time only."""
    steps = [step for step in view.program.steps if step.at_all_times == same and view.program.is_sampled(step.id)]
    return steps if len(steps) > 1 and len(steps[0].shape) == 2 else []


def _wires(view: View, layers: tuple[str, ...], identity: str) -> Wires:
    """Return the weights that lead into a column, from a layer of units in a row, and what is made between."""
    program, inner = view.program, _inner(view, layers, identity)
    own = [variable for variable in program.parameters if variable.layer == layers[0] and len(variable.shape) > 1]
    if not own:
        return Wires("", None, "quiet", inner=inner)
    told = next((one for one in own if _about(view, one.id)[1] != "quiet"), own[0])
    shown, light = _about(view, told.id)
    if told.id != f"{layers[0]}.weights":
        kernels = view.array(shown) if len(told.shape) == 4 else None
        return Wires(program.values[shown].name, None, light, (-1, -1), inner, kernels, _kernel(view, shown, light))
    weights = view.array(shown)
    return Wires(program.values[shown].name, weights, light, _told(view, shown, layers, light), inner)


def _kernel(view: View, shown: str, light: Light) -> int:
    """Return the kernel that the told cell belongs to, or is made with; -1 for none."""
    story, active = view.story, view.active
    if story is None or active is None or light == "quiet" or len(story.at) != 4:
        return -1
    if story.name == shown:
        return int(story.at[0])
    return int(story.at[1]) if story.name == active.id and active.phase == "forward" else -1


def _told(view: View, shown: str, layers: tuple[str, ...], light: Light) -> tuple[int, int]:
    """Return the units that the told cell connects: of a weight both, of a sum or a blame the one."""
    story, active = view.story, view.active
    if story is None or light == "quiet" or (light == "written" and not view.position.cell):
        return -1, -1
    if story.name == shown and len(story.at) == 2:
        return story.at
    if active is None or story.name != active.id or not story.at:
        return -1, -1
    return (-1, story.at[-1]) if active.layer == layers[0] and active.phase == "forward" else (story.at[-1], -1)
