"""A scenario in a few words: how wide its layers are, and what its loss is called."""

from typing import get_args

from nnstep.catalog.layers.activation import Function
from nnstep.engine.program import Program
from nnstep.engine.rule import Shape
from nnstep.scenario.compile import Compiled

_FUNCTIONS = frozenset(get_args(Function)) - {"identity"}


def network_text(program: Program) -> str:
    """Return what each layer hands on and the activations: `4-3-1 sigmoid`, `1×6×6-1×4×4`."""
    outputs: dict[str, Shape] = {}
    functions: list[str] = []
    for step in program.steps:
        if step.phase == "forward":
            outputs[step.layer] = step.shape
            if step.role == "output" and step.op.name in _FUNCTIONS:
                functions.append(step.op.name)
    widths = ["×".join(map(str, shape[1:])) for shape in (program.values["inputs"].shape, *outputs.values())]
    return " ".join(["-".join(widths), ", ".join(dict.fromkeys(functions))]).strip()


def loss_text(compiled: Compiled) -> str:
    """Return the loss as a scenario names it, with its reduction where that is not the usual one."""
    loss = compiled.scenario.model.loss
    return loss.name if loss.reduction is None else f"{loss.name}, {loss.reduction}"
