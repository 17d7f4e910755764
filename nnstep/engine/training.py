"""A training: a program for each batch size, the data, the first parameters; everything needed to run it."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Literal, TypeAlias

import numpy as np

from nnstep.engine.batches import Batches, Rows
from nnstep.engine.cell import Array
from nnstep.engine.layout import columns
from nnstep.engine.program import Program
from nnstep.engine.run import run_iteration, run_steps
from nnstep.records import dataclass

INPUTS, TARGETS, RATE = "inputs", "targets", "learning_rate"

# Makes what an iteration (from 1; 0 for answers without training) is given for the samples of these rows: (b, ...).
# It knows the iteration and the rows only, so that any iteration can be replayed alone.
Feed: TypeAlias = Callable[[int, Rows], Array]


@dataclass(frozen=True)
class Samples:
    """Inputs (b, ...) and the targets (b, ...) that belong to them; none where a scenario has none to test on."""

    inputs: Array
    targets: Array

    def __post_init__(self) -> None:
        """Lay both out in memory as programs want them."""
        object.__setattr__(self, "inputs", columns(self.inputs))
        object.__setattr__(self, "targets", columns(self.targets))

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Training:
    """What to run.

    build: the program for a batch size; the same one each time it is asked for the same size.
    first: the values of parameters and states before iteration 1.
    rate: the learning rate. schedule: what it is in an epoch (from 1), where it changes.
    epochs: where fast-forward stops. loss_below: the loss at which it stops before that.
    patience: or after so many epochs in which the loss of the watched part did not fall.
    feeds: for each variable that is neither carried nor a sample (a dropout mask), by its id, what makes it.
    answer: the program that only answers and measures, where that differs from training (dropout, batch norm).
    validation: what is set aside to watch the training by.
    """

    build: Callable[[int], Program]
    batches: Batches
    train: Samples
    test: Samples
    first: Mapping[str, Array]
    rate: float
    epochs: int
    loss_below: float | None = None
    schedule: Callable[[int], float] | None = None
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    answer: Callable[[int], Program] | None = None
    patience: int | None = None
    validation: Samples = field(default_factory=lambda: Samples(np.empty((0, 0)), np.empty((0, 0))))

    @property
    def parts(self) -> tuple[Samples, Samples, Samples]:
        """The samples to train on, to validate on and to test on; the last two may be empty."""
        return self.train, self.validation, self.test

    @property
    def watched(self) -> Samples:
        """The samples whose loss tells when to stop: the validation part, or the test where there is none."""
        return self.validation if len(self.validation) else self.test

    @property
    def watched_name(self) -> Literal["validation", "test"]:
        """What the watched part is called."""
        return "validation" if len(self.validation) else "test"

    def program(self, iteration: int) -> Program:
        """Return the program of an iteration."""
        return self.build(self.batches.count(iteration))

    def start(self, iteration: int, carried: Mapping[str, Array]) -> dict[str, Array]:
        """Return the values of all variables at the start of an iteration."""
        rows = self.batches.rows(iteration)
        whole = isinstance(rows, slice) and len(self.train) == self.batches.count(iteration)
        inputs = self.train.inputs if whole else columns(self.train.inputs[rows])  # (b, ...)
        targets = self.train.targets if whole else columns(self.train.targets[rows])  # (b, ...)
        numbers = np.arange(len(self.train))[rows] if self.feeds else np.empty(0, dtype=np.intp)  # (b,)
        fed = {identity: columns(feed(iteration, numbers)) for identity, feed in self.feeds.items()}
        begun = {identity: columns(value) for identity, value in carried.items()}
        return {INPUTS: inputs, TARGETS: targets, RATE: np.asarray(self.rate_at(iteration)), **fed, **begun}

    def rate_at(self, iteration: int) -> float:
        """Return the learning rate of an iteration."""
        return self.schedule(self.batches.epoch(iteration)) if self.schedule else self.rate

    def run(self, iteration: int, carried: Mapping[str, Array]) -> dict[str, Array]:
        """Return every value of an iteration."""
        return run_iteration(self.program(iteration), self.start(iteration, carried))

    def answering(self, size: int) -> Program:
        """Return the program that answers so many samples without training on them."""
        return (self.answer or self.build)(size)

    def predict(self, carried: Mapping[str, Array], samples: Samples) -> tuple[Array, float]:
        """Return the outputs (b, ...) for samples, and their loss, without training on them."""
        program = self.answering(len(samples))
        rows = np.arange(len(samples))  # (b,)
        fed = {v.id: columns(self.feeds[v.id](0, rows)) for v in program.variables if v.id in self.feeds}
        begun = {identity: columns(value) for identity, value in carried.items()}
        values = {INPUTS: samples.inputs, TARGETS: samples.targets, RATE: np.asarray(self.rate), **fed, **begun}
        run_steps(program.scoring, values)
        return values[program.prediction], float(values[program.loss])
