"""What an optimizer does with a gradient: what it remembers, where it goes, and the step from the weights to the next.

w is a parameter, g its gradient, v a velocity, s something about squared gradients. Squares are never below 0.
"""

from nnstep.engine.op import Op
from nnstep.engine.rule import Rule

ENTRIES = (
    Op(
        "descend",
        Rule("out[...] = w[...] - rate * g[...]"),
        "A small step downhill: against the gradient, as long as the rate says.",
    ),
    Op(
        "ascend",
        Rule("out[...] = w[...] + rate * g[...]"),
        "A small step downhill: this is minus the gradient already, so it is added.",
    ),
    Op(
        "add_decay",
        Rule("out[...] = g[...] + weight_decay * w[...]", ("weight_decay",)),
        "The gradient, and a pull towards 0: the larger the weight, the harder.",
        example_settings={"weight_decay": 0.01},
    ),
    Op(
        "subtract_decay",
        Rule("out[...] = g[...] - weight_decay * w[...]", ("weight_decay",)),
        "Minus the gradient, and a pull towards 0: the larger the weight, the harder.",
        example_settings={"weight_decay": 0.01},
    ),
    Op(
        "shrink",
        Rule("out[...] = w[...] * (1 - rate * weight_decay)", ("weight_decay",)),
        "Every weight shrinks a little towards 0, whatever its gradient says.",
        example_settings={"weight_decay": 0.01},
    ),
    Op(
        "velocity",
        Rule("out[...] = momentum * v[...] + g[...]", ("momentum",)),
        "A ball on a slope: most of the velocity it had, and the push it gets here.",
        example_settings={"momentum": 0.9},
    ),
    Op(
        "look_ahead",
        Rule("out[...] = g[...] + momentum * v[...]", ("momentum",)),
        "The push from here, and the velocity once more: where the ball rolls next.",
        example_settings={"momentum": 0.9},
    ),
    Op(
        "running_mean",
        Rule("out[...] = keep * m[...] + (1 - keep) * g[...]", ("keep",)),
        "A mean that forgets: most of what it was, and a little of the gradient now.",
        example_settings={"keep": 0.9},
    ),
    Op(
        "running_square",
        Rule("out[...] = keep * s[...] + (1 - keep) * g[...]**2", ("keep",)),
        "How large gradients have been lately: a mean of their squares that forgets.",
        example_settings={"keep": 0.99},
    ),
    Op(
        "add_square",
        Rule("out[...] = s[...] + g[...]**2"),
        "How large the gradients have been so far: all their squares, added up.",
    ),
    Op(
        "next_power",
        Rule("out[...] = factor * p[...]", ("factor",)),
        "What its first 0 still weighs in a running mean: that part is divided out.",
        example_settings={"factor": 0.9},
    ),
    Op(
        "unbias",
        Rule("out[...] = m[...] / (1 - power)"),
        "The mean began at 0 and is too small: divided by the part gradients made.",
    ),
    Op(
        "own_stride",
        Rule("out[...] = g[...] / (sqrt(s[...]) + epsilon)", ("epsilon",)),
        "Each weight has its own stride: shorter where its gradients are large.",
        domain={"s": "unit"},
        example_settings={"epsilon": 1e-8},
    ),
)
