"""Paint a Textual app by sending only the cells that changed, the latest state first.

This reads private names of Textual 8.2 (`App._display` and what it is given), so whatever goes wrong in here hands
the screen back to Textual for good, and a test on a real terminal holds both ways of painting equal, cell by cell.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.screen import Screen

from nnstep.tui.shadow import Shadow

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"

# Frames give way to keys that wait, but no longer than this: a key held down must show where it has come to.
PATIENCE = 0.1  # seconds
# How soon a frame that gave way tries again.
RETRY = 0.005  # seconds


class ShadowScreen(App[ReturnType]):
    """An app that keeps a shadow of the terminal and sends differences; inherit from it in place of `App`.

    plain_render: leave the painting to Textual; starts as whether NNSTEP_PLAIN_RENDER is 1.
    encoder_error: what made the encoder give up, if anything did.
    on_first_frame: called once, when the first frame has been handed to the terminal.
    clock: the time in seconds, for how long a frame has given way.
    """

    on_first_frame: Callable[[], None] | None = None
    clock: Callable[[], float] = staticmethod(monotonic)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain_render = os.environ.get("NNSTEP_PLAIN_RENDER") == "1"
        self.encoder_error: Exception | None = None
        self.frames_sent = 0
        self._shadow = Shadow()
        self._waiting_since: float | None = None
        self._retry: asyncio.TimerHandle | None = None

    def on_mount(self) -> None:
        """Listen for the return from a suspension (Textual calls this beside the `on_mount` of the app itself)."""
        self.app_resume_signal.subscribe(self, self._on_return)

    def _on_return(self, _app: App[Any]) -> None:
        # The terminal has been someone else's in the meantime.
        self.redraw()

    def redraw(self) -> None:
        """Paint the whole screen afresh, whatever the terminal shows by now."""
        self._shadow.forget()
        self.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not self._encodes(renderable):
            if renderable is not None:
                self._shadow.forget()
            super()._display(screen, renderable)
            self._note_first_frame()
            return
        try:
            if not self._batch_count and self._running and not self._closed:
                self._take(renderable, *screen._compositor.size)
                self._paint()
        except Exception as error:
            self._give_up(error)
            super()._display(screen, renderable)
            return
        self.post_display_hook()

    def _encodes(self, renderable: RenderableType | None) -> bool:
        driver = self._driver
        return (
            not self.plain_render
            and self.encoder_error is None
            and isinstance(renderable, LayoutUpdate | ChopsUpdate)
            and driver is not None
            and not driver.is_headless
            and not driver.is_inline
        )

    def _give_up(self, error: Exception) -> None:
        self.encoder_error = error
        self._shadow = Shadow()
        # Frames that gave way are lost to Textual, which sends what changed since: it has to begin with everything.
        self.call_later(self.refresh)

    def _take(self, update: Any, width: int, height: int) -> None:
        system = self.console._color_system or ColorSystem.TRUECOLOR
        shadow = self._shadow
        if (shadow.width, shadow.height, shadow.system) != (width, height, system):
            shadow.reset(width, height, system)
        if isinstance(update, LayoutUpdate):
            shadow.take_layout(update)
        else:
            shadow.take_chops(update)

    def _paint(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if not self._shadow.is_behind:
            return
        if self._gives_way():
            self._retry = asyncio.get_running_loop().call_later(RETRY, self._paint_late)
            return
        self._waiting_since = None
        self._send(self._shadow.difference(self.screen.outer_size.clamp_offset(self.cursor_position)))

    def _paint_late(self) -> None:
        self._retry = None
        if self.plain_render or not self._running or self._closed:
            return
        try:
            self._paint()
        except Exception as error:
            self._give_up(error)

    def _gives_way(self) -> bool:
        """Return whether a newer state is so near, or the terminal so far behind, that this frame would be stale."""
        if self.terminal_is_behind():
            return True
        if not self.keys_wait():
            return False
        now = self.clock()
        if self._waiting_since is None:
            self._waiting_since = now
        return now - self._waiting_since < PATIENCE

    def terminal_is_behind(self) -> bool:
        """Return whether the terminal has yet to take what it was sent, as far as the driver can tell."""
        writer = getattr(self._driver, "_writer_thread", None)
        return writer is not None and writer._queue.qsize() > 0

    def keys_wait(self) -> bool:
        """Return whether keys have come in that nobody has acted on yet."""
        pumps = (self, self.screen, self.focused)
        queues: list[Iterable[object]] = [pump._message_queue.values for pump in pumps if pump is not None]
        return any(isinstance(message, events.Key) for queue in queues for message in queue)

    def _send(self, frame: str) -> None:
        driver = self._driver
        if not frame or driver is None:
            return
        # One write, so that a frame is never cut by another write, and takes one place in the driver's queue.
        driver.write(f"{SYNC_START}{frame}{SYNC_END}" if self._sync_available else frame)
        driver.flush()
        self.frames_sent += 1
        self._note_first_frame()

    def _note_first_frame(self) -> None:
        if self.on_first_frame is not None and self._running and not self._batch_count:
            self.on_first_frame()
            self.on_first_frame = None
