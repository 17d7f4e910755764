"""Scenarios whose samples are sequences."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.program import Step
from nnstep.explain.checks import check_gradients
from tests.helpers.trainings import Tree, parameters, same, session


def sequences(
    *network: Tree, samples: int = 4, times: int = 3, features: int = 2, outputs: tuple[int, ...] = (2,), **changes: Any
) -> Tree:
    """Return a scenario of random sequences, each with random numbers of the shape `outputs` to tell of it."""
    rng = np.random.default_rng([samples, times, features])
    return {
        "title": "sequences",
        "seed": 1,
        "data": {
            "inputs": rng.normal(size=(samples, times, features)).round(3).tolist(),
            "targets": rng.uniform(0.1, 0.9, (samples, *outputs)).round(3).tolist(),
        },
        "network": list(network),
        "loss": "half_sse",
        "optimizer": {"name": "sgd", "learning_rate": 0.1},
        "epochs": 20,
        **changes,
    }


def words(*network: Tree, vocabulary: int = 5, times: int = 3, **changes: Any) -> Tree:
    """Return a scenario of random sequences of whole numbers."""
    rng = np.random.default_rng([vocabulary, times])
    inputs = rng.integers(0, vocabulary, (4, times)).tolist()
    targets = rng.uniform(0.1, 0.9, (4, 2)).round(3).tolist()
    return sequences(*network, **{"data": {"inputs": inputs, "targets": targets}, **changes})


def assert_sound(tree: Tree) -> None:
    """Assert that gradients agree with the loss, and that name sets agree in all but signs and names."""
    first = session(tree, "math")
    for check in check_gradients(first.compiled.training):
        assert check.exact, check.parameter
    shown = first.history.values(3)
    weights = [variable.id for variable in first.program.parameters]
    for names in NAME_SETS:
        other = session(tree, names)
        reached = [{name: parameters(walk, 20)[name] for name in weights} for walk in (first, other)]
        assert same(*reached), names
        steps = [*other.program.steps, *other.program.measures]
        assert len({step.name for step in steps}) == len(steps), names
        variables = {variable.name: f"{variable.id}.next" for variable in other.program.variables}
        assert [step.id for step in steps if variables.get(step.name, step.id) != step.id] == [], names
        values: Mapping[str, np.ndarray] = other.history.values(3)  # type: ignore[type-arg]
        for identity, value in other.program.values.items():
            if identity in shown and value not in other.program.carried[len(weights) :]:
                sign = value.sign if isinstance(value, Step) else 1
                assert np.array_equal(sign * values[identity], shown[identity]), (names, identity)
