"""Networks against PyTorch in float64: outputs, loss, gradients, and ten updates."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnstep.engine.program import Step
from tests.helpers.pytorch import CASES, ids, scenario
from tests.helpers.trainings import NAMES, session


def close(ours: np.ndarray, theirs: object, tolerance: float) -> bool:
    wanted = np.asarray(theirs, dtype=np.float64).reshape(ours.shape)
    return bool((np.abs(ours - wanted) <= tolerance * np.maximum(1.0, np.abs(wanted))).all())


def test_there_are_cases() -> None:
    assert len(CASES) == 47


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_everything_agrees(path: Path, names: str) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    walk = session(scenario(case), names)
    place = {layer["name"]: f"layer{number}" for number, layer in enumerate(case["layers"], 1)}
    ours = {theirs: identity for layer in case["layers"] for theirs, identity in ids(case, layer).items()}
    values = walk.history.values(1)
    for name, layer in place.items():
        assert close(values[f"{layer}.output"], case["forward"][f"{name}.out"], 1e-12), name
    for theirs, gradient in case["grads"].items():
        if theirs in ours:
            step = walk.program.values[f"{ours[theirs]}.grad"]
            assert isinstance(step, Step)
            assert close(step.sign * values[step.id], gradient, 1e-12), theirs
    for done in (1, 2, 10):
        for theirs, parameter in case[f"params_after_{done}"].items():
            assert close(walk.history.parameters(done)[ours[theirs]], parameter, 1e-10), (done, theirs)
    losses = [float(walk.history.values(iteration)["loss"]) for iteration in range(1, len(case["losses"]) + 1)]
    assert close(np.array(losses), case["losses"], 1e-10)
