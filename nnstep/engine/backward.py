"""The backward pass: more steps, laid down by walking the forward steps from the last to the first."""

import re
from collections.abc import Mapping
from dataclasses import field

from nnstep.engine.build import Builder
from nnstep.engine.op import Call, read_gradient
from nnstep.engine.program import Phase, Step
from nnstep.engine.rule import RuleError
from nnstep.records import dataclass


def lay_gradients(builder: Builder, loss: str) -> dict[str, str]:
    """Lay the steps that carry the loss back; returns the id of the gradient of each trainable parameter.

    The loss's own gradient is laid negated where the builder's sign is -1, and every signal after it has that sign.
    """
    walk = _Walk(builder, loss)
    for step in reversed(tuple(builder.steps)):  # more steps are laid on the way
        walk.back_through(step)
    return {
        variable.id: walk.signals[variable.id]
        for variable in builder.variables
        if variable.trainable and variable.id in walk.signals
    }


# The signal that the walk begins with: dL/dL, which is 1 and needs no step.
SEED = ""
# The place of a time in an id: `layer1.t2.pre_activation`.
_TIME = re.compile(r"(\w+)\.t(\d+)\.")


@dataclass
class _Walk:
    builder: Builder
    loss: str
    signals: dict[str, str] = field(default_factory=dict)  # value -> its gradient, once whole
    waiting: dict[str, list[str]] = field(default_factory=dict)  # value -> the steps that have yet to send one back
    times: dict[str, bool] = field(default_factory=dict)  # value -> does each time send it one, and nothing else?

    def __post_init__(self) -> None:
        trainable = {variable.id for variable in self.builder.variables if variable.trainable}
        self.signals[self.loss] = SEED
        self.needed = set(trainable)
        self.steps = {step.id: step for step in self.builder.steps}
        for step in self.builder.steps:
            if any(value in self.needed for value in step.reads):
                self.needed.add(step.id)
        useful = self._reaching_loss()
        for step in self.builder.steps:
            if step.id in useful:
                for value in self._receivers(step).values():
                    self.waiting.setdefault(value, []).append(step.id)
        self.times = {value: _one_a_time(value, senders) for value, senders in self.waiting.items()}
        self.blocks = {value: self._blocks(value, senders) for value, senders in self.waiting.items()}

    def back_through(self, step: Step) -> None:
        """Lay what this step sends back to each of its inputs."""
        if step.id not in self.signals:
            return
        signal = self.signals[step.id]
        for name, value in self._receivers(step).items():
            self._receive(value, step, step.op.gradients[name], signal)

    def _receivers(self, step: Step) -> dict[str, str]:
        return {
            name: value for name, value in step.inputs.items() if value in self.needed and name in step.op.gradients
        }

    def _reaching_loss(self) -> set[str]:
        useful = {self.loss}
        for step in reversed(self.builder.steps):
            if step.id in useful:
                useful.update(self._receivers(step).values())
        return useful

    def _receive(self, value: str, step: Step, text: str, signal: str) -> None:
        """Lay one signal to `value`; where several arrive, they are added up as they come."""
        self.waiting[value].remove(step.id)
        if self.blocks[value]:
            if not self.waiting[value]:
                self.signals[value] = self._lay_beside(value, step)
            return
        whole, before = not self.waiting[value], self.signals.get(value)
        identity = gradient_id(value)
        part, total = self._part_ids(value, identity, step)
        alone = whole and before is None
        came = self._lay(read_gradient(text), value, step, signal, identity if alone else part)
        if before is not None:
            total = identity if whole else total
            layer, phase = self._place(value)
            came = self.builder.lay("add", [before, came], total, phase, layer=layer, sign=self.builder.sign)
        self.signals[value] = came

    def _blocks(self, value: str, senders: list[str]) -> list[str]:
        """Return the steps that send to a value, by their columns, where each read a block and together all of it."""
        steps = [self.steps[sender] for sender in senders]
        joined = {step.op.joined for step in steps}
        if len(joined) != 1 or f"{joined.pop()}_{len(steps)}" not in self.builder.ops:
            return []
        steps.sort(key=lambda step: step.settings["start"])
        size, width = steps[0].settings["size"], self.builder.shapes[value][-1]
        starts = [(step.settings["start"], step.settings["size"]) for step in steps]
        whole = starts == [(n * size, size) for n in range(len(steps))] and len(steps) * size == width
        return [step.id for step in steps] if whole else []

    def _lay_beside(self, value: str, step: Step) -> str:
        """Lay the signals of blocks side by side: no zeros around each, and nothing to add up."""
        signals = [self.signals[sender] for sender in self.blocks[value]]
        layer, phase = self._place(value)
        op, sign = f"{step.op.joined}_{len(signals)}", self.builder.sign
        return self.builder.lay(
            op, signals, gradient_id(value), phase, layer=layer, settings=step.settings, sign=sign, like=value
        )

    def _part_ids(self, value: str, identity: str, step: Step) -> tuple[str, str]:
        """Return the ids of what one step sends to a value, and of the sum when it has come.

        What a layer does again at each time adds up over time: `weights.grad.t2`, `weights.grad.from_t1`. Others come
        by the step that sends them: `error.via.layer2.query`, and `error.lacking_1` is their sum but for one.
        """
        if self.times[value] and (time := _TIME.match(step.id)):
            return f"{identity}.t{time[2]}", f"{identity}.from_t{time[2]}"
        more = len(self.waiting[value])
        again = f".{more}" if step.id in self.waiting[value] else ""
        return f"{identity}.via.{step.id}{again}", f"{identity}.lacking_{more}"

    def _lay(self, made: Call | str, value: str, step: Step, signal: str, identity: str) -> str:
        """Lay a gradient's operations, the inner ones first; returns the id of the outermost."""
        if isinstance(made, str):
            return {"d": signal, "out": step.id, **step.inputs}[made]
        arguments = []
        for argument in made.arguments:
            inner = self._inner_id(argument, step) if isinstance(argument, Call) else ""
            arguments.append(self._lay(argument, value, step, signal, inner))
        return self._step(made, arguments, value, step, identity)

    def _step(self, made: Call, arguments: list[str], value: str, step: Step, identity: str) -> str:
        builder, op = self.builder, self.builder.ops[made.op]
        outermost = identity.startswith(gradient_id(value))
        layer, phase = self._place(value) if outermost else (step.layer, "error" if self._is_last(step) else "deltas")
        sign = builder.sign if outermost else 1
        named = dict(zip(op.inputs, arguments, strict=True))
        if self._is_last(step) and outermost and builder.sign < 0:
            op = op.negated()
        if identity in builder.shapes:
            return identity
        # A gradient is as large as what it is the gradient of.
        like = value if outermost else ""
        settings: Mapping[str, float] = {**step.settings, **dict(made.settings)}
        return builder.lay(op, named, identity, phase, layer=layer, settings=settings, sign=sign, like=like)

    def _is_last(self, step: Step) -> bool:
        """Is this the loss itself, or a term that is only added to others to make it?"""
        return self.signals.get(step.id) == SEED

    def _inner_id(self, made: Call, step: Step) -> str:
        role = self.builder.ops[made.op].role
        if not role:
            raise RuleError(f"{made.op} stands inside a gradient and has no role")
        # What belongs to the output of a place is its own: `layer1.slope`, `layer1.t2.slope`, `layer1.t2.gate.slope`.
        place, _, own = step.id.rpartition(".")
        return f"{place if own in ('output', 'data') else step.id}.{role}"

    def _place(self, value: str) -> tuple[str, Phase]:
        """Return the layer and phase of the gradient of a value."""
        if value in self.steps:
            source = self.steps[value]
            from_loss = any(value in step.reads for step in self.builder.steps if self._is_last(step))
            return source.layer, "error" if from_loss else "deltas"
        variable = next(variable for variable in self.builder.variables if variable.id == value)
        return variable.layer, "gradients"


def _one_a_time(value: str, senders: list[str]) -> bool:
    """Do all these steps stand at times of one layer, no two at the same, and the value at none of them?"""
    places = [_TIME.match(sender) for sender in senders]
    times = {(place[1], place[2]) for place in places if place}
    layers = {layer for layer, _ in times}
    here = _TIME.match(value)
    return len(times) == len(senders) and len(layers) == 1 and not (here and here[1] in layers)


def gradient_id(value: str) -> str:
    """Return the id of dL/d value: the `error` of an output, the `delta` of a pre-activation, else its `grad`."""
    layer, _, role = value.rpartition(".")
    return {"output": f"{layer}.error", "pre_activation": f"{layer}.delta"}.get(role, f"{value}.grad")
