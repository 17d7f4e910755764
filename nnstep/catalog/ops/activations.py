"""Activations and their slopes.

Each activation says how a signal goes back through it: the signal times the slope, as two ordinary steps.
"""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

LISTENING = "How much the unit is listening: how far it moves when its input does."

# Hendrycks and Gimpel, Gaussian Error Linear Units (2016), equation 3: the tanh form of gelu.
_GELU_U = "sqrt(2 / pi) * (z[...] + 0.044715 * z[...]**3)"
_GELU_TANH_SLOPE = (
    "0.5 * (1 + np.tanh(U)) + 0.5 * Z * (1 - np.tanh(U)**2) * np.sqrt(2 / pi) * (1 + 0.134145 * Z**2)".replace(
        "U", "(np.sqrt(2 / pi) * (Z + 0.044715 * Z**3))"
    ).replace("Z", "np.clip(z, -10, 10)")
)

ENTRIES = (
    Op(
        "sigmoid",
        Rule("out[...] = 1 / (1 + exp(-z[...]))"),
        "Squeezes any number into 0 to 1.",
        notation="σ({z})",
        gradients={"z": "mul(d, sigmoid_slope(out))"},
    ),
    Op("sigmoid_slope", Rule("out[...] = a[...] * (1 - a[...])"), LISTENING, role="slope"),
    Op(
        "tanh",
        Rule("out[...] = tanh(z[...])"),
        "Squeezes any number into -1 to 1.",
        gradients={"z": "mul(d, tanh_slope(out))"},
    ),
    Op("tanh_slope", Rule("out[...] = 1 - a[...]**2"), LISTENING, role="slope"),
    Op(
        "relu",
        Rule("out[...] = max(z[...], 0)"),
        "Lets what is positive through and stops the rest.",
        notation="relu({z})",
        gradients={"z": "mul(d, relu_slope(z))"},
        kinks=True,
    ),
    Op(
        "relu_slope",
        Rule("out[...] = 1.0 if z[...] > 0 else 0.0"),
        "1 where the unit let its input through, 0 where it did not (or at 0).",
        notation="relu′({z})",
        role="slope",
        kinks=True,
    ),
    Op(
        "leaky_relu",
        Rule("out[...] = z[...] if z[...] > 0 else alpha * z[...]", ("alpha",)),
        "Lets what is positive through, and a little of the rest.",
        notation="leaky_relu({z})",
        gradients={"z": "mul(d, leaky_relu_slope(z))"},
        example_settings={"alpha": 0.01},
        kinks=True,
    ),
    Op(
        "leaky_relu_slope",
        Rule("out[...] = 1.0 if z[...] > 0 else alpha", ("alpha",)),
        "1 where the unit let its input through, alpha where it let a little through.",
        notation="leaky_relu′({z})",
        role="slope",
        example_settings={"alpha": 0.01},
        kinks=True,
    ),
    Op(
        "elu",
        Rule("out[...] = z[...] if z[...] > 0 else alpha * (exp(z[...]) - 1)", ("alpha",)),
        "Lets what is positive through; the rest levels off at -alpha.",
        code="np.where(z > 0, z, alpha * np.expm1(z))",
        notation="elu({z})",
        gradients={"z": "mul(d, elu_slope(z))"},
        note="computed with expm1(z), which keeps the digits that exp(z) - 1 loses near 0",
        example_settings={"alpha": 1.0},
    ),
    Op(
        "elu_slope",
        Rule("out[...] = 1.0 if z[...] > 0 else alpha * exp(z[...])", ("alpha",)),
        LISTENING,
        notation="elu′({z})",
        role="slope",
        example_settings={"alpha": 1.0},
    ),
    Op(
        "softplus",
        Rule("out[...] = log(1 + exp(z[...]))"),
        "A smooth relu.",
        code="np.logaddexp(0, z)",
        notation="softplus({z})",
        gradients={"z": "mul(d, softplus_slope(z))"},
        note="computed with logaddexp, so that exp(z) can't overflow",
    ),
    Op("softplus_slope", Rule("out[...] = 1 / (1 + exp(-z[...]))"), LISTENING, notation="σ({z})", role="slope"),
    Op(
        "gelu",
        Rule("out[...] = 0.5 * z[...] * (1 + erf(z[...] / sqrt(2)))"),
        "The input, times the chance that a standard normal number is smaller.",
        notation="gelu({z})",
        gradients={"z": "mul(d, gelu_slope(z))"},
    ),
    Op(
        "gelu_slope",
        Rule("out[...] = 0.5 * (1 + erf(z[...] / sqrt(2))) + z[...] * exp(-z[...]**2 / 2) / sqrt(2 * pi)"),
        LISTENING,
        notation="gelu′({z})",
        role="slope",
    ),
    Op(
        "gelu_tanh",
        Rule(f"out[...] = 0.5 * z[...] * (1 + tanh({_GELU_U}))"),
        "Gelu, with tanh in the place of the normal distribution.",
        notation="gelu({z})",
        gradients={"z": "mul(d, gelu_tanh_slope(z))"},
    ),
    Op(
        "gelu_tanh_slope",
        Rule(
            f"out[...] = 0.5 * (1 + tanh({_GELU_U})) + 0.5 * z[...] * (1 - tanh({_GELU_U})**2)"
            " * sqrt(2 / pi) * (1 + 0.134145 * z[...]**2)"
        ),
        LISTENING,
        code=_GELU_TANH_SLOPE,
        note="beyond 10 and -10 the slope is exactly 1 and 0, so z is not taken further: its square can't overflow",
        notation="gelu′({z})",
        role="slope",
    ),
    Op(
        "softmax",
        Rule("out[...,j] = exp(z[...,j]) / sum[k](exp(z[...,k]))"),
        "Turns a row of scores into chances that add up to 1.",
        code="softmax(z)",
        notation="softmax({z})",
        gradients={"z": "softmax_back(out, d)"},
        note="computed with the largest of the row taken away first, so that exp can't overflow",
        example={"z": (3, 4)},
    ),
    Op(
        "softmax_back",
        Rule("out[...,j] = a[...,j] * (d[...,j] - sum[k](d[...,k] * a[...,k]))"),
        "A chance rises only if others fall: blame counts against the row's average.",
        code="a * (d - (d * a).sum(axis=-1, keepdims=True))",
        notation="{a} ∘ ({d} - row sums of {d} ∘ {a})",
        example={"a": (3, 4), "d": (3, 4)},
    ),
    Op(
        "identity",
        Rule("out[...] = z[...]"),
        "Hands its input on as it is.",
        notation="{z}",
        gradients={"z": "d"},
    ),
)
