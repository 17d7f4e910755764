"""What a scenario may cost: memory for the values of an iteration, and programs for batches of many sizes."""

import numpy as np
import pytest

from nnstep.engine.training import Samples, Training
from nnstep.errors import NnstepError
from nnstep.explain import metrics
from nnstep.scenario import cost
from tests.helpers.trainings import Tree, compiled, dense, net

NET: Tree = net(dense(5, "tanh"), dense(3, "softmax"), samples=40, loss="cce")


def bytes_needed(training: Training) -> int:
    """Return what the values of the first iteration really take."""
    return sum(value.nbytes for value in training.run(1, training.first).values())


def test_memory_is_refused_from_the_first_byte_above_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = bytes_needed(compiled(NET).training)
    monkeypatch.setattr(cost, "MEMORY_LIMIT", needed)
    compiled(NET)
    monkeypatch.setattr(cost, "MEMORY_LIMIT", needed - 1)
    with pytest.raises(NnstepError, match="one iteration needs"):
        compiled(NET)


def test_metrics_are_measured_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled({**NET, "batch": 1})
    training = made.training
    whole = metrics.measure(made, training.first, training.train)
    assert whole is not None
    limit = bytes_needed(training) + 200
    monkeypatch.setattr(metrics, "MEMORY_LIMIT", limit)
    rows = []
    predict = Training.predict

    def noted(self: Training, carried: dict[str, np.ndarray], samples: Samples) -> tuple[np.ndarray, float]:
        rows.append(len(samples))
        assert self.answering(len(samples)).cells * 8 <= limit
        return predict(self, carried, samples)

    monkeypatch.setattr(Training, "predict", noted)
    parts = metrics.measure(made, training.first, training.train)
    assert parts is not None
    assert parts.answers == whole.answers
    assert parts.loss == pytest.approx(whole.loss, rel=1e-14)
    assert 1 < max(rows) < 40
    assert sum(rows) == 40


def test_batches_of_many_sizes_need_few_layers() -> None:
    sizes: Tree = {"batches": [list(range(size)) for size in range(1, 41)]}
    compiled({**NET, **sizes})
    deep = net(*[dense(2, "tanh")] * 63, dense(3, "softmax"), samples=40, loss="cce", **sizes)
    with pytest.raises(NnstepError, match=r"the batches have 40 sizes, and this network has room for \d\d\n"):
        compiled(deep)


def test_a_batch_may_be_smaller_at_the_end_of_an_epoch_of_any_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "STEPS_LIMIT", 1)
    assert compiled({**NET, "batch": 30}).training.batches.sizes() == {30, 10}


def test_gd_takes_given_batches_that_hold_every_sample() -> None:
    whole = compiled({**NET, "optimizer": "gd", "batches": [list(range(40)), list(range(40))[::-1]]})
    assert whole.training.batches.sizes() == {40}
