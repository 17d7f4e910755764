"""Going anywhere in a training: checkpoints of the parameters within a byte budget, and replay between them."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.checkpoints import Checkpoints
from nnstep.engine.packing import Packing
from nnstep.engine.program import BYTES_PER_CELL, Program, Step
from nnstep.engine.run import carried
from nnstep.engine.series import Series
from nnstep.engine.stopping import Reason, Stopping
from nnstep.engine.training import Training

if TYPE_CHECKING:
    from nnstep.engine.runner import Runner

DEFAULT_BUDGET = 64 * 2**20  # bytes
# What Python itself needs for a kept value beside its numbers.
_OVERHEAD = 250  # bytes
# What was is shown beside what is.
_ALWAYS = 2  # iterations
# Going back from where one has arrived is likely next. Further back is a short replay.
_TRAIL = 128  # iterations
# Iterations of so many cells together are run again in less than a millisecond: checkpoints need not be closer.
_CLOSE = 1000
# Recording a program for full speed takes as long as some iterations of it.
_WORTH_IT = 8  # iterations
# How much is run before whoever asked for a far iteration hears how far we are: some milliseconds.
_AT_ONCE = 2_000_000  # cells
_MOST_AT_ONCE = 16  # iterations


class History:
    """The past of a training, and its future as far as anyone asks.

    budget: bytes for checkpoints and kept values together; only the iteration that was asked for last and the one
        before it are kept whatever they need.
    losses: the loss before each iteration's update, thinned where there are very many.
    reached: the last iteration that was ever run, or 0.
    met: the first iteration whose loss was below the training's goal, or at whose end its patience was over, or 0.
    best: where patience was over, the last iteration of the best epoch; else 0.
    broke: the first iteration at whose end the loss or a parameter was not finite, or 0.
    since: the iterations up to this one are those of another history, from which this one branches off; or 0.
    """

    def __init__(
        self,
        training: Training,
        budget: int = DEFAULT_BUDGET,
        *,
        past: "History | None" = None,
        since: int = 0,
        first: Mapping[str, Array] | None = None,
    ) -> None:
        """past: whose the iterations up to `since` are. first: parameters and states after these."""
        self.training = training
        self.since, self._past = since, past
        self.losses: Series = past.losses.first(since) if past else Series()
        self._first = dict(training.first if first is None else first)
        self._stopping = Stopping(training)
        self.reached, self.met, self.best, self.broke = since, 0, 0, 0
        given = training.start(1, training.first)
        self.packing = Packing.of({variable.id: given[variable.id] for variable in training.program(1).carried})
        largest = self._bytes(1)
        self._value_budget = max(budget // 4, min(_ALWAYS * largest, budget // 2))
        self._trail = max(_ALWAYS, min(self._value_budget // largest, _TRAIL))
        # Of parameters after so many iterations since `since`; the first ones take no room.
        close = max(1, _CLOSE // training.program(1).cells)
        spacing = 1 << (close.bit_length() - 1)  # a power of 2
        self._checkpoints = Checkpoints(self.packing.width, budget - self._value_budget, spacing)
        # Iteration -> its values, the one that was asked for last at the end.
        self._kept: OrderedDict[int, dict[str, Array]] = OrderedDict()
        self._kept_bytes = 0
        # The values of the iteration after `reached`, where somebody looked ahead.
        self._ahead: dict[int, dict[str, Array]] = {}
        self._fast: Runner | None = None

    @property
    def ended(self) -> int:
        """The first iteration at which there is no reason to go on by itself: goal met, or broken; or 0."""
        return min((iteration for iteration in (self.met, self.broke) if iteration), default=0)

    @property
    def rest(self) -> int:
        """The iteration to be at where a training has ended by itself: that of the best epoch, or the last; or 0."""
        return self.best if self.best and self.ended == self.met else self.ended

    @property
    def reason(self) -> Reason | None:
        """Why there is no reason to go on after `ended`; None as long as there is one."""
        if not self.ended:
            return None
        return "not_finite" if self.ended == self.broke else "patience" if self.best else "loss_below"

    @property
    def bytes_used(self) -> int:
        """What checkpoints and kept values take, in bytes."""
        return self._kept_bytes + sum(map(self._bytes, self._ahead)) + self._checkpoints.bytes_used

    @property
    def spacing(self) -> int:
        """How many iterations lie between two checkpoints."""
        return self._checkpoints.spacing

    @property
    def due(self) -> int:
        """The iterations done at the next checkpoint to take; 0 where there is no room for any.

        Whoever runs iterations elsewhere may run up to here at once and then tell of each with `passed`, all of them
        with the last one's parameters: no value that stopped being finite ever is again.
        """
        return self.since + self._checkpoints.due if self._checkpoints.due else 0

    def of(self, iteration: int) -> "History":
        """Return the history that an iteration belongs to: this one, or one from which it branches off."""
        return self._past.of(iteration) if self._past and iteration <= self.since else self

    def values(self, iteration: int) -> Mapping[str, Array]:
        """Return every value of an iteration; replays as far as that takes."""
        if self._past and iteration <= self.since:
            return self._past.values(iteration)
        if iteration not in self._kept:
            for _ in self.replay(iteration):
                pass
        self._kept.move_to_end(iteration)
        return self._kept[iteration]

    def parameters(self, done: int) -> dict[str, Array]:
        """Return parameters and states after so many iterations."""
        if self._past and done < self.since:
            return self._past.parameters(done)
        if done == self.since:
            return {part.id: self._first[part.id].copy(order="K") for part in self.packing.parts}
        if done not in self._kept and done == self._checkpoint(done):
            # Copies, because a row is written to again; and a replayed iteration finds them as the first run did.
            views = self.packing.views(self._checkpoints[done - self.since])
            return {identity: view.copy(order="K") for identity, view in views.items()}
        return carried(self.training.program(done), self.values(done))

    def at_hand(self, done: int) -> dict[str, Array] | None:
        """Return parameters and states after so many iterations; None where any would have to be run for that."""
        if self._past and done < self.since:
            return self._past.at_hand(done)
        if done in self._kept:
            # Looking at it does not make it likelier to be asked for again.
            return carried(self.training.program(done), self._kept[done])
        return self.parameters(done) if done == self._checkpoint(done) else None

    def adopt(self, training: Training) -> None:
        """Go on with the same training told in other names: every parameter keeps its bits, kept values do not.

        A state that follows the sign of the gradient, such as a velocity, takes the sign that it has in those names.
        """
        before, after = _signs(self.training.program(1)), _signs(training.program(1))
        self.training = self._stopping.training = training
        self._fast = None
        for part in self.packing.parts:
            if before[part.id] != after[part.id]:
                self._checkpoints.negate(part.start, part.stop)
                self._first[part.id] = 0.0 - self._first[part.id]  # as the part
        self._kept.clear()
        self._ahead.clear()
        self._kept_bytes = 0

    def look_ahead(self) -> None:
        """Run the iteration after the last one that was ever run, so that it is there at once when it is asked for.

        Nothing else is told of it until then. Does nothing where that takes long, or where there is no room for it.
        """
        last, ahead = self.reached, self.reached + 1
        if last not in self._kept or ahead in self._ahead or self.training.program(ahead).cells > _AT_ONCE:
            return
        self._make_room(self._bytes(ahead))
        if self._kept_bytes + self._bytes(ahead) <= self._value_budget and last in self._kept:
            self._ahead = {ahead: self.training.run(ahead, carried(self.training.program(last), self._kept[last]))}

    def distance(self, iteration: int) -> int:
        """Return how many iterations have to be run to show one beside the one before it; 0 where both are kept."""
        if self._past and iteration <= self.since:
            return self._past.distance(iteration)
        done, goal = self._way(iteration)
        return goal - done + (self._past.distance(self.since) if self._past and iteration == self.since + 1 else 0)

    def replay(self, iteration: int) -> Iterator[int]:
        """Run up to an iteration, yielding each iteration as it is done; the last one yielded is the one asked for.

        Its values are kept, with those of the one before it; and those of more before it as far as there is room:
        going back is likely next.
        """
        if self._past and iteration <= self.since + 1:
            yield from self._past.replay(min(iteration, self.since))
            if iteration <= self.since:
                return
        if iteration not in self._ahead:
            self._ahead.clear()
        done, goal = self._way(iteration)
        at = self.parameters(done)
        for number in (iteration - 1, iteration):
            if number in self._kept:
                self._kept.move_to_end(number)
        far = iteration - self._trail  # nothing is kept of the iterations up to here, so they need no values
        if far - done >= _WORTH_IT:
            yield from self._run(done, at, far)
            done, at = far, self._runner.carried()
        values: dict[str, Array] = {}
        for number in range(done + 1, goal + 1):
            values = self._ahead.pop(number, {}) or self.training.run(number, at)
            program = self.training.program(number)
            at = carried(program, values)
            if number > self.reached:
                loss = float(values[program.loss])
                self._note(number, loss, self._stopping.after(number, loss, at))
                if number == self.due:
                    self.packing.pack(at, self._checkpoints.take())
            if number > iteration - self._trail:
                self._keep(number, values)
            if number < iteration:
                yield number
        yield iteration

    def passed(self, iteration: int, loss: float, flat: Array) -> None:
        """Take note of an iteration that was run elsewhere, without its values; of one that is known, nothing.

        loss: before its update. flat: parameters and states after it, as `packing` has them (width); it is copied
        where a checkpoint is due. Raises ValueError where iterations were left out.
        """
        if iteration <= self.reached:
            return
        if iteration > self.reached + 1:
            raise ValueError(f"iteration {iteration} can't follow iteration {self.reached}")
        # Zero times a finite number is 0 and times any other nan, so one fast product looks at every cell.
        if np.vdot(flat, self._zeros) == 0.0:
            at = self.packing.views(flat) if self.training.patience is not None else {}
            self._note(iteration, loss, self._stopping.after(iteration, loss, at, look=False))
        else:
            self._note(iteration, loss, "not_finite")
        if iteration == self.due:
            self._checkpoints.take()[:] = flat

    def _run(self, done: int, at: Mapping[str, Array], goal: int) -> Iterator[int]:
        """Run iterations at full speed, a few at a time, yielding the last one of each few."""
        runner = self._runner
        count = max(1, min(_AT_ONCE // self.training.program(1).cells, _MOST_AT_ONCE))
        runner.begin(done, at)
        while runner.done < goal:
            before, known = runner.done, runner.done < self.reached
            upto = min(goal, before + count, self.reached if known else goal)
            if not known:
                upto = min(upto, self.due or upto)
                if self.training.patience is not None:
                    batches = self.training.batches
                    upto = min(upto, batches.first(batches.epoch(before + 1) + 1) - 1)
            start = None if known else runner.carried()
            losses: list[float] = []
            low = None if known or self.met else self.training.loss_below
            runner.run(upto, losses, -inf if low is None else low)
            if start is not None:
                self._ran(start, losses)
            yield runner.done

    def _ran(self, start: Mapping[str, Array], losses: list[float]) -> None:
        """Take note of new iterations that the runner has just done, of which the first one began with `start`."""
        first = self._runner.done - len(losses) + 1
        flat = np.empty(self.packing.width)  # (width)
        self.packing.pack(self._runner.at, flat)
        if np.isfinite(flat).all():
            for number, loss in enumerate(losses, first):
                self.passed(number, loss, flat)
            return
        # In which of them it broke is found out step by step. It happens once in a training.
        at = start
        for number, loss in enumerate(losses, first):
            at = carried(self.training.program(number), self.training.run(number, at))
            self.packing.pack(at, flat)
            self.passed(number, loss, flat)

    @property
    def _runner(self) -> "Runner":
        if self._fast is None:
            from nnstep.engine.runner import Runner  # the first screen comes sooner without it

            self._fast = Runner(self.training)
        return self._fast

    @cached_property
    def _zeros(self) -> Array:
        return np.zeros(self.packing.width)  # (width)

    def _way(self, iteration: int) -> tuple[int, int]:
        """Return what to run for an iteration and the one before it: all after the first number, up to the second."""
        is_kept = iteration in self._kept
        if iteration == self.since + 1 or iteration - 1 in self._kept:
            return iteration if is_kept else iteration - 1, iteration
        return self._nearest(iteration - 2), iteration - 1 if is_kept else iteration

    def _nearest(self, done: int) -> int:
        """Return the largest number of iterations, `done` or fewer, after which the parameters are at hand."""
        known = self._checkpoint(done)
        return known if known == done else max([known, *(number for number in self._kept if number <= done)])

    def _checkpoint(self, done: int) -> int:
        """Return the largest number of iterations, `done` or fewer, after which parameters are kept in a checkpoint."""
        return self.since + self._checkpoints.nearest(done - self.since)

    def _note(self, iteration: int, loss: float, reason: Reason | None) -> None:
        """Take note of an iteration the first time it is run, and of the reason not to go on after it."""
        self.reached = iteration
        self.losses.add(loss)
        if reason == "not_finite":
            self.broke = self.broke or iteration
        elif reason is not None and not self.met:
            self.met = iteration
            if reason == "patience":
                self.best = self.training.batches.first(self._stopping.best_epoch + 1) - 1

    def _keep(self, iteration: int, values: dict[str, Array]) -> None:
        if iteration not in self._kept:
            self._kept_bytes += self._bytes(iteration)
        self._kept[iteration] = values
        self._kept.move_to_end(iteration)
        self._make_room(0)

    def _make_room(self, size: int) -> None:
        """Drop what was asked for longest ago until so many bytes more have room; two iterations stay."""
        while self._kept_bytes + size > self._value_budget and len(self._kept) > _ALWAYS:
            dropped, _ = self._kept.popitem(last=False)
            self._kept_bytes -= self._bytes(dropped)

    def _bytes(self, iteration: int) -> int:
        program = self.training.program(iteration)
        return program.cells * BYTES_PER_CELL + len(program.values) * _OVERHEAD


def _signs(program: Program) -> dict[str, int]:
    """Return the sign of everything that is carried: that of the step which makes its next value."""
    makers = {before: program.values[after] for before, after in program.carry.items()}
    return {before: maker.sign if isinstance(maker, Step) else 1 for before, maker in makers.items()}
