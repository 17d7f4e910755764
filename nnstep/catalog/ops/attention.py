"""Scaled dot-product attention: how well each query fits each key, and the values mixed accordingly.

Vaswani et al., Attention Is All You Need (2017), equation 1: softmax(Q Kᵀ / √d) V. t is the time that asks, s the
time that is asked.
"""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

ENTRIES = (
    Op(
        "scores",
        Rule("out[...,t,s] = sum[j](q[...,t,j] * k[...,s,j]) / sqrt(size)", ("size",)),
        "How well what a time asks for fits what each offers; the root keeps it low.",
        code="q @ k.swapaxes(-1, -2) / np.sqrt(size)",
        notation="{q} · {k}ᵀ / √{size}",
        gradients={"q": "scores_query(d, k)", "k": "scores_key(d, q)"},
        example={"q": (2, 3, 4), "k": (2, 3, 4)},
        example_settings={"size": 4},
    ),
    Op(
        "scores_query",
        Rule("out[...,t,j] = sum[s](d[...,t,s] * k[...,s,j]) / sqrt(size)", ("size",)),
        "How much each query is to blame: its scores' blame, by the keys it met.",
        code="d @ k / np.sqrt(size)",
        notation="{d} · {k} / √{size}",
        example={"d": (2, 3, 5), "k": (2, 5, 4)},
        example_settings={"size": 4},
    ),
    Op(
        "scores_key",
        Rule("out[...,s,j] = sum[t](d[...,t,s] * q[...,t,j]) / sqrt(size)", ("size",)),
        "How much each key is to blame: its scores' blame, by the queries it met.",
        code="d.swapaxes(-1, -2) @ q / np.sqrt(size)",
        notation="{d}ᵀ · {q} / √{size}",
        example={"d": (2, 3, 5), "q": (2, 3, 4)},
        example_settings={"size": 4},
    ),
    Op(
        "causal_mask",
        Rule("out[...,t,s] = x[...,t,s] if s <= t else -inf"),
        "No time may look ahead: later scores are -∞, and softmax makes 0 of them.",
        code="np.where(np.tri(*x.shape[-2:], dtype=bool), x, -inf)",
        notation="{x} where s ≤ t, else -∞",
        gradients={"x": "causal_back(d)"},
        example={"x": (2, 3, 3)},
        infinite=True,
    ),
    Op(
        "causal_back",
        Rule("out[...,t,s] = d[...,t,s] if s <= t else 0"),
        "What was hidden had no say, so it is not to blame.",
        code="np.tril(d)",
        notation="{d} where s ≤ t, else 0",
        example={"d": (2, 3, 3)},
    ),
    Op(
        "mix",
        Rule("out[...,t,j] = sum[s](a[...,t,s] * v[...,s,j])"),
        "Each time takes a mix of all values, of each as much as it attends to it.",
        code="a @ v",
        notation="{a} · {v}",
        gradients={"a": "mix_attention(d, v)", "v": "mix_value(a, d)"},
        example={"a": (2, 3, 5), "v": (2, 5, 4)},
    ),
    Op(
        "mix_attention",
        Rule("out[...,t,s] = sum[j](d[...,t,j] * v[...,s,j])"),
        "How much each attention is to blame: the mix's blame, by what it let in.",
        code="d @ v.swapaxes(-1, -2)",
        notation="{d} · {v}ᵀ",
        example={"d": (2, 3, 4), "v": (2, 5, 4)},
    ),
    Op(
        "mix_value",
        Rule("out[...,s,j] = sum[t](a[...,t,s] * d[...,t,j])"),
        "How much each value is to blame: each mix's blame, by how much it took.",
        code="a.swapaxes(-1, -2) @ d",
        notation="{a}ᵀ · {d}",
        example={"a": (2, 3, 5), "d": (2, 3, 4)},
    ),
)
