"""What outlasts a sitting: bookmarks, breakpoints, and the offer to go on where one was."""

from dataclasses import replace
from typing import Final

from textual.binding import Binding

from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.breaks import mark_text, offer_text
from nnstep.explain.words import Line, Word
from nnstep.session import Position, Session, View
from nnstep.sitting import Sitting
from nnstep.state import Mark
from nnstep.tui.screens.breaking import Breaking
from nnstep.tui.screens.pointing import DECIMALS
from nnstep.tui.theme import Palette

Rows = tuple[Line, ...]

_LEAVES_OFFER: Final = frozenset({"resume", "help", "quit"})  # actions after which one may still go on where one was


# While it is offered to go on where one was, this key is an answer; else it does what it always does.
DECLINING = (Binding("n", "decline", "start afresh", show=False, priority=True),)


class Remembering(Breaking):
    """A screen that keeps places."""

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self.sitting = Sitting(session, self.breaks, None)

    def on_mount(self) -> None:
        """Look for what was kept the last time (Textual calls this beside the stepper's own)."""
        app = self.app
        asks, fresh = app.asks, app.fresh  # type: ignore[attr-defined]
        self.sitting = Sitting(self.session, self.breaks, app.store, asks=asks, fresh=fresh)  # type: ignore[attr-defined]
        app.asks, app.fresh = True, False  # type: ignore[attr-defined]
        if self.sitting.offer or self.sitting.message:
            # The first page may have been painted by now.
            self.call_after_refresh(self.refresh_view)

    def on_unmount(self) -> None:
        """Keep where we are, however it ends."""
        self._keep_here()

    def keep(self) -> None:
        """Keep what there is to keep, and say once where that can not be."""
        self._keep_here()
        if trouble := self.sitting.trouble():
            self.remark(trouble, "")

    def _keep_here(self) -> None:
        self.sitting.keep(decimals=self.decimals, zoom=self.zoom)

    # ---- where one was

    def begins(self, action: str) -> None:
        """Offer no longer to go on where one was: something else is begun. action: which, by its name."""
        if self.sitting.offer is not None and action not in _LEAVES_OFFER:
            self.sitting.decline()
            self.refresh_view(follow=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take `n` as a no only where something was asked."""
        if action == "decline" and self.sitting.offer is None:
            return False
        return super().check_action(action, parameters)

    def action_decline(self) -> None:
        """Start afresh; `begins` has heard of it."""

    def choose(self, cell: Cell | None, *, follow: bool = False) -> None:
        """Tell the story of a cell, which may have been clicked."""
        self.begins("choose")
        super().choose(cell, follow=follow)

    def action_resume(self) -> None:
        """Go on where one was the last time."""
        self.stop()
        try:
            kept, here = self.sitting.take_offer()
        except NnstepError as error:
            self.complain(NnstepError(error.what, hint="M lists the bookmarks, g goes anywhere"))
            return
        self.refresh_view(follow=False)  # without the offer: the way there may be long
        self.decimals = kept.decimals if kept.decimals in DECIMALS else self.decimals
        if kept.names and kept.names != self.session.compiled.names.name:
            self.session.rename(kept.names)
        self.zoom = kept.zoom if kept.zoom in self.session.program.values else ""
        self._visit(here)

    def _visit(self, there: Mark) -> None:
        """Go to a place that was kept."""
        place = there.find(self.session.branches)
        if place is None:
            self.complain(NnstepError("this training has no such place", hint="x in the list (M) removes the bookmark"))
            return
        iteration, step = place
        self.session.place_cursor(None)
        start = iteration - self.session.distance(iteration)
        title = f"Going to {mark_text(there, self.session.branches)}"
        self._pass(title, self.session.travel(iteration, step), start, iteration)

    # ---- bookmarks

    async def action_bookmark(self) -> None:
        """Set a bookmark here, and ask for a few words."""
        self.stop()
        old = self.sitting.bookmark_here()
        here = old or self.sitting.here()
        try:
            self._put(here)
        except NnstepError as error:
            self.complain(NnstepError(error.what, hint="M lists them; x removes one"))
            return
        hint = f"set at {mark_text(here, self.session.branches)}; a few words, or nothing"
        if trouble := self.sitting.trouble():
            hint = f"{hint}\n{trouble}"
        # The bookmark is set before the question: words may be left out.
        await self._ask("Bookmark", hint, here.text, lambda text: self._put(replace(here, text=text)), "keep")

    def _put(self, new: Mark) -> None:
        self.sitting.put(new)
        self._keep_here()
        self.refresh_view(follow=False)

    def changed_bookmarks(self, marks: tuple[Mark, ...]) -> None:
        """Take other bookmarks, and keep them."""
        self.sitting.bookmarks = marks
        self.keep()

    async def action_bookmarks(self) -> None:
        """List the bookmarks."""
        self.stop()
        from nnstep.tui.screens.bookmarks import Bookmarks

        dialog = Bookmarks(self.sitting.bookmarks, self.session.branches, self.changed_bookmarks, self.palette)
        await self.app.push_screen(dialog, lambda chosen: self._visit(chosen) if chosen else self.refresh_view())

    # ---- showing

    def told_here(self, view: View) -> Rows:
        """Return what was kept for this place: the offer at the very start, a bookmark's words."""
        rows = super().told_here(view)
        if view.position == Position():
            rows += self._greeting()
        one = self.sitting.bookmark_here()
        if one is not None and not view.position.cell:
            rows += ((Word("★ ", "warning"), Word(one.text or "bookmark")),)
        return rows

    def _greeting(self) -> Rows:
        message, offer = self.sitting.message, self.sitting.offer
        rows: Rows = ((Word(message, "warning"),),) if message else ()
        if offer is None or offer.here is None:
            return rows
        where = offer_text(offer, self.session.branches)
        return (
            *rows,
            (
                Word(f"Continue at {where}? ", "warning"),
                Word("y", "written"),
                Word(" / n, as any other key, starts afresh"),
            ),
        )
