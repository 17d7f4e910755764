"""Ends an app from outside, by a signal or for want of a terminal: politely first, by force after a while."""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

# All that end a process and can be caught, but for those of its own faults.
ENDING_SIGNALS = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
)

# An app that was asked to end and is held up, by its own work or by a terminal that takes no more, gets this long.
GRACE = 3.0  # seconds

# Whatever Textual may have switched on: frame, colours, mouse, paste, resize, focus, keyboard, wrap, screen, cursor.
RESET = (
    "\x1b[?2026l\x1b[0m\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    "\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
)


class Ending:
    """The end of one app; made before it runs, while the terminal is still as it was found."""

    def __init__(self, app: "App[Any]") -> None:
        self._app = app
        self.code = 0
        assert sys.__stdin__ is not None
        assert sys.__stdout__ is not None
        self._stdin, self._stdout = sys.__stdin__.fileno(), sys.__stdout__.fileno()
        self._modes: list[Any] | None = None
        with contextlib.suppress(termios.error):
            self._modes = termios.tcgetattr(self._stdin)

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        """End the app with 128 + n on signal n; a signal that is being ignored, as nohup has it, stays ignored."""
        before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
        caught = [number for number in ENDING_SIGNALS if before[number] is not signal.SIG_IGN]
        for number in caught:
            # Not through the loop: its own handlers wait while the loop is busy, this one starts the clock at once.
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number in caught:
                signal.signal(number, before[number])

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.begin(128 + number)

    @contextlib.contextmanager
    def on_lost_terminal(self) -> Iterator[None]:
        """End the app like SIGHUP does when its terminal is gone: Textual reads the end of input again and again."""
        stop, stopper = os.pipe()
        watch = threading.Thread(target=self._watch, args=(stop,), name="nnstep-terminal", daemon=True)
        watch.start()
        try:
            yield
        finally:
            os.close(stopper)
            watch.join()
            os.close(stop)

    def _watch(self, stop: int) -> None:
        poll = select.poll()
        # No event is asked for, so what wakes this is a terminal that hangs up; until then it costs nothing.
        poll.register(self._stdin, 0)
        poll.register(stop, 0)
        if dict(poll.poll()).get(self._stdin, 0) & (select.POLLHUP | select.POLLERR):
            self.begin(128 + signal.SIGHUP)

    def begin(self, code: int) -> None:
        """Ask the app to end with exit code `code`, the first time, and see to it that it does."""
        if self.code:
            return
        self.code = code
        deadline = threading.Timer(GRACE, self._by_force)
        deadline.daemon = True
        deadline.start()
        loop = self._app._loop
        if loop is None:
            # Not running yet, or no longer: there is nobody to ask.
            raise SystemExit(code)
        with contextlib.suppress(RuntimeError):  # a loop that closed in this very moment
            loop.call_soon_threadsafe(partial(self._app.exit, return_code=code))

    def _by_force(self) -> None:
        restoring = threading.Thread(target=self.restore, daemon=True)
        restoring.start()
        # A terminal that takes no more holds this up as well.
        restoring.join(0.5)
        os._exit(self.code)

    def restore(self) -> None:
        """Give the terminal back as it was found, without Textual's help."""
        if self._modes is None:
            return
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(self._stdin, termios.TCSANOW, self._modes)
            os.write(self._stdout, RESET.encode())
