"""A training at full speed: no values but the parameters are kept, and these lie still and are written in place.

What it gives is what stepping gives, bit for bit; in single precision it is faster and not the same.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnstep.engine.batches import Batches
from nnstep.engine.cell import Array
from nnstep.engine.fast import Loop, Recording, write_loop
from nnstep.engine.layout import columns
from nnstep.engine.program import Program, Step
from nnstep.engine.together import Group, find_groups
from nnstep.engine.training import INPUTS, RATE, TARGETS, Samples, Training

_MOST_TURNS = 1_000


class Runner:
    """Runs iterations one after the other.

    done: how many have been run. at: parameters and states after them; the arrays are written to by every run.
    kind: of the numbers it calculates with: float64, or float32 for speed.
    """

    def __init__(self, training: Training, kind: DTypeLike = np.float64) -> None:
        self.training, self.kind, self.done = training, np.dtype(kind), 0
        self._groups = find_groups(training.program(1))
        self._flats = [{part: np.empty(group.size, self.kind) for part in group.carried} for group in self._groups]
        self.at: dict[str, Array] = {}
        for variable in training.program(1).carried:
            self.at[variable.id] = columns(np.empty(variable.shape, self.kind))
        for group, flats in zip(self._groups, self._flats, strict=True):
            self.at.update(group.views(flats))
        self._rate = np.empty((), self.kind)
        self._train = self._cast(training.train)
        self._loops: dict[int, Loop] = {}
        self._scores: dict[int, tuple[Samples, Callable[[], float]]] = {}  # kept, so that the number stays theirs
        self._spans = _spans(training.batches)
        self.begin(0, training.first)

    def begin(self, done: int, carried: Mapping[str, Array]) -> None:
        """Go on from these parameters and states after so many iterations."""
        self.done = done
        with np.errstate(all="ignore"):  # what is too large for single precision becomes infinite
            for identity, array in self.at.items():
                array[...] = carried[identity]

    def run(self, last: int, losses: list[float], low: float = -inf) -> None:
        """Run up to an iteration, adding the loss of each, from before its update, to `losses`.

        Stops after an iteration whose loss is below `low` or not finite.
        """
        per_epoch = self.training.batches.per_epoch
        with np.errstate(all="ignore"):
            while self.done < last:
                first = self.done + 1
                base = (first - 1) // per_epoch * per_epoch
                end, size = self._spans[bisect_left(self._spans, (first - base,))]
                upto = last if len(self._spans) == 1 else min(base + end, last)
                self.done = self._loop(size)(first, upto, low, losses)
                if not low <= losses[-1] < inf:
                    return

    def score(self, samples: Samples) -> float:
        """Return the loss of the answers to samples, without training on them."""
        key = id(samples)
        if key not in self._scores:
            self._scores[key] = samples, self._scorer(samples)
        return self._scores[key][1]()

    def carried(self) -> dict[str, Array]:
        """Return parameters and states as they are now, in arrays of their own."""
        return {identity: array.copy(order="K") for identity, array in self.at.items()}

    # ---- recording

    def _loop(self, size: int) -> Loop:
        if size not in self._loops:
            self._loops[size] = self._record(size)
        return self._loops[size]

    def _record(self, size: int) -> Loop:
        training = self.training
        program = training.build(size)
        recording = Recording()
        whole = [group.begin(recording, flats) for group, flats in zip(self._groups, self._flats, strict=True)]
        turns = self._turns(size)
        samples = next(iter(turns.values())) if turns else self._room(size)
        fed = {identity: columns(np.ones(program.values[identity].shape, self.kind)) for identity in training.feeds}
        given = {**samples, RATE: self._rate, **fed, **self.at}
        for variable in program.variables:
            if variable.id not in recording.values:
                recording.give(variable.id, given[variable.id])
        if len(turns) > 1:
            recording.take_turns(training.batches.per_epoch, turns)
        together = {step.id for group in self._groups for step in _chains(program, group)}
        _record_steps(recording, [s for s in (*program.steps, *program.measures) if s.id not in together])
        pairs = [
            (recording.values[before], recording.values[after])
            for before, after in program.carry.items()
            if after != before and after not in together
        ]
        for group, flats in zip(self._groups, whole, strict=True):
            pairs += group.update(recording, flats, program.carry)
        recording.carry(pairs)
        return write_loop(recording, recording.values[program.loss], self._fill(samples, fed))

    def _turns(self, size: int) -> dict[int, dict[str, Array]]:
        """Return the batches of a size by their number modulo those of an epoch; none where they do not take turns."""
        batches, train = self.training.batches, self._train
        return {
            number % batches.per_epoch: {
                INPUTS: columns(train.inputs[batches.rows(number)]),
                TARGETS: columns(train.targets[batches.rows(number)]),
            }
            for number in range(1, batches.per_epoch + 1)
            if self._take_turns and batches.count(number) == size
        }

    @property
    def _take_turns(self) -> bool:
        """Does each epoch have the same batches, and few enough to be laid out before the first iteration?"""
        return not self.training.batches.shuffle and self.training.batches.per_epoch <= _MOST_TURNS

    def _room(self, size: int) -> dict[str, Array]:
        """Return room for a batch of a size, with samples in it: what is recorded is run once."""
        train = self._train
        rows = np.zeros(size, dtype=np.intp)
        return {INPUTS: columns(train.inputs[rows]), TARGETS: columns(train.targets[rows])}

    def _fill(self, samples: Mapping[str, Array], fed: Mapping[str, Array]) -> Callable[[int], None] | None:
        """Return what an iteration begins with: samples, a learning rate and what it is fed; None for what stays."""
        training, train, rate = self.training, self._train, self._rate
        batches = training.batches
        rate[...] = training.rate
        takes = not self._take_turns
        if not (takes or fed or training.schedule):
            return None
        everything = np.arange(len(train))

        def fill(iteration: int) -> None:
            rows = everything[batches.rows(iteration)]
            if takes:
                _take(train.inputs, rows, samples[INPUTS])
                _take(train.targets, rows, samples[TARGETS])
            if training.schedule:
                rate[...] = training.rate_at(iteration)
            for identity, array in fed.items():
                array[...] = training.feeds[identity](iteration, rows)

        return fill

    def _scorer(self, samples: Samples) -> Callable[[], float]:
        training, program = self.training, self.training.answering(len(samples))
        recording = Recording()
        rows = np.arange(len(samples))
        cast = self._cast(samples)
        given = {INPUTS: cast.inputs, TARGETS: cast.targets, RATE: self._rate, **self.at}
        for variable in program.variables:
            feed = training.feeds.get(variable.id)
            recording.give(variable.id, given[variable.id] if feed is None else columns(self._as(feed(0, rows))))
        _record_steps(recording, program.scoring)
        loop = write_loop(recording, recording.values[program.loss], None)

        def score() -> float:
            found: list[float] = []
            with np.errstate(all="ignore"):
                loop(1, 1, -inf, found)
            return found[0]

        return score

    def _cast(self, samples: Samples) -> Samples:
        return samples if self.kind == np.float64 else Samples(self._as(samples.inputs), self._as(samples.targets))

    def _as(self, array: Array) -> Any:
        with np.errstate(all="ignore"):
            return array.astype(self.kind, copy=False)


def _record_steps(recording: Recording, steps: Sequence[Step]) -> None:
    for step in steps:
        recording.values[step.id] = recording.tape.step(step, recording.values)


def _chains(program: Program, group: Group) -> list[Step]:
    """Return the steps of the updates of all parameters of a group."""
    return [
        step
        for step in program.steps
        if step.phase == "update" and any(step.id.startswith(f"{parameter}.") for parameter in group.parameters)
    ]


def _spans(batches: Batches) -> list[tuple[int, int]]:
    """Return an epoch's iterations in runs of one batch size: the number of the last one (from 1), and the size."""
    spans: list[tuple[int, int]] = []
    for iteration in range(1, batches.per_epoch + 1):
        size = batches.count(iteration)
        if spans and spans[-1][1] == size:
            spans[-1] = (iteration, size)
        else:
            spans.append((iteration, size))
    return spans


def _take(source: Array, rows: Any, target: Array) -> None:
    """Copy rows of a source into a target that lies as `columns` lays it."""
    if source.ndim == 2:
        np.take(source.T, rows, axis=1, out=target.T, mode="clip")  # a check of the rows would cost a copy
    else:
        np.take(source, rows, axis=0, out=target, mode="clip")
