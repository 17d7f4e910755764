"""Layers lay the steps that their settings ask for, under the roles that every reader of a trace knows."""

import numpy as np
import pytest

from nnstep.catalog.layers import LAYERS
from nnstep.errors import NnstepError
from tests.helpers.trainings import compiled, dense, net, parameters, session


def steps(tree: dict, names: str = "math") -> list[str]:  # type: ignore[type-arg]
    return [step.id for step in compiled(tree, names).training.program(1).steps]


def test_the_catalog_has_what_dense_networks_need() -> None:
    assert {"dense", "activation"} <= set(LAYERS)
    assert all(layer.sentence.endswith(".") for layer in LAYERS.values())


def test_a_layer_without_an_activation_ends_with_its_output() -> None:
    assert steps(net(dense(2)))[:2] == ["layer1.weighted", "layer1.output"]


def test_an_activation_comes_after_the_pre_activation() -> None:
    assert steps(net(dense(2, "tanh")))[:3] == ["layer1.weighted", "layer1.pre_activation", "layer1.output"]


def test_a_layer_without_a_bias_has_one_step_less() -> None:
    ids = steps(net(dense(2, "tanh", bias=False)))
    assert ids[:2] == ["layer1.pre_activation", "layer1.output"]
    assert not [identity for identity in ids if "bias" in identity]


def test_an_activation_may_be_a_layer_of_its_own() -> None:
    inside = session(net(dense(3, "tanh"), dense(2)))
    # Weights are drawn from the numbers of their layers, so both networks have to be given the same ones.
    first, last = (parameters(inside, 0)[f"layer{n}.weights"].tolist() for n in (1, 2))
    tanh = {"layer": "activation", "function": "tanh"}
    apart = session(net(dense(3, weights=first), tanh, dense(2, weights=last)))
    for ours, theirs in (("layer1.weights", "layer1.weights"), ("layer2.weights", "layer3.weights")):
        assert np.array_equal(parameters(inside, 5)[ours], parameters(apart, 5)[theirs])
    assert "layer2.slope" in apart.program.values


@pytest.mark.parametrize("names", ["classic", "math"])
def test_frozen_parameters_keep_every_bit_and_cost_no_steps(names: str) -> None:
    tree = net(dense(3, "sigmoid", trainable={"weights": False, "bias": True}), dense(2), samples=4)
    walk = session(tree, names)
    before, after = parameters(walk, 0), parameters(walk, 5)
    assert before["layer1.weights"].tobytes() == after["layer1.weights"].tobytes()
    assert not np.array_equal(before["layer1.bias"], after["layer1.bias"])
    ids = set(walk.program.values)
    assert "layer1.bias.grad" in ids
    assert "layer1.weights.grad" not in ids
    assert "layer1.weights.next" not in ids


def test_where_nothing_learns_nothing_goes_back() -> None:
    frozen = {"weights": False, "bias": False}
    walk = session(net(dense(3, "sigmoid", trainable=frozen), dense(2, trainable=frozen)))
    assert {step.phase for step in walk.program.steps} == {"forward", "error"}
    walk.go(4, 2)
    assert parameters(walk, 3)["layer2.weights"].tobytes() == parameters(walk, 0)["layer2.weights"].tobytes()


def test_no_error_is_sent_back_to_layers_that_do_not_learn() -> None:
    ids = steps(net(dense(3, "tanh", trainable={"weights": False, "bias": False}), dense(2, "tanh")))
    assert not [identity for identity in ids if identity in ("layer1.error", "layer1.delta", "layer1.slope")]


def test_a_bias_may_be_given_as_a_row() -> None:
    row = session(net(dense(2, bias=[[0.5, -0.5]])))
    flat = session(net(dense(2, bias=[0.5, -0.5])))
    assert parameters(row, 0)["layer1.bias"].tolist() == parameters(flat, 0)["layer1.bias"].tolist() == [0.5, -0.5]


@pytest.mark.parametrize("given", [{"weights": [[1.0, 2.0]]}, {"bias": [1.0, 2.0, 3.0]}, {"bias": [[1.0], [2.0]]}])
def test_given_values_of_another_shape_are_refused_with_the_layer(given: dict[str, object]) -> None:
    with pytest.raises(NnstepError, match=r"layer 1: .* was expected") as caught:
        compiled(net(dense(2, **given)))
    assert caught.value.where.startswith("test.json:1:")


def test_alpha_is_the_slope_of_the_leaky_side() -> None:
    usual, steep = (
        compiled(net(dense(2, "leaky_relu", **given))).training.program(1).values["layer1.output"].settings  # type: ignore[union-attr]
        for given in ({}, {"alpha": 0.3})
    )
    assert usual == {"alpha": 0.01}
    assert steep == {"alpha": 0.3}


def test_dense_works_on_the_last_axis() -> None:
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 4, 5))  # (b, t, i), (b, t, j)
    walk = session(net(dense(5, "tanh"), data={"inputs": x.tolist(), "targets": t.tolist()}))
    values, w = walk.history.values(1), parameters(walk, 0)["layer1.weights"]
    assert values["layer1.output"] == pytest.approx(np.tanh(x @ w), abs=1e-15)
    delta = (values["layer1.output"] - t) * (1 - values["layer1.output"] ** 2)  # (b, t, j)
    assert values["layer1.weights.grad"] == pytest.approx(np.einsum("bti,btj->ij", x, delta), abs=1e-13)
    assert values["layer1.bias.grad"] == pytest.approx(delta.sum(axis=(0, 1)), abs=1e-13)
