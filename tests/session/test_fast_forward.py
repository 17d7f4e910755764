"""Fast-forward: to the end of an epoch, to the goal, or as far as it was let."""

import pytest

from nnstep.session import Session
from tests.helpers.trainings import batched, exploding, session, spreadsheet

LAST = 18


def place(walk: Session) -> tuple[int, int]:
    return (walk.position.iteration, walk.position.step)


def run(walk: Session, epoch: int) -> list[int]:
    return list(walk.fast_forward(epoch))


def test_it_ends_at_the_end_of_the_epoch() -> None:
    walk = session(spreadsheet())
    assert run(walk, 20) == list(range(1, 21))
    assert place(walk) == (20, LAST)


def test_an_epoch_of_several_batches() -> None:
    walk = session(batched())
    run(walk, 4)
    view = walk.view()
    assert (view.epoch, view.batch, view.position.iteration) == (4, 3, 12)


@pytest.mark.parametrize("epoch", [0, 1, 5])
def test_where_there_is_nowhere_to_go_we_end_this_iteration(epoch: int) -> None:
    walk = session(spreadsheet())
    walk.go(5, 3)
    assert run(walk, epoch) == []
    assert place(walk) == (5, LAST)


def test_from_the_very_start_to_the_first_epoch() -> None:
    walk = session(spreadsheet())
    run(walk, 1)
    assert place(walk) == (1, LAST)
    assert walk.view().loss is not None


def test_cut_short_we_stay_at_the_last_iteration_that_was_run() -> None:
    walk = session(spreadsheet())
    way = walk.fast_forward(5_000)
    for iteration in way:
        if iteration >= 37:
            break
    way.close()  # type: ignore[attr-defined]
    assert place(walk) == (iteration, LAST)
    assert walk.history.reached == iteration


def test_cut_short_while_it_replays_we_are_no_further_back_than_before() -> None:
    walk = session(spreadsheet(), budget=30_000)
    walk.go(3_000, 0)
    walk.rename("math")  # what was kept is gone, so it has to begin at a checkpoint before us
    way = walk.fast_forward(4_000)
    next(way)
    way.close()  # type: ignore[attr-defined]
    assert walk.position.iteration == 3_000


def losses(count: int) -> list[float]:
    walk = session(spreadsheet())
    return [float(walk.history.values(iteration)["loss"]) for iteration in range(1, count + 1)]


def test_it_stops_at_the_first_loss_below_the_goal() -> None:
    known = losses(40)
    goal = (known[24] + known[25]) / 2
    walk = session(spreadsheet(stop={"loss_below": goal}))
    run(walk, 1_000)
    assert place(walk) == (26, LAST)
    assert walk.view().loss == known[25]


def test_it_stops_there_again_whatever_was_seen_since() -> None:
    known = losses(40)
    walk = session(spreadsheet(stop={"loss_below": (known[24] + known[25]) / 2}), budget=20_000)
    walk.go(400, 1)
    walk.go(2, 0)
    run(walk, 1_000)
    assert place(walk) == (26, LAST)


def test_past_the_goal_it_goes_on() -> None:
    known = losses(40)
    walk = session(spreadsheet(stop={"loss_below": (known[24] + known[25]) / 2}))
    run(walk, 1_000)
    run(walk, 60)
    assert place(walk) == (60, LAST)


def test_it_stops_where_numbers_are_no_longer_finite() -> None:
    walk = session(exploding())
    run(walk, 1_000)
    assert walk.position.iteration == walk.history.broke < 20
    assert walk.view().fault is not None
    run(walk, 1_000)
    assert walk.position.iteration == walk.history.broke
