"""A progress bar on the error output, where that is a screen."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from types import FrameType

from nnstep.scenario.text import in_message

Advance = Callable[[int, float], None]

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_CLEAR = b"\r\x1b[2K\x1b[?25h"  # the line of the bar is wiped, the cursor is seen
_EVERY = 0.1  # seconds between two pictures
_TITLE = 30  # characters


@contextmanager
def progress(title: str, epochs: int, otherwise: Advance = lambda epoch, loss: None) -> Iterator[Advance]:
    """Give a function to call with each epoch that is done and its loss. otherwise: that function without a screen."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") in (None, "", "dumb", "unknown"):
        yield otherwise
        return
    # Only a screen needs it, and it takes time to load.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("epoch {task.completed:.0f} of {task.total:.0f}   loss {task.fields[loss]:.4g}", markup=False),
        TimeRemainingColumn(compact=True),
        TextColumn("left", markup=False),
        console=Console(stderr=True, markup=False),
        auto_refresh=False,
        transient=True,
    )
    shown = float("-inf")

    def advance(epoch: int, loss: float) -> None:
        nonlocal shown
        if (now := monotonic()) - shown >= _EVERY:
            bar.update(task, completed=epoch, loss=loss)
            bar.refresh()
            shown = now

    with _cursor_comes_back(), bar:
        task = bar.add_task(in_message(title, limit=_TITLE), total=epochs, loss=float("nan"))
        yield advance


@contextmanager
def _cursor_comes_back() -> Iterator[None]:
    """Show the cursor again, which the bar hides, where a signal ends us; the signal then does what it always does."""

    def end(number: int, _: FrameType | None) -> None:
        with suppress(OSError):  # the terminal may be gone
            os.write(sys.stderr.fileno(), _CLEAR)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    # A signal that is ignored, as nohup has it, stays ignored.
    caught = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in caught:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, signal.SIG_DFL)
