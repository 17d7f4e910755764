"""One person's sitting with a scenario: what was kept the last time, what is changed, and what is kept for the next."""

from dataclasses import replace

from nnstep.breaks import Breaks
from nnstep.errors import NnstepError
from nnstep.scenario.text import in_message
from nnstep.session import Position, Session
from nnstep.state import BOOKMARKS, Kept, Mark, Opened, Store, content_of, mark, merged, words


class Sitting:
    """The bookmarks of a session, its breakpoints, and the offer to go on where one was.

    bookmarks: in the order of the training. offer: where one was the last time, as long as it may be taken.
    """

    def __init__(
        self, session: Session, breaks: Breaks, store: Store | None, *, asks: bool = True, fresh: bool = False
    ) -> None:
        """store: where things are kept; None where nothing is. asks: is there to be an offer?

        fresh: without the breakpoints that were kept? They stay kept for the next time, as all else does.
        """
        self.session, self.breaks, self.store = session, breaks, store
        self._first = session.compiled
        self._opened = store.open(self._first) if store else Opened()
        self._content = ""
        kept = self._opened.kept
        self.offer: Kept | None = kept if asks and kept.here is not None else None
        self._start = session.position
        self._was = kept.place  # kept again where nobody went anywhere
        self._trouble = ""
        self._is_told = False
        self.bookmarks: tuple[Mark, ...] = tuple(sorted(kept.bookmarks, key=self._place))
        known = {} if fresh else {point.key: point for point in kept.breaks}
        own = tuple(known.pop(point.key, point) for point in breaks.points)
        breaks.points = (*own, *known.values())
        self._base = replace(kept, breaks=breaks.points)  # what there was when the changes of this sitting began

    @property
    def message(self) -> str:
        """What a person should know of what was kept, or nothing."""
        return self._opened.message

    def keep(self, *, decimals: int | None = None, zoom: str | None = None) -> None:
        """Keep what there is, beside what another window kept; a disk that does not take it is no reason to stop.

        decimals, zoom: of a screen; None leaves what was kept.
        """
        if self.store is None:
            return
        # Who looks in and leaves again was where the last time ended.
        session, was, there = self.session, self._base, self._was
        place = session.position
        if place not in (Position(), self._start):
            here = mark(session.branches, place.iteration, place.step)
            there = Kept(here=here, stop=session.stop_number, changes=len(session.branches.told))
        if not (there.here or self.bookmarks or self.breaks.points or was.content):
            return  # nothing was done here, ever
        self._content = self._content or content_of(self._first)
        names = session.compiled.names.name
        decimals = was.decimals if decimals is None else decimals
        zoom = was.zoom if zoom is None else zoom
        points, marks = self.breaks.points, self.bookmarks
        kept = Kept(self._content, there.here, names, decimals, zoom, points, marks, there.stop, there.changes)
        theirs = self.store.read(self._first).kept
        # Where nothing can be read, nothing was removed by anyone.
        if self.store.save(self._first, merged(was, kept, theirs if theirs.content else was)):
            self._base = kept
        elif (kept.bookmarks, kept.breaks) != (was.bookmarks, was.breaks):
            self._trouble = str(in_message(str(self.store.place), limit=200))

    def trouble(self) -> str:
        """Return, once, what a person should know who set something that can not be kept; or nothing."""
        if not self._trouble or self._is_told:
            return ""
        self._is_told = True
        return (
            f"Bookmarks and breakpoints end with this window: {self._trouble} can't be written"
            "; XDG_STATE_HOME=FOLDER before the command names another place"
        )

    def take_offer(self) -> tuple[Kept, Mark]:
        """Return what was kept and where one was, once; the lesson goes on there.

        Raises NnstepError where there is no such place.
        """
        kept, here = self.offer, self.offer.here if self.offer else None
        if kept is None or here is None or not here.find(self.session.branches):
            raise NnstepError("there is no place to continue at", hint="bookmarks are listed, and one can go anywhere")
        self.offer, self._was = None, Kept()
        self.session.stop_number = kept.stop
        return kept, here

    def decline(self) -> None:
        """Offer nothing: something else was begun."""
        self.offer = None

    # ---- bookmarks

    def here(self, text: str = "") -> Mark:
        """Return where we are, with a few words."""
        place = self.session.position
        return mark(self.session.branches, place.iteration, place.step, text)

    def bookmark_here(self) -> Mark | None:
        """Return the bookmark of this place; None where there is none."""
        here = self.here()
        return next((one for one in self.bookmarks if one.place == here.place), None)

    def put(self, new: Mark) -> None:
        """Set a bookmark, in the place of one that is there. Raises NnstepError where there are too many."""
        others = [one for one in self.bookmarks if one.place != new.place]
        if len(others) >= BOOKMARKS:
            raise NnstepError(f"there are {BOOKMARKS} bookmarks already", hint="remove some of them")
        self.bookmarks = tuple(sorted([*others, replace(new, text=words(new.text))], key=self._place))

    def remove(self, number: int) -> Mark:
        """Remove the bookmark at this place of the list, from 0, and return it."""
        gone = self.bookmarks[number]
        self.bookmarks = (*self.bookmarks[:number], *self.bookmarks[number + 1 :])
        return gone

    def _place(self, one: Mark) -> tuple[int, int]:
        return one.find(self.session.branches) or (0, 0)
