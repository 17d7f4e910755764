"""Schedules: how the learning rate changes from epoch to epoch, worked out from the epoch's number alone."""

from collections.abc import Callable, Mapping
from dataclasses import field
from math import cos, pi

from nnstep.catalog.datasets.settings import Setting
from nnstep.catalog.registry import by_name
from nnstep.records import dataclass

CONSTANT = "constant"


@dataclass(frozen=True)
class Schedule:
    """A schedule.

    formula: as text for people; r is the learning rate that the scenario says, e the epoch from 1, n the last epoch.
    factor: what the learning rate is multiplied by; called with the epochs that are done, how many there will be, and a
    value for every setting by name.
    """

    name: str
    sentence: str
    formula: str
    factor: Callable[..., float]
    settings: Mapping[str, Setting] = field(default_factory=dict)

    def rate(self, learning_rate: float, epoch: int, epochs: int, settings: Mapping[str, float]) -> float:
        """Return the learning rate of an epoch (from 1); past the last epoch it stays as it was there.

        settings: those that the scenario gives; the others have their defaults.
        """
        values = {name: settings.get(name, setting.default) for name, setting in self.settings.items()}
        return learning_rate * self.factor(min(epoch, epochs) - 1, epochs, **values)


def _constant(done: int, epochs: int) -> float:
    return 1.0


def _step(done: int, epochs: int, *, every: float, factor: float) -> float:
    return float(factor ** (done // every))


def _cosine(done: int, epochs: int, *, lowest: float) -> float:
    return lowest + (1 - lowest) * (1 + cos(pi * done / max(epochs - 1, 1))) / 2


def _warm_up(done: int, epochs: int, *, over: float, start: float) -> float:
    return start + (1 - start) * min(done, over) / over


_ENTRIES = (
    Schedule(CONSTANT, "the same in every epoch", "r", _constant),
    Schedule(
        "step",
        "smaller by a factor every so many epochs",
        "r·factor^⌊(e - 1) / every⌋",
        _step,
        {
            "every": Setting(100, 1, 1_000_000, "after how many epochs it falls"),
            "factor": Setting(0.5, 0, 1, "what it is multiplied by each time"),
        },
    ),
    Schedule(
        "cosine",
        "slowly at first, then faster, then slowly again down to its lowest in the last epoch",
        "r·(lowest + (1 - lowest)·(1 + cos(π·(e - 1) / (n - 1))) / 2)",
        _cosine,
        {"lowest": Setting(0.0, 0, 1, "what is left of it in the last epoch, as a part")},
    ),
    Schedule(
        "warm_up",
        "small in the first epoch, then up in a straight line to what the scenario says",
        "r·(start + (1 - start)·min(e - 1, over) / over)",
        _warm_up,
        {
            "over": Setting(5, 1, 1_000_000, "how many epochs it takes"),
            "start": Setting(0.1, 0, 1, "what it begins with, as a part"),
        },
    ),
)

SCHEDULES: dict[str, Schedule] = by_name(("schedules.py", entry) for entry in _ENTRIES)
