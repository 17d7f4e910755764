"""Going anywhere in a training: checkpoints of the parameters within a byte budget, and replay between them."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.program import BYTES_PER_CELL, Program, Step
from nnstep.engine.run import carried
from nnstep.engine.series import Series
from nnstep.engine.stopping import Reason, Stopping
from nnstep.engine.training import Training

DEFAULT_BUDGET = 64 * 2**20  # bytes
# What Python itself needs for a checkpoint or a kept value beside its numbers.
_OVERHEAD = 250  # bytes
# What was is shown beside what is.
_ALWAYS = 2  # iterations


class History:
    """The past of a training, and its future as far as anyone asks.

    budget: bytes for checkpoints and kept values together; only the iteration that was asked for last and the one
        before it are kept whatever they need.
    losses: the loss before each iteration's update, thinned where there are very many.
    reached: the last iteration that was ever run, or 0.
    met: the first iteration whose loss was below the training's goal, or at whose end its patience was over, or 0.
    best: where patience was over, the last iteration of the best epoch; else 0.
    broke: the first iteration at whose end the loss or a parameter was not finite, or 0.
    """

    def __init__(self, training: Training, budget: int = DEFAULT_BUDGET) -> None:
        self.training = training
        self.losses = Series()
        self._stopping = Stopping(training)
        self.reached = self.met = self.best = self.broke = 0
        self._layout = [(v.id, v.shape, prod(v.shape)) for v in training.program(1).carried]
        width = sum(size for _, _, size in self._layout)
        iteration_bytes = training.program(1).cells * BYTES_PER_CELL + len(training.program(1).values) * _OVERHEAD
        self._value_budget = max(budget // 4, min(_ALWAYS * iteration_bytes, budget // 2))
        self._trail = max(_ALWAYS, self._value_budget // iteration_bytes)
        self._room = (budget - self._value_budget) // (width * BYTES_PER_CELL + _OVERHEAD)
        # Iterations done -> parameters after them; the first ones are the training's own and take no room.
        self._checkpoints: dict[int, Array] = {}
        self._spacing = 1
        self._kept: OrderedDict[int, dict[str, Array]] = OrderedDict()
        self._kept_bytes = 0

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
        return self._kept_bytes + sum(c.nbytes + _OVERHEAD for c in self._checkpoints.values())

    def values(self, iteration: int) -> Mapping[str, Array]:
        """Return every value of an iteration; replays as far as that takes."""
        if iteration not in self._kept:
            for _ in self.replay(iteration):
                pass
        self._kept.move_to_end(iteration)
        return self._kept[iteration]

    def parameters(self, done: int) -> dict[str, Array]:
        """Return parameters and states after so many iterations."""
        if not done:
            return {identity: self.training.first[identity].copy() for identity, _, _ in self._layout}
        if done in self._kept:
            return carried(self.training.program(done), self._kept[done])
        if done in self._checkpoints:
            return self._unflat(self._checkpoints[done])
        return carried(self.training.program(done), self.values(done))

    def adopt(self, training: Training) -> None:
        """Go on with the same training told in other names: every parameter keeps its bits, kept values do not.

        A state that follows the sign of the gradient, such as a velocity, takes the sign that it has in those names.
        """
        before, after = _signs(self.training.program(1)), _signs(training.program(1))
        self.training = self._stopping.training = training
        start = 0
        for identity, _, size in self._layout:
            if before[identity] != after[identity]:
                for flat in self._checkpoints.values():
                    # Taken from 0, because minus 0 would be -0, which no run gives.
                    flat[start : start + size] = 0.0 - flat[start : start + size]
            start += size
        self._kept.clear()
        self._kept_bytes = 0

    def distance(self, iteration: int) -> int:
        """Return how many iterations have to be run to show one; 0 where it is kept."""
        return 0 if iteration in self._kept else iteration - self._nearest(iteration)

    def replay(self, iteration: int) -> Iterator[int]:
        """Run up to an iteration, yielding each iteration as it is done.

        Its values are kept, and those of the iterations before it as far as there is room: going back is likely next.
        """
        done = self._nearest(iteration)
        at = self.parameters(done)
        values: dict[str, Array] = {}
        for number in range(done + 1, iteration + 1):
            values = self.training.run(number, at)
            at = carried(self.training.program(number), values)
            self._passed(number, values, at)
            if number > iteration - self._trail:
                self._keep(number, values)
            yield number

    def _nearest(self, iteration: int) -> int:
        """Return the largest number of iterations, below this one, after which the parameters are at hand."""
        before = min(iteration - 1, self.reached)
        known = before - before % self._spacing
        while known and known not in self._checkpoints:
            known -= self._spacing
        kept = [number for number in self._kept if number < iteration]
        return max([known, *kept])

    def _passed(self, iteration: int, values: Mapping[str, Array], at: Mapping[str, Array]) -> None:
        if iteration > self.reached:
            self.reached = iteration
            self._look_at_loss(iteration, float(values[self.training.program(iteration).loss]), at)
        if self._room and iteration % self._spacing == 0 and iteration not in self._checkpoints:
            self._checkpoints[iteration] = self._flat(at)
            if len(self._checkpoints) > self._room:
                self._spacing *= 2
                for number in [n for n in self._checkpoints if n % self._spacing]:
                    del self._checkpoints[number]

    def _look_at_loss(self, iteration: int, loss: float, at: Mapping[str, Array]) -> None:
        self.losses.add(loss)
        reason = self._stopping.after(iteration, loss, at)
        if reason == "not_finite":
            self.broke = self.broke or iteration
        elif reason is not None and not self.met:
            self.met = iteration
            if reason == "patience":
                self.best = self.training.batches.first(self._stopping.best_epoch + 1) - 1

    def _keep(self, iteration: int, values: dict[str, Array]) -> None:
        if iteration in self._kept:
            self._kept_bytes -= self._bytes(self._kept.pop(iteration))
        self._kept[iteration] = values
        self._kept_bytes += self._bytes(values)
        while self._kept_bytes > self._value_budget and len(self._kept) > _ALWAYS:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= self._bytes(dropped)

    def _bytes(self, values: Mapping[str, Array]) -> int:
        return sum(value.nbytes + _OVERHEAD for value in values.values())

    def _flat(self, at: Mapping[str, Array]) -> Array:
        parts = [at[identity].ravel() for identity, _, _ in self._layout]
        return np.concatenate(parts) if parts else np.empty(0)

    def _unflat(self, flat: Array) -> dict[str, Array]:
        # Fresh copies: a replayed iteration must see arrays laid out as the first run saw them.
        found, start = {}, 0
        for identity, shape, size in self._layout:
            found[identity] = flat[start : start + size].reshape(shape).copy()
            start += size
        return found


def _signs(program: Program) -> dict[str, int]:
    """Return the sign of everything that is carried: that of the step which makes its next value."""
    makers = {before: program.values[after] for before, after in program.carry.items()}
    return {before: maker.sign if isinstance(maker, Step) else 1 for before, maker in makers.items()}
