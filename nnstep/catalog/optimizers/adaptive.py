"""A stride of its own for each weight, by how large its gradients have been: rmsprop and adagrad.

The definitions are those of torch.optim.RMSprop and torch.optim.Adagrad.
"""

from nnstep.catalog.optimizers.base import DECAY, RATE, Optimizer, Updating


# Tieleman, Hinton: Lecture 6.5, Neural Networks for Machine Learning, 2012.
def _rmsprop(update: Updating) -> str:
    gradient, before = update.decayed(), update.state("square_mean")
    squares = update.becomes(before, "running_square", [before, gradient], {"keep": update.settings["alpha"]})
    return update.downhill(update.lay("own_stride", [gradient, squares], "direction", update.settings, signed=True))


# Duchi, Hazan, Singer: Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, JMLR 12, 2011.
def _adagrad(update: Updating) -> str:
    gradient, before = update.decayed(), update.state("square_sum")
    squares = update.becomes(before, "add_square", [before, gradient])
    return update.downhill(update.lay("own_stride", [gradient, squares], "direction", update.settings, signed=True))


ENTRIES = (
    Optimizer(
        "rmsprop",
        "each weight strides by how large its gradients were lately",
        "s = alpha·s + (1 - alpha)·g²;  w = w - r·g / (√s + epsilon)",
        {RATE: 0.01, "alpha": 0.99, "epsilon": 1e-8, DECAY: 0.0},
        _rmsprop,
        fractions=frozenset({"alpha"}),
    ),
    Optimizer(
        "adagrad",
        "each weight strides by how large its gradients were from the start",
        "s = s + g²;  w = w - r·g / (√s + epsilon)",
        {RATE: 0.01, "epsilon": 1e-10, DECAY: 0.0},
        _adagrad,
    ),
)
