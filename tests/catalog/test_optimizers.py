"""Optimizers move parameters by what they say."""

import numpy as np
import pytest

from nnstep.catalog.optimizers import OPTIMIZERS, RATE
from nnstep.errors import NnstepError
from tests.helpers.trainings import NAMES, batched, compiled, dense, net, parameters, session


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("name", ["gd", "sgd"])
def test_plain_descent_is_the_gradient_times_the_rate(name: str, names: str) -> None:
    tree = net(dense(3, "sigmoid"), dense(2), optimizer={"name": name, "learning_rate": 0.25})
    walk = session(tree, names)
    before, after, values = parameters(walk, 0), parameters(walk, 1), walk.history.values(1)
    for parameter in before:
        step = walk.program.values[f"{parameter}.grad"]
        gradient = step.sign * values[step.id]  # type: ignore[union-attr]
        assert np.array_equal(after[parameter], before[parameter] - 0.25 * gradient)


@pytest.mark.parametrize("name", ["gd", "sgd"])
def test_the_rate_has_a_default(name: str) -> None:
    assert compiled(net(dense(2), optimizer=name)).training.rate == OPTIMIZERS[name].settings[RATE]


def test_gd_takes_all_samples_at_once() -> None:
    with pytest.raises(NnstepError, match="gd uses all samples at once"):
        compiled(batched(optimizer="gd"))


def test_every_update_is_a_step_after_all_gradients() -> None:
    for names in NAMES:
        phases = [step.phase for step in session(net(dense(3, "tanh"), dense(2)), names).program.steps]
        assert phases.index("update") > max(n for n, phase in enumerate(phases) if phase == "gradients")
