"""The lecture view: one equation alone, few words, a lesson under the two keys of a remote, notes for one person."""

import pytest
from textual.pilot import Pilot

from nnstep.branches import Setting
from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.errors import NnstepError
from nnstep.explain.lesson import told
from nnstep.explain.words import plain_text
from nnstep.session import Session
from nnstep.tui.app import NnstepApp
from nnstep.tui.renderables.layout import Layout
from nnstep.tui.terminal import prepare_app
from tests.tui.driving import LARGE, SMALL, Driven, compiled, driving, shipped
from tests.tui.test_breaks import TEA
from tests.tui.test_golden import Shot, check

HALL = (100, 30)
FORWARD, BACK = "pagedown", "pageup"


def layout(driven: Driven) -> Layout:
    """Return where everything on the sheet stands."""
    found = driven.sheet.layout_now()
    assert found is not None
    return found


@pytest.mark.deep
@pytest.mark.parametrize("name", ["spreadsheet", "xor", "convnet-digits", "lstm-remembers", "attention-copies"])
@pytest.mark.parametrize("size", [SMALL, HALL])
async def test_every_step_shows_what_it_reads_and_makes_and_nothing_else(name: str, size: tuple[int, int]) -> None:
    async with driving(shipped(name), size) as driven:
        await driven.press("L")
        for step in driven.session.program.steps[:40]:
            await driven.press("space")
            shown = layout(driven)
            assert {box.id for box in shown.boxes} == {step.id, *step.reads}
            assert shown.boxes[-1].id == step.id or shown.boxes[-1].kind == "bars"
            assert shown.signs[-1].text.endswith("=")
            assert all(box.x >= 0 and box.x + box.width <= shown.width for box in shown.boxes), step.id


async def test_cells_are_as_large_as_there_is_room_for() -> None:
    async with driving(shipped("spreadsheet"), HALL) as driven:
        driven.session.go(1, 9)
        await driven.press("L")
        assert {(box.cell, box.tall) for box in layout(driven).boxes} == {(14, 5)}
        await driven.resize(60, 20)
        await driven.press("home", "space")
        assert {box.tall for box in layout(driven).boxes} == {1}


async def test_heat_maps_are_as_large_as_there_is_room_for() -> None:
    async with driving(shipped("digits"), HALL) as driven:
        # The new weights, 64×10, beside the old ones and their gradient.
        driven.session.go(1, driven.session.program.order["layer2.weights.next"])
        await driven.press("L")
        maps = [box for box in layout(driven).boxes if box.kind == "heat"]
        assert [box.cell for box in maps] == [2, 2, 2]
        last = maps[-1]
        await driven.click(driven.sheet, 1 + last.x + 2 * 3, last.y + 1 + 4 - driven.sheet.top)
        assert driven.session.cursor == Cell("layer2.weights.next", (4, 3))


async def test_a_click_finds_the_cell_on_any_of_its_lines() -> None:
    async with driving(shipped("spreadsheet"), HALL) as driven:
        driven.session.go(1, 9)
        await driven.press("L")
        box = layout(driven).boxes[0]
        for line in range(box.tall * box.rows):
            await driven.click(driven.sheet, 1 + box.x + 5, box.y + 1 + line - driven.sheet.top)
            assert driven.session.cursor == Cell(box.id, (line // box.tall, 0))


async def test_the_cursor_and_the_walk_work_as_on_the_sheet() -> None:
    async with driving(shipped("spreadsheet"), HALL) as driven:
        await driven.press("L", "enter", "enter")
        assert driven.session.position.cell == 2
        await driven.press("space", "l", "j")
        assert driven.session.cursor == Cell("layer1.pre_activation", (1, 1))
        assert "[1.89]" in driven.text
        # What the step has no part in is shown by itself, and Esc leads back.
        driven.session.place_cursor(Cell("layer2.weights", (0, 0)))
        driven.stepper.refresh_view()
        assert [box.id for box in layout(driven).boxes] == ["layer2.weights"]
        await driven.press("escape")
        assert len(layout(driven).boxes) == 4


async def test_everything_else_is_gone_and_comes_back() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*["space"] * 9)
        before = driven.text
        await driven.press("L")
        assert not any(driven.stepper.query_one(f"#{part}").display for part in ("left", "status", "footer"))
        assert "Blame goes back through wout" in driven.formula
        assert "3×1" not in driven.formula
        await driven.press("L")
        assert driven.text == before


@pytest.mark.parametrize("size", [(60, 20), SMALL, HALL, (120, 40), LARGE])
async def test_any_size(size: tuple[int, int]) -> None:
    async with driving(shipped("digits"), size) as driven:
        await driven.press("L", *["space"] * 5)
        assert {strip.cell_length for strip in driven.strips} == {size[0]}
        assert "L" in driven.title.split()
        assert driven.formula


SHOTS = (
    Shot("lecture-100x30", "spreadsheet", ("L", *["space"] * 9), HALL),
    Shot("lecture-80x24", "xor", ("L", *[FORWARD] * 4), SMALL),
    Shot("lecture-120x40", "spreadsheet", ("L", *[FORWARD] * 5)),
    Shot("lecture-200x60", "digits", ("L", *["space"] * 3), LARGE),
    Shot("lecture-16-colours", "spreadsheet", ("L", *["space"] * 17), HALL, "16"),
    Shot("lecture-no-colours", "spreadsheet", ("L", *["space"] * 9), HALL, "none"),
    Shot("tour", "xor", ("T", "space"), HALL),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
async def test_a_screen(shot: Shot) -> None:
    async with driving(shipped(shot.scenario), shot.size, shot.mode) as driven:
        await driven.press(*shot.keys)
        check(shot.name, driven)


# ---- the lesson


async def test_a_remote_walks_the_lesson() -> None:
    lesson = shipped("spreadsheet").lesson
    async with driving(shipped("spreadsheet"), HALL) as driven:
        await driven.press("L")
        assert "lesson PgDn" in driven.title
        for number, stop in enumerate(lesson, 1):
            await driven.press(FORWARD)
            view = driven.session.view()
            assert f"stop {number} of 7" in driven.title
            assert driven.position == (stop.iteration, stop.step(view.program))
            assert view.cursor == stop.cell
            for words in (stop.say, stop.ask):
                assert plain_text(told(view, words))[:50] in " ".join(driven.formula.split())
        await driven.press(FORWARD)
        assert "the lesson ends here" in driven.formula
        assert driven.session.stop_number == 7
        await driven.press(*[BACK] * 9)
        assert driven.session.stop_number == 1
        assert driven.position == (1, 0)


async def test_who_has_strayed_comes_back_to_the_stop_first() -> None:
    async with driving(shipped("xor"), HALL) as driven:
        await driven.press("L", FORWARD, FORWARD, FORWARD)
        there = driven.position
        assert driven.stepper.picture == "network"
        assert "stop 3 of" in driven.title
        await driven.press("space", "space", "escape")
        assert driven.stepper.picture == ""
        assert "stop 3 of" not in driven.title
        assert "back to stop 3 PgUp" in driven.title
        assert "What does the network know" not in driven.formula
        await driven.press(BACK)
        assert driven.position == there
        assert driven.stepper.picture == "network"
        await driven.press("space", FORWARD)
        assert driven.session.stop_number == 4


async def test_the_question_of_a_stop_stands_beside_what_is_to_be_predicted() -> None:
    lesson = "lesson: [{at: 1:ŷ, say: They are alike., ask: Which pot is most wrong?}]\n"
    async with driving(
        compiled(f"{TEA}{lesson}quiz: [{{of: 'ŷ[2,0]', ask: value, within: 0.05}}]\n"), (80, 24)
    ) as driven:
        await driven.press("p", "L", FORWARD)
        asked = driven.formula
        assert "Which pot is most wrong?" in asked
        assert "? What is ŷ[2,0]" in asked
        assert "They are alike." not in asked
        await driven.press("escape")
        assert "They are alike." in driven.formula
        assert "Which pot is most wrong?" in driven.formula


async def test_outside_the_lecture_view_the_keys_step() -> None:
    async with driving(shipped("xor"), HALL) as driven:
        await driven.press(FORWARD, FORWARD, FORWARD, BACK)
        assert driven.position == (1, 2)
        assert driven.session.stop_number == 0


async def test_without_a_lesson_the_keys_step() -> None:
    async with driving(shipped("two-layer"), HALL) as driven:
        await driven.press("L", FORWARD, FORWARD, FORWARD, BACK)
        assert driven.position == (1, 2)
        assert "stop" not in driven.title


async def test_the_lesson_stays_in_other_names() -> None:
    async with driving(shipped("spreadsheet"), HALL) as driven:
        await driven.press("L", "N", *[FORWARD] * 4)
        view = driven.session.view()
        assert isinstance(view.active, Step)
        assert view.active.id == "layer2.delta"
        assert f"{view.active.name}[2,0]" in driven.formula


@pytest.mark.parametrize("name", ["spreadsheet", "xor", "moons"])
async def test_every_stop_that_is_shipped_shows_what_it_promises(name: str) -> None:
    async with driving(shipped(name), HALL) as driven:
        await driven.press("L")
        for stop in shipped(name).lesson:
            await driven.press(FORWARD)
            assert driven.stepper.picture == (stop.view if stop.view != "sheet" else "")
            assert driven.stepper.zoom == stop.zoom
            # All of its words have room in a hall.
            words = " ".join(driven.formula.split())
            assert plain_text(told(driven.session.view(), stop.ask)) in words
            assert plain_text(told(driven.session.view(), stop.say)) in words


# ---- for the teacher alone


class Prompted:
    """An app whose notes go elsewhere, and what has come there."""

    def __init__(self, name: str) -> None:
        self.written: list[str] = []
        self.app = NnstepApp(Session(shipped(name)), notes=self.written.append)
        prepare_app(self.app, "truecolor", {})

    def driven(self, pilot: Pilot[int]) -> Driven:
        return Driven(self.app, pilot)


async def test_notes_for_the_teacher_are_not_on_the_screen() -> None:
    prompted = Prompted("spreadsheet")
    async with prompted.app.run_test(size=HALL) as pilot:
        driven = prompted.driven(pilot)
        await driven.settle()
        await driven.press(*["space"] * 8)
        assert "how much is the neuron listening" not in driven.text
        assert prompted.written[-1].splitlines() == [
            "== epoch 1 · step 8 of 18 · d_output ==",
            "How wrong are we, times how much is the neuron listening.",
            "next: step 9: Error_at_hidden_layer = d_output · woutᵀ",
            "next stop: epoch 1, the start - Which of these would be larger with a hundred samples, "
            "and which would stay as they are?",
        ]
        await driven.press("L", FORWARD, FORWARD)
        assert "Read the sum aloud" not in driven.text
        assert "Which numbers make the cell on its right?" in driven.text
        assert "say: The first row of X meets the first column of wh" in prompted.written[-1]
        count = len(prompted.written)
        await driven.press("d", "m", "down")
        assert len(prompted.written) == count
        await driven.press("N")
        assert "the cursor is on z1[0,0]" in prompted.written[-1]
        assert "how much is the neuron" not in driven.text


async def test_an_edit_does_not_give_the_notes_away() -> None:
    prompted = Prompted("spreadsheet")
    async with prompted.app.run_test(size=HALL) as pilot:
        driven = prompted.driven(pilot)
        await driven.settle()
        driven.session.edit(Setting("optimizer.learning_rate", "0.5"))
        driven.stepper.refresh_view()
        await driven.press(*["space"] * 8)
        assert "how much is the neuron listening" not in driven.text
        assert "how much is the neuron listening" in prompted.written[-1]


async def test_a_file_that_fails_is_told_once_and_the_lecture_goes_on() -> None:
    def refuse(text: str) -> None:
        raise NnstepError("the notes can't be written to notes.txt: No space left on device")

    app = NnstepApp(Session(shipped("spreadsheet")), notes=refuse)
    prepare_app(app, "truecolor", {})
    async with app.run_test(size=HALL) as pilot:
        driven = Driven(app, pilot)
        await driven.settle()
        assert "No space left" in driven.formula
        await driven.press("space")
        assert "No space left" not in driven.formula
        assert driven.position == (1, 1)


async def test_harm_in_a_lesson_stays_text() -> None:
    harm = r"[bold]x[/] [@click=app.quit]q[/] \e]52;c;aGk=\a\u202e {x} %s"
    text = f"""\
title: Harm
data: {{inputs: [[1]], targets: [[1]]}}
network: [{{layer: dense, units: 1}}]
loss: half_sse
optimizer: {{name: gd, learning_rate: 0.1}}
lesson: [{{at: 1:last, say: "{harm}", ask: "{harm}"}}]
"""
    async with driving(compiled(text), HALL) as driven:
        await driven.press("L", FORWARD)
        assert driven.text.count("[bold]x[/] [@click=app.quit]q[/] ␛]52;c;aGk=␇") == 2
