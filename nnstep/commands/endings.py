"""How a command ends: an exit code, and for a person at most one message; never a traceback."""

import errno
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper

from nnstep.errors import NnstepError
from nnstep.scenario.text import safe_text

DONE, FOUND, BAD, OURS, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 70, 130, 141
_MESSAGE = 4_000  # characters
_CAN_NOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF, errno.EFBIG}


def ended(run: Callable[[], int]) -> int:
    """Run a command to its end and return its exit code, whatever that end is."""
    try:
        _ready()
        code = run()
        sys.stdout.flush()
        return code
    except SystemExit as end:
        return _after_help(end)
    except NnstepError as error:
        tell(str(error))
        return BAD
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read has seen enough, as with `| head`: no message, and the code that the signal would have given.
        _write_no_more()
        return PIPE_CLOSED
    except Exception as error:
        return _unexpected(error)


def _after_help(end: SystemExit) -> int:
    """Return the exit code of the help or the version, which end with an exception; they too may find a full disk."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _write_no_more()
        return PIPE_CLOSED
    except OSError as error:
        return _unexpected(error)
    return end.code if isinstance(end.code, int) else DONE


def tell(message: str) -> None:
    """Write one message to the person; nothing in it can drive the terminal."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(f"nnstep: {safe_text(message, limit=_MESSAGE)}", file=sys.stderr, flush=True)


def _ready() -> None:
    if sys.stdout is None:
        raise NnstepError("the output is closed, so there is nowhere to write to", hint="> /dev/null discards it")
    # Names such as δ and ∂L/∂W have no place in some encodings: a question mark is better than no answer.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in _CAN_NOT_WRITE:
        _write_no_more()
        hint = "make room, or write to another place"
        tell(str(NnstepError(f"the output can not be written: {(error.strerror or '').lower()}", hint=hint)))
        return BAD
    if os.environ.get("NNSTEP_DEBUG") == "1":
        traceback.print_exc()
        return OURS
    shown = " ".join(f"{type(error).__name__}: {error}".split())
    tell(f"a fault of nnstep's own, please report it: {shown}\n  NNSTEP_DEBUG=1 in front of the command shows where")
    return OURS


def _write_no_more() -> None:
    """Send what is still in the buffer nowhere, or Python complains while it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
