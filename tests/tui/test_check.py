"""The gradient check on the screen: of what is told, in the numbers of this iteration, and beside the keys."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from nnstep.catalog.ops import OPS
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program
from nnstep.explain.checks import Probe
from nnstep.scenario.compile import Compiled
from nnstep.tui.screens import check
from nnstep.tui.screens.check import GradientCheck
from nnstep.tui.screens.stepper import Stepper
from tests.tui.driving import SMALL, Driven, compiled, driving, shipped
from tests.tui.test_passage import turn_until


def window(driven: Driven) -> GradientCheck:
    screen = driven.app.screen
    assert isinstance(screen, GradientCheck)
    return screen


def rows(driven: Driven) -> list[list[str]]:
    """Return the words of each row of the table."""
    lines = driven.text_of(window(driven).query_one(check.Page)).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(("  cell", "  parameter"))) + 1
    return [line.removeprefix("▶").split() for line in lines[start : lines.index("", start)]]


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["space"] * 11, "wout"),  # d_wout
        (["space"] * 14, "bh"),  # d_bh
        (["space"] * 15, "wout"),  # wout, the new one
        (["space", "shift+tab"], "bh"),  # the parameter itself, under the cursor
    ],
)
async def test_it_is_of_what_is_told(keys: list[str], name: str) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*keys)
        program, story = driven.session.program, driven.session.view().story
        assert story is not None
        owner = story.name.removesuffix(".grad").removesuffix(".next")
        await driven.press("c")
        assert window(driven).shown == owner
        assert program.values[owner].name == name
        assert {row[0].partition("[")[0] for row in rows(driven)} == {name}
        assert f"✓ {name}: every gradient agrees with the loss" in driven.text


async def test_it_begins_with_the_cell_under_the_cursor() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        driven.session.go(1, 13)
        driven.session.place_cursor(Cell("layer1.weights.grad", (2, 1)))
        await driven.press("c")
        assert "By hand: w is wh[2,1] = 0.1800." in driven.text
        await driven.press("up", "up")
        assert "By hand: w is wh[1,2] = 0.6800." in driven.text


@pytest.mark.parametrize(
    ("gradient", "of", "at", "told"),
    [
        ("layer2.delta", "layer2.pre_activation", (1, 0), "d_output is minus the gradient of output_layer_input"),
        ("layer1.error", "layer1.output", (2, 1), "Error_at_hidden_layer is minus the gradient of"),
        ("layer2.error", "layer2.output", (0, 0), "E is minus the gradient of output"),
    ],
)
async def test_any_gradient_is_checked_and_the_value_that_it_is_of(
    gradient: str, of: str, at: tuple[int, ...], told: str
) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        session = driven.session
        for pointed in (gradient, of):
            session.go(1, session.program.order[gradient])
            session.place_cursor(Cell(pointed, at))
            await driven.press("c")
            assert window(driven).shown == of
            name = session.program.values[of].name
            assert f"✓ {name}: every gradient agrees with the loss" in driven.text
            assert told in driven.text
            assert f"By hand: v is {name}[{at[0]},{at[1]}] = " in driven.text
            shown = -float(session.view().values[gradient][at])
            assert f"what backprop says               = {shown:.8f}" in driven.text
            # Enter goes to the gradient on the sheet.
            await driven.press("enter")
            assert session.cursor == Cell(gradient, at)


async def test_the_cell_that_is_pointed_at_is_checked_first(held: Callable[[], None]) -> None:
    async with driving(shipped("xor")) as driven:
        driven.session.go(1, driven.session.program.order["layer1.delta"])
        driven.session.place_cursor(Cell("layer1.delta", (3, 1)))
        driven.send("c")
        await turn_until(lambda: isinstance(driven.app.screen, GradientCheck))
        await turn_until(lambda: "2 of 8 cells" in driven.text)
        assert [row[0] for row in rows(driven)] == ["z1[0,0]", "z1[3,1]"]
        held()
        await driven.settle()


async def test_a_part_of_a_gradient_is_never_called_wrong() -> None:
    async with driving(shipped("layer-norm")) as driven:
        part = "layer2.centered.grad.via.layer2.variance"
        driven.session.go(1, driven.session.program.order[part])
        await driven.press("c")
        assert window(driven).shown == "layer2.centered"
        assert "∂L/∂c2 via σ²2 is only a part of ∂L/∂c2, which is checked" in driven.text
        assert "✓ c2: every gradient agrees with the loss" in driven.text


async def test_of_a_number_that_is_no_gradient_it_says_what_tells_and_what_else_can_be_checked() -> None:
    async with driving(shipped("spreadsheet"), SMALL) as driven:
        driven.session.go(1, driven.session.program.order["layer2.slope"])
        await driven.press("c")
        assert "slope_output_layer[0,0] is no gradient:" in driven.text
        assert "its worked line tells whether it is right; o follows each number in it." in driven.text
        assert "Near it d_output can be checked, the gradient of output_layer_input." in driven.text
        assert [row[0] for row in rows(driven)] == ["output_layer_input", "wh", "bh", "wout", "bout"]
        assert all("yes" not in row for row in rows(driven))
        await driven.press("enter")
        assert "✓ output_layer_input: every gradient agrees with the loss" in driven.text
        assert "d_output is minus the gradient of output_layer_input" in driven.text
        await driven.press("a", "home", "down", "down", "enter")
        assert "✓ bh: every gradient agrees with the loss" in driven.text
        await driven.press("a")
        assert all(row[-4:-2] == ["yes", "yes"] for row in rows(driven))
        assert "✓ every gradient agrees with the loss" in driven.text


async def test_before_the_first_step_it_asks_which() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("c")
        assert "Enter checks one parameter, a all" in driven.text
        assert [row[0] for row in rows(driven)] == ["wh", "bh", "wout", "bout"]
        await driven.press("down", "enter")
        assert "✓ bh: every gradient agrees with the loss" in driven.text


async def test_it_says_where_as_the_title_does() -> None:
    async with driving(shipped("digits-relu-adam")) as driven:
        driven.session.go(26, 1)
        await driven.press("space", "c")
        assert window(driven).query_one("#check").border_title == (
            "gradient check: weights and batch of epoch 2 batch 3/23"
        )
        await driven.press("escape")
        assert "epoch 2  batch 3/23" in driven.text


@pytest.mark.parametrize("iteration", [1, 7])
async def test_the_numbers_by_hand_are_those_of_this_iteration(iteration: int) -> None:
    async with driving(shipped("xor")) as driven:
        session = driven.session
        session.go(iteration, session.program.order["layer2.bias.grad"])
        await driven.press("c")
        weight = float(session.view().values["layer2.bias"][0])
        training = session.compiled.training

        def loss_at(bias: float) -> float:
            moved = {**session.history.parameters(iteration - 1), "layer2.bias": np.array([bias])}
            return float(training.run(iteration, moved)["loss"])

        above, below = loss_at(weight + 1e-4), loss_at(weight - 1e-4)
        shown = driven.text
        assert f"L(w + h)                   = {above:.12f}" in shown
        assert f"L(w - h)                   = {below:.12f}" in shown
        assert f"(L(w + h) - L(w - h)) / 2h = {(above - below) / 2e-4:.8f}" in shown
        assert f"what backprop says         = {float(session.view().values['layer2.bias.grad'][0]):.8f}" in shown


async def test_a_gradient_that_is_shown_with_the_other_sign_is_said_to_be() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*["space"] * 12)
        gradient = -float(driven.session.view().values["layer2.bias.grad"][0])
        await driven.press("c")
        assert f"= {gradient:.8f}   d_bout is minus this" in driven.text
        await driven.press("escape", "N", "c")
        assert "is minus this" not in driven.text


def sabotaged(own: Compiled) -> Compiled:
    """Return a scenario whose gradient of wh is wrong in most cells, and most of all in the last."""
    broken = replace(
        OPS["matmul_weights"], code="rows(x).T @ rows(d) + np.arange(12).reshape(4, 3) * (x.shape[1] == 4)"
    )

    def build(size: int) -> Program:
        program = own.training.build(size)
        steps = tuple(replace(s, op=broken) if s.id == "layer1.weights.grad" else s for s in program.steps)
        return replace(program, steps=steps)

    return replace(own, training=replace(own.training, build=build))


async def test_what_is_wrong_is_named_and_found() -> None:
    async with driving(sabotaged(shipped("spreadsheet"))) as driven:
        await driven.press(*["space"] * 13, "c")
        assert "✗ wh: not every gradient agrees with the loss; look at wh[3,2]" in driven.text
        assert "made of d_hiddenlayer: check that as well, to find where it first goes wrong" in driven.text
        await driven.press("w")
        assert "By hand: w is wh[3,2] = 0.5200." in driven.text
        assert "wrong: the loss does not move as backprop says" in driven.text
        # Enter shows the gradient itself, where it came from, on the sheet.
        await driven.press("enter")
        assert driven.session.cursor == Cell("layer1.weights.grad", (3, 2))
        assert driven.formula.splitlines()[1].startswith("d_wh[3,2] = ")


async def test_a_kink_is_no_fault() -> None:
    text = (
        "title: kink\nnames: math\ndata: {inputs: [[0]], targets: [[1]]}\nloss: half_sse\noptimizer: gd\n"
        "network: [{layer: dense, units: 1, activation: relu, weights: [[1]], bias: [0]},"
        " {layer: dense, units: 1, weights: [[2]], bias: false}]\n"
    )
    async with driving(compiled(text)) as driven:
        driven.session.go(1, driven.session.program.order["layer1.bias.grad"])
        await driven.press("c")
        assert "left and right" in driven.text
        assert "a kink: the loss has a corner here" in driven.text
        assert "? b1: every gradient is at a kink, where there is no one slope" in driven.text


async def test_how_many_are_at_a_kink_is_not_cut() -> None:
    async with driving(shipped("max-pooling"), SMALL) as driven:
        driven.session.go(1, driven.session.program.order["layer1.error"])
        await driven.press("c", "a")
        assert "except at kinks (59 of 73)" in driven.text
        assert "56 kinks" in driven.text


async def test_a_loss_that_is_not_finite_is_told() -> None:
    text = (
        "title: far\nnames: math\ndata: {inputs: [[1e200]], targets: [[1]]}\nloss: half_sse\noptimizer: gd\n"
        "network: [{layer: dense, units: 1, weights: [[1]], bias: [0]}]\n"
    )
    async with driving(compiled(text)) as driven:
        await driven.press("space", "c", "a")
        assert "the loss of epoch 1 is inf, so it has no slope to compare with" in driven.text
        await driven.press("enter", "down", "w", "e", "escape")
        assert driven.position == (1, 1)


async def test_where_nothing_is_trained_it_says_so() -> None:
    text = (
        "title: still\ndata: {inputs: [[1]], targets: [[1]]}\nloss: half_sse\noptimizer: gd\n"
        "network: [{layer: activation, function: tanh}]\n"
    )
    async with driving(compiled(text)) as driven:
        await driven.press("space", "c")
        assert driven.formula.startswith("nothing is trained here")


# ---- large matrices


async def test_of_a_large_matrix_some_cells_are_checked_and_e_checks_all() -> None:
    async with driving(shipped("digits"), SMALL) as driven:
        driven.session.go(1, driven.session.program.order["layer2.bias.grad"])
        await driven.press("c")
        assert "e every cell" not in driven.text  # ten cells: it has been
        await driven.press("escape")
        driven.session.go(1, driven.session.program.order["layer2.weights.grad"])
        driven.session.place_cursor(Cell("layer2.weights.grad", (63, 9)))
        await driven.press("c")
        assert "✓ wout: every gradient agrees with the loss in 51 of 640 cells" in driven.text
        assert "By hand: w is wout[63,9]" in driven.text
        assert "e every cell" in driven.text


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Let the work wait before its third cell, until it is let go."""
    checked, gate = 0, threading.Event()
    real = Probe.check

    def waiting(self: Probe, cell: Cell) -> object:
        nonlocal checked
        checked += 1
        if checked == 3:
            gate.wait(60)
        return real(self, cell)

    monkeypatch.setattr(Probe, "check", waiting)
    yield gate.set
    gate.set()


async def until_two_are_shown(driven: Driven) -> None:
    await turn_until(lambda: isinstance(driven.app.screen, GradientCheck))
    await turn_until(lambda: "2 of 12 cells" in driven.text)


async def test_it_shows_how_far_it_is_and_stops(held: Callable[[], None]) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*["space"] * 13)
        driven.send("c")
        await until_two_are_shown(driven)
        assert "wh 4×3: 2 of 12 cells" in driven.text
        assert "Esc stop" in driven.text
        assert len(rows(driven)) == 2
        # Keys are heard while the work goes on.
        driven.send("down")
        await until_two_are_shown(driven)
        driven.send("escape")
        await turn_until(lambda: "stopped" in driven.text)
        held()
        await driven.settle()
        assert "stopped   ✓ wh: every gradient agrees with the loss in 2 of 12 cells" in driven.text
        assert "Esc close" in driven.text
        # What is left is checked when it is asked for again.
        await driven.press("e")
        assert "✓ wh: every gradient agrees with the loss   " in driven.text
        await driven.press("escape", "space")
        assert driven.position == (1, 14)


async def test_leaving_ends_the_work(held: Callable[[], None]) -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press(*["space"] * 13)
        driven.send("c")
        await until_two_are_shown(driven)
        driven.send("q")
        await turn_until(lambda: isinstance(driven.app.screen, Stepper))
        held()
        await driven.settle()
        await driven.press("space")
        assert driven.position == (1, 14)
        assert all(worker.is_finished for worker in driven.app.workers)


async def test_what_is_still_to_be_shown_when_it_is_closed_is_let_go() -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("c")
        dialog = window(driven)
        dialog.call_after_refresh(dialog._show)  # as a terminal that is being resized asks for
        driven.send("escape")
        await driven.settle()
        dialog._show()
        await driven.press("space")
        assert driven.position == (1, 1)
