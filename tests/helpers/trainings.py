"""Scenarios to test with, written as a file would say them and read the way a file is read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.history import DEFAULT_BUDGET
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import LoadedScenario, parse
from nnstep.session import Session

Tree = dict[str, Any]

ORACLES = Path(__file__).resolve().parent.parent / "oracles"
EXAMPLES: dict[str, Tree] = json.loads((ORACLES / "worked_examples.json").read_text(encoding="utf-8"))
NAMES = ("classic", "math", "layerwise", "framework")


def dense(units: int, activation: str | None = None, **given: Any) -> Tree:
    """Return a dense layer as a scenario's `network` has it."""
    return {"layer": "dense", "units": units, **({"activation": activation} if activation else {}), **given}


def spreadsheet(**changes: Any) -> Tree:
    """Return the published spreadsheet: 3 samples, 4 features, 3 hidden units, 1 output."""
    known = EXAMPLES["av_3x4_spreadsheet"]
    return {
        "title": "spreadsheet",
        "names": "classic",
        "data": {"inputs": known["X"], "targets": known["y"]},
        "network": [
            dense(3, "sigmoid", weights=known["wh"], bias=known["bh"]),
            dense(1, "sigmoid", weights=known["wout"], bias=known["bout"]),
        ],
        "loss": "half_sse",
        "optimizer": {"name": "gd", "learning_rate": known["lr"]},
        "epochs": 5000,
        **changes,
    }


def net(*network: Tree, samples: int = 5, inputs: int = 3, seed: int = 1, **changes: Any) -> Tree:
    """Return a scenario with random samples that suit its loss: half_sse unless `changes` says otherwise."""
    rng = np.random.default_rng([seed, samples])
    loss = changes.get("loss", "half_sse")
    name = loss if isinstance(loss, str) else loss["name"]
    outputs = int(next(layer["units"] for layer in reversed(network) if "units" in layer))
    targets = rng.uniform(0.1, 0.9, (samples, outputs))  # (b, j)
    if name in ("cce", "softmax_cross_entropy"):
        targets = np.eye(outputs)[rng.integers(0, outputs, samples)]  # (b, j)
    return {
        "title": "a net",
        "seed": seed,
        "data": {"inputs": rng.normal(size=(samples, inputs)).round(3).tolist(), "targets": targets.tolist()},
        "network": list(network),
        "loss": "half_sse",
        "optimizer": {"name": "sgd", "learning_rate": 0.5},
        "epochs": 20,
        **changes,
    }


def batched(**changes: Any) -> Tree:
    """Return a net of 7 samples, dealt out anew each epoch in batches of 3, 3 and 1."""
    return net(dense(4, "tanh"), dense(2, "sigmoid"), samples=7, batch=3, shuffle=True, **changes)


def exploding(**changes: Any) -> Tree:
    """Return a net whose numbers overflow within a few iterations."""
    hot = {"name": "gd", "learning_rate": 1e30}
    return net(dense(3), dense(2, "tanh"), dense(2), **{"optimizer": hot, "seed": 3, **changes})


def loaded(tree: Tree) -> LoadedScenario:
    """Return a scenario as the loader makes it from a file."""
    return parse(json.dumps(tree).encode(), "test.json")


def compiled(tree: Tree, names: str = "") -> Compiled:
    """Return a compiled scenario."""
    return compile_scenario(loaded(tree), names=names)


def session(tree: Tree, names: str = "", budget: int = DEFAULT_BUDGET) -> Session:
    """Return a session at the very start of a scenario."""
    return Session(compiled(tree, names), budget=budget)


def parameters(walk: Session, done: int) -> Mapping[str, Array]:
    """Return the parameters after so many iterations."""
    return walk.history.parameters(done)


def same(left: Mapping[str, Array], right: Mapping[str, Array]) -> bool:
    """Have two sets of values the same names, and every number the same bits?"""
    return left.keys() == right.keys() and all(left[name].tobytes() == right[name].tobytes() for name in left)
