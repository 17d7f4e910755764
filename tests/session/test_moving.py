"""The commands that move: where each of them ends."""

import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load
from nnstep.session import Position, Session
from tests.helpers.trainings import batched, dense, net, session, spreadsheet

LAST = 18  # steps of an iteration of the spreadsheet


@pytest.fixture
def walk() -> Session:
    """Return a session at the very start of the spreadsheet."""
    return session(spreadsheet())


def place(walk: Session) -> tuple[int, int, int]:
    return (walk.position.iteration, walk.position.step, walk.position.cell)


def test_it_begins_before_the_first_step(walk: Session) -> None:
    assert walk.position == Position(1, 0, 0)
    assert walk.view().active is None


def test_next_and_back(walk: Session) -> None:
    walk.next()
    assert place(walk) == (1, 1, 0)
    walk.back()
    assert place(walk) == (1, 0, 0)
    walk.back()
    assert place(walk) == (1, 0, 0)


def test_after_the_last_step_comes_the_first_of_the_next_iteration(walk: Session) -> None:
    walk.go(1, LAST)
    walk.next()
    assert place(walk) == (2, 1, 0)
    walk.back()
    assert place(walk) == (1, LAST, 0)


def test_from_the_start_of_an_iteration_back_goes_into_the_one_before(walk: Session) -> None:
    walk.go(3, 0)
    walk.back()
    assert place(walk) == (2, LAST - 1, 0)


def test_walking_cell_by_cell(walk: Session) -> None:
    for cell in range(1, 9):
        walk.next_cell()
        assert place(walk) == (1, 1, cell)
    walk.next_cell()
    assert place(walk) == (1, 1, 0)
    walk.next_cell()
    assert place(walk) == (1, 2, 1)


def test_out_of_a_walk_next_finishes_the_step(walk: Session) -> None:
    walk.next_cell()
    walk.next_cell()
    walk.next()
    assert place(walk) == (1, 1, 0)


def test_in_a_walk_back_goes_by_a_cell_and_then_by_a_step(walk: Session) -> None:
    walk.go(1, 1)
    walk.next_cell()
    walk.next_cell()
    walk.back()
    assert place(walk) == (1, 2, 1)
    walk.back()
    assert place(walk) == (1, 1, 0)


def test_a_step_of_one_cell_is_walked_at_once() -> None:
    walk = session(net(dense(1), samples=1), "math")
    walk.next_cell()
    assert place(walk) == (1, 1, 0)


def test_a_walk_into_the_next_iteration(walk: Session) -> None:
    walk.go(1, LAST)
    walk.next_cell()
    assert place(walk) == (2, 1, 1)
    walk.back()
    assert place(walk) == (1, LAST, 0)


def test_phases_forward_and_back(walk: Session) -> None:
    phases = []
    for _ in range(6):
        walk.next_phase()
        active = walk.view().active
        assert active is not None
        phases.append((walk.position.iteration, active.phase))
    expected = [(1, "forward"), (1, "error"), (1, "deltas"), (1, "gradients"), (1, "update"), (2, "forward")]
    assert phases == expected
    for iteration, phase in reversed(expected[:-1]):
        walk.previous_phase()
        active = walk.view().active
        assert active is not None
        assert (walk.position.iteration, active.phase) == (iteration, phase)
    walk.previous_phase()
    assert place(walk) == (1, 0, 0)


def test_the_first_step_of_this_phase_comes_before_the_phase_before(walk: Session) -> None:
    walk.go(1, 8)
    walk.previous_phase()
    assert place(walk) == (1, 6, 0)


def test_iterations_forward_and_back_stay_at_the_step(walk: Session) -> None:
    walk.go(1, 7)
    walk.next_iteration()
    walk.next_iteration()
    assert place(walk) == (3, 7, 0)
    walk.previous_iteration()
    assert place(walk) == (2, 7, 0)
    walk.previous_iteration()
    walk.previous_iteration()
    assert place(walk) == (1, 0, 0)


def test_home_goes_to_the_start_of_the_iteration_and_then_to_the_very_start(walk: Session) -> None:
    walk.go(4, 9)
    walk.home()
    assert place(walk) == (4, 0, 0)
    walk.home()
    assert place(walk) == (1, 0, 0)


def test_end_goes_to_the_end_of_the_iteration_and_then_to_the_furthest_one(walk: Session) -> None:
    walk.go(9, 2)
    walk.go(4, 9)
    walk.end()
    assert place(walk) == (4, LAST, 0)
    walk.end()
    assert place(walk) == (9, LAST, 0)


def test_end_finishes_a_step_that_is_being_walked(walk: Session) -> None:
    walk.go(1, LAST - 1)
    walk.next_cell()
    walk.end()
    assert place(walk) == (1, LAST, 0)


def test_run_to_goes_on_to_a_value(walk: Session) -> None:
    walk.run_to("layer2.delta")
    assert place(walk) == (1, 8, 0)
    walk.run_to("layer2.delta")
    assert place(walk) == (2, 8, 0)
    walk.run_to("layer1.output")
    assert place(walk) == (3, 2, 0)


@pytest.mark.parametrize(("iteration", "step"), [(0, 0), (-1, 3), (1, 19), (1, -1)])
def test_there_is_no_such_place(walk: Session, iteration: int, step: int) -> None:
    walk.go(2, 3)
    with pytest.raises(NnstepError, match="there is no step"):
        walk.go(iteration, step)
    assert place(walk) == (2, 3, 0)


def test_travelling_says_how_far_it_is(walk: Session) -> None:
    assert list(walk.travel(5, 0)) == [1, 2, 3, 4, 5]
    assert list(walk.travel(3, 0)) == []
    assert place(walk) == (3, 0, 0)


def test_a_journey_that_is_broken_off_leaves_us_where_we_were(walk: Session) -> None:
    way = walk.travel(50, 0)
    for _ in range(5):
        next(way)
    way.close()  # type: ignore[attr-defined]
    assert place(walk) == (1, 0, 0)


def test_the_cursor_comes_along_to_the_next_step(walk: Session) -> None:
    walk.next()
    walk.place_cursor(Cell("layer1.pre_activation", (2, 1)))
    walk.next()
    assert walk.cursor == Cell("layer1.output", (2, 1))
    walk.next()
    assert walk.cursor == Cell("layer2.pre_activation", (2, 0))
    walk.go(1, 12)
    assert walk.cursor == Cell("layer2.bias.grad", (0,))
    walk.go(1, 0)
    assert walk.cursor is None


def test_other_names_keep_the_place() -> None:
    walk = session(spreadsheet())
    walk.run_to("layer2.delta")
    for names in ("math", "framework", "layerwise", "classic"):
        walk.rename(names)
        active = walk.view().active
        assert active is not None
        assert active.id == "layer2.delta"
        assert walk.compiled.names.name == names


def test_other_names_keep_the_cursor_where_the_value_is_still_there(walk: Session) -> None:
    walk.rename("math")
    walk.place_cursor(Cell("layer1.weighted", (0, 0)))
    walk.rename("framework")
    assert walk.cursor == Cell("layer1.weighted", (0, 0))
    walk.rename("classic")
    assert walk.cursor is None


def test_epochs_and_batches_are_counted() -> None:
    walk = session(batched())
    seen = []
    for iteration in range(1, 8):
        walk.go(iteration, 0)
        view = walk.view()
        seen.append((view.epoch, view.batch, len(view.samples)))
    assert seen == [(1, 1, 3), (1, 2, 3), (1, 3, 1), (2, 1, 3), (2, 2, 3), (2, 3, 1), (3, 1, 3)]


@pytest.fixture(scope="module")
def lstm() -> Session:
    """Return a session of a shipped network that goes through three times."""
    return Session(compile_scenario(load("lstm-remembers")))


def active(walk: Session) -> str:
    return walk.program.steps[walk.position.step - 1].id


def test_the_same_gate_at_the_next_time_and_back(lstm: Session) -> None:
    lstm.go(1, lstm.program.order["layer1.t0.forget_gate"])
    seen = []
    for move in (*[lstm.next_time] * 3, *[lstm.previous_time] * 3):
        move()
        seen.append((lstm.position.iteration, active(lstm)))
    gates = [(1, f"layer1.t{t}.forget_gate") for t in range(3)]
    assert seen == [*gates[1:], (2, gates[0][1]), gates[2], gates[1], gates[0]]


@pytest.mark.parametrize(
    ("begin", "wanted"),
    [
        ("layer1.t2.delta", "layer1.t1.delta"),
        ("layer1.t2.forget_gate.slope", "layer1.t1.forget_gate.slope"),
        ("layer1.bias.grad.t1", "layer1.bias.grad.t0"),
        ("layer1.t1.cell.grad.via.layer1.t2.kept", "layer1.t0.cell.grad.via.layer1.t1.kept"),
        ("layer1.initial_states", "layer1.t0.input"),
        ("loss", "layer1.t2.output_gate.grad"),
    ],
)
def test_on_the_way_back_the_next_time_is_the_one_before(lstm: Session, begin: str, wanted: str) -> None:
    lstm.go(1, lstm.program.order[begin])
    lstm.next_time()
    assert (lstm.position.iteration, active(lstm)) == (1, wanted)


def test_out_of_the_start_the_first_step_that_has_a_time(lstm: Session) -> None:
    lstm.go(2, 0)
    lstm.next_time()
    assert (lstm.position.iteration, active(lstm)) == (2, "layer1.t0.input")


@pytest.mark.parametrize("names", NAME_SETS)
def test_it_goes_by_ids_so_it_is_the_same_step_in_all_names(names: str) -> None:
    walk = Session(compile_scenario(load("rnn-counts"), names=names))
    walk.go(1, walk.program.order["layer1.t0.output"])
    walk.next_time()
    assert active(walk) == "layer1.t1.output"


def test_where_nothing_goes_through_time_it_says_so_and_stays(walk: Session) -> None:
    walk.go(2, 5)
    for move in (walk.next_time, walk.previous_time):
        with pytest.raises(NnstepError, match="nothing in this network goes through time"):
            move()
    assert place(walk) == (2, 5, 0)
