"""An entry of the data-set catalog: a name, a sentence, settings, and how the data come about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from nnstep.catalog.datasets.dataset import Dataset
from nnstep.catalog.datasets.settings import Setting, settle
from nnstep.records import dataclass


@dataclass(frozen=True)
class Source:
    """A data set that goes by a name, so that a scenario need not spell out its numbers.

    make: called with a checked value for every setting, by name.
    """

    name: str
    sentence: str
    make: Callable[..., Dataset]
    settings: Mapping[str, Setting] = field(default_factory=dict)

    def load(self, *, where: str = "", **given: object) -> Dataset:
        """Return the data; a setting that is not given has its default.

        Raises NnstepError, placed at `where`, for a setting that is unknown or out of range, and for missing files.
        """
        return self.make(**settle(self.name, self.settings, given, where=where))
