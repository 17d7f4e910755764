"""An activation as a layer of its own, and how a layer lays the activation it ends with."""

from typing import ClassVar, Literal

from nnstep.catalog.layers.base import Layer
from nnstep.catalog.laying import Laying

Function = Literal[
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "gelu_tanh", "softmax", "identity"
]
# The slope of the leaky side, and what elu levels off at; PyTorch's defaults.
ALPHA = {"leaky_relu": 0.01, "elu": 1.0}


class Activation(Layer, tag="activation", frozen=True, kw_only=True):
    """Applies a function to each cell (softmax: to each row)."""

    sentence: ClassVar[str] = "Applies a function to each cell (softmax: to each row)."

    function: Function
    alpha: float | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the one step."""
        return lay_activation(lay, x, self.function, self.alpha)


def lay_activation(lay: Laying, x: str, function: str, alpha: float | None = None) -> str:
    """Lay an activation on `x` as the layer's output; returns the output's id."""
    settings = {"alpha": ALPHA.get(function, 0.0) if alpha is None else alpha}
    return lay.step(function, [x], "output", settings)


ENTRIES = (Activation,)
