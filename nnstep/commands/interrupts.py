"""Ctrl-C while something runs that must not be cut in two: it is noted, and asked for where stopping is safe."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def noted_interrupts() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C has come; a second one ends everything at once, as it always does."""
    came = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    before = signal.getsignal(signal.SIGINT)
    # Signals arrive in the main thread only; one that is ignored, as a shell has it in the background, stays ignored.
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield lambda: came
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: came
    finally:
        signal.signal(signal.SIGINT, before)


def until_ctrl_c(work: Iterable[T]) -> Iterator[T]:
    """Yield what is worked out. Raises KeyboardInterrupt at Ctrl-C, once the piece that was begun is done."""
    with noted_interrupts() as came:
        for piece in work:
            yield piece
            if came():
                close = getattr(work, "close", None)
                if close:
                    close()
                raise KeyboardInterrupt


def run_through(work: Iterable[object]) -> None:
    """Do all the work. Raises KeyboardInterrupt as `until_ctrl_c` does."""
    for _ in until_ctrl_c(work):
        pass
