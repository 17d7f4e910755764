"""Looking at pictures while everything goes on working: stepping, running, the cursor, names, sizes, the long ways."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from nnstep.tui.screens.views import Views
from nnstep.tui.widgets.picture import PictureView
from tests.tui.driving import LARGE, SMALL, Driven, driving, shipped


def picture(driven: Driven) -> str:
    """Return what the picture shows."""
    return driven.text_of(driven.stepper.query_one(PictureView))


def facts(driven: Driven) -> Any:
    return driven.stepper.query_one(PictureView)._shown.facts


async def test_steps_are_seen_in_a_picture() -> None:
    async with driving(shipped("spreadsheet"), SMALL) as driven:
        await driven.press("v", "space")
        assert "▶ hidden" in picture(driven)
        assert "hidden_layer_input" in picture(driven)
        await driven.press("left")
        assert "▶" not in picture(driven)
        await driven.press("enter", "enter")
        assert driven.session.position.cell == 2
        assert "[" in picture(driven)


async def test_the_cursor_moves_though_the_sheet_is_hidden() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space", "v", "j")
        assert driven.session.cursor is not None
        assert driven.session.cursor.at == (1, 0)
        assert "hidden_layer_input[1,0]" in driven.formula
        await driven.press("tab")
        assert driven.session.cursor.name != "layer1.pre_activation"


@pytest.mark.parametrize("key", ["z", "escape"])
async def test_keys_about_the_sheet_bring_it_back(key: str) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space", "v", key)
        assert driven.stepper.picture == ""
        assert driven.sheet.display
        assert bool(driven.stepper.zoom) == (key == "z")


async def test_running_goes_on_in_a_picture() -> None:
    async with driving(shipped("moons")) as driven:
        driven.stepper.look_at("decision surface")
        await driven.press("r")
        driven.stepper._tick()
        driven.stepper._tick()
        await driven.settle()
        assert driven.position == (1, 2)
        assert driven.stepper.picture == "decision surface"
        await driven.press("r")


async def test_the_surface_is_that_of_the_place_one_has_come_to() -> None:
    async with driving(shipped("moons")) as driven:
        driven.stepper.look_at("decision surface")
        await driven.settle()
        await driven.type_ahead(["right_curly_bracket"] * 40)
        await driven.settle()
        assert driven.session.position.iteration == 41
        shown = facts(driven)
        at = driven.session.history.parameters(40)
        for identity, values in at.items():
            assert np.array_equal(shown.plane.at[identity], values)
        points = shown.points
        hidden = np.tanh(points @ at["layer1.weights"] + at["layer1.bias"])
        right = (hidden @ at["layer2.weights"] + at["layer2.bias"] > 0)[:, 0] == (shown.kinds == 1)
        # A sample's cell is coarser than the sample.
        assert (right == shown.right).mean() > 0.9


async def test_a_long_training_is_seen_at_its_end() -> None:
    async with driving(shipped("moons")) as driven:
        await driven.press("v", "v", "f")
        await driven.type_ahead([*"300", "enter"])
        assert driven.position == (300, 25)
        for _ in range(40):
            await driven.settle()
        assert "train 100.0%" in picture(driven)
        assert "300" in picture(driven)


async def test_a_picture_fits_a_terminal_of_another_size() -> None:
    async with driving(shipped("moons"), SMALL) as driven:
        driven.stepper.look_at("decision surface")
        await driven.settle()
        small = facts(driven).plane.answers.shape
        await driven.resize(*LARGE)
        await driven.settle()
        large = facts(driven).plane.answers.shape
        assert large[0] > small[0]
        assert large[1] > small[1]
        assert "hidden unit 2" in picture(driven)
        await driven.press("escape")
        assert driven.sheet.size.width > 150


async def test_other_names_are_seen_in_a_picture() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "v")
        assert "X·W1" in picture(driven)
        await driven.press("N")
        assert "X·W1" not in picture(driven)
        assert driven.stepper.picture == "network"


async def test_a_picture_is_scrolled_by_key_and_wheel() -> None:
    async with driving(shipped("digits"), SMALL) as driven:
        driven.stepper.look_at("images")
        await driven.settle()
        assert "↓ more" in picture(driven)
        first = picture(driven)
        await driven.press("down")
        second = picture(driven)
        assert second != first
        await driven.wheel(driven.stepper.query_one(PictureView), down=True)
        assert picture(driven) not in (first, second)
        await driven.press("up", "up", "up", "up", "up")
        assert picture(driven) == first


async def test_another_sample_is_another_image() -> None:
    async with driving(shipped("digits")) as driven:
        driven.stepper.look_at("images")
        await driven.press(".")
        assert "sample 1" in picture(driven)


async def test_another_scenario_opens_with_its_sheet() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("v", "G", "enter")
        assert driven.stepper.picture == ""
        assert driven.sheet.display


async def test_choosing_takes_keys_that_were_typed_ahead() -> None:
    async with driving(shipped("moons"), SMALL) as driven:
        await driven.type_ahead(["V", "down", "down", "enter"])
        assert driven.stepper.picture == "curves"
        await driven.press("V")
        assert isinstance(driven.app.screen, Views)
        for name in driven.app.screen.names:
            assert name in driven.text
        # There is no ninth and no tenth: it stays open.
        await driven.press("9", "home", "enter", "enter")
        assert driven.stepper.picture == ""


async def test_a_picture_is_on_the_palette() -> None:
    async with driving(shipped("xor")) as driven:
        commands = {command.title for command in driven.app.get_system_commands(driven.stepper)}
        assert "pictures (v)" in commands
        assert "choose a picture (V)" in commands


def test_the_first_screen_does_not_wait_for_pictures() -> None:
    said = "import sys, nnstep.tui.app; print(*[name for name in sys.modules if '.pictures.' in name])"
    result = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


async def test_behind_a_picture_the_sheet_keeps_the_step_in_sight_in_every_size() -> None:
    async with driving(shipped("dropout"), SMALL) as driven:
        await driven.press(*["space"] * 7)
        before = driven.text
        await driven.resize(*LARGE)
        await driven.press("v")
        await driven.resize(*SMALL)
        await driven.press("escape")
        assert driven.text == before
