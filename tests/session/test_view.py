"""What a view shows at a place, and what it does not show yet."""

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.session import Session
from tests.helpers.trainings import batched, dense, net, session, spreadsheet


@pytest.fixture
def walk() -> Session:
    """Return a session at the very start of the spreadsheet."""
    return session(spreadsheet())


def states(walk: Session) -> dict[str, str]:
    view = walk.view()
    return {identity: view.state(identity) for identity in view.program.values}


def test_before_the_first_step_all_is_blank_but_what_is_given(walk: Session) -> None:
    found = states(walk)
    assert {identity for identity, state in found.items() if state == "given"} == {
        *("inputs", "targets", "learning_rate"),
        *("layer1.weights", "layer1.bias", "layer2.weights", "layer2.bias"),
    }
    assert {state for identity, state in found.items() if identity in walk.program.order} == {"blank"}
    assert walk.view().array("layer1.output") is None
    assert walk.view().shown(Cell("layer1.output", (0, 0))) is None
    assert walk.view().loss is None


def test_what_is_done_is_live_and_the_rest_is_blank(walk: Session) -> None:
    walk.go(1, 2)
    found = states(walk)
    assert found["layer1.output"] == "live"
    assert found["layer2.pre_activation"] == "blank"


def test_in_the_next_iteration_the_rest_is_the_last_ones(walk: Session) -> None:
    walk.go(2, 2)
    view, before = walk.view(), walk.history.values(1)
    assert view.state("layer2.output") == "stale"
    assert view.array("layer2.output") is before["layer2.output"]
    assert view.state("layer1.output") == "live"
    assert view.shown(Cell("layer1.output", (1, 1))) == float(walk.history.values(2)["layer1.output"][1, 1])
    assert view.was(Cell("layer1.output", (1, 1))) == float(before["layer1.output"][1, 1])


def test_while_a_step_is_walked_only_its_first_cells_are_there(walk: Session) -> None:
    walk.go(2, 1)
    for _ in range(5):
        walk.next_cell()
    view = walk.view()
    assert view.state("layer1.output") == "partial"
    done = [view.is_done(Cell("layer1.output", at)) for at in np.ndindex(3, 3)]
    assert done == [True] * 5 + [False] * 4
    assert view.shown(Cell("layer1.output", (2, 2))) == float(walk.history.values(1)["layer1.output"][2, 2])
    assert view.story == Cell("layer1.output", (1, 1))


def test_what_a_step_is_measured_by_waits_for_the_whole_step(walk: Session) -> None:
    walk.go(1, 3)
    walk.next_cell()
    view = walk.view()
    assert (view.state("layer2.output"), view.state("loss"), view.loss) == ("partial", "blank", None)
    assert view.shown(Cell("loss", ())) is None
    walk.next()
    assert walk.view().state("loss") == "live"
    assert walk.view().loss == float(walk.view().values["loss"])


def test_in_the_first_iteration_cells_that_are_not_there_are_blank(walk: Session) -> None:
    walk.next_cell()
    view = walk.view()
    assert view.shown(Cell("layer1.pre_activation", (0, 0))) == pytest.approx(1.48)
    assert view.shown(Cell("layer1.pre_activation", (0, 1))) is None


def test_the_story_is_the_cursors_unless_a_step_is_walked(walk: Session) -> None:
    assert walk.view().story is None
    walk.next()
    assert walk.view().story == Cell("layer1.pre_activation", (0, 0))
    walk.place_cursor(Cell("inputs", (2, 3)))
    assert walk.view().story == Cell("inputs", (2, 3))
    walk.next_cell()
    assert walk.view().story == Cell("layer1.output", (0, 0))


def test_a_measure_is_there_when_all_it_reads_is(walk: Session) -> None:
    walk.go(1, 3)
    assert walk.view().state("loss") == "blank"
    walk.next()
    assert walk.view().state("loss") == "live"
    assert walk.view().loss == float(walk.history.values(1)["loss"])


def test_the_loss_curve_ends_where_we_are(walk: Session) -> None:
    walk.go(30, 1)
    walk.go(3, 3)
    assert len(walk.view().losses) == 2
    walk.next()
    assert len(walk.view().losses) == 3
    assert walk.view().losses[-1] == walk.view().loss


def test_what_was_a_next_weight_is_the_weight_before(walk: Session) -> None:
    walk.go(1, 18)
    view = walk.view()
    assert view.was(Cell("layer1.weights.next", (2, 1))) == float(view.values["layer1.weights"][2, 1])
    assert view.was(Cell("layer1.weights", (2, 1))) is None
    walk.next()
    assert walk.view().was(Cell("layer1.weights", (2, 1))) == float(walk.history.values(1)["layer1.weights"][2, 1])


def test_the_samples_of_a_batch_are_named() -> None:
    walk = session(batched())
    walk.go(2, 0)
    view = walk.view()
    rows = list(view.samples)
    assert np.array_equal(view.values["inputs"], walk.compiled.training.train.inputs[rows])
    assert len(set(rows)) == 3


def test_batches_of_another_size_leave_only_what_is_not_about_samples() -> None:
    walk = session(batched())
    walk.go(3, 0)  # one sample, after three
    view = walk.view()
    assert view.state("layer1.output") == "blank"
    assert view.state("layer1.weights.grad") == "stale"
    assert view.was(Cell("layer1.weights", (0, 0))) is not None


def test_a_view_stays_what_it_was(walk: Session) -> None:
    walk.go(2, 4)
    view = walk.view()
    before = {name: array.tobytes() for name, array in view.values.items()}
    walk.go(40, 1)
    walk.rename("math")
    assert {name: array.tobytes() for name, array in view.values.items()} == before
    assert view.position.step == 4


def test_what_a_cell_was_is_not_told_of_another_sample() -> None:
    walk = session(net(dense(2, "tanh"), dense(1), samples=4, batch=2))
    walk.go(2, len(walk.program.steps))
    view = walk.view()
    assert view.samples == (2, 3)
    assert view.was(Cell("layer1.output", (0, 0))) is None
    assert view.was(Cell("layer1.delta", (0, 0))) is None
    # Weights and their gradients are no sample's, and their cells stay what they are.
    assert view.was(Cell("layer1.weights.grad", (0, 0))) is not None
    assert view.was(Cell("layer1.weights.next", (0, 0))) is not None


def test_what_a_cell_was_is_told_where_a_batch_comes_again() -> None:
    walk = session(net(dense(2, "tanh"), dense(1), samples=4, batches=[[0, 2], [0, 2], [2, 0]]))
    walk.go(2, len(walk.program.steps))
    assert walk.view().was(Cell("layer1.output", (0, 0))) is not None
    walk.go(3, len(walk.program.steps))
    assert walk.view().was(Cell("layer1.output", (0, 0))) is None
