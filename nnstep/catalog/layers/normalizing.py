"""Normalising layers: numbers that belong together get mean 0 and variance 1, then a scale and a shift that learn."""

from collections.abc import Mapping
from math import prod
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from nnstep.catalog.layers.base import Layer, as_array
from nnstep.catalog.laying import Laying
from nnstep.engine.rule import RuleError

Epsilon = Annotated[float, msgspec.Meta(gt=0, le=1)]


class LayerNorm(Layer, tag="layer_norm", frozen=True, kw_only=True):
    """Gives the numbers of each row (the last axis) mean 0 and variance 1, then scales and shifts each unit.

    epsilon: is added to the variance. scale, shift: a list of numbers, one a unit; they start at 1 and at 0.
    """

    sentence: ClassVar[str] = "Gives each sample's own numbers mean 0 and variance 1, then scales and shifts each unit."

    epsilon: Epsilon = 1e-5
    scale: list[float] | None = None
    shift: list[float] | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay mean, distance, variance, the normalised numbers, and the output."""
        count = {"columns": lay.shape(x)[-1]}
        mean = lay.step("row_mean", [x], "mean", count)
        centered = lay.step("row_center", [x, mean], "centered")
        variance = lay.step("row_variance", [centered], "variance", count)
        return _finish(self, lay, "row", "feature", centered, variance, lay.shape(x)[-1])


class BatchNorm(Layer, tag="batch_norm", frozen=True, kw_only=True):
    """Gives each unit (each channel of images) mean 0 and variance 1 over the batch, then scales and shifts it.

    Answers to test data use a mean and a variance that run along while training.
    epsilon: is added to the variance. momentum: how much of the running values is new in each iteration.
    scale, shift: a list of numbers, one a unit or channel; they start at 1 and at 0.
    """

    sentence: ClassVar[str] = "Gives each unit mean 0 and variance 1 over the batch, then scales and shifts it."

    epsilon: Epsilon = 1e-5
    momentum: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    scale: list[float] | None = None
    shift: list[float] | None = None

    def lay(self, lay: Laying, x: str) -> str:
        """Lay mean, distance, variance, the normalised numbers, and the output; the running values are updates.

        Raises RuleError for sequences, and for batches of a single number a unit.
        """
        shape = lay.shape(x)
        if len(shape) not in (2, 4):
            hint = "layer_norm takes sequences, too"
            raise RuleError("batch_norm takes rows of numbers or images from each sample", hint)
        kind, units = ("feature" if len(shape) == 2 else "channel"), shape[1]
        axes = ("samples",) if len(shape) == 2 else ("samples", "rows", "columns")
        count = dict(zip(axes, (shape[0], *shape[2:]), strict=True))
        running = [
            lay.state("running_mean", (units,), lambda: np.zeros(units)),
            lay.state("running_variance", (units,), lambda: np.ones(units)),
        ]
        mean, variance = running
        if lay.training:
            mean = lay.step(f"{kind}_mean", [x], "mean", count)
        centered = lay.step(f"{kind}_center", [x, mean], "centered")
        if lay.training:
            variance = lay.step(f"{kind}_variance", [centered], "variance", count)
            self._run_along(lay, running, (mean, variance), count)
        return _finish(self, lay, kind, kind, centered, variance, units)

    def _run_along(self, lay: Laying, running: list[str], batch: tuple[str, str], count: Mapping[str, int]) -> None:
        n = prod(count.values())
        if n < 2:
            hint = "write batch: 2 or more, so that none is left over alone; or take layer_norm, which needs no others"
            raise RuleError("batch_norm needs at least two samples in each batch: one has no variance", hint)
        settings = {"momentum": self.momentum, "n": n}
        lay.becomes(running[0], "running_average", [running[0], batch[0]], settings)
        lay.becomes(running[1], "running_spread", [running[1], batch[1]], settings)


def _finish(
    layer: LayerNorm | BatchNorm, lay: Laying, kind: str, scaled: str, centered: str, variance: str, units: int
) -> str:
    """Lay what both have in common; returns the id of the output. kind: what was normalised. scaled: what learns."""
    normalized = lay.step(f"{kind}_normalize", [centered, variance], "normalized", {"epsilon": layer.epsilon})
    ones, zeros = np.ones(units), np.zeros(units)  # (j,), (j,)
    scale = lay.parameter("scale", (units,), ones if layer.scale is None else as_array(layer.scale), "zeros")
    shift = lay.parameter("shift", (units,), zeros if layer.shift is None else as_array(layer.shift), "zeros")
    return lay.step(f"{scaled}_scale_shift", [scale, normalized, shift], "output")


ENTRIES = (LayerNorm, BatchNorm)
