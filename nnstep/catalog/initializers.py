"""How weights are drawn before training; biases are not drawn, they start at zero.

Every entry draws from the generator it is given and nothing else. The caller makes that generator from the position of
the parameter, `stream(Purpose.WEIGHTS, seed, layer, parameter)`, so that a change to one layer leaves the others'
weights as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from math import sqrt

import numpy as np

from nnstep.catalog.datasets.dataset import Array
from nnstep.catalog.datasets.settings import Setting, settle
from nnstep.catalog.registry import by_name
from nnstep.errors import NnstepError
from nnstep.records import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Initializer:
    """A way to draw the first weights of a parameter.

    formula: as text for people. source: where the formula was published, or empty. make: called with the generator, the
    shape, fan_in, fan_out, and a value for every setting by name.
    """

    name: str
    sentence: str
    formula: str
    make: Callable[..., Array]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    source: str = ""

    def draw(
        self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int, *, where: str = "", **given: object
    ) -> Array:
        """Return weights of the shape asked for; a setting that is not given has its default.

        fan_in, fan_out: how many values one output is computed from, and how many outputs one value goes into.
        Raises NnstepError, placed at `where`, for a setting that is unknown or out of range.
        """
        if fan_in < 1 or fan_out < 1:
            raise NnstepError("weights need at least one input and one output", where=where, hint="check the sizes")
        values = settle(self.name, self.settings, given, where=where)
        if "low" in values and values["low"] > values["high"]:
            raise NnstepError(f"low of {self.name} is above its high", where=where, hint="swap the two")
        return self.make(rng, shape, fan_in, fan_out, **values)


def _uniform(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int, *, low: float, high: float) -> Array:
    return rng.uniform(low, high, shape)


def _normal(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int, *, deviation: float) -> Array:
    return rng.normal(0.0, deviation, shape)


def _xavier(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
    bound = sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, shape)


def _he(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
    return rng.normal(0.0, sqrt(2.0 / fan_in), shape)


def _zeros(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
    return np.zeros(shape)


_LOW = Setting(-0.5, -1000, 1000, "the least weight")
_HIGH = Setting(0.5, -1000, 1000, "the greatest weight")
_DEVIATION = Setting(1.0, 0, 1000, "the standard deviation of the weights")

_ENTRIES = (
    Initializer(
        "uniform",
        "Every weight between two bounds is as likely as any other, whatever the size of the layer.",
        "w ~ U(low, high)",
        _uniform,
        {"low": _LOW, "high": _HIGH},
    ),
    Initializer(
        "normal",
        "Weights around zero, whatever the size of the layer; with deviation 1 what NumPy calls randn.",
        "w ~ N(0, deviation²)",
        _normal,
        {"deviation": _DEVIATION},
    ),
    Initializer(
        "xavier",
        "Uniform, and narrower for wider layers, so that neither signals nor gradients grow or fade; for tanh.",
        "w ~ U(-a, a), a = √(6 / (fan_in + fan_out))",
        _xavier,
        source="Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks, AISTATS "
        "2010, equation 16, the normalized initialization (uniform)",
    ),
    Initializer(
        "he",
        "Normal, and narrower for layers with more inputs, so that signals keep their size through ReLU.",
        "w ~ N(0, 2 / fan_in)",
        _he,
        source="He, Zhang, Ren, Sun: Delving Deep into Rectifiers, ICCV 2015, equation 10 (normal, fan in)",
    ),
    Initializer(
        "zeros",
        "All weights alike, so hidden neurons stay copies of each other: shows why weights are drawn.",
        "w = 0",
        _zeros,
    ),
)

INITIALIZERS: dict[str, Initializer] = by_name(("initializers.py", entry) for entry in _ENTRIES)

# Solves XOR about as often as a standard normal start does, and keeps wide layers of sigmoids out of saturation.
DEFAULT_INITIALIZER = "he"
