"""Every mistake shows where people look for it: a gradient is wrong, the check says so, and all else is as ever."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from nnstep.catalog.mistakes import MISTAKES
from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Array, work_out
from nnstep.engine.program import Step
from nnstep.engine.runner import Runner
from nnstep.errors import NnstepError
from nnstep.explain.checks import ParameterCheck, check_gradients, trained
from nnstep.scenario.compile import Compiled
from tests.helpers.sequences import sequences
from tests.helpers.trainings import Tree, compiled, dense, net, parameters, same, session, spreadsheet

CONVOLUTION = {"layer": "conv2d", "filters": 3, "kernel_size": 2, "activation": "tanh"}
RATE = {"name": "sgd", "learning_rate": 0.5}
IMAGE: Tree = {
    **net(dense(2), samples=3, inputs=9),
    "network": [{"layer": "reshape", "shape": [1, 3, 3]}, CONVOLUTION, {"layer": "flatten"}, dense(2, "sigmoid")],
}

NETWORKS: Mapping[str, Tree] = {
    "sigmoid": net(dense(3, "sigmoid"), dense(2, "sigmoid")),
    "three layers": net(dense(3, "tanh"), dense(3, "sigmoid"), dense(2, "sigmoid"), loss="mse", optimizer="adam"),
    "linear": net(dense(3, "tanh"), dense(2), loss={"name": "sse", "l2": 0.1}, optimizer=RATE),
    "softmax": net(dense(4, "relu"), dense(3, "softmax"), loss="cce", batch=2),
    "logits": net(
        dense(4, "gelu"), dense(3), loss="softmax_cross_entropy", optimizer={"name": "momentum", "learning_rate": 0.5}
    ),
    "yes or no": net(
        dense(3, "tanh"), dense(1, "sigmoid"), loss="bce", optimizer={"name": "sgd", "learning_rate": 0.05}
    ),
    "sequence": sequences({"layer": "rnn", "units": 3}, dense(2, "sigmoid")),
    "image": IMAGE,
}
PAIRS = [(mistake, network) for mistake in MISTAKES for network in NETWORKS]


@cache
def made(mistake: str, network: str) -> Compiled | None:
    """Return a network with a mistake, or with none (no name); None where the mistake does not fit it."""
    tree = NETWORKS[network]
    try:
        return compiled({**tree, "mistake": mistake} if mistake else tree)
    except NnstepError as error:
        if "changes nothing here" in error.what:
            return None
        raise


@cache
def checked(mistake: str, network: str) -> tuple[ParameterCheck, ...]:
    there = made(mistake, network)
    return check_gradients(there.training) if there else ()


def changed_cells(mistake: str, network: str) -> float:
    """Return the largest part of a parameter's gradient by which a mistake changes a cell of it."""
    right, wrong = (there.training for there in (made("", network), made(mistake, network)) if there)
    ours, theirs = (training.run(1, training.first) for training in (wrong, right))
    found = [0.0]
    for grad in (f"{variable.id}.grad" for variable in trained(right.program(1))):
        loss = float(ours["loss"]) / float(theirs["loss"])  # one mistake is in the loss, not in the gradient
        found.append(float(np.abs(ours[grad] - loss * theirs[grad]).max() / np.abs(theirs[grad]).max()))
    return max(found)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_there_is_a_network_for_every_mistake(mistake: str) -> None:
    assert any(made(mistake, network) for network in NETWORKS)


@pytest.mark.parametrize("network", NETWORKS)
def test_without_a_mistake_every_gradient_is_right(network: str) -> None:
    assert all(check.approximate for check in checked("", network))


@pytest.mark.parametrize(("mistake", "network"), PAIRS)
def test_a_mistake_changes_a_gradient_and_the_check_catches_it(mistake: str, network: str) -> None:
    if made(mistake, network):
        assert changed_cells(mistake, network) > 1e-3
        wrong = [check for check in checked(mistake, network) if not check.approximate]
        assert wrong
        assert all(check.worst.verdict == "wrong" for check in wrong)


@pytest.mark.parametrize(("mistake", "network"), PAIRS)
def test_a_mistaken_program_is_a_program(mistake: str, network: str) -> None:
    there, right = made(mistake, network), made("", network)
    if not there or not right:
        return
    program, values = there.training.program(1), there.training.run(1, there.training.first)
    assert {step.id: (step.name, step.shape, step.sign) for step in program.steps} == {
        step.id: (step.name, step.shape, step.sign) for step in right.training.program(1).steps
    }
    for step in (*program.steps, *program.measures):
        assert values[step.id].shape == step.shape
    for name, slow in slow_cells(program.steps, values).items():
        assert slow == pytest.approx(values[name].ravel(), rel=1e-12, abs=1e-15), name


def slow_cells(steps: tuple[Step, ...], values: Mapping[str, Array]) -> dict[str, list[float]]:
    """Return every cell of the way back, as its rule in plain Python has it."""
    found = {}
    for step in steps:
        if step.phase in ("error", "deltas", "gradients"):
            inputs = {name: values[value] for name, value in step.inputs.items()}
            places = [work_out(step.op.rule, place, inputs, step.settings) for place in np.ndindex(step.shape)]
            found[step.id] = [worked.value for worked in places]
    return found


@pytest.mark.parametrize(("mistake", "network"), PAIRS)
def test_a_mistake_is_the_same_under_every_name_set_and_at_full_speed(mistake: str, network: str) -> None:
    if not made(mistake, network):
        return
    tree = {**NETWORKS[network], "mistake": mistake}
    first, *others = (session(tree, names) for names in NAME_SETS)
    reached = parameters(first, 5)
    weights = [variable.id for variable in first.program.parameters]
    for other in others:
        assert same({name: reached[name] for name in weights}, {name: parameters(other, 5)[name] for name in weights})
    runner = Runner(first.compiled.training)
    runner.run(5, [])
    assert same(reached, runner.carried())


def test_every_mistake_says_what_it_is() -> None:
    for mistake in MISTAKES.values():
        for text in (mistake.sentence, mistake.published, mistake.needs, mistake.hint):
            assert text
            assert not text.endswith(".")


# ---- each is the fault that it says it is: worked out in NumPy


def first(mistake: str, tree: Tree) -> dict[str, Any]:
    training = compiled({**tree, "names": "math", "mistake": mistake}).training
    return training.run(1, training.first)


def test_the_delta_is_the_error() -> None:
    values = first("delta_without_slope", spreadsheet())
    assert values["layer2.delta"] == pytest.approx(values["layer2.output"] - values["targets"], abs=1e-15)


def test_the_rate_twice_is_its_square_once() -> None:
    # The copies of the spreadsheet tutorial print the weights that a rate of 0.01 gives.
    twice = first("rate_twice", spreadsheet())
    once = compiled(spreadsheet(optimizer={"name": "gd", "learning_rate": 0.01})).training
    wanted = once.run(1, once.first)
    for parameter in once.program(1).parameters:
        after = f"{parameter.id}.next"
        assert twice[after] == pytest.approx(wanted[after], abs=1e-15)
    for check in check_gradients(compiled(spreadsheet(mistake="rate_twice")).training):
        assert check.worst.gradient == pytest.approx(0.1 * check.worst.measured, rel=1e-6)


def test_training_climbs() -> None:
    training = compiled(spreadsheet(mistake="error_turned_round")).training
    losses: list[float] = []
    Runner(training).run(20, losses)
    assert losses == sorted(losses)
    for check in check_gradients(training):
        assert check.worst.gradient == pytest.approx(-check.worst.measured, rel=1e-6)


@pytest.mark.parametrize(("loss", "factor"), [("sse", 2.0), ("mse", 2 / 3)])
def test_the_gradient_has_no_factor(loss: str, factor: float) -> None:
    for check in check_gradients(compiled(spreadsheet(loss=loss, mistake="gradient_without_factor")).training):
        assert check.worst.measured == pytest.approx(factor * check.worst.gradient, rel=1e-6)


def test_the_loss_is_a_third_of_what_its_gradient_belongs_to() -> None:
    for check in checked("loss_averaged_over_classes", "softmax"):
        assert check.worst.gradient == pytest.approx(3 * check.worst.measured, rel=1e-6)


def test_the_blame_goes_back_through_new_weights() -> None:
    values = first("hidden_delta_from_updated_weights", spreadsheet())
    wanted = values["layer2.delta"] @ values["layer2.weights.next"].T
    assert values["layer1.error"] == pytest.approx(wanted, abs=1e-15)
    wrong = {
        check.parameter: not check.approximate for check in checked("hidden_delta_from_updated_weights", "three layers")
    }
    assert wrong == {f"layer{n}.{key}": n < 3 for n in (1, 2, 3) for key in ("weights", "bias")}


def test_a_layer_is_updated_before_the_blame_goes_further_back() -> None:
    tree = {**NETWORKS["three layers"], "mistake": "hidden_delta_from_updated_weights"}
    order = session(tree).program.order
    for layer in (3, 2):
        for parameter in ("weights", "bias"):
            assert order[f"layer{layer}.{parameter}.next"] < order[f"layer{layer - 1}.error"]


def test_only_the_last_time_that_was_met_counts() -> None:
    values = first("gradient_overwritten", NETWORKS["sequence"])
    assert values["layer1.input_weights.grad"].tolist() == values["layer1.input_weights.grad.t0"].tolist()


def test_only_the_biases_are_averaged() -> None:
    wrong = {check.parameter: check for check in checked("bias_gradient_averaged", "sigmoid") if not check.approximate}
    assert set(wrong) == {"layer1.bias", "layer2.bias"}
    assert all(c.worst.measured == pytest.approx(5 * c.worst.gradient, rel=1e-6) for c in wrong.values())


def test_only_as_many_biases_learn_as_channels_come_in() -> None:
    values = first("bias_of_channels_in", NETWORKS["image"])
    assert np.flatnonzero(values["layer2.bias.grad"]).tolist() == [0]


def test_the_slope_is_that_of_the_wrong_number() -> None:
    values = first("slope_of_input", spreadsheet())
    z = values["layer1.pre_activation"]
    assert values["layer1.slope"] == pytest.approx(z * (1 - z), abs=1e-12)
    assert (values["layer1.slope"] < 0).any()


def test_a_chance_rises_alone() -> None:
    values = first("softmax_own_slope", NETWORKS["softmax"])
    a = values["layer2.output"]
    assert values["layer2.delta"] == pytest.approx(values["layer2.error"] * a * (1 - a), rel=1e-12)


# ---- what does not fit


@pytest.mark.parametrize(
    ("mistake", "tree", "needs"),
    [
        ("delta_without_slope", net(dense(2)), "an activation at the output"),
        ("rate_twice", net(dense(2), optimizer={"name": "sgd", "learning_rate": 1}), "a learning rate other than 1"),
        ("gradient_without_factor", net(dense(2), loss="half_sse"), "the loss sse or mse"),
        ("loss_averaged_over_classes", net(dense(2)), "the mean of cce or softmax_cross_entropy"),
        ("hidden_delta_from_updated_weights", net(dense(2)), "a hidden layer"),
        ("gradient_overwritten", net(dense(2)), "used more than once"),
        ("bias_gradient_averaged", net(dense(2, bias=False)), "a bias that learns"),
        ("bias_gradient_averaged", net(dense(2), batch=1), "more than one sample"),
        ("bias_of_channels_in", net(dense(2)), "a conv2d with more filters"),
        (
            "bias_of_channels_in",
            {**IMAGE, "network": [IMAGE["network"][0], {"layer": "batch_norm"}, *IMAGE["network"][2:]]},
            "a conv2d",
        ),
        ("slope_of_input", net(dense(2, "relu")), "a sigmoid or tanh"),
        ("softmax_own_slope", net(dense(2, "sigmoid")), "a softmax"),
    ],
)
def test_a_mistake_that_nothing_here_can_have_is_refused(mistake: str, tree: Tree, needs: str) -> None:
    with pytest.raises(NnstepError, match=f"^test.json:1:.*{mistake} changes nothing here: .*{needs}") as error:
        compiled({**tree, "mistake": mistake})
    assert error.value.hint == MISTAKES[mistake].hint


def test_a_misspelt_mistake_is_told_the_nearest() -> None:
    with pytest.raises(NnstepError, match="there is no mistake called 'rate_twise'\n  did you mean rate_twice"):
        compiled(spreadsheet(mistake="rate_twise"))
