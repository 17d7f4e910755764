"""Building a program: values and steps are laid one by one, shapes are worked out as they come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace

from nnstep.engine.op import Op
from nnstep.engine.program import Kind, Phase, Program, Step, Variable
from nnstep.engine.rule import RuleError, Shape
from nnstep.records import dataclass

Order = Sequence[Sequence[str]]


@dataclass
class Builder:
    """Collects variables and steps; `finish` puts them in order and checks the whole.

    ops: the catalog's operations by name.
    naming: what the value with a given id is called.
    sign: -1 where a name set shows minus the gradient.
    """

    ops: Mapping[str, Op]
    naming: Callable[[str], str]
    sign: int = 1
    variables: list[Variable] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    carry: dict[str, str] = field(default_factory=dict)

    def variable(self, identity: str, shape: Shape, kind: Kind, *, layer: str = "", trainable: bool = False) -> str:
        """Add a value that the iteration starts with; returns its id."""
        role = identity.removeprefix(f"{layer}.") if layer else identity
        self.variables.append(Variable(identity, self.naming(identity), shape, kind, layer, role, trainable))
        self.shapes[identity] = shape
        if kind in ("parameter", "state"):
            self.carry[identity] = identity
        return identity

    def lay(
        self,
        op: Op | str,
        inputs: Sequence[str] | Mapping[str, str],
        identity: str,
        phase: Phase,
        *,
        layer: str = "",
        settings: Mapping[str, float] | None = None,
        sign: int = 1,
        like: str = "",
    ) -> str:
        """Lay a step; returns the id of its value. Raises RuleError where the shapes do not fit.

        inputs: ids, in the order of the operation's inputs or by their names. like: the id of a value that this one is
        as large as, where the rule needs settings to say so.
        """
        entry = self.ops[op] if isinstance(op, str) else op
        named = dict(inputs) if isinstance(inputs, Mapping) else dict(zip(entry.inputs, inputs, strict=True))
        size = entry.rule.sized(self.shapes[like]) if like else {}
        chosen = {name: value for name, value in {**(settings or {}), **size}.items() if name in entry.settings}
        shape = entry.rule.shape({name: self.shapes[value] for name, value in named.items()}, chosen)
        role = identity.removeprefix(f"{layer}.") if layer else identity
        if identity in self.shapes:
            raise RuleError(f"{identity} is laid twice")
        self.shapes[identity] = shape
        self.steps.append(Step(identity, self.naming(identity), entry, named, shape, phase, layer, role, chosen, sign))
        return identity

    def relay(
        self, identity: str, op: Op, inputs: Mapping[str, str], settings: Mapping[str, float] | None = None
    ) -> None:
        """Put another operation in the place of a step; what it makes keeps its id, its name and its shape.

        settings: beside those of the step, which go on where the operation has them. Raises RuleError where the shapes
        do not fit.
        """
        place, before = next((n, step) for n, step in enumerate(self.steps) if step.id == identity)
        chosen = {name: value for name, value in {**before.settings, **(settings or {})}.items() if name in op.settings}
        shape = op.rule.shape({name: self.shapes[value] for name, value in inputs.items()}, chosen)
        if shape != before.shape:
            raise RuleError(f"{identity} would be {shape}, and it is {before.shape}")
        self.steps[place] = replace(before, op=op, inputs=dict(inputs), settings=chosen)

    def finish(self, prediction: str, order: Order, silent: frozenset[str] = frozenset()) -> Program:
        """Return the program with its steps in the order of a name set, as far as what they read allows.

        order: groups of phases and roles; the steps of one group come together, otherwise as they were laid.
        silent: ids of steps that are measures, not stops.
        """
        parameters = [variable.id for variable in self.variables if variable.kind == "parameter"]
        sought = sorted(_grouped(self.steps, parameters), key=lambda step: _rank(step, order))
        ranked = _readable(sought, (variable.id for variable in self.variables))
        steps = tuple(step for step in ranked if step.id not in silent)
        measures = tuple(step for step in ranked if step.id in silent)
        return Program(tuple(self.variables), steps, measures, dict(self.carry), prediction)


def _rank(step: Step, order: Order) -> int:
    """Return the first group that names the step's role (`.slope`), or else its phase (`deltas`)."""
    for wanted in (f".{step.role}", step.phase):
        for number, group in enumerate(order):
            if wanted in group:
                return number
    return len(order)


def _readable(steps: Sequence[Step], known: Iterable[str]) -> list[Step]:
    """Return the steps in this order, but each behind what it reads.

    What has to wait goes to the next round: where blame goes back through weights that are new already, one layer's
    updates come before the next one's deltas.
    """
    there, found, waiting = set(known), list[Step](), list(steps)
    while waiting:
        held = []
        for step in waiting:
            if there.issuperset(step.reads):
                found.append(step)
                there.add(step.id)
            else:
                held.append(step)
        if len(held) == len(waiting):
            return [*found, *held]  # the program says what is missing
        waiting = held
    return found


def _grouped(steps: Sequence[Step], parameters: Sequence[str]) -> list[Step]:
    """Return the steps as laid, but the gradients of a layer's parameters in the order of the parameters.

    The walk back meets the bias before the weights, because it was added after them; people write weights first.
    What adds up to one gradient comes together.
    """
    found = list(steps)
    rank = {parameter: number for number, parameter in enumerate(parameters)}
    owner = {step.id: step.id.partition(".grad")[0] for step in found if step.phase == "gradients"}
    for layer in dict.fromkeys(step.layer for step in found):
        places = [n for n, step in enumerate(found) if step.layer == layer and owner.get(step.id) in rank]
        ordered = sorted((found[n] for n in places), key=lambda step: rank[owner[step.id]])
        last = places[-1] if places else 0
        for place in reversed(places):
            del found[place]
        start = last - len(places) + 1
        found[start:start] = ordered
    return found
