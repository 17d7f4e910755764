"""Following numbers: each row goes to its cell, the way back leads to the very place, other keys stay what they are."""

import pytest

from nnstep.branches import Setting
from nnstep.engine.cell import Cell
from nnstep.session import Position
from nnstep.tui.renderables.window import window
from nnstep.tui.theme import Cell as State
from nnstep.tui.widgets.answer import AnswerPanel
from nnstep.tui.widgets.bars import FormulaBar
from tests.tui.driving import LARGE, ROOMY, SMALL, Driven, driving, shipped

BACK = "backspace"


def panel(driven: Driven) -> list[str]:
    """Return the lines of the panel; none where it is not shown."""
    widget = driven.stepper.query_one(AnswerPanel)
    return driven.text_of(widget).splitlines() if widget.display else []


def place(driven: Driven) -> tuple[Position, Cell | None]:
    return driven.session.position, driven.session.view().story


async def test_from_the_loss_down_to_the_file_and_back() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(2, 18)
        driven.session.place_cursor(Cell("loss", ()))
        await driven.press("o")
        assert panel(driven)[0].startswith(" where from  loss ─")
        places = [place(driven)]
        # Each time the first row, which adds most, but never the target.
        for _ in range(3):
            await driven.press("1")
            places.append(place(driven))
        told = [cell.name for _, cell in places if cell]
        assert told == ["loss", "layer2.output", "layer2.pre_activation", "layer2.bias"]
        await driven.press("1")
        assert place(driven) == (Position(1, 16), Cell("layer2.bias.next", (0,)))
        assert "epoch 1: bout[0]" in panel(driven)[0]
        await driven.press("1")
        assert driven.session.cursor == Cell("layer2.bias", (0,))
        assert driven.session.position.iteration == 1
        assert "bout[0]: given in the scenario" in "\n".join(panel(driven))
        await driven.press("1", BACK, "0")
        for expected in reversed(places):
            assert place(driven) == expected
            await driven.press("ctrl+o")
        assert place(driven) == places[0]


@pytest.mark.parametrize("scenario", ["xor", "convolution-edge", "lstm-remembers", "attention-copies", "batch-norm"])
@pytest.mark.parametrize("question", ["o", "O"])
async def test_the_way_back_leads_to_the_very_places(scenario: str, question: str) -> None:
    async with driving(shipped(scenario)) as driven:
        driven.session.go(3, 5)
        await driven.press("space", question)
        places = [(*place(driven), panel(driven)[0])]
        for number in range(6):
            if leads := driven.stepper.answer.leads:
                await driven.press(str((number + 1) % min(len(leads), 9) + 1))
                places.append((*place(driven), panel(driven)[0]))
        assert len(places) > 2
        for expected in reversed(places):
            assert (*place(driven), panel(driven)[0]) == expected
            await driven.press("0")


async def test_rows_are_chosen_and_gone_to_by_arrow_enter_and_click() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(1, 9)
        await driven.press("o", "down", "enter")
        assert driven.session.cursor == Cell("layer2.weights", (0, 0))
        await driven.press("up", "enter")  # above the first row is the way back
        assert driven.session.view().story == Cell("layer1.error", (0, 0))
        await driven.click(driven.stepper.query_one(AnswerPanel), 5, 2)
        assert driven.session.cursor == Cell("layer2.delta", (0, 0))
        await driven.click(driven.stepper.query_one(AnswerPanel), 20, 0)
        assert driven.session.view().story == Cell("layer1.error", (0, 0))
        assert driven.position == (1, 9)
        # What is no row leads nowhere.
        await driven.press("9", "down", "down", "down", "enter")
        assert driven.session.cursor == Cell("layer2.weights", (0, 0))


async def test_a_cell_that_was_left_in_the_middle_of_a_walk_is_come_back_to() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(2, 0)
        await driven.press("enter", "enter", "enter", "o")
        there = place(driven)
        assert there == (Position(2, 1, 3), Cell("layer1.pre_activation", (0, 2)))
        rows = panel(driven)
        row = next(line for line in rows if " wh[" in line)
        await driven.press(row[2], "1")
        assert driven.session.position.iteration == 1
        await driven.press(BACK, BACK)
        assert place(driven) == there
        assert [line.replace("▶", " ") for line in panel(driven)] == [line.replace("▶", " ") for line in rows]


async def test_every_other_key_goes_on_and_the_list_tells_of_the_next_number() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(1, 9)
        await driven.press("o", "1", "space")
        assert driven.position == (1, 10)
        assert panel(driven)[0].startswith(" where from  d_hiddenlayer[0,0] ─")  # the trail begins anew
        await driven.press("l", "m", "d", ".")
        assert "d_hiddenlayer[1,1]" in panel(driven)[0]
        await driven.press("N")
        assert panel(driven)
        assert "d_hiddenlayer" not in "\n".join(panel(driven))
        # Where there is no way back Backspace is what it always is.
        step = driven.position[1]
        await driven.press(BACK)
        assert driven.position == (1, step - 1)
        await driven.press("home")
        assert "No number is told here" in "\n".join(panel(driven))
        await driven.press("1", "enter", "down", "escape")
        assert driven.position == (1, 0)
        assert not panel(driven)


async def test_escape_gives_the_formula_bar_back_and_the_trail_is_kept() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(1, 9)
        await driven.press("o", "1")
        layout = driven.sheet.layout_now()
        await driven.press("escape")
        assert driven.stepper.query_one(FormulaBar).display
        assert driven.formula.startswith("d_output = ")
        assert driven.sheet.layout_now() == layout  # the board stays where it is
        assert driven.session.cursor == Cell("layer2.delta", (0, 0))
        await driven.press("o", BACK)
        assert driven.session.view().story == Cell("layer1.error", (0, 0))
        await driven.press("escape", "escape")
        assert driven.session.cursor is None


async def test_without_a_told_number_it_says_how_to_choose_one() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        for key in ("o", "O", "R"):
            await driven.press(key)
            assert driven.formula.startswith("no number is told yet")
            assert not panel(driven)
        await driven.press("W")
        assert panel(driven)[0].startswith(" is it stuck?")


async def test_a_message_uncovers_the_bar_that_it_stands_in() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space", "o", "g", *"nope", "enter")
        assert not panel(driven)
        assert "nope" in driven.formula


async def test_what_is_to_be_predicted_is_not_given_away() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space", "space", "space", "p", "o")
        assert panel(driven)
        await driven.press("space")  # the first question
        assert driven.stepper.shown is not None
        assert driven.stepper.shown.hidden
        assert not panel(driven)
        for key in ("o", "O", "R", "W"):
            await driven.press(key)
            assert not panel(driven)
            assert driven.formula.startswith("first say what it will be")


@pytest.mark.parametrize("scenario", ["spreadsheet", "digits"])
async def test_what_it_has_an_effect_on_is_lit(scenario: str) -> None:
    async with driving(shipped(scenario), LARGE) as driven:
        steps = driven.session.program.order
        driven.session.go(1, steps["layer2.pre_activation"])
        driven.session.place_cursor(Cell("layer1.output", (0, 2)))
        await driven.press("O")
        content = driven.sheet.content
        layout = driven.sheet.layout_now()
        assert content is not None
        assert layout is not None
        box = layout.home("layer2.pre_activation")
        assert box is not None
        part = window(content.view, box, content.look.reads, content.look.effects)
        lit = {(int(row), int(column)) for row, column in zip(*(part.states == State.EFFECT).nonzero(), strict=True)}
        # It is multiplied with one row of the weights, into the whole row of its sample.
        assert lit == {(0, column) for column in range(part.states.shape[1])}
        assert not content.look.reads
        await driven.press("O")
        assert driven.sheet.content is not None
        assert not driven.sheet.content.look.effects


async def test_a_factor_of_the_chain_leads_to_where_it_stands_and_back_to_the_chain() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(1, 18)
        driven.session.place_cursor(Cell("layer1.weights", (0, 1)))
        await driven.press("R")
        rows = panel(driven)
        assert rows[2].startswith(" ▶1 -∂loss/∂output[0,0]")
        assert "2 more samples" in rows[1]
        await driven.press("3")
        assert driven.session.cursor == Cell("layer2.weights", (1, 0))
        assert panel(driven)[0].startswith(" where from  ▶0 back wh[0,1] › wout[1,0]")
        await driven.press(BACK)
        assert panel(driven)[1:3] == [rows[1], rows[2].replace("▶", " ")]
        assert "for sample 0" in panel(driven)[1]
        await driven.press(".")
        assert "for sample 1" in panel(driven)[1]


async def test_why_it_is_stuck_leads_to_the_number() -> None:
    async with driving(shipped("xor-stuck")) as driven:
        driven.session.go(40, 3)
        await driven.press("W")
        assert "same weights" in panel(driven)[1]
        await driven.press("1")
        assert driven.session.view().is_done(driven.session.view().story or Cell("loss", ()))
        assert panel(driven)[0].startswith(" where from   0 back ")


async def test_it_is_asked_of_the_sheet_where_a_picture_is_shown() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "v", "o")
        assert not driven.stepper.picture
        assert panel(driven)
        assert driven.sheet.display
        await driven.press("z")
        assert driven.stepper.zoom == "layer1.weighted"
        await driven.press("1")
        assert driven.session.cursor == Cell("inputs", (0, 0))


@pytest.mark.parametrize("size", [(60, 20), SMALL, (100, 30), ROOMY, LARGE])
async def test_there_is_room_for_the_sheet_in_every_size(size: tuple[int, int]) -> None:
    async with driving(shipped("digits"), size) as driven:
        await driven.press(*["space"] * 4, "o")
        sheet, rows = driven.sheet, driven.stepper.query_one(AnswerPanel)
        assert sheet.size.height >= 8
        assert rows.size.height >= 8
        assert {strip.cell_length for strip in driven.strips} == {size[0]}
        await driven.resize(*ROOMY)
        assert panel(driven)[0].startswith(" where from  output[0,0]")
        await driven.press("escape")
        assert driven.formula.startswith("output = softmax")


async def test_many_keys_in_one_moment() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space")
        await driven.type_ahead(["space", "o", "1", "1", BACK, "O", "1", "R", "W", "escape", "space"])
        assert not panel(driven)
        assert driven.formula


async def test_the_way_back_is_by_what_was_done_under_all_names() -> None:
    async with driving(shipped("xor")) as driven:
        end = len(driven.session.program.steps)
        driven.session.go(1, end)
        here = driven.session.program.steps[end - 1].id
        await driven.press("o", "1")
        assert driven.session.position.step != end or driven.session.cursor != Cell(here, (0,))
        await driven.press("N", BACK)
        active = driven.session.view().active
        assert active is not None
        assert active.id == here
        assert driven.session.view().story == Cell(here, (0,))


async def test_it_is_followed_to_before_a_change_and_back() -> None:
    async with driving(shipped("xor")) as driven:
        before = len(driven.session.program.steps)
        driven.session.go(3, 0)
        driven.session.edit(Setting("optimizer", "adam"))
        driven.session.place_cursor(Cell("layer1.weights", (0, 0)))
        await driven.press("o", "1")
        assert driven.session.cursor == Cell("layer1.weights.next", (0, 0))
        assert driven.position == (2, before - 1)
        await driven.press(BACK)
        assert driven.position == (3, 0)
        assert driven.session.cursor == Cell("layer1.weights", (0, 0))
        await driven.press("1", "u", BACK)
        assert driven.position == (3, 0)
        await driven.press("1", "left_curly_bracket", "right_curly_bracket", "U")
        assert panel(driven)


@pytest.mark.parametrize(("key", "said"), [("P", "The last stretch of each iteration"), ("b", "Breakpoint set")])
async def test_an_answer_gives_way_to_what_a_key_says(key: str, said: str) -> None:
    async with driving(shipped("xor-stuck")) as driven:
        await driven.press("space", "space", "space", "o")
        assert panel(driven)
        await driven.press(*({"P": ["P", "P"]}.get(key, [key])))
        assert said in driven.text
