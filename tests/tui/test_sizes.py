"""Any size at any time: every line as wide as the terminal, the same place in another form, or a notice."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nnstep.session import Session
from nnstep.tui.screens.help import Help
from nnstep.tui.screens.small import TooSmall
from tests.tui.driving import Driven, driving, shipped

pytestmark = pytest.mark.deep

sizes = st.tuples(st.integers(1, 230), st.integers(1, 75))


def assert_fills(driven: Driven, width: int, height: int) -> None:
    """The screen is exactly as large as the terminal."""
    assert len(driven.lines) == height
    assert {strip.cell_length for strip in driven.strips} == {width}


@pytest.mark.parametrize("name", ["spreadsheet", "xor", "digits"])
async def test_each_size_shows_all_that_matters(name: str) -> None:
    async with driving(shipped(name), (60, 20)) as driven:
        await driven.press("space")
        for size in [(60, 20), (80, 24), (99, 40), (100, 30), (120, 29), (120, 40), (160, 48), (300, 100)]:
            await driven.resize(*size)
            assert_fills(driven, *size)
            assert "step 1/" in driven.lines[0]
            # What the step makes; with the name of its band where there is room for both.
            box = driven.sheet.layout_now().home(driven.session.program.steps[0].id)  # type: ignore[union-attr]
            assert driven.sheet.top <= box.y < box.y + box.height <= driven.sheet.top + driven.sheet.size.height  # type: ignore[union-attr]
            assert name == "digits" or "1 · HIDDEN LAYER" in driven.text
            assert "Space next" in driven.lines[-1]
            assert "? help" in driven.lines[-1]
            assert "q quit" in driven.lines[-1]
            # What is done, and with which numbers.
            assert driven.formula.splitlines()[0].startswith(driven.session.program.steps[0].name)
            assert "[0,0] =" in driven.formula
            # The list of steps where there is room for it, and one line for it where there is not.
            roomy = size[0] >= 100 and size[1] >= 30
            assert driven.stepper.query_one("#left").display == roomy
            assert ("▶○" in driven.text) != roomy


@pytest.mark.parametrize("size", [(59, 20), (60, 19), (20, 5), (1, 1), (1, 200), (300, 1)])
async def test_too_small_a_terminal_gets_a_notice(size: tuple[int, int]) -> None:
    async with driving(shipped("xor"), size) as driven:
        assert isinstance(driven.app.screen, TooSmall)
        assert_fills(driven, *size)
        if size[0] >= 30 and size[1] >= 4:
            assert "60×20" in driven.text
            assert f"{size[0]}×{size[1]}" in driven.text
        await driven.press("space")
        await driven.resize(80, 24)
        assert driven.position == (1, 0)
        await driven.press("space")
        assert driven.position == (1, 1)


async def test_q_quits_a_terminal_that_is_too_small() -> None:
    async with driving(shipped("xor"), (40, 10)) as driven:
        await driven.press("q")
        assert not driven.app._running
        assert driven.app.return_value == 0


async def test_a_smaller_and_a_larger_terminal_show_the_same_place() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*["space"] * 9, "d", "m", "l")
        seen = driven.text
        for size in [(80, 24), (50, 15), (200, 60), (10, 50), (120, 40)]:
            await driven.resize(*size)
            assert_fills(driven, *size)
        assert driven.text == seen
        assert driven.position == (1, 9)


async def test_the_active_band_stays_in_sight_in_a_small_terminal() -> None:
    async with driving(shipped("spreadsheet"), (80, 24)) as driven:
        for step in driven.session.program.steps:
            await driven.press("space")
            layout = driven.sheet.layout_now()
            assert layout is not None
            box = layout.home(step.id)
            assert box is not None
            assert driven.sheet.top <= box.y
            assert box.y + box.height <= driven.sheet.top + driven.sheet.size.height, step.id


async def test_the_told_cell_comes_into_sight() -> None:
    async with driving(shipped("spreadsheet"), (80, 24)) as driven:
        for _ in driven.session.program.values:
            await driven.press("tab")
            assert driven.session.cursor is not None
            assert "[" in driven.text_of(driven.sheet), driven.session.cursor


@pytest.mark.parametrize("keys", [["?"], ["g"], ["G"], ["space", "z", "z"]], ids=" ".join)
async def test_every_screen_takes_any_size(keys: list[str]) -> None:
    async with driving(shipped("digits")) as driven:
        await driven.press(*keys)
        kind = type(driven.app.screen)
        for size in [(60, 20), (30, 8), (200, 60), (60, 75), (230, 20)]:
            await driven.resize(*size)
            assert_fills(driven, *size)
        assert type(driven.app.screen) is kind


async def test_help_stays_open_while_the_terminal_is_too_small() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("?")
        await driven.resize(40, 10)
        assert isinstance(driven.app.screen, TooSmall)
        await driven.resize(100, 30)
        assert isinstance(driven.app.screen, Help)
        await driven.press("escape", "space")
        assert driven.position == (1, 1)


# A walk that fails is short enough as it is.
@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
@given(st.lists(sizes, min_size=15, max_size=15), st.sampled_from(["two-layer", "digits"]))
async def test_a_walk_over_sizes(walk: list[tuple[int, int]], name: str) -> None:
    async with driving(shipped(name)) as driven:
        expected = Session(shipped(name))
        for size in walk:
            await driven.resize(*size)
            assert_fills(driven, *size)
            if not isinstance(driven.app.screen, TooSmall):
                expected.next()
            await driven.press("space")
        await driven.resize(120, 40)
        assert driven.session.position == expected.position
