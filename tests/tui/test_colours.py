"""What a file says is shown as it stands: never markup, never an action, never a command to the terminal.

And what is shown has only the colours that the terminal has.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rich.color import ColorType
from textual.strip import Strip

from nnstep.scenario.references import Group
from nnstep.tui.screens import gallery
from nnstep.tui.terminal import ColourMode
from tests.tui.driving import Driven, compiled, driving, shipped
from tests.tui.scenarios import EVIL

pytestmark = pytest.mark.deep

SEEN = (
    "[bold]x[/] [@click=app.quit]q[/] [link=https://evil.example]l[/] [/nope] $x W[i] ␛]52;c;aGk=␇<U+009B>31m<U+202E>"
)
UNSEEN = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x202E)}


def metas(strips: list[Strip]) -> Iterator[Any]:
    """Yield the links and actions that are hidden in styles."""
    for strip in strips:
        for segment in strip:
            if segment.style is not None:
                yield segment.style.link
                yield segment.style.meta.get("@click")


def assert_harmless(driven: Driven) -> None:
    """Nothing on the screen is a command, to the terminal or to the app."""
    strips = driven.strips
    assert not {character for strip in strips for character in strip.text} & UNSEEN
    assert [meta for meta in metas(strips) if meta] == []


def flat(driven: Driven) -> str:
    """Return the screen as one line, so that it does not matter where it was wrapped."""
    return " ".join(driven.text.split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_texts_of_a_file_are_shown_as_they_stand(size: tuple[int, int]) -> None:
    async with driving(compiled(EVIL), size) as driven:
        assert_harmless(driven)
        if size[0] >= 200:
            assert SEEN in driven.title
        assert SEEN in flat(driven)
        # The note of each step that has one, and the labels of the bars.
        await driven.type_ahead(["g", *"z1", "enter"])
        assert_harmless(driven)
        assert SEEN[:60] in flat(driven)
        await driven.type_ahead(["g", *"ŷ", "enter"])
        assert_harmless(driven)
        if size[0] >= 120:
            assert SEEN[:60] in flat(driven)
        await driven.press("end")
        assert_harmless(driven)


async def test_labels_of_a_file_are_shown_as_they_stand() -> None:
    async with driving(compiled(EVIL), (200, 60)) as driven:
        await driven.press("end")
        assert "[bold]a" in driven.text
        assert "[@click" in driven.text
        assert "␛]52" in driven.text
        assert_harmless(driven)


async def test_a_click_on_a_text_of_a_file_does_nothing() -> None:
    async with driving(compiled(EVIL), (200, 60)) as driven:
        for line, text in enumerate(driven.lines):
            column = text.find("q[/]")
            if column >= 0:
                await driven.click(driven.stepper, column, line)
        assert driven.app._running
        assert driven.position == (1, 0)


@pytest.mark.parametrize("key", ["?", "f", "g", "ctrl+p"])
async def test_dialogs_over_it_are_harmless(key: str) -> None:
    async with driving(compiled(EVIL)) as driven:
        await driven.press(key)
        await driven.settle()
        assert_harmless(driven)


async def test_the_gallery_shows_texts_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "[bold]x[@click=app.quit]"
    (tmp_path / f"{name}.yaml").write_text(EVIL, encoding="utf-8")
    monkeypatch.setattr(gallery, "groups", lambda: (Group("", {name: tmp_path / f"{name}.yaml"}),))
    async with driving(None, (200, 60)) as driven:
        assert flat(driven).count(SEEN) == 2  # title and summary
        assert f"▶ {name[:20]}" in driven.text
        assert_harmless(driven)
        for line in range(60):
            await driven.click(driven.app.screen, 12, line)
        assert driven.app._running


typed = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12)


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(typed)
async def test_what_is_typed_is_shown_as_it_stands(text: str) -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("g")
        await driven.type_text(text)
        assert_harmless(driven)
        await driven.press("enter")
        assert_harmless(driven)


# ---- colours


def looks(driven: Driven) -> set[tuple[ColorType, int | None]]:
    """Return the kinds and numbers of all colours on the screen."""
    found = set()
    for strip in driven.strips:
        for segment in strip:
            style = segment.style
            for colour in (style.color, style.bgcolor) if style else ():
                if colour is not None:
                    found.add((colour.type, colour.number))
    return found


@pytest.mark.parametrize("mode", ["16", "none"])
async def test_a_terminal_of_few_colours_gets_no_others(mode: ColourMode) -> None:
    has = {ColorType.DEFAULT, ColorType.STANDARD} if mode == "16" else {ColorType.DEFAULT}
    async with driving(shipped("digits"), mode=mode) as driven:
        for key in ["", "space", "z", "z", "z", "enter", "end", "?", "f", "g", "G", "ctrl+p"]:
            if key:
                await driven.press(key)
            await driven.settle()
            assert {kind for kind, _ in looks(driven)} <= has, key
            if key in {"?", "f", "g", "G"}:
                await driven.press("escape")


@pytest.mark.parametrize("mode", ["truecolor", "16", "none"])
async def test_one_sees_where_one_types(mode: ColourMode) -> None:
    async with driving(shipped("xor"), mode=mode) as driven:
        await driven.press("g", "end", "left", "left")
        (line,) = [strip for strip in driven.strips if " 1:0 " in strip.text]
        styles = {segment.text: segment.style for segment in line}
        assert styles[":"] != styles["1"]


@pytest.mark.parametrize("mode", ["16", "none"])
async def test_one_sees_what_the_palette_has_chosen(mode: ColourMode) -> None:
    async with driving(shipped("xor"), mode=mode) as driven:
        await driven.press("ctrl+p")
        await driven.settle()
        shown = {strip.text.split("(")[0].strip(" |"): strip for strip in driven.strips if "(" in strip.text}
        styles = [{segment.style for segment in shown[name] if name in segment.text} for name in ("back", "cell down")]
        assert styles[0] != styles[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_same_characters_whatever_the_colours(size: tuple[int, int]) -> None:
    seen = []
    for mode in ("truecolor", "256", "16", "none"):
        async with driving(shipped("spreadsheet"), size, mode) as driven:
            await driven.press(*["space"] * 9)
            seen.append(driven.text)
    assert seen[1:] == seen[:1] * 3
