"""Loss, accuracy and confusion are scikit-learn's, for every way in which a network can name a class."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from nnstep.explain import metrics
from nnstep.explain.metrics import Metrics, class_names, measure
from tests.helpers.trainings import Tree, compiled, dense

SAMPLES, INPUTS = 60, 3
RNG = np.random.default_rng(7)
DRAWN = RNG.normal(size=(SAMPLES, INPUTS)).round(3)  # (b, i)


def net(classes: int, loss: str | Tree, activation: str | None, **changes: Any) -> Tree:
    """Return a network with drawn weights, and targets that have nothing to do with its inputs."""
    wanted = np.random.default_rng(classes).integers(0, max(classes, 2), SAMPLES)  # (b,)
    targets = wanted[:, None] if classes == 1 else np.eye(classes)[wanted]  # (b, j)
    return {
        "title": "T",
        "seed": 3,
        "data": {"inputs": DRAWN.tolist(), "targets": targets.astype(float).tolist()},
        "network": [dense(classes, activation)],
        "loss": loss,
        "optimizer": "gd",
        **changes,
    }


CASES = {
    "a chance": net(1, "bce", "sigmoid"),
    "a score": net(1, "bce_with_logits", None),
    "chances": net(4, "cce", "softmax"),
    "scores": net(4, "softmax_cross_entropy", None),
    "sigmoids": net(3, "half_sse", "sigmoid"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("at_once", [2_048, 7])
def test_it_is_what_scikit_learn_finds(name: str, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_AT_ONCE", at_once)
    made = compiled(CASES[name])
    training = made.training
    weights, bias = training.first["layer1.weights"], training.first["layer1.bias"]
    scores = DRAWN @ weights + bias  # (b, j)
    targets = training.train.targets  # (b, j)
    if targets.shape[1] == 1:
        wanted, chosen = targets[:, 0].astype(int), (scores[:, 0] > 0).astype(int)
        chances = 1 / (1 + np.exp(-scores[:, 0]))
    else:
        # Neither the sigmoid nor the softmax changes which score is the highest.
        wanted, chosen = targets.argmax(axis=1), scores.argmax(axis=1)
        chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    found = measure(made, training.first, training.train)
    assert found is not None
    assert found.confusion.tolist() == confusion_matrix(wanted, chosen, labels=range(found.classes)).tolist()
    assert found.accuracy == accuracy_score(wanted, chosen)
    assert (found.right, found.all) == (accuracy_score(wanted, chosen, normalize=False), SAMPLES)
    if name != "sigmoids":
        assert found.loss == pytest.approx(log_loss(wanted, chances), rel=1e-12)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_in_portions_the_weights_cost_once(reduction: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled(net(4, {"name": "cce", "reduction": reduction, "l2": 0.3}, "softmax"))
    whole = measure(made, made.training.first, made.training.train)
    monkeypatch.setattr(metrics, "_AT_ONCE", 7)
    parts = measure(made, made.training.first, made.training.train)
    assert whole is not None
    assert parts is not None
    assert whole.loss == made.training.predict(made.training.first, made.training.train)[1]
    assert parts.loss == pytest.approx(whole.loss, rel=1e-13)


def test_every_time_of_a_sequence_is_an_answer() -> None:
    layers = [{"layer": "embedding", "vocabulary": 3, "size": 2}, dense(3, "softmax")]
    steps = np.random.default_rng(1).integers(0, 3, (5, 4))  # (b, t)
    data = {"inputs": steps.tolist(), "targets": np.eye(3)[steps].tolist()}
    made = compiled({"title": "T", "data": data, "network": layers, "loss": "cce", "optimizer": "gd"})
    found = measure(made, made.training.first, made.training.train)
    assert found is not None
    assert found.all == 20
    outputs, _ = made.training.predict(made.training.first, made.training.train)
    expected = confusion_matrix(steps.ravel(), outputs.argmax(axis=-1).ravel(), labels=range(3))
    assert found.confusion.tolist() == expected.tolist()


def test_what_is_not_finite_is_neither_right_nor_wrong() -> None:
    made = compiled(CASES["scores"])
    broken = {**made.training.first, "layer1.bias": np.array([np.nan, 0.0, 0.0, 0.0])}
    found = measure(made, broken, made.training.train)
    assert found is not None
    assert np.isnan(found.loss)
    assert (found.all, found.accuracy) == (0, None)


def test_where_there_are_no_samples_there_is_nothing_to_measure() -> None:
    made = compiled(CASES["scores"])
    assert measure(made, made.training.first, made.training.test) is None


def test_targets_that_are_set_aside_count_when_it_is_asked_whether_there_are_classes() -> None:
    data = {"inputs": [[1.0]] * 4, "targets": [[0], [1], [1], [0.5]], "split": {"test": 1, "seed": 0}}
    for seed in range(20):
        data["split"] = {"test": 1, "seed": seed}
        made = compiled({**CASES["a chance"], "data": data})
        if 0.5 in made.training.test.targets:
            break
    assert 0.5 not in made.training.train.targets
    assert class_names(made) == ()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [([], ("0", "1", "2", "3")), (["a", "b", "c", "d"], ("a", "b", "c", "d")), (["x"] * 7, ("0", "1", "2", "3"))],
)
def test_classes_go_by_their_labels_where_there_are_as_many(labels: list[str], expected: tuple[str, ...]) -> None:
    tree = CASES["chances"]
    made = compiled({**tree, "data": {**tree["data"], "labels": labels}})
    assert class_names(made) == expected


def test_mistakes_come_with_the_most_frequent_first() -> None:
    found = Metrics(0.0, 3, {(0, 0): 9, (2, 1): 3, (1, 0): 3, (0, 2): 5})
    assert found.mistakes == (((0, 2), 5), ((1, 0), 3), ((2, 1), 3))
