"""Rows of a table, by their numbers."""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

ENTRIES = (
    Op(
        "embed",
        Rule("out[...,j] = table[x[...],j]"),
        "Each number is looked up: it becomes its row of the table.",
        code="table[x.astype(int)]",
        notation="rows {x} of {table}",
        gradients={"table": "embed_back(x, d)"},
        example={"table": (5, 3), "x": (4,)},
        domain={"x": "place"},
    ),
    Op(
        "embed_back",
        Rule("out[i:vocabulary,j] = sum[...](d[...,j] if x[...] == i else 0)", ("vocabulary",)),
        "How much each row is to blame: all blame where it was looked up, added up.",
        code="(np.arange(vocabulary)[:, None] == x.reshape(-1)) @ rows(d)",
        notation="{d} added up where {x} is the row, {vocabulary} rows",
        example={"d": (4, 3), "x": (4,)},
        example_settings={"vocabulary": 5},
        domain={"x": "place"},
    ),
)
