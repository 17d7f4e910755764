"""Dropout: in each iteration other units are silent, so that none can rely on another."""

from typing import Annotated, Any, ClassVar

import msgspec
import numpy as np

from nnstep.catalog.layers.base import Layer, as_array
from nnstep.catalog.laying import Laying, SettingError, WrongShapeError
from nnstep.engine.batches import Rows
from nnstep.engine.cell import Array
from nnstep.engine.random import Purpose, stream
from nnstep.engine.rule import Shape
from nnstep.engine.training import Feed


class Dropout(Layer, tag="dropout", frozen=True, kw_only=True):
    """Silences each number with a chance of `rate` while training, and divides the others by 1 - rate.

    masks: given masks of 0 and 1 for all samples, one an iteration, used in turn; without them they are drawn.
    Answers to test data are given by all units.
    """

    sentence: ClassVar[str] = "Silences other units in each iteration, so that none can rely on another."

    rate: Annotated[
        float, msgspec.Meta(ge=0, lt=1, description="the chance of each number to be silenced, such as 0.2")
    ]
    masks: list[Any] | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the one step; the mask is given anew to each iteration.

        Raises SettingError where given masks have another shape, or other numbers than 0 and 1.
        """
        if not lay.training:
            return lay.step("identity", [x], "output")
        shape, given = lay.shape(x), as_array(self.masks)
        if given is None:
            make = _drawn(lay.seed, lay.number, shape[1:], self.rate)
        else:
            if given.shape[1:] != (lay.samples, *shape[1:]):
                raise WrongShapeError("masks", given.shape, (len(given), lay.samples, *shape[1:]))
            if not np.isin(given, (0.0, 1.0)).all():
                raise SettingError("masks", "a mask is made of 0 and 1", "0 silences a number, 1 lets it through")
            make = _in_turn(given)
        return lay.step("dropout", [x, lay.feed("mask", shape, make)], "output", {"rate": self.rate})


def _drawn(seed: int, layer: int, shape: Shape, rate: float) -> Feed:
    """Return what draws masks by the iteration and the layer's number. shape: of one sample."""

    def draw(iteration: int, rows: Rows) -> Array:
        chances = stream(Purpose.DROPOUT, seed, iteration, layer).random((len(rows), *shape))  # (b, ...)
        return (chances >= rate).astype(np.float64)  # (b, ...)

    return draw


def _in_turn(masks: Array) -> Feed:
    """Return what takes one mask after the other. masks: (iteration, sample, ...)."""
    return lambda iteration, rows: masks[(iteration - 1) % len(masks)][rows]


ENTRIES = (Dropout,)
