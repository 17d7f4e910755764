"""How far a measured slope can be trusted: right gradients pass where digits cancel, small faults are still found."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.checks import Probe, check_gradients
from nnstep.explain.told_checks import CheckedCell, told_by_hand
from nnstep.explain.words import plain_text
from tests.helpers.pytorch import CASES, scenario
from tests.helpers.trainings import Tree, compiled, dense, net, session, spreadsheet

Place = tuple[int, ...]


def normalized(epsilon: float = 1e-5) -> Tree:
    return {"layer": "batch_norm", "epsilon": epsilon}


def thrice(epsilon: float) -> list[Tree]:
    return [layer for units in (3, 3, 3) for layer in (dense(units), normalized(epsilon))] + [dense(2)]


# Over two samples a normalised number is nearly 1 or -1 whatever it was: true gradients are as small as 1e-10, in
# losses of 1. Each of these was once called wrong, for digits that had cancelled.
CANCELLING = {
    "small-epsilon": net(dense(3, "tanh"), normalized(1e-9), dense(2), samples=2, seed=0),
    "tiny-epsilon": net(dense(3, "tanh"), normalized(1e-12), dense(2), samples=2, seed=0),
    "three-times": net(*thrice(1e-5), samples=2, seed=25),
    "three-times-small-epsilon": net(*thrice(1e-9), samples=2, seed=18),
    "relu": net(dense(4), normalized(), dense(4, "relu"), normalized(), dense(2), samples=2, seed=3),
}


@pytest.mark.parametrize("name", CANCELLING)
def test_right_gradients_are_right_where_digits_cancel(name: str) -> None:
    for check in check_gradients(compiled(CANCELLING[name]).training):
        assert check.approximate, check.worst


def test_a_bias_that_batch_norm_takes_away_again_is_not_at_a_kink() -> None:
    tree = net(dense(3), normalized(), dense(4, "relu"), dense(2), samples=4)
    (bias,) = (check for check in check_gradients(compiled(tree).training) if check.parameter == "layer1.bias")
    assert abs(bias.worst.gradient) < 1e-12  # what it should be is 0
    assert (bias.exact, bias.kinks) == (True, ())


def found_in(tree: Tree, factor: float) -> tuple[int, int]:
    """Return in how many cells a gradient that is off by a factor is called wrong, and in how many it should be.

    It should be where it is off by more than the first measure doubts itself.
    """
    probe = Probe(compiled(tree).training, 1, None)
    found = should = 0
    for variable in probe.program.parameters:
        identity = f"{variable.id}.grad"
        right = probe.values[identity]
        for place in np.ndindex(*variable.shape):
            cell = Cell(variable.id, place)
            slope = probe.losses.measure(cell, 1e-3)
            noise = probe.losses.sobered(slope, cell.name).doubt
            if probe.check(cell).verdict == "kink" or abs(right[place]) * (factor - 1) < 4 * noise:
                continue
            should += 1
            probe.values[identity] = right * factor  # (as the parameter)
            found += probe.check(cell).verdict == "wrong"
            probe.values[identity] = right
    return found, should


@pytest.mark.parametrize("name", CANCELLING)
def test_a_fault_of_one_in_ten_thousand_is_found_where_digits_cancel(name: str) -> None:
    found, should = found_in(CANCELLING[name], 1.0001)
    assert found == should >= 8


@pytest.mark.parametrize("path", CASES[::3], ids=lambda path: path.stem)
def test_a_fault_of_one_in_ten_thousand_is_found_in_every_cell(path: Path) -> None:
    found, should = found_in(scenario(json.loads(path.read_text(encoding="utf-8"))), 1.0001)
    assert found == should >= 5


def test_rounding_is_imitated_the_same_way_each_time() -> None:
    first, second = (Probe(compiled(CANCELLING["relu"]).training, 1, None).losses for _ in range(2))
    assert first.shaken("layer1.weights") == second.shaken("layer1.weights") > 0


def test_what_rounding_does_is_not_more_than_its_imitation() -> None:
    # The loss of the spreadsheet in other orders of the same sums: as it might have been rounded elsewhere.
    probe = Probe(compiled(spreadsheet()).training, 1, None)
    values = probe.values
    hidden = 1 / (1 + np.exp(-(values["inputs"][:, ::-1] @ values["layer1.weights"][::-1] + values["layer1.bias"])))
    output = 1 / (1 + np.exp(-(hidden[:, ::-1] @ values["layer2.weights"][::-1] + values["layer2.bias"])))
    loss = 0.5 * ((output - values["targets"])[::-1] ** 2).sum()
    assert abs(loss - probe.loss) <= 4 * probe.losses.shaken("layer1.weights") < 1e-14


# ---- corners


def tree_at_corners(*network: Tree) -> Tree:
    tree = net(*network, samples=1, inputs=1)
    tree["data"] = {"inputs": [[0.0]], "targets": [[1.0]]}
    return tree


def corners(*network: Tree) -> Probe:
    """Return the probe of one sample of 0: every pre-activation is the bias before it, and every bias is 0."""
    return Probe(compiled(tree_at_corners(*network)).training, 1, None)


BEHIND_ONE_ANOTHER = (
    dense(2, "leaky_relu", weights=[[1.0, 1.0]], bias=[0.0, 0.0]),
    dense(2, "leaky_relu", weights=[[1.0, -1.0], [2.0, 0.5]], bias=[0.0, 0.0]),
    dense(1, weights=[[3.0], [-2.0]], bias=[0.2]),
)
BESIDE_ONE_ANOTHER = (
    dense(1, weights=[[1.0]], bias=[0.0]),
    dense(2, "relu", weights=[[1.0, -1.0]], bias=[0.0, 0.0]),
    dense(1, weights=[[3.0], [-2.0]], bias=[0.2]),
)


@pytest.mark.parametrize("network", [BEHIND_ONE_ANOTHER, BESIDE_ONE_ANOTHER], ids=["behind", "beside"])
def test_several_corners_in_one_place_are_no_fault(network: tuple[Tree, ...]) -> None:
    probe = corners(*network)
    right = probe.values["layer1.bias.grad"].copy()
    for place in np.ndindex(*right.shape):
        cell = Cell("layer1.bias", place)
        assert probe.check(cell).verdict == "kink"
        sides = probe.losses.measure(cell, 1e-6).sides
        for wrong in (
            min(sides) - 0.01,
            max(sides) + 0.01,
            sum(sides) / 2,
            right[place] * 1.001 if right[place] else 1e9,
        ):
            probe.values["layer1.bias.grad"] = np.full_like(right, wrong)
            assert probe.check(cell).verdict == "wrong"
        probe.values["layer1.bias.grad"] = right


def test_a_gradient_outside_both_slopes_can_be_that_of_the_side_the_program_takes() -> None:
    probe = corners(*BEHIND_ONE_ANOTHER)
    cell = Cell("layer1.bias", (0,))
    low, high = sorted(probe.losses.measure(cell, 1e-6).sides)
    gradient = probe.check(cell).gradient
    # Both slopes have a 1 in them, of the unit that is above 0 on that side. With 0.01 twice it is neither.
    assert not low <= gradient <= high
    assert probe.losses.meets_beside_corners(cell, gradient, 1.0)
    assert not probe.losses.meets_beside_corners(cell, gradient * 1.001, 1.0)


@pytest.mark.parametrize("share", [0.001, 0.25, 0.5, 0.999])
@pytest.mark.parametrize("function", ["relu", "leaky_relu"])
def test_a_gradient_between_the_slopes_of_both_sides_is_wrong(function: str, share: float) -> None:
    probe = corners(dense(1, function, weights=[[1.0]], bias=[0.0]), dense(1, weights=[[2.0]], bias=False))
    cell, alpha = Cell("layer1.bias", (0,)), {"relu": 0.0, "leaky_relu": 0.01}[function]
    # L = ½(2·f(b) - 1)² at b = 0: -2·f′(0), where f′ is alpha to the left and 1 to the right.
    left, right = -2 * alpha, -2.0
    for slope in (left, right):
        probe.values["layer1.bias.grad"] = np.array([slope])
        assert probe.check(cell).verdict == "kink"
    probe.values["layer1.bias.grad"] = np.array([left + share * (right - left)])
    found = probe.check(cell)
    assert found.verdict == "wrong"
    assert found.difference > 1e-4
    view = session(tree_at_corners(dense(1, function))).view()
    told = [plain_text(row).strip() for row in told_by_hand(view, CheckedCell(found, probe.difference(found)))]
    assert (
        told[-1]
        == {
            True: "wrong: the loss has a corner here, and backprop says the slope of neither side",
            False: "wrong: the loss does not move as backprop says",
        }[share == 0.5]
    )


def test_a_corner_that_is_the_same_to_both_sides() -> None:
    # |b| as two relus: the slopes are 2 and -2, backprop says 0 of both, and so does a central difference.
    network = (
        dense(1, weights=[[1.0]], bias=[0.0]),
        dense(2, "relu", weights=[[1.0, -1.0]], bias=[0.0, 0.0]),
        dense(1, weights=[[-2.0], [-2.0]], bias=[0.0]),
    )
    probe = corners(*network)
    cell = Cell("layer1.bias", (0,))
    assert probe.check(cell).verdict == "kink"
    for wrong in (0.5, -1.0, 1.9):
        probe.values["layer1.bias.grad"] = np.array([wrong])
        assert probe.check(cell).verdict == "wrong"


def test_where_the_loss_bends_at_once_and_has_no_corner() -> None:
    # To the right of 0 the loss is bent one way, to the left the other: flat at 0, and every formula for smooth
    # losses comes to it slowly.
    weights = [[0.5, -1.0, 0.2]]
    tree = net(dense(1), {"layer": "layer_norm"}, dense(3, "leaky_relu", weights=weights, bias=False), samples=3)
    tree["network"].append({"layer": "activation", "function": "softmax"})
    tree["data"]["targets"] = np.eye(3).tolist()
    checks = check_gradients(compiled({**tree, "loss": "cce"}).training)
    assert all(check.approximate for check in checks), [check.worst for check in checks]


def test_corners_are_no_fault_where_a_small_move_becomes_large() -> None:
    # Of numbers that are all the same, batch norm makes 0, and 316 times of every move: 1 / √epsilon.
    tree = net(dense(3), normalized(), dense(2, "relu"), dense(2), samples=3)
    tree["data"]["inputs"] = [[0.0, 0.0, 0.0]] * 3
    assert all(check.approximate for check in check_gradients(compiled(tree).training))


def test_equals_in_a_window_are_a_corner() -> None:
    pool = {"layer": "max_pool2d", "size": 2}
    kernel = {"layer": "conv2d", "filters": 1, "kernel_size": 1, "kernel": [[[[1.0]]]], "bias": [0.0]}
    tree = net(kernel, pool, {"layer": "flatten"}, dense(1, weights=[[2.0]], bias=[0.0]), samples=1)
    tree["data"] = {"inputs": [[[[1.0, 1.0], [0.5, 1.0]]]], "targets": [[1.0]]}
    assert all(check.approximate for check in check_gradients(compiled(tree).training))


@pytest.mark.parametrize("distance", [1e-6, 1e-9, 1e-12, -1e-12, -1e-9, -1e-6])
def test_a_corner_nearby_is_no_fault(distance: float) -> None:
    tree = net(
        dense(1, "relu", weights=[[1.0]], bias=[distance]), dense(1, weights=[[2.0]], bias=False), samples=1, inputs=1
    )
    tree["data"] = {"inputs": [[0.0]], "targets": [[1.0]]}
    probe = Probe(compiled(tree).training, 1, None)
    cell = Cell("layer1.bias", (0,))
    assert probe.check(cell).verdict in ("exact", "kink")
    probe.values["layer1.bias.grad"] = np.array([5.0])
    assert probe.check(cell).verdict == "wrong"


def of_few_numbers(seed: int) -> Tree:
    """Return a network of few numbers that are often 0 or the same: corners, zeros and ties are everywhere in it."""
    rng = np.random.default_rng(seed)

    def weights(*shape: int) -> list[list[float]]:
        return (rng.integers(-2, 3, shape) * rng.choice([1.0, 0.1, 0.25])).tolist()

    def bias(size: int) -> list[float]:
        return (rng.integers(-1, 2, size) * rng.choice([0.0, 0.5, 0.1])).tolist()

    kinds = rng.choice(["relu", "leaky_relu", "elu", "tanh"], 2, p=[0.5, 0.3, 0.1, 0.1]).tolist()
    inputs, units, more = (int(rng.integers(1, 4)) for _ in range(3))
    layers = [dense(units, kinds[0], weights=weights(inputs, units), bias=bias(units))]
    if rng.random() < 0.6:
        layers.append(dense(more, kinds[1], weights=weights(units, more), bias=bias(more)))
        units = more
    if rng.random() < 0.2:
        layers.append({"layer": "layer_norm"})
    layers.append(dense(1, weights=weights(units, 1), bias=bias(1)))
    samples = int(rng.integers(1, 5))
    tree = net(*layers, samples=samples, inputs=inputs)
    data = rng.integers(-1, 2, (samples, inputs)), rng.integers(0, 2, (samples, 1))
    tree["data"] = {"inputs": data[0].astype(float).tolist(), "targets": data[1].astype(float).tolist()}
    return tree


# Corners behind corners, corners that hide each other, of the second derivative, at numbers that are 0 but for
# rounding; losses of 0, that have no noise: each of these was called wrong by a check that looked less closely.
@pytest.mark.parametrize("seed", [1608, 2546, 3444, 4113, 4207, 4444, 5339, 5788, 5887, 6121, 6245, 6552, 6679, 7078])
def test_right_gradients_are_right_where_corners_and_zeros_are_everywhere(seed: int) -> None:
    for check in check_gradients(compiled(of_few_numbers(seed)).training):
        assert check.approximate, check.worst
