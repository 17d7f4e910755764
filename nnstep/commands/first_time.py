"""Is nnstep here for the first time? Remembered where XDG says that a program keeps what it remembers."""

from collections.abc import Mapping

_SEEN = "tour-seen"


def is_first_time(environ: Mapping[str, str]) -> bool:
    """Say so once for each person, and remember it; never where it could not be remembered."""
    from nnstep.state import folder

    kept = folder(environ)
    if kept is None:
        return False
    try:
        kept.mkdir(parents=True, exist_ok=True)
        (kept / _SEEN).touch(exist_ok=False)
    except (OSError, ValueError):
        return False
    return True
