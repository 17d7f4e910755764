"""Losses and what they send back, each as a sum and as a mean.

y is the network's output, t the target; the logit losses take z, the output before its activation.
The mean's n is the number of elements, or of rows where a row is one answer.
"""

from collections.abc import Mapping

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

MISS = "How wrong is the network, and on which side?"
_FLOOR = (
    "computed with a floor of 2.2e-308 under what log and the division get, "
    "so that an output of exactly 0 or 1 gives no nan"
)


def _pair(
    name: str,
    term: str,
    code: str,
    slope: str,
    slope_code: str,
    sentence: str,
    *,
    output: str = "y",
    reads: str = "",
    mean: str = "",
    note: str = "",
    domain: Mapping[str, str] | None = None,
    notation: str,
) -> tuple[Op, ...]:
    """Return a loss and its slope, summed and averaged.

    reads: what the slope reads in place of the output, as an operation (`sigmoid_of(z)`).
    mean: the sentence of the mean, where that of the sum does not hold for it.
    """
    shapes = {output: (3, 4), "t": (3, 4)}
    entries: list[Op] = []
    slope_inputs = Rule(f"out[...] = {slope}").inputs
    slope_reads = ", ".join("t" if read == "t" else reads or output for read in slope_inputs)
    for suffix, divide, settings, told in (("", "", (), sentence), ("_mean", " / n", ("n",), mean or sentence)):
        entries.append(
            Op(
                f"{name}{suffix}",
                Rule(f"out = sum[...]({term}){divide}", settings),
                told,
                code=f"({code}).sum(){divide}",
                notation=notation + (" / {n}" if divide else ""),
                gradients={output: f"{name}{suffix}_slope({slope_reads})"},
                note=note,
                example=shapes,
                example_settings={"n": 12} if settings else {},
                domain=domain or {},
            )
        )
        entries.append(
            Op(
                f"{name}{suffix}_slope",
                Rule(f"out[...] = ({slope}){divide}", settings),
                MISS,
                code=f"{slope_code}{divide}" if slope_code else "",
                note=note if slope_code else "",
                example=dict.fromkeys(slope_inputs, (3, 4)),
                example_settings={"n": 12} if settings else {},
                domain=domain or {},
            )
        )
    return tuple(entries)


_PROBABILITIES = "The chances that the network gives, from its scores."

ENTRIES = (
    *_pair(
        "sse",
        "(y[...] - t[...])**2",
        "(y - t)**2",
        "2 * (y[...] - t[...])",
        "",
        "The sum of all squared misses.",
        mean="The mean of all squared misses.",
        notation="Σ({y} - {t})²",
    ),
    *_pair(
        "half_sse",
        "0.5 * (y[...] - t[...])**2",
        "0.5 * (y - t)**2",
        "y[...] - t[...]",
        "",
        "Half the sum of squared misses; with the half, its slope is the plain miss.",
        mean="Half the mean of squared misses; with the half, its slope has no 2 in it.",
        notation="½ Σ({y} - {t})²",
    ),
    *_pair(
        "bce",
        "-(t[...] * log(y[...]) + (1 - t[...]) * log(1 - y[...]))",
        "-(t * np.log(np.maximum(y, tiny)) + (1 - t) * np.log(np.maximum(1 - y, tiny)))",
        "(y[...] - t[...]) / (y[...] * (1 - y[...]))",
        "(y - t) / np.maximum(y * (1 - y), tiny)",
        "How surprised the network is by the right yes or no.",
        note=_FLOOR,
        domain={"y": "unit", "t": "unit"},
        notation="-Σ({t} ∘ log {y} + (1 - {t}) ∘ log(1 - {y}))",
    ),
    *_pair(
        "cce",
        "-t[...] * log(y[...])",
        "-t * np.log(np.maximum(y, tiny))",
        "-t[...] / y[...]",
        "-t / np.maximum(y, tiny)",
        "How surprised the network is by the right class.",
        note=_FLOOR,
        domain={"y": "unit", "t": "one_hot"},
        notation="-Σ {t} ∘ log {y}",
    ),
    *_pair(
        "bce_with_logits",
        "log(1 + exp(z[...])) - z[...] * t[...]",
        "np.logaddexp(0, z) - z * t",
        "p[...] - t[...]",
        "",
        "How surprised the network is by the right yes or no; the sigmoid is in it.",
        output="z",
        reads="sigmoid_of(z)",
        note="computed with logaddexp, so that exp(z) can't overflow",
        domain={"t": "unit"},
        notation="Σ(log(1 + exp {z}) - {z} ∘ {t})",
    ),
    Op(
        "sigmoid_of",
        Rule("out[...] = 1 / (1 + exp(-z[...]))"),
        _PROBABILITIES,
        notation="σ({z})",
        role="probabilities",
    ),
    Op(
        "softmax_of",
        Rule("out[...,j] = exp(z[...,j]) / sum[k](exp(z[...,k]))"),
        _PROBABILITIES,
        code="softmax(z)",
        notation="softmax({z})",
        role="probabilities",
        note="computed with the largest of the row taken away first, so that exp can't overflow",
        example={"z": (3, 4)},
    ),
    Op(
        "l2_penalty",
        Rule("out = sum[...](0.5 * l2 * w[...]**2)", ("l2",)),
        "Large weights cost something too, so that the network prefers small ones.",
        code="(0.5 * l2 * w**2).sum()",
        notation="½·{l2} Σ {w}²",
        gradients={"w": "l2_slope(w)"},
        example={"w": (3, 4)},
        example_settings={"l2": 0.1},
    ),
    Op(
        "l2_slope",
        Rule("out[...] = l2 * w[...]", ("l2",)),
        "The penalty pulls each weight towards 0, the larger ones harder.",
        example_settings={"l2": 0.1},
    ),
    *(
        Op(
            f"softmax_cross_entropy{suffix}",
            Rule(
                "out = sum[...](sum[j](t[...,j] * (log(sum[k](exp(z[...,k]))) - z[...,j])))" + divide,
                settings,
            ),
            "How surprised the network is by the right class; the softmax is in it.",
            code="(t * (logsumexp(z) - z)).sum()" + divide,
            notation="-Σ {t} ∘ log softmax({z})" + (" / {n}" if divide else ""),
            gradients={"z": f"softmax_cross_entropy{suffix}_slope(softmax_of(z), t)"},
            note="computed with the largest of the row taken away first, so that exp can't overflow",
            example={"z": (3, 4), "t": (3, 4)},
            example_settings={"n": 3} if settings else {},
            domain={"t": "one_hot"},
        )
        for suffix, divide, settings in (("", "", ()), ("_mean", " / n", ("n",)))
    ),
    *(
        Op(
            f"softmax_cross_entropy{suffix}_slope",
            Rule(f"out[...] = (p[...] - t[...]){divide}", settings),
            MISS,
            example_settings={"n": 3} if settings else {},
        )
        for suffix, divide, settings in (("", "", ()), ("_mean", " / n", ("n",)))
    ),
)
