"""Breakpoints and bookmarks on the screen: set, met, said, marked, kept, and offered the next time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from nnstep.scenario.breaks import Breakpoint
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load
from nnstep.session import Session
from nnstep.state import Store
from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.breaks import Breakpoints
from nnstep.tui.screens.progress import Passage
from nnstep.tui.terminal import prepare_app
from tests.helpers.golden import check_golden, golden_strips
from tests.tui.driving import ROOMY, SMALL, Driven, compiled, driving, shipped
from tests.tui.test_passage import begin, slow_clock, turn_until  # noqa: F401 - a fixture

XOR = """\
title: XOR
names: math
seed: 1
data: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}
network:
  - {layer: dense, units: 3, activation: tanh}
  - {layer: dense, units: 1, activation: sigmoid}
loss: half_sse
optimizer: {name: gd, learning_rate: 2}
epochs: 500
breaks:
  - {loss_below: 0.1}
  - {epoch: 400}
"""

TEA = """\
title: Tea
names: math
data:
  inputs: [[-1.0, -0.8], [-0.6, 0.5], [0.0, 0.1], [0.2, -0.3], [0.7, 0.9], [1.0, -0.1]]
  targets: [[0], [1], [1], [1], [0], [0]]
network:
  - {layer: dense, units: 3, activation: tanh, weights: [[0.4, -0.3, 0.8], [0.7, 0.5, -0.2]], bias: [0.1, -0.2, 0.0]}
  - {layer: dense, units: 1, activation: sigmoid, weights: [[0.6], [-0.5], [0.3]], bias: [0.2]}
loss: bce
optimizer: {name: gd, learning_rate: 0.5}
epochs: 2000
"""


@asynccontextmanager
async def at_home(scenario: Compiled, home: Path, *, fresh: bool = False) -> AsyncIterator[Driven]:
    """Run the app with a place where it may keep things."""
    app = NnstepApp(Session(scenario), store=Store(home), asks=not fresh, fresh=fresh)
    prepare_app(app, "truecolor", {})
    async with app.run_test(size=ROOMY) as pilot:
        driven = Driven(app, pilot)
        await driven.settle()
        yield driven


def written(folder: Path, text: str = XOR) -> Compiled:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return compile_scenario(load(path))


# ---- breakpoints


async def test_fast_forward_stops_where_the_file_says_and_says_why() -> None:
    async with driving(compiled(XOR)) as driven:
        await driven.type_ahead(["f", "enter"])
        first = driven.position
        assert driven.formula.startswith("Breakpoint: the loss is below 0.1")
        assert driven.session.program.steps[first[1] - 1].id == "loss"
        await driven.type_ahead(["f", "enter"])
        assert driven.position == (400, 0)
        assert driven.formula.startswith("Breakpoint: epoch 400 begins")
        await driven.type_ahead(["f", "enter"])
        assert driven.position[0] == 500
        assert "Breakpoint" not in driven.formula


async def test_each_update_that_changes_a_sign_is_a_stop_and_the_cursor_is_on_its_cell() -> None:
    async with driving(compiled(f"{TEA}breaks: [{{sign_change: true}}]\n")) as driven:
        await driven.type_ahead(["f", "enter"])
        assert driven.position == (7, 18)
        assert driven.formula.startswith("Breakpoint: W2[2,0] changes its sign")
        assert "W2[2,0] = 0.0206 - 0.5·0.0768" in driven.formula
        await driven.type_ahead(["f", "enter"])
        assert driven.position == (7, 19)
        assert driven.formula.startswith("Breakpoint: b2[0] changes its sign")
        await driven.type_ahead(["f", "enter"])
        assert driven.position == (13, 20)


async def test_running_stops_at_a_breakpoint() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "space", "space", "b", "home", "r")
        for _ in range(9):
            driven.stepper._tick()
            if driven.stepper._ticking is None:
                break
        await driven.settle()
        assert driven.position == (1, 3)
        assert driven.formula.startswith("Breakpoint: step a1")
        # From there it goes on.
        await driven.press("r")
        driven.stepper._tick()
        await driven.settle()
        assert driven.position == (1, 4)
        assert driven.stepper._ticking is not None


async def test_on_a_small_screen_a_step_with_a_breakpoint_is_a_square() -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        await driven.press("space", "space", "b", "space")
        assert "●■▶○○○" in driven.text
        await driven.press("home")
        assert "○□○○○○" in driven.text


async def test_a_weight_under_the_cursor_is_its_update() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("tab")
        while driven.session.cursor is None or driven.session.cursor.name != "layer1.weights":
            await driven.press("tab")
        await driven.press("b")
        assert driven.stepper.breaks.points == (Breakpoint("step", "layer1.weights.next"),)
        await driven.press("escape", "home", "tab", "b")
        assert driven.formula.startswith("the cursor is on no matrix that a step works out")


async def test_the_dialog_sets_switches_and_clears() -> None:
    async with driving(shipped("xor")) as driven:
        stepper = driven.stepper
        await driven.press("B")
        assert isinstance(driven.app.screen, Breakpoints)
        await driven.press("enter")  # the first condition asks for its number
        await driven.type_text("0.05")
        await driven.press("enter", "down", "down", "down", "enter")
        points = stepper.breaks.points
        assert points == (Breakpoint("loss_below", amount=0.05), Breakpoint("sign_change"))
        await driven.press("enter")
        assert "that is set already" in driven.text
        await driven.press("home", "space")
        assert not stepper.breaks.points[0].is_on
        assert "off" in driven.text
        await driven.press("x")
        assert stepper.breaks.points == points[1:]
        await driven.press("end", "enter", "escape")
        assert stepper.breaks.points[1] == Breakpoint("layer", "layer2")
        # Some steps are marked now, in the list and not by their colour alone.
        assert driven.text.count("●") == 4


@pytest.mark.parametrize("typed", ["low", "0", "-1", "nan", "1e999", "[bold]", ""])
async def test_a_number_that_is_none_sets_nothing(typed: str) -> None:
    async with driving(shipped("xor")) as driven:
        stepper = driven.stepper
        await driven.press("B", "enter", "delete")
        await driven.type_text(typed)
        await driven.press(*["enter"] if typed else ["escape"])
        assert stepper.breaks.points == ()
        assert isinstance(driven.app.screen, Breakpoints)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("95", "95 must be from 0.0 to 1.0: the part of the batch that is answered rightly, from 0 to 1, such as 0.9"),
        ("1", "no accuracy is ever above 1: the part of the batch"),
        ("nearly", "'nearly' is not a number: the part of the batch"),
    ],
)
async def test_what_is_wrong_with_a_number_is_said_to_the_end(typed: str, says: str) -> None:
    async with driving(compiled(XOR), SMALL) as driven:
        await driven.press("B", "home", "down", "down", "down", "enter", "delete")
        await driven.type_text(typed)
        await driven.press("enter")
        assert says in " ".join(driven.text.replace("│", " ").split())


async def test_what_can_never_happen_is_said() -> None:
    async with driving(compiled(XOR.replace("[[0], [1], [1], [0]]", "[[0], [0.5], [1], [0]]"))) as driven:
        stepper = driven.stepper
        await driven.press("B", "home", "down", "down", "down", "enter")
        assert driven.text.count("no answer is right or wrong here") == 2
        assert len(stepper.breaks.points) == 2


async def test_names_change_under_a_breakpoint() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "b", "N", "N")
        assert driven.session.compiled.names.name != "math"
        await driven.type_ahead(["}", "home", "f", "enter"])
        assert driven.session.position.step == 1
        assert driven.formula.startswith("Breakpoint: step")


async def test_a_look_at_every_value_says_that_it_is_slower(slow_clock: None) -> None:  # noqa: F811
    async with driving(shipped("spreadsheet")) as driven:
        driven.stepper.breaks.toggle(Breakpoint("not_finite"))
        await begin(driven, "f", "100", 5)
        assert isinstance(driven.app.screen, Passage)
        await driven.press("escape")
        assert 5 <= driven.position[0] < 100
        assert "slower" in driven.stepper.train(100)[0]


@pytest.mark.parametrize(("name", "size"), [("breaks", ROOMY), ("breaks-80x24", SMALL)])
async def test_as_agreed(name: str, size: tuple[int, int]) -> None:
    async with driving(compiled(XOR), size) as driven:
        await driven.press(*["space"] * 4, "b", "f", "enter")
        check_golden(f"screens/{name}-met", golden_strips(driven.strips))
        await driven.press("B")
        check_golden(f"screens/{name}-dialog", golden_strips(driven.strips))
        await driven.press("escape", "*", *"why", "enter", "M")
        check_golden(f"screens/{name}-bookmarks", golden_strips(driven.strips))


# ---- what is kept


async def test_one_goes_on_where_one_was(tmp_path: Path) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("g", *"120:8", "enter", "N", "d", "*", *"Why?", "enter", "b")
        place, names = driven.position, driven.session.compiled.names.name
    async with at_home(mine, tmp_path) as driven:
        assert driven.position == (1, 0)
        assert driven.formula.startswith("Continue at epoch 120, step 8")
        await driven.press("y")
        assert driven.position == place
        assert driven.session.compiled.names.name == names
        assert driven.stepper.decimals == 3
        assert driven.formula.startswith("★ Why?")
        assert len(driven.stepper.breaks.points) == 3


async def test_any_other_key_starts_afresh_and_does_what_it_does(tmp_path: Path) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("g", *"7:3", "enter")
    async with at_home(mine, tmp_path) as driven:
        await driven.press("space")
        assert driven.position == (1, 1)
        assert "Continue" not in driven.formula


@pytest.mark.usefixtures("slow_clock")
async def test_a_long_way_to_where_one_was_is_shown_in_the_place_of_the_offer(tmp_path: Path) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("g", *"40:3", "enter")
    async with at_home(mine, tmp_path) as driven:
        driven.send("y")
        await turn_until(lambda: isinstance(driven.app.screen, Passage) and driven.app.screen._at == 4)
        assert "Going to epoch 40, step 3" in driven.text
        assert "Continue at" not in driven.text
        await driven.settle()
        assert driven.position == (40, 3)


@pytest.mark.parametrize("key", ["L", "click"])
async def test_whatever_else_is_begun_ends_the_offer_and_the_place_is_kept(tmp_path: Path, key: str) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("g", *"7:3", "enter")
    async with at_home(mine, tmp_path) as driven:
        await driven.press("question_mark", "escape", "1")
        assert "Continue at epoch 7, step 3" in driven.formula
        await (driven.click(driven.sheet, 1, 2) if key == "click" else driven.press(key))
        assert "Continue" not in driven.text
        await driven.press("escape", "escape", "y")
        assert driven.position == (1, 0)
        assert "no place to continue" in driven.formula
    here = Store(tmp_path).open(mine).kept.here
    assert here is not None
    assert here.epoch == 7


async def test_who_only_looks_in_is_asked_again(tmp_path: Path) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("g", *"7:3", "enter")
    for _ in range(2):
        async with at_home(mine, tmp_path) as driven:
            assert driven.formula.startswith("Continue at epoch 7, step 3")


async def test_fresh_asks_nothing_and_forgets_no_bookmark(tmp_path: Path) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("space", "*", *"one", "enter", "b", "space")
        points = driven.stepper.breaks.points
    async with at_home(mine, tmp_path, fresh=True) as driven:
        assert "Continue" not in driven.formula
        assert [mark.text for mark in driven.stepper.sitting.bookmarks] == ["one"]
        assert driven.stepper.breaks.points == mine.breaks
    # What was set before is not lost: it is there the next time.
    assert set(Store(tmp_path).open(mine).kept.breaks) == set(points)


async def test_a_breakpoint_of_the_file_that_was_switched_off_stays_off(tmp_path: Path) -> None:
    mine = written(tmp_path)
    async with at_home(mine, tmp_path) as driven:
        await driven.press("B", "enter", "escape")
    async with at_home(mine, tmp_path) as driven:
        assert [point.is_on for point in driven.stepper.breaks.points] == [False, True]


async def test_a_file_that_changed_keeps_what_fits(tmp_path: Path) -> None:
    async with at_home(written(tmp_path), tmp_path) as driven:
        await driven.press("space", "*", *"first", "enter", "g", *"9:z2", "enter", "*")
        await driven.press(*"second", "enter", "space")
    smaller = XOR.replace("  - {layer: dense, units: 3, activation: tanh}\n", "")
    async with at_home(written(tmp_path, smaller), tmp_path) as driven:
        assert "This scenario has changed since you were here" in driven.formula
        marks = [mark.text for mark in driven.stepper.sitting.bookmarks]
        assert "first" in marks
        assert "second" not in marks
        assert "a bookmark" in driven.formula


async def test_the_words_of_a_bookmark_are_shown_as_they_are(tmp_path: Path) -> None:
    async with at_home(written(tmp_path), tmp_path) as driven:
        await driven.press("space", "*")
        assert "Enter keep   Esc cancel" in driven.text
        await driven.type_text("[bold]x[/] $y")
        await driven.press("enter", "M")
        assert "[bold]x[/] $y" in driven.text
        await driven.press("e", "end", "backspace", "z", "enter", "x", "escape")
        assert driven.stepper.sitting.bookmarks == ()


async def test_a_home_that_can_not_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with at_home(written(tmp_path), tmp_path / "file") as driven:
        await driven.press("space", "b", "*", "escape", "space")
        assert driven.position == (1, 2)


async def test_a_bookmark_that_can_not_be_kept_is_said_where_it_is_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with at_home(written(tmp_path), tmp_path / "file") as driven:
        await driven.press("space", "*")
        assert "Bookmarks and breakpoints end with this window" in driven.text
        await driven.press("escape", "b")
        assert driven.formula.startswith("Breakpoint set")  # it is said once


async def test_a_breakpoint_that_can_not_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with at_home(written(tmp_path), tmp_path / "file") as driven:
        await driven.press("space", "b")
        assert driven.formula.startswith("Bookmarks and breakpoints end with this window")
