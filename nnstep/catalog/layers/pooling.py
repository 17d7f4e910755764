"""Pooling: images become smaller, one number for each window."""

from typing import ClassVar

from nnstep.catalog.layers.base import Layer
from nnstep.catalog.layers.conv2d import Size, fit_window, image_of
from nnstep.catalog.laying import Laying


class MaxPool2d(Layer, tag="max_pool2d", frozen=True, kw_only=True):
    """Hands on the largest number of each window.

    size: rows and columns of a window. stride: how far it moves; as far as it is long unless given.
    """

    sentence: ClassVar[str] = "Hands on the largest number of each window of an image."

    size: Size = 2
    stride: Size | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the one step."""
        return _lay_pool(lay, x, "max_pool", self.size, self.stride)


class AvgPool2d(Layer, tag="avg_pool2d", frozen=True, kw_only=True):
    """Hands on the mean of each window.

    size: rows and columns of a window. stride: how far it moves; as far as it is long unless given.
    """

    sentence: ClassVar[str] = "Hands on the mean of each window of an image."

    size: Size = 2
    stride: Size | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the one step."""
        return _lay_pool(lay, x, "avg_pool", self.size, self.stride)


def _lay_pool(lay: Laying, x: str, op: str, size: int, stride: int | None) -> str:
    _, rows, columns = image_of(lay.shape(x), f"{op}2d")
    fit_window("size", size, rows, columns)
    return lay.step(op, [x], "output", {"size": size, "stride": stride or size})


ENTRIES = (MaxPool2d, AvgPool2d)
