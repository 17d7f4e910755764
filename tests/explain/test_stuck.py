"""Why it is stuck: each reason is found where it was made, with the cell to look at; what learns gives none."""

import re

import numpy as np
import pytest

from nnstep.commands.opening import open_scenario
from nnstep.engine.cell import Array, Cell
from nnstep.explain.stuck import Reason, why_stuck
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.explain.walks import view_of
from tests.helpers.trainings import Tree, batched, dense, exploding, net, session
from tests.scenarios.shipped import NAMES


def at(tree: Tree, iteration: int, step: int = 0) -> Session:
    walk = session(tree)
    walk.go(iteration, step)
    return walk


def ended(tree: Tree) -> Session:
    """Return a session at the end of its first iteration."""
    walk = session(tree)
    walk.end()
    return walk


def reasons(walk: Session, **settings: int) -> dict[str, Reason]:
    return {reason.kind: reason for reason in why_stuck(walk.view(), **settings)}


def text(reason: Reason) -> str:
    return plain_text(reason.told)


def far(*targets: float) -> Tree:
    return {"inputs": [[float(n), 1.0] for n in range(len(targets))], "targets": [[target] for target in targets]}


def test_a_rate_that_is_too_large() -> None:
    hot = {"name": "gd", "learning_rate": 2}
    walk = at(net(dense(1), data=far(1, 2, 3), optimizer=hot), 8, 1)
    reason = reasons(walk)["rate"]
    assert re.fullmatch(
        r"L rose all the time in the last \d points .+; the learning rate, 2, may be too large", text(reason)
    )
    assert reason.place.cell == Cell("loss", ())
    assert next(iter(reasons(walk))) == "rate"


def test_a_rate_that_is_too_small() -> None:
    cold = {"name": "gd", "learning_rate": 1e-6}
    walk = at(net(dense(1), data=far(1, 2, 3), optimizer=cold), 3, 1)
    (reason,) = reasons(walk).values()
    assert reason.kind == "slow"
    now, after, further = map(float, re.findall(r"\d+\.\d+", text(reason))[:3])
    assert now > after > further


def test_targets_that_no_weights_can_reach() -> None:
    walk = at(net(dense(2, "tanh"), dense(1, "sigmoid"), data=far(0.5, 0.5, 7)), 2)
    reason = reasons(walk)["unreachable"]
    assert (
        text(reason)
        == "Y[2,0] is 7, and sigmoid can only answer what is between 0 and 1; so it is for 33% of the targets"
    )
    assert reason.place.cell == Cell("targets", (2, 0))


def test_units_that_are_dead() -> None:
    walk = at(net(dense(2, "relu", bias=[-100.0, -100.0]), dense(1)), 2)
    found = reasons(walk)
    assert text(found["dead"]) == (
        "hidden unit 0 has stopped listening: f′(z1) is 0 for every sample, and so have 1 more of its 2"
    )
    assert found["dead"].place.cell == Cell("layer1.slope", (0, 0))
    assert {"zero", "alike"} <= set(found)
    assert "fading" not in found


@pytest.mark.parametrize(
    ("optimizer", "moves"),
    [
        ({"name": "sgd", "learning_rate": 0.1}, False),
        ({"name": "sgd", "learning_rate": 0.1, "weight_decay": 0.5}, True),
        ({"name": "adamw", "learning_rate": 0.1, "weight_decay": 0.5}, True),
    ],
)
def test_weights_without_a_gradient_are_not_said_to_stay_where_they_move(optimizer: Tree, moves: bool) -> None:
    view = ended(net(dense(2, "relu", bias=[-100.0, -100.0]), dense(1), optimizer=optimizer)).view()
    assert not view.values["layer1.weights.grad"].any()
    assert (view.values["layer1.weights.next"] != view.values["layer1.weights"]).any() == moves
    zero = text(next(reason for reason in why_stuck(view) if reason.kind == "zero"))
    said = "learn nothing from this batch" if moves else "will not change"
    assert zero == f"W1, W2 {said}: every cell of ∂L/∂W1 is 0, and the loss is not"


def rnn(*times: float) -> Tree:
    """Return a network that reads these numbers, one after the other; two samples."""
    tree = net({"layer": "rnn", "units": 2, "input_weights": [[1.0, 0.5]], "recurrent_weights": [[0.1, 0], [0, 0.1]]})
    tree["network"].append(dense(1))
    tree["data"] = {"inputs": [[[x] for x in times], [[x / 2] for x in times]], "targets": [[1], [0]]}
    return tree


def test_a_unit_that_listens_at_some_time_does_listen() -> None:
    walk = ended(rnn(60, 0.1))
    slopes = [walk.view().values[f"layer1.t{t}.slope"] for t in (0, 1)]
    assert slopes[0].max() < 0.01 < slopes[1].min()
    assert "saturated" not in reasons(walk)


def test_a_unit_that_listens_at_no_time_is_told_where_it_comes_nearest() -> None:
    walk = ended(rnn(60, 10, 50))
    slopes = [walk.view().values[f"layer1.t{t}.slope"] for t in (0, 1, 2)]
    nearest = slopes[1].max(axis=0)  # (j,)
    assert all(slopes[t].max() < nearest.min() for t in (0, 2))
    assert nearest[0] < 0.01 < nearest[1]
    reason = reasons(walk)["saturated"]
    assert text(reason).startswith("hidden unit 0 has stopped listening: f′(z1(1)) is at most ")
    assert text(reason).endswith(" for every sample, and no more at other times")
    assert reason.place.cell == Cell("layer1.t1.slope", (0, 0))


def test_a_convolution_at_the_end_can_be_asked() -> None:
    images = np.arange(1.0, 25.0).reshape(2, 1, 3, 4)  # (b, c, y, x)
    last = {"layer": "conv2d", "filters": 2, "kernel_size": 2, "bias": [-900.0, 0.0], "activation": "relu"}
    tree = net(last, dense(1), loss="mse")
    del tree["network"][1]
    tree["data"] = {"inputs": images.tolist(), "targets": np.ones((2, 2, 2, 3)).tolist()}
    reason = reasons(at(tree, 1))["dead"]
    assert reason.place.cell == Cell("layer1.slope", (0, 0, 0, 0))
    assert text(reason).startswith("channel 0 of layer 1 has stopped listening")


def test_a_unit_that_is_silent_in_one_batch_is_no_reason() -> None:
    tree = net(dense(4, "relu", bias=[-100.0, 1.0, 1.0, 1.0]), dense(1), samples=6, batch=2)
    assert "dead" not in reasons(at(tree, 2))
    assert "dead" in reasons(at({**tree, "batch": "full"}, 2))


def test_units_that_are_saturated() -> None:
    steep = [[1e4, 0.1], [1e4, 0.1], [1e4, 0.1]]
    walk = at(net(dense(2, "sigmoid", weights=steep), dense(1)), 1)
    reason = reasons(walk)["saturated"]
    slope = walk.view().values["layer1.slope"]
    assert slope[:, 0].max() < 0.01 < slope[:, 1].max()
    assert text(reason).startswith("hidden unit 0 has stopped listening: f′(z1) is")
    assert reason.place.cell == Cell("layer1.slope", (0, 0))


def test_an_output_that_is_sure_and_right_has_nothing_to_learn() -> None:
    sure = dense(1, "sigmoid", weights=[[40.0], [0.0]], bias=[-20.0])
    wrong, right = (net(sure, dense(1, trainable={"weights": False, "bias": False}), data=far(0, 1)) for _ in range(2))
    right["network"], wrong["network"] = [sure], [sure]
    wrong["data"] = far(1, 0)
    assert "saturated" not in reasons(at(right, 1))
    assert "saturated" in reasons(at(wrong, 1))


def test_copies_fading_and_exploding() -> None:
    same = net(dense(3, "tanh", init="zeros"), dense(1, init="zeros"))
    assert "copies" in reasons(at(same, 1))
    flat = dense(3, "sigmoid", weights=[[30.0, -30.0, 30.0]] * 3)
    walk = at(net(dense(3, "sigmoid"), flat, flat, dense(2)), 1)
    sizes = {f"layer{n}.delta": np.abs(walk.view().values[f"layer{n}.delta"]).mean() for n in (1, 2, 3)}
    assert reasons(walk)["fading"].place.cell.name == min(sizes, key=lambda name: sizes[name])
    loud = dense(3, "leaky_relu", weights=[[90.0, -90.0, 90.0]] * 3)
    grown = reasons(at(net(dense(3, "leaky_relu"), loud, loud, dense(2)), 1))
    assert grown["exploding"].place.cell.name == "layer1.delta"


def test_answers_that_are_all_alike() -> None:
    walk = at(
        net(dense(2, "tanh", weights=[[1e-9] * 2] * 3), dense(1), optimizer={"name": "gd", "learning_rate": 1e-9}), 2
    )
    assert text(reasons(walk)["alike"]).startswith("ŷ says the same to every sample")


def test_what_is_not_finite_is_the_one_reason() -> None:
    walk = at(exploding(), 12, 4)
    ((kind, reason),) = reasons(walk).items()
    fault = walk.view().fault
    assert fault is not None
    assert (kind, reason.place.iteration, reason.place.cell) == ("not finite", fault.iteration, fault.cell)


@pytest.mark.parametrize("name", NAMES)
def test_reasons_come_the_worst_first_and_can_be_gone_to(name: str) -> None:
    view = view_of(name, 3)
    found = why_stuck(view)
    assert [reason.badness for reason in found] == sorted((reason.badness for reason in found), reverse=True)
    for reason in found:
        assert 0 < reason.badness <= 1
        assert "  " not in text(reason)
        there = reason.place.place(view.compiled.training)
        assert there.step <= len(view.program.steps)
        np.empty(view.program.values[reason.place.cell.name].shape)[reason.place.cell.at]
    assert why_stuck(view, most=1) == found[:1]


def test_what_has_learned_is_not_stuck() -> None:
    walk = at(net(dense(1), data=far(1, 2, 3), optimizer={"name": "gd", "learning_rate": 0.1}), 300, 1)
    view = walk.view()
    assert view.loss is not None
    assert view.loss < 0.01 * view.losses[0]
    assert why_stuck(view) == ()


def test_it_can_be_asked_at_any_step_and_in_batches() -> None:
    walk = at(batched(), 9)
    kinds = []
    for step in range(len(walk.program.steps)):
        walk.go(9, step)
        kinds.append([reason.kind for reason in why_stuck(walk.view())])
    assert all(kind == kinds[0] for kind in kinds)


# ---- the shipped scenarios, by hand


def told(name: str, iteration: int) -> dict[str, str]:
    walk = Session(open_scenario(name))
    walk.go(iteration, len(walk.program.steps))
    return {kind: text(reason) for kind, reason in reasons(walk).items()}


def test_a_line_at_too_large_a_rate() -> None:
    x, y = np.array([2.0, 1.0, 0.0, -1.0]), np.array([5.0, 3.0, 1.0, -1.0])
    w = b = 0.0
    losses = []
    for _ in range(12):
        error = w * x + b - y
        losses.append((error**2).mean())
        w, b = w - 0.6 * 2 * (error * x).mean(), b - 0.6 * 2 * error.mean()
    blamed = "; the learning rate, 0.6, may be too large"
    for iteration in (1, 2, 3):
        before, after = losses[iteration - 1 : iteration + 1]
        step = "on the very batch that this step is for: it goes past the bottom"
        assert told("rate-too-large", iteration) == {"rate": f"L goes from {before:.4f} to {after:.4f} {step}{blamed}"}
    rose = f"L rose all the time in the last 10 points of its curve, from {losses[0]:.4f} to {losses[10]:.4f}"
    assert told("rate-too-large", 11) == {"rate": rose + blamed}
    # (1.37…)ⁿ is more than a double can be, and the loss is a square.
    assert told("rate-too-large", 2400)["not finite"].startswith("L was the first number that is not finite, in")


def test_the_spreadsheet_takes_short_steps() -> None:
    values = Session(open_scenario("spreadsheet")).view().values
    x, y = values["inputs"], values["targets"]
    at = [values[f"layer{n}.{name}"] for n in (1, 2) for name in ("weights", "bias")]

    def loss(wh: Array, bh: Array, wout: Array, bout: Array) -> tuple[float, Array, Array]:
        hidden = 1 / (1 + np.exp(-(x @ wh + bh)))
        output = 1 / (1 + np.exp(-(hidden @ wout + bout)))
        return 0.5 * float(((y - output) ** 2).sum()), hidden, output

    now, hidden, output = loss(*at)
    delta = (y - output) * output * (1 - output)
    below = delta @ at[2].T * hidden * (1 - hidden)
    ways = [x.T @ below, below.sum(axis=0), hidden.T @ delta, delta.sum(axis=0)]
    after, further = (loss(*(w + 0.1 * times * way for w, way in zip(at, ways, strict=True)))[0] for times in (1, 10))
    assert told("spreadsheet", 1) == {
        "slow": f"loss goes from {now:.6f} to {after:.6f}, and a step 10 times as long would take it to {further:.6f}"
        "; the learning rate, 0.1, may be too small"
    }


def test_a_unit_that_died_of_a_long_step_is_not_told_to_take_longer_ones() -> None:
    dead = {"dead": "hidden unit 0 has stopped listening: f′(z1) is 0 for every sample"}
    x, found = np.array([-2.0, -1.0, 1.0, 2.0]), Session(open_scenario("dying-relu"))
    found.go(5, 0)
    weights, bias = (found.view().values[f"layer1.{name}"] for name in ("weights", "bias"))
    assert (x * weights[0, 0] + bias[0] < 0).all()
    assert told("dying-relu", 5) == dead
    # At the best that one unit can do, nothing moves; what is left is rounding, or nothing.
    will = "W1, W2 will not change: every cell of ∂L/∂W1 is 0{}, and the loss is not"
    assert told("dying-relu", 100) == {"zero": will.format(" but for rounding"), **dead}
    assert told("dying-relu", 300) == {"zero": will.format(""), **dead}


def test_where_all_has_vanished_a_longer_step_is_no_help() -> None:
    walk = Session(open_scenario("vanishing-gradient"))
    walk.go(300, len(walk.program.steps))
    values = walk.view().values
    left = np.abs(values["layer1.delta"]).mean() / np.abs(values["layer6.delta"]).mean()
    found = told("vanishing-gradient", 300)
    assert set(found) == {"fading", "alike"}
    assert float(re.findall(r"[\d.e-]+", found["fading"].partition("faded: ")[2])[0]) == pytest.approx(left, rel=1e-3)
    spread = np.ptp(values["layer6.output"])
    assert float(found["alike"].rpartition(" ")[2]) == pytest.approx(spread, rel=1e-3)
