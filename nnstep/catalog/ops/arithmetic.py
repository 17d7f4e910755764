"""Operations that work cell by cell."""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

ENTRIES = (
    Op(
        "add",
        Rule("out[...] = a[...] + b[...]"),
        "What arrives along two ways is added up.",
        gradients={"a": "d", "b": "d"},
    ),
    Op(
        "mul",
        Rule("out[...] = d[...] * slope[...]"),
        "The error that arrives, times how much the unit is listening.",
    ),
)
