"""A progress bar on the error output, where that is a screen; nothing at all where it is not."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from nnstep.scenario.text import in_message

Advance = Callable[[int, float], None]

_EVERY = 0.1  # seconds between two pictures
_TITLE = 30  # characters


@contextmanager
def progress(title: str, epochs: int) -> Iterator[Advance]:
    """Give a function to call with each epoch that is done and its loss."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") in (None, "", "dumb", "unknown"):
        yield lambda epoch, loss: None
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

    with bar:
        task = bar.add_task(in_message(title, limit=_TITLE), total=epochs, loss=float("nan"))
        yield advance
