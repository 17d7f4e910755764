"""Any gradient can be checked, not only a parameter's; and of every number it is known what can be, or what tells."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from nnstep.engine.cell import Cell
from nnstep.engine.program import Program, Step
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.checkable import Asked, asked_of, gradient_cell, made_of
from nnstep.explain.checks import CellCheck, Probe, trained
from nnstep.explain.gradients import gradients_of, signals_of
from nnstep.explain.quiz import Predicting
from nnstep.explain.told_checks import CheckedCell, refuse_kept, told_by_hand
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.helpers.pytorch import CASES, scenario
from tests.helpers.random_networks import scenarios
from tests.helpers.searching import examples
from tests.helpers.trainings import Tree, compiled, dense, net, spreadsheet
from tests.scenarios.shipped import NAMES, opened

MISTAKES = {"spot-the-mistake-1", "spot-the-mistake-2", "spot-the-mistake-3"}
ITERATION = 3


def made(program: Program) -> Iterator[tuple[str, str]]:
    """Yield what steps have made and has a gradient, with that gradient."""
    for identity, gradient in gradients_of(program).items():
        if isinstance(program.values[identity], Step):
            yield identity, gradient


def checks(probe: Probe, identity: str, most: int) -> list[CellCheck]:
    """Return the checks of some cells of a value, drawn by lot."""
    shape = probe.values[identity].shape
    size = int(np.prod(shape))
    chosen = np.random.default_rng(size).choice(size, min(size, most), replace=False)
    return [probe.check(Cell(identity, tuple(int(n) for n in np.unravel_index(flat, shape)))) for flat in chosen]


@pytest.mark.parametrize("name", sorted({*NAMES} - MISTAKES))
def test_right_gradients_of_activations_are_found_right(name: str) -> None:
    probe = Probe(opened(name).training, ITERATION, None)
    found = [check for identity, _ in made(probe.program) for check in checks(probe, identity, 3)]
    verdicts = Counter(check.verdict for check in found)
    assert not verdicts["wrong"], [check for check in found if check.verdict == "wrong"]
    assert verdicts["exact"] >= 0.8 * len(found) > 0


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("spot-the-mistake-1", "layer2.pre_activation"),  # the learning rate is in the output's delta
        ("spot-the-mistake-2", "layer2.pre_activation"),  # the slope is not
        ("spot-the-mistake-3", "layer1.output"),  # blame goes back through new weights
    ],
)
def test_a_mistake_on_purpose_is_found_in_the_step_where_it_is_made_and_behind_it(name: str, first: str) -> None:
    probe = Probe(opened(name).training, ITERATION, None)
    order = probe.program.order
    for identity, gradient in made(probe.program):
        is_wrong = order[gradient] >= order[gradients_of(probe.program)[first]]
        for check in checks(probe, identity, 3):
            assert check.verdict == ("wrong" if is_wrong else "exact"), check


@pytest.mark.parametrize(
    ("name", "of", "before"),
    [
        ("spreadsheet", "layer1.weights", ("layer1.delta",)),
        ("spreadsheet", "layer1.pre_activation", ("layer1.error",)),
        ("spreadsheet", "layer2.output", ()),  # made of the output and the target
        ("lstm-remembers", "layer1.bias", ("layer1.t2.delta", "layer1.t1.delta", "layer1.t0.delta")),
        ("layer-norm", "layer2.centered", ("layer2.normalized.grad", "layer2.variance.grad")),
    ],
)
def test_where_a_gradient_may_have_gone_wrong_before(name: str, of: str, before: tuple[str, ...]) -> None:
    assert set(made_of(opened(name).training.program(1), of)) == set(before)


def test_no_network_has_an_activation_whose_right_gradient_is_called_wrong() -> None:
    @settings(max_examples=examples(15))
    @given(scenarios())
    def search(tree: Tree) -> None:
        try:
            probe = Probe(compiled(tree).training, 1, None)
        except NnstepError:
            return
        for identity, _ in made(probe.program):
            for check in checks(probe, identity, 2):
                assert check.verdict != "wrong", check

    search()


NETS: dict[str, Tree] = {
    "spreadsheet": spreadsheet(),
    "classes": net(dense(4, "elu"), dense(3, "softmax"), loss="cce"),
    "relu": net(dense(6, "relu"), dense(5, "leaky_relu"), dense(2), samples=5),
}


def sabotaged(training: Training, gradient: str, factor: float) -> Training:
    """Return a training in which one step of the way back is off by a factor."""

    def build(size: int) -> Program:
        program = training.build(size)
        steps = tuple(
            replace(step, op=replace(step.op, code=f"({step.op.numpy}) * {factor}")) if step.id == gradient else step
            for step in program.steps
        )
        return replace(program, steps=steps)

    return replace(training, build=build)


@pytest.mark.parametrize("factor", [-1.0, 2.0, 1.001, 0.0])
@pytest.mark.parametrize("name", NETS)
def test_a_wrong_rule_is_found_at_the_gradient_of_an_activation(name: str, factor: float) -> None:
    training = compiled(NETS[name]).training
    for identity, gradient in made(training.program(1)):
        right, wrong = (Probe(each, 1, None) for each in (training, sabotaged(training, gradient, factor)))
        for check in checks(wrong, identity, 2):
            is_nothing = right.check(check.cell).gradient == 0
            assert (check.verdict == "wrong") != is_nothing, check


def test_the_number_is_moved_after_its_step_has_made_it() -> None:
    # By hand: what comes out of one sigmoid goes through a weight of 2 into half the squared error.
    tree = net(dense(1, "sigmoid"), dense(1, weights=[[2.0]], bias=False), inputs=1, samples=1)
    probe = Probe(compiled(tree).training, 1, None)
    check = probe.check(Cell("layer1.output", (0, 0)))
    hand = float(probe.values["layer1.output"][0, 0])
    target = float(probe.values["targets"][0, 0])
    difference = probe.difference(check)
    assert difference.number == hand
    assert difference.above == pytest.approx(0.5 * (2 * (hand + difference.move) - target) ** 2, rel=1e-14)
    assert difference.below == pytest.approx(0.5 * (2 * (hand - difference.move) - target) ** 2, rel=1e-14)
    assert check.gradient == pytest.approx(2 * (2 * hand - target), rel=1e-12)
    assert check.verdict == "exact"


# ---- where the loss is steep, flat or at its end


def saturated(bias: float, target: float) -> Training:
    """Return one sigmoid under the log loss, far from 0."""
    tree = net(dense(1, "sigmoid", weights=[[1.0]], bias=[bias]), inputs=1, samples=1, loss="bce")
    tree["data"] = {"inputs": [[0.5]], "targets": [[target]]}
    return compiled(tree).training


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("bias", [-100.0, -40.0, -25.0, -16.0, 8.0, 16.0, 20.0, 25.0])
def test_a_chance_near_its_end_is_not_called_wrong(bias: float, target: float) -> None:
    probe = Probe(saturated(bias, target), 1, None)
    for identity in gradients_of(probe.program):
        check = probe.check(Cell(identity, (0,) * probe.values[identity].ndim))
        assert check.verdict in ("exact", "approximate"), check


@pytest.mark.parametrize("factor", [1.001, -1.0])
def test_a_wrong_gradient_there_is(factor: float) -> None:
    wrong = sabotaged(saturated(16.0, 0.0), "layer1.error", factor)
    assert Probe(wrong, 1, None).check(Cell("layer1.output", (0, 0))).verdict == "wrong"


@pytest.mark.parametrize("bias", [40.0, -750.0])
def test_a_chance_that_is_rounded_to_its_end_is_unclear_and_it_says_why(bias: float) -> None:
    # 0 divided by 0 is taken as 0 there; a hair beside it the slope of -log y is -1, that of -log(1 - y) is 1.
    probe = Probe(saturated(bias, float(bias > 0)), 1, None)
    check = probe.check(Cell("layer1.output", (0, 0)))
    assert probe.values["layer1.output"][0, 0] == float(bias > 0)
    assert (check.gradient, check.verdict) == (0.0, "unclear")
    assert check.beside == pytest.approx(-1 if bias > 0 else 1)
    assert check.measured == pytest.approx(-1 if bias > 0 else 1)


def test_what_is_masked_can_not_be_moved_and_its_gradient_is_0() -> None:
    path = next(path for path in CASES if path.stem == "attention_causal")
    probe = Probe(compiled(scenario(json.loads(path.read_text(encoding="utf-8")))).training, 1, None)
    cell = Cell("layer1.masked", (0, 0, 1))
    assert np.isneginf(probe.values[cell.name][cell.at])
    check = probe.check(cell)
    assert (check.verdict, check.gradient, check.measured) == ("exact", 0.0, 0.0)
    assert probe.difference(check).slope == 0


# ---- what is checked where a person points


@pytest.mark.parametrize("name", NAMES)
def test_of_every_number_it_is_known_what_can_be_checked(name: str) -> None:
    view = Session(opened(name)).view()
    program = view.program
    whole, signals = set(gradients_of(program).values()), signals_of(program)
    for identity, value in program.values.items():
        pointed = Cell(identity, tuple(size - 1 for size in value.shape))
        asked = asked_of(view, pointed)
        assert isinstance(asked, Asked)
        gradient = gradient_cell(program, asked.cell)
        assert len(gradient.at) == view.values[gradient.name].ndim
        if identity in whole:
            assert (gradient, asked.is_meant) == (pointed, True)
        elif identity in gradients_of(program):
            assert (asked.cell, asked.is_meant) == (pointed, True)
        elif identity in signals:  # a part of one: at a time, or by one way of several
            assert identity.startswith(f"{gradient.name}.")
            assert plain_text(asked.told).endswith("which is checked")
        else:
            is_new = identity in {program.carry[variable.id] for variable in trained(program)}
            assert (bool(asked.tells), asked.is_meant) == (not is_new, is_new)


@pytest.mark.parametrize(
    ("name", "pointed", "of", "told"),
    [
        ("spreadsheet", "layer2.slope", "layer2.pre_activation", "slope_output_layer[1,0] is no gradient:"),
        (
            "spreadsheet",
            "layer2.weights.next",
            "layer2.weights",
            "Whether the new wout is right, its worked line tells",
        ),
        ("xor", "loss", "layer2.output", "L is no gradient:"),
        ("xor", "inputs", "layer1.weighted", "X[1,0] is given, not worked out:"),
        ("dropout", "layer2.mask", "layer2.output", "m2[1,0] is given, not worked out:"),
        ("attention-copies", "layer1.value_weights", "layer1.output", "WV1[1,0] does not learn:"),
        ("digits-relu-adam", "layer2.weights.first_moment.next", "layer2.weights", "W2.exp_avg[1,0] is no gradient:"),
        ("lstm-remembers", "layer1.bias.grad.from_t1", "layer1.bias", "∂L/∂b1 from t=1 on is only a part of ∂L/∂b1"),
    ],
)
def test_what_is_near_a_number_that_is_no_gradient(name: str, pointed: str, of: str, told: str) -> None:
    view = Session(opened(name)).view()
    at = (1, 0, *(0,) * 4)[: len(view.program.values[pointed].shape)]
    asked = asked_of(view, Cell(pointed, at))
    assert asked is not None
    assert asked.cell.name == of
    assert plain_text(asked.told).startswith(told)


def test_of_a_sample_the_gradient_near_it_is_of_the_same_sample() -> None:
    view = Session(opened("xor")).view()
    asked = asked_of(view, Cell("targets", (2, 0)))
    assert asked is not None
    assert asked.cell == Cell("layer2.output", (2, 0))


def test_what_is_hidden_or_still_to_be_predicted_is_not_told_by_a_check() -> None:
    session, predicting = Session(opened("spreadsheet")), Predicting()
    predicting.begin(session.view())
    session.go(1, session.program.order["layer1.output"])
    cell = Cell("layer1.output", (0, 0))
    with pytest.raises(NnstepError, match="still to be predicted, and the check would tell it"):
        refuse_kept(predicting.look(session.view()), cell)
    refuse_kept(session.view(), cell)
    with pytest.raises(NnstepError, match="hiddenlayer_activations is still to be predicted"):
        refuse_kept(session.view().hiding({"layer1.output": "numbers"}, None), cell)


def test_by_hand_a_value_is_called_v_and_said_to_be_beside_its_end() -> None:
    session = Session(opened("xor"))
    view = session.view()
    probe = Probe(session.compiled.training, 1, None)
    check = probe.check(Cell("layer2.output", (1, 0)))
    told = [plain_text(row) for row in told_by_hand(view, CheckedCell(check, probe.difference(check)))]
    assert told[0].startswith("By hand: v is ŷ[1,0] = ")
    assert told[1].startswith("  L(v + h) ")
    unclear = replace(check, verdict="unclear", beside=-0.25)
    rows = told_by_hand(view, CheckedCell(unclear, probe.difference(check)))
    assert plain_text(rows[-1]).endswith("a hair beside, backprop says -0.2500")
