"""The same file gives the same bytes in every process; on another kind of processor, the same numbers but for dust."""

import json
import os
import platform
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.deep

# Several command lines in one fresh process, as the command `nnstep` begins; then which BLAS there is, and how wide.
RUNS = """
import json, sys
from nnstep.__main__ import main
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = words
    assert main() == 0
from threadpoolctl import threadpool_info
print(json.dumps([[pool.get("architecture", ""), pool["num_threads"]] for pool in threadpool_info()]), file=sys.stderr)
"""
# Drawn weights, drawn masks and drawn batches, in layers of many kinds.
DRAWN = """\
title: Drawn
seed: 11
data: {source: moons, samples: 40, noise: 0.2, seed: 5, scale: standard}
network:
  - {layer: dense, units: 16, activation: relu}
  - {layer: dropout, rate: 0.4}
  - {layer: batch_norm}
  - {layer: reshape, shape: [4, 4]}
  - {layer: lstm, units: 3, return: all}
  - {layer: attention, size: 3}
  - {layer: flatten}
  - {layer: dense, units: 1, activation: sigmoid}
loss: bce
optimizer: {name: adam, learning_rate: 0.01}
batch: 16
shuffle: true
"""
FEW = ["--ids", "layer1.output,layer2.output,layer2.delta,layer1.error,loss"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("drawn") / "drawn.yaml"
    path.write_text(DRAWN, encoding="utf-8")
    return str(path)


def process(*command_lines: list[str], **environment: str) -> tuple[bytes, list[list[Any]]]:
    """Run command lines in a fresh process; returns what they print, and architecture and threads of each BLAS."""
    own = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"}  # none of the tests' own settings
    words = [sys.executable, "-c", RUNS, json.dumps(command_lines)]
    ran = subprocess.run(words, capture_output=True, check=True, env={**own, **environment})
    return ran.stdout, json.loads(ran.stderr.splitlines()[-1])


def test_two_processes_write_the_same_bytes_whatever_the_threads(drawn: str) -> None:
    lines = (["trace", "spreadsheet", "--iterations", "3"], ["trace", "digits"], ["trace", drawn, "--iterations", "7"])
    first, pools = process(*lines, PYTHONHASHSEED="1")
    settings = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "4")
    second, pools_again = process(*lines, PYTHONHASHSEED="2", **settings)
    assert first.count(b'"kind": "iteration"') == 3 + 1 + 7
    assert first == second
    assert {threads for _, threads in pools + pools_again} <= {1}


def kinds() -> dict[str, dict[str, str]]:
    """Return settings that make NumPy and its BLAS take this machine for others, of those that it can act as."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # type: ignore[call-overload]
    widest = [name for name in found if "AVX512" in name or name == "X86_V4"]
    acted = {"without-extensions": {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}} if found else {}
    if platform.machine() in ("x86_64", "AMD64"):
        acted["old"] = {"OPENBLAS_CORETYPE": "Nehalem", **acted.pop("without-extensions", {})}
        if {"AVX2", "X86_V3"} & set(found):
            acted["middle"] = {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": " ".join(widest)}
        if widest:
            acted["wide"] = {"OPENBLAS_CORETYPE": "SkylakeX"}
    return acted


@pytest.fixture(scope="module")
def here(drawn: str) -> list[dict[str, Any]]:
    return records(drawn)


def records(drawn: str, **environment: str) -> list[dict[str, Any]]:
    """Return the records that a process writes of all three scenarios."""
    lines = (
        ["trace", "spreadsheet", "--iterations", "2"],
        ["trace", "digits", *FEW],
        ["trace", drawn, "--iterations", "3"],
    )
    out, pools = process(*lines, **environment)
    if "OPENBLAS_CORETYPE" in environment:
        asked = environment["OPENBLAS_CORETYPE"]
        assert all(architecture in ("", asked) for architecture, _ in pools), "the machine does not act as it was asked"
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("kind", kinds())
def test_another_kind_of_processor_changes_less_than_a_millionth_of_a_millionth(
    kind: str, here: list[dict[str, Any]], drawn: str
) -> None:
    there = records(drawn, **kinds()[kind])
    assert len(there) == len(here)
    for left, right in zip(here, there, strict=True):
        assert (left["kind"], left.get("id")) == (right["kind"], right.get("id"))
        for ours, theirs in zip(numbers(left), numbers(right), strict=True):
            apart = np.abs(ours - theirs) / np.maximum(1.0, np.abs(ours))
            assert float(np.max(apart, initial=0.0)) < 1e-12, left.get("id", left["kind"])


def numbers(record: dict[str, Any]) -> list[Any]:
    """Return the arrays of a record: a step's value, the loss and the parameters at the end of an iteration."""
    told = [record[key] for key in ("value", "loss") if record["kind"] != "scenario" and key in record]
    return [np.asarray(value, dtype=np.float64) for value in [*told, *record.get("parameters", {}).values()]]
