"""Distributions: histograms of what each layer hands on, and of its weights.

A lecturer shows a sigmoid that is saturated (all at both ends), a ReLU that is dead (all at 0), and weights that
spread as they learn. A student sees at one glance whether a first guess was too wide.
"""

from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.engine.program import Step
from nnstep.explain.figures import short
from nnstep.explain.pictures.seen import Seen, current
from nnstep.records import dataclass
from nnstep.session import View
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.picture import Page, Picture
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_BINS: Final = 240  # merged to what there is room for
_MOST: Final = 20_000  # numbers that are counted; of more only every so manieth
_ROUNDING: Final = 1e-6  # of the deviation
_LEAST: Final = 4  # lines of a histogram, with its title and its axis
_MOST_LINES: Final = 18
_LEAST_LARGE: Final = 10  # for a room
_BLOCKS: Final = np.array(list(" ▁▂▃▄▅▆▇█"), dtype=object)  # (n,)


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often numbers occur: counts (n,) between low and high. state: as on the sheet. size: how many numbers."""

    name: str
    counts: NDArray[np.intp]
    low: float
    high: float
    mean: float
    spread: float
    size: int
    broken: int
    state: State


@dataclass(frozen=True, eq=False)
class Distributions:
    """The whole picture: for each layer what it hands on, and its weights (None where it has none)."""

    rows: tuple[tuple[Histogram, Histogram | None], ...]
    lit: int


def facts(seen: Seen, _found: Any) -> Distributions:
    """Return the histograms of the outputs of this iteration, or of the one before where they are stale."""
    view, now = seen.view, current(seen.view)
    outputs: dict[str, Step] = {}
    for step in view.program.steps:
        if step.phase == "forward":
            outputs[step.layer] = step
    rows = []
    for layer, step in outputs.items():
        if step.op.name in ("reshape", "flatten"):
            continue
        active, shown = view.active, step
        if active is not None and active.layer == layer and active.phase == "forward" and active.shape == step.shape:
            shown = active
        own = [one for one in view.program.parameters if one.layer == layer and len(one.shape) > 1]
        weights = now.get(own[0].id, view.values[own[0].id]) if own else None
        rows.append(
            (
                _histogram(view, shown.id, shown.name, view.painted(shown.id)),
                _histogram(view, own[0].id, own[0].name, weights) if own else None,
            )
        )
    layers = [layer for layer, step in outputs.items() if step.op.name not in ("reshape", "flatten")]
    lit = view.active.layer if view.active else ""
    return Distributions(tuple(rows), layers.index(lit) if lit in layers else -1)


def _histogram(view: View, identity: str, name: str, array: Array | None) -> Histogram:
    state = _state(view, identity)
    values = np.zeros(0) if array is None else array.ravel()  # (n,)
    values = values[:: -(-values.size // _MOST) or 1]  # (n,)
    finite = values[np.isfinite(values)]  # (n,)
    broken = values.size - finite.size
    if not finite.size:
        empty = np.zeros(_BINS, dtype=np.intp)  # (n,)
        return Histogram(name, empty, 0.0, 0.0, np.nan, np.nan, 0 if array is None else array.size, broken, state)
    low, high = float(finite.min()), float(finite.max())
    span = high - low if isfinite(high - low) and high > low else 0.0
    shares = (finite - low) / span if span else np.full(finite.shape, 0.5)  # (n,)
    counts = np.bincount(np.minimum((shares * _BINS).astype(np.intp), _BINS - 1), minlength=_BINS)  # (n,)
    assert array is not None
    with np.errstate(all="ignore"):
        return Histogram(name, counts, low, high, float(finite.mean()), float(finite.std()), array.size, broken, state)


def _state(view: View, identity: str) -> State:
    active, state = view.active, view.state(identity)
    if active is not None and (active.id == identity or active.id.startswith(f"{identity}.")):
        return State.WRITTEN
    if active is not None and identity in active.reads:
        return State.READ
    return State.STALE if state == "stale" else State.BLANK if state in ("blank", "hidden") else State.PLAIN


# ---- painting


def paint(distributions: Distributions, page: Page) -> list[Strip]:
    """Return a row for each layer: its outputs at the left, its weights at the right."""
    palette, rows = page.palette, distributions.rows
    canvas = Canvas(page.width, page.height, palette.bg)
    half = page.width // 2
    canvas.text(1, 0, "what each layer hands on", palette.bg + palette.heading, half - 2)
    canvas.text(half + 1, 0, "its weights", palette.bg + palette.heading, half - 2)
    room = page.height - 1
    fit = max(1, min(len(rows), room // (_LEAST_LARGE if page.is_large else _LEAST)))
    first = min(max(distributions.lit - fit // 2, 0) if distributions.lit >= 0 else page.top, len(rows) - fit)
    height = room // fit if page.is_large else min(room // fit, _MOST_LINES)
    for n, (outputs, weights) in enumerate(rows[first : first + fit]):
        top = 1 + n * height
        _draw(canvas, outputs, (1, top, half - 2, height), palette)
        if weights is not None:
            _draw(canvas, weights, (half + 1, top, page.width - half - 2, height), palette)
    if len(rows) > fit:
        told = f"layers {first + 1} to {first + fit} of {len(rows)}"
        if half + 16 + len(told) < page.width:
            canvas.text(page.width - 1 - len(told), 0, told, palette.bg + palette.dim)
    return canvas.strips()


def _draw(canvas: Canvas, one: Histogram, box: tuple[int, int, int, int], palette: Palette) -> None:
    x, y, width, height = box
    style = {
        State.WRITTEN: palette.name_written,
        State.READ: palette.name_read,
        State.STALE: palette.name_stale,
        State.BLANK: palette.name_stale,
    }.get(one.state, palette.name)
    lead = "▶ " if one.state == State.WRITTEN else ""
    at = x + canvas.text(x, y, f"{lead}{one.name}", palette.bg + style, width)
    if np.isnan(one.mean):
        said = f"  {one.size} numbers that are not finite" if one.broken else "  not yet"
        canvas.text(at, y, said, palette.bg + palette.dim, max(x + width - at, 0))
        return
    # Numbers that cancel leave what rounding made of them.
    mean = 0.0 if abs(one.mean) < _ROUNDING * one.spread else one.mean
    said = f"  mean {short(mean)}, deviation {short(one.spread)}"
    said += f", {one.broken} not finite" if one.broken else ""
    canvas.text(at, y, said, palette.bg + palette.dim, max(x + width - at, 0))
    rows = height - 2
    if rows > 0:
        colour = palette.name_written if one.state == State.WRITTEN else palette.bars
        if one.state == State.STALE:
            colour = palette.stale
        _bars(canvas, one, (x, y + 1, width, rows), palette, colour)
    low, high = short(one.low), short(one.high)
    foot = y + height - 1
    canvas.text(x, foot, low, palette.bg + palette.dim, width)
    canvas.text(x + width - len(high), foot, high, palette.bg + palette.dim)
    if one.low < 0 < one.high:
        zero = x + int(-one.low / (one.high - one.low) * width)
        if canvas.is_free(zero, foot, 1):
            canvas.text(zero, foot, "0", palette.bg + palette.dim)


def _bars(canvas: Canvas, one: Histogram, box: tuple[int, int, int, int], palette: Palette, colour: Any) -> None:
    """Draw columns; what occurs at all is at least an eighth of a line high."""
    x, y, width, rows = box
    edges = np.arange(width) * _BINS // width  # (x,)
    counts = np.add.reduceat(one.counts, edges) if width <= _BINS else one.counts[edges]  # (x,)
    most = int(counts.max()) or 1
    heights = np.where(counts > 0, np.maximum(np.rint(counts / most * rows * 8), 1), 0).astype(int)  # (x,)
    bases = np.arange(rows - 1, -1, -1)[:, np.newaxis] * 8  # (y, 1)
    eighths = np.clip(heights - bases, 0, 8)  # (y, x)
    canvas.block(x, y, _BLOCKS[eighths], palette.bg + colour)


DISTRIBUTIONS = Picture(
    "distributions",
    "Histograms of what layers hand on, and of weights.",
    lambda compiled: True,
    facts,
    paint,
)
