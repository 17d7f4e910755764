"""Momentum: the weights have a velocity, and the gradient only pushes it.

The definitions are those of torch.optim.SGD with dampening 0; there the velocity is called momentum_buffer.
"""

from nnstep.catalog.optimizers.base import DECAY, RATE, Optimizer, Updating

_SETTINGS = {RATE: 0.001, "momentum": 0.9, DECAY: 0.0}


def _velocity(update: Updating, gradient: str) -> str:
    before = update.state("velocity")
    return update.becomes(before, "velocity", [before, gradient], update.settings, signed=True)


def _momentum(update: Updating) -> str:
    return update.downhill(_velocity(update, update.decayed()))


# Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning, ICML 2013, in the
# form in which the weights that are kept are those looked ahead to.
def _nesterov(update: Updating) -> str:
    gradient = update.decayed()
    velocity = _velocity(update, gradient)
    ahead = update.lay("look_ahead", [gradient, velocity], "look_ahead", update.settings, signed=True)
    return update.downhill(ahead)


ENTRIES = (
    Optimizer(
        "momentum",
        "the weights have a velocity, and the gradient pushes it",
        "v = momentum·v + g;  w = w - r·v",
        _SETTINGS,
        _momentum,
    ),
    Optimizer(
        "nesterov",
        "momentum that looks ahead to where the velocity is going",
        "v = momentum·v + g;  w = w - r·(g + momentum·v)",
        _SETTINGS,
        _nesterov,
    ),
)
