"""Losses are what their names mean elsewhere, and a scenario whose network does not suit its loss is told so."""

from itertools import pairwise

import numpy as np
import pytest

from nnstep.catalog.losses import LOSSES
from nnstep.catalog.ops import OPS
from nnstep.errors import NnstepError
from tests.helpers.trainings import compiled, dense, net, session

ENDINGS = {"any": None, "probabilities": "sigmoid", "distribution": "softmax", "logits": None}


def by_hand(name: str, y: np.ndarray, t: np.ndarray) -> tuple[float, int]:
    """Return the sum that a loss is of, and how many answers it is a mean over."""
    p = 1 / (1 + np.exp(-y))
    chances = np.exp(y) / np.exp(y).sum(axis=-1, keepdims=True)  # (b, j)
    match name:
        case "sse" | "mse":
            return float(((y - t) ** 2).sum()), y.size
        case "half_sse":
            return float(((y - t) ** 2).sum() / 2), y.size
        case "bce":
            return float(-(t * np.log(y) + (1 - t) * np.log(1 - y)).sum()), y.size
        case "bce_with_logits":
            return float(-(t * np.log(p) + (1 - t) * np.log(1 - p)).sum()), y.size
        case "cce":
            return float(-(t * np.log(y)).sum()), len(y)
        case "softmax_cross_entropy":
            return float(-(t * np.log(chances)).sum()), len(y)
    raise AssertionError(f"{name} has no formula here: add one")


@pytest.mark.parametrize("reduction", [None, "sum", "mean"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_its_formula(name: str, reduction: str | None) -> None:
    loss = {"name": name, **({"reduction": reduction} if reduction else {})}
    walk = session(net(dense(4, "tanh"), dense(3, ENDINGS[LOSSES[name].takes]), loss=loss))
    values = walk.history.values(1)
    total, count = by_hand(name, values[walk.program.prediction], values["targets"])
    is_mean = (reduction or LOSSES[name].reduction) == "mean"
    assert float(values["loss"]) == pytest.approx(total / count if is_mean else total, rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_the_usual_reduction_is_the_documented_one(name: str) -> None:
    assert LOSSES[name].reduction == ("sum" if name in ("sse", "half_sse") else "mean")


@pytest.mark.parametrize("name", LOSSES)
def test_training_makes_every_loss_fall(name: str) -> None:
    gentle = {"name": "sgd", "learning_rate": 0.02}
    walk = session(net(dense(4, "tanh"), dense(3, ENDINGS[LOSSES[name].takes]), loss=name, optimizer=gentle))
    losses = [float(walk.history.values(iteration)["loss"]) for iteration in range(1, 40)]
    assert all(after < before for before, after in pairwise(losses))


@pytest.mark.parametrize(
    ("loss", "ending", "message"),
    [
        ("bce", None, "bce takes chances between 0 and 1"),
        ("bce", "tanh", "the network ends with tanh"),
        ("cce", "relu", "cce takes chances between 0 and 1"),
        ("bce_with_logits", "sigmoid", "applies its own sigmoid"),
        ("softmax_cross_entropy", "softmax", "applies its own softmax"),
    ],
)
def test_a_loss_and_an_ending_that_do_not_go_together(loss: str, ending: str | None, message: str) -> None:
    with pytest.raises(NnstepError, match=message) as caught:
        compiled(net(dense(2, ending), loss=loss))
    assert caught.value.hint
    assert caught.value.where.startswith("test.json:")


@pytest.mark.parametrize(
    ("loss", "targets", "message"),
    [
        ("bce", [[0.0, 2.0]], "targets between 0 and 1"),
        ("cce", [[0.5, 0.6]], "rows add up to 1"),
        ("half_sse", [[1.0, 2.0, 3.0]], "each target is 3 numbers, the network ends with 2 numbers"),
    ],
)
def test_targets_that_do_not_suit(loss: str, targets: list[list[float]], message: str) -> None:
    ending = {"bce": "sigmoid", "cce": "softmax"}.get(loss)
    with pytest.raises(NnstepError, match=message):
        compiled(net(dense(2, ending), loss=loss, data={"inputs": [[1.0]], "targets": targets}))


@pytest.mark.parametrize(("op", "is_mean"), [("sse", False), ("sse_mean", True), ("half_sse_mean", True)])
def test_a_mean_is_not_called_a_sum(op: str, is_mean: bool) -> None:
    sentence = OPS[op].sentence
    assert ("mean" in sentence.split(), "sum" in sentence.split()) == (is_mean, not is_mean)
