"""Layers that work on images lay the steps that their settings ask for, and refuse what does not fit."""

from typing import Any

import numpy as np
import pytest

from nnstep.engine.program import Step
from nnstep.errors import NnstepError
from nnstep.explain.checks import check_gradients
from tests.helpers.sound import assert_sound
from tests.helpers.trainings import Tree, compiled, dense, parameters, session

CONV = {"layer": "conv2d", "filters": 2, "kernel_size": 3}
FLAT = {"layer": "flatten"}


def images(*network: Tree, channels: int = 1, side: int = 6, **changes: Any) -> Tree:
    """Return a scenario of five random images and two numbers to tell of each."""
    rng = np.random.default_rng([channels, side])
    return {
        "title": "images",
        "seed": 1,
        "data": {
            "inputs": rng.normal(size=(5, channels, side, side)).round(3).tolist(),
            "targets": rng.uniform(0.1, 0.9, (5, 2)).round(3).tolist(),
        },
        "network": list(network),
        "loss": "half_sse",
        "optimizer": {"name": "sgd", "learning_rate": 0.02},
        "epochs": 20,
        **changes,
    }


POOLED = {"layer": "max_pool2d", "size": 2}
NETS: dict[str, Tree] = {
    "convolution": images({**CONV, "activation": "tanh"}, FLAT, dense(2)),
    "border and stride": images(
        {**CONV, "padding": 1, "stride": 2, "activation": "sigmoid"}, FLAT, dense(2, "sigmoid"), channels=2
    ),
    "no bias": images({**CONV, "bias": False}, FLAT, dense(2)),
    "two": images({**CONV, "activation": "relu"}, {**CONV, "kernel_size": 2, "stride": 2}, FLAT, dense(2)),
    "largest": images({**CONV, "activation": "tanh"}, POOLED, FLAT, dense(2)),
    "overlapping": images(CONV, {"layer": "max_pool2d", "size": 3, "stride": 1}, FLAT, dense(2)),
    "mean": images(CONV, {"layer": "avg_pool2d", "size": 2}, FLAT, dense(2), side=7),
    "reshaped": images(
        FLAT, dense(8, "tanh"), {"layer": "reshape", "shape": [2, 2, 2]}, CONV | {"kernel_size": 1}, FLAT, dense(2)
    ),
    "table": images(FLAT, dense(6), {"layer": "reshape", "shape": [3, 2]}, dense(2, "tanh"), FLAT, dense(2)),
    "images as tables": images(CONV, {"layer": "reshape", "shape": [4, 8]}, FLAT, dense(2)),
    "l2": images({**CONV, "activation": "tanh"}, FLAT, dense(2), loss={"name": "half_sse", "l2": 0.01}),
}


@pytest.mark.parametrize("tree", NETS.values(), ids=NETS.keys())
def test_gradients_names_and_jumps_agree(tree: Tree) -> None:
    assert_sound(tree)


def test_each_part_of_a_convolution_is_a_step() -> None:
    ids = [step.id for step in session(NETS["border and stride"]).program.steps]
    assert ids[:4] == ["layer1.padded", "layer1.convolved", "layer1.pre_activation", "layer1.output"]
    assert {"layer1.kernel.grad", "layer1.bias.grad", "layer1.kernel.next"} <= set(ids)
    # Images are data: no blame goes back to them.
    assert "layer1.padded.grad" not in ids


def test_a_kernel_that_does_not_learn_keeps_every_bit() -> None:
    frozen = {**CONV, "trainable": {"kernel": False, "bias": True}}
    walk = session(images(frozen, FLAT, dense(2)))
    before, after = parameters(walk, 0), parameters(walk, 3)
    assert before["layer1.kernel"].tobytes() == after["layer1.kernel"].tobytes()
    assert not np.array_equal(before["layer1.bias"], after["layer1.bias"])


def test_of_equal_pixels_the_first_gets_the_gradient() -> None:
    tree = images(
        {"layer": "conv2d", "filters": 1, "kernel_size": 1, "kernel": [[[[0.0]]]]}, POOLED, FLAT, dense(2), side=4
    )
    walk = session(tree)
    values = walk.history.values(1)
    assert np.array_equal(values["layer2.winners"], np.zeros((5, 1, 2, 2)))
    sent = values["layer1.error"]
    assert np.array_equal(sent[:, :, ::2, ::2], values["layer2.error"])
    assert not sent[:, :, 1::2].any()
    assert not sent[:, :, :, 1::2].any()


def test_a_tie_is_said_to_be_a_kink_and_does_not_fail() -> None:
    tree = images(
        FLAT,
        dense(4, weights=[[0.0] * 4] * 4),
        {"layer": "reshape", "shape": [1, 2, 2]},
        POOLED,
        FLAT,
        dense(2),
        side=2,
    )
    checks = {check.name: check for check in check_gradients(session(tree).compiled.training, 1)}
    assert all(check.approximate for check in checks.values())
    assert checks["b2"].kinks


def test_how_a_kernel_is_drawn_depends_on_what_it_reads() -> None:
    wide = images({**CONV, "filters": 64, "init": "he"}, FLAT, dense(2), channels=4)
    drawn = parameters(session(wide), 0)["layer1.kernel"]
    assert drawn.std() == pytest.approx(np.sqrt(2 / (4 * 3 * 3)), rel=0.05)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ([FLAT, CONV], "layer 2: conv2d needs channels, rows and columns from each sample\n  put a reshape"),
        ([FLAT, CONV], r"before it: {layer: reshape, shape: \[1, 6, 6\]}"),
        ([{**CONV, "kernel": 3}], "kernel must be a list, but this is 3\n  given weights,.*kernel_size"),
        ([{**CONV, "kernel_size": 7}], "layer 1: a window of 7×7 does not fit into an image of 6×6"),
        ([{"layer": "max_pool2d", "size": 8}], "layer 1: a window of 8×8 does not fit into an image of 6×6"),
        ([{**CONV, "kernel": [[[[1.0]]]]}], "layer 1: kernel is 1×1×1×1, 2×1×3×3 was expected"),
        ([FLAT, {"layer": "reshape", "shape": [5, 5]}], "layer 2: 1×36 = 36 numbers can't be dealt out to 5×5 = 25"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_layer(network: list[Tree], message: str) -> None:
    with pytest.raises(NnstepError, match=message) as caught:
        compiled(images(*network, FLAT, dense(2)))
    assert caught.value.where.startswith("test.json:1:")


def test_windows_are_counted_in_the_formula() -> None:
    step = session(NETS["overlapping"]).program.values["layer2.output"]
    assert isinstance(step, Step)
    assert step.settings == {"size": 3, "stride": 1}
    assert step.shape == (5, 2, 2, 2)
