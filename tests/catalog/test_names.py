"""Name sets change what is shown, and not one bit of what is trained."""

import re

import numpy as np
import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.program import Step
from tests.helpers.trainings import NAMES, Tree, batched, dense, net, parameters, same, session, spreadsheet

GENTLE = {"name": "sgd", "learning_rate": 0.05}
NETS: dict[str, Tree] = {
    "spreadsheet": spreadsheet(),
    "one layer": net(dense(2, "sigmoid")),
    "no bias": net(dense(4, "relu", bias=False), dense(2, bias=False), optimizer=GENTLE),
    "four layers": net(dense(4, "tanh"), dense(3, "gelu"), dense(3, "leaky_relu"), dense(2), optimizer=GENTLE),
    "classes": net(dense(5, "softplus"), dense(3, "softmax"), loss="cce"),
    "scores": net(dense(5, "elu"), dense(3), loss="softmax_cross_entropy"),
    "chances": net(dense(3, "sigmoid"), dense(2), loss="bce_with_logits"),
    "batches": batched(),
    "activation apart": net(dense(3), {"layer": "activation", "function": "tanh"}, dense(2, "sigmoid"), loss="bce"),
    "l2": net(dense(3, "sigmoid"), loss={"name": "half_sse", "l2": 0.01}),
    "frozen": net(dense(3, "sigmoid", trainable={"weights": False, "bias": True}), dense(2)),
}
every_net = pytest.mark.parametrize("tree", NETS.values(), ids=NETS.keys())


def test_there_are_these() -> None:
    assert set(NAMES) <= set(NAME_SETS)


@every_net
def test_weights_are_the_same_to_the_last_bit(tree: Tree) -> None:
    reached = [parameters(session(tree, names), 50) for names in NAME_SETS]
    assert np.isfinite([array.sum() for array in reached[0].values()]).all()
    for other in reached[1:]:
        assert same(reached[0], other)


@every_net
def test_values_are_the_same_but_for_their_sign(tree: Tree) -> None:
    first = session(tree, "math")
    shown = first.history.values(3)
    for names in NAME_SETS:
        other = session(tree, names)
        for identity, value in other.program.values.items():
            if identity in shown:
                sign = value.sign if isinstance(value, Step) else 1
                assert np.array_equal(sign * other.history.values(3)[identity], shown[identity]), identity


@pytest.mark.parametrize("names", NAME_SETS)
@pytest.mark.parametrize("role", ["mean", "variance"])
def test_what_runs_along_is_named_after_what_it_is_the_running_value_of(names: str, role: str) -> None:
    running = NAME_SETS[names].of(f"layer2.running_{role}", 3)
    assert re.sub("running[ _]", "", running) == NAME_SETS[names].of(f"layer2.{role}", 3)


@every_net
@pytest.mark.parametrize("names", NAME_SETS)
def test_no_two_steps_have_one_name(tree: Tree, names: str) -> None:
    program = session(tree, names).program
    shown = [step.name for step in (*program.steps, *program.measures)]
    assert len(set(shown)) == len(shown)
    # An updated weight is called what the weight is called; nothing else may share a name.
    for step in program.steps:
        variable = next((variable for variable in program.variables if variable.name == step.name), None)
        assert variable is None or step.id == f"{variable.id}.next"


@every_net
@pytest.mark.parametrize("names", NAME_SETS)
def test_no_id_is_shown_as_a_name(tree: Tree, names: str) -> None:
    shown = [value.name for value in session(tree, names).program.values.values()]
    assert [name for name in shown if re.search(r"layer\d+[._]", name) and names != "classic"] == []
    assert [name for name in shown if re.search(r"layer\d*\.|[{}]", name)] == []


def test_only_classic_shows_minus_the_gradient() -> None:
    for names in NAME_SETS:
        program = session(spreadsheet(), names).program
        signs = {step.id: step.sign for step in program.steps}
        flipped = {identity for identity, sign in signs.items() if sign < 0}
        back = {step.id for step in program.steps if step.phase in ("error", "deltas", "gradients")}
        unsigned = {"loss", "layer1.slope", "layer2.slope"}
        assert flipped == (back - unsigned if names == "classic" else set())


def test_classic_adds_and_the_others_subtract() -> None:
    for names in NAME_SETS:
        program = session(spreadsheet(), names).program
        updates = {step.op.name for step in program.steps if step.phase == "update"}
        assert updates == {"ascend" if names == "classic" else "descend"}


def test_classic_counts_its_hidden_layers_only_where_there_are_several() -> None:
    one = [step.name for step in session(net(dense(2, "tanh"), dense(1)), "classic").program.steps]
    two = [step.name for step in session(net(dense(2, "tanh"), dense(2, "tanh"), dense(1)), "classic").program.steps]
    assert "hiddenlayer_activations" in one
    assert "hiddenlayer1_activations" in two
    assert "hiddenlayer2_activations" in two
