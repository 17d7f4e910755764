"""What the picture of images shows: the chosen sample, all that looks at it, and the chances of the classes."""

from typing import Any

import numpy as np

from nnstep.catalog.classes import gives_scores
from nnstep.engine.cell import Array
from nnstep.engine.training import INPUTS, TARGETS
from nnstep.explain.metrics import class_names
from nnstep.explain.pictures.chances import chances
from nnstep.explain.pictures.looks import Light, Look
from nnstep.explain.pictures.seen import Seen, current
from nnstep.records import dataclass
from nnstep.scenario.suits import image_shape
from nnstep.session import View


@dataclass(frozen=True, eq=False)
class Tile:
    """A small picture with a title. values: (y, x). state: of a value that is not there yet, or stale.

    says: what the unit whose weights it shows says to the sample; nan where that is not known, or where it is no unit.
    """

    title: str
    values: Array
    state: Look = "plain"
    is_told: bool = False
    says: float = np.nan


@dataclass(frozen=True, eq=False)
class Group:
    """Tiles on one scale, under a heading. light: what the active step does with them."""

    title: str
    tiles: tuple[Tile, ...]
    light: Light = "quiet"


@dataclass(frozen=True, eq=False)
class Images:
    """The whole picture.

    chances: of the classes (j,), or None as long as they are not known. is_stale: are they of the iteration before?
    """

    sample: str
    image: Array
    groups: tuple[Group, ...]
    classes: tuple[str, ...]
    chances: Array | None
    is_stale: bool
    target: int


def images_facts(seen: Seen, _found: Any) -> Images:
    """Return the chosen sample and all that looks at it."""
    view, compiled = seen.view, seen.view.compiled
    image, sample = image_shape(compiled.training, compiled.data), view.values[INPUTS][view.sample]
    shown = sample.reshape(image) if image else sample[0]  # (y, x)
    program = view.program
    output = view.array(program.prediction)
    classes = class_names(compiled)
    target = view.values[TARGETS][view.sample]
    said = output[view.sample] if output is not None and classes else None
    groups = [*_looked_for(view, image), *_made(view)]
    return Images(
        f"sample {view.samples[view.sample]}",
        shown,
        tuple(groups),
        classes,
        chances(said, are_scores=gives_scores(program)) if said is not None and said.ndim == 1 else None,
        view.state(program.prediction) == "stale",
        _wanted(target),
    )


def _wanted(target: Array) -> int:
    if target.size == 1:
        return int(target.ravel()[0] > 0.5)
    return int(target.argmax()) if target.ndim == 1 and target.max() > 0 else -1


def _looked_for(view: View, image: tuple[int, int] | None) -> list[Group]:
    """Return the weights that go over the image: of each unit of a dense layer, or of each kernel."""
    found, now = [], current(view)
    for variable in view.program.parameters:
        values = now[variable.id] if variable.id in now else view.values[variable.id]
        light = _light(view, variable.id)
        if image and values.ndim == 2 and values.shape[0] == image[0] * image[1]:
            answers = _answers(view, variable.layer)
            tiles = [
                Tile(str(n), values[:, n].reshape(image), says=np.nan if answers is None else float(answers[n]))
                for n in range(values.shape[1])
            ]
            title = f"{variable.name}: what each unit of {variable.layer.replace('layer', 'layer ')} looks for"
            found.append(Group(title, tuple(tiles), light))
            break
        if values.ndim == 4:
            kernels = [
                Tile(f"{k}" if values.shape[1] == 1 else f"{k}, {c}", values[k, c])
                for k in range(values.shape[0])
                for c in range(values.shape[1])
            ]
            found.append(Group(f"{variable.name}: kernels", tuple(kernels), light))
    return found


def _answers(view: View, layer: str) -> Array | None:
    """Return what each unit says to the chosen sample, where that is known in this iteration."""
    output = f"{layer}.output"
    if output not in view.program.values or view.state(output) != "live":
        return None
    one: Array = view.values[output][view.sample]
    return one if one.ndim == 1 else None


def _made(view: View) -> list[Group]:
    """Return what each layer makes of the sample that is still an image: a tile for each channel."""
    found, outputs = [], {}
    for step in view.program.steps:
        if step.phase == "forward" and len(step.shape) == 4 and step.role == "output":
            outputs[step.layer] = step
    for step in outputs.values():
        array = view.array(step.id)
        maps = np.zeros(step.shape[1:]) if array is None else array[view.sample]  # (c, y, x)
        look: Look = "blank" if array is None else "stale" if view.state(step.id) == "stale" else "plain"
        told = view.story.at[1] if view.story is not None and view.story.name == step.id else -1
        tiles = [Tile(str(c), one, look, c == told) for c, one in enumerate(maps)]
        found.append(
            Group(
                f"{step.name}: {step.layer.replace('layer', 'layer ')}",
                tuple(tiles),
                _light(view, step.id),
            )
        )
    return found


def _light(view: View, identity: str) -> Light:
    active = view.active
    if active is None:
        return "quiet"
    if active.id == identity or (active.phase == "update" and active.id.startswith(f"{identity}.")):
        return "written"
    return "read" if identity in active.reads else "quiet"
