"""A training ends by itself at one place, whoever runs it."""

import pytest

from nnstep.commands.loop import train
from nnstep.engine.history import History
from nnstep.session import Session
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
    assert trained.ending == ("loss_below" if "loss_below" in stop else "patience")
    assert walk.position.iteration == trained.iterations < 300 * made.training.batches.per_epoch


def test_patience_ends_that_many_epochs_after_the_least_test_loss() -> None:
    training = compiled({**MOONS, "stop": {"patience": 5}}).training
    history = History(training)
    losses = []
    for done in history.replay(200):
        losses.append(training.predict(history.parameters(done), training.test)[1])
        if done == history.ended:
            break
    assert len(losses) == history.met == losses.index(min(losses)) + 1 + 5


@pytest.mark.parametrize("names", NAMES)
def test_other_names_on_the_way_do_not_change_where_it_ends(names: str) -> None:
    expected = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    list(expected.fast_forward(300))
    walk = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    walk.go(3, 1)
    walk.rename(names)
    list(walk.fast_forward(300))
    assert walk.position.iteration == expected.position.iteration


def test_past_its_end_it_goes_on() -> None:
    walk = Session(compiled({**MOONS, "stop": {"patience": 5}}))
    list(walk.fast_forward(300))
    walk.next()
    list(walk.fast_forward(300))
    assert walk.position.iteration == 300
