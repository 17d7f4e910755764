"""The tour: six things, each asked for when the one before is done, by any way; it never stands in the way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nnstep.commands.first_time import is_first_time
from nnstep.session import Session
from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.help import Help
from nnstep.tui.screens.tour import TOUR
from nnstep.tui.terminal import prepare_app
from nnstep.tui.widgets.tour import TourBar
from tests.tui.driving import SMALL, Driven, driving, shipped

KEYS = ("space", "left", "enter", "l", "]", "space")


def said(driven: Driven) -> str:
    """Return what the tour says, empty where there is none."""
    bar = driven.stepper.query_one(TourBar)
    return " ".join(driven.text_of(bar).split()) if bar.display else ""


@pytest.mark.parametrize("size", [(60, 20), SMALL, (120, 40)])
async def test_each_thing_is_asked_for_when_the_one_before_is_done(size: tuple[int, int]) -> None:
    async with driving(shipped("xor"), size) as driven:
        assert said(driven) == ""
        await driven.press("T")
        for number, (step, key) in enumerate(zip(TOUR, KEYS, strict=True), 1):
            assert said(driven).startswith(f"TOUR {number} of 6 {step.key} {step.label}")
            assert step.text in said(driven)
            # What was not asked for does what it always does, and the tour waits.
            await driven.press("d", "m")
            assert f"TOUR {number} of 6" in said(driven)
            await driven.press(key)
        assert said(driven) == ""
        assert driven.sheet.size.height > size[1] // 3


async def test_what_is_asked_for_can_be_done_with_the_mouse() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("T", "space", "left", "enter")
        assert "TOUR 4 of 6" in said(driven)
        await driven.click(driven.sheet, 2, 3)
        assert "TOUR 5 of 6" in said(driven)


async def test_esc_ends_it_and_nothing_else() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("T", "space", "l")
        chosen = driven.session.cursor
        await driven.press("escape")
        assert said(driven) == ""
        assert driven.session.cursor == chosen
        await driven.press("escape")
        assert driven.session.cursor is None


async def test_a_lecture_ends_it() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("T", "L")
        assert said(driven) == ""
        assert driven.stepper.lecturing


async def test_it_begins_again_from_help_and_from_anywhere() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("v", "}", "}", "L", "?")
        assert isinstance(driven.app.screen, Help)
        await driven.press("T")
        assert "TOUR 1 of 6" in said(driven)
        assert driven.position == (3, 0)  # where one was
        assert driven.sheet.display
        assert not driven.stepper.lecturing


async def opened(first: Callable[[], bool]) -> str:
    """Return what the tour says when the app has just opened."""
    app = NnstepApp(Session(shipped("xor")), is_first_time=first)
    prepare_app(app, "truecolor", {})
    async with app.run_test(size=(100, 30)) as pilot:
        driven = Driven(app, pilot)
        await driven.settle()
        return said(driven)


async def test_it_comes_by_itself_the_first_time_only(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert "TOUR 1 of 6" in await opened(lambda: is_first_time(environ))
    assert await opened(lambda: is_first_time(environ)) == ""


def test_where_it_is_remembered(tmp_path: Path) -> None:
    assert is_first_time({"HOME": str(tmp_path), "XDG_STATE_HOME": "not/absolute"})
    assert (tmp_path / ".local" / "state" / "nnstep" / "tour-seen").is_file()
    assert not is_first_time({"HOME": str(tmp_path)})


def test_what_can_not_be_remembered_is_no_first_time_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "odd" / "nnstep" / "tour-seen").mkdir(parents=True)
    homes = ["", "relative", "/dev/null", str(tmp_path / "file"), str(tmp_path / "odd"), "/nul\0"]
    assert [home for home in homes if is_first_time({"XDG_STATE_HOME": home})] == []
