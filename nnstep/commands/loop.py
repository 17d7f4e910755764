"""Training at full speed: nothing is kept but the parameters and a thinned curve of the losses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnstep.engine.cell import Array, Cell
from nnstep.engine.run import carried, first_not_finite
from nnstep.engine.stopping import Reason, Stopping, are_finite
from nnstep.engine.training import Training

Ending = Reason | Literal["epochs", "interrupted"]
Watch = Callable[[int, float], None]

MOST_POINTS = 200
_LOOK_EVERY = 64  # iterations between looks at the parameters; a loss that is not finite is seen at once


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


def train(training: Training, *, epochs: int, mean: bool, watch: Watch) -> Trained:
    """Train, and return what came of it; Ctrl-C ends it early with all that was done.

    mean: is the loss an average over samples (or a sum)? It decides what the losses of batches are together.
    watch: told each epoch and its loss.
    """
    loop = _Loop(training, mean, Stopping(training), dict(training.first))
    try:
        ending = loop.run(epochs, watch)
    except KeyboardInterrupt:
        ending = "interrupted"
    return loop.result(ending)


class _Curve:
    """The points of a curve; where there are too many, every second one goes."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._spacing = 1

    def wants(self, epoch: int) -> bool:
        return (epoch - 1) % self._spacing == 0

    def add(self, point: Point) -> None:
        self.points.append(point)
        if len(self.points) >= MOST_POINTS:  # one place is the last epoch's
            del self.points[1::2]
            self._spacing *= 2


@dataclass
class _Loop:
    training: Training
    mean: bool
    stopping: Stopping
    at: Mapping[str, Array]
    # Held until the next iteration is done: freed at once, all their memory would go back to the system and be asked
    # for again, which takes a third more time with arrays as large as those of the digits.
    values: Mapping[str, Array] = field(default_factory=dict)
    iterations: int = 0
    epoch: int = 0
    train: float = float("nan")
    curve: _Curve = field(default_factory=_Curve)
    good: tuple[int, Mapping[str, Array]] = (0, {})  # the last look at the parameters that found nothing amiss
    best: Mapping[str, Array] = field(default_factory=dict)  # parameters and states after the best epoch

    def run(self, epochs: int, watch: Watch) -> Ending:
        self.good = (0, self.at)
        for epoch in range(1, epochs + 1):
            ending = self._epoch(epoch)
            watch(epoch, self.train)
            if ending is not None:
                return ending
        return "epochs" if are_finite(self.at) else "not_finite"

    def _epoch(self, epoch: int) -> Ending | None:
        """Run the iterations of an epoch; returns why the training ends, if it does."""
        training = self.training
        total, weight = 0.0, 0
        first = training.batches.first(epoch)
        for iteration in range(first, first + training.batches.per_epoch):
            program = training.program(iteration)
            values = training.run(iteration, self.at)
            self.values = values
            loss, count = float(values[program.loss]), training.batches.count(iteration)
            total, weight = total + loss * (count if self.mean else 1), weight + count
            so_far = total / weight if self.mean else total
            # One statement, so that Ctrl-C never parts the parameters from their iteration.
            self.at, self.iterations, self.epoch, self.train = carried(program, values), iteration, epoch, so_far
            look = iteration % _LOOK_EVERY == 0
            if (ending := self.stopping.after(iteration, loss, self.at, look=look)) is not None:
                return ending
            if look:
                self.good = (iteration, self.at)
        if self.stopping.best_epoch == epoch:
            self.best = {identity: value.copy(order="K") for identity, value in self.at.items()}
        if self.curve.wants(epoch):
            self.curve.add(self._point())
        return None

    def result(self, ending: Ending) -> Trained:
        """Return what it came to, the last epoch's losses at the end of the curve."""
        broke = self._find_break() if ending == "not_finite" else None
        points = self.curve.points
        if self.iterations and (not points or points[-1].epoch != self.epoch):
            points = [*points, self._point()]
        at, best = self.best if ending == "patience" else self.at, self.stopping.best_epoch
        return Trained(ending, at, self.iterations, self.epoch, self.train, tuple(points), broke, best)

    def _point(self) -> Point:
        training = self.training
        losses = (training.predict(self.at, part)[1] if len(part) else None for part in training.parts[1:])
        return Point(self.epoch, self.train, *losses)

    def _find_break(self) -> Break | None:
        """Run again from the last good look and return the first number that is not finite."""
        done, at = self.good
        for iteration in range(done + 1, self.iterations + 1):
            program = self.training.program(iteration)
            values = self.training.run(iteration, at)
            if (found := first_not_finite(program, values)) is not None:
                return Break(iteration, found[1])
            at = carried(program, values)
        return None
