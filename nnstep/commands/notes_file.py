"""Where the teacher's notes go when they are not for the room: a file that is followed, a fifo, another terminal."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from nnstep.errors import NnstepError
from nnstep.scenario.text import in_message

_HINT: Final = "name a file that you may write, such as notes.txt"


class NotesFile:
    """Appends notes to a file; a lecture never waits for who reads them.

    apart: files that it must not be, under any name. Raises NnstepError where the file can't be written, is one of
    these, or has the name of a scenario: one that the shell completed.
    """

    def __init__(self, path: str, apart: Iterable[Path] = ()) -> None:
        self.path = path
        self._handle = -1
        if Path(path).suffix in (".yaml", ".yml") or any(_is_same(path, one) for one in apart):
            what = f"{in_message(path)} is a scenario or its data, and notes would be written into it"
            raise NnstepError(what, where="--notes-file", hint=_HINT)
        try:
            # A fifo that is opened to be read as well needs nobody at its other end, and does not end with them.
            is_fifo = Path(path).is_fifo()
            mode = os.O_RDWR if is_fifo else os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._handle = os.open(path, mode | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, 0o666)
        except (OSError, ValueError) as error:
            raise self._refused(error) from error

    def write(self, text: str) -> None:
        """Append a text and an empty line; left out where a reader is behind. Raises NnstepError where that fails."""
        try:
            os.write(self._handle, f"{text}\n\n".encode())
        except BlockingIOError:
            pass  # a full fifo, a terminal that is held: the next place has notes of its own
        except OSError as error:
            raise self._refused(error) from error

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _refused(self, error: OSError | ValueError) -> NnstepError:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        what = f"the notes can't be written to {in_message(self.path)}: {why}"
        return NnstepError(what, where="--notes-file", hint=_HINT)


def _is_same(path: str, other: Path) -> bool:
    try:
        return other.samefile(path)
    except (OSError, ValueError):
        return False
