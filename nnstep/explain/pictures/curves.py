"""What the curves show: the loss and the part that is right, of the samples trained on and of those set aside.

The losses of the batches are there for nothing. All else is worked out now and then from parameters that are at hand,
beside the keys: few points at first, more between them later.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from typing import Final

from nnstep.catalog.classes import is_classifier
from nnstep.explain.figures import figure
from nnstep.explain.metrics import Metrics, measure
from nnstep.explain.pictures.seen import Carried, Seen, current
from nnstep.explain.summary import loss_text
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.session import View

_POINTS: Final = 48  # at most twice as many are worked out
_AT_ONCE: Final = 4
_SERIES: Final = ("train", "validation", "test")

Point = Mapping[str, Metrics]  # by part


@dataclass(frozen=True)
class Curve:
    """A named curve. times: in epochs, rising. values: one for each time. moment: when they are taken, if not then."""

    name: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    moment: str = ""


@dataclass(frozen=True)
class Plot:
    """Curves on one scale. is_log: by powers of ten. least, most: of the scale, where these are given.

    span: the first and the last epoch of the axis, the same for all plots of a picture.
    """

    title: str
    curves: tuple[Curve, ...]
    span: tuple[float, float]
    is_log: bool = False
    least: float | None = None
    most: float | None = None
    percent: bool = False

    def text(self, value: float) -> str:
        """Return a value for people."""
        return f"{value:.1%}" if self.percent else figure(value)


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


def curves_work(seen: Seen, found: Measured | None) -> Callable[[], Measured] | None:
    """Return what works out the next few points that are at hand, from the coarse to the fine; None where none is."""
    compiled, known = seen.view.compiled, dict(found.points) if found else {}
    if not (is_classifier(compiled.training) or len(compiled.training.watched)):
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


def _of_all(view: View) -> str:
    """Return whose right answers are told: not those of the batch whose loss is, and not those before its update."""
    return f"of all {len(view.compiled.training.train)}, after the update"


def curves_facts(seen: Seen, found: Measured | None, *, is_log: bool) -> Curves:
    """Return the curves up to where we are."""
    view = seen.view
    per_epoch = view.batches
    times = [n * view.loss_spacing / per_epoch for n in range(len(view.losses))]
    # Of an iteration that is done the weights are the next ones, and the loss is the one that led there.
    moment = "before each update" if per_epoch == 1 else "of a batch, before its update"
    losses = [Curve("train", tuple(times), view.losses, moment)]
    shares = []
    points = sorted((n, point) for n, point in (found or Measured()).points.items() if n <= _done(seen))
    for name in _SERIES:
        mine = [(n / per_epoch, point[name]) for n, point in points if name in point]
        when = tuple(time for time, _ in mine)
        if name != "train" and mine:
            losses.append(Curve(name, when, tuple(one.loss for _, one in mine)))
        right = [(time, one.accuracy) for time, one in mine if one.accuracy is not None]
        if right:
            when, values = tuple(time for time, _ in right), tuple(share for _, share in right)
            shares.append(Curve(name, when, values, _of_all(view) if name == "train" else ""))
    title = f"loss ({loss_text(view.compiled)}{', log scale' if is_log else ''})"
    ends = [time for one in (*losses, *shares) if one.times for time in (one.times[0], one.times[-1])]
    span = (min(ends, default=0.0), max([*ends, _done(seen) / per_epoch]))
    plots = [Plot(title, tuple(losses), span, is_log)]
    if is_classifier(view.compiled.training):
        plots.append(Plot("right answers", tuple(shares), span, False, 0.0, 1.0, percent=True))
    return Curves(tuple(plots), is_log)
