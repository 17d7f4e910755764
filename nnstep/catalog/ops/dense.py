"""What a dense layer does, and what goes back through it."""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

ENTRIES = (
    Op(
        "matmul",
        Rule("out[...,j] = sum[i](x[...,i] * w[i,j])"),
        "Each cell is one row of inputs times one column of weights, added up.",
        code="x @ w",
        notation="{x} · {w}",
        gradients={"x": "matmul_back(d, w)", "w": "matmul_weights(x, d)"},
        example={"x": (3, 4), "w": (4, 2)},
    ),
    Op(
        "add_bias",
        Rule("out[...,j] = x[...,j] + b[j]"),
        "Each unit adds its own bias, the same for every sample.",
        code="x + b",
        notation="{x} + {b}",
        gradients={"x": "d", "b": "sum_samples(d)"},
        example={"x": (3, 4), "b": (4,)},
    ),
    Op(
        "affine",
        Rule("out[...,j] = sum[i](x[...,i] * w[i,j]) + b[j]"),
        "Each cell is one row of inputs times one column of weights, plus its bias.",
        code="x @ w + b",
        notation="{x} · {w} + {b}",
        gradients={"x": "matmul_back(d, w)", "w": "matmul_weights(x, d)", "b": "sum_samples(d)"},
        example={"x": (3, 4), "w": (4, 2), "b": (2,)},
    ),
    Op(
        "matmul_back",
        Rule("out[...,i] = sum[j](d[...,j] * w[i,j])"),
        "How much each unit below is to blame: the blame of all it feeds, weighted.",
        code="d @ w.T",
        notation="{d} · {w}ᵀ",
        example={"d": (3, 2), "w": (4, 2)},
    ),
    Op(
        "matmul_weights",
        Rule("out[i,j] = sum[...](x[...,i] * d[...,j])"),
        "How much each weight is to blame: input times its unit's blame, added up.",
        code="rows(x).T @ rows(d)",
        notation="{x}ᵀ · {d}",
        example={"x": (3, 4), "d": (3, 2)},
    ),
    Op(
        "sum_samples",
        Rule("out[j] = sum[...](d[...,j])"),
        "How much each bias is to blame: its unit's blame, added up over the samples.",
        code="rows(d).sum(axis=0)",
        notation="column sums of {d}",
        example={"d": (3, 4)},
    ),
)
