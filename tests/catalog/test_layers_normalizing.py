"""Layer norm and batch norm: visible statistics, right gradients, and running values for answers to test data."""

import json

import numpy as np
import pytest

from nnstep.errors import NnstepError
from tests.helpers.pytorch import scenario
from tests.helpers.sound import assert_sound
from tests.helpers.trainings import ORACLES, Tree, compiled, dense, net, parameters, session

LAYER = {"layer": "layer_norm"}
BATCH = {"layer": "batch_norm"}
ADAM = {"name": "adam", "learning_rate": 0.01}


def on_images(*network: Tree) -> Tree:
    rng = np.random.default_rng(3)
    data = {"inputs": rng.normal(size=(4, 2, 4, 4)).round(3).tolist(), "targets": rng.uniform(size=(4, 2)).tolist()}
    return net(*network, data=data, optimizer={"name": "sgd", "learning_rate": 0.01})


CONV = {"layer": "conv2d", "filters": 3, "kernel_size": 3}
NETS: dict[str, Tree] = {
    "layer": net(dense(4), LAYER, dense(2, "sigmoid")),
    "batch": net(dense(4), BATCH, {"layer": "activation", "function": "tanh"}, dense(2)),
    "both": net(BATCH, dense(4, "tanh"), LAYER, dense(2), optimizer=ADAM),
    "images": on_images(CONV, BATCH, {"layer": "flatten"}, dense(2)),
    "rows of images": on_images(LAYER, CONV, {"layer": "flatten"}, dense(2)),
    "batches": net(dense(4), BATCH, dense(2), samples=8, batch=3, shuffle=True, optimizer=ADAM),
    "at the end": net(dense(2), BATCH),
}


@pytest.mark.parametrize("tree", NETS.values(), ids=NETS.keys())
def test_gradients_names_and_jumps_agree(tree: Tree) -> None:
    assert_sound(tree)


def test_each_part_is_a_step() -> None:
    ids = [step.id for step in session(NETS["layer"]).program.steps if step.phase == "forward"]
    parts = ["mean", "centered", "variance", "normalized", "output"]
    assert [identity for identity in ids if identity.startswith("layer2.")] == [f"layer2.{part}" for part in parts]


@pytest.mark.parametrize(("name", "axis"), [("layer", 1), ("batch", 0)])
def test_what_belongs_together_has_mean_0_and_variance_1(name: str, axis: int) -> None:
    normalized = session(NETS[name]).history.values(1)["layer2.normalized"]  # (b, j)
    assert normalized.mean(axis=axis) == pytest.approx(0, abs=1e-12)
    assert normalized.var(axis=axis) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("case", ["batchnorm1d_a", "batchnorm2d_b"])
def test_running_values_are_those_of_pytorch(case: str) -> None:
    known = json.loads((ORACLES / "cases" / f"{case}.json").read_text(encoding="utf-8"))
    walk = session(scenario(known))
    (place,) = (f"layer{n}" for n, layer in enumerate(known["layers"], 1) if layer["type"] == "batchnorm")
    for done in (1, 2, 10):
        for theirs, value in known[f"buffers_after_{done}"].items():
            ours = theirs.rpartition(".")[2].replace("var", "variance")
            assert parameters(walk, done)[f"{place}.{ours}"] == pytest.approx(np.array(value), abs=1e-10)


def test_answers_to_test_data_use_the_running_values() -> None:
    training = compiled(NETS["batch"]).training
    walk = session(NETS["batch"])
    at = parameters(walk, 5)
    x, w = training.train.inputs, at["layer1.weights"]
    z = x @ w + at["layer1.bias"]  # (b, j)
    norm = (z - at["layer2.running_mean"]) / np.sqrt(at["layer2.running_variance"] + 1e-5)  # (b, j)
    hidden = np.tanh(norm * at["layer2.scale"] + at["layer2.shift"])  # (b, j)
    expected = hidden @ at["layer4.weights"] + at["layer4.bias"]  # (b, j)
    assert training.predict(at, training.train)[0] == pytest.approx(expected, abs=1e-12)
    # An answer does not depend on who else is asked.
    alone = type(training.train)(x[:1], training.train.targets[:1])
    assert training.predict(at, alone)[0] == pytest.approx(expected[:1], abs=1e-12)


def test_given_scale_and_shift_are_where_training_begins() -> None:
    walk = session(net({**LAYER, "scale": [1.0, 2.0, 3.0], "shift": [0.5, 0.0, -0.5]}, dense(2)))
    assert parameters(walk, 0)["layer1.scale"].tolist() == [1.0, 2.0, 3.0]
    assert parameters(walk, 0)["layer1.shift"].tolist() == [0.5, 0.0, -0.5]


def test_a_batch_of_one_has_no_variance() -> None:
    with pytest.raises(NnstepError, match="layer 2: batch_norm needs at least two samples"):
        compiled(net(dense(2), BATCH, dense(2), samples=4, batch=3))


def test_what_is_neither_a_row_nor_an_image_is_refused() -> None:
    data = {"inputs": [[[1.0, 2.0]], [[3.0, 4.0]]], "targets": [[[1.0, 2.0]], [[3.0, 4.0]]]}
    with pytest.raises(NnstepError, match="layer 1: batch_norm takes rows of numbers or images"):
        compiled(net(BATCH, dense(2), data=data))
