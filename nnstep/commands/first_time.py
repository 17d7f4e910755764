"""Is nnstep here for the first time? Remembered where XDG says that a program keeps what it remembers."""

from collections.abc import Mapping
from pathlib import Path

_SEEN = "tour-seen"


def is_first_time(environ: Mapping[str, str]) -> bool:
    """Say so once for each person, and remember it; never where it could not be remembered.

    https://specifications.freedesktop.org/basedir-spec: `$XDG_STATE_HOME`, else `$HOME/.local/state`.
    """
    given, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    folder = Path(given) if given.startswith("/") else Path(home, ".local", "state")
    if not folder.is_absolute():
        return False
    try:
        (folder / "nnstep").mkdir(parents=True, exist_ok=True)
        (folder / "nnstep" / _SEEN).touch(exist_ok=False)
    except (OSError, ValueError):
        return False
    return True
