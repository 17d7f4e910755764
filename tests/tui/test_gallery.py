"""The gallery: every shipped scenario with its first sheet, and what is wrong with one that is broken."""

import re
from pathlib import Path

import pytest

from nnstep.scenario.load import shipped as shipped_paths
from nnstep.scenario.references import Group, groups
from nnstep.session import Position
from nnstep.tui.screens import gallery
from nnstep.tui.screens.gallery import Gallery
from nnstep.tui.screens.stepper import Stepper
from tests.tui.driving import Driven, driving, shipped

pytestmark = pytest.mark.deep

NAMES = list(shipped_paths())


def chosen(driven: Driven) -> str:
    """Return the name that is lit."""
    (line,) = [line for line in driven.lines if "▶" in line.partition("│")[0][:4]]
    return line.split()[1]


async def test_it_opens_where_no_file_is_given() -> None:
    async with driving(None) as driven:
        assert isinstance(driven.app.screen, Gallery)
        assert "choose" in driven.lines[-1]
        assert "q quit" in driven.lines[-1]
        for name in NAMES:
            assert chosen(driven) == name
            await driven.press("down")


async def test_each_scenario_is_seen_before_it_is_opened() -> None:
    # Opening takes longer than looking, so one of each group is.
    first_ones = {next(iter(group.paths)) for group in groups()}
    async with driving(None) as driven:
        for name in NAMES:
            assert chosen(driven) == name
            scenario = shipped(name)
            assert str(scenario.scenario.model.title) in driven.text
            assert str(scenario.scenario.model.summary)[:40] in driven.text
            # It is a whole iteration of its own, so that there are numbers to see.
            assert re.search("1 · (HIDDEN|OUTPUT) LAYER", driven.text)
            assert f"{scenario.training.program(1).values['inputs'].name} " in driven.text
            if name in first_ones:
                await driven.press("enter")
                assert driven.session.compiled.scenario.path == shipped_paths()[name]
                assert driven.session.position == Position()
                await driven.press("G")
            await driven.press("down")


async def test_keys_choose_and_stop_at_both_ends() -> None:
    async with driving(None) as driven:
        for down, up in [("down", "up"), ("j", "k"), ("right", "left"), ("pagedown", "pageup")]:
            await driven.press(*[up] * len(NAMES))
            assert chosen(driven) == NAMES[0]
            await driven.press(down)
            assert chosen(driven) == NAMES[1]
            await driven.type_ahead([down] * 2 * len(NAMES))
            assert chosen(driven) == NAMES[-1]


@pytest.mark.parametrize("key", ["q", "escape"])
async def test_it_is_left_without_opening_anything(key: str) -> None:
    async with driving(None) as driven:
        await driven.press(key)
        assert not driven.app._running
        assert driven.app.return_value == 0


async def test_another_scenario_is_opened_from_one_that_is_open() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "G", *["up"] * len(NAMES), "enter")
        assert isinstance(driven.app.screen, Stepper)
        assert driven.session.compiled.scenario.path == shipped_paths()[NAMES[0]]
        assert len(driven.app.screen_stack) == 2


async def test_another_scenario_is_opened_after_a_change_of_size_that_the_first_has_not_seen() -> None:
    async with driving(shipped("xor"), (80, 24)) as driven:
        await driven.press("G", "ctrl+p")
        await driven.resize(120, 40)
        await driven.press("escape", *["up"] * len(NAMES), "enter")
        assert driven.session.compiled.scenario.path == shipped_paths()[NAMES[0]]
        await driven.press("space")
        assert driven.position == (1, 1)


async def test_a_broken_file_says_what_is_wrong_and_does_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text("title: Broken [bold]x[/]\nnetwork: none\n", encoding="utf-8")
    (tmp_path / "long.yaml").write_text(
        (shipped_paths()["xor"]).read_text(encoding="utf-8").replace("activation: sigmoid", "activation: sigmod"),
        encoding="utf-8",
    )
    paths = {path.stem: path for path in sorted(tmp_path.iterdir())}
    monkeypatch.setattr(gallery, "groups", lambda: (Group("", paths),))
    async with driving(None) as driven:
        assert "broken.yaml:" in driven.text
        await driven.press("enter")
        assert isinstance(driven.app.screen, Gallery)
        await driven.press("down")
        text = " ".join(driven.text.split())
        assert "long.yaml:" in text
        # The whole message, what was meant included.
        assert "sigmod" in text
        assert "sigmoid" in text


async def test_an_empty_shelf_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "groups", tuple)
    async with driving(None) as driven:
        assert "no scenarios" in driven.text.lower()
        await driven.press("down", "enter", "up")
        assert isinstance(driven.app.screen, Gallery)
        await driven.press("q")
        assert not driven.app._running


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_it_fits_any_size(size: tuple[int, int]) -> None:
    async with driving(None, size) as driven:
        assert len(driven.lines) == size[1]
        assert {strip.cell_length for strip in driven.strips} == {size[0]}
        assert "choose" in driven.lines[-1]
        await driven.resize(100, 30)
        assert {strip.cell_length for strip in driven.strips} == {100}
        assert chosen(driven) == NAMES[0]


async def test_the_title_of_a_group_stands_over_its_first_scenario_wherever_the_shelf_is() -> None:
    async with driving(None, (80, 24)) as driven:
        for name in NAMES:
            (title,) = [group.title for group in groups() if name in group.paths]
            (line,) = [number for number, line in enumerate(driven.lines) if "▶" in line[:4]]
            first = next(group for group in groups() if name in group.paths).paths
            if line - list(first).index(name) > 0:
                assert title.upper()[:20] in driven.lines[line - list(first).index(name) - 1]
            await driven.press("down")
