"""Every key, on every screen: nothing breaks, and one is never shut in. What a key does is in test_keys.py."""

from collections.abc import Awaitable, Callable

import pytest

from nnstep.tui.actions import ACTIONS, offered
from nnstep.tui.screens.stepper import Stepper
from tests.tui.driving import SMALL, Driven, driving, shipped

pytestmark = pytest.mark.deep

# `q` leaves, wherever it does so; a test of its own presses it.
KEYS = tuple(
    dict.fromkeys(
        [
            *(key for known in ACTIONS for key in known.keys.split() if key != "q"),
            *(key for binding in Stepper.BINDINGS for key in binding.key.split(",") if key != "q"),
            *("escape", "enter", "up", "down", "left", "right", "home", "end", "tab", "backspace", "delete", "7", "x"),
        ]
    )
)

Enter = Callable[[Driven], Awaitable[None]]


def looking(name: str) -> Enter:
    """Return what shows a picture, or the sheet."""

    async def enter(driven: Driven) -> None:
        if (driven.stepper.picture or "sheet") != name:
            driven.stepper.look_at(name)
            await driven.settle()

    return enter


def pressing(*keys: str) -> Enter:
    """Return what opens a dialog."""

    async def enter(driven: Driven) -> None:
        await driven.press(*keys)

    return enter


async def lecture(driven: Driven) -> None:
    if not driven.stepper.lecturing:
        await driven.press("L")


async def tour(driven: Driven) -> None:
    if not driven.stepper.tour_at:
        await driven.press("T")


async def walk(driven: Driven) -> None:
    if not driven.session.position.cell:
        driven.session.go(1, 1)
        await driven.press("enter")


STATES: dict[str, Enter] = {
    "sheet": looking("sheet"),
    "network": looking("network"),
    "lecture": lecture,
    "tour": tour,
    "cell walk": walk,
}
DIALOGS: dict[str, Enter] = {
    "help": pressing("?"),
    "go to": pressing("g"),
}


@pytest.mark.parametrize("state", STATES)
async def test_every_key_in_every_state(state: str) -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        for key in KEYS:
            await STATES[state](driven)
            await driven.press(key)
            assert driven.app._running, key
            await back_to_the_stepper(driven, key)
        assert len(driven.lines) == SMALL[1]
        assert {strip.cell_length for strip in driven.strips} == {SMALL[0]}
        # It still steps.
        driven.session.go(2, 3)
        await driven.press("escape", "escape", "escape", "n")
        assert driven.session.position.step != 3


async def back_to_the_stepper(driven: Driven, key: str) -> None:
    """Esc leads out of whatever a key has opened."""
    for _ in range(4):
        if isinstance(driven.app.screen, Stepper):
            return
        await driven.press("escape")
    raise AssertionError(f"after {key} there is no way back from {driven.app.screen}")


@pytest.mark.parametrize("dialog", DIALOGS)
async def test_every_key_in_every_dialog(dialog: str) -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        await DIALOGS[dialog](driven)
        # Each of its own keys alone, as it may close it; all others in one moment, as they should do nothing.
        own = {key for binding in driven.app.screen._bindings.key_to_bindings.values() for key in [binding[0].key]}
        await driven.type_ahead(key for key in KEYS if key not in own)
        assert driven.app._running
        await back_to_the_stepper(driven, "all of them")
        for key in sorted(own & {*KEYS, "escape", "enter"}):
            await DIALOGS[dialog](driven)
            await driven.press(key)
            assert driven.app._running, key
            await back_to_the_stepper(driven, key)


@pytest.mark.parametrize("state", [*STATES, *DIALOGS])
async def test_q_never_breaks(state: str) -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        await {**STATES, **DIALOGS}[state](driven)
        await driven.press("q", "escape", "escape")
        if driven.app._running:
            assert isinstance(driven.app.screen, Stepper)


async def test_everything_is_in_the_palette_and_in_help() -> None:
    async with driving(shipped("xor")) as driven:
        titles = [command.title for command in driven.app.get_system_commands(driven.stepper)]
        assert titles == [f"{action.label} ({action.shown})" for action in offered(driven.session.program)]
        assert all(action.keys and action.shown and action.help.endswith((".", "?")) for action in ACTIONS)
