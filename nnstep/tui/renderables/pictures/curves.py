"""Curves of the loss and of the part that is right: of the samples trained on, and of those set aside.

A lecturer shows where the curves part: from there on the network learns by heart. A student sees whether the training
still gets anywhere, and with the logarithm whether the last tenth falls as fast as the first.

The losses of the batches are there for nothing. All else is worked out now and then from parameters that are at hand,
beside the keys: few points at first, more between them later.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from typing import Final

from rich.style import Style
from textual.strip import Strip

from nnstep.explain.metrics import Metrics, is_classifier, measure
from nnstep.explain.pictures.seen import Carried, Seen, current
from nnstep.explain.summary import loss_text
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.tui.renderables.pictures.canvas import DASHED, DOTTED, SOLID, Canvas, Pattern
from nnstep.tui.renderables.pictures.picture import Page, Picture
from nnstep.tui.renderables.pictures.plot import Curve, Plot, draw_plot
from nnstep.tui.theme import Palette

_POINTS: Final = 48  # at most twice as many are worked out
_AT_ONCE: Final = 4
_SIDE_BY_SIDE: Final = 110  # cells from which on both plots have room beside each other
_SERIES: Final = ("train", "validation", "test")

Point = Mapping[str, Metrics]  # by part


@dataclass(frozen=True, eq=False)
class Measured:
    """What was worked out so far: for so many iterations, how well each part is answered after them."""

    points: Mapping[int, Point] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Curves:
    """The whole picture: the plots, what a curve is called and the latest figure of each, and whether more is to come.

    is_log: are losses shown by their logarithm?
    """

    plots: tuple[Plot, ...]
    is_log: bool


def work(seen: Seen, found: Measured | None) -> Callable[[], Measured] | None:
    """Return what works out the next few points that are at hand, from the coarse to the fine; None where none is."""
    compiled, known = seen.view.compiled, dict(found.points) if found else {}
    if not (is_classifier(compiled) or len(compiled.training.watched)):
        return None
    done = _done(seen)
    asked: dict[int, Carried] = {}
    for number in _wanted(done):
        if number not in known and len(asked) < _AT_ONCE:
            at = seen.recall(number)
            if at is not None:
                asked[number] = at
    if done not in known and len(asked) < _AT_ONCE + 1:
        asked[done] = current(seen.view)
    return partial(_measured, compiled, known, asked) if asked else None


def _done(seen: Seen) -> int:
    """Return after how many iterations the current parameters are."""
    view = seen.view
    program = view.program
    whole = all(view.state(after) == "live" for after in program.carry.values())
    return view.position.iteration if whole else view.position.iteration - 1


def _wanted(done: int) -> list[int]:
    """Return the iterations that are worth a point, the coarse ones first; as training goes on, most stay the same."""
    step = 1
    while done // step > _POINTS:
        step *= 2
    numbers = range(0, done + 1, step)
    found = dict.fromkeys(number for every in (16, 8, 4, 2, 1) for number in numbers[::every])
    return list(found)


def _measured(compiled: Compiled, known: Mapping[int, Point], asked: Mapping[int, Carried]) -> Measured:
    """Work out points; runs beside the keys, and shares nothing with them but arrays that stay."""
    found = dict(known)
    for number, at in asked.items():
        parts = zip(_SERIES, compiled.training.parts, strict=True)
        metrics = {name: measure(compiled, at, part) for name, part in parts}
        found[number] = {name: one for name, one in metrics.items() if one is not None}
    return Measured(found)


def facts(seen: Seen, found: Measured | None, *, is_log: bool) -> Curves:
    """Return the curves up to where we are."""
    view = seen.view
    per_epoch = view.batches
    times = [n * view.loss_spacing / per_epoch for n in range(len(view.losses))]
    losses = [Curve("train", tuple(times), view.losses)]
    shares = []
    points = sorted((n, point) for n, point in (found or Measured()).points.items() if n <= _done(seen))
    for name in _SERIES:
        mine = [(n / per_epoch, point[name]) for n, point in points if name in point]
        when = tuple(time for time, _ in mine)
        if name != "train" and mine:
            losses.append(Curve(name, when, tuple(one.loss for _, one in mine)))
        right = [(time, one.accuracy) for time, one in mine if one.accuracy is not None]
        if right:
            shares.append(Curve(name, tuple(t for t, _ in right), tuple(share for _, share in right)))
    title = f"loss ({loss_text(view.compiled)}{', log scale' if is_log else ''})"
    plots = [Plot(title, tuple(losses), is_log)]
    if is_classifier(view.compiled):
        plots.append(Plot("right answers", tuple(shares), False, 0.0, 1.0, percent=True))
    return Curves(tuple(plots), is_log)


def paint(curves: Curves, page: Page) -> list[Strip]:
    """Return both plots, side by side or under each other."""
    canvas = Canvas(page.width, page.height, page.palette.bg)
    plots = curves.plots
    looks = series_looks(page.palette)
    if len(plots) == 1:
        boxes = [(0, 0, page.width, page.height)]
    elif page.width >= _SIDE_BY_SIDE:
        half = page.width // 2
        boxes = [(0, 0, half - 1, page.height), (half + 1, 0, page.width - half - 1, page.height)]
    else:
        upper = page.height - page.height * 2 // 5
        boxes = [(0, 0, page.width, upper), (0, upper, page.width, page.height - upper)]
    for plot, box in zip(plots, boxes, strict=True):
        draw_plot(canvas, box, plot, looks, page.palette, is_large=page.is_large)
    return canvas.strips()


def series_looks(palette: Palette) -> dict[str, tuple[Style, Pattern]]:
    """Return colour and pattern of each series: never colour alone."""
    return {
        "train": (palette.train, SOLID),
        "validation": (palette.name, DASHED),
        "test": (palette.test, DOTTED),
    }


CURVES = Picture(
    "curves",
    "Loss and right answers over the epochs.",
    lambda compiled: True,
    partial(facts, is_log=False),
    paint,
    work,
)
CURVES_LOG = Picture(
    "curves, log scale",
    "The same; each line up is ten times as much.",
    lambda compiled: True,
    partial(facts, is_log=True),
    paint,
    work,
)
