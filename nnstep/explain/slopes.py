"""How the loss changes when one weight is moved, and how far a number measured so can be trusted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf, isfinite

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step
from nnstep.engine.rounding import RUNS, shaken
from nnstep.engine.run import run_step
from nnstep.records import dataclass

EXACT = 1e-8  # of the gradient: what a difference can tell from none
_NEAR = 1e-6  # how far apart a slope and a gradient that is lost in noise may be for nobody to mind
_EPSILON = float(np.finfo(np.float64).eps)
_ULPS = 32  # of the loss: what rounding does to it at the least
_SAFE = 4  # how much more than the largest of these it may do
_BENT = 2  # times the noise of a slope: what two of them may differ by
_CORNER_MOVE = 1.1e-5  # above it the curve of the loss could look like a corner
_LOWER = 1e-4  # how far from a corner the slope beside it is measured
_LOG = 4 * _EPSILON  # what rounding does at the least to the logarithm of 1 - y, however small that comes out
_LEAP = 1e-3  # of the loss: what no smooth one moves by in the smallest move, and away from a straight line at that
_BESIDE = (1e-6, 1e-7, 1e-8)  # and with which moves: so small that what they move does not come to the corner
_SETTLED = 1e-6  # of the slope: how near three such distances come to the corner
_ROUNDED = 1e-6  # of how far the loss moves: more than that no rounding does to a slope
_ADDED = 8  # how much of the noise of one slope is in what is worked out of four


class GivenUpError(Exception):
    """Raised out of a check that nobody waits for any more."""


@dataclass(frozen=True)
class Measure:
    """The slope of the loss along one weight, measured with one move.

    slope: by a formula whose error falls with the fourth power of the move. plain: by one of the second power, so that
    the two are further apart than the first is from the truth. sides: the slopes to the left and to the right, of the
    second power. noise: what rounding may have made of each of them; inf where a loss is not finite. reach: the mean
    slope of the steeper side over two moves, so that a slope is not sought in what is nothing beside it.
    leaps: does the loss change by much in one or two moves, and not in proportion to them?
    """

    move: float
    slope: float
    plain: float
    sides: tuple[float, float]
    noise: float
    reach: float = 0.0
    leaps: bool = False

    def agrees(self, gradient: float) -> bool:
        """Can this measure not tell a gradient from the slope?"""
        error = abs(self.slope - gradient)
        return isfinite(error) and error <= EXACT * max(abs(gradient), abs(self.slope)) + self.noise

    def drowns(self, gradient: float) -> bool:
        """Does a gradient agree by nothing but noise that is as large as it, though it is not near the slope?"""
        error = abs(self.slope - gradient)
        return abs(gradient) <= self.noise and error > max(_NEAR, EXACT * max(abs(gradient), abs(self.slope)))

    @property
    def doubt(self) -> float:
        """How far the slope may be from the truth: by rounding, and by the curve of the loss, or its corners."""
        return self.noise + max(abs(self.slope - other) for other in (self.plain, *self.sides))

    def excludes(self, gradient: float) -> bool:
        """Is a gradient further away than rounding and the curve of the loss can explain?"""
        return not abs(self.slope - gradient) <= self.doubt

    def contradicts(self, other: "Measure") -> bool:
        """Do two measures differ by more than rounding? Then the larger move was too large."""
        return not abs(self.slope - other.slope) <= self.noise + other.noise

    @property
    def width(self) -> float:
        """How far apart the slopes of the two sides are."""
        return abs(self.sides[1] - self.sides[0])

    def bends(self, part: float = 0.0) -> bool:
        """Are the slopes of the two sides not the same? part: of them, by which they may differ."""
        return self.noise < inf and self.width > _BENT * self.noise + part * max(map(abs, self.sides))

    def is_corner(self, gradient: float) -> bool:
        """Are the slopes of the two sides not the same, and is the gradient one of them?

        What lies between them is the slope of neither, and no operation takes it: of two sides one is chosen.
        """
        if self.move > _CORNER_MOVE or not self.bends():
            return False
        room = self.noise + EXACT * max(map(abs, self.sides))
        return abs(gradient - self.nearer(gradient)) <= room

    def nearer(self, gradient: float) -> float:
        """Return the slope of that side which a gradient is nearer to."""
        return min(self.sides, key=lambda slope: abs(slope - gradient))


class Losses:
    """The loss of one iteration with one weight moved: only the steps are run again that the weight reaches.

    values: all of the iteration. given_up: asked before each loss; where it says yes, GivenUpError is raised.
    """

    def __init__(self, program: Program, values: Mapping[str, Array], given_up: Callable[[], bool]) -> None:
        self.program, self.values, self._given_up = program, values, given_up
        self.here = float(values[program.loss])
        self.has_logs = any("log(" in step.op.rule.text for step in program.scoring)
        self._reached: dict[str, tuple[Step, ...]] = {}
        self._shaken: dict[str, float] = {}
        self._asides: dict[str, Array] = {}
        self._lowered: dict[tuple[str, float], Mapping[str, Array]] = {}

    def at(self, cell: Cell, move: float, lower: float = 0.0) -> float:
        """Return the loss where one weight is moved. lower: how far from corners, see `_aside`."""
        if self._given_up():
            raise GivenUpError
        values = self._moved(cell, move)
        beside = self._beside_corners(cell.name, lower) if lower else {}
        for step in self.steps(cell.name):
            if lower and step.op.kinks:
                # Beside its own corners, however far those before it have moved what it reads.
                _run(
                    step, [self._put_aside(read, lower) + (values[read] - beside[read]) for read in step.reads], values
                )
            else:
                run_step(step, values)
        return float(values[self.program.loss])

    def _moved(self, cell: Cell, move: float) -> dict[str, Array]:
        moved = self.values[cell.name].copy()
        moved[cell.at] += move
        return {**self.values, cell.name: moved}

    def _beside_corners(self, parameter: str, lower: float) -> Mapping[str, Array]:
        """Return the values that a parameter reaches, with no weight moved, where every corner is a little away."""
        if (parameter, lower) not in self._lowered:
            values = dict(self.values)
            for step in self.steps(parameter):
                if step.op.kinks:
                    _run(step, [self._put_aside(read, lower) for read in step.reads], values)
                else:
                    run_step(step, values)
            self._lowered[parameter, lower] = values
        return self._lowered[parameter, lower]

    def _put_aside(self, identity: str, lower: float) -> Array:
        return self.values[identity] + lower * self._aside(identity)  # as the value

    def measure(self, cell: Cell, move: float, lower: float = 0.0) -> Measure:
        """Measure a slope.

        (8 (L(h) - L(-h)) - (L(2h) - L(-2h))) / 12h, and (4 L(h) - L(2h) - 3 L(0)) / 2h to one side: Abramowitz and
        Stegun, Handbook of Mathematical Functions, 25.3.6 and 25.3.4.
        """
        left2, left, right, right2 = (self.at(cell, times * move, lower) for times in (-2, -1, 1, 2))
        here = self.at(cell, 0.0, lower) if lower else self.here
        slope = (8 * (right - left) - (right2 - left2)) / (12 * move)
        sides = ((3 * here - 4 * left + left2) / (2 * move), (4 * right - right2 - 3 * here) / (2 * move))
        noise = max(_ULPS * _EPSILON * max(abs(here), abs(left2), abs(right2)), _LOG * self.has_logs) / move
        reach = max(abs(left2 - here), abs(right2 - here)) / (2 * move)
        leaps = any(_leaps(here, near, far) for near, far in ((left, left2), (right, right2)))
        return Measure(move, slope, (right - left) / (2 * move), sides, noise, reach, leaps)

    def sobered(self, found: Measure, parameter: str) -> Measure:
        """Return a measure with the noise that values which nearly cancel make; it takes some more losses to see."""
        return replace(found, noise=max(found.noise, _SAFE * self.shaken(parameter) / found.move))

    def sobered_there(self, found: Measure, cell: Cell, gradient: float) -> Measure:
        """Return a measure with the noise that there is where the weight is moved to; it takes still more losses.

        A loss of 0 has no noise at all: its errors are 0 and stay so; those beside it do not. It is looked for where
        the gradient is so near, beside how far the loss moves, that rounding could be all that is between.
        """
        if found.agrees(gradient) or abs(found.slope - gradient) > _ROUNDED * found.reach:
            return found
        shaken = max(self._shaken_by(cell.name, self._moved(cell, way * found.move)) for way in (-2, 2))
        return replace(found, noise=max(found.noise, _ADDED * _SAFE * shaken / found.move))

    def meets_beside_corners(self, cell: Cell, gradient: float, scale: float) -> bool:
        """Are there corners just here, and is a gradient the slope on that side of all on which the program takes its?

        With several corners in one place a gradient need not lie between the slopes of the two sides. The slope is
        measured at three distances, each half of the one before, and taken to the limit (Richardson).
        That there is a corner is seen by its two sides, or by the slope across it: either can hide one.
        """
        if not self.has_kinks(cell.name):
            return False
        tried: list[Measure] = []
        for move in _BESIDE:
            found = self.sobered_there(self._beside(cell, move * scale, _LOWER * scale), cell, gradient)
            corner = found.bends() or abs(found.slope - found.plain) > found.noise
            if corner and found.agrees(gradient) and all(found.contradicts(larger) for larger in tried):
                return True
            tried.append(found)
        return False

    def _beside(self, cell: Cell, move: float, lower: float) -> Measure:
        """Return the slope beside all corners; its `plain` is the slope across them."""
        here = self.sobered(self.measure(cell, move), cell.name)
        far, half, near = (self.measure(cell, move, lower * part).slope for part in (1.0, 0.5, 0.25))
        limit = (8 * near - 6 * half + far) / 3
        noise = _ADDED * here.noise + _SETTLED * abs(limit)
        return Measure(move, limit, here.slope, here.sides, noise, here.reach)

    def _aside(self, identity: str) -> Array:
        """Return which way a value has to go to be beside all corners, and how far: 1 to 2, or -1 to -2.

        Each cell goes to the side on which it stands, where 0 stands below; and all keep their order, where the first
        of equals is the largest. So the slopes stay those that the operations take, also where a number is 0 but for
        rounding.
        """
        if identity not in self._asides:
            value = self.values[identity]
            cells = value.reshape(-1)  # (n,)
            order = np.lexsort((-np.arange(cells.size), cells))  # (n,)
            ranks = np.empty(cells.size)  # (n,)
            ranks[order] = np.arange(cells.size)  # (n,)
            below = np.count_nonzero(cells <= 0)
            ways = np.where(ranks < below, ranks - below - cells.size, ranks - below + 1 + cells.size)  # (n,)
            self._asides[identity] = (ways / max(cells.size, 1)).reshape(value.shape)  # as the value
        return self._asides[identity]

    def shaken(self, parameter: str) -> float:
        """Return how far the loss moves where rounding is imitated, as `nnstep.engine.rounding` does it.

        Values that nearly cancel lose their digits, whatever the size of the loss. No gradient has a say in this, so
        a wrong one can't hide behind it.
        """
        if parameter not in self._shaken:
            self._shaken[parameter] = self._shaken_by(parameter, self.values)
        return self._shaken[parameter]

    def _shaken_by(self, parameter: str, values: Mapping[str, Array]) -> float:
        rng, steady = np.random.default_rng(0), dict(values)
        for step in self.steps(parameter):
            run_step(step, steady)
        losses = [self._shaken_loss(parameter, values, rng) for _ in range(RUNS)]
        return float(np.max(np.abs(np.array(losses) - float(steady[self.program.loss]))))

    def _shaken_loss(self, parameter: str, values: Mapping[str, Array], rng: np.random.Generator) -> float:
        if self._given_up():
            raise GivenUpError
        return float(shaken(self.steps(parameter), values, rng)[self.program.loss])

    def has_kinks(self, parameter: str) -> bool:
        """Are there corners on the way from a parameter to the loss?"""
        return any(step.op.kinks for step in self.steps(parameter))

    def steps(self, parameter: str) -> tuple[Step, ...]:
        """Return the steps on the way to the loss that a parameter reaches."""
        if parameter not in self._reached:
            reached = {parameter}
            found = []
            for step in self.program.scoring:
                if reached & set(step.reads):
                    reached.add(step.id)
                    found.append(step)
            self._reached[parameter] = tuple(found)
        return self._reached[parameter]


def _leaps(here: float, near: float, far: float) -> bool:
    """Does a loss change by much from here to one and to two moves away, and not by twice as much for two?

    What bends evenly changes by four times as much at most.
    """
    one, two = near - here, far - here
    return abs(two - 2 * one) > abs(two) / 2 and max(abs(one), abs(two)) > _LEAP * max(abs(here), abs(near), abs(far))


def _run(step: Step, reads: Sequence[Array], values: dict[str, Array]) -> None:
    with np.errstate(all="ignore"):
        values[step.id] = np.asarray(step.op.forward(*reads, **step.settings))
