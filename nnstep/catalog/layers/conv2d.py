"""A convolution: a few small kernels slide over every image and answer at each place."""

from math import isqrt, prod
from typing import Annotated, ClassVar

import msgspec

from nnstep.catalog.initializers import DEFAULT_INITIALIZER
from nnstep.catalog.layers.activation import Function, lay_activation
from nnstep.catalog.layers.base import Init, Layer, as_array
from nnstep.catalog.laying import Laying, SettingError
from nnstep.engine.rule import RuleError, Shape

Size = Annotated[int, msgspec.Meta(ge=1, le=256)]


class Trainable(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which parameters learn."""

    kernel: bool = True
    bias: bool = True


class Conv2d(Layer, tag="conv2d", frozen=True, kw_only=True):
    """Slides kernels over images (channels x rows x columns) and adds a bias; then the activation.

    filters: how many kernels, and so channels of the output. kernel_size: rows and columns of each.
    stride: how far the window moves. padding: how many rows and columns of zeros go around the image first.
    kernel: filters x channels x kernel_size x kernel_size numbers. bias: a list of filters numbers, or false for none.
    init: how a kernel that is not given is drawn.
    """

    sentence: ClassVar[str] = "Slides small kernels over images: pixel times weight, added up at each place."

    filters: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    kernel_size: Size
    stride: Size = 1
    padding: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0
    activation: Function | None = None
    kernel: Annotated[
        list[list[list[list[float]]]] | None,
        msgspec.Meta(description="given weights, filters x channels x rows x columns; how large it is: kernel_size"),
    ] = None
    bias: list[float | list[float]] | bool = True
    init: Init = DEFAULT_INITIALIZER
    trainable: Trainable = Trainable()
    alpha: float | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the border, the windows, the bias and the activation; the last of them is the layer's output."""
        channels, rows, columns = image_of(lay.shape(x), "conv2d")
        size = self.kernel_size
        fit_window("kernel_size", size, rows + 2 * self.padding, columns + 2 * self.padding, "or add more padding")
        last = "output" if self.activation is None else "pre_activation"
        shape, area = (self.filters, channels, size, size), size * size
        fans = (channels * area, self.filters * area)
        kernel = lay.parameter(
            "kernel", shape, as_array(self.kernel), self.init, trainable=self.trainable.kernel, fans=fans
        )
        if self.padding:
            border = 2 * self.padding
            x = lay.step(
                "pad", [x], "padded", {"padding": self.padding, "rows": rows + border, "columns": columns + border}
            )
        window = {"size": size, "stride": self.stride}
        if self.bias is False:
            z = lay.step("convolve", [x, kernel], last, window)
        else:
            bias = lay.parameter("bias", (self.filters,), as_array(self.bias), "zeros", trainable=self.trainable.bias)
            z = lay.step("add_channel_bias", [lay.step("convolve", [x, kernel], "convolved", window), bias], last)
        return lay_activation(lay, z, self.activation, self.alpha) if self.activation else z


def image_of(shape: Shape, layer: str) -> Shape:
    """Return channels, rows and columns of what comes in. Raises RuleError where that is no image."""
    if len(shape) != 4:
        side = isqrt(prod(shape[1:]))
        lengths = f"[1, {side}, {side}]" if side * side == prod(shape[1:]) else "[channels, rows, columns]"
        raise RuleError(
            f"{layer} needs channels, rows and columns from each sample",
            f"put a reshape layer before it: {{layer: reshape, shape: {lengths}}}",
        )
    return shape[1:]


def fit_window(key: str, size: int, rows: int, columns: int, otherwise: str = "") -> None:
    """Raise SettingError where a window of this size has no place in the image.

    key: under which the size is told. otherwise: what there is to try beside a smaller one.
    """
    if size > min(rows, columns):
        hint = ", ".join(part for part in (f"at most {key}: {min(rows, columns)}", otherwise) if part)
        raise SettingError(key, f"a window of {size}×{size} does not fit into an image of {rows}×{columns}", hint)


ENTRIES = (Conv2d,)
