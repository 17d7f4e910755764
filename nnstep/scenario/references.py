"""What a person may call a scenario: a path to a file, or the name of one that is shipped."""

from pathlib import Path
from typing import Final

from nnstep.errors import NnstepError, nearest
from nnstep.scenario.reading import is_regular
from nnstep.scenario.text import in_message

SUFFIXES: Final = (".yaml", ".yml", ".json")
_PACKAGE: Final = Path(__file__).resolve().parent.parent


def shipped() -> dict[str, Path]:
    """Return the shipped scenarios by name, in the order of their names: in the wheel, or beside it in a checkout."""
    for folder in (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios"):
        found = {
            path.stem: path for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem) if is_regular(path)
        }
        if found:
            return found
    return {}


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
    listed = f"shipped are: {', '.join(names)}" if names else "give the path of a .yaml file"
    return NnstepError("there is no such scenario", where=shown, hint=listed)


def _siblings(path: Path) -> dict[str, str]:
    """Return the paths of the scenario files in the folder of `path`, by their names."""
    try:
        beside = [other for other in path.parent.iterdir() if other.suffix.lower() in SUFFIXES]
    except (OSError, ValueError):
        return {}
    return {other.name: str(other) for other in sorted(beside)[:1000]}
