"""The shipped scenarios as tests take them: opened once, run as far as it takes, changed as a teacher would."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.run import carried
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load, parse
from nnstep.scenario.model import ChosenOptimizer

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.iterdir() if path.suffix == ".yaml")
FIGURE = re.compile(r"\d+\.\d{2,}")
"""A number in the teacher's words that has to be so: one with two decimals or more."""

Values = Mapping[str, Array]


@cache
def opened(name: str) -> Compiled:
    """Return a shipped scenario, compiled."""
    return compile_scenario(load(FOLDER / f"{name}.yaml"))


def edited(name: str, old: str, new: str) -> Compiled:
    """Return a shipped scenario in whose file one text was replaced by another."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} should stand in {name}.yaml once"
    return compile_scenario(parse(text.replace(old, new).encode(), f"{name}.yaml"))


def with_rate(name: str, rate: float) -> Compiled:
    """Return a shipped scenario with another learning rate."""
    scenario = opened(name).scenario
    optimizer = ChosenOptimizer(name=scenario.model.optimizer.name, settings={"learning_rate": rate})
    return compile_scenario(replace(scenario, model=msgspec.structs.replace(scenario.model, optimizer=optimizer)))


def run(compiled: Compiled, *iterations: int) -> tuple[Values, ...]:
    """Return every value of the iterations asked for, in the order of their numbers."""
    training, found = compiled.training, []
    at: Values = training.first
    for number in range(1, max(iterations) + 1):
        values = training.run(number, at)
        at = carried(training.program(number), values)
        if number in iterations:
            found.append(values)
    return tuple(found)


def named_iterations(name: str) -> tuple[int, ...]:
    """Return the iterations that the keys of a scenario's notes name: 80 for `loss@80`, 2 and 5 for `wh@2-5`."""
    limits = (re.search(r"@(\d+)(?:-(\d+))?", str(key)) for key in opened(name).scenario.model.notes)
    return tuple(sorted({int(part) for limit in limits if limit for part in limit.groups() if part}))


@cache
def first_and_last(name: str) -> tuple[Values, Values]:
    """Return every value of the first iteration, and of the one that begins when the file's epochs are over."""
    compiled = opened(name)
    first, last = run(compiled, 1, compiled.training.epochs * compiled.training.batches.per_epoch + 1)
    return first, last


def is_there(figure: str, cells: np.ndarray) -> bool:
    """Is there a cell that comes to this figure when it is rounded to as many decimals, whatever its sign?"""
    decimals = len(figure.partition(".")[2])
    return bool((np.rint(np.abs(cells) * 10**decimals) == round(float(figure) * 10**decimals)).any())
