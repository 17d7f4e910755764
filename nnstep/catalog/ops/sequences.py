"""What goes through time: one time out of a sequence, many times in a row, the sums and gates of recurrent layers."""

from functools import lru_cache

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule


@lru_cache
def stack(times: int) -> Op:
    """Return the operation that lays so many matrices one behind the other as a sequence."""
    names = [f"h{t}" for t in range(times)]
    choices = " else ".join(f"{name}[...,j] if t == {t}" for t, name in enumerate(names[:-1]))
    last = f"{names[-1]}[...,j]"
    return Op(
        f"stack_{times}",
        Rule(f"out[...,t:{times},j] = {f'{choices} else {last}' if choices else last}"),
        "What was worked out one time after the other, in a row: a sequence again.",
        code=f"np.stack([{', '.join(names)}], axis=-2)",
        notation=f"({', '.join(f'{{{name}}}' for name in names)})",
        gradients={name: f"take_time(d, at={t})" for t, name in enumerate(names)},
        example=dict.fromkeys(names, (2, 3)),
    )


def _beside(parts: int) -> Op:
    """Return the operation that lays so many blocks of columns, all as wide, side by side."""
    names = [f"d{n}" for n in range(parts)]
    ends = ["size", *(f"{n}*size" for n in range(2, parts))]
    blocks = [f"{name}[...,i % size]" for name in names]
    choices = " else ".join(f"{block} if i < {end}" for block, end in zip(blocks[:-1], ends, strict=True))
    return Op(
        f"beside_{parts}",
        Rule(f"out[...,i:width] = {choices} else {blocks[-1]}", ("size", "width")),
        "Each gate puts its blame into the columns it read: one wide matrix again.",
        code=f"np.concatenate([{', '.join(names)}], axis=-1)",
        notation=f"[{' | '.join(f'{{{name}}}' for name in names)}]",
        example=dict.fromkeys(names, (2, 3)),
        example_settings={"size": 3, "width": 3 * parts},
    )


ENTRIES = (
    Op(
        "take_time",
        Rule("out[...,j] = x[...,at,j]", ("at",)),
        "What the sequence is at one time.",
        code="x[..., at, :]",
        notation="{x} at t={at}",
        gradients={"x": "put_time(d)"},
        example={"x": (2, 4, 3)},
        example_settings={"at": 1},
    ),
    Op(
        "put_time",
        Rule("out[...,t:times,j] = d[...,j] if t == at else 0", ("at", "times")),
        "Only this time was read, so only this time is to blame: zeros at all others.",
        code="np.where(np.arange(times)[:, None] == at, d[..., None, :], 0.0)",
        notation="{d} at t={at} of {times}, else 0",
        example={"d": (2, 3)},
        example_settings={"at": 1, "times": 4},
    ),
    *(stack(times) for times in (1, 2, 3)),
    Op(
        "every_sample",
        Rule("out[b:samples,j] = h[j]", ("samples",)),
        "Every sample begins with the same.",
        code="np.tile(h, (samples, 1))",
        notation="{h} for each of {samples} samples",
        gradients={"h": "sum_samples(d)"},
        example={"h": (3,)},
        example_settings={"samples": 4},
    ),
    Op(
        "add_three",
        Rule("out[...,j] = x[...,j] + h[...,j] + b[j]"),
        "From the input, from the time before, and the bias, the same at all times.",
        code="x + h + b",
        notation="{x} + {h} + {b}",
        gradients={"x": "d", "h": "d", "b": "sum_samples(d)"},
        example={"x": (3, 4), "h": (3, 4), "b": (4,)},
    ),
    Op(
        "recurrent_affine",
        Rule("out[...,j] = sum[i](x[...,i] * wx[i,j]) + sum[k](h[...,k] * wh[k,j]) + b[j]"),
        "The input times its weights, the state before times its own, and the bias.",
        code="x @ wx + h @ wh + b",
        notation="{x} · {wx} + {h} · {wh} + {b}",
        gradients={
            "x": "matmul_back(d, wx)",
            "wx": "matmul_weights(x, d)",
            "h": "matmul_back(d, wh)",
            "wh": "matmul_weights(h, d)",
            "b": "sum_samples(d)",
        },
        example={"x": (3, 2), "wx": (2, 4), "h": (3, 4), "wh": (4, 4), "b": (4,)},
    ),
    Op(
        "take_columns",
        Rule("out[...,j:size] = x[...,start + j]", ("start", "size")),
        "A block of the columns: the part of the wide matrix that is this gate's.",
        code="x[..., start:start + size]",
        notation="{x} from column {start}, {size} wide",
        gradients={"x": "put_columns(d)"},
        joined="beside",
        example={"x": (2, 8)},
        example_settings={"start": 2, "size": 3},
    ),
    Op(
        "put_columns",
        Rule(
            "out[...,i:width] = d[...,i - start] if start <= i < start + size else 0",
            ("start", "size", "width"),
        ),
        "Only these columns were read, so only these are to blame: 0 in all others.",
        code="np.pad(d, [(0, 0)] * (d.ndim - 1) + [(start, width - start - size)])",
        notation="{d} in {size} of {width} columns from column {start}, else 0",
        example={"d": (2, 3)},
        example_settings={"start": 2, "size": 3, "width": 8},
    ),
    _beside(4),
    Op(
        "product",
        Rule("out[...] = a[...] * b[...]"),
        "How much goes through: each number times how far its gate is open.",
        gradients={"a": "product_back(d, b)", "b": "product_back(d, a)"},
    ),
    Op(
        "product_back",
        Rule("out[...] = d[...] * other[...]"),
        "How much this factor is to blame: the product's blame, times the other one.",
    ),
)
