"""Scenarios of these tests' own, and the command line called as a function."""

import gc
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nnstep.cli import main
from tests.helpers.files import TOO_FAST, nine_in_fours

XOR = """\
title: XOR
summary: Two inputs and one hidden layer.
names: math
data:
  inputs:  [[0, 0], [0, 1], [1, 0], [1, 1]]
  targets: [[0], [1], [1], [0]]
network:
  - {layer: dense, units: 2, activation: sigmoid, weights: [[0.5, -0.4], [0.9, 1.0]], bias: [0.1, -0.2]}
  - {layer: dense, units: 1, activation: sigmoid, weights: [[-1.2], [1.1]], bias: [0.3]}
loss: half_sse
optimizer: {name: gd, learning_rate: 0.5}
epochs: 30
"""

BATCHES = nine_in_fours("{layer: dense, units: 1, weights: [[0.3]], bias: [0.1]}", more="shuffle: true\n")

MOONS = """\
title: Moons
names: framework
data: {source: moons, samples: 60, noise: 0.1, seed: 3, split: {test: 0.25, seed: 1}}
network:
  - {layer: dense, units: 4, activation: tanh}
  - {layer: dense, units: 1, activation: sigmoid}
loss: bce
optimizer: {name: gd, learning_rate: 0.5}
epochs: 40
"""


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The lines of output as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Return a function that writes a scenario file into the current folder and returns its name."""
    monkeypatch.chdir(tmp_path)

    def put(text: str, name: str = "scenario.yaml") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return put


@pytest.fixture
def xor(write: Callable[..., str]) -> str:
    """Return the name of a file with XOR."""
    return write(XOR, "xor.yaml")


@pytest.fixture
def batches(write: Callable[..., str]) -> str:
    """Return the name of a file with mini-batches."""
    return write(BATCHES, "batches.yaml")


@pytest.fixture
def diverges(write: Callable[..., str]) -> str:
    """Return the name of a file whose training breaks."""
    return write(TOO_FAST, "diverges.yaml")


@pytest.fixture
def moons(write: Callable[..., str]) -> str:
    """Return the name of a file with samples that are set aside for the test."""
    return write(MOONS, "moons.yaml")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a function that runs a command line; `typed` is what stands on the input."""

    def call(*words: str, typed: str = "", columns: int = 80) -> Ran:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        try:
            code = main(list(words))
        except SystemExit as stopped:  # --help and --version
            code = int(stopped.code or 0)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    yield call
    gc.enable()  # the stepper holds it until its first frame
