"""PyTorch's networks the way a person and another program meet them: a file goes in, JSON lines come out."""

import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstep.cli import main
from tests.helpers.pytorch import CASES, ids, scenario

# What torch.optim calls what an optimizer remembers of a parameter, and what it is called here.
REMEMBERED = {
    "momentum_buffer": "velocity",
    "square_avg": "square_mean",
    "sum": "square_sum",
    "exp_avg": "first_moment",
    "exp_avg_sq": "second_moment",
}
Found = tuple[str, object, object, float]


def traced(path: Path) -> list[dict[str, Any]]:
    """Return the records of ten iterations that the command line prints for a file."""
    out = StringIO()
    with redirect_stdout(out):
        assert main(["trace", str(path), "--iterations", "10"]) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def differences(ours: object, theirs: object) -> float:
    """Return the largest difference between two values: of numbers above 1 as a part of them."""
    left, right = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    assert left.size == right.size
    return float(np.max(np.abs(left.reshape(right.shape) - right) / np.maximum(1.0, np.abs(right)), initial=0.0))


def found(case: dict[str, Any], records: list[dict[str, Any]]) -> Iterator[Found]:
    """Yield what the case knows: what it is, ours, theirs, and how far apart they may be."""
    steps = {(r["iteration"], r["id"]): r for r in records if r["kind"] == "step"}
    ends = {r["iteration"]: r for r in records if r["kind"] == "iteration"}
    ours = {theirs: identity for layer in case["layers"] for theirs, identity in ids(case, layer).items()}
    for number, layer in enumerate(case["layers"], 1):
        out, place = f"{layer['name']}.out", f"layer{number}"
        yield out, steps[1, f"{place}.output"]["value"], case["forward"][out], 1e-12
        if [layer["type"] for layer in case["layers"][number : number + 1]] != ["identity"]:  # it hands signals on
            error = steps[1, f"{place}.error"]
            yield f"error of {out}", np.multiply(error["sign"], error["value"]), case["grads_of_forward"][out], 1e-12
    for parameter, identity in ours.items():
        gradient = steps[1, f"{identity}.grad"]
        yield parameter, np.multiply(gradient["sign"], gradient["value"]), case["grads"][parameter], 1e-12
    for iteration in (1, 2, 10):
        for parameter, value in case[f"params_after_{iteration}"].items():
            yield f"{parameter} after {iteration}", ends[iteration]["parameters"][ours[parameter]], value, 1e-10
        for entry, value in case.get(f"optimizer_state_after_{iteration}", {}).items():
            parameter, _, kind = entry.partition(":")
            state = steps[iteration, f"{ours[parameter]}.{REMEMBERED[kind]}.next"]
            yield f"{entry} after {iteration}", state["value"], value, 1e-10
    assert len(case["losses"]) == 10
    for iteration, value in enumerate(case["losses"], 1):
        yield f"loss {iteration}", ends[iteration]["loss"], value, 1e-10


def test_no_case_is_missing() -> None:
    assert len(CASES) == 47


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_trace_of_a_file_says_what_pytorch_says(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    file = tmp_path / "case.yaml"
    file.write_text(json.dumps(scenario(case)), encoding="utf-8")
    apart = [(what, differences(ours, theirs), most) for what, ours, theirs, most in found(case, traced(file))]
    assert [entry for entry in apart if not entry[1] <= entry[2]] == []
