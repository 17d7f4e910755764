"""Scenarios whose samples are sequences."""

from typing import Any

import numpy as np

from tests.helpers.trainings import Tree


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
