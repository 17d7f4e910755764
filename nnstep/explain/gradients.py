"""Which value of a program is the gradient of which: the way back from a signal to what it is the signal of."""

from collections.abc import Container, Mapping

from nnstep.engine.backward import gradient_id
from nnstep.engine.program import Program, Step


def signals_of(program: Program) -> frozenset[str]:
    """Return the ids of all signals: gradients of the loss and parts of such, all that the backward pass hands on.

    What stands inside a gradient (a slope, the winners of a pooling) has a role of its own and is no signal.
    """
    scoring = {step.id for step in program.scoring}
    back = ("error", "deltas", "gradients")
    return frozenset(
        step.id
        for step in (*program.steps, *program.measures)
        if step.phase in back and step.id not in scoring and not step.op.role
    )


def gradients_of(program: Program) -> Mapping[str, str]:
    """Return the id of the gradient of each value that has one: dL/d value, of its shape, with its step's sign.

    Where a step hands its signal on as it is (a bias that is added), its input has the gradient of its output.
    """
    found: dict[str, str] = {}
    scoring = {step.id for step in program.scoring}
    for identity in reversed(tuple(program.values)):
        own = program.values.get(gradient_id(identity))
        if isinstance(own, Step):
            found[identity] = own.id
            continue
        readers = [step for step in program.readers.get(identity, ()) if step.id in scoring]
        ways = [(step, name) for step in readers for name, value in step.inputs.items() if value == identity]
        if len(ways) == 1 and ways[0][0].op.gradients.get(ways[0][1]) == "d" and ways[0][0].id in found:
            reader, _ = ways[0]
            if reader.shape == program.values[identity].shape:
                found[identity] = found[reader.id]
    return found


def owners_of(program: Program) -> Mapping[str, str]:
    """Return what each gradient is of, by its id; of several values that share it, the one that it is named after."""
    known = sorted(gradients_of(program).items(), key=lambda pair: gradient_id(pair[0]) == pair[1])
    return {gradient: identity for identity, gradient in known}


def whole_of(gradients: Container[str], identity: str) -> str:
    """Return the id of the gradient that a signal is, or is a part of: `W.grad` of `W.grad.t2`; or nothing.

    gradients: the ids of all gradients.
    """
    while identity and identity not in gradients:
        identity = identity.rpartition(".")[0]
    return identity
