"""Dropout: some units are silent in this iteration."""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

ENTRIES = (
    Op(
        "dropout",
        Rule("out[...] = x[...] * mask[...] / (1 - rate)", ("rate",)),
        "Where the mask is 0 the unit is silent this time, and the others speak up.",
        gradients={"x": "dropout(d, mask)"},
        example_settings={"rate": 0.25},
        domain={"mask": "unit"},
    ),
)
