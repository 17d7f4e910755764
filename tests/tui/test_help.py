"""Help names every key and every colour, in any width, and lets itself be read and closed."""

import pytest
from rich.cells import cell_len

from nnstep.tui.actions import ACTIONS, FOLLOWING, offered
from nnstep.tui.renderables.numbers import format_cell
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.screens.help import KEY_WIDTH, LEGEND, PLACES, Help
from nnstep.tui.screens.help_places import ALONE, LECTURE, SEEN, TWO_RUNS
from nnstep.tui.theme import Mode
from tests.tui.driving import Driven, driving, shipped


async def whole_page(driven: Driven) -> list[str]:
    """Return every line of the page, seen by scrolling."""
    page = driven.app.screen.query_one("#help-page")
    return driven.text_of(page).splitlines()


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_every_key_and_colour_is_named_in_any_width(size: tuple[int, int]) -> None:
    async with driving(shipped("spreadsheet"), size) as driven:
        actions = offered(driven.session.program)
        await driven.press("?")
        lines = await whole_page(driven)
        text = " ".join(" ".join(lines).split())
        for action in actions:
            assert any(line.split()[:1] == [action.shown] for line in lines), action
            assert " ".join(action.help.split()) in text
        for _, _, meaning in LEGEND:
            assert meaning in text
        for place, meaning in PLACES:
            assert " ".join(place.split()) in text
            assert meaning in text


@pytest.mark.parametrize(("name", "goes_through_time"), [("xor", False), ("rnn-counts", True)])
async def test_the_keys_for_times_are_named_where_there_are_times(name: str, goes_through_time: bool) -> None:
    async with driving(shipped(name)) as driven:
        commands = [command.title for command in driven.app.get_system_commands(driven.stepper)]
        await driven.press("?")
        text = " ".join(" ".join(await whole_page(driven)).split())
        assert len(commands) == len(ACTIONS) - 2 * (not goes_through_time)
        assert ("time back (()" in commands) is goes_through_time
        assert ("Go back to where it was done at another time." in text) is goes_through_time


def test_the_words_of_a_cell_without_room_are_named() -> None:
    marks = {word for mark, _ in PLACES for word in mark.split()}
    assert {format_cell(1e-300, 4), format_cell(1e300, 4)} <= marks
    assert format_cell(-1e-300, 5) == "-tiny"


async def test_it_scrolls_to_its_end_and_closes() -> None:
    async with driving(shipped("spreadsheet"), (80, 24)) as driven:
        await driven.press("?")
        lines = await whole_page(driven)
        assert lines[-1].strip() not in driven.text
        await driven.press("end")
        assert lines[-1].strip() in driven.text
        await driven.press("home")
        assert lines[0].strip() in driven.text
        await driven.press("down", "pagedown")
        assert lines[0].strip() not in driven.text
        assert driven.app.session is not None
        assert driven.app.session.position.step == 0


async def test_any_usual_key_closes_it_and_does_nothing_else() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        for step, key in enumerate(["escape", "?", "q", "f1", "space", "enter"], start=1):
            await driven.press("?", key)
            assert driven.position == (1, step - 1)
            await driven.press("space")
            assert driven.position == (1, step)


@pytest.mark.parametrize("mode", ["truecolor", "16", "none"])
async def test_the_legend_looks_like_the_sheet(mode: Mode) -> None:
    async with driving(shipped("spreadsheet"), mode=mode) as driven:
        await driven.press("?")
        screen = driven.app.screen
        assert isinstance(screen, Help)
        styles = {segment.text: segment.style for strip in driven.strips for segment in strip}
        for state, sample, _ in LEGEND:
            if sample.strip():
                assert styles[sample] == screen.palette.cells[state]


def test_what_is_explained_stands_apart_from_its_words() -> None:
    named = [mark for places in (PLACES, *SEEN.values()) for mark, _ in places]
    named += [action.shown for action in (*ACTIONS, *FOLLOWING)]
    assert not [mark for mark in named if cell_len(mark) >= KEY_WIDTH]


def test_every_picture_is_named_in_help() -> None:
    assert set(SEEN) == {*PICTURES, LECTURE, ALONE, TWO_RUNS}


@pytest.mark.parametrize(
    ("keys", "seen"), [("L", LECTURE), ("z", ALONE), ("v", "network"), ("vvv", "curves, log scale"), ("Lv", "network")]
)
async def test_help_begins_with_what_is_on_the_screen(keys: str, seen: str) -> None:
    async with driving(shipped("xor"), (80, 24)) as driven:
        await driven.press("space", *keys, "?")
        lines = " ".join(" ".join((await whole_page(driven))[:30]).split())
        assert f"ON THE SCREEN NOW: {seen.upper()}" in lines
        for mark, meaning in SEEN[seen]:
            assert f"{mark} " in lines
            assert meaning in lines
        # The keys stand behind it, as always.
        assert "ON THE SCREEN NOW" in driven.text
