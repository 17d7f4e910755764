"""The app without a terminal: keys and clicks go in, and nothing is looked at before it is quiet. No clock is read."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from functools import cache, partialmethod
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Offset, Region, Size
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerCancelled

from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load, parse
from nnstep.session import Position, Session
from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.stepper import Stepper
from nnstep.tui.terminal import ColourMode, prepare_app
from nnstep.tui.widgets.bars import FormulaBar, TitleBar
from nnstep.tui.widgets.sheet import SheetView

ROOMY = (120, 40)
SMALL = (80, 24)
LARGE = (200, 60)

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
TURNS = 100_000  # of the event loop: far more than any key takes
FRAMES = 1_000  # as well


@cache
def shipped(name: str) -> Compiled:
    """Return a shipped scenario, compiled."""
    return compile_scenario(load(SCENARIOS / f"{name}.yaml"))


@cache
def compiled(text: str) -> Compiled:
    """Return a scenario of a test's own, compiled."""
    return compile_scenario(parse(text.encode(), "test.yaml"))


class Driven:
    """A running app and what a test wants to know of it."""

    def __init__(self, app: NnstepApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    # ---- what goes in

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before is done with."""
        for key in keys:
            await self.type_ahead([key])

    async def type_ahead(self, keys: Iterable[str]) -> None:
        """Press keys all at once, as a terminal hands over what was typed during a long step."""
        for key in keys:
            self.send(key)
        await self.settle()

    def send(self, key: str) -> None:
        """Press a key and do not wait."""
        character = key if len(key) == 1 else " " if key == "space" else None
        event = events.Key(key if len(key) > 1 or key.isalnum() else _named(key), character)
        event.set_sender(self.app)
        assert self.app._driver is not None
        self.app._driver.send_message(event)

    async def type_text(self, text: str) -> None:
        """Type into the input of a dialog."""
        await self.type_ahead(text)

    async def click(self, widget: Widget, x: int, y: int) -> None:
        """Click a place of a widget."""
        self._mouse(events.MouseDown, widget, Offset(x, y))
        self._mouse(events.MouseUp, widget, Offset(x, y))
        await self.settle()

    async def wheel(self, widget: Widget, *, down: bool) -> None:
        """Turn the wheel over a widget."""
        self._mouse(events.MouseScrollDown if down else events.MouseScrollUp, widget, Offset(1, 1))
        await self.settle()

    def _mouse(self, kind: type[events.MouseEvent], widget: Widget, place: Offset) -> None:
        """Hand over what the terminal says of the mouse: it reports buttons and wheel, and no moves."""
        x, y = widget.region.offset + place
        event = kind(None, x, y, 0, 0, 1, False, False, False, x, y)
        event.set_sender(self.app)
        assert self.app._driver is not None
        self.app._driver.send_message(event)

    async def resize(self, width: int, height: int) -> None:
        """Make the terminal another size."""
        size = Size(width, height)
        assert self.app._driver is not None
        self.app._driver._size = (width, height)
        self.app.post_message(events.Resize(size, size))
        await quiet()
        # Textual waits for 8 ms for the next size before it tells the screens of this one.
        self.app._check_resize()
        await self.settle()

    async def settle(self) -> None:
        """Let the app work until nothing is left to do but to wait for time or people; draw what is to be drawn."""
        for _ in range(FRAMES):
            await quiet()
            await self.threads_end()
            # Scrolling ends at the animator's next tick, though nothing is animated.
            await self.app.animator.wait_for_idle()
            await quiet()
            screen = self.app.screen_stack[-1] if self.app._running and self.app.screen_stack else None
            wants = screen and (_wants_a_frame(screen) or screen._callbacks)
            # Whoever draws several things at once holds frames back until then.
            if screen is None or not wants or self.app._batch_count:
                return
            # What a sixtieth of a second would bring.
            screen._on_timer_update()
        raise AssertionError("the screen never comes to rest")

    async def threads_end(self) -> None:
        """Wait for the work that is done beside the event loop."""
        for worker in list(self.app.workers):
            if worker._thread_worker and not worker.is_finished:
                with suppress(WorkerCancelled):
                    await worker.wait()
        await quiet()

    # ---- what comes out

    @property
    def stepper(self) -> Stepper:
        """The stepper, which has to be the screen that is seen."""
        assert isinstance(self.app.screen, Stepper), self.app.screen
        return self.app.screen

    @property
    def session(self) -> Session:
        """The session of the stepper."""
        return self.stepper.session

    @property
    def position(self) -> tuple[int, int]:
        """Iteration and step; the step has to be whole."""
        place = self.session.position
        assert place == Position(place.iteration, place.step)
        return place.iteration, place.step

    @property
    def sheet(self) -> SheetView:
        """The sheet."""
        return self.stepper.query_one(SheetView)

    @property
    def formula(self) -> str:
        """What the formula bar says."""
        return "\n".join(map(str.strip, self.text_of(self.stepper.query_one(FormulaBar)).splitlines()))

    @property
    def title(self) -> str:
        """What the first line says."""
        return self.text_of(self.stepper.query_one(TitleBar))

    @property
    def lines(self) -> list[str]:
        """The whole screen as text."""
        return [strip.text for strip in self.strips]

    @property
    def text(self) -> str:
        """The whole screen as text."""
        return "\n".join(self.lines)

    @property
    def strips(self) -> list[Any]:
        """The lines of the whole screen, with what lies under a dialog."""
        update = self.app.screen._compositor.render_update(full=True, screen_stack=self.app._background_screens)
        return [_joined(row) for row in update.strips]  # type: ignore[union-attr]

    @staticmethod
    def text_of(widget: Widget) -> str:
        """Return what a widget shows, without the spaces at the right."""
        lines = widget.render_lines(Region(0, 0, *widget.size))
        return "\n".join(line.text.rstrip() for line in lines).rstrip()


@asynccontextmanager
async def driving(
    scenario: Compiled | None, size: tuple[int, int] = ROOMY, mode: ColourMode = "truecolor"
) -> AsyncIterator[Driven]:
    """Run the app on a scenario, or its gallery. What runs by itself ticks when a test says so, and not with time."""
    app = NnstepApp(Session(scenario) if scenario else None, mode=mode)
    prepare_app(app, mode, {})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stepper, "set_interval", partialmethod(Stepper.set_interval, pause=True))
        async with app.run_test(size=size) as pilot:
            driven = Driven(app, pilot)
            await driven.settle()
            yield driven


async def quiet() -> None:
    """Wait until the event loop has nothing to run; fails where that never comes."""
    ready: Any = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if not ready:
            return
    raise AssertionError("the app never comes to rest")


def _wants_a_frame(screen: Screen[Any]) -> bool:
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
    )


def _named(character: str) -> str:
    from textual.keys import _character_to_key

    return _character_to_key(character)


def _joined(row: Any) -> Any:
    from textual.strip import Strip

    return row if isinstance(row, Strip) else Strip.join(row)
