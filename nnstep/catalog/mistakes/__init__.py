"""Mistakes on purpose: published faults, each as a change of the steps that were laid; a module dropped in is found."""

from typing import cast

from nnstep.catalog.mistakes.base import Laid, Mistake
from nnstep.catalog.registry import by_name, listed

__all__ = ["MISTAKES", "Laid", "Mistake"]

MISTAKES: dict[str, Mistake] = by_name(cast(list[tuple[str, Mistake]], listed(__name__, __path__, "ENTRIES")))
