"""What every layer is: its settings as a scenario gives them, and a function that lays its steps."""

from typing import ClassVar, TypeAlias

import msgspec
import numpy as np

from nnstep.catalog.laying import Laying
from nnstep.engine.cell import Array

# How parameters that are not given are drawn: an initializer's name, or its name with its settings.
Init: TypeAlias = str | dict[str, str | float]


class Layer(msgspec.Struct, tag_field="layer", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One entry of a scenario's `network`; a subclass adds its settings as fields.

    sentence: what the layer does, for people.
    """

    sentence: ClassVar[str] = ""

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the forward steps on the value `x`; returns the id of what the layer hands on.

        Raises RuleError, a SettingError where it is about one key, where what comes in does not suit the layer.
        """
        raise NotImplementedError

    def check_inputs(self, inputs: Array) -> None:
        """Raise RuleError where these inputs of the network do not suit the layer."""


def as_array(numbers: object) -> Array | None:
    """Return nested lists of numbers as an array; None where none are given (a parameter that is only wanted: true)."""
    return None if numbers is None or isinstance(numbers, bool) else np.asarray(numbers, dtype=np.float64)
