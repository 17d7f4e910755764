"""scikit-learn's networks from the same start, through the same batches: the same weights, answers and losses."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nnstep.engine.cell import Array
from nnstep.session import Session
from tests.helpers.trainings import Tree, dense, parameters, session

SAMPLES, FEATURES, EPOCHS = 11, 4, 20
BATCHES = pytest.mark.parametrize("batch", [SAMPLES, 4], ids=["full", "in-batches"])
SOLVERS = pytest.mark.parametrize("solver", ["sgd", "adam"])
ACTIVATIONS = pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "identity"])
RATE = {"sgd": 0.1, "adam": 0.02}
# scikit-learn adds epsilon before it corrects the running mean of squares, PyTorch (and so we) after. So small a one
# changes no bit of a sum, and only keeps 0 / 0 away.
EPSILON = 1e-30


@dataclass(frozen=True)
class Task:
    """What is to be learned.

    targets: for us (b, j). labels: for scikit-learn. activation, loss: what the network ends with here.
    outputs: by how much scikit-learn's gradient is larger than ours: it averages over rows and adds up the outputs
    of a row, where half_sse and bce average over both.
    """

    model: type[Any]
    targets: Array
    labels: Array
    activation: str | None
    loss: Tree
    outputs: int = 1


def _tasks() -> dict[str, Task]:
    rng = np.random.default_rng(5)
    classes = np.arange(SAMPLES) % 3
    several = rng.integers(0, 2, (SAMPLES, 3)).astype(float)  # (b, j)
    numbers = rng.normal(size=(SAMPLES, 2)).round(3)  # (b, j)
    half, cross = {"name": "half_sse", "reduction": "mean"}, {"name": "bce"}
    return {
        "a-number": Task(MLPRegressor, numbers[:, :1], numbers[:, 0], None, half),
        "two-numbers": Task(MLPRegressor, numbers, numbers, None, half, outputs=2),
        "yes-or-no": Task(MLPClassifier, several[:, :1], several[:, 0], "sigmoid", cross),
        "one-of-three": Task(MLPClassifier, np.eye(3)[classes], classes, "softmax", {"name": "cce"}),
        "any-of-three": Task(MLPClassifier, several, several, "sigmoid", cross, outputs=3),
    }


TASKS = _tasks()
INPUTS = np.random.default_rng(6).normal(size=(SAMPLES, FEATURES)).round(3)  # (b, i)
Start = list[tuple[Array, Array]]


def start(widths: Sequence[int]) -> Start:
    """Return weights (i, j) and a bias (j,) for each pair of widths."""
    rng = np.random.default_rng([7, *widths])
    return [
        (rng.normal(scale=0.6, size=(before, after)), rng.normal(scale=0.3, size=after))
        for before, after in pairwise(widths)
    ]


def theirs(task: Task, first: Start, solver: str, activation: str, batch: int, alpha: float) -> Any:
    """Return scikit-learn's network after all epochs."""
    given = iter(first)

    class Started(task.model):  # type: ignore[misc, name-defined]
        def _init_coef(self, *_: object) -> tuple[Array, Array]:
            weights, bias = next(given)
            return weights.copy(), bias.copy()

    model = Started(
        hidden_layer_sizes=tuple(len(bias) for _, bias in first[:-1]),
        activation=activation,
        solver=solver,
        alpha=alpha,
        batch_size=batch,
        learning_rate_init=RATE[solver],
        momentum=0.0,
        shuffle=False,
        epsilon=EPSILON,
        n_iter_no_change=10 * EPOCHS,
    )
    known = np.unique(task.labels) if task.labels.ndim == 1 else np.arange(task.labels.shape[1])
    classes = {"classes": known} if task.model is MLPClassifier else {}
    for _ in range(EPOCHS):
        model.partial_fit(INPUTS, task.labels, **classes)
    return model


def ours(task: Task, first: Start, solver: str, activation: str, batch: int, alpha: float) -> Session:
    """Return our training of the same network."""
    name = {"logistic": "sigmoid"}.get(activation, activation)
    ends = [name] * (len(first) - 1) + [task.activation]
    network = [
        dense(len(bias), end, weights=weights.tolist(), bias=bias.tolist())
        for (weights, bias), end in zip(first, ends, strict=True)
    ]
    # A gradient so many times smaller asks for a rate so many times larger; Adam's strides do not depend on it.
    rate = RATE[solver] * (task.outputs if solver == "sgd" else 1)
    # Its penalty is divided by the samples of the batch, and the loss by the outputs, as above.
    penalty = {"l2": alpha / batch / task.outputs} if alpha else {}
    return session(
        {
            "title": "scikit-learn",
            "data": {"inputs": INPUTS.tolist(), "targets": task.targets.tolist()},
            "network": network,
            "loss": {**task.loss, **penalty},
            "optimizer": {
                "name": solver,
                "learning_rate": rate,
                **({"epsilon": EPSILON} if solver == "adam" else {}),
            },
            "batch": batch,
            "epochs": EPOCHS,
        }
    )


def assert_same(
    task: Task, solver: str, activation: str, batch: int, hidden: tuple[int, ...] = (5,), alpha: float = 0.0
) -> None:
    """Assert that weights, answers and, where each epoch is one batch, losses agree."""
    first = start((FEATURES, *hidden, task.targets.shape[1]))
    model = theirs(task, first, solver, activation, batch, alpha)
    walk = ours(task, first, solver, activation, batch, alpha)
    training = walk.compiled.training
    reached = parameters(walk, EPOCHS * training.batches.per_epoch)
    for number, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), 1):
        assert np.abs(reached[f"layer{number}.weights"] - weights).max() < 1e-10
        assert np.abs(reached[f"layer{number}.bias"] - bias).max() < 1e-10
        assert np.abs(weights - first[number - 1][0]).max() > 1e-3  # they did learn
    answers, _ = training.predict(reached, training.train)
    wanted = model.predict(INPUTS) if task.model is MLPRegressor else model.predict_proba(INPUTS)
    if wanted.shape[-1] == 2 and answers.shape[-1] == 1:
        wanted = wanted[:, 1:]  # of no and yes, we have yes
    assert np.abs(answers - wanted.reshape(answers.shape)).max() < 1e-10
    if batch == SAMPLES:
        counted = task.outputs if task.model is MLPClassifier else 1  # its loss of numbers is a mean over all, as ours
        losses = [float(walk.history.values(epoch)["loss"]) * counted for epoch in range(1, EPOCHS + 1)]
        assert alpha or losses == pytest.approx(model.loss_curve_, rel=0, abs=1e-10)


@BATCHES
@SOLVERS
@ACTIVATIONS
@pytest.mark.parametrize("name", TASKS)
def test_the_same_weights(name: str, activation: str, solver: str, batch: int) -> None:
    assert_same(TASKS[name], solver, activation, batch)


@SOLVERS
@pytest.mark.parametrize("name", TASKS)
def test_the_same_weights_through_three_layers_one_sample_at_a_time(name: str, solver: str) -> None:
    assert_same(TASKS[name], solver, "tanh", 1, hidden=(6, 5, 3))


@SOLVERS
@pytest.mark.parametrize("name", TASKS)
def test_its_alpha_is_our_l2_times_the_samples(name: str, solver: str) -> None:
    assert_same(TASKS[name], solver, "tanh", SAMPLES, alpha=0.5)
