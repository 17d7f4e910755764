"""Breakpoints on the screen: set on what the cursor is on or in a dialog, marked in the steps list, told where met."""

from collections.abc import Iterator
from dataclasses import replace

from nnstep.breaks import Breaks
from nnstep.errors import NnstepError
from nnstep.explain.breaks import hit_text, point_text
from nnstep.explain.words import Line, Word
from nnstep.scenario.breaks import STEP, Breakpoint
from nnstep.session import Session, View
from nnstep.tui.screens import contents
from nnstep.tui.screens.pointing import Pointing
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.bars import Progress

Rows = tuple[Line, ...]


class Breaking(Pointing):
    """A screen whose running and fast-forward stop at breakpoints."""

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self.breaks = Breaks(session, session.compiled.breaks)

    def keep(self) -> None:
        """Keep what was changed for the next time; whoever can does so."""

    # ---- keys

    def action_breakpoint(self) -> None:
        """Set a breakpoint on the step of the told matrix, or clear it."""
        self.stop()
        view = self.session.view()
        story = view.story
        step = view.program.step_of(story.name) if story else ""
        if not step:
            hint = "choose one with Tab or a click, or stop when something happens: B"
            self.complain(NnstepError("the cursor is on no matrix that a step works out", hint=hint))
            return
        point = Breakpoint(STEP, step)
        is_set = self.breaks.toggle(point)
        self.refresh_view(follow=False)
        what = f"Breakpoint {'set' if is_set else 'cleared'}: {point_text(point, view.program)}"
        self.remark(what, "r and f stop there; B lists all of them" if is_set else "")
        self.keep()

    async def action_breakpoints(self) -> None:
        """Choose where to stop."""
        self.stop()
        from nnstep.tui.screens.breaks import Breakpoints

        await self.app.push_screen(Breakpoints(self.breaks, self.palette), lambda _: self._breaks_chosen())

    def _breaks_chosen(self) -> None:
        self.refresh_view(follow=False)
        self.keep()

    # ---- running

    def step_on(self) -> None:
        """Go on by one operation, and run no longer where a breakpoint is met."""
        self.breaks.next()
        if self.is_stopped:
            self.stop()

    @property
    def is_stopped(self) -> bool:
        """Are we where a breakpoint stopped last?"""
        return self.breaks.hit is not None and self.breaks.hit.position == self.session.position

    def train(self, epoch: int) -> tuple[str, Iterator[int]]:
        """Return the title of a fast-forward, and its way."""
        slower = ", every value looked at for a breakpoint (slower)" if self.breaks.needs == "values" else ""
        return f"Training to epoch {epoch}{slower}", self.breaks.fast_forward(epoch)

    def stay(self) -> None:
        """Show the same place in other names; a step has another number there."""
        self.breaks.hit = None
        super().stay()

    # ---- showing

    def remark(self, what: str, hint: str) -> None:
        """Say something in the formula bar, where the person looks."""
        self.say(contents.remark(what, hint))

    def with_breaks(self, progress: Progress, view: View) -> Progress:
        """Mark the steps at which it stops in every iteration."""
        marked = {number - 1 for point in self.breaks.active for number in point.stops(view.program)}
        return replace(progress, breakpoints=frozenset(marked)) if marked else progress

    def told_here(self, view: View) -> Rows:
        """Return why it was stopped here, if it was."""
        if not self.is_stopped or self.breaks.hit is None:
            return ()
        return ((Word(hit_text(self.breaks.hit, view), "warning"), Word("   r or f goes on, B lists", "dim")),)
