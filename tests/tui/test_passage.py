"""Dialogs take the keys that are typed, a long way shows how far it is, and where it is left the numbers are right."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import count

import numpy as np
import pytest
from textual.widgets import Input

from nnstep.session import Session, View
from nnstep.tui.screens import progress
from nnstep.tui.screens.ask import Ask
from nnstep.tui.screens.progress import Passage
from nnstep.tui.screens.small import TooSmall
from tests.helpers.files import TOO_FAST
from tests.tui.driving import Driven, compiled, driving, shipped

STEPS = 18  # of the spreadsheet
FAR = 100_000  # turns of the event loop


def same_values(one: View, other: View) -> bool:
    """Are these the same place and the same bits?"""
    return one.position == other.position and all(
        np.array_equal(one.values[name], other.values[name], equal_nan=True) for name in other.values
    )


def stepped_to(iteration: int, step: int) -> View:
    """Return what a session of its own shows at a place of the spreadsheet."""
    session = Session(shipped("spreadsheet"))
    session.go(iteration, step)
    return session.view()


@pytest.fixture
def slow_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each look at the clock be a second after the last: every iteration is a slice of work, and is shown."""
    seconds: Iterator[int] = count()
    monkeypatch.setattr(progress, "perf_counter", lambda: float(next(seconds)))


async def turn_until(holds: Callable[[], bool]) -> None:
    """Let the app work, a turn of the event loop at a time, until something holds."""
    for _ in range(FAR):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


async def begin(driven: Driven, key: str, text: str, iteration: int) -> Passage:
    """Set out on a long way, and stop the world when it has come to an iteration."""
    await driven.press(key)
    await driven.type_text(text)
    driven.send("enter")
    await turn_until(lambda: isinstance(driven.app.screen, Passage))
    passage = driven.app.screen
    assert isinstance(passage, Passage)
    await turn_until(lambda: passage._at >= iteration)
    return passage


# ---- dialogs


@pytest.mark.parametrize("key", ["g", "f"])
async def test_a_dialog_takes_the_keys(key: str) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(key)
        await driven.type_ahead(["q", "space", "r", "z", "?", "left", "home", "right", "delete"])
        dialog = driven.app.screen
        assert isinstance(dialog, Ask)
        assert dialog.query_one(Input).value == "qrz?"
        await driven.press("escape")
        assert driven.position == (1, 0)
        assert not driven.stepper.zoom
        assert driven.stepper._ticking is None


@pytest.mark.parametrize(
    ("keys", "place"),
    [(["g", *"3:4", "enter"], (3, 4)), (["space", "f", *"30", "enter"], (30, STEPS))],
)
async def test_keys_typed_ahead_of_a_dialog_reach_it(keys: list[str], place: tuple[int, int]) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.type_ahead(keys)
        assert driven.position == place


async def test_a_place_that_is_typed_shows_what_stepping_there_shows() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.type_ahead(["g", *"120:9", "enter"])
        assert same_values(driven.session.view(), stepped_to(120, 9))
        assert "epoch 120  step 9/18" in driven.title


NO_PLACES = [
    ("0:1", "there is no epoch 0"),
    ("-3:1", "'-3:1' is no place"),
    ("1.5:1", "there is no batch 5 in epoch 1"),
    ("one:1", "'one:1' is no place"),
    ("99999999999:1", "there is no epoch 99999999999"),
    ("1:19", "there is no step 19"),
    ("1:1.5", "there is no step called '1.5'"),
    ("outpt", "there is no step called 'outpt'"),
    ("[bold]x[/]", "there is no step called '[bold]x[/]'"),
]


async def test_a_place_there_is_not_gets_a_message_and_nothing_moves() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        for typed, says in NO_PLACES:
            await driven.press("home", "space", "g")
            await driven.type_text(typed)
            await driven.press("enter")
            assert driven.position == (1, 1)
            assert driven.formula.splitlines()[0] == says
            await driven.press("space")
            assert driven.position == (1, 2)
            assert says not in driven.text


async def test_the_nearest_step_is_named() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.type_ahead(["g", *"outpt", "enter"])
        assert "output" in driven.formula.splitlines()[1]


async def test_an_epoch_there_is_not_gets_a_message_and_nothing_moves() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space")
        for typed in ["0", "-1", "1.5", "many", "99999999999", "1:2", "٣"]:
            await driven.press("f")
            await driven.type_text(typed)
            await driven.press("enter")
            assert driven.position == (1, 1)
            assert driven.formula.splitlines()[0] == f"{typed} is not an epoch"


async def test_nothing_typed_is_no_answer() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        before = driven.text
        await driven.press("g", "delete", "enter")
        assert driven.text == before


# ---- a long way


@pytest.mark.usefixtures("slow_clock")
async def test_fast_forward_shows_how_far_it_is() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await begin(driven, "f", "50", 25)
        seen = driven.text
        assert "Training to epoch 50" in seen
        assert "Esc stops here" in seen
        assert "epoch 2" in seen
        assert "% " in seen
        assert "loss 0.3" in seen
        await driven.settle()
        assert driven.position == (50, STEPS)


@pytest.mark.usefixtures("slow_clock")
@pytest.mark.parametrize("key", ["escape", "q", "f", "space", "ctrl+c"])
async def test_fast_forward_stops_where_it_is(key: str) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await begin(driven, "f", "5000", 25)
        await driven.press(key)
        iteration, step = driven.position
        assert 25 <= iteration < 60
        assert step == STEPS
        assert same_values(driven.session.view(), stepped_to(iteration, step))
        # Its key is not heard twice: the app runs, and goes on from here.
        await driven.press("space")
        assert driven.position == (iteration + 1, 1)


@pytest.mark.usefixtures("slow_clock")
async def test_going_far_stops_and_leaves_us_where_we_were() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space", "space")
        await begin(driven, "g", "5000:3", 25)
        assert "Esc goes back" in driven.text
        await driven.press("escape")
        assert driven.position == (1, 2)
        assert same_values(driven.session.view(), stepped_to(1, 2))


@pytest.mark.usefixtures("slow_clock")
@pytest.mark.parametrize(("key", "place"), [("left_curly_bracket", (399, 1)), ("left", (399, STEPS))])
async def test_a_step_back_that_takes_long_shows_how_far_it_is(key: str, place: tuple[int, int]) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        stepper = driven.stepper
        stepper.session = session = Session(shipped("spreadsheet"), budget=1)  # no room for any checkpoint
        session.go(400, 1)
        stepper.refresh_view()
        for keys in ("escape", ""):
            driven.send(key)
            await turn_until(lambda: isinstance(driven.app.screen, Passage))
            passage = driven.app.screen
            assert isinstance(passage, Passage)
            await turn_until(lambda passage=passage: passage._at >= 25)
            assert "Going to iteration 399" in driven.text
            if keys:
                await driven.press(keys)
                assert driven.position == (400, 1)
        await driven.settle()
        assert driven.position == place
        assert same_values(session.view(), stepped_to(*place))


async def test_a_step_back_that_takes_no_time_shows_nothing() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.stepper.session = session = Session(shipped("spreadsheet"), budget=1)
        session.go(40, 1)
        driven.stepper.refresh_view()
        # Keys that wait are for the stepper, not for a window that comes and goes.
        await driven.type_ahead(["left_curly_bracket", "left_curly_bracket", "space"])
        assert driven.position == (38, 2)


@pytest.mark.usefixtures("slow_clock")
@pytest.mark.parametrize("size_after", [(120, 40), (80, 24)])
async def test_a_way_that_ends_in_too_small_a_terminal_is_over(size_after: tuple[int, int]) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await begin(driven, "f", "200", 25)
        await driven.resize(50, 15)
        assert isinstance(driven.app.screen, TooSmall)
        await driven.resize(*size_after)
        assert driven.position == (200, STEPS)
        await driven.press("space")
        assert driven.position == (201, 1)


async def test_a_number_that_breaks_ends_the_way_and_is_named() -> None:
    async with driving(compiled(TOO_FAST)) as driven:
        await driven.type_ahead(["f", *"500", "enter"])
        iteration, _ = driven.position
        fault = driven.session.view().fault
        assert fault is not None
        assert fault.iteration == iteration < 500
        assert "first" in driven.formula or "stopped" in driven.formula


# ---- running by itself


async def test_any_move_stops_it() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        stepper = driven.stepper
        for key in ["space", "left", "l", "tab", "escape", "g", "f", "?"]:
            await driven.press("r")
            assert stepper._ticking is not None
            await driven.press(key)
            assert stepper._ticking is None
            await driven.press("escape")


async def test_looking_does_not_stop_it() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("r", "z", "d", "N", "m", "down", "plus")
        assert driven.stepper._ticking is not None


async def test_it_does_not_run_behind_another_screen() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("r")
        stepper = driven.stepper
        assert stepper._ticking is not None
        await driven.resize(50, 15)
        stepper._tick()
        await driven.resize(120, 40)
        assert driven.position == (1, 0)
        stepper._tick()
        assert driven.position == (1, 1)


async def test_fifty_keys_at_once_end_at_the_right_place() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.type_ahead(["space"] * 50)
        assert driven.position == (3, 50 - 2 * STEPS)
        await driven.type_ahead([*["left"] * 20, *["enter"] * 3, "l", "d", "right_square_bracket"])
        assert driven.position == (2, 15)
