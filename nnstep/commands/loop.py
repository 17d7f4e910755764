"""Training at full speed: nothing is kept but the parameters and a thinned curve of the losses."""

from collections.abc import Callable, Mapping
from dataclasses import field
from math import inf
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import DTypeLike

from nnstep.commands.interrupts import noted_interrupts
from nnstep.engine.cell import Array, Cell
from nnstep.engine.run import carried, first_not_finite
from nnstep.engine.runner import Runner
from nnstep.engine.stopping import Reason, Stopping, are_finite
from nnstep.engine.training import Training
from nnstep.records import dataclass

Ending = Reason | Literal["epochs", "interrupted"]
Watch = Callable[[int, float], None]

MOST_POINTS = 200
_AT_ONCE = 0.03  # seconds of iterations between looks at Ctrl-C, the parameters and the progress


@dataclass(frozen=True)
class Point:
    """The losses of one epoch: train before its updates, the others after them (None where there is no such part)."""

    epoch: int
    train: float
    validation: float | None
    test: float | None


@dataclass(frozen=True)
class Break:
    """The first number that was not finite: the iteration, and the cell by its value's id."""

    iteration: int
    cell: Cell


@dataclass(frozen=True)
class Trained:
    """What a training came to.

    carried: parameters and states at its end, or those of the best epoch where patience was over.
    epoch: the last one that was begun. train: that epoch's loss, each batch taken before its update.
    points: the curve, at most MOST_POINTS of it. broke: where the numbers broke, if they did.
    best_epoch: the one at whose end the watched loss was least; 0 where the scenario has no patience.
    """

    ending: Ending
    carried: Mapping[str, Array]
    iterations: int
    epoch: int
    train: float
    points: tuple[Point, ...]
    broke: Break | None = None
    best_epoch: int = 0


def train(training: Training, *, epochs: int, mean: bool, watch: Watch, kind: DTypeLike = np.float64) -> Trained:
    """Train, and return what came of it; Ctrl-C ends it early with all that was done.

    mean: is the loss an average over samples (or a sum)? It decides what the losses of batches are together.
    watch: told each epoch and its loss, or now and then where epochs are short. kind: of the numbers it calculates
    with; float64 gives what stepping gives, bit for bit.
    """
    loop = _Loop(training, mean, Runner(training, kind))
    with noted_interrupts() as interrupted:
        ending = loop.run(epochs, watch, interrupted)
    return loop.result(ending)


class _Curve:
    """The points of a curve; where there are too many, every second one goes."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._spacing = 1

    def next(self, epoch: int) -> int:
        """Return the first epoch from this one on that the curve wants a point of."""
        return epoch + (1 - epoch) % self._spacing

    def add(self, point: Point) -> None:
        self.points.append(point)
        if len(self.points) >= MOST_POINTS:  # one place is the last epoch's
            del self.points[1::2]
            self._spacing *= 2


@dataclass
class _Loop:
    training: Training
    mean: bool
    runner: Runner
    epoch: int = 0
    train: float = float("nan")
    curve: _Curve = field(default_factory=_Curve)

    def __post_init__(self) -> None:
        self.stopping = Stopping(self.training, self.runner.score)
        # The last look at the parameters that found nothing amiss.
        self.good: tuple[int, Mapping[str, Array]] = (0, self.training.first)
        self.best: Mapping[str, Array] = {}  # parameters and states after the best epoch
        batches = self.training.batches
        self.counts = [batches.count(iteration) for iteration in range(1, batches.per_epoch + 1)]

    def run(self, epochs: int, watch: Watch, interrupted: Callable[[], bool]) -> Ending:
        last, count = epochs * len(self.counts), 1
        while self.runner.done < last:
            began, before = perf_counter(), self.runner.done
            ending = self._to(min(before + count, self._stop(), last))
            watch(self.epoch, self.train)
            if ending is not None:
                return ending
            if interrupted():
                return "interrupted"
            spent = max(perf_counter() - began, 1e-6)
            # Of what was really run: where epochs are short, that is less than `count` time after time.
            count = max(1, min(2 * count, int((self.runner.done - before) * _AT_ONCE / spent)))
        return "epochs" if are_finite(self.runner.at) else "not_finite"

    def _stop(self) -> int:
        """Return the next iteration after which there is something to do."""
        epoch = self.runner.done // len(self.counts) + 1
        return (epoch if self.training.patience is not None else self.curve.next(epoch)) * len(self.counts)

    def _to(self, upto: int) -> Ending | None:
        """Run up to an iteration; returns why the training ends there or before, if it does."""
        runner, losses, first = self.runner, list[float](), self.runner.done + 1
        runner.run(upto, losses, -inf if self.training.loss_below is None else self.training.loss_below)
        self._add(first, losses)
        ending = self.stopping.after(runner.done, losses[-1], runner.at)
        if ending == "not_finite":
            return ending
        if runner.done % len(self.counts) == 0:
            if self.stopping.best_epoch == self.epoch:
                self.best = runner.carried()
            if self.curve.next(self.epoch) == self.epoch:
                self.curve.add(self._point())
        self.good = (runner.done, runner.carried())
        return ending

    def _add(self, first: int, losses: list[float]) -> None:
        """Work out the loss of the epoch we are in: that of its batches so far, together."""
        size = len(self.counts)
        begin = (self.runner.done - 1) // size * size + 1  # the first iteration of this epoch
        self.epoch = begin // size + 1 if size > 1 else begin
        if begin >= first:
            self._so_far: list[float] = []
        self._so_far += losses[max(0, begin - first) :]
        counts = self.counts[: len(self._so_far)]
        if self.mean:
            total = sum(loss * count for loss, count in zip(self._so_far, counts, strict=True))
            self.train = total / sum(counts)
        else:
            self.train = sum(self._so_far)

    def result(self, ending: Ending) -> Trained:
        """Return what it came to, the last epoch's losses at the end of the curve."""
        runner = self.runner
        broke = self._find_break() if ending == "not_finite" else None
        points = self.curve.points
        if runner.done and (not points or points[-1].epoch != self.epoch):
            points = [*points, self._point()]
        at, best = self.best if ending == "patience" else runner.carried(), self.stopping.best_epoch
        double = {identity: np.asarray(value, dtype=np.float64) for identity, value in at.items()}
        return Trained(ending, double, runner.done, self.epoch, self.train, tuple(points), broke, best)

    def _point(self) -> Point:
        parts = self.training.parts[1:]
        return Point(self.epoch, self.train, *(self.runner.score(part) if len(part) else None for part in parts))

    def _find_break(self) -> Break | None:
        """Run again from the last good look, step by step, and return the first number that is not finite.

        None where all are finite in double precision: then only single precision was too narrow.
        """
        done, at = self.good[0], {identity: value.astype(np.float64) for identity, value in self.good[1].items()}
        for iteration in range(done + 1, self.runner.done + 1):
            program = self.training.program(iteration)
            values = self.training.run(iteration, at)
            if (found := first_not_finite(program, values)) is not None:
                return Break(iteration, found[1])
            at = carried(program, values)
        return None
