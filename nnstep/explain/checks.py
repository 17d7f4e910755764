"""Is every gradient right? Each is held against the loss itself: how it changes when one weight is moved a little."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import floor, inf, isfinite, isnan, log10, prod
from typing import Literal

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.run import carried
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.figures import figure
from nnstep.explain.slopes import EXACT, Losses, Measure
from nnstep.records import dataclass

Verdict = Literal["exact", "approximate", "kink", "unclear", "wrong"]

MOST = 50
"""How many cells of a parameter are looked at where all of them would take long, and nobody asks for all."""
_LONG = 1e8  # numbers that a check of every cell works out: about a second
_STEP = 300  # a step takes as long as so many numbers, however small it is

# How far a weight is moved, as a part of its size (of 1 for a smaller one). The first suits the fourth-order formula:
# its own error and that of rounding are about as large. The others get out of the way of a kink nearby: with a
# thousand samples and relu there always is one.
_MOVES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
_PLAIN_MOVES = (1e-4, 1e-5, 1e-6, 1e-7)  # of the difference that is shown: short numbers, good to some eight digits
_CLOSE = 1e-6  # of the slope: as near as the plain formula has to come to the finer one
_APPROXIMATE = 1e-5
_NEAR = 1e-6  # of a weight: a corner within it is where the weight is


@dataclass(frozen=True)
class CellCheck:
    """One gradient beside what the loss says.

    gradient: dL/dw as the program works it out, whatever sign is shown. measured: by central differences.
    verdict: exact: they can't be told apart; approximate: they agree to five digits; kink: the loss has a corner
    here, and the gradient is the slope on one of its sides, or, of several corners in one place, on that side of each
    which the operations take (a relu stops at 0, of equals the first is the largest); unclear: no difference of losses
    can tell, because the loss is too large beside the gradient, moves by leaps, or is not finite; wrong: none of these.
    sides: the slopes to the left and to the right, where a gradient is wrong at a corner; measured is then the nearer.
    """

    cell: Cell
    gradient: float
    measured: float
    verdict: Verdict
    sides: tuple[float, ...] = ()

    @property
    def difference(self) -> float:
        """How far the two are apart; 0 at a kink, and where it is unclear: there is no one slope to be apart from."""
        return 0.0 if self.verdict in ("kink", "unclear") else abs(self.gradient - self.measured)


@dataclass(frozen=True)
class Difference:
    """A slope that a person can work out again: the loss with one weight moved down, left alone and moved up.

    move: how far, h. below, here, above: L(w - h), L(w), L(w + h).
    """

    cell: Cell
    weight: float
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
    """The gradients of one parameter.

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


def chosen_cells(program: Program, variable: Variable, iteration: int, most: int | None) -> list[Cell]:
    """Return the cells of a parameter that are looked at: all, or `most` of them, drawn from a seed.

    most: None is all, where all of all parameters take about a second, else MOST.
    """
    size = prod(variable.shape)
    chosen = np.arange(size)
    if most is None:
        weights = sum(prod(each.shape) for each in trained(program))
        most = size if weights * (program.cells + _STEP * len(program.steps)) <= _LONG else MOST
    if size > most:
        number = trained(program).index(variable)
        chosen = np.sort(np.random.default_rng([iteration, number]).choice(size, most, replace=False))
    return [Cell(variable.id, tuple(int(n) for n in np.unravel_index(flat, variable.shape))) for flat in chosen]


def summed_up(variable: Variable, found: Sequence[CellCheck]) -> ParameterCheck:
    """Return what the checks of a parameter's cells come to, at least one of them."""
    worst = max(found, key=_badness)
    return ParameterCheck(
        variable.id,
        variable.name,
        prod(variable.shape),
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
        self.losses = Losses(self.program, self.values, given_up)
        self.loss = self.losses.here
        if not isfinite(self.loss):
            raise NnstepError(
                f"the loss of iteration {iteration} is {figure(self.loss)}, so it has no slope to compare with",
                hint="check an iteration before it",
            )

    def check(self, cell: Cell) -> CellCheck:
        """Compare the gradient of one cell with the loss.

        A smaller move is believed against a larger one only where that one is in doubt: rounding makes the smaller one
        so blunt that it would agree with almost anything.
        """
        gradient = self._gradient(cell)
        scale = max(1.0, abs(float(self.values[cell.name][cell.at])))
        measures: list[Measure] = []
        for move in _MOVES:
            found = self.losses.measure(cell, move * scale)
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
        return CellCheck(cell, gradient, best.slope, "kink" if at_kink else "wrong")

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
        weight = float(self.values[cell.name][cell.at])
        scale = 10.0 ** floor(log10(max(1.0, abs(weight))))
        tried: list[Difference] = []
        for move in (part * scale for part in _PLAIN_MOVES):
            below, above = (self.losses.at(cell, way * move) for way in (-1, 1))
            tried.append(Difference(cell, weight, move, below, self.loss, above))
            if abs(tried[-1].slope - check.measured) <= _CLOSE * max(abs(check.measured), abs(self.loss) * _CLOSE):
                return tried[-1]
        return min(tried, key=lambda one: abs(one.slope - check.measured) if isfinite(one.slope) else inf)

    def _gradient(self, cell: Cell) -> float:
        step = self.program.values[f"{cell.name}.grad"]
        assert isinstance(step, Step)
        return step.sign * float(self.values[step.id][cell.at])


def _start(training: Training, iteration: int) -> Mapping[str, Array]:
    at: Mapping[str, Array] = training.first
    for number in range(1, iteration):
        at = carried(training.program(number), training.run(number, at))
    return at
