"""What a mistake is, and what it changes a program with.

A mistake changes steps that were laid: another operation, another value that is read. What comes of it is an ordinary
program, so whatever tells of programs tells of the mistake: no part of nnstep but this one knows that there is any.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Final

from nnstep.engine.backward import gradient_id
from nnstep.engine.build import Builder
from nnstep.engine.op import NEGATED, Op
from nnstep.engine.program import Step
from nnstep.records import dataclass

_WAY_BACK: Final = ("error", "deltas", "gradients")


@dataclass
class Laid:
    """All steps of a program before they are put in order, and how they are changed.

    output: the id of the network's answer. rate: the learning rate that training begins with.
    changed: the ids of the steps that were changed.
    """

    builder: Builder
    output: str
    rate: float
    changed: list[str] = field(default_factory=list)

    def step(self, identity: str) -> Step | None:
        """Return the step that makes a value; None for what no step makes."""
        return next((step for step in self.builder.steps if step.id == identity), None)

    def loss(self, *ops: str) -> Iterator[Step]:
        """Yield the steps of the loss that are of these operations."""
        return (step for step in self.builder.steps if step.layer == "loss" and step.op.name in ops)

    def way_back(self, *ops: str) -> Iterator[Step]:
        """Yield the steps of the way back, from the loss to the gradients: all, or those of these operations.

        An operation and its negative count as one: which it is depends on the sign that a name set shows.
        """
        for step in tuple(self.builder.steps):  # they are changed on the way
            wanted = not ops or step.op.name.removeprefix(NEGATED) in ops
            if wanted and step.phase in _WAY_BACK and step.layer != "loss":
                yield step

    def output_error(self) -> Step | None:
        """Return the step that makes dL/d answer; None where nothing is trained."""
        return self.step(gradient_id(self.output))

    def output_delta(self) -> Step | None:
        """Return the step in which the blame goes back through the last activation; None where there is none."""
        last = self.step(self.output)
        return self.step(gradient_id(last.reads[0])) if last and len(last.reads) == 1 else None

    def shape(self, value: str) -> tuple[int, ...]:
        """Return the shape of a value."""
        return self.builder.shapes[value]

    def change(
        self,
        step: Step,
        op: Op | str,
        inputs: Mapping[str, str] | None = None,
        settings: Mapping[str, float] | None = None,
    ) -> None:
        """Put another operation in the place of a step, or let it read other values.

        op: by name, an operation of the catalog, negated where that of the step was. inputs: by the names that `op`
        has for them; those of the step where nothing is said.
        """
        if isinstance(op, str):
            op = self.builder.ops[op].negated() if step.op.name.startswith(NEGATED) else self.builder.ops[op]
        self.builder.relay(step.id, op, step.inputs if inputs is None else inputs, settings)
        self.changed.append(step.id)

    def needed_for(self, value: str) -> set[str]:
        """Return the ids of all that has to be there before a value can be worked out, and its own."""
        needed = {value}
        # What was changed may read what was laid behind it, so one pass from the last to the first need not be enough.
        while True:
            more = {read for step in self.builder.steps if step.id in needed for read in step.reads} - needed
            if not more:
                return needed
            needed |= more


@dataclass(frozen=True)
class Mistake:
    """A fault that somebody published, to be found.

    sentence: what is wrong, for people. published: where it was seen.
    needs: what a network has to have for it; it ends "this mistake needs ...". hint: how to have that.
    make: changes the steps that were laid; where nothing of the kind is there, it changes nothing.
    """

    name: str
    sentence: str
    published: str
    needs: str
    hint: str
    make: Callable[[Laid], None]
