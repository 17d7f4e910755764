"""A history goes anywhere, and keeps to its budget whatever the length of the training."""

import tracemalloc
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine.cell import Array
from nnstep.engine.history import History
from nnstep.engine.run import carried
from nnstep.engine.training import Training
from tests.helpers.searching import examples
from tests.helpers.trainings import batched, compiled, dense, exploding, net, same, spreadsheet


def straight(training: Training, iterations: int) -> list[dict[str, np.ndarray]]:
    """Return the values of each iteration, run one after the other with nothing kept and nothing replayed."""
    at, found = dict(training.first), []
    for iteration in range(1, iterations + 1):
        found.append(training.run(iteration, at))
        at = carried(training.program(iteration), found[-1])
    return found


SLOW = {"name": "momentum", "learning_rate": 0.01}
NETS = {
    "spreadsheet": spreadsheet(),
    "batches": batched(),
    "momentum": net(dense(3, "relu"), dense(2), samples=4, optimizer=SLOW),
}
TRAININGS = {name: compiled(tree).training for name, tree in NETS.items()}
RUNS = {name: straight(training, 60) for name, training in TRAININGS.items()}


@pytest.mark.parametrize("name", NETS)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.sampled_from([0, 3_000, 20_000, 200_000, 10**7]))
def test_going_anywhere_gives_the_bits_of_going_there_step_by_step(name: str, places: list[int], budget: int) -> None:
    history = History(TRAININGS[name], budget)
    found = [dict(history.values(iteration)) for iteration in places]
    # Looked at afterwards: what was handed out must not change when room is used again.
    for iteration, values in zip(places, found, strict=True):
        assert same(values, RUNS[name][iteration - 1])


@pytest.mark.parametrize("name", NETS)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=12),
    st.sampled_from([0, 3_000, 20_000, 200_000, 10**7]),
)
def test_looking_ahead_changes_nothing(name: str, places: list[tuple[int, bool]], budget: int) -> None:
    history, other = History(TRAININGS[name], budget), History(TRAININGS[name], budget)
    for iteration, looks in places:
        if looks:
            history.look_ahead()
        assert same(dict(history.values(iteration)), RUNS[name][iteration - 1])
        other.values(iteration)
        assert (history.reached, history.losses.upto(60)) == (other.reached, other.losses.upto(60))
        assert history.bytes_used <= allowed(TRAININGS[name], budget)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The iterations that are run step by step, in their order."""
    ran, run = list[int](), Training.run

    def noted(self: Training, iteration: int, at: Mapping[str, Array]) -> dict[str, Array]:
        ran.append(iteration)
        return run(self, iteration, at)

    monkeypatch.setattr(Training, "run", noted)
    return ran


def test_what_was_run_ahead_is_not_run_again(ran: list[int]) -> None:
    history = History(TRAININGS["spreadsheet"])
    history.values(3)
    history.look_ahead()
    history.look_ahead()
    assert (ran, history.reached) == ([1, 2, 3, 4], 3)
    history.values(4)
    assert (ran, history.reached) == ([1, 2, 3, 4], 4)


def test_a_full_cache_makes_room_to_look_ahead(ran: list[int]) -> None:
    history = History(TRAININGS["spreadsheet"], 400_000)
    for iteration in range(1, 41):
        history.values(iteration)
    assert history.distance(1) > 0, "the first iterations are kept no more"
    history.look_ahead()
    assert ran[-1] == 41


def test_what_was_run_ahead_takes_room_until_somebody_goes_elsewhere() -> None:
    history, other = (History(TRAININGS["spreadsheet"], 200_000) for _ in range(2))
    for each in (history, other):
        each.values(3)
    history.look_ahead()
    assert history.bytes_used > other.bytes_used
    for each in (history, other):
        each.values(60)
    assert history.bytes_used == other.bytes_used


def test_a_large_iteration_is_not_run_ahead(ran: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(TRAININGS["spreadsheet"])
    history.values(1)
    monkeypatch.setattr("nnstep.engine.history._AT_ONCE", history.training.program(1).cells - 1)
    history.look_ahead()
    assert ran == [1]


def test_what_was_run_ahead_in_other_names_is_run_again() -> None:
    scenario = compiled(NETS["spreadsheet"])
    history, other = History(scenario.renamed("classic").training), scenario.renamed("math").training
    history.values(2)
    history.look_ahead()
    history.adopt(other)
    assert same(dict(history.values(3)), straight(other, 3)[2])


@pytest.mark.parametrize("name", NETS)
@given(st.lists(st.integers(0, 59), min_size=1, max_size=12), st.sampled_from([0, 3_000, 20_000, 10**7]))
def test_parameters_after_so_many_iterations(name: str, places: list[int], budget: int) -> None:
    history, training = History(TRAININGS[name], budget), TRAININGS[name]
    for done in places:
        expected = carried(training.program(done), RUNS[name][done - 1]) if done else dict(training.first)
        assert same(history.parameters(done), expected)


def test_parameters_that_were_handed_out_stay_when_their_room_is_used_again() -> None:
    history, training = History(TRAININGS["spreadsheet"], 3_000), TRAININGS["spreadsheet"]
    history.values(30)
    before = history.spacing
    held = {done: history.parameters(done) for done in range(1, 31)}
    history.values(600)
    assert history.spacing > 4 * before
    for done, at in held.items():
        assert same(at, carried(training.program(done), RUNS["spreadsheet"][done - 1]))


def told_of(name: str, iterations: int, budget: int) -> History:
    """Return a history that was told of iterations which were run elsewhere."""
    training = TRAININGS[name]
    history = History(training, budget)
    flat = np.empty(history.packing.width)  # (width)
    for number, values in enumerate(RUNS[name][:iterations], 1):
        program = training.program(number)
        history.packing.pack(carried(program, values), flat)
        history.passed(number, float(values[program.loss]), flat)
    return history


@pytest.mark.parametrize("name", NETS)
@given(st.integers(1, 60), st.lists(st.integers(1, 60), max_size=6), st.sampled_from([0, 3_000, 20_000, 10**7]))
def test_iterations_that_were_run_elsewhere_are_as_good(name: str, passed: int, places: list[int], budget: int) -> None:
    history, replayed = told_of(name, passed, budget), History(TRAININGS[name], budget)
    for _ in replayed.replay(passed):
        pass
    assert (history.reached, history.losses.points) == (passed, replayed.losses.points)
    assert (history.spacing, history.due) == (replayed.spacing, replayed.due)
    for iteration in places:
        assert same(dict(history.values(iteration)), RUNS[name][iteration - 1])


def test_of_iterations_that_were_run_elsewhere_none_is_left_out() -> None:
    history = told_of("spreadsheet", 10, 0)
    flat = np.zeros(history.packing.width)  # (width)
    history.passed(7, 0.0, flat)
    assert history.reached == 10
    with pytest.raises(ValueError, match="12 can't follow iteration 10"):
        history.passed(12, 0.0, flat)


@pytest.mark.parametrize("fault", [np.inf, -np.inf, np.nan])
def test_a_parameter_that_is_not_finite_is_noted_wherever_it_was_run(fault: float) -> None:
    history = told_of("spreadsheet", 10, 0)
    flat = np.full(history.packing.width, 1e308)  # (width)
    history.passed(11, 0.5, flat)
    assert history.broke == 0
    flat[3] = fault
    history.passed(12, 0.5, flat)
    assert (history.broke, history.ended, history.losses.latest) == (12, 12, 0.5)


def test_patience_is_over_at_the_same_iteration_wherever_it_was_run() -> None:
    data = {"source": "moons", "samples": 30, "noise": 0.3, "seed": 1, "split": {"test": 0.3}}
    tree = {**net(dense(1, "sigmoid"), inputs=2), "data": data, "loss": "bce", "stop": {"patience": 2}, "epochs": 99}
    tree["optimizer"] = {"name": "gd", "learning_rate": 40.0}
    training = compiled(tree).training
    replayed, told = History(training), History(training)
    flat = np.empty(told.packing.width)  # (width)
    for number, values in enumerate(straight(training, 40), 1):
        program = training.program(number)
        told.packing.pack(carried(program, values), flat)
        told.passed(number, float(values[program.loss]), flat)
    for _ in replayed.replay(40):
        pass
    assert replayed.reason == "patience"
    assert (told.met, told.best, told.reason) == (replayed.met, replayed.best, replayed.reason)


def allowed(training: Training, budget: int) -> int:
    """Return the bytes that a history may take: beyond the budget only what two iterations need beyond its half."""
    program = training.program(1)
    one = sum(8 * size for size in (int(np.prod(value.shape)) for value in program.values.values()))
    two = 2 * (one + 250 * len(program.values))
    return budget + max(0, two - budget // 2)


@lru_cache(maxsize=8)
def sized(units: int) -> Training:
    return compiled(net(dense(units, "tanh"), dense(1), samples=2, inputs=units)).training


@settings(max_examples=examples(30))
@given(st.sampled_from([1, 4, 40, 300]), st.integers(0, 3_000_000), st.integers(1, 600), st.data())
def test_the_budget_holds_for_any_length_and_size(units: int, budget: int, length: int, data: st.DataObject) -> None:
    training = sized(units)
    history = History(training, budget)
    flat = np.full(history.packing.width, 0.01)  # (width)
    for number in range(1, length + 1):
        history.passed(number, 0.5, flat)
        assert history.bytes_used <= allowed(training, budget)
    # Going back and forth fills every hole that there is.
    for iteration in data.draw(st.lists(st.integers(1, length), max_size=3)):
        if history.distance(iteration) <= 20:
            history.values(iteration)
            assert history.bytes_used <= allowed(training, budget)


def test_the_system_is_asked_for_no_more_than_the_budget() -> None:
    training, budget = sized(40), 1_000_000
    tracemalloc.start()
    try:
        history = History(training, budget)
        flat = np.zeros(history.packing.width)  # (width)
        for number in range(1, 2_000):
            history.passed(number, 0.5, flat)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The losses, the vector handed over and one that it is compared with come to it.
    assert peak < budget + 2 * flat.nbytes + 200_000


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
    for iteration in (2, 9, 30, 7, 1, 8):
        assert list(history.replay(iteration))[-1] == iteration
        for shown in (iteration, max(iteration - 1, 1), iteration):
            history.values(shown)
            assert history.distance(iteration) == 0
    # One on, or one back, makes one new iteration and keeps the one that both show.
    assert list(history.replay(9)) == [9]
    history.values(8)
    assert history.distance(9) == 0


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
        assert history.bytes_used <= allowed(training, budget)
