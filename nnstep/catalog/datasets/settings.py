"""A setting of a catalog entry: its default, its range, and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from reprlib import repr as short

from nnstep.errors import NnstepError, unknown
from nnstep.records import dataclass


@dataclass(frozen=True)
class Setting:
    """One number that an entry can be told; whole numbers only where the default is an `int`.

    default: what holds when nothing is said. low, high: the least and the greatest value, both allowed.
    """

    default: int | float
    low: int | float
    high: int | float
    sentence: str

    @property
    def is_whole(self) -> bool:
        """Return whether only whole numbers will do."""
        return isinstance(self.default, int)

    def check(self, name: str, value: object, *, where: str = "") -> int | float:
        """Return `value` if it is a number of the right kind and in range; raises NnstepError."""
        kinds = int if self.is_whole else (int, float)
        # A bool is an int to Python, but `samples: true` is a slip, not 1.
        if not isinstance(value, kinds) or isinstance(value, bool):
            kind = "a whole number" if self.is_whole else "a number"
            raise NnstepError(f"{name} must be {kind}, not {short(value)}", where=where, hint=self.sentence)
        # Written so that NaN, which is in no order with anything, is refused too.
        if not self.low <= value <= self.high:
            raise NnstepError(f"{name} must be from {self.low} to {self.high}", where=where, hint=self.sentence)
        return value


def settle(
    owner: str, settings: Mapping[str, Setting], given: Mapping[str, object], *, where: str = ""
) -> dict[str, int | float]:
    """Return a value for every setting: the one given, checked, or the default.

    Raises NnstepError for a setting that `owner` does not have and for a value out of range.
    """
    for name in given:
        if name not in settings:
            raise _no_such_setting(owner, name, settings, where)
    return {
        name: setting.check(f"{name} of {owner}", given[name], where=where) if name in given else setting.default
        for name, setting in settings.items()
    }


def _no_such_setting(owner: str, name: str, settings: Mapping[str, Setting], where: str) -> NnstepError:
    if not settings:
        return NnstepError(f"{owner} has no settings, so no {name}", where=where, hint=f"leave {name} out")
    return unknown(f"setting of {owner}", name, settings, where=where)
