"""Mistakes in the slope of an activation."""

from nnstep.catalog.mistakes.base import Laid, Mistake
from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

_OWN_SLOPE = Op(
    "softmax_own_slope",
    Rule("out[...] = d[...] * a[...] * (1 - a[...])"),
    "The error that arrives, times how much each chance is listening to its own score.",
)


def _of_input(laid: Laid) -> None:
    for step in laid.way_back("sigmoid_slope", "tanh_slope"):
        made = laid.step(step.inputs["a"])
        if made and made.op.name in ("sigmoid", "tanh"):
            laid.change(step, step.op, {"a": made.reads[0]})


def _own_slope(laid: Laid) -> None:
    for step in laid.way_back("softmax_back"):
        laid.change(step, _OWN_SLOPE)


ENTRIES = (
    Mistake(
        "slope_of_input",
        "the formula of the slope is for what came out of the activation, and it is given what went in",
        "code that mixes tutorials whose derivative takes the output with tutorials whose derivative takes the input",
        "a sigmoid or tanh",
        "give a layer the activation sigmoid or tanh",
        _of_input,
    ),
    Mistake(
        "softmax_own_slope",
        "softmax's slope is taken as that of a sigmoid: that a chance rises only if the others fall is left out",
        "answers in forums that derive softmax - softmax² as its gradient",
        "a softmax",
        "give the last layer the activation softmax",
        _own_slope,
    ),
)
