"""What if, on the screen: changing, seeing old and new, undoing, as it was beside as it is, saving; and two runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from nnstep.branches import Number, Setting
from nnstep.engine.cell import Cell
from nnstep.explain.comparing import Pair
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load, parse
from nnstep.session import Position, Session
from nnstep.tui.compare_app import CompareApp
from nnstep.tui.screens.compare import Compare
from nnstep.tui.screens.edit import EditLine, SaveLine, Settings
from nnstep.tui.terminal import ColourMode, prepare_app
from nnstep.tui.widgets.bars import FormulaBar, TitleBar
from nnstep.tui.widgets.compare import BothCurves
from nnstep.tui.widgets.sheet import SheetView
from tests.helpers.golden import check_golden, golden_screen
from tests.tui.driving import LARGE, ROOMY, SMALL, Driven, driving, shipped

WEIGHT = Cell("layer1.weights", (0, 0))

LESSON = """\
title: lesson
data: {inputs: [[0, 1], [1, 0], [1, 1], [0, 0]], targets: [[0], [1], [1], [0]]}
network: [{layer: dense, units: 2, activation: tanh}, {layer: dense, units: 1}]
loss: half_sse
optimizer: {name: gd, learning_rate: 0.1}
lesson: [{at: 2:last}, {at: 4:last}]
"""


@asynccontextmanager
async def comparing(
    first: Compiled, second: Compiled, size: tuple[int, int] = ROOMY, mode: ColourMode = "truecolor"
) -> AsyncIterator[Driven]:
    """Run `nnstep compare` on two scenarios."""
    app = CompareApp(Pair(Session(first), Session(second)), ("one", "other"), mode)
    prepare_app(app, mode, {})
    async with app.run_test(size=size) as pilot:
        driven = Driven(app, pilot)
        await driven.settle()
        yield driven


def fast(name: str = "xor") -> Compiled:
    """Return a scenario that learns in larger steps."""
    session = Session(shipped(name))
    session.edit(Setting("optimizer.learning_rate", "5"))
    return session.compiled


def pair(driven: Driven) -> Pair:
    """Return the sessions of what is seen."""
    return cast(Compare, driven.app.screen).pair


def said(driven: Driven) -> str:
    """Return what the formula bar of two runs says."""
    return driven.text_of(driven.app.screen.query_one(FormulaBar))


async def change(driven: Driven, cell: Cell, text: str) -> None:
    driven.session.place_cursor(cell)
    await driven.press("e")
    await driven.type_text(text)
    await driven.press("enter")


# ---- changing


@pytest.mark.parametrize("size", [SMALL, ROOMY])
async def test_a_changed_cell_tells_old_and_new_and_all_it_reaches_is_marked(size: tuple[int, int]) -> None:
    async with driving(shipped("xor"), size) as driven:
        await driven.press("space", "space")
        await change(driven, WEIGHT, "2.5")
        assert "What if: W1[0,0]  0.2000 → 2.5000" in driven.formula
        assert "what if 1 change" in driven.title
        assert "2.50≠" in driven.text.replace("[2.50]", " 2.50≠")
        marked = [line for line in driven.lines if "≠" in line]
        assert marked
        await driven.press("u")
        assert "≠" not in driven.text
        assert "Taken back: the change W1[0,0] 0.2 → 2.5" in driven.formula
        await driven.press("ctrl+r")
        assert "≠" in driven.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1,5,0", "is not a number"),
        ("fast", "'fast' is not a number"),
        ("1e999", "larger than any float64"),
        ("nan", "not a finite number"),
        ("2 3", "is not a number"),
    ],
)
async def test_what_is_no_number_is_said_where_it_is_typed(typed: str, words: str) -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        await change(driven, WEIGHT, typed)
        assert isinstance(driven.app.screen, EditLine)
        assert words in driven.text
        await driven.press("escape")
        assert driven.session.branches.told == ()


async def test_a_decimal_comma_is_understood() -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        await change(driven, WEIGHT, "1,5")
        assert driven.session.branches.told == ("W1[0,0] 0.2 → 1.5",)


async def test_a_target_that_is_whole_stays_whole() -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        await driven.press("space")
        await change(driven, Cell("targets", (0, 0)), "1")
        assert "What if: Y[0,0]  0 → 1  as it was → as it is, +1" in driven.formula


async def test_a_setting_that_is_changed_is_confirmed() -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        driven.session.go(3, 2)
        await change(driven, Cell("learning_rate", ()), "5")
        assert driven.formula.startswith("Changed: optimizer.learning_rate 0.5 → 5\nfrom iteration 3 on; u takes")


@pytest.mark.parametrize("typed", ["=", ""])
async def test_keeping_is_no_change(typed: str) -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        driven.session.place_cursor(WEIGHT)
        await driven.press("e", *(typed or ["delete"]), "enter")
        assert driven.stepper
        assert driven.session.branches.told == ()


async def test_which_weights_can_be_set_is_said_on_the_new_ones() -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        driven.session.place_cursor(Cell("layer2.bias.next", (0,)))
        await driven.press("e")
        assert "this is the new b2, which the update works out" in driven.text
        assert "set the old b2" in driven.text


async def test_a_result_can_not_be_set_and_that_is_said() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "j")
        await driven.type_ahead(["e", *"0.9"])
        assert "X·W1 is worked out, and can not be set" in driven.text
        assert "a weight, a bias, an input, a target" in driven.text
        await driven.press("enter")
        assert driven.position == (1, 1)
        assert driven.stepper


async def test_without_a_cursor_e_offers_the_settings() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("e")
        assert isinstance(driven.app.screen, Settings)
        assert "learning rate         0.5       optimizer.learning_rate" in driven.text
        assert "optimizer             gd " in driven.text
        assert "layer 1: activation   sigmoid   layer1.activation" in driven.text
        assert "alpha" not in driven.text
        await driven.press("down", "down", "down", "enter")
        assert "What if the activation of layer 1 were another?" in driven.text
        assert "gelu_tanh" in driven.text
        await driven.type_text("than")
        await driven.press("enter")
        assert "tanh" in driven.text
        assert isinstance(driven.app.screen, EditLine)
        await driven.press("ctrl+u")
        await driven.type_text("tanh")
        await driven.press("enter")
        assert driven.session.compiled.scenario.model.network[0].activation == "tanh"
        assert driven.position == (1, 0)


async def test_the_learning_rate_under_the_cursor_is_a_setting() -> None:
    async with driving(shipped("xor")) as driven:
        await change(driven, Cell("learning_rate", ()), "0.125")
        assert driven.session.compiled.training.rate == 0.125


async def test_before_a_change_nothing_is_marked_and_its_settings_are_the_old_ones() -> None:
    async with driving(shipped("xor")) as driven:
        driven.session.go(3, 2)
        driven.session.edit(Setting("optimizer.learning_rate", "4"))
        await driven.press("}")
        assert "η 4" in driven.title
        assert "≠" in driven.text
        await driven.press("{", "{")
        assert driven.position == (2, 2)
        assert "η 0.5" in driven.title
        assert "≠" not in driven.text


async def test_pictures_and_names_go_on_after_a_change() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "space", "space")
        await change(driven, WEIGHT, "9")
        await driven.press("v", "v", "N", "}", "v", "V", "escape", "u", "space")
        assert driven.session.branches.told == ()


async def test_running_on_after_a_change_is_as_far_as_ever() -> None:
    async with driving(shipped("xor")) as driven:
        await change(driven, WEIGHT, "3")
        await driven.press("f")
        await driven.type_text("300")
        await driven.press("enter", "u")
        assert driven.position[0] == 300
        untouched = Session(shipped("xor"))
        untouched.go(300, 0)
        assert np.array_equal(driven.session.view().values["layer1.weights"], untouched.view().values["layer1.weights"])


async def test_where_it_is_not_known_what_has_changed_that_is_said() -> None:
    async with driving(shipped("xor")) as driven:
        await change(driven, WEIGHT, "3")
        assert "1 change " in driven.title
        assert "≠" not in driven.title
        await driven.press("f")
        await driven.type_text("300")
        await driven.press("enter")
        assert "1 change, ≠ after w" in driven.title
        assert "≠" not in driven.text_of(driven.sheet)
        await driven.press("w", "w")
        assert "≠ after w" not in driven.title
        assert "≠" in driven.text_of(driven.sheet)


# ---- as it was beside as it is


async def test_as_it_was_stands_beside_as_it_is_and_both_move() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "space")
        await change(driven, WEIGHT, "2.5")
        await driven.press("w", "}", "space")
        assert "as it was" in driven.text
        assert "as it is: W1[0,0] 0.2 → 2.5" in driven.text
        both = pair(driven)
        assert both.first.position == both.second.position == Position(2, 3)
        untouched = Session(shipped("xor"))
        untouched.go(2, 3)
        assert np.array_equal(both.first.view().values["layer1.output"], untouched.view().values["layer1.output"])
        await driven.press("w")
        assert driven.position == (2, 3)


async def test_q_and_esc_lead_back_to_the_stepper() -> None:
    async with driving(shipped("xor")) as driven:
        driven.session.edit(Number(WEIGHT, 1.0))
        for key in ("q", "escape"):
            await driven.press("w")
            assert isinstance(driven.app.screen, Compare)
            await driven.type_ahead([key, key] if key == "escape" else [key])
            assert driven.stepper


async def test_where_nothing_was_changed_there_is_nothing_beside() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("w")
        assert "nothing was changed" in driven.formula


# ---- saving


async def test_what_is_saved_is_there_and_asks_before_it_overwrites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with driving(shipped("xor"), SMALL) as driven:
        await change(driven, WEIGHT, "2.5")
        await driven.press("s", "enter")
        assert "Saved as xor-what-if.yaml" in driven.formula
        path = tmp_path / "xor-what-if.yaml"
        assert compile_scenario(load(path)).training.first["layer1.weights"][0, 0] == 2.5
        before = path.read_text()
        await change(driven, WEIGHT, "3.5")
        await driven.press("s", "enter")
        assert "xor-what-if.yaml is there already" in driven.text
        assert "Enter saves it   Esc goes back" in driven.text
        assert "changes it" not in driven.text
        assert path.read_text() == before
        await driven.press("enter")
        assert "3.5" in path.read_text()


async def test_where_it_can_not_be_saved_is_said_where_it_is_typed() -> None:
    async with driving(shipped("xor"), SMALL) as driven:
        driven.session.edit(Number(WEIGHT, 2.0))
        await driven.press("s")
        await driven.type_text("/no/such/folder/a.yaml")
        await driven.press("enter")
        assert isinstance(driven.app.screen, SaveLine)
        assert "can not be written" in driven.text


# ---- two runs


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_all_that_moves_moves_both(size: tuple[int, int]) -> None:
    async with comparing(shipped("xor"), fast(), size) as driven:
        for key in ("space", "n", "]", "}", "}", "{", "enter", "right", "pagedown", "pageup", "end", "home", "["):
            await driven.press(key)
            both = pair(driven)
            assert both.first.position == both.second.position
        await driven.press("g")
        await driven.type_text("12:8")
        await driven.press("enter")
        assert pair(driven).first.position == pair(driven).second.position == Position(12, 8)
        await driven.press("f")
        await driven.type_text("90")
        await driven.press("enter")
        assert pair(driven).first.position.iteration == pair(driven).second.position.iteration == 90
        assert len(driven.lines) == size[1]


async def test_the_bar_tells_one_cell_of_both() -> None:
    async with comparing(shipped("xor"), fast()) as driven:
        await driven.press("}", "space", "j")
        one, other = (
            session.view().values["layer1.weighted"][1, 0] for session in (pair(driven).first, pair(driven).second)
        )
        assert f"A {one:.4f}" in said(driven)
        assert f"B {other:.4f}" in said(driven)
        assert f"B-A {other - one:+.4f}" in said(driven)


async def test_differences_are_shown_alone() -> None:
    async with comparing(shipped("xor"), fast()) as driven:
        await driven.press("}", "space", "D")
        sheet = driven.app.screen.query_one("#second SheetView", SheetView)
        assert sheet.content is not None
        first, second = pair(driven).views()
        apart = second.values["layer1.weighted"] - first.values["layer1.weighted"]
        assert np.array_equal(sheet.content.view.values["layer1.weighted"], apart)
        assert "other less one" in driven.text
        # A product of differences is not the difference of products.
        assert not [sign for sign in (" = ", " + ", " ∘ ", "σ→") if sign in driven.text_of(sheet)]
        assert "the equations do not hold" in said(driven)
        await driven.press("D")
        assert all(sign in driven.text_of(sheet) for sign in (" = ", " + ", "σ→"))
        assert "other less one" not in driven.text


@pytest.mark.parametrize("key", ["v", "L", "E", "e", "p", "c", "o", "b", "asterisk"])
async def test_a_key_for_one_run_says_so(key: str) -> None:
    async with comparing(shipped("xor"), fast()) as driven:
        await driven.press("space", key)
        assert ", is for one run" in said(driven)
        assert "open one of them alone for it" in said(driven)
        await driven.press("space")
        assert "for one run" not in said(driven)


async def test_other_programs_stand_at_the_step_of_the_same_value() -> None:
    session = Session(shipped("xor"))
    session.edit(Setting("layer1.activation", "identity"))
    async with comparing(shipped("xor"), session.compiled) as driven:
        for _ in range(19):
            await driven.press("space")
            first, second = pair(driven).views()
            assert first.active is not None
            assert second.active is not None
            assert first.active.id == second.active.id
        assert "B has no" in said(driven) or first.position.step == len(first.program.steps)


async def test_names_samples_zoom_and_clicks_are_for_both() -> None:
    async with comparing(shipped("xor"), fast()) as driven:
        await driven.press("space", "N")
        names = {session.compiled.names.name for session in (pair(driven).first, pair(driven).second)}
        assert len(names) == 1
        await driven.press("z", "z", "tab", "z", ".", ",", "d", "down", "up", "shift+tab", "l", "k")
        first = driven.app.screen.query_one("#first SheetView", SheetView)
        layout = first.layout_now()
        assert layout is not None
        box = next(box for box in layout.boxes if box.id == "layer1.weights")
        await driven.press("escape", "home", "home")
        first.scroll(-100)
        await driven.settle()
        await driven.click(first, box.x + 2, box.y + 1)
        assert pair(driven).second.cursor is not None


@pytest.mark.parametrize("size", [SMALL, ROOMY])
async def test_what_is_one_runs_own_is_said_over_it_and_both_curves_are_told_apart(size: tuple[int, int]) -> None:
    async with comparing(shipped("xor"), fast(), size, "none") as driven:
        await driven.press("}", "}")
        title, text = driven.text_of(driven.app.screen.query_one(TitleBar)), driven.text
        assert "epoch 3" in title
        assert "loss" not in title
        assert "η" not in title
        assert "names math" in title
        assert [f"η {rate}   loss" in text for rate in ("0.5", "5")] == [True, True]
        curves = driven.text_of(driven.app.screen.query_one(BothCurves))
        assert curves.split()[0] == "LOSS"
        assert all(sign in curves for sign in (("── A", "╌╌ B") if size == ROOMY else (" A █", " B ")))
        await driven.press("question_mark")
        assert "ON THE SCREEN NOW: TWO RUNS" in driven.text
        assert "T tour" not in driven.text
        await driven.press("escape")
        assert isinstance(driven.app.screen, Compare)
        assert "? help" in driven.lines[-1]


async def test_q_ends_a_comparison() -> None:
    async with comparing(shipped("xor"), fast(), SMALL) as driven:
        await driven.press("w", "escape", "escape")
        assert isinstance(driven.app.screen, Compare)
        await driven.press("q")
        assert driven.app.return_code == 0


async def test_every_key_of_a_comparison_is_harmless_at_any_size() -> None:
    async with comparing(shipped("xor"), fast()) as driven:
        keys = [key for binding in Compare.BINDINGS for key in binding.key.split(",") if key not in ("q", "g", "f")]
        for width, height in ((60, 20), ROOMY):
            await driven.resize(width, height)
            await driven.press(*keys)
            assert len(driven.lines) == height
            assert driven.app.screen.query_one(TitleBar)


GOLDEN: dict[str, tuple[tuple[int, int], ColourMode, tuple[str, ...]]] = {
    "compare-80x24": (SMALL, "256", ("}", "space", "space", "j")),
    "compare-120x40": (ROOMY, "256", ("}", "space", "space", "j")),
    "compare-no-colours": (ROOMY, "none", ("}", "space", "space", "j")),
    "compare-differences": (ROOMY, "16", ("}", "end", "D")),
}


@pytest.mark.parametrize("name", GOLDEN)
async def test_two_runs_look_as_agreed(name: str) -> None:
    size, mode, keys = GOLDEN[name]
    async with comparing(shipped("xor"), fast(), size, mode) as driven:
        await driven.press(*keys)
        check_golden(f"screens/{name}", golden_screen(driven.app))


# ---- iterations with other steps


async def other_steps(driven: Driven) -> int:
    """Have adam in place of gd from iteration 3 on, where we are then; return the number of steps before it."""
    steps = len(driven.session.program.steps)
    driven.session.go(3, 0)
    driven.session.edit(Setting("optimizer", "adam"))
    await driven.press("end")
    assert len(driven.session.program.steps) > steps
    return steps


async def test_moves_stay_at_the_same_number_where_iterations_have_other_steps() -> None:
    async with driving(shipped("xor")) as driven:
        before = await other_steps(driven)
        last = driven.position[1]
        await driven.press("left_curly_bracket", "left_curly_bracket")
        assert driven.position == (1, before)
        await driven.press("right_curly_bracket", "right_curly_bracket")
        assert driven.position == (3, last)
        driven.session.go(1, before)
        await driven.press("end")
        assert driven.position == (3, last)


async def test_one_goes_to_places_of_before_and_of_after_the_change() -> None:
    async with driving(shipped("xor")) as driven:
        driven.session.go(1, 21)
        await driven.press("*", *"early", "enter")
        before = await other_steps(driven)
        last = driven.position[1]
        await driven.press("g", *"1:last", "enter")
        assert driven.position == (1, before)
        await driven.press("g", *"4", "enter")
        assert driven.position == (4, last)
        await driven.press("M")
        assert f"epoch 1, step {before} (" in driven.text
        await driven.press("enter")
        assert driven.position == (1, before)


async def test_a_lesson_stops_at_the_steps_of_its_iterations() -> None:
    async with driving(compile_scenario(parse(LESSON.encode(), "lesson.yaml"))) as driven:
        before = await other_steps(driven)
        await driven.press("L", "pagedown")
        assert driven.position == (2, before)
        await driven.press("pagedown")
        assert driven.position == (4, len(driven.session.program.steps))
        await driven.press("pageup")
        assert driven.position == (2, before)


async def test_undo_lets_go_of_a_unit_that_is_gone() -> None:
    text = LESSON.replace("lesson:", "batch: 4\nlesson:").replace("name: gd", "name: sgd")
    async with driving(compile_scenario(parse(text.encode(), "lesson.yaml"))) as driven:
        driven.session.go(1, 1)
        driven.session.edit(Setting("layer1.units", "6"))
        driven.session.place_cursor(Cell("layer1.weights", (0, 5)))
        await driven.press("o", "u")
        assert driven.session.cursor is None
        await driven.press("space", "U", "u")
        assert driven.position == (1, 2)
