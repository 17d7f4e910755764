"""A training ends by itself at one place, whoever runs it."""

import math

import pytest

from nnstep.commands.loop import train
from nnstep.engine.history import History
from nnstep.engine.stopping import Stopping
from nnstep.explain.ending import stopped_text
from nnstep.session import Position, Session
from tests.helpers.trainings import NAMES, Tree, compiled, dense

MOONS: Tree = {
    "title": "moons",
    "seed": 3,
    "data": {"source": "moons", "samples": 60, "noise": 0.3, "seed": 1, "split": {"test": 0.5, "seed": 2}},
    "network": [dense(30, "tanh"), dense(1, "sigmoid")],
    "loss": "bce",
    "optimizer": {"name": "sgd", "learning_rate": 2},
    "epochs": 300,
}


def quiet(epoch: int, loss: float) -> None:
    """Say nothing."""


@pytest.mark.parametrize("batch", ["full", 8])
@pytest.mark.parametrize("stop", [{"patience": 5}, {"loss_below": 0.2, "patience": 200}, {"loss_below": 0.2}])
def test_fast_forward_ends_where_training_at_full_speed_ends(batch: int | str, stop: Tree) -> None:
    made = compiled({**MOONS, "batch": batch, "stop": stop})
    trained = train(made.training, epochs=300, mean=True, watch=quiet)
    walk = Session(made)
    for _ in walk.fast_forward(300):
        pass
    assert trained.ending == walk.stopped == ("loss_below" if "loss_below" in stop else "patience")
    assert walk.history.ended == trained.iterations < 300 * made.training.batches.per_epoch
    done = made.training.batches.first(trained.best_epoch + 1) - 1 if walk.stopped == "patience" else trained.iterations
    assert walk.position == Position(done, len(walk.program.steps))
    there = walk.history.parameters(done)
    assert {name: value.tobytes() for name, value in trained.carried.items()} == {
        name: value.tobytes() for name, value in there.items()
    }


def test_patience_ends_that_many_epochs_after_the_least_test_loss() -> None:
    training = compiled({**MOONS, "stop": {"patience": 5}}).training
    history = History(training)
    losses = []
    for done in history.replay(200):
        losses.append(training.predict(history.parameters(done), training.test)[1])
        if done == history.ended:
            break
    assert len(losses) == history.met == losses.index(min(losses)) + 1 + 5
    assert history.rest == losses.index(min(losses)) + 1


@pytest.mark.parametrize("names", NAMES)
def test_other_names_on_the_way_do_not_change_where_it_ends(names: str) -> None:
    expected = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    list(expected.fast_forward(300))
    walk = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    walk.go(3, 1)
    walk.rename(names)
    list(walk.fast_forward(300))
    assert walk.position.iteration == expected.position.iteration


def test_from_the_best_epoch_and_past_its_end_it_goes_on() -> None:
    walk = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    list(walk.fast_forward(300))
    best, ended = walk.history.rest, walk.history.ended
    assert walk.position.iteration == best < ended
    list(walk.fast_forward(100))
    assert (walk.position.iteration, walk.stopped) == (100, None)
    list(walk.fast_forward(300))
    assert (walk.position.iteration, walk.stopped) == (300, None)


def test_from_anywhere_else_before_its_end_it_goes_back_to_the_best_epoch_whatever_was_seen() -> None:
    made = compiled({**MOONS, "stop": {"patience": 5}})
    known = Session(made)
    known.go(200, 1)
    best, ended = known.history.rest, known.history.ended
    for start, step in ((1, 0), (best, 3), (best + 1, 0), (ended - 1, 1)):
        for walk in (Session(made), known):
            walk.go(start, step)
            list(walk.fast_forward(ended - 1))
            assert (walk.position.iteration, walk.stopped) == (ended - 1, None)
            walk.go(start, step)
            list(walk.fast_forward(ended))
            assert (walk.position.iteration, walk.stopped) == (best, "patience")
            assert walk.view().epoch == best


def test_cut_short_on_the_way_back_we_are_where_patience_was_over() -> None:
    walk = Session(compiled({**MOONS, "stop": {"patience": 5}}), budget=3_000)
    way = walk.fast_forward(300)
    for iteration in way:
        if iteration == walk.history.ended:
            break
    next(way)
    way.close()  # type: ignore[attr-defined]
    assert (walk.position.iteration, walk.stopped) == (walk.history.ended, None)


def test_it_is_told_why_until_one_moves_on() -> None:
    walk = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    list(walk.fast_forward(300))
    best = walk.view().epoch
    assert stopped_text(walk) == f"the test loss has not fallen for 5 epochs; back to epoch {best}, the best"
    walk.next()
    assert stopped_text(walk) == ""
    walk = Session(compiled({**MOONS, "stop": {"loss_below": 0.2}}))
    list(walk.fast_forward(300))
    assert stopped_text(walk) == "the loss is below 0.2"
    list(walk.fast_forward(2))
    assert stopped_text(walk) == ""


def test_the_least_loss_may_be_that_of_the_first_epoch_though_it_is_not_finite() -> None:
    training = compiled({**MOONS, "stop": {"patience": 2}}).training
    stopping = Stopping(training)
    losses = iter([math.nan, 3.0, 4.0, 3.0])
    object.__setattr__(training, "predict", lambda at, samples: (None, next(losses)))
    found = [stopping.after(iteration, 1.0, {}) for iteration in (1, 2, 3, 4)]
    assert (found, stopping.best_epoch) == ([None, None, None, "patience"], 2)


def test_the_validation_part_is_watched_where_there_is_one() -> None:
    data = {**MOONS["data"], "split": {"test": 0.3, "validation": 0.3, "seed": 2}}
    training = compiled({**MOONS, "data": data, "stop": {"patience": 5}}).training
    trained = train(training, epochs=300, mean=True, watch=quiet)
    losses = [point.validation for point in trained.points]
    assert trained.ending == "patience"
    assert losses.index(min(losses)) + 1 == trained.best_epoch == trained.epoch - 5
    assert training.predict(trained.carried, training.validation)[1] == min(losses)
