"""A program: every step of one iteration, with its shapes, known and checked before anything runs."""

import re
from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Literal

from nnstep.engine.op import Op
from nnstep.engine.rule import RuleError, Shape
from nnstep.engine.source import Given, Line, write_source
from nnstep.records import dataclass

Phase = Literal["forward", "error", "deltas", "gradients", "update"]
PHASES: tuple[Phase, ...] = ("forward", "error", "deltas", "gradients", "update")
Kind = Literal["data", "parameter", "state", "constant"]

BYTES_PER_CELL = 8
# A time in an id: `layer1.t2.forget_gate`, `layer1.bias.grad.from_t1`.
_TIME = re.compile(r"(?<=[._])t\d+(?![^.])")


@dataclass(frozen=True)
class Variable:
    """A value that an iteration starts with: a batch of data, a parameter, an optimizer's state, a constant.

    id: the same under every name set. name: what it is called on the screen.
    trainable: does an update make its next value?
    """

    id: str
    name: str
    shape: Shape
    kind: Kind
    layer: str = ""
    role: str = ""
    trainable: bool = False


@dataclass(frozen=True)
class Step:
    """An operation at a place: what it reads, what it makes, and what part it plays.

    inputs: the id of the value for each input of the operation, in the operation's order.
    sign: -1 where the value is minus the gradient (E = y - output), else 1.
    """

    id: str
    name: str
    op: Op
    inputs: Mapping[str, str]
    shape: Shape
    phase: Phase
    layer: str
    role: str
    settings: Mapping[str, float]
    sign: int = 1

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The ids of the values that are read, in the order the operation's function takes them."""
        return tuple(self.inputs[name] for name in self.op.inputs)

    @property
    def size(self) -> int:
        """How many cells it makes."""
        return prod(self.shape)

    @cached_property
    def at_all_times(self) -> str:
        """The id without its times, the same for the steps that do this at other times; empty where it has none."""
        found, times = _TIME.subn("t", self.id)
        return found if times else ""


@dataclass(frozen=True)
class Program:
    """One iteration: what it starts with, its steps in order, and what becomes the next iteration's start.

    measures: values worked out with the steps but never stopped at (the loss, under names that do not show it).
    carry: for each parameter and state, the id of the value it becomes.
    prediction: the id of the network's output.
    Raises RuleError on birth where a value is unknown, assigned twice, or of another shape than promised.
    """

    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]
    measures: tuple[Step, ...]
    carry: Mapping[str, str]
    prediction: str
    loss: str = "loss"

    def __post_init__(self) -> None:
        """Check the whole program once."""
        known = {variable.id: variable.shape for variable in self.variables}
        if len(known) != len(self.variables):
            raise RuleError("two variables have one id")
        for step in (*self.steps, *self.measures):
            missing = [value for value in step.reads if value not in known]
            if missing:
                raise RuleError(f"{step.id} reads {', '.join(missing)}, which is not there yet")
            if step.id in known:
                raise RuleError(f"{step.id} is assigned twice")
            made = step.op.rule.shape({name: known[value] for name, value in step.inputs.items()}, step.settings)
            if made != step.shape:
                raise RuleError(f"{step.id} is {made}, {step.shape} was promised")
            known[step.id] = made
        for before, after in self.carry.items():
            if not (before in known and after in known and known[before] == known[after]):
                raise RuleError(f"{before} can't become {after}")

    @cached_property
    def values(self) -> Mapping[str, Variable | Step]:
        """Every value of an iteration by its id: variables, then steps, then measures."""
        found: dict[str, Variable | Step] = {variable.id: variable for variable in self.variables}
        found.update({step.id: step for step in (*self.steps, *self.measures)})
        return found

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The number of each step, counted from 1."""
        return {step.id: number for number, step in enumerate(self.steps, 1)}

    def step_of(self, identity: str) -> str:
        """Return the id of the step that makes a value, or what it is carried on as; empty where none does.

        Weights before and after their update have one name, and only the second are a step's.
        """
        made = self.carry.get(identity, identity)
        return made if made in self.order else ""

    @cached_property
    def ready(self) -> Mapping[str, int]:
        """How many steps are done when each value is there: 0 for what the iteration starts with.

        A measure is there as soon as everything it reads is, and not before the forward pass is over.
        """
        found = {variable.id: 0 for variable in self.variables} | dict(self.order)
        forward = sum(step.phase == "forward" for step in self.steps)
        for measure in self.measures:
            found[measure.id] = max(forward, *(found[value] for value in measure.reads))
        return found

    @cached_property
    def parameters(self) -> tuple[Variable, ...]:
        """The weights and biases, in the order of the layers."""
        return tuple(variable for variable in self.variables if variable.kind == "parameter")

    @cached_property
    def carried(self) -> tuple[Variable, ...]:
        """Everything that goes from one iteration to the next: parameters, then states."""
        return tuple(variable for variable in self.variables if variable.kind in ("parameter", "state"))

    @cached_property
    def scoring(self) -> tuple[Step, ...]:
        """The steps and measures that prediction and loss need, in their order: all but what only trains."""
        needed = {self.prediction, self.loss}
        found = []
        for step in reversed((*self.steps, *self.measures)):
            if step.id in needed:
                needed.update(step.reads)
                found.append(step)
        return tuple(reversed(found))

    @cached_property
    def cells(self) -> int:
        """How many numbers one iteration holds."""
        return sum(prod(value.shape) for value in self.values.values())

    @cached_property
    def has_times(self) -> bool:
        """Does anything in it go through time?"""
        return any(step.at_all_times for step in self.steps)

    def is_sampled(self, identity: str) -> bool:
        """Has this value a part for each sample of the batch?"""
        value = self.values[identity]
        if isinstance(value, Variable):
            return value.kind == "data"
        batch = next((variable.shape[:1] for variable in self.variables if variable.kind == "data"), ())
        return value.phase in ("forward", "error", "deltas") and bool(batch) and value.shape[:1] == batch

    def to_source(self) -> str:
        """Return one iteration as a plain NumPy script: a function that gives the same numbers in every bit."""
        given = [Given(variable.id, variable.name, variable.shape) for variable in self.variables]
        parts = [*((step, str(step.phase)) for step in self.steps), *((step, "measured") for step in self.measures)]
        lines = [
            Line(step.id, step.name, step.op.numpy, step.inputs, step.settings, step.shape, part)
            for step, part in parts
        ]
        return write_source(given, lines, self.carry, self.loss, self.prediction)

    @cached_property
    def readers(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps that read each value."""
        found: dict[str, list[Step]] = {}
        for step in (*self.steps, *self.measures):
            for value in dict.fromkeys(step.reads):
                found.setdefault(value, []).append(step)
        return {value: tuple(steps) for value, steps in found.items()}
