"""Images: the chosen sample, what each hidden unit looks for in it, and how sure the network is of each class.

A lecturer goes through samples with . and , and shows which units answer to a stroke. A student watches noise become
detectors of strokes as it trains, and what a kernel makes of a picture.
"""

from typing import Any, Final

import numpy as np
from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.engine.training import INPUTS, TARGETS
from nnstep.explain.metrics import class_names
from nnstep.explain.pictures.chances import chances, ends_with_scores
from nnstep.explain.pictures.seen import Seen, current
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.session import View
from nnstep.tui.renderables import bars, heat
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.picture import Page, Picture
from nnstep.tui.renderables.pictures.tiles import draw_grey, draw_heats, shrunk
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_SIDE: Final = 28  # cells for the sample and the bars
_LARGE_SIDE: Final = 42  # for a room
_WIDE: Final = 90  # cells of a page that has so many for them
_FACTORS: Final = (3, 2)  # how large tiles are drawn, where all of them have room
_LARGE_FACTORS: Final = (8, 6, 5, 4, 3, 2)
_LARGE: Final = 16  # rows and columns of a tile, at the most
_SMALL: Final = 5  # rows and columns of a tile that is always drawn twice as large


@dataclass(frozen=True, eq=False)
class Tile:
    """A small picture with a title. values: (y, x). state: of a value that is not there yet, or stale."""

    title: str
    values: Array
    state: State = State.PLAIN
    is_told: bool = False


@dataclass(frozen=True, eq=False)
class Group:
    """Tiles on one scale, under a heading. light: what the active step does with them."""

    title: str
    tiles: tuple[Tile, ...]
    scale: float
    light: State = State.PLAIN


@dataclass(frozen=True, eq=False)
class Images:
    """The whole picture. chances: of the classes (j,), or None as long as they are not known."""

    sample: str
    image: Array
    groups: tuple[Group, ...]
    classes: tuple[str, ...]
    chances: Array | None
    is_stale: bool
    target: int


def suits(compiled: Compiled) -> bool:
    """Is a sample an image?"""
    inputs = compiled.training.train.inputs
    return inputs.ndim == 4 or _image(compiled) is not None


def _image(compiled: Compiled) -> tuple[int, int] | None:
    """Return rows and columns of a sample that lies in a row of numbers."""
    image, inputs = compiled.data.image, compiled.training.train.inputs
    return image if image and inputs.ndim == 2 and image[0] * image[1] == inputs.shape[-1] else None


def facts(seen: Seen, _found: Any) -> Images:
    """Return the chosen sample and all that looks at it."""
    view, compiled = seen.view, seen.view.compiled
    image, sample = _image(compiled), view.values[INPUTS][view.sample]
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
        chances(said, are_scores=ends_with_scores(compiled)) if said is not None and said.ndim == 1 else None,
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
                Tile(f"{n}{f' {answers[n]:.2f}' if answers is not None else ''}", values[:, n].reshape(image))
                for n in range(values.shape[1])
            ]
            title = f"{variable.name}: what each unit of {variable.layer.replace('layer', 'layer ')} looks for"
            found.append(Group(title, tuple(tiles), heat.scale_of(values), light))
            break
        if values.ndim == 4:
            kernels = [
                Tile(f"{k}" if values.shape[1] == 1 else f"{k}, {c}", values[k, c])
                for k in range(values.shape[0])
                for c in range(values.shape[1])
            ]
            found.append(Group(f"{variable.name}: kernels", tuple(kernels), heat.scale_of(values), light))
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
        state = State.STALE if view.state(step.id) == "stale" else State.PLAIN
        maps = np.zeros(step.shape[1:]) if array is None else array[view.sample]  # (c, y, x)
        state = State.BLANK if array is None else state
        told = view.story.at[1] if view.story is not None and view.story.name == step.id else -1
        tiles = [Tile(str(c), one, state, c == told) for c, one in enumerate(maps)]
        found.append(
            Group(
                f"{step.name}: {step.layer.replace('layer', 'layer ')}",
                tuple(tiles),
                heat.scale_of(maps),
                _light(view, step.id),
            )
        )
    return found


def _light(view: View, identity: str) -> State:
    active = view.active
    if active is None:
        return State.PLAIN
    if active.id == identity or (active.phase == "update" and active.id.startswith(f"{identity}.")):
        return State.WRITTEN
    return State.READ if identity in active.reads else State.PLAIN


# ---- painting


def paint(images: Images, page: Page) -> list[Strip]:
    """Return the sample and the bars at the left, and the tiles at the right."""
    palette = page.palette
    canvas = Canvas(page.width, page.height, palette.bg)
    style = palette.bg + palette.heading
    side = _LARGE_SIDE if page.is_large and page.width >= _WIDE else _SIDE
    canvas.text(1, 0, images.sample, style, side - 2)
    # The sample comes first: bars of classes that have hardly a chance may be left out.
    bars_least = 3 if page.is_large else 10
    room = max(page.height // 2, page.height - 1 - min(len(images.classes), bars_least), 4)
    y = 1 + draw_grey(canvas, (1, 1), images.image, (side - 4, room), palette, 4 if page.is_large else 2)
    left = page.height - y
    if images.classes and left > 0:
        _chances(canvas, images, y, (side - 2, left), palette)
    groups = images.groups
    if page.is_large:
        # One thing for a room: what the step is about, else what comes first.
        groups = tuple(group for group in groups if group.light != State.PLAIN)[-1:] or groups[:1]
    _tiles(canvas, groups, side + 1, page)
    return canvas.strips()


def _chances(canvas: Canvas, images: Images, y: int, room: tuple[int, int], palette: Palette) -> None:
    """Draw a bar for each class; where there is no room for all, for the highest. room: cells and lines."""
    width, rows = room
    if images.chances is None:
        canvas.text(1, y, "no answer yet", palette.bg + palette.dim)
        return
    values, labels = images.chances, images.classes
    chosen = np.arange(values.size)  # (j,)
    if values.size > rows:
        chosen = np.sort(np.argsort(-values, kind="stable")[:rows])  # (rows,)
    target = int(np.flatnonzero(chosen == images.target)[0]) if images.target in chosen else -1
    lines = bars.bars(values[chosen].tolist(), [labels[n] for n in chosen], target, width, palette)
    canvas.paste(1, y, lines)


def _size(group: Group, width: int, by: int, palette: Palette) -> tuple[int, int]:
    """Return how many cells lie between two tiles of a group, and how many lines it takes with its heading."""
    if not group.tiles:
        return 1, 1
    rows, columns = shrunk(group.tiles[0].values, _LARGE, _LARGE).shape
    pitch = max(columns * by, *(len(tile.title) for tile in group.tiles)) + 1
    lines = -(-rows * by // heat.rows_per_line(palette)) + 1
    return pitch, 1 + -(-len(group.tiles) // max(1, width // pitch)) * lines


def _tiles(canvas: Canvas, groups: tuple[Group, ...], x: int, page: Page) -> None:
    """Draw the groups under each other, scrolled; say how much there is below."""
    palette, y, bottom = page.palette, -page.top, page.height
    width = page.width - x
    # In a room a few tiles are seen well; on a screen of one's own all of them are seen, where that is possible.
    factors, least = (_LARGE_FACTORS, 2) if page.is_large else (_FACTORS, 1)
    fitting = (by for by in factors if sum(_size(group, width, by, palette)[1] for group in groups) <= bottom)
    large = next(fitting, least)
    for group in groups:
        mark = {State.WRITTEN: palette.heading_active, State.READ: palette.name_read}.get(group.light, palette.heading)
        lead = "▶ " if group.light in (State.WRITTEN, State.READ) else ""
        canvas.text(x, y, f"{lead}{group.title}", palette.bg + mark, width)
        y += 1
        if not group.tiles:
            continue
        small = [shrunk(tile.values, _LARGE, _LARGE) for tile in group.tiles]
        by = max(large, 2 if max(small[0].shape) <= _SMALL else 1)
        pitch, taken = _size(group, width, by, palette)
        across = max(1, width // pitch)
        lines = -(-small[0].shape[0] * by // heat.rows_per_line(palette))
        seen: list[int] = []
        places: list[tuple[int, int]] = []
        for n, tile in enumerate(group.tiles):
            at, line = x + n % across * pitch, y + n // across * (lines + 1)
            if -lines <= line < bottom:
                title = palette.name_written if tile.is_told else palette.dim
                canvas.text(at, line, tile.title, palette.bg + title, pitch - 1)
                seen.append(n)
                places.append((at, line + 1))
        if seen:
            values = np.stack([small[n] for n in seen])  # (n, y, x)
            draw_heats(canvas, places, values, by, palette, group.tiles[0].state, group.scale)
        y += taken - 1
    if y > bottom:
        canvas.text(x, bottom - 1, "↓ more".ljust(width), palette.bg + palette.dim, width)


IMAGES = Picture(
    "images",
    "The sample, and what each unit looks for in it.",
    suits,
    facts,
    paint,
)
