"""Adam: running means of the gradient and of its square, both corrected for having begun at 0.

Kingma, Ba: Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 1. The definitions are those of
torch.optim.Adam and torch.optim.AdamW.
"""

from nnstep.catalog.optimizers.base import DECAY, RATE, Optimizer, Updating

_SETTINGS = {RATE: 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
_BETAS = frozenset({"beta1", "beta2"})
_MOMENTS = "m = beta1·m + (1 - beta1)·g;  v = beta2·v + (1 - beta2)·g²"
_DIRECTION = "(m / (1 - beta1^t)) / (√(v / (1 - beta2^t)) + epsilon)"


def _direction(update: Updating, gradient: str) -> str:
    beta1, beta2 = update.settings["beta1"], update.settings["beta2"]
    # A power that is carried and multiplied once an iteration needs no count, and has the same bits on every machine.
    power1, power2 = update.power("first_power", beta1), update.power("second_power", beta2)
    before1, before2 = update.state("first_moment"), update.state("second_moment")
    moment1 = update.becomes(before1, "running_mean", [before1, gradient], {"keep": beta1}, signed=True)
    moment2 = update.becomes(before2, "running_square", [before2, gradient], {"keep": beta2})
    mean = update.lay("unbias", [moment1, power1], "first_corrected", signed=True)
    square = update.lay("unbias", [moment2, power2], "second_corrected")
    return update.lay("own_stride", [mean, square], "direction", update.settings, signed=True)


def _adam(update: Updating) -> str:
    return update.downhill(_direction(update, update.decayed()))


# Loshchilov, Hutter: Decoupled Weight Decay Regularization, ICLR 2019: the weights shrink, the gradient is left alone.
def _adamw(update: Updating) -> str:
    direction = _direction(update, update.gradient)
    if not update.settings[DECAY]:
        return update.downhill(direction)
    return update.downhill(direction, update.lay("shrink", [update.parameter, update.rate], "shrunk", update.settings))


ENTRIES = (
    Optimizer(
        "adam",
        "momentum, and a stride of its own for each weight",
        f"{_MOMENTS};  w = w - r·{_DIRECTION}",
        {**_SETTINGS, DECAY: 0.0},
        _adam,
        fractions=_BETAS,
    ),
    Optimizer(
        "adamw",
        "adam, and every weight shrinks a little in each iteration",
        f"{_MOMENTS};  w = w·(1 - r·weight_decay) - r·{_DIRECTION}",
        {**_SETTINGS, DECAY: 0.01},
        _adamw,
        fractions=_BETAS,
    ),
)
