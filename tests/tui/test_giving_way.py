"""A frame gives way to keys that wait and to a terminal that is behind, and the latest state is painted after it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.events import Key
from textual.widgets import Static

from nnstep.tui.encoder import PATIENCE, ShadowScreen

LIMIT = 20.0  # seconds


class RecordingDriver:
    """Keeps what it is told to write; `queued` stands for what the terminal has not taken yet."""

    is_headless = False
    is_inline = False

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.queued: Queue[str] = Queue()
        self._writer_thread = SimpleNamespace(_queue=self.queued)
        self.has_written = asyncio.Event()

    def write(self, data: str) -> None:
        self.frames.append(data)
        self.has_written.set()

    def flush(self) -> None:
        pass


class Counter(ShadowScreen[None]):
    """One number."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("0", markup=False)

    def show(self, number: int) -> None:
        """Show a number, and hand its frame to the encoder here and now."""
        self.query_one(Static).update(str(number), layout=False)
        compositor = self.screen._compositor
        compositor.update_widgets({self.query_one(Static)})
        self._display(self.screen, compositor.render_update(full=True))


@asynccontextmanager
async def counting() -> AsyncIterator[tuple[Counter, RecordingDriver]]:
    """Run a counter without a terminal, and give it a driver that records in place of one that does nothing."""
    app = Counter()
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.pause()
        headless, driver = app._driver, RecordingDriver()
        app._driver = driver  # type: ignore[assignment]
        app.show(1)
        driver.frames.clear()
        driver.has_written.clear()
        try:
            yield app, driver
        finally:
            app._driver = headless


async def test_a_frame_is_sent_at_once_when_nothing_waits() -> None:
    async with counting() as (app, driver):
        app.show(2)
        assert len(driver.frames) == 1
        assert "2" in driver.frames[0]


async def test_a_frame_waits_for_a_key_and_the_latest_is_sent_after_it() -> None:
    async with counting() as (app, driver):
        app._message_queue.put_nowait(Key("x", "x"))
        app.show(2)
        app.show(3)
        assert driver.frames == []
        # Here the app comes to the key; the frame needs no further change to be sent.
        await asyncio.wait_for(driver.has_written.wait(), LIMIT)
        assert len(driver.frames) == 1
        assert "3" in driver.frames[0]


async def test_a_key_held_down_does_not_stop_the_screen() -> None:
    async with counting() as (app, driver):
        now = 100.0
        app.clock = lambda: now
        app._message_queue.put_nowait(Key("x", "x"))
        app.show(2)
        now += PATIENCE / 2
        app.show(3)
        assert driver.frames == []
        now += PATIENCE
        app.show(4)
        assert "4" in driver.frames[0]
        # And from here the patience begins again.
        app.show(5)
        assert len(driver.frames) == 1


async def test_a_terminal_that_is_behind_gets_the_latest_when_it_has_caught_up() -> None:
    async with counting() as (app, driver):
        driver.queued.put("the last frame")
        for number in range(2, 9):
            app.show(number)
        assert driver.frames == []
        driver.queued.get()
        await asyncio.wait_for(driver.has_written.wait(), LIMIT)
        assert len(driver.frames) == 1
        assert "8" in driver.frames[0]


async def test_a_fault_while_a_frame_waits_is_made_good_by_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> str:
        raise RuntimeError("planted")

    async with counting() as (app, driver):
        driver.queued.put("the last frame")
        app.show(2)
        monkeypatch.setattr(app._shadow, "difference", fail)
        driver.queued.get()
        await asyncio.wait_for(driver.has_written.wait(), LIMIT)
        assert isinstance(app.encoder_error, RuntimeError)
        assert "2" in "".join(driver.frames)


async def test_the_first_frame_is_told_once() -> None:
    told: list[int] = []
    async with counting() as (app, _driver):
        app.on_first_frame = lambda: told.append(1)
        app.show(2)
        app.show(3)
        assert told == [1]
