"""Predict, then see: with the keyboard alone, and nothing is given away before somebody has answered."""

import pytest

from nnstep.branches import Number
from nnstep.engine.cell import Cell
from nnstep.explain.quiz import Score
from nnstep.tui.screens.compare import Compare
from nnstep.tui.screens.predict import TypedNumber
from nnstep.tui.terminal import ColourMode
from nnstep.tui.widgets.picture import PictureView
from tests.tui.driving import LARGE, ROOMY, SMALL, Driven, driving, shipped

TO_THE_ERROR = ("p", "space", "space", "space", "space", "2", "space")  # of the spreadsheet


def open_question(driven: Driven) -> str:
    question = driven.stepper.question()
    return question.step if question else ""


async def test_a_question_is_asked_answered_and_told() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR)
        assert driven.position == (1, 5)
        assert driven.formula.startswith("? The third sample should be 0. Is its E above zero, or below?\n1 above zero")
        assert "-0.79" not in driven.text
        assert "[?]" in driven.text
        await driven.press("2")
        told = ["✓ Right: E[2,0] is below zero", "E[2,0] = 0 - 0.7893 = -0.7893", "E = y - output"]
        assert driven.formula.splitlines()[:3] == told
        assert "[-0.79]" in driven.text
        assert "-0.79" in driven.text
        assert "predicted 2/2" in driven.title
        await driven.press("space")
        assert driven.position == (1, 6)


async def test_nobody_goes_past_an_open_question() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR, "space", "enter", "n")
        assert driven.position == (1, 5)
        assert driven.formula.startswith("first: ")
        assert "answer with 1, 2 or 3; Esc shows it" in driven.formula
        assert "[?]" in driven.text
        await driven.press("7")
        assert "is none of the answers" in driven.formula
        # Keys in one moment are no way past it either.
        await driven.type_ahead(["left", "left", *["space"] * 9])
        assert driven.position == (1, 5)
        assert driven.stepper.predicting.score() == Score(1, 1)


async def test_an_answer_in_the_middle_of_a_step_is_about_all_of_it() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR[:-1], "enter", "1")
        assert driven.formula.startswith("✗ No: E[2,0] is below zero")
        assert "[-0.79]" in driven.text
        assert "cell 1" not in driven.text
        assert driven.position == (1, 5)
        # Walking it once more tells what is there, and nothing of what is not.
        await driven.press("left", "enter")
        assert "E[2,0]" not in driven.formula


async def test_the_sign_of_an_operation_is_no_number() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("p", *["space"] * 6)
        assert driven.formula.startswith("? How is ŷ made?")
        assert "?→" in driven.text


async def test_a_small_tolerance_is_told_as_it_is() -> None:
    async with driving(shipped("relu-bce")) as driven:
        await driven.press("p")
        driven.session.go(1, driven.session.program.order["layer2.output"])
        driven.stepper.refresh_view()
        assert "Type a number, right to within 0.1%." in driven.formula


async def test_back_and_far_away_are_open() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR, "left")
        assert driven.position == (1, 4)
        await driven.press("space")
        assert open_question(driven) == "layer2.error"
        await driven.press("right_square_bracket")
        assert driven.position == (1, 6)
        assert not open_question(driven)


async def test_off_and_on_again_begins_anew() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR, "1")
        asked = driven.stepper.predicting.score().asked
        assert asked
        await driven.press("p", "home", "p")
        assert driven.stepper.predicting.score() == Score(0, 0)
        assert "predicted 0/0" in driven.title
        await driven.press(*["space"] * 5)
        # What was answered is asked again, and nothing tells the answer.
        assert open_question(driven)
        assert "No:" not in driven.formula


async def test_esc_shows_it_without_a_guess() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR, "l", "escape")
        # First the cursor is let go.
        assert open_question(driven) == "layer2.error"
        await driven.press("escape")
        assert driven.formula.startswith("Not answered: E[2,0] is below zero\n")
        assert driven.stepper.predicting.score() == Score(1, 2)


async def test_the_cursor_tells_the_digits_that_are_needed() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR, "tab")
        assert driven.session.cursor is not None
        assert driven.formula.splitlines()[2].startswith("slope_output_layer")
        await driven.press("escape")
        assert "slope_output_layer" not in driven.formula
        # The hidden one tells nothing.
        driven.stepper.session.place_cursor(driven.session.view().of_sample(driven.stepper.question().cell))  # type: ignore[union-attr]
        driven.stepper.refresh_view()
        assert "E[0,0] = ?" in driven.formula or "E[2,0] = ?" in driven.formula


@pytest.mark.parametrize("number", ["-0.79", "-.789", "-7.9e-1"])
async def test_a_number_is_typed(number: str) -> None:
    async with driving(shipped("spreadsheet"), SMALL) as driven:
        await driven.press(*"pPPPP", *["space"] * 4, "2", "space")
        # Level 4 asks for numbers, of the cell that the scenario names.
        assert "Type a number, right to within 5%." in driven.formula
        await driven.type_ahead([number[0]])
        assert isinstance(driven.app.screen, TypedNumber)
        assert "[?]" in driven.text
        await driven.type_ahead([*number[1:], "enter"])
        assert driven.formula.startswith("✓ Right: E[2,0] is -0.7893   you said " + number)


async def test_a_number_that_is_none_and_one_that_is_thought_better_of() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*"pPPPP", *["space"] * 4, "2", "space")
        await driven.type_ahead(["3", "x", "enter"])
        assert driven.formula.startswith("'3x' is no number: ")
        await driven.type_ahead(["3", "escape"])
        assert open_question(driven) == "layer2.error"
        await driven.type_ahead([*"0.79", "enter"])
        assert driven.formula.startswith("✗ No: E[2,0] is -0.7893   you said 0.79, too large by 1.5793 (200.1%)")


async def test_levels_hide_more_of_the_end() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("P")
        assert "level 0 of 4" in driven.formula
        await driven.press("P")
        assert "The last stretch of each iteration stays ?" in driven.formula
        assert "A stretch: the steps up to" in driven.formula
        assert "level 1 of 4" in driven.formula
        for key in ("space", "space", "space", "space", "2", "space", "2", "space", "space", "space", "2"):
            await driven.press(key)
        await driven.press("space", "space", "2", "space")
        assert driven.position == (1, 11)
        assert driven.stepper.shown is not None
        assert set(driven.stepper.shown.hidden) == {"layer2.weights.grad"}
        assert "d_wout[0,0] = ?" in driven.formula
        await driven.press("P", "P", "P", "P")
        assert driven.stepper.predicting.level == 0
        assert not driven.stepper.shown.hidden


async def test_the_score_at_the_end_and_off_again() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("p")
        for _ in range(30):
            await driven.press("2" if open_question(driven) else "space")
            if driven.position == (1, 18):
                break
        assert driven.formula.startswith("Iteration 1: 5 of 5 predicted right.   level 0 of 4, P hides more\nbh = ")
        await driven.press("p", "space")
        assert not driven.stepper.predicting.is_on
        assert "predicted" not in driven.title
        driven.session.go(2, 5)
        driven.stepper.refresh_view()
        assert not driven.stepper.shown.hidden  # type: ignore[union-attr]


async def test_running_stops_at_a_question() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("p", "r")
        for _ in range(9):
            if driven.stepper._ticking:
                driven.stepper._tick()
                await driven.settle()
        assert driven.position == (1, 4)
        assert open_question(driven) == "layer2.output"


@pytest.mark.deep
@pytest.mark.parametrize("size", [SMALL, ROOMY, LARGE, (60, 20)])
@pytest.mark.parametrize("mode", ["truecolor", "16", "none"])
@pytest.mark.parametrize("scenario", ["xor", "convolution-edge"])
async def test_every_size_and_all_colours(size: tuple[int, int], mode: ColourMode, scenario: str) -> None:
    async with driving(shipped(scenario), size, mode) as driven:
        await driven.press("p", "P")
        for _ in range(3 * len(driven.session.program.steps)):
            if open_question(driven):
                break
            await driven.press("space")
        assert driven.formula.startswith("? ")
        choices = driven.stepper.question().asked.choices  # type: ignore[union-attr]
        assert all(f"{number} " in driven.formula for number in range(1, len(choices) + 1))
        assert {strip.cell_length for strip in driven.strips} == {size[0]}


async def test_large_matrices_and_pictures_give_nothing_away() -> None:
    async with driving(shipped("digits")) as driven:
        await driven.press("p", "space", "space", "space", "space")
        assert "output ?" in driven.text
        driven.stepper.look_at("network")
        await driven.settle()
        assert open_question(driven) == "layer2.output"
        await driven.press("escape")
        assert driven.stepper.picture == ""
        assert open_question(driven) == "layer2.output"


async def test_no_other_key_tells_it_before_it_was_said() -> None:
    async with driving(shipped("xor")) as driven:
        driven.session.edit(Number(Cell("layer1.weights", (0, 0)), 2.5))
        output = driven.session.view().values["layer2.output"]
        await driven.press("p", "space")
        driven.stepper.look_at("decision surface")
        await driven.settle()
        surface = driven.text_of(driven.stepper.query_one(PictureView))
        assert surface.startswith(" This picture would tell ŷ, which is still to be predicted;")
        await driven.press("c")
        assert driven.formula.startswith("∂L/∂W1 is still to be predicted, and the check would tell it")
        while not open_question(driven):
            await driven.press("space")
        assert open_question(driven) == "layer2.output"
        await driven.press("w")
        assert isinstance(driven.app.screen, Compare)
        for key in ("d", "z", "D", "z", "D", "h", "escape", "space", "enter"):
            await driven.press(key)
            assert all(f"{number:.3f}" not in driven.text for number in output.ravel())
        assert driven.app.screen.shown is not None
        assert driven.app.screen.shown.hidden
        assert "first say what it will be" in driven.text
        await driven.press("w", "1")
        assert not open_question(driven)
        assert f"{output[1, 0]:.4f}" in driven.formula or f"{output[0, 0]:.4f}" in driven.formula
        # The picture comes when the answers are there.
        driven.stepper.look_at("decision surface")
        await driven.settle()
        assert "still to be predicted" not in driven.text_of(driven.stepper.query_one(PictureView))


async def test_other_names_keep_question_and_answers() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*TO_THE_ERROR, "N", "N")
        assert open_question(driven) == "layer2.error"
        await driven.press("1")
        assert driven.stepper.predicting.score().asked == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_who_looks_around_still_sees_the_question(size: tuple[int, int]) -> None:
    async with driving(shipped("spreadsheet"), size=size) as driven:
        await driven.press(*TO_THE_ERROR)
        asked = driven.formula.splitlines()[:2]
        assert asked[0].startswith("? ")
        await driven.press("l", "k")
        assert driven.formula.splitlines()[0] == asked[0]
        assert asked[1].split("   ")[0] in driven.formula
        assert "Esc lets the cell go" in driven.formula
        # One Space too many leaves what the digits stand for, and so does a key that has to wait.
        await driven.press("space", "space")
        assert driven.formula.splitlines()[0] == asked[0].replace("?", "first:", 1)
        assert asked[1].split("   ")[0] in driven.formula
        await driven.press("o")
        assert driven.formula.startswith("first say what it will be: ")
        assert asked[1].split("   ")[0] in driven.formula
