"""How entries are found: every module of a package is read, and what it lists is kept by name."""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, TypeVar


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """What it goes by in scenario files and in code."""
        ...


Entry = TypeVar("Entry", bound=Named)


def by_name(entries: Iterable[tuple[str, Entry]]) -> dict[str, Entry]:
    """Return entries by their names; each comes with the place that lists it.

    Raises ValueError where two places list one name.
    """
    found: dict[str, Entry] = {}
    places: dict[str, str] = {}
    for place, entry in entries:
        if entry.name in found:
            raise ValueError(f"{entry.name} is listed in {places[entry.name]} and in {place}")
        found[entry.name], places[entry.name] = entry, place
    return found


def listed(package: str, path: Iterable[str], attribute: str) -> list[tuple[str, object]]:
    """Return what each module of a package lists under `attribute`, with the module's name."""
    found: list[tuple[str, object]] = []
    for module in sorted(pkgutil.iter_modules(path), key=lambda module: module.name):
        loaded = import_module(f"{package}.{module.name}")
        found.extend((loaded.__name__, entry) for entry in getattr(loaded, attribute, ()))
    return found
