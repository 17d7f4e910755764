"""A scenario in a few words: how wide its layers are, and what its loss is called."""

from nnstep.engine.program import Program
from nnstep.scenario.compile import Compiled


def network_text(program: Program) -> str:
    """Return the widths of the layers and the activations: `4-3-1 sigmoid`."""
    outputs: dict[str, int] = {}
    functions: list[str] = []
    for step in program.steps:
        if step.phase == "forward":
            outputs[step.layer] = step.shape[-1] if step.shape else 1
            if step.role == "output" and len(step.reads) == 1 and step.op.name != "identity":
                functions.append(step.op.name)
    inputs = program.values["inputs"].shape
    widths = ["×".join(map(str, inputs[1:])), *map(str, outputs.values())]
    return " ".join(["-".join(widths), ", ".join(dict.fromkeys(functions))]).strip()


def loss_text(compiled: Compiled) -> str:
    """Return the loss as a scenario names it, with its reduction where that is not the usual one."""
    loss = compiled.scenario.model.loss
    return loss.name if loss.reduction is None else f"{loss.name}, {loss.reduction}"
