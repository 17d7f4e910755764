"""Optimizers: how a parameter's gradient becomes its next value, as steps; a module dropped in here is found."""

from typing import cast

from nnstep.catalog.optimizers.base import RATE, Optimizer, Updating
from nnstep.catalog.registry import by_name, listed

__all__ = ["OPTIMIZERS", "RATE", "Optimizer", "Updating"]

OPTIMIZERS: dict[str, Optimizer] = by_name(cast(list[tuple[str, Optimizer]], listed(__name__, __path__, "ENTRIES")))
