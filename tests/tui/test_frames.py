"""A key has one frame: what it changes is laid out once, if at all, and seen at once."""

from collections.abc import Callable

import pytest
from rich.console import RenderableType
from textual._compositor import LayoutUpdate
from textual.screen import Screen

from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.stepper import Stepper
from tests.tui.driving import LARGE, Driven, driving, shipped

NO_LAYOUT, LAYOUT = (0, 1), (1, 1)  # layouts, frames
MOVES = ("space", "left", "right_curly_bracket", "left_curly_bracket", "enter", "h", "tab", "d", "z", "full_stop")
COUNTED = ("_refresh_layout", "_compositor_refresh")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every layout and every frame of a screen is added."""
    found: list[str] = []
    for name in COUNTED:
        monkeypatch.setattr(Screen, name, _noting(name, found))
    return found


def _noting(name: str, found: list[str]) -> Callable[..., None]:
    original = getattr(Screen, name)

    def noting(screen: Screen[None], *given: object, **named: object) -> None:
        found.append(name)
        original(screen, *given, **named)

    return noting


async def of(key: str, driven: Driven, calls: list[str]) -> tuple[int, int]:
    """Press a key, and return how many layouts and frames came of it."""
    calls.clear()
    await driven.press(key)
    return calls.count("_refresh_layout"), calls.count("_compositor_refresh")


async def test_a_key_that_moves_has_one_frame_and_no_layout(calls: list[str]) -> None:
    async with driving(shipped("digits"), LARGE) as driven:
        await driven.press("space", "right_curly_bracket")
        assert {key: await of(key, driven, calls) for key in MOVES} == dict.fromkeys(MOVES, NO_LAYOUT)


@pytest.mark.parametrize("scenario", ["spreadsheet", "digits"])
async def test_an_answer_comes_and_goes_in_one_frame(scenario: str, calls: list[str]) -> None:
    async with driving(shipped(scenario), LARGE) as driven:
        await driven.press("space", "space", "space", "right_curly_bracket")
        for key in "oORW":
            assert await of(key, driven, calls) == LAYOUT, key
            assert await of("space", driven, calls) == NO_LAYOUT, key
            assert await of(key, driven, calls) == LAYOUT, key


async def test_the_first_frame_shows_what_there_is_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = NnstepApp._display

    def noting(app: NnstepApp, screen: Screen[None], update: RenderableType | None) -> None:
        if isinstance(screen, Stepper) and isinstance(update, LayoutUpdate):
            seen.append("".join(strip.text for row in update.strips for strip in row))
        original(app, screen, update)

    monkeypatch.setattr(NnstepApp, "_display", noting)
    async with driving(shipped("xor")):
        assert "Space" in seen[0]
        assert "HIDDEN LAYER" in seen[0]
