"""A history goes anywhere, and keeps to its budget whatever the length of the training."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.history import History
from nnstep.engine.run import carried
from nnstep.engine.training import Training
from tests.helpers.trainings import batched, compiled, dense, exploding, net, same, spreadsheet

LARGEST = 4096  # bytes of one iteration of these nets, generously


def straight(training: Training, iterations: int) -> list[dict[str, np.ndarray]]:
    """Return the values of each iteration, run one after the other with nothing kept and nothing replayed."""
    at, found = dict(training.first), []
    for iteration in range(1, iterations + 1):
        found.append(training.run(iteration, at))
        at = carried(training.program(iteration), found[-1])
    return found


NETS = {"spreadsheet": spreadsheet(), "batches": batched(), "relu": net(dense(3, "relu"), dense(2), samples=4)}
TRAININGS = {name: compiled(tree).training for name, tree in NETS.items()}
RUNS = {name: straight(training, 60) for name, training in TRAININGS.items()}


@pytest.mark.parametrize("name", NETS)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.sampled_from([0, 3_000, 20_000, 200_000, 10**7]))
def test_going_anywhere_gives_the_bits_of_going_there_step_by_step(name: str, places: list[int], budget: int) -> None:
    history = History(TRAININGS[name], budget)
    for iteration in places:
        assert same(dict(history.values(iteration)), RUNS[name][iteration - 1])


@pytest.mark.parametrize("name", NETS)
@given(st.lists(st.integers(0, 59), min_size=1, max_size=12), st.sampled_from([0, 3_000, 20_000, 10**7]))
def test_parameters_after_so_many_iterations(name: str, places: list[int], budget: int) -> None:
    history, training = History(TRAININGS[name], budget), TRAININGS[name]
    for done in places:
        expected = carried(training.program(done), RUNS[name][done - 1]) if done else dict(training.first)
        assert same(history.parameters(done), expected)


@pytest.mark.parametrize("budget", [4_000, 10_000, 50_000, 400_000])
@pytest.mark.parametrize("name", NETS)
def test_the_budget_holds_for_a_long_training(name: str, budget: int) -> None:
    history = History(TRAININGS[name], budget)
    largest = 0
    for iteration in history.replay(5_000):
        if iteration % 50 == 0:
            largest = max(largest, history.bytes_used)
    # Going back and forth fills every hole that there is.
    for iteration in (1, 4_999, 2_500, 2_499, 17, 5_000, 3_333):
        history.values(iteration)
        largest = max(largest, history.bytes_used)
    always = 2 * sum(array.nbytes + 250 for array in history.values(1).values())
    assert largest <= max(budget, always + 3 * LARGEST)


def test_what_is_kept_is_as_much_as_the_budget_has_room_for() -> None:
    history = History(TRAININGS["spreadsheet"], 400_000)
    for _ in history.replay(5_000):
        pass
    assert history.bytes_used > 200_000


def test_replaying_is_short_where_there_is_room() -> None:
    history = History(TRAININGS["spreadsheet"], 2**20)
    for _ in history.replay(5_000):
        pass
    assert max(history.distance(iteration) for iteration in range(1, 5_001)) <= 64


def test_going_back_one_by_one_seldom_replays() -> None:
    history = History(TRAININGS["spreadsheet"])
    history.values(2_000)
    assert [history.distance(iteration) for iteration in range(1_999, 1_900, -1)] == [0] * 99


def test_the_iteration_before_is_always_at_hand() -> None:
    history = History(TRAININGS["spreadsheet"], 0)
    for iteration in (2, 9, 30, 7):
        history.values(iteration)
        history.values(iteration - 1)
        assert history.distance(iteration - 1) == 0
        history.values(iteration)
        history.values(iteration - 1)
        assert history.distance(iteration) == history.distance(iteration - 1) == 0


def test_losses_are_noted_once_in_their_order() -> None:
    history = History(TRAININGS["spreadsheet"])
    history.values(30)
    history.values(3)
    history.values(40)
    assert history.losses.points == [float(values["loss"]) for values in RUNS["spreadsheet"][:40]]
    assert history.reached == 40


def test_the_goal_is_met_at_the_first_loss_below_it() -> None:
    losses = [float(values["loss"]) for values in RUNS["spreadsheet"]]
    training = compiled(spreadsheet(stop={"loss_below": (losses[19] + losses[20]) / 2})).training
    history = History(training)
    history.values(50)
    assert history.met == history.ended == 21
    assert history.broke == 0


def test_other_names_keep_every_parameter() -> None:
    history = History(TRAININGS["spreadsheet"])
    before = history.parameters(30)
    history.adopt(compiled(spreadsheet(), "math").training)
    assert same(history.parameters(30), before)
    assert history.values(31)["layer2.error"].tobytes() == (-RUNS["spreadsheet"][30]["layer2.error"]).tobytes()


def test_numbers_that_overflow_are_noted_and_raise_nothing() -> None:
    history = History(compiled(exploding()).training)
    history.values(12)
    assert 0 < history.broke <= 12
    assert history.ended == history.broke
    before = history.values(history.broke)
    assert np.isfinite(before["layer1.weights"]).all()


def test_very_large_numbers_are_no_fault() -> None:
    # Finite, but their sum is not: no parameter may be called broken for that.
    tree = net(dense(2, weights=[[1e308, 1e308]], bias=False), samples=1, inputs=1, optimizer={"name": "gd"})
    tree["data"] = {"inputs": [[0.0]], "targets": [[0.0, 0.0]]}
    history = History(compiled(tree).training)
    history.values(3)
    assert history.broke == 0


@pytest.mark.parametrize("budget", [0, 200_000, 900_000, 3_000_000])
def test_a_large_net_keeps_no_more_checkpoints_than_there_is_room_for(budget: int) -> None:
    training = compiled(net(dense(150, "tanh"), dense(150, "tanh"), dense(1), samples=2)).training
    history = History(training, budget)
    runs = straight(training, 24)
    for iteration in (24, 9, 10, 2, 23):
        assert same(dict(history.values(iteration)), runs[iteration - 1])
        two = 2 * sum(array.nbytes + 250 for array in runs[0].values())
        assert history.bytes_used <= max(budget, two + 3 * budget // 4)
