"""Is every gradient right? Each is held against the loss itself: how it changes when one number is moved a little.

The number is a weight, or any other that has a gradient, such as an activation: it is moved after its step has made it,
and only the steps behind it are run again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import floor, inf, isfinite, isnan, log10, nan, prod
from typing import Literal

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.run import carried, run_step
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.figures import figure
from nnstep.explain.gradients import gradients_of
from nnstep.explain.slopes import EXACT, Losses, Measure
from nnstep.records import dataclass

Verdict = Literal["exact", "approximate", "kink", "unclear", "wrong"]

MOST = 50
"""How many cells of a value are looked at where all of them would take long, and nobody asks for all."""
_LONG = 1e8  # numbers that a check of every cell works out: about a second
_STEP = 300  # a step takes as long as so many numbers, however small it is

# How far a number is moved, as a part of its size (of 1 for a smaller one). The first suits the fourth-order formula:
# its own error and that of rounding are about as large. The others get out of the way of a kink nearby: with a
# thousand samples and relu there always is one.
_MOVES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
# What a step has made may stand much nearer than a weight to where the loss is steep, as a chance of 1e-9 to the end of
# its logarithm. These are powers of two, so that no digit of the number is lost beside which it is moved.
_FINE_MOVES = (2.0**-30, 2.0**-34, 2.0**-38, 2.0**-42)
_FINE_PART = 2.0**-10  # of a number that is smaller than these
_STEEP = 1e3
_PLAIN_MOVES = (1e-4, 1e-5, 1e-6, 1e-7)  # of the difference that is shown: short numbers, good to some eight digits
_PLAIN_FINE_MOVES = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12)
_CLOSE = 1e-6  # of the slope: as near as the plain formula has to come to the finer one
_APPROXIMATE = 1e-5
_NEAR = 1e-6  # of a number: a corner within it is where the number is
_HAIR = 2.0**-40  # of a number: beside it, but hardly


@dataclass(frozen=True)
class CellCheck:
    """One gradient beside what the loss says.

    cell: what it is the gradient of. gradient: dL/d cell as the program works it out, whatever sign is shown.
    measured: by central differences.
    verdict: exact: they can't be told apart; approximate: they agree to five digits; kink: the loss has a corner
    here, and the gradient is the slope on one of its sides, or, of several corners in one place, on that side of each
    which the operations take (a relu stops at 0, of equals the first is the largest); unclear: no difference of losses
    can tell, because the loss is too large beside the gradient, moves by leaps, or is not finite; wrong: none of these.
    sides: the slopes to the left and to the right, where a gradient is wrong at a corner; measured is then the nearer.
    beside: what backprop says a hair beside the number, where that is another thing, and what is measured: a number
    that is rounded to the very end of where it can be, such as a chance of 1. It is unclear then.
    """

    cell: Cell
    gradient: float
    measured: float
    verdict: Verdict
    sides: tuple[float, ...] = ()
    beside: float | None = None

    @property
    def difference(self) -> float:
        """How far the two are apart; 0 at a kink, and where it is unclear: there is no one slope to be apart from."""
        return 0.0 if self.verdict in ("kink", "unclear") else abs(self.gradient - self.measured)


@dataclass(frozen=True)
class Difference:
    """A slope that a person can work out again: the loss with one number moved down, left alone and moved up.

    move: how far, h. below, here, above: L(w - h), L(w), L(w + h).
    """

    cell: Cell
    number: float
    move: float
    below: float
    here: float
    above: float

    @property
    def slope(self) -> float:
        """The central difference, (L(w + h) - L(w - h)) / 2h."""
        return (self.above - self.below) / (2 * self.move)

    @property
    def sides(self) -> tuple[float, float]:
        """The slopes from the left and to the right, which differ at a kink."""
        return (self.here - self.below) / self.move, (self.above - self.here) / self.move


@dataclass(frozen=True)
class ParameterCheck:
    """The gradients of one parameter, or of another value.

    cells: how many there are. checked: how many of these were looked at. exact, approximate: do all agree so far that
    can be told? largest: the largest difference, at `worst`. kinks: where the loss has a corner. unclear: where nothing
    can be told.
    """

    parameter: str
    name: str
    cells: int
    checked: int
    exact: bool
    approximate: bool
    largest: float
    worst: CellCheck
    kinks: tuple[Cell, ...]
    unclear: tuple[Cell, ...] = ()


def check_gradients(
    training: Training, iteration: int = 1, at: Mapping[str, Array] | None = None, *, most: int | None = None
) -> tuple[ParameterCheck, ...]:
    """Return a check of every parameter that is trained; see `parameter_checks`."""
    return tuple(parameter_checks(training, iteration, at, most=most))


def parameter_checks(
    training: Training, iteration: int = 1, at: Mapping[str, Array] | None = None, *, most: int | None = None
) -> Iterator[ParameterCheck]:
    """Yield a check of each parameter that is trained, on the batch of an iteration.

    at: parameters and states at its start; worked out where they are not given. most: as for `chosen_cells`. Raises
    NnstepError where the loss is not finite.
    """
    probe = Probe(training, iteration, at)
    for variable in trained(probe.program):
        yield summed_up(
            variable, [probe.check(cell) for cell in chosen_cells(probe.program, variable, iteration, most)]
        )


def trained(program: Program) -> list[Variable]:
    """Return the parameters that have gradients, in their order."""
    return [variable for variable in program.parameters if variable.trainable]


def place_told(training: Training, iteration: int) -> str:
    """Return an iteration as the title counts it: `epoch 12`, `epoch 2 batch 3/23`."""
    batches = training.batches
    batch = f" batch {batches.batch(iteration)}/{batches.per_epoch}" if batches.per_epoch > 1 else ""
    return f"epoch {batches.epoch(iteration)}{batch}"


def chosen_cells(program: Program, value: Variable | Step, iteration: int, most: int | None) -> list[Cell]:
    """Return the cells of a value that are looked at: all, or `most` of them, drawn from a seed.

    most: None is all, where all of all parameters, or of this value, take about a second, else MOST.
    """
    size, parameters = prod(value.shape), trained(program)
    chosen = np.arange(size)
    if most is None:
        cells = sum(prod(each.shape) for each in parameters) if value in parameters else size
        most = size if cells * (program.cells + _STEP * len(program.steps)) <= _LONG else MOST
    if size > most:
        kin: list[Variable | Step] = [*parameters] if value in parameters else list(program.values.values())
        number = kin.index(value)
        chosen = np.sort(np.random.default_rng([iteration, number]).choice(size, most, replace=False))
    return [Cell(value.id, tuple(int(n) for n in np.unravel_index(flat, value.shape))) for flat in chosen]


def summed_up(value: Variable | Step, found: Sequence[CellCheck]) -> ParameterCheck:
    """Return what the checks of a value's cells come to, at least one of them."""
    worst = max(found, key=_badness)
    return ParameterCheck(
        value.id,
        value.name,
        prod(value.shape),
        len(found),
        all(check.verdict in ("exact", "kink", "unclear") for check in found),
        all(check.verdict != "wrong" for check in found),
        worst.difference,
        worst,
        tuple(check.cell for check in found if check.verdict == "kink"),
        tuple(check.cell for check in found if check.verdict == "unclear"),
    )


def _badness(check: CellCheck) -> tuple[bool, float]:
    """Return what sorts checks from good to bad. A difference that is not a number is larger than all that are."""
    return check.verdict == "wrong", inf if isnan(check.difference) else check.difference


class Probe:
    """Holds the gradients of one iteration against its loss, a cell at a time.

    iteration, at: as for `parameter_checks`, and raises what that does. given_up: asked before each loss; where it says
    yes, GivenUpError is raised.
    """

    def __init__(
        self,
        training: Training,
        iteration: int,
        at: Mapping[str, Array] | None,
        given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self.program = training.program(iteration)
        start = _start(training, iteration) if at is None else at
        self.values = dict(training.run(iteration, start))
        self.gradients = gradients_of(self.program)
        self.losses = Losses(self.program, self.values, given_up)
        self.loss = self.losses.here
        if not isfinite(self.loss):
            raise NnstepError(
                f"the loss of {place_told(training, iteration)} is {figure(self.loss)}, "
                "so it has no slope to compare with",
                hint="check an iteration before it",
            )

    def check(self, cell: Cell) -> CellCheck:
        """Compare the gradient of one cell with the loss: a cell of any value that has one.

        A smaller move is believed against a larger one only where that one is in doubt: rounding makes the smaller one
        so blunt that it would agree with almost anything.
        """
        gradient = self._gradient(cell)
        scale = self._scale(cell)
        measures: list[Measure] = []
        for move in self._moves(cell, scale, gradient):
            found = self.losses.measure(cell, move)
            if measures or not found.agrees(gradient):
                found = self.losses.sobered(found, cell.name)
            doubtful = (found.contradicts(larger) or not larger.excludes(gradient) for larger in measures)
            if found.agrees(gradient) and all(doubtful):
                corner = self._corner(cell, scale, found)
                if corner is None:
                    return CellCheck(cell, gradient, found.slope, "unclear" if found.drowns(gradient) else "exact")
                if corner.is_corner(gradient) or self.losses.meets_beside_corners(cell, gradient, scale):
                    return CellCheck(cell, gradient, found.slope, "kink")
                return CellCheck(cell, gradient, corner.nearer(gradient), "wrong", corner.sides)
            measures.append(found)
        measures = [self.losses.sobered_there(found, cell, gradient) for found in measures]
        best = min(measures, key=lambda found: found.doubt if isfinite(found.doubt) else inf)
        if abs(best.slope - gradient) <= _APPROXIMATE * max(abs(gradient), abs(best.slope)) + best.noise < inf:
            return CellCheck(cell, gradient, best.slope, "unclear" if best.drowns(gradient) else "approximate")
        if isfinite(gradient) and (measures[-1].leaps or not isfinite(best.doubt)):
            return CellCheck(cell, gradient, best.slope, "unclear")
        at_kink = self.losses.has_kinks(cell.name) and (
            any(found.is_corner(gradient) for found in measures)
            or self.losses.meets_beside_corners(cell, gradient, scale)
        )
        if not at_kink and isfinite(beside := self._beside(cell, scale, best.slope)):
            return CellCheck(cell, gradient, best.slope, "unclear", beside=beside)
        return CellCheck(cell, gradient, best.slope, "kink" if at_kink else "wrong")

    def _scale(self, cell: Cell) -> float:
        """Return the size of a number; 1 for a smaller one, and for an infinite one, which stays where it is."""
        size = abs(float(self.values[cell.name][cell.at]))
        return max(1.0, size) if isfinite(size) else 1.0

    def _is_made(self, cell: Cell) -> bool:
        return isinstance(self.program.values[cell.name], Step)

    def _is_steep(self, cell: Cell, gradient: float) -> bool:
        """Is a number that a step has made so near the end of a logarithm that the usual moves go beyond it?"""
        return self.losses.has_logs and self._is_made(cell) and abs(gradient) > _STEEP

    def _moves(self, cell: Cell, scale: float, gradient: float) -> Iterator[float]:
        """Yield how far a number is moved, from far to near."""
        yield from (move * scale for move in _MOVES)
        if self._is_steep(cell, gradient):
            yield from (move * scale for move in _FINE_MOVES)
            part = _FINE_PART * abs(float(self.values[cell.name][cell.at]))
            if 0 < part < _FINE_MOVES[-1]:
                yield part

    def _beside(self, cell: Cell, scale: float, slope: float) -> float:
        """Return what backprop says a hair beside the number, if that is the slope; else nan.

        Where a chance is rounded to 1, its error is 0 divided by 0, and 0 is what operations take.
        """
        if not self._is_made(cell):
            return nan
        target = self._gradient_step(cell)
        for way in (-1, 1):
            moved = self.values[cell.name].copy()
            moved[cell.at] += way * _HAIR * scale
            values, reached = {**self.values, cell.name: moved}, {cell.name}
            for step in (*self.program.steps, *self.program.measures):
                if reached & set(step.reads):
                    reached.add(step.id)
                    run_step(step, values)
            gradient = target.sign * float(values[target.id][cell.at])
            if abs(gradient - slope) <= _APPROXIMATE * abs(slope):
                return gradient
        return nan

    def _corner(self, cell: Cell, scale: float, found: Measure) -> Measure | None:
        """Return the measure of a corner that lies just here; None where there is none.

        Across a corner a central difference gives the mean of both slopes, at any move, and so agrees with a gradient
        that is neither.
        """
        if not self.losses.has_kinks(cell.name) or not found.bends(_APPROXIMATE):
            return None
        near = self.losses.sobered(self.losses.measure(cell, _NEAR * scale), cell.name)
        return near if near.bends(_APPROXIMATE) and near.width > EXACT * found.reach else None

    def difference(self, check: CellCheck) -> Difference:
        """Return the plain central difference of a cell that was checked.

        Of some moves, each a power of ten, the first that comes to what the check measured, or comes nearest to it.
        """
        cell = check.cell
        number = float(self.values[cell.name][cell.at])
        scale = 10.0 ** floor(log10(self._scale(cell)))
        tried: list[Difference] = []
        for move in (
            part * scale for part in (*_PLAIN_MOVES, *_PLAIN_FINE_MOVES * self._is_steep(cell, check.gradient))
        ):
            below, above = (self.losses.at(cell, way * move) for way in (-1, 1))
            tried.append(Difference(cell, number, move, below, self.loss, above))
            if abs(tried[-1].slope - check.measured) <= _CLOSE * max(abs(check.measured), abs(self.loss) * _CLOSE):
                return tried[-1]
        return min(tried, key=lambda one: abs(one.slope - check.measured) if isfinite(one.slope) else inf)

    def _gradient_step(self, cell: Cell) -> Step:
        step = self.program.values[self.gradients[cell.name]]
        assert isinstance(step, Step)
        return step

    def _gradient(self, cell: Cell) -> float:
        step = self._gradient_step(cell)
        return step.sign * float(self.values[step.id][cell.at])


def _start(training: Training, iteration: int) -> Mapping[str, Array]:
    at: Mapping[str, Array] = training.first
    for number in range(1, iteration):
        at = carried(training.program(number), training.run(number, at))
    return at
