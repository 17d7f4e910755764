"""What a network can be built of, and still never learns: said while it is loaded, before anyone wonders."""

from nnstep.catalog.losses import LOSSES
from nnstep.engine.program import Program, Step
from nnstep.errors import NnstepError
from nnstep.scenario.load import LoadedScenario


def check_sense(loaded: LoadedScenario, program: Program) -> None:
    """Raise NnstepError, with the line, where a softmax has one number in each row, and so always says 1."""
    for step in program.steps:
        if step.role == "output" and step.op.name == "softmax" and step.shape[-1] == 1:
            number = int(step.layer.removeprefix("layer"))
            what = f"layer {number}: softmax over a single unit is always 1"
            where = loaded.where("network", number - 1)
            raise NnstepError(what, where=where, hint="use sigmoid, or give the layer before it a unit for each class")
    output, loss = program.values[program.prediction], LOSSES[loaded.model.loss.name]
    if loss.rows and loss.takes == "logits" and isinstance(output, Step) and output.shape[-1] == 1:
        what = f"{loss.name} over a single unit is always 0, since a softmax of one number is 1"
        raise NnstepError(what, where=loaded.where("loss"), hint="use bce_with_logits, or one unit for each class")
