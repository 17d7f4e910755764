"""What a network can be built of, and still never learns: said while it is loaded, before anyone wonders."""

import numpy as np

from nnstep.catalog.datasets import Prepared
from nnstep.catalog.losses import LOSSES, Loss
from nnstep.engine.program import Program, Step
from nnstep.engine.rule import RuleError
from nnstep.errors import NnstepError
from nnstep.scenario.load import LoadedScenario


def check_sense(loaded: LoadedScenario, program: Program, data: Prepared) -> None:
    """Raise NnstepError, with the line, where the network's end, its data and its loss do not go together."""
    loss = LOSSES[loaded.model.loss.name]
    _check_ending(loaded, program, loss)
    _check_softmax(loaded, program, loss)
    _check_patience(loaded, data)
    _check_inputs(loaded, data)
    _check_targets(loaded, data, loss)


def _check_ending(loaded: LoadedScenario, program: Program, loss: Loss) -> None:
    """Refuse a loss that takes logarithms of what may be negative, or squashes twice."""
    output, where = program.values[program.prediction], loaded.where("loss")
    last = output.op.name if isinstance(output, Step) else ""
    if loss.takes in ("probabilities", "distribution") and last not in ("sigmoid", "softmax"):
        better = {"bce": "bce_with_logits", "cce": "softmax_cross_entropy"}[loss.name]
        raise NnstepError(
            f"{loss.name} takes chances between 0 and 1, and the network ends with {last or 'its inputs'}",
            where=where,
            hint=f"end the network with sigmoid or softmax, or use {better}",
        )
    if loss.takes == "logits" and last in ("sigmoid", "softmax"):
        raise NnstepError(
            f"{loss.name} applies its own {'softmax' if loss.rows else 'sigmoid'}, "
            f"and the network ends with {last} already",
            where=where,
            hint=f"leave the last activation out, or use {'cce' if loss.rows else 'bce'}",
        )


def _check_softmax(loaded: LoadedScenario, program: Program, loss: Loss) -> None:
    """Refuse a softmax that has one number in each row, and so always says 1."""
    for step in program.steps:
        if step.role == "output" and step.op.name == "softmax" and step.shape[-1] == 1:
            number = int(step.layer.removeprefix("layer"))
            what = f"layer {number}: softmax over a single unit is always 1"
            where = loaded.where("network", number - 1)
            raise NnstepError(what, where=where, hint="use sigmoid, or give the layer before it a unit for each class")
    output = program.values[program.prediction]
    if loss.rows and loss.takes == "logits" and isinstance(output, Step) and output.shape[-1] == 1:
        what = f"{loss.name} over a single unit is always 0, since a softmax of one number is 1"
        raise NnstepError(what, where=loaded.where("loss"), hint="use bce_with_logits, or one unit for each class")


def _check_patience(loaded: LoadedScenario, data: Prepared) -> None:
    if loaded.model.stop.patience is not None and not (len(data.validation) or len(data.test)):
        raise NnstepError(
            "patience watches the loss of a validation or a test part, and no samples are set aside for one",
            where=loaded.where("stop", "patience"),
            hint="set some aside in data with split: {validation: 0.2}, or use loss_below",
        )


def _check_inputs(loaded: LoadedScenario, data: Prepared) -> None:
    for layer in loaded.model.network:
        for part in data.parts:
            try:
                layer.check_inputs(part.inputs)
            except RuleError as error:
                hint = "change the inputs, or the settings of the layer that takes them"
                raise NnstepError(str(error), where=loaded.where("data", "inputs"), hint=hint) from error


def _check_targets(loaded: LoadedScenario, data: Prepared, loss: Loss) -> None:
    targets = np.concatenate([part.targets for part in data.parts])  # (b, ..., j)
    where = loaded.where("data", "targets")
    if loss.targets in ("unit", "distribution") and not ((targets >= 0) & (targets <= 1)).all():
        raise NnstepError(f"{loss.name} needs targets between 0 and 1", where=where, hint="or use mse")
    if loss.targets == "distribution" and not np.allclose(targets.sum(axis=-1), 1.0, rtol=0, atol=1e-9):
        raise NnstepError(
            f"{loss.name} needs targets whose rows add up to 1",
            where=where,
            hint="one 1 in each row (one_hot: true), or use bce",
        )
