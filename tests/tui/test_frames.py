"""A key has one frame: what it changes is laid out once, if at all, and seen at once."""

from collections.abc import Callable

import pytest
from textual.screen import Screen

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
