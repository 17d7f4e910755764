"""A dense layer: every input unit feeds every output unit. It works on the last axis, so sequences pass through it."""

from typing import Annotated, ClassVar

import msgspec

from nnstep.catalog.initializers import DEFAULT_INITIALIZER
from nnstep.catalog.layers.activation import Function, lay_activation
from nnstep.catalog.layers.base import Init, Layer, as_array
from nnstep.catalog.laying import Laying


class Trainable(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which parameters learn."""

    weights: bool = True
    bias: bool = True


class Dense(Layer, tag="dense", frozen=True, kw_only=True):
    """Every input unit feeds every output unit: x · weights + bias, then the activation.

    weights: in x units numbers. bias: a list of units numbers, or false for none.
    init: how weights that are not given are drawn.
    """

    sentence: ClassVar[str] = "Every input unit feeds every output unit: x · weights + bias, then the activation."

    units: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    activation: Function | None = None
    weights: list[list[float]] | None = None
    bias: list[float | list[float]] | bool = True
    init: Init = DEFAULT_INITIALIZER
    trainable: Trainable = Trainable()
    alpha: float | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the products, the bias and the activation; the last of them is the layer's output."""
        width = lay.shape(x)[-1]
        last = "output" if self.activation is None else "pre_activation"
        weights = lay.parameter(
            "weights", (width, self.units), as_array(self.weights), self.init, trainable=self.trainable.weights
        )
        if self.bias is False:
            z = lay.step("matmul", [x, weights], last)
        else:
            bias = lay.parameter("bias", (self.units,), as_array(self.bias), "zeros", trainable=self.trainable.bias)
            z = self._biased(lay, x, weights, bias, last)
        return lay_activation(lay, z, self.activation, self.alpha) if self.activation else z

    def _biased(self, lay: Laying, x: str, weights: str, bias: str, role: str) -> str:
        if lay.affine:
            return lay.step("affine", [x, weights, bias], role)
        return lay.step("add_bias", [lay.step("matmul", [x, weights], "weighted"), bias], role)


ENTRIES = (Dense,)
