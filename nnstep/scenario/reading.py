"""Bytes of a file that somebody else wrote: regular files alone, and never more than a limit of them."""

import errno
import os
import re
import stat
from pathlib import Path
from typing import Final

from nnstep.errors import NnstepError
from nnstep.scenario.text import in_message

_OTHERS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
_COPY: Final = "write its contents to a file first"
_DRIVE: Final = re.compile(r"[A-Za-z]:")


def read_regular(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file: at most one more than `limit`, by which a file that is too large is known.

    Raises NnstepError for all that is not a regular file, without reading it, and for what can not be read.
    """
    shown = in_message(str(path), limit=200)
    try:
        _refuse_others(path.stat().st_mode, shown)
        # Without O_NONBLOCK a pipe that has taken the file's place meanwhile would be waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            _refuse_others(os.fstat(descriptor).st_mode, shown)
            found = file.read(limit + 1)
    except FileNotFoundError:
        raise NnstepError("there is no such file", where=shown) from None
    except OSError as error:
        raise _unreadable(error, shown) from None
    except ValueError:
        hint = "a name has no zero byte in it"
        raise NnstepError("this is not the name of a file", where=shown, hint=hint) from None
    # Some of /proc call themselves regular files, and have nothing to read yet, or ever.
    if found is None:
        raise NnstepError("there is nothing to read in it now", where=shown, hint=_COPY)
    return found


def is_regular(path: Path) -> bool:
    """Return whether there is a regular file at `path`; False for names that no file can have."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def resolve_inside(folder: Path, name: str, where: str) -> Path:
    """Return the real path of the file `name` below `folder`.

    where: the place in the scenario that names it. Raises NnstepError for absolute paths, drives, paths that lead out
    of the folder by .. or by a link, and for what is not a regular file.
    """
    shown = in_message(name, limit=200)
    hint = "data files stand beside the scenario or below it: data.csv, tables/data.csv"
    is_plain = name and not name.startswith(("/", "~")) and "\\" not in name and not _DRIVE.match(name)
    if not is_plain or shown != name:
        raise NnstepError(f"'{shown}' does not name a file beside this scenario", where=where, hint=hint)
    try:
        base = folder.resolve(strict=True)
        found = (base / name).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise NnstepError(f"there is no file '{shown}' beside this scenario", where=where, hint=hint) from None
    if not found.is_relative_to(base):
        raise NnstepError(f"'{shown}' leads out of the folder of this scenario", where=where, hint=hint)
    if not is_regular(found):
        raise NnstepError(f"'{shown}' is not a regular file", where=where, hint=hint)
    return found


def _refuse_others(mode: int, shown: str) -> None:
    if stat.S_ISREG(mode):
        return
    kind = next((name for test, name in _OTHERS if test(mode)), "not a regular file")
    hint = "name a file in it" if stat.S_ISDIR(mode) else _COPY
    raise NnstepError(f"this is {kind}, not a scenario file", where=shown, hint=hint)


def _unreadable(error: OSError, shown: str) -> NnstepError:
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = "its owner may allow it: chmod a+r makes it readable, and its folders need a+x"
        return NnstepError("it can not be read: no permission", where=shown, hint=hint)
    reason = (error.strerror or type(error).__name__).lower()
    return NnstepError(f"it can not be read: {reason}", where=shown, hint=_COPY)
