"""The gradient check finds what is wrong, and is not fooled by kinks."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnstep.catalog.ops import OPS
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program, Step
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.checks import Probe, check_gradients
from nnstep.explain.told_checks import parameter_row, told_verdict, verdicts
from nnstep.explain.words import plain_text
from tests.helpers.pytorch import CASES, scenario
from tests.helpers.trainings import NAMES, Tree, batched, compiled, dense, exploding, net, session, spreadsheet

NETS: dict[str, Tree] = {
    "spreadsheet": spreadsheet(),
    "batches": batched(),
    "deep": net(dense(4, "tanh"), dense(3, "gelu"), dense(3, "softplus"), dense(2, "sigmoid"), loss="bce"),
    "classes": net(dense(4, "elu"), dense(3, "softmax"), loss="cce"),
    "scores": net(dense(4, "gelu_tanh"), dense(3), loss="softmax_cross_entropy"),
    "l2": net(dense(3, "tanh"), dense(2), loss={"name": "mse", "l2": 0.3}),
    "relu": net(dense(6, "relu"), dense(5, "leaky_relu"), dense(2), samples=30),
}


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("name", NETS)
def test_right_gradients_are_found_right(name: str, names: str) -> None:
    training = compiled(NETS[name], names).training
    for iteration in (1, 4):
        checks = check_gradients(training, iteration)
        assert [check.parameter for check in checks] == [p.id for p in training.program(1).parameters if p.trainable]
        assert all(check.approximate for check in checks), [check.worst for check in checks]
        assert all(check.exact and check.largest < 1e-7 for check in checks if name != "relu")
        assert all(check.checked == check.cells for check in checks)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_gradients_of_other_peoples_networks(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    checks = check_gradients(compiled(scenario(case)).training)
    assert all(check.approximate for check in checks), [check.worst for check in checks]
    assert any(check.kinks for check in checks) == ("kink" in case["name"])


Sabotage = Callable[[Step], Step]


def sabotaged(training: Training, parameter: str, factor: float) -> Training:
    """Return a training whose gradient of one parameter is off by a factor."""

    def build(size: int) -> Program:
        program = training.build(size)
        steps = tuple(off(step) if step.id == f"{parameter}.grad" else step for step in program.steps)
        return replace(program, steps=steps)

    def off(step: Step) -> Step:
        return replace(step, op=replace(step.op, code=f"({step.op.numpy}) * {factor}"))

    return replace(training, build=build)


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 1.01, 1.0001, 0.0])
@pytest.mark.parametrize("name", NETS)
def test_a_wrong_gradient_is_found(name: str, factor: float) -> None:
    training = compiled(NETS[name]).training
    for variable in training.program(1).parameters:
        for check in check_gradients(sabotaged(training, variable.id, factor)):
            assert check.approximate == (check.parameter != variable.id)


def test_one_wrong_cell_is_named() -> None:
    training = compiled(spreadsheet()).training
    program = training.program(1)
    broken = replace(
        OPS["matmul_weights"], code="rows(x).T @ rows(d) + np.arange(12).reshape(4, 3) * (x.shape[1] == 4)"
    )
    steps = tuple(replace(step, op=broken) if step.id == "layer1.weights.grad" else step for step in program.steps)
    wrong = replace(training, build=lambda size: replace(program, steps=steps))
    (check, *others) = check_gradients(wrong)
    assert not check.approximate
    assert check.worst.cell == Cell("layer1.weights", (3, 2))
    assert check.largest == pytest.approx(11.0, rel=1e-6)
    assert all(other.approximate for other in others)


def test_at_a_kink_there_is_no_one_slope_and_no_fault() -> None:
    # relu at exactly 0: the loss has a corner in every weight.
    tree = net(
        dense(1, "relu", weights=[[1.0]], bias=[0.0]), dense(1, weights=[[2.0]], bias=False), samples=1, inputs=1
    )
    tree["data"] = {"inputs": [[0.0]], "targets": [[1.0]]}
    checks = {check.name: check for check in check_gradients(compiled(tree).training)}
    assert checks["b1"].kinks == (Cell("layer1.bias", (0,)),)
    assert checks["b1"].approximate
    assert checks["b1"].largest == 0
    assert checks["W1"].kinks == ()
    # What is said of a kink, where all are at one, and where others are not.
    assert plain_text(told_verdict([checks["b1"]])) == "? b1: every gradient is at a kink, where there is no one slope"
    assert parameter_row(checks["b1"])[2:] == ("?", "?", "", "[0]", "1 kink")
    every = plain_text(told_verdict(list(checks.values())))
    assert every == "✓ every gradient agrees with the loss, except at a kink (1 of 3)"


def test_a_wrong_gradient_at_a_kink_is_wrong() -> None:
    tree = net(
        dense(1, "relu", weights=[[1.0]], bias=[0.0]), dense(1, weights=[[2.0]], bias=False), samples=1, inputs=1
    )
    tree["data"] = {"inputs": [[0.0]], "targets": [[1.0]]}
    training = compiled(tree).training
    program = training.program(1)
    off = tuple(
        replace(step, op=replace(step.op, code="rows(d).sum(axis=0) + 5.0")) if step.id == "layer1.bias.grad" else step
        for step in program.steps
    )
    checks = check_gradients(replace(training, build=lambda size: replace(program, steps=off)))
    assert [check.approximate for check in checks if check.parameter == "layer1.bias"] == [False]


def test_of_a_large_parameter_some_cells_are_looked_at_and_it_says_so() -> None:
    training = compiled(net(dense(20, "tanh"), dense(2), inputs=30)).training
    first, second = (check_gradients(training, most=7) for _ in range(2))
    assert [check.checked for check in first] == [7, 7, 7, 2]
    assert first == second
    assert [check.cells for check in first] == [600, 20, 40, 2]


def test_one_cell_where_we_are() -> None:
    walk = session(spreadsheet())
    walk.go(40, 18)
    found = Probe(walk.compiled.training, 40, walk.history.parameters(39)).check(Cell("layer2.bias", (0,)))
    assert found.verdict == "exact"
    assert found.gradient == -float(walk.view().values["layer2.bias.grad"][0])


def test_the_parameters_of_a_later_iteration_are_worked_out() -> None:
    training = compiled(batched()).training
    walk = session(batched())
    assert check_gradients(training, 5) == check_gradients(training, 5, walk.history.parameters(4))


def test_a_loss_that_is_not_finite_has_no_slope() -> None:
    with pytest.raises(NnstepError, match="so it has no slope"):
        check_gradients(compiled(exploding()).training, 15)


def test_checking_changes_nothing() -> None:
    training = compiled(spreadsheet()).training
    before = {name: array.tobytes() for name, array in training.first.items()}
    check_gradients(training)
    assert {name: array.tobytes() for name, array in training.first.items()} == before
    assert np.isfinite(training.run(1, training.first)["loss"])


def test_a_gradient_that_is_not_a_number_is_the_worst() -> None:
    training = compiled(spreadsheet()).training
    program = training.program(1)
    # Another cell is wrong too, and by very much; the one without a number comes last and is named all the same.
    code = "rows(x).T @ rows(d) + np.where(np.arange(12).reshape(4, 3) < 11, [1e9, 0, 0], np.nan)"
    broken = replace(OPS["matmul_weights"], code=code)
    steps = tuple(replace(step, op=broken) if step.id == "layer1.weights.grad" else step for step in program.steps)
    (check, *_) = check_gradients(replace(training, build=lambda size: replace(program, steps=steps)))
    assert check.worst.cell == Cell("layer1.weights", (3, 2))
    assert not check.approximate
    assert np.isnan(check.worst.gradient)


def test_a_loss_that_overflows_beside_the_weight_proves_nothing() -> None:
    tree = net(dense(1, weights=[[1e-6]], bias=False), samples=1, inputs=1, loss="sse")
    tree["data"] = {"inputs": [[6.7039e156]], "targets": [[0.0]]}
    training = compiled(tree).training
    values = training.run(1, training.first)
    assert np.isfinite(values["loss"])
    (check,) = check_gradients(training)
    # Moved by 0.002 up, but not down, the weight makes the loss infinite, which agrees with nothing.
    assert check.approximate
    assert check.worst.gradient == pytest.approx(check.worst.measured, rel=1e-5)


FAR = [[1e308, -1e308], [1e308, 1e308]]


def test_what_no_difference_can_measure_is_unclear_and_neither_right_nor_wrong() -> None:
    # Beside weights of 1e308 the least move there is goes from one end of a sigmoid to the other; and no bias moves a
    # loss of 1e307, as large as weights that cost so much make it.
    xor = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
    layers = dense(2, "sigmoid", weights=FAR), dense(1, "sigmoid", weights=[[-0.6], [-0.35]])
    near = dense(2, "sigmoid", weights=[[0.5, -0.4], [0.9, 1.0]]), dense(1, "sigmoid", weights=[[-0.6], [0.35]])
    for tree, unclear in (
        ({**net(*layers), "data": xor}, {"W1": 2, "b1": 0, "W2": 0, "b2": 0}),
        ({**net(*near, loss={"name": "mse", "l2": 1e308}), "data": xor}, {"W1": 0, "b1": 2, "W2": 0, "b2": 1}),
    ):
        checks = check_gradients(compiled(tree).training)
        assert {check.name: len(check.unclear) for check in checks} == unclear
        assert all(check.approximate for check in checks)
        for check in checks:
            is_told = len(check.unclear) < check.checked
            assert verdicts(check)[:2] == (("yes", "yes") if is_told else ("?", "?"))
        text = plain_text(told_verdict(checks))
        assert text.startswith(f"? no gradient disagrees, but {sum(unclear.values())} of 9 can not be told")


@pytest.mark.parametrize("times", [-1.0, 0.0, 2.0])
def test_a_gradient_that_is_wrong_is_so_beside_others_that_can_not_be_told(times: float) -> None:
    tree = net(dense(2, "sigmoid", weights=FAR), dense(1, "sigmoid", weights=[[-0.6], [-0.35]]), inputs=2, samples=4)
    tree["data"] = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
    training = compiled(tree).training
    program = training.program(1)
    off = tuple(
        replace(step, op=replace(step.op, code=f"rows(d).sum(axis=0) * {times}"))
        if step.id.endswith("bias.grad")
        else step
        for step in program.steps
    )
    checks = check_gradients(replace(training, build=lambda size: replace(program, steps=off)))
    assert {check.name for check in checks if not check.approximate} == {"b1", "b2"}
    assert "look at b1" in plain_text(told_verdict(checks))
