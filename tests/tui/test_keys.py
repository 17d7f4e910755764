"""Every key does what its help says: one test for each action, run once for each of its keys."""

from collections.abc import Awaitable, Callable

import pytest

from nnstep.branches import Setting
from nnstep.engine.cell import Cell
from nnstep.session import Position
from nnstep.tui.actions import ACTIONS
from nnstep.tui.renderables.layout import Box
from nnstep.tui.screens.ask import Ask
from nnstep.tui.screens.bookmarks import Bookmarks
from nnstep.tui.screens.breaks import Breakpoints
from nnstep.tui.screens.check import GradientCheck
from nnstep.tui.screens.compare import Compare
from nnstep.tui.screens.edit import SaveLine
from nnstep.tui.screens.gallery import Gallery
from nnstep.tui.screens.help import Help
from nnstep.tui.screens.stepper import SPEEDS
from nnstep.tui.widgets.bars import FormulaBar
from nnstep.tui.widgets.line import TypedLine
from tests.tui.driving import Driven, driving, shipped

Case = Callable[[Driven, str], Awaitable[None]]
CASES: dict[str, Case] = {}
STEPS = 18  # of the spreadsheet

KEYS = [(known.name, key) for known in ACTIONS for key in known.keys.split()]


def action(case: Case) -> Case:
    """Enter a test under the name of its action: `does_next` for `next`."""
    CASES[case.__name__.removeprefix("does_")] = case
    return case


def test_every_action_is_tested() -> None:
    assert set(CASES) == {known.name for known in ACTIONS}


def test_no_key_does_two_things() -> None:
    keys = [key for _, key in KEYS]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize(("name", "key"), KEYS)
async def test_a_key(name: str, key: str) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await CASES[name](driven, key)


# ---- step


@action
async def does_next(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert driven.position == (1, 1)
    await driven.press(*[key] * (STEPS - 1), key)
    assert driven.position == (2, 1)


@action
async def does_back(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert driven.position == (1, 0)
    driven.session.go(2, 2)
    await driven.press(key)
    assert driven.position == (2, 1)
    await driven.press(key)
    assert driven.position == (1, STEPS)


@action
async def does_next_cell(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert driven.session.position == Position(1, 1, 1)
    assert "cell 1/9" in driven.title
    await driven.press(key, "left")
    assert driven.session.position == Position(1, 1, 1)
    await driven.press(key, "space")
    assert driven.session.position == Position(1, 1)
    await driven.press(*[key] * 9)
    assert driven.session.position == Position(1, 2)


# ---- go further


@action
async def does_next_phase(driven: Driven, key: str) -> None:
    await driven.press(key)
    places = [driven.position]
    for _ in range(6):
        await driven.press(key)
        places.append(driven.position)
    # forward 1-4, error 5, deltas 6-10, gradients 11-14, update 15-18
    assert places == [(1, 1), (1, 5), (1, 6), (1, 11), (1, 15), (2, 1), (2, 5)]


@action
async def does_previous_phase(driven: Driven, key: str) -> None:
    driven.session.go(2, 7)
    places = []
    for _ in range(4):
        await driven.press(key)
        places.append(driven.position)
    assert places == [(2, 6), (2, 5), (2, 1), (1, 15)]


@action
async def does_next_time(driven: Driven, key: str) -> None:
    await driven.press("space", key)
    assert driven.position == (1, 1)
    assert "nothing in this network goes through time" in driven.text


@action
async def does_previous_time(driven: Driven, key: str) -> None:
    await does_next_time(driven, key)


async def test_the_same_step_at_other_times_is_a_key_away() -> None:
    async with driving(shipped("lstm-remembers")) as driven:
        gates = [driven.session.program.order[f"layer1.t{t}.forget_gate"] for t in range(3)]
        driven.session.go(1, gates[0])
        await driven.press(")", ")")
        assert driven.position == (1, gates[2])
        await driven.press("(")
        assert driven.position == (1, gates[1])


@action
async def does_next_iteration(driven: Driven, key: str) -> None:
    await driven.press("space", "space", key, key)
    assert driven.position == (3, 2)


@action
async def does_previous_iteration(driven: Driven, key: str) -> None:
    driven.session.go(3, 2)
    await driven.press(key, key)
    assert driven.position == (1, 2)
    await driven.press(key)
    assert driven.position == (1, 0)


@action
async def does_home(driven: Driven, key: str) -> None:
    driven.session.go(3, 2)
    await driven.press(key)
    assert driven.position == (3, 0)
    await driven.press(key)
    assert driven.position == (1, 0)


@action
async def does_end(driven: Driven, key: str) -> None:
    driven.session.go(3, 2)
    driven.session.go(1, 2)
    await driven.press(key)
    assert driven.position == (1, STEPS)
    await driven.press(key)
    assert driven.position == (3, STEPS)


@action
async def does_go_to(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert isinstance(driven.app.screen, Ask)
    await driven.type_text("12:8")
    await driven.press("enter")
    assert driven.position == (12, 8)
    await driven.press(key)
    await driven.type_text("E")
    await driven.press("enter")
    assert driven.position == (12, 5)


@action
async def does_run_to(driven: Driven, key: str) -> None:
    driven.session.place_cursor(Cell("layer2.output", (1, 0)))
    await driven.press(key)
    assert driven.position == (1, 4)
    # Once there, it goes on to the next time.
    await driven.press(key)
    assert driven.position == (2, 4)
    driven.session.place_cursor(Cell("inputs", (0, 0)))
    await driven.press(key)
    assert driven.position == (2, 4)
    # Without a cursor the told cell is meant, and of weights the new ones.
    driven.session.place_cursor(None)
    await driven.press(key)
    assert driven.position == (3, 4)
    driven.session.place_cursor(Cell("layer1.weights", (0, 0)))
    await driven.press(key)
    assert driven.position == (3, 17)


@action
async def does_run(driven: Driven, key: str) -> None:
    await driven.press(key)
    stepper = driven.stepper
    assert "2 steps/s" in driven.title
    stepper._tick()
    stepper._tick()
    assert driven.position == (1, 2)
    await driven.press(key)
    assert "steps/s" not in driven.title
    await driven.press(key, "space")
    assert "steps/s" not in driven.title
    assert driven.position == (1, 3)


@action
async def does_faster(driven: Driven, key: str) -> None:
    await driven.press("r", key)
    assert "▶ 4 steps/s" in driven.title
    await driven.press(*[key] * len(SPEEDS))
    assert "▶ 30 steps/s" in driven.title
    assert interval(driven) == 1 / 30


@action
async def does_slower(driven: Driven, key: str) -> None:
    await driven.press("r", key)
    assert "▶ 1 steps/s" in driven.title
    await driven.press(*[key] * len(SPEEDS))
    assert "▶ 0.5 steps/s" in driven.title
    assert interval(driven) == 2


@action
async def does_fast_forward(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert isinstance(driven.app.screen, Ask)
    # The last epoch of the scenario stands there already.
    assert " 5000 " in driven.text
    await driven.type_text("30")
    await driven.press("enter")
    assert driven.position == (30, STEPS)


# ---- look closer


@action
async def does_cursor_left(driven: Driven, key: str) -> None:
    await cursor_moves(driven, key, (1, 1), (1, 0))


@action
async def does_cursor_right(driven: Driven, key: str) -> None:
    await cursor_moves(driven, key, (1, 1), (1, 2))


@action
async def does_cursor_up(driven: Driven, key: str) -> None:
    await cursor_moves(driven, key, (1, 1), (0, 1))


@action
async def does_cursor_down(driven: Driven, key: str) -> None:
    await cursor_moves(driven, key, (1, 1), (2, 1))


async def cursor_moves(driven: Driven, key: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    driven.session.go(1, 1)
    driven.session.place_cursor(Cell("layer1.pre_activation", start))
    await driven.press(key)
    assert driven.session.cursor == Cell("layer1.pre_activation", end)
    assert driven.position == (1, 1)
    assert driven.formula.splitlines()[1].startswith(f"hidden_layer_input[{end[0]},{end[1]}] =")


@action
async def does_next_matrix(driven: Driven, key: str) -> None:
    driven.session.place_cursor(Cell("inputs", (2, 3)))
    await driven.press(key)
    assert driven.session.cursor == Cell("layer1.weights", (0, 0))


@action
async def does_previous_matrix(driven: Driven, key: str) -> None:
    driven.session.place_cursor(Cell("layer1.weights", (2, 1)))
    await driven.press(key)
    assert driven.session.cursor == Cell("inputs", (0, 0))


@action
async def does_release(driven: Driven, key: str) -> None:
    driven.session.go(1, 4)
    await driven.press("l", "k", "z")
    await driven.press(key)
    assert driven.session.cursor is None
    assert not driven.stepper.zoom
    # The sample of the cell stays the chosen one.
    assert "output[2,0] =" in driven.formula


@action
async def does_edit(driven: Driven, key: str) -> None:
    driven.session.place_cursor(Cell("layer1.weights", (0, 1)))
    await driven.press(key)
    await driven.type_text("2.5")
    await driven.press("enter")
    assert driven.session.view().values["layer1.weights"][0, 1] == 2.5


@action
async def does_settings(driven: Driven, key: str) -> None:
    await driven.press(key, "enter")
    await driven.type_text("0.25")
    await driven.press("enter")
    assert driven.session.compiled.training.rate == 0.25


@action
async def does_undo(driven: Driven, key: str) -> None:
    driven.session.edit(Setting("optimizer.learning_rate", "0.25"))
    await driven.press(key)
    assert driven.session.branches.told == ()
    assert "Taken back: the change optimizer.learning_rate 0.1 → 0.25" in driven.formula


@action
async def does_redo(driven: Driven, key: str) -> None:
    driven.session.edit(Setting("optimizer.learning_rate", "0.25"))
    driven.session.undo()
    await driven.press(key)
    assert driven.session.compiled.training.rate == 0.25


@action
async def does_as_it_was(driven: Driven, key: str) -> None:
    driven.session.edit(Setting("optimizer.learning_rate", "0.25"))
    await driven.press(key)
    assert isinstance(driven.app.screen, Compare)
    await driven.press(key)
    assert driven.stepper


@action
async def does_save(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert "nothing was changed" in driven.formula
    driven.session.edit(Setting("optimizer.learning_rate", "0.25"))
    await driven.press(key)
    assert isinstance(driven.app.screen, SaveLine)
    await driven.press("escape")


@action
async def does_zoom(driven: Driven, key: str) -> None:
    driven.session.go(1, 1)
    seen = []
    for _ in range(3):
        await driven.press(key)
        layout = driven.sheet.layout_now()
        assert layout is not None
        seen.append([(box.id, box.kind) for box in layout.boxes][:2])
    assert seen[0] == [("layer1.pre_activation", "numbers")]
    assert seen[1] == [("layer1.pre_activation", "heat")]
    assert len(seen[2]) == 2


@action
async def does_next_sample(driven: Driven, key: str) -> None:
    driven.session.go(1, 4)
    await driven.press(key)
    assert "output[1,0] =" in driven.formula
    await driven.press("k", key)
    assert driven.session.cursor == Cell("layer2.output", (1, 0))
    await driven.press(key, key)
    assert driven.session.cursor == Cell("layer2.output", (0, 0))


@action
async def does_previous_sample(driven: Driven, key: str) -> None:
    driven.session.go(1, 4)
    await driven.press(key)
    assert "output[2,0] =" in driven.formula
    await driven.press(key)
    assert "output[1,0] =" in driven.formula


@action
async def does_read_on(driven: Driven, key: str) -> None:
    await driven.resize(80, 24)
    bar = driven.stepper.query_one(FormulaBar)
    await driven.press(key)
    assert (bar.size.height, driven.stepper.is_reading) == (6, True)
    await driven.press(key)
    assert (bar.size.height, driven.stepper.is_reading) == (3, False)


@action
async def does_scroll_down(driven: Driven, key: str) -> None:
    await scrolled_small(driven)
    await driven.press(key)
    assert driven.sheet.top == 1


@action
async def does_scroll_up(driven: Driven, key: str) -> None:
    await scrolled_small(driven)
    await driven.press("down", "down", key)
    assert driven.sheet.top == 1
    await driven.press(key, key)
    assert driven.sheet.top == 0


async def scrolled_small(driven: Driven) -> None:
    await driven.resize(80, 24)
    assert driven.sheet.top == 0
    assert "1 · HIDDEN LAYER" in driven.lines[1]


# ---- show it another way


@action
async def does_speak(driven: Driven, key: str) -> None:
    driven.session.go(1, 2)
    says = []
    for _ in range(4):
        await driven.press(key)
        says.append(driven.formula.splitlines()[0])
    words, formula, numpy = says[2], says[0], says[1]
    assert says[3] == formula
    assert words == "hiddenlayer_activations = σ(hidden_layer_input)"
    assert "[b,j]" in formula
    assert "np." in numpy


@action
async def does_names(driven: Driven, key: str) -> None:
    driven.session.go(1, 1)
    seen = [driven.session.compiled.names.name]
    for _ in range(4):
        await driven.press(key)
        seen.append(driven.session.compiled.names.name)
        assert driven.session.view().active is not None
        assert driven.session.program.steps[driven.session.position.step - 1].id == "layer1.pre_activation"
    assert sorted(seen[:4]) == ["classic", "framework", "layerwise", "math"]
    assert seen[4] == seen[0]
    assert "hidden_layer_input = X · wh + bh" in driven.formula


@action
async def does_decimals(driven: Driven, key: str) -> None:
    await driven.press("space")
    shown = []
    for _ in range(5):
        shown.append(next_number(driven, "hidden_layer_input"))
        await driven.press(key)
    assert shown == ["[1.48]", "[1.480]", "[1.4800]", "[1.480000]", "[1.48]"]


def next_number(driven: Driven, name: str) -> str:
    """Return the first number under a label of the sheet."""
    lines = driven.text_of(driven.sheet).splitlines()
    row = next(number for number, line in enumerate(lines) if name in line)
    return lines[row + 1][lines[row].index(name) :].split()[0]


@action
async def does_check(driven: Driven, key: str) -> None:
    await driven.press(*["space"] * 12, key)
    assert isinstance(driven.app.screen, GradientCheck)
    assert "bout: every gradient agrees with the loss" in driven.text
    await driven.press("escape", "space")
    assert driven.position == (1, 13)


@action
async def does_view(driven: Driven, key: str) -> None:
    names = driven.stepper.pictures()
    assert names[0] == "sheet"
    assert len(names) > 4
    for name in (*names[1:], "sheet"):
        await driven.press(key)
        assert (driven.stepper.picture or "sheet") == name
        assert driven.sheet.display == (name == "sheet")
        # Where it goes on is no matter of what is looked at.
        await driven.press("space")
    assert driven.position == (1, len(names))


@action
async def does_views(driven: Driven, key: str) -> None:
    await driven.press(key, "end", "enter")
    assert driven.stepper.picture == driven.stepper.pictures()[-1]
    await driven.press(key, "2")
    assert driven.stepper.picture == "network"
    await driven.press(key, "up", "escape")
    assert driven.stepper.picture == "network"
    await driven.press(key, "home", "enter", "space")
    assert driven.stepper.picture == ""
    assert driven.position == (1, 1)


@action
async def does_lecture(driven: Driven, key: str) -> None:
    driven.session.go(1, 9)
    await driven.press(key)
    assert {box.id for box in boxes(driven)} == {"layer2.delta", "layer2.weights", "layer1.error"}
    assert "everything L" in driven.title
    assert not driven.stepper.query_one("#footer").display
    await driven.press("space")
    assert {box.id for box in boxes(driven)} == {"layer1.error", "layer1.slope", "layer1.delta"}
    await driven.press(key)
    assert len(boxes(driven)) > 10
    assert driven.stepper.query_one("#footer").display
    assert driven.position == (1, 10)


@action
async def does_forward(driven: Driven, key: str) -> None:
    await driven.press(key, key)
    assert driven.position == (1, 2)
    await driven.press("L", key)
    assert driven.session.stop_number == 1


@action
async def does_backward(driven: Driven, key: str) -> None:
    await driven.press("space", "space", "space", key)
    assert driven.position == (1, 2)
    await driven.press("L", "pagedown", "pagedown")
    assert driven.session.stop_number == 2
    await driven.press(key)
    assert driven.session.stop_number == 1


def boxes(driven: Driven) -> tuple[Box, ...]:
    """Return what stands on the sheet."""
    layout = driven.sheet.layout_now()
    assert layout is not None
    return layout.boxes


# ---- ask a number


@action
async def does_where_from(driven: Driven, key: str) -> None:
    driven.session.go(1, 9)
    await driven.press(key)
    assert "where from  Error_at_hidden_layer[0,0]" in driven.text
    assert "1 d_output[0,0]" in driven.text
    await driven.press("1")
    assert driven.session.cursor == Cell("layer2.delta", (0, 0))
    await driven.press(key)
    assert "where from" not in driven.text.splitlines()[-12]
    assert driven.position == (1, 9)


@action
async def does_where_to(driven: Driven, key: str) -> None:
    driven.session.go(1, 18)
    driven.session.place_cursor(Cell("layer1.weights", (2, 1)))
    await driven.press(key)
    assert "wh[2,1] is read by 4 cells: 3 of hidden_layer_input" in driven.text
    assert "›" in driven.text_of(driven.sheet)
    await driven.press(key)
    assert "›" not in driven.text_of(driven.sheet)


@action
async def does_chain_rule(driven: Driven, key: str) -> None:
    driven.session.go(1, 18)
    driven.session.place_cursor(Cell("layer1.weights", (2, 1)))
    await driven.press(key)
    assert "chain rule  wh[2,1]" in driven.text
    assert "∂hidden_layer_input[0,1]/∂wh[2,1]" in driven.text


@action
async def does_why_stuck(driven: Driven, key: str) -> None:
    await driven.press("space", key)
    assert "is it stuck?" in driven.text
    await driven.press("escape")
    assert "is it stuck?" not in driven.text


# ---- the rest


@action
async def does_gallery(driven: Driven, key: str) -> None:
    driven.session.go(3, 2)
    await driven.press(key)
    assert isinstance(driven.app.screen, Gallery)
    # Thinking better of it changes nothing.
    await driven.press("escape")
    assert driven.position == (3, 2)


@action
async def does_breakpoint(driven: Driven, key: str) -> None:
    await driven.press("space", "space", key)
    assert driven.formula.startswith("Breakpoint set: step hiddenlayer_activations")
    assert driven.text.count("●") == 1
    await driven.press(key)
    assert driven.formula.startswith("Breakpoint cleared")
    assert driven.text.count("●") == 0


@action
async def does_breakpoints(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert isinstance(driven.app.screen, Breakpoints)
    await driven.press("escape", "space")
    assert driven.position == (1, 1)


@action
async def does_bookmark(driven: Driven, key: str) -> None:
    await driven.press("space", key)
    await driven.type_text("look here")
    await driven.press("enter")
    assert driven.formula.startswith("★ look here")
    await driven.press("space")
    assert "look here" not in driven.formula


@action
async def does_bookmarks(driven: Driven, key: str) -> None:
    await driven.press("space", "space", "*", "escape", "space", key)
    assert isinstance(driven.app.screen, Bookmarks)
    await driven.press("enter")
    assert driven.position == (1, 2)


@action
async def does_resume(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert driven.formula.startswith("there is no place to continue at")
    assert driven.position == (1, 0)


@action
async def does_predict(driven: Driven, key: str) -> None:
    await driven.press(key, *["space"] * 9)
    assert driven.position == (1, 4)
    assert driven.formula.startswith("first: How is output made?")
    assert "answer with 1, 2, 3 or 4" in driven.formula
    await driven.press("2", key, *["space"] * 9)
    assert driven.position == (1, 13)


@action
async def does_predict_more(driven: Driven, key: str) -> None:
    driven.session.go(1, 10)
    await driven.press(key, key, "space")
    assert "level" not in driven.formula
    assert driven.formula.startswith("d_wout = ")
    assert "d_wout[0,0] = ?" in driven.formula


@action
async def does_tour(driven: Driven, key: str) -> None:
    driven.session.go(2, 3)
    await driven.press(key)
    assert "TOUR 1 of 6" in driven.text
    assert driven.position == (2, 3)
    await driven.press("escape")
    assert "TOUR" not in driven.text


@action
async def does_help(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert isinstance(driven.app.screen, Help)
    await driven.press("escape", "space")
    assert driven.position == (1, 1)


@action
async def does_quit(driven: Driven, key: str) -> None:
    await driven.press(key)
    assert not driven.app._running
    assert driven.app.return_value == 0


def interval(driven: Driven) -> float:
    """Return the seconds between two steps of the running stepper."""
    timer = driven.stepper._ticking
    assert timer is not None
    return timer._interval


async def test_a_matrix_alone_that_the_next_names_do_not_have_is_left() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space", "z")
        assert driven.stepper.zoom == "layer1.weighted"
        for _ in range(4):
            await driven.press("N")
            zoom = driven.stepper.zoom
            assert not zoom or zoom in driven.session.program.values


@pytest.mark.parametrize("opened", ["g", "E"])
async def test_what_is_typed_fast_is_taken_in_its_order(opened: str) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(opened, *(["enter"] if opened == "E" else []))
        line = driven.app.screen.query_one(TypedLine)
        await driven.type_ahead(
            ["home", "ctrl+k", *"0.25", "backspace", "backspace", *"75", "left", "left", *"3", "end", *"1"]
        )
        assert line.value == "0.3751"
