"""Plain descent: the gradient times the learning rate, and nothing remembered."""

from nnstep.catalog.optimizers.base import DECAY, RATE, Optimizer, Updating


def _plain(update: Updating) -> str:
    return update.downhill(update.decayed())


ENTRIES = (
    Optimizer(
        "gd",
        "gradient descent over all samples at once",
        "w = w - r·g",
        {RATE: 0.1, DECAY: 0.0},
        _plain,
        full_batch=True,
    ),
    Optimizer("sgd", "gradient descent, one batch at a time", "w = w - r·g", {RATE: 0.1, DECAY: 0.0}, _plain),
)
