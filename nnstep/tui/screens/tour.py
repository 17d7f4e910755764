"""The tour for who is here for the first time: six things to do, each told when the one before has been done.

It is no dialog. All keys do what they always do, so a lecturer who meets it before a room just goes on, and a student
learns the keys by pressing them. What was asked for may be done in any way: by its key, with the mouse, by the palette.
"""

from collections.abc import Callable
from math import inf

from nnstep.records import dataclass
from nnstep.session import View
from nnstep.tui.screens.lecture import Lecturing
from nnstep.tui.widgets.tour import TourBar, TourContent


@dataclass(frozen=True)
class TourStep:
    """One thing to do. text: what there is to see. key, label: what to press and what it does. done: was it done?"""

    text: str
    key: str
    label: str
    done: Callable[[View, View], bool]


TOUR = (
    TourStep(
        "These are all matrices of one iteration. A blank one has not been worked out yet.",
        "Space",
        "does the next operation",
        lambda before, now: _place(now) > _place(before),
    ),
    TourStep(
        "Yellow is the result; orange is what the number in [brackets] was made from, as told below.",
        "←",
        "takes the operation back",
        lambda before, now: _place(now) < _place(before),
    ),
    TourStep(
        "All is as it was, to the last bit. An operation can also be watched number by number.",
        "Enter",
        "works out one cell",
        lambda before, now: now.position.cell > 0,
    ),
    TourStep(
        "Every number can be asked how it came about: go to it, or click it.",
        "h j k l",
        "move the cell cursor",
        lambda before, now: now.cursor is not None and now.cursor != before.cursor,
    ),
    TourStep(
        "The bar below tells of that cell now. Longer ways are as near as short ones.",
        "]",
        "goes on to the next phase",
        lambda before, now: not now.position.cell and _place(now) > _place(before),
    ),
    TourStep(
        "f trains on at full speed, v shows pictures, L is for a lecture, Ctrl+P finds everything by its name.",
        "?",
        "names what is on the screen",
        lambda before, now: now.position != before.position,
    ),
)


def _place(view: View) -> tuple[int, int, float]:
    """Return where we are, such that further on is larger: a whole step comes after each of its cells."""
    place = view.position
    return place.iteration, place.step, place.cell or inf


class Touring(Lecturing):
    """A stepper that can give the tour.

    tour_at: the number of what is asked for now, from 1; 0 while there is no tour.
    """

    tour_at = 0
    _toured_from: View | None = None

    def action_tour(self) -> None:
        """Begin the tour, where one is."""
        self.tour_at, self._toured_from = 1, None
        self.lecturing = False
        self.look_closer()
        self.fit()
        self.session.place_cursor(None)
        self.call_after_refresh(self.refresh_view)

    def tour_first(self) -> None:
        """Begin the tour for a person who is here for the first time, and does not give a lecture."""
        if self.app.notes is None and self.app.is_first_time():  # type: ignore[attr-defined]
            self.tour_at = 1

    def action_lecture(self) -> None:
        """Show one equation alone, or everything again; a room is no place for a tour."""
        self.end_tour()
        super().action_lecture()

    def end_tour(self) -> bool:
        """End the tour; was there one?"""
        was_on, self.tour_at = bool(self.tour_at), 0
        self.query_one(TourBar).display = False
        return was_on

    def go_on_with_tour(self, view: View) -> None:
        """Ask for the next thing where the one before was done."""
        if not self.tour_at:
            return
        before, self._toured_from = self._toured_from, view
        if before is not None and TOUR[self.tour_at - 1].done(before, view):
            if self.tour_at == len(TOUR):
                self.end_tour()
                return
            self.tour_at += 1
        step, bar = TOUR[self.tour_at - 1], self.query_one(TourBar)
        bar.show(TourContent(self.tour_at, len(TOUR), step.text, step.key, step.label))
        if not bar.display:
            bar.display = True
            self.call_after_refresh(self.refresh_view)
