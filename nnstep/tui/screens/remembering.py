"""What outlasts a sitting: bookmarks, breakpoints, and the offer to go on where one was."""

from dataclasses import replace

from nnstep.errors import NnstepError
from nnstep.explain.breaks import mark_text
from nnstep.explain.words import Line, Word
from nnstep.session import Position, Session, View
from nnstep.state import BOOKMARKS, Kept, Mark, Opened, Store, content_of, mark, words
from nnstep.tui.screens.breaking import Breaking
from nnstep.tui.screens.pointing import DECIMALS
from nnstep.tui.theme import Palette

Rows = tuple[Line, ...]


class Remembering(Breaking):
    """A screen that keeps places.

    bookmarks: in the order of the training. offer: where one was the last time, as long as it may be taken.
    """

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self.bookmarks: tuple[Mark, ...] = ()
        self.offer: Kept | None = None
        self._opened = Opened()
        self._first = session.compiled
        self._content = ""

    @property
    def store(self) -> Store | None:
        """Where things are kept; None where nothing is."""
        return self.app.store  # type: ignore[attr-defined, no-any-return]

    def on_mount(self) -> None:
        """Look for what was kept the last time (Textual calls this beside the stepper's own)."""
        if self.store is None:
            return
        self._opened = self.store.open(self._first)
        kept = self._opened.kept
        self.bookmarks = tuple(sorted(kept.bookmarks, key=self._place))
        known = {point.key: point for point in kept.breaks}
        own = tuple(known.pop(point.key, point) for point in self.breaks.points)
        self.breaks.points = (*own, *known.values())
        if self.app.asks and kept.here is not None:  # type: ignore[attr-defined]
            self.offer = kept
        self.app.asks = True  # type: ignore[attr-defined]
        if self.offer or self._opened.message:
            # The first page may have been painted by now.
            self.call_after_refresh(self.refresh_view)

    def on_unmount(self) -> None:
        """Keep where we are, however it ends."""
        self.keep()

    def keep(self) -> None:
        """Keep what there is to keep; a disk that does not take it is no reason to stop."""
        store = self.store
        if store is None:
            return
        place, here = self.session.position, None
        if place != Position():
            here = mark(self.session.compiled.training, place.iteration, place.step)
        elif self.offer is not None:
            here = self.offer.here  # who looks in and leaves again was there
        if not (here or self.bookmarks or self.breaks.points or self._opened.kept.content):
            return  # nothing was done here, ever
        self._content = self._content or content_of(self._first)
        names = self.session.compiled.names.name
        kept = Kept(self._content, here, names, self.decimals, self.zoom, self.breaks.points, self.bookmarks)
        store.save(self._first, kept)

    # ---- where one was

    def action_resume(self) -> None:
        """Go on where one was the last time."""
        self.stop()
        kept, here = self.offer, self.offer.here if self.offer else None
        place = here.find(self._first.training) if here else None
        if kept is None or here is None or place is None:
            self.complain(
                NnstepError("there is no place to continue at", hint="M lists the bookmarks, g goes anywhere")
            )
            return
        self.offer = None
        self.decimals = kept.decimals if kept.decimals in DECIMALS else self.decimals
        if kept.names and kept.names != self.session.compiled.names.name:
            self.session.rename(kept.names)
        self.zoom = kept.zoom if kept.zoom in self.session.program.values else ""
        self._visit(here)

    def _visit(self, there: Mark) -> None:
        """Go to a place that was kept."""
        training = self.session.compiled.training
        place = there.find(training)
        if place is None:
            self.complain(NnstepError("this training has no such place", hint="x in the list (M) removes the bookmark"))
            return
        iteration, step = place
        self.session.place_cursor(None)
        start = iteration - self.session.distance(iteration)
        title = f"Going to {mark_text(there, training)}"
        self._pass(title, self.session.travel(iteration, step), start, iteration)

    # ---- bookmarks

    async def action_bookmark(self) -> None:
        """Set a bookmark here, and ask for a few words."""
        self.stop()
        place, training = self.session.position, self.session.compiled.training
        here = mark(training, place.iteration, place.step)
        old = next((one for one in self.bookmarks if one.place == here.place), None)
        if old is None and len(self.bookmarks) >= BOOKMARKS:
            self.complain(NnstepError(f"there are {BOOKMARKS} bookmarks already", hint="M lists them; x removes one"))
            return
        self._put(old or here)
        self.refresh_view(follow=False)
        hint = f"set at {mark_text(here, training)}; a few words, or nothing"
        # The bookmark is set before the question: words may be left out.
        await self._ask("Bookmark", hint, old.text if old else "", lambda text: self._write(here, text))

    def _write(self, here: Mark, text: str) -> None:
        self._put(replace(here, text=words(text)))
        self.refresh_view(follow=False)

    def _put(self, new: Mark) -> None:
        others = [one for one in self.bookmarks if one.place != new.place]
        self.changed_bookmarks(tuple(sorted([*others, new], key=self._place)))

    def changed_bookmarks(self, marks: tuple[Mark, ...]) -> None:
        """Take other bookmarks, and keep them."""
        self.bookmarks = marks
        self.keep()

    def _place(self, one: Mark) -> tuple[int, int]:
        return one.find(self.session.compiled.training) or (0, 0)

    async def action_bookmarks(self) -> None:
        """List the bookmarks."""
        self.stop()
        from nnstep.tui.screens.bookmarks import Bookmarks

        dialog = Bookmarks(self.bookmarks, self.session.compiled.training, self.changed_bookmarks, self.palette)
        await self.app.push_screen(dialog, lambda chosen: self._visit(chosen) if chosen else self.refresh_view())

    # ---- showing

    def told_here(self, view: View) -> Rows:
        """Return what was kept for this place: the offer at the very start, a bookmark's words."""
        rows = super().told_here(view)
        if view.position == Position():
            rows += self._greeting(view)
        training = view.compiled.training
        here = mark(training, view.position.iteration, view.position.step)
        for one in self.bookmarks:
            if one.place == here.place and not view.position.cell:
                rows += ((Word("★ ", "warning"), Word(one.text or "bookmark")),)
        return rows

    def _greeting(self, view: View) -> Rows:
        rows: Rows = ((Word(self._opened.message, "warning"),),) if self._opened.message else ()
        if self.offer is None or self.offer.here is None:
            return rows
        where = mark_text(self.offer.here, view.compiled.training)
        return (
            *rows,
            (Word(f"Continue at {where}? ", "warning"), Word("y", "written"), Word(" / any other key starts afresh")),
        )
