"""A program written as a script: it runs by itself, and gives the numbers of stepping in every bit."""

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.run import carried
from tests.helpers.pytorch import CASES, scenario
from tests.helpers.sequences import sequences
from tests.helpers.trainings import Tree, compiled, dense, net, spreadsheet


def assert_same(tree: Tree, names: str = "") -> None:
    training = compiled(tree, names).training
    at = dict(training.first)
    for iteration in (1, 2):
        program = training.program(iteration)
        start = training.start(iteration, at)
        values = training.run(iteration, at)
        at = carried(program, values)
        iteration_of = _run(program.to_source())
        with np.errstate(all="ignore"):
            loss, after = iteration_of(*[start[variable.id] for variable in program.variables])
        assert float(loss) == float(values[program.loss])
        for (identity, wanted), found in zip(at.items(), after.values(), strict=True):
            assert np.asarray(found).tobytes() == wanted.tobytes(), identity


def _run(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace["iteration"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_network_of_the_oracles(path: Path) -> None:
    assert_same(scenario(json.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("names", NAME_SETS)
def test_every_name_set(names: str) -> None:
    assert_same(spreadsheet(), names)
    assert_same(net(dense(3, "gelu"), dense(2, "softmax"), loss="cce", optimizer="adam"), names)


@pytest.mark.parametrize("names", NAME_SETS)
def test_it_reads_as_it_is_shown(names: str) -> None:
    program = compiled(spreadsheet(), names).training.program(1)
    function = ast.parse(program.to_source()).body[-1]
    assert isinstance(function, ast.FunctionDef)
    lines = [node for node in function.body if isinstance(node, ast.Assign)]
    assert len(lines) == len(program.steps) + len(program.measures)


def test_names_that_are_no_names_in_python() -> None:
    tree = net(dense(2, "tanh"), dense(1, "sigmoid"))
    source = compiled(tree, "math").training.program(1).to_source()
    assert "dL_dW1 = dot(X.T, δ1)" in source
    assert "W1_next = W1 - η * dL_dW1" in source


def test_before_the_first_time_is_not_the_second_time() -> None:
    source = (
        compiled(sequences({"layer": "rnn", "units": 3}, dense(2, "sigmoid")), "math").training.program(1).to_source()
    )
    assert "h1_before = np.tile(" in source
    assert "h1_1 = np.tanh(" in source


def test_a_script_of_many_parameters_has_short_lines() -> None:
    tree = net(*(dense(2, "tanh") for _ in range(6)), dense(1), optimizer="adam")
    source = compiled(tree, "framework").training.program(1).to_source()
    assert max(map(len, source.splitlines())) <= 130
    assert_same(tree, "framework")


def test_it_holds_only_what_it_needs() -> None:
    source = compiled(spreadsheet()).training.program(1).to_source()
    assert "softmax" not in source
    assert "import math" not in source
    assert max(map(len, source.splitlines())) <= 120
