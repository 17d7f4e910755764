"""Full speed and stepping never disagree: the same numbers in every bit, whatever the network."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.engine import runner as engine
from nnstep.engine.run import carried
from nnstep.engine.runner import Runner
from nnstep.engine.training import Training
from tests.helpers.pytorch import CASES, scenario
from tests.helpers.trainings import Tree, compiled, dense, net

ITERATIONS = 7

NETS: dict[str, Tree] = {
    "shuffled-batches": net(dense(4, "tanh"), dense(2, "sigmoid"), samples=11, batch=4, shuffle=True),
    "batches-in-order": net(dense(4, "relu"), dense(2), samples=11, batch=4, optimizer="adam"),
    "one-at-a-time": net(dense(3, "gelu"), dense(1, "sigmoid"), samples=5, batch=1, optimizer="momentum"),
    "given-batches": net(dense(3, "elu"), dense(1), samples=5, batches=[[0, 1], [4, 2, 2], [3, 0]]),
    "frozen": net(dense(3, "softplus", trainable={"weights": False, "bias": True}), dense(1, "sigmoid")),
    "without-bias": net(dense(3, "leaky_relu", bias=False), dense(3, "softmax"), loss="cce"),
    "dropout": net(dense(6, "relu"), {"layer": "dropout", "rate": 0.5}, dense(1), samples=9, batch=4, shuffle=True),
    "batch-norm": net(dense(4), {"layer": "batch_norm"}, dense(1, "sigmoid"), samples=10, batch=4),
    "schedule": net(
        dense(2), optimizer={"name": "adamw", "learning_rate": 0.1, "schedule": {"name": "cosine"}}, epochs=9
    ),
    "l2": net(dense(3, "gelu_tanh"), dense(2), loss={"name": "mse", "l2": 0.1}, optimizer="nesterov"),
    "one-layer": net(dense(2, "sigmoid")),
}


def stepped(training: Training, iterations: int) -> tuple[list[float], dict[str, np.ndarray]]:
    """Return the losses and what is carried in the end, as stepping gives them."""
    at, losses = dict(training.first), []
    for iteration in range(1, iterations + 1):
        values = training.run(iteration, at)
        at = carried(training.program(iteration), values)
        losses.append(float(values[training.program(iteration).loss]))
    return losses, at


def assert_same(training: Training) -> None:
    wanted, at = stepped(training, ITERATIONS)
    runner, losses = Runner(training), []
    runner.run(2, losses)
    runner.run(ITERATIONS, losses)
    assert losses == wanted
    assert runner.at.keys() == at.keys()
    for identity, array in at.items():
        assert runner.at[identity].tobytes() == array.tobytes(), identity
    assert runner.score(training.train) == training.predict(at, training.train)[1]


@pytest.mark.parametrize("name", ["batches-in-order", "one-at-a-time", "given-batches"])
def test_more_batches_than_are_laid_out_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_MOST_TURNS", 1)
    assert_same(compiled(NETS[name]).training)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_network_of_the_oracles(path: Path) -> None:
    assert_same(compiled(scenario(json.loads(path.read_text(encoding="utf-8")))).training)


@pytest.mark.parametrize("names", NAME_SETS)
@pytest.mark.parametrize("name", NETS)
def test_every_way_of_training(name: str, names: str) -> None:
    assert_same(compiled({**NETS[name], "names": names}).training)


def test_it_goes_on_from_anywhere() -> None:
    training = compiled(NETS["shuffled-batches"]).training
    losses, at = stepped(training, 9)
    runner, found = Runner(training), []
    runner.begin(4, stepped(training, 4)[1])
    runner.run(9, found)
    assert found == losses[4:]
    assert all(np.array_equal(runner.at[identity], at[identity]) for identity in at)


def test_it_stops_at_a_loss_that_is_low_enough() -> None:
    training = compiled(NETS["one-layer"]).training
    losses, _ = stepped(training, 30)
    runner, found = Runner(training), []
    low = (losses[10] + losses[11]) / 2
    runner.run(30, found, low)
    assert runner.done == 12
    assert found == losses[:12]


def test_it_stops_where_the_loss_is_not_finite() -> None:
    training = compiled(net(dense(1), optimizer={"name": "sgd", "learning_rate": 1e200})).training
    runner, found = Runner(training), []
    runner.run(30, found)
    assert runner.done < 5
    assert not np.isfinite(found[-1])


@pytest.mark.parametrize("name", NETS)
def test_single_precision_is_near(name: str) -> None:
    training = compiled(NETS[name]).training
    double, single = Runner(training), Runner(training, np.float32)
    double.run(ITERATIONS, [])
    single.run(ITERATIONS, [])
    for identity, array in double.at.items():
        assert single.at[identity].dtype == np.float32
        np.testing.assert_allclose(single.at[identity], array, rtol=2e-3, atol=2e-4)
