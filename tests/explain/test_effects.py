"""What a cell has an effect on: found again by poking, and the loss moves as far as is said."""

import re

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.engine.run import run_step
from nnstep.explain.effects import effect_of, readers_in
from nnstep.explain.gradients import gradients_of, signals_of
from nnstep.explain.words import plain_text
from nnstep.session import Session, View
from tests.explain.walks import some_cells, view_of
from tests.helpers.sequences import words
from tests.helpers.trainings import dense, net, session
from tests.scenarios.shipped import NAMES, opened

SMALL = [name for name in NAMES if not name.startswith(("digits", "convnet"))]


def view_at_end(tree: dict[str, object]) -> View:
    walk = session(tree)
    walk.go(1, len(walk.program.steps))
    return walk.view()


@pytest.mark.parametrize("name", SMALL)
def test_what_moves_with_a_cell_reads_it(name: str) -> None:
    view = view_of(name)
    for identity in view.program.values:
        for cell in some_cells(view, identity):
            readers = readers_in(view, cell)
            poked = {**view.values, identity: view.values[identity].copy()}
            poked[identity][cell.at] += 0.01
            for step in view.program.readers.get(identity, ()):
                moved = np.argwhere(~np.isclose(run_step(step, dict(poked)), view.values[step.id], 1e-12, 1e-15))
                known = {tuple(place) for place in readers.get(step.id, np.empty((0, 0))).tolist()}
                assert {tuple(place) for place in moved.tolist()} <= known, (cell, step.id)


@pytest.mark.parametrize("name", SMALL)
def test_the_loss_moves_as_far_as_is_said(name: str) -> None:
    view = view_of(name)
    program = view.program
    smooth = not any(step.op.kinks for step in program.steps)
    for identity in program.values:
        (cell,) = some_cells(view, identity, most=1)
        effect = effect_of(view, cell)
        if not smooth or effect.means == "nothing":
            continue
        ends = []
        for move in (1e-6, -1e-6):
            values = {**view.values, identity: view.values[identity].copy()}
            values[identity][cell.at] += move
            for step in program.scoring:
                if step.id != identity:
                    run_step(step, values)
            ends.append(float(values[program.loss]))
        size = max(abs(effect.slope), abs(ends[0]), 1.0)
        assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(effect.slope, rel=1e-4, abs=1e-7 * size), cell


@pytest.mark.parametrize(
    ("name", "epoch"), [("weight-decay", 2), ("rate-right", 11), ("convolution-edge", 400), ("valley-adam", 300)]
)
def test_near_a_good_fit_no_loss_is_promised_that_there_is_not(name: str, epoch: int) -> None:
    session = Session(opened(name))
    session.go(epoch, len(session.program.steps))
    view = session.view()
    here = float(view.values[view.program.loss])
    for parameter in view.program.parameters:
        for at in np.ndindex(parameter.shape):
            told = plain_text(effect_of(view, Cell(parameter.id, at)).told_loss)
            found = re.search(r"would be (?:about )?(\S+) (larger|smaller)", told)
            values = {**view.values, parameter.id: view.values[parameter.id].copy()}
            values[parameter.id][at] += 0.01
            for step in view.program.scoring:
                run_step(step, values)
            moved = float(values[view.program.loss]) - here
            if found is None:
                assert told.endswith("would stay as it is")
                assert moved == 0
                continue
            size, way = found.groups()
            assert (moved > 0) == (way == "larger"), told
            assert abs(moved) == pytest.approx(float(size), rel=0.12), told
            assert way == "larger" or float(size) <= here * 1.001  # shown with four digits


def test_a_weight_moves_its_column_and_the_loss() -> None:
    effect = effect_of(view_of("spreadsheet"), Cell("layer1.weights", (2, 1)))
    assert {identity: places.tolist() for identity, places in effect.readers.items()} == {
        "layer1.pre_activation": [[0, 1], [1, 1], [2, 1]],
        "layer1.weights.next": [[2, 1]],
    }
    assert (effect.means, effect.gradient.cell) == ("gradient", Cell("layer1.weights.grad", (2, 1)))
    assert plain_text(effect.told) == "wh[2,1] is read by 4 cells: 3 of hidden_layer_input, 1 of wh"
    assert plain_text(effect.told_loss) == "if wh[2,1] were 0.01 larger, loss would be about 2.020e-5 smaller"


def test_what_has_no_gradient_is_measured() -> None:
    effect = effect_of(view_of("spreadsheet"), Cell("targets", (2, 0)))
    output = float(view_of("spreadsheet").values["layer2.output"][2, 0])
    assert effect.means == "difference"
    assert effect.slope == pytest.approx(0.0 - output, rel=1e-8)


@pytest.mark.parametrize(
    ("identity", "at", "told"),
    [
        ("layer2.delta", (0, 0), "the loss of this iteration does not depend on it; that of a later one may"),
        ("learning_rate", (), "the loss of this iteration does not depend on it; that of a later one may"),
        ("loss", (), "this is the loss itself"),
    ],
)
def test_what_the_loss_does_not_depend_on(identity: str, at: tuple[int, ...], told: str) -> None:
    effect = effect_of(view_of("spreadsheet"), Cell(identity, at))
    assert effect.means == "nothing"
    assert plain_text(effect.told_loss) == told


def test_next_weights_are_what_the_next_iteration_begins_with() -> None:
    effect = effect_of(view_of("spreadsheet"), Cell("layer2.bias.next", (0,)))
    assert plain_text(effect.told) == "bout[0] is what the next iteration begins with"


def test_the_number_of_a_row_can_not_be_moved_a_little() -> None:
    view = view_at_end(words({"layer": "embedding", "vocabulary": 5, "size": 2}, {"layer": "flatten"}, dense(2)))
    effect = effect_of(view, Cell("inputs", (1, 2)))
    assert "the number of a row" in plain_text(effect.told_loss)
    assert effect.readers["layer1.output"].tolist() == [[1, 2, 0], [1, 2, 1]]


def test_a_weight_that_is_not_trained_still_moves_the_loss() -> None:
    view = view_at_end(net(dense(2, "tanh", trainable={"weights": False, "bias": True}), dense(2)))
    effect = effect_of(view, Cell("layer1.weights", (1, 1)))
    by_hand = float(view.values["inputs"][:, 1] @ view.values["layer1.delta"][:, 1])
    assert effect.means == "difference"
    assert effect.slope == pytest.approx(by_hand, rel=1e-8)


def test_a_mistake_on_purpose_does_not_mislead() -> None:
    view = view_of("spot-the-mistake-1")
    assert {effect_of(view, cell).means for p in view.program.parameters for cell in some_cells(view, p.id)} == {
        "difference"
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_is_as_large_as_what_it_is_of(name: str) -> None:
    program = view_of(name).program
    found = gradients_of(program)
    for identity, gradient in found.items():
        assert program.values[identity].shape == program.values[gradient].shape
    assert {f"{p.id}.grad" for p in program.parameters if p.trainable} <= set(found.values()) <= signals_of(program)
    for identity in signals_of(program):
        step = program.values[identity]
        assert isinstance(step, Step)
        assert step.phase in ("error", "deltas", "gradients")


def test_at_a_corner_the_move_is_tried_out() -> None:
    # Of a tie only the first one has won, and the slope of the other is 0; a little larger it would win.
    tree = net(dense(1, weights=[[1.0]], bias=False), samples=1, inputs=1)
    tree["data"] = {"inputs": [[[[1.0, 1.0], [0.0, 0.0]]]], "targets": [[0.0]]}
    kernel = {"layer": "conv2d", "filters": 1, "kernel_size": 1, "kernel": [[[[1.0]]]], "bias": False}
    tree["network"] = [kernel, {"layer": "max_pool2d", "size": 2}, {"layer": "flatten"}, *tree["network"]]
    view = view_at_end(tree)
    told = [plain_text(effect_of(view, Cell(name, (0, 0, 0, 1))).told_loss) for name in ("inputs", "layer1.output")]
    assert told[0].endswith("were 0.01 larger, L would be 0.0101 larger")
    assert told[1].endswith("were 0.01 larger, L would be 0.0101 larger, though its slope here is 0")


def test_what_is_handed_on_for_good_reaches_no_later_loss() -> None:
    tree = net(dense(2), {"layer": "batch_norm"}, dense(1), samples=4)
    view = view_at_end(tree)
    (running,) = (value.id for value in view.program.values.values() if value.id == "layer2.running_mean")
    assert plain_text(effect_of(view, Cell(running, (0,))).told_loss).endswith("does not depend on it")
