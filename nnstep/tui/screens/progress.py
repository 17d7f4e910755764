"""A long way: what shows how far it is, and lets it be stopped."""

import asyncio
from collections.abc import Iterator
from time import perf_counter
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from nnstep.explain.figures import figure
from nnstep.session import Session
from nnstep.tui.renderables.bars import bar
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.theme import Palette

SLICE = 0.02  # seconds of work between two looks at the keyboard
PATIENCE = 0.1  # seconds that may pass before anything is shown
BETWEEN = 0.1  # seconds between two pictures
WIDTH = 46


def is_soon_over(way: Iterator[int]) -> bool:
    """Go on for as long as nothing needs to be shown; was that all the way?"""
    end = perf_counter() + PATIENCE
    return all(perf_counter() <= end for _ in way)


class Passage(Dialog[None]):
    """Runs through iterations in slices, so that keys are heard, and Esc ends it. For a way not soon over.

    stays: is one where it was stopped, then? Else one is where one came from.
    """

    BINDINGS: ClassVar = [
        Binding("escape,q,f,space,ctrl+c", "stop", "stop", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        session: Session,
        way: Iterator[int],
        start: int,
        goal: int,
        palette: Palette,
        *,
        stays: bool = False,
    ) -> None:
        super().__init__()
        self._escape = "Esc stops here" if stays else "Esc goes back"
        self._title, self._session, self._way = title, session, way
        self._start, self._goal, self._at = start, goal, start
        self.palette = palette
        self._stopped = self._is_over = False

    def compose(self) -> ComposeResult:
        """Lay out the title, the bar and the numbers."""
        with Vertical(classes="dialog"):
            yield Static(Text(self._title, self.palette.heading_active), markup=False)
            yield Static("", id="passage-bar", markup=False)
            yield Static("", id="passage-numbers", markup=False)
            yield Static(Text(self._escape, self.palette.dim), markup=False)

    def on_mount(self) -> None:
        """Show how far it is from the first frame on: whoever comes here has waited for as long as one should."""
        self._show()
        self._run()

    @work(exclusive=True)
    async def _run(self) -> None:
        shown = perf_counter()
        try:
            while not self._stopped and self._work_for_a_slice():
                now = perf_counter()
                if now - shown > BETWEEN:
                    shown = now
                    self._show()
                await asyncio.sleep(0)
        finally:
            close = getattr(self._way, "close", None)
            if close:
                close()
        self._is_over = True
        self.on_screen_resume()

    def on_screen_resume(self) -> None:
        """Go when it is over: not while another screen lies on this one, since only the one on top can go."""
        if self._is_over and self.is_active:
            self.dismiss(None)

    def _work_for_a_slice(self) -> bool:
        """Go on for a moment; is there more to do?"""
        end = perf_counter() + SLICE
        for iteration in self._way:
            self._at = iteration
            if perf_counter() > end:
                return True
        return False

    def _show(self) -> None:
        share = (self._at - self._start) / max(self._goal - self._start, 1)
        done = bar(share, WIDTH - 6)
        line = Text(f"{done:<{WIDTH - 6}}{share:>5.0%}", self.palette.ok)
        self.query_one("#passage-bar", Static).update(line, layout=False)
        if self._at == self._start:
            return  # what was run before this screen came is not known here
        losses, batches = self._session.history.losses, self._session.compiled.training.batches
        text = Text(f"epoch {batches.epoch(self._at)}   loss {figure(losses.at(self._at), 6)}", self.palette.text)
        self.query_one("#passage-numbers", Static).update(text, layout=False)

    def action_stop(self) -> None:
        """Stop after this slice."""
        self._stopped = True
