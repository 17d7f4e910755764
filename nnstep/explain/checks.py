"""Is every gradient right? Each is held against the loss itself: how it changes when one weight is moved a little."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite, isnan, log10, prod
from typing import Literal

import numpy as np

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.run import carried, run_step
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.figures import figure
from nnstep.explain.words import Line, Word

Verdict = Literal["exact", "approximate", "kink", "wrong"]

# How far a weight is moved, as a part of its size (of 1 for a smaller one). The first suits the fourth-order formula:
# its own error and that of rounding are about as large. The others get out of the way of a kink nearby: with a
# thousand samples and relu there always is one.
_MOVES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
_PLAIN_MOVES = (1e-4, 1e-5, 1e-6, 1e-7)  # of the difference that is shown: short numbers, good to some eight digits
_EXACT = 1e-8  # of the gradient: what a difference can tell from none
_APPROXIMATE = 1e-5
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class CellCheck:
    """One gradient beside what the loss says.

    gradient: dL/dw as the program works it out, whatever sign is shown. measured: by central differences.
    verdict: exact: they can't be told apart; approximate: they agree to five digits; kink: the loss has a corner
    here, and the gradient is between the slopes on its two sides; wrong: none of these.
    """

    cell: Cell
    gradient: float
    measured: float
    verdict: Verdict

    @property
    def difference(self) -> float:
        """How far the two are apart; 0 at a kink, where there is no one slope to be apart from."""
        return 0.0 if self.verdict == "kink" else abs(self.gradient - self.measured)


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


class GivenUpError(Exception):
    """Raised out of a check that nobody waits for any more."""


@dataclass(frozen=True)
class ParameterCheck:
    """The gradients of one parameter.

    cells: how many there are. checked: how many of these were looked at. exact, approximate: do all agree so far?
    largest: the largest difference, at `worst`. kinks: where the loss has a corner.
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


def check_gradients(
    training: Training, iteration: int = 1, at: Mapping[str, Array] | None = None, *, most: int = 50
) -> tuple[ParameterCheck, ...]:
    """Return a check of every parameter that is trained; see `parameter_checks`."""
    return tuple(parameter_checks(training, iteration, at, most=most))


def parameter_checks(
    training: Training, iteration: int = 1, at: Mapping[str, Array] | None = None, *, most: int = 50
) -> Iterator[ParameterCheck]:
    """Yield a check of each parameter that is trained, on the batch of an iteration.

    at: parameters and states at its start; worked out where they are not given. most: of a larger parameter only so
    many cells are looked at, drawn from a seed. Raises NnstepError where the loss is not finite.
    """
    probe = Probe(training, iteration, at)
    for variable in trained(probe.program):
        yield summed_up(
            variable, [probe.check(cell) for cell in chosen_cells(probe.program, variable, iteration, most)]
        )


def trained(program: Program) -> list[Variable]:
    """Return the parameters that have gradients, in their order."""
    return [variable for variable in program.parameters if variable.trainable]


def chosen_cells(program: Program, variable: Variable, iteration: int, most: int) -> list[Cell]:
    """Return the cells of a parameter that are looked at: all, or `most` of them, drawn from a seed."""
    size = prod(variable.shape)
    chosen = np.arange(size)
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
        all(check.verdict in ("exact", "kink") for check in found),
        all(check.verdict != "wrong" for check in found),
        worst.difference,
        worst,
        tuple(check.cell for check in found if check.verdict == "kink"),
    )


def _badness(check: CellCheck) -> tuple[bool, float]:
    """Return what sorts checks from good to bad. A difference that is not a number is larger than all that are."""
    return check.verdict == "wrong", inf if isnan(check.difference) else check.difference


def check_cell(training: Training, iteration: int, at: Mapping[str, Array], cell: Cell) -> CellCheck:
    """Return the check of one cell of a parameter that is trained. Raises NnstepError as `parameter_checks` does."""
    return Probe(training, iteration, at).check(cell)


def told(check: ParameterCheck) -> Line:
    """Return a check as a line: `wout  exact: True | approximate: True | largest difference: 3.1e-13`."""
    good, bad = "value", "warning"
    line = [
        Word(check.name, "name"),
        Word("  exact: ", "dim"),
        Word(str(check.exact), good),
        Word(" | approximate: ", "dim"),
        Word(str(check.approximate), good if check.approximate else bad),
        Word(" | largest difference: ", "dim"),
        Word(f"{check.largest:.1e}" if check.largest else "0", good if check.approximate else bad),
    ]
    if not check.approximate:
        cell = f"{check.name}[{','.join(map(str, check.worst.cell.at))}]"
        worst = f"{figure(check.worst.gradient, 6)}, the loss says {figure(check.worst.measured, 6)}"
        line.append(Word(f"   worst at {cell}: {worst}", bad))
    if check.checked < check.cells:
        line.append(Word(f"   {check.checked} of {check.cells:,} cells", "dim"))
    if check.kinks:
        line.append(Word(f"   {len(check.kinks)} at a kink, where a loss has no one slope", "dim"))
    return tuple(line)


class Probe:
    """Moves one weight at a time and works the loss out again: only the forward steps that the weight reaches.

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
        self._given_up = given_up
        self.program = training.program(iteration)
        start = _start(training, iteration) if at is None else at
        self.values = dict(training.run(iteration, start))
        self.loss = float(self.values[self.program.loss])
        if not isfinite(self.loss):
            raise NnstepError(
                f"the loss of iteration {iteration} is {figure(self.loss)}, so it has no slope to compare with",
                hint="check an iteration before it",
            )
        self._reached: dict[str, tuple[Step, ...]] = {}
        self._first: dict[str, int] = {}  # for each parameter, the move to begin with

    def check(self, cell: Cell) -> CellCheck:
        """Compare the gradient of one cell with the loss."""
        gradient, best, at_kink = self._gradient(cell), float("nan"), False
        scale = max(1.0, abs(float(self.values[cell.name][cell.at])))
        for place in range(self._first.get(cell.name, 0), len(_MOVES)):
            measured, sides, noise = self._measure(cell, _MOVES[place] * scale)
            error = abs(measured - gradient)
            if error <= _EXACT * max(abs(gradient), abs(measured)) + noise and isfinite(error):
                self._first[cell.name] = place  # what was in the way of this cell is near its neighbours too
                return CellCheck(cell, gradient, measured, "exact")
            if not abs(best - gradient) <= error:
                best = measured
            at_kink = isfinite(noise) and min(sides) - noise <= gradient <= max(sides) + noise
        if isfinite(best) and abs(best - gradient) <= _APPROXIMATE * max(abs(gradient), abs(best)):
            return CellCheck(cell, gradient, best, "approximate")
        at_kink = at_kink and any(step.op.kinks for step in self._steps(cell.name))
        return CellCheck(cell, gradient, best, "kink" if at_kink else "wrong")

    def difference(self, check: CellCheck) -> Difference:
        """Return the plain central difference of a cell that was checked.

        Of some moves, each a power of ten, the one that comes nearest to what the check measured.
        """
        cell = check.cell
        weight = float(self.values[cell.name][cell.at])
        scale = 10.0 ** ceil(log10(max(1.0, abs(weight))))
        tried = [
            Difference(cell, weight, move, self._loss_at(cell, -move), self.loss, self._loss_at(cell, move))
            for move in (part * scale for part in _PLAIN_MOVES)
        ]
        return min(tried, key=lambda one: abs(one.slope - check.measured) if isfinite(one.slope) else inf)

    def _gradient(self, cell: Cell) -> float:
        step = self.program.values[f"{cell.name}.grad"]
        assert isinstance(step, Step)
        return step.sign * float(self.values[step.id][cell.at])

    def _measure(self, cell: Cell, move: float) -> tuple[float, tuple[float, float], float]:
        """Return the slope by the fourth-order formula, the slopes on the two sides, and what rounding makes of them.

        (8 (L(h) - L(-h)) - (L(2h) - L(-2h))) / 12h: Abramowitz and Stegun, Handbook of Mathematical Functions, 25.3.6.
        """
        right, left = self._loss_at(cell, move), self._loss_at(cell, -move)
        right2, left2 = self._loss_at(cell, 2 * move), self._loss_at(cell, -2 * move)
        slope = (8 * (right - left) - (right2 - left2)) / (12 * move)
        sides = ((self.loss - left) / move, (right - self.loss) / move)
        return slope, sides, 32 * _EPSILON * max(abs(self.loss), abs(right2), abs(left2)) / move

    def _loss_at(self, cell: Cell, move: float) -> float:
        """Return the loss where one weight is moved."""
        if self._given_up():
            raise GivenUpError
        moved = self.values[cell.name].copy()
        moved[cell.at] += move
        values = {**self.values, cell.name: moved}
        for step in self._steps(cell.name):
            run_step(step, values)
        return float(values[self.program.loss])

    def _steps(self, parameter: str) -> tuple[Step, ...]:
        if parameter not in self._reached:
            self._reached[parameter] = _forward_from(self.program, parameter)
        return self._reached[parameter]


def _forward_from(program: Program, parameter: str) -> tuple[Step, ...]:
    """Return the steps on the way to the loss that a parameter reaches."""
    reached = {parameter}
    found = []
    for step in program.scoring:
        if reached & set(step.reads):
            reached.add(step.id)
            found.append(step)
    return tuple(found)


def _start(training: Training, iteration: int) -> Mapping[str, Array]:
    at: Mapping[str, Array] = training.first
    for number in range(1, iteration):
        at = carried(training.program(number), training.run(number, at))
    return at
