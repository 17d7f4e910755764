"""What a person may call a scenario: a path to a file, or the name of one that is shipped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from nnstep.errors import NnstepError, nearest
from nnstep.records import dataclass
from nnstep.scenario.reading import is_regular
from nnstep.scenario.text import in_message

SUFFIXES: Final = (".yaml", ".yml", ".json")
CONTENTS: Final = "contents.txt"
_PACKAGE: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Group:
    """Scenarios that belong together, by name. title: empty where nothing says what they have in common."""

    title: str
    paths: Mapping[str, Path]


def shipped() -> dict[str, Path]:
    """Return the shipped scenarios by name, the first ones first: in the wheel, or beside it in a checkout."""
    return {name: path for group in groups() for name, path in group.paths.items()}


def groups() -> tuple[Group, ...]:
    """Return the shipped scenarios in the groups and the order of CONTENTS; what stands in none comes last."""
    for folder in (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios"):
        left = {
            path.stem: path for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem) if is_regular(path)
        }
        if left:
            found = [
                Group(title, {name: left.pop(name) for name in names if name in left})
                for title, names in _contents(folder / CONTENTS)
            ]
            return tuple(group for group in (*found, Group("More" if found else "", left)) if group.paths)
    return ()


def _contents(path: Path) -> list[tuple[str, list[str]]]:
    """Return the titles of the groups and the names in each: a title begins its line, a name is indented."""
    if not is_regular(path):
        return []
    found: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" ") and line.strip() and found:
            found[-1][1].append(line.strip())
        elif line.strip() and not line.startswith("#"):
            found.append((line.strip(), []))
    return found


def find(reference: str | Path) -> Path:
    """Return the file that is meant.

    A name without a folder or an ending is a shipped scenario if one is called so; everything else is a path.
    Raises NnstepError where nothing is there, with the nearest name of a scenario or of a file beside it.
    """
    names = shipped() if isinstance(reference, str) else {}
    if str(reference) in names:
        return names[str(reference)]
    path = Path(reference)
    try:
        path.stat()
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            return path  # reading it says so in its own words
        raise _missing(str(reference), path, names) from None
    return path


def _missing(reference: str, path: Path, names: dict[str, Path]) -> NnstepError:
    shown = in_message(reference, limit=200)
    if shown == reference:
        beside = _siblings(path)
        if guess := nearest(path.name, beside):
            return NnstepError("there is no such file", where=shown, hint=f"did you mean {in_message(beside[guess])}?")
    if guess := nearest(path.name.removesuffix(path.suffix), names):
        return NnstepError("there is no such scenario", where=shown, hint=f"did you mean {guess}?")
    listed = "nnstep list names those that are shipped" if names else "give the path of a .yaml file"
    return NnstepError("there is no such scenario", where=shown, hint=listed)


def _siblings(path: Path) -> dict[str, str]:
    """Return the paths of the scenario files in the folder of `path`, by their names."""
    try:
        beside = [other for other in path.parent.iterdir() if other.suffix.lower() in SUFFIXES]
    except (OSError, ValueError):
        return {}
    return {other.name: str(other) for other in sorted(beside)[:1000] if other != path}
