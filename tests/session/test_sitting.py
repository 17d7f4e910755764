"""A sitting beside another one of the same scenario, and one whose home can not be written to."""

from pathlib import Path

import pytest

from nnstep.breaks import Breaks
from nnstep.scenario.breaks import Breakpoint
from nnstep.session import Session
from nnstep.sitting import Sitting
from nnstep.state import Mark, Store

from .test_state import SCENARIO, scenario


def sit(
    home: Path, *, at: tuple[int, int] = (1, 0), asks: bool = True, fresh: bool = False, text: str = SCENARIO
) -> Sitting:
    """Open the scenario in a window of its own; at: where the command line wants to begin."""
    session = Session(scenario(home, text))
    session.go(*at)
    return Sitting(session, Breaks(session, session.compiled.breaks), Store(home / "kept"), asks=asks, fresh=fresh)


def bookmark(sitting: Sitting, epoch: int, text: str) -> None:
    sitting.session.go(epoch, 1)
    sitting.put(sitting.here(text))
    sitting.keep()


def texts(sitting: Sitting) -> set[str]:
    return {one.text for one in sitting.bookmarks}


def test_who_begins_afresh_leaves_the_breakpoints_of_before_as_they_were(tmp_path: Path) -> None:
    text = f"{SCENARIO}breaks: [{{not_finite: true}}]\n"
    first = sit(tmp_path, text=text)
    first.breaks.switch(0)
    first.breaks.toggle(Breakpoint("loss_below", amount=0.1))
    first.keep()
    afresh = sit(tmp_path, text=text, fresh=True)
    assert [(point.kind, point.is_on) for point in afresh.breaks.points] == [("not_finite", True)]
    afresh.breaks.toggle(Breakpoint("step", "loss"))
    afresh.keep()
    kept = {point.kind: point.is_on for point in sit(tmp_path, text=text).breaks.points}
    assert kept == {"not_finite": False, "loss_below": True, "step": True}


def epoch(offer: Mark | None) -> int:
    assert offer is not None
    return offer.epoch


def test_of_two_windows_neither_loses_what_the_other_kept(tmp_path: Path) -> None:
    one, other = sit(tmp_path), sit(tmp_path)
    bookmark(one, 2, "one")
    bookmark(other, 3, "other")
    other.breaks.toggle(Breakpoint("not_finite"))
    one.breaks.toggle(Breakpoint("loss_below", amount=0.1))
    for window in (one, other, one):
        window.keep()
    found = sit(tmp_path)
    assert texts(found) == {"one", "other"}
    assert {point.kind for point in found.breaks.points} == {"not_finite", "loss_below"}


def test_what_one_window_removed_or_wrote_otherwise_is_not_brought_back_by_the_other(tmp_path: Path) -> None:
    first = sit(tmp_path)
    for number, text in enumerate(("stays", "goes", "was"), 2):
        bookmark(first, number, text)
    one, other = sit(tmp_path), sit(tmp_path)
    one.remove(1)
    bookmark(one, 4, "is")
    other.keep()
    assert texts(sit(tmp_path)) == {"stays", "is"}
    assert texts(other) == {"stays", "goes", "was"}


def test_a_file_that_went_away_takes_no_bookmark_with_it(tmp_path: Path) -> None:
    bookmark(sit(tmp_path), 2, "kept")
    window = sit(tmp_path)
    for path in (tmp_path / "kept").iterdir():
        path.unlink()
    window.keep()
    assert texts(sit(tmp_path)) == {"kept"}


@pytest.mark.parametrize("at", [(1, 0), (3, 4)])
def test_who_looks_in_without_being_asked_forgets_no_place(tmp_path: Path, at: tuple[int, int]) -> None:
    bookmark(sit(tmp_path), 7, "here")
    sit(tmp_path, at=at, asks=False).keep()
    offer = sit(tmp_path).offer
    assert offer is not None
    assert epoch(offer.here) == 7


def test_the_place_is_that_of_who_went_somewhere_last(tmp_path: Path) -> None:
    one, other = sit(tmp_path), sit(tmp_path)
    bookmark(one, 2, "")
    bookmark(other, 3, "")
    one.keep()
    assert epoch(sit(tmp_path)._opened.kept.here) == 3


LESSON = f"{SCENARIO}lesson: [{{at: 1:z1}}, {{at: 2:ŷ}}, {{at: 5:last}}]\n"


def test_the_stop_of_the_lesson_is_kept_with_the_place(tmp_path: Path) -> None:
    first = sit(tmp_path, text=LESSON)
    first.session.go(3, 4)
    first.session.stop_number = 2
    first.keep()
    declined = sit(tmp_path, text=LESSON)
    declined.decline()
    declined.keep()
    assert declined.session.stop_number == 0
    second = sit(tmp_path, text=LESSON)
    _, here = second.take_offer()
    assert (here.epoch, second.session.stop_number) == (3, 2)
    # Of a lesson that is shorter now there is no such stop.
    shorter = sit(tmp_path, text=f"{SCENARIO}lesson: [{{at: 1:z1}}]\n")
    shorter.take_offer()
    assert shorter.session.stop_number == 0


def test_what_can_not_be_kept_is_said_once_and_only_to_who_set_something(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    window = sit(tmp_path)
    window.session.next()
    window.keep()
    assert not window.trouble()
    bookmark(window, 2, "lost")
    assert "kept can't be written" in window.trouble()
    bookmark(window, 3, "lost too")
    assert not window.trouble()
