"""Mistakes at the output: in the loss, in its gradient and in the first delta. Everything behind them is wrong too."""

from nnstep.catalog.mistakes.base import Laid, Mistake
from nnstep.engine.op import NEGATED, Op
from nnstep.engine.rule import Rule
from nnstep.engine.training import RATE, TARGETS


def _without_slope(laid: Laid) -> None:
    delta = laid.output_delta()
    if delta and delta.op.name in ("mul", "softmax_back"):
        laid.change(delta, "identity", {"z": delta.inputs["d"]})


def _rate_twice(laid: Laid) -> None:
    delta = laid.output_delta() or laid.output_error()
    if delta and laid.rate != 1:
        laid.change(delta, _times_rate(delta.op), {**delta.inputs, "rate": RATE})


def _times_rate(op: Op) -> Op:
    """Return the operation of this value times the learning rate."""
    cell, _, value = op.rule.text.partition(" = ")
    return Op(
        f"{op.name}_times_rate",
        Rule(f"{cell} = ({value}) * rate", op.rule.settings),
        f"{op.sentence} All of it times the learning rate.",
        code=f"({op.code}) * rate" if op.code else "",
        notation=f"{op.notation} · {{rate}}" if op.notation else "",
        note=op.note,
        kinks=op.kinks,
    )


def _turned_round(laid: Laid) -> None:
    for step in laid.way_back():
        if step.phase == "error" and TARGETS in step.reads:
            name = step.op.name
            turned = laid.builder.ops[name.removeprefix(NEGATED)] if name.startswith(NEGATED) else step.op.negated()
            laid.change(step, turned)


def _without_factor(laid: Laid) -> None:
    for step in laid.way_back("sse_slope", "sse_mean_slope"):
        laid.change(step, "half_sse_slope")


def _averaged_over_classes(laid: Laid) -> None:
    for step in laid.loss("cce_mean", "softmax_cross_entropy_mean"):
        classes = laid.shape(TARGETS)[-1]
        if classes > 1:
            laid.change(step, step.op, settings={"n": step.settings["n"] * classes})


ENTRIES = (
    Mistake(
        "delta_without_slope",
        "the output's delta is its error alone: the slope of the activation is left out",
        "an article on digits in NumPy alone, in its log loss and in its mean squared error",
        "an activation at the output",
        "end the network with an activation, such as sigmoid",
        _without_slope,
    ),
    Mistake(
        "rate_twice",
        "the learning rate is in the output's delta, and once more in the updates",
        "step 7 of the pseudo-code of the spreadsheet tutorial, d_output = E * slope_output_layer*lr, and its copies",
        "a learning rate other than 1",
        "choose another learning_rate",
        _rate_twice,
    ),
    Mistake(
        "error_turned_round",
        "the error is output - target where the updates add, or target - output where they subtract: training climbs",
        "code that took its error from one tutorial and its updates from another",
        "a loss that compares the output with targets",
        "choose another loss",
        _turned_round,
    ),
    Mistake(
        "gradient_without_factor",
        "the loss is the sum or mean of squares, and its gradient is output - target: without the 2, without the mean",
        "an article on digits in NumPy alone, in its mean squared error",
        "the loss sse or mse",
        "write loss: mse",
        _without_factor,
    ),
    Mistake(
        "loss_averaged_over_classes",
        "the loss is averaged over samples and classes, its gradient over the samples only",
        "an article on digits in NumPy alone, in its cross-entropy",
        "the mean of cce or softmax_cross_entropy",
        "write loss: cce, and give the last layer an activation: softmax",
        _averaged_over_classes,
    ),
)
