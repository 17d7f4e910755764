"""Textual's Linux driver, asking the terminal for less: what is switched on can be left on when a link breaks."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from codecs import getincrementaldecoder
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual import events
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

if TYPE_CHECKING:
    from textual.app import App

# Kitty's keyboard protocol, and the pointer's shape: nothing here depends on them.
_KITTY_KEYS = re.compile(r"\x1b\[>\d+u")
_POINTER_SHAPE = "\x1b]22;"


class _Forgiving:
    """A terminal that may have gone: what can't be written to it any more is dropped, and nobody is told."""

    def __init__(self, file: TextIO) -> None:
        self.fileno, self.isatty = file.fileno, file.isatty
        self._file = file

    def write(self, text: str) -> int:
        """Write, if there is still somebody to read."""
        with contextlib.suppress(OSError):
            return self._file.write(text)
        return 0

    def flush(self) -> None:
        """Flush, if there is still somebody to read."""
        with contextlib.suppress(OSError):
            self._file.flush()


# A byte that is no UTF-8 (a key of another encoding) is a key that means nothing, and no reason to end.
linux_driver.getincrementaldecoder = lambda encoding: partial(getincrementaldecoder(encoding), errors="replace")  # type: ignore[attr-defined]


class QuietDriver(LinuxDriver):
    """Clicks and the wheel without mouse moves, no in-band resize, and the screen on stdout."""

    kitty_keys = True

    def __init__(self, app: "App[Any]", **options: Any) -> None:
        super().__init__(app, **options)
        # stdout is what was found to be a terminal; stderr stays free to be sent to a file.
        if sys.__stdout__ is not None:
            sys.__stdout__.reconfigure(errors="replace")
            self._file = cast(Any, _Forgiving(sys.__stdout__))

    def start_application_mode(self) -> None:
        """Take the terminal over, and hear of each change of its size."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        loop = asyncio.get_running_loop()
        # Textual's handler reads the size and posts it. When a second signal interrupts it in between, the newer size
        # is posted first and the older one stays. Here the loop reads the size when it comes to it.
        signal.signal(signal.SIGWINCH, lambda *_: loop.call_soon_threadsafe(self._post_size))

    def _get_terminal_size(self) -> tuple[int, int]:
        # COLUMNS and LINES may be of another terminal, or of before a change.
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(self.fileno)
            return size.columns, size.lines
        return super()._get_terminal_size()

    def _post_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    def write(self, data: str) -> None:
        """Write `data`, unless it asks for something that is left out."""
        if data.startswith(_POINTER_SHAPE) or (not self.kitty_keys and _KITTY_KEYS.fullmatch(data)):
            return
        super().write(data)

    def _enable_mouse_support(self) -> None:
        # Mode 1003 reports each move of the mouse: 300 bytes and 1-2 ms of work per move, for nothing used here.
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000l\x1b[?1006l")

    def _query_in_band_window_resize(self) -> None:
        # SIGWINCH does it everywhere, SSH included; the in-band report would bring pixel mouse positions with it.
        pass


class RemoteDriver(QuietDriver):
    """The same for a terminal at the far end of SSH, where a broken link would leave kitty's keyboard mode on."""

    kitty_keys = False
