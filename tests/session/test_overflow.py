"""Numbers that overflow never raise and never warn; the first of them is named."""

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.session import Session
from tests.helpers.trainings import NAMES, compiled, dense, exploding, net, session


def first_by_looking(walk: Session, iterations: int) -> tuple[int, Cell] | None:
    """Return the first number that is not finite, found by looking at every one in the order of the steps."""
    for iteration in range(1, iterations + 1):
        values = walk.history.values(iteration)
        for identity in walk.program.values:
            for place in np.ndindex(values[identity].shape):
                if not np.isfinite(values[identity][place]):
                    return iteration, Cell(identity, place)
    return None


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("activation", [None, "sigmoid", "tanh", "relu", "gelu", "softplus", "elu", "softmax"])
def test_the_first_number_that_is_not_finite_is_named(names: str, activation: str | None) -> None:
    tree = net(dense(3, activation), dense(2), optimizer={"name": "gd", "learning_rate": 1e200}, seed=3)
    expected = first_by_looking(session(tree, names), 15)
    walk = session(tree, names)
    for _ in range(15 * len(walk.program.steps)):
        walk.next()
        view = walk.view()
        done = expected is not None and (
            view.position.iteration > expected[0]
            or (view.position.iteration == expected[0] and view.state(expected[1].name) in ("given", "live"))
        )
        if done and expected:
            assert view.fault is not None
            assert (view.fault.iteration, view.fault.cell) == expected
        else:
            assert view.fault is None


def test_going_back_before_it_there_is_nothing_to_say() -> None:
    walk = session(exploding())
    walk.go(12, 3)
    fault = walk.view().fault
    assert fault is not None
    walk.go(fault.iteration, 0)
    assert walk.view().fault is None
    walk.go(1, 0)
    assert walk.view().fault is None
    walk.go(12, 5)
    assert walk.view().fault == fault


def test_while_the_step_is_walked_it_is_named_when_its_cell_is_there() -> None:
    walk = session(exploding())
    walk.go(12, 0)
    fault = walk.view().fault
    assert fault is not None
    number = walk.program.order[fault.cell.name]
    walk.go(fault.iteration, number - 1)
    flat = int(np.ravel_multi_index(fault.cell.at, walk.program.steps[number - 1].shape))
    for _ in range(flat):
        walk.next_cell()
        assert walk.view().fault is None
    walk.next_cell()
    assert walk.view().fault == fault


@pytest.mark.parametrize("loss", ["bce", "cce"])
def test_a_network_that_is_certain_and_wrong_has_a_large_loss_and_no_nan(loss: str) -> None:
    ending = {"bce": "sigmoid", "cce": "softmax"}[loss]
    tree = net(dense(2, ending, weights=[[2000.0, -2000.0]], bias=False), loss=loss, samples=1)
    tree["data"] = {"inputs": [[1.0]], "targets": [[0.0, 1.0]]}
    walk = session(tree)
    values = walk.history.values(1)
    assert np.isfinite(values["loss"])
    assert float(values["loss"]) > 300
    assert not np.isnan(values["layer1.weights.grad"]).any()


def test_scores_that_are_certain_and_wrong_still_learn() -> None:
    tree = net(dense(2, weights=[[2000.0, -2000.0]], bias=False), loss="softmax_cross_entropy", samples=1)
    tree["data"] = {"inputs": [[1.0]], "targets": [[0.0, 1.0]]}
    values = Session(compiled(tree)).history.values(1)
    assert float(values["loss"]) == 4000.0
    assert values["layer1.weights.grad"].tolist() == [[1.0, -1.0]]
