"""Why it is stuck: each reason is found where it was made, with the cell to look at; what learns gives none."""

import re

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.course import told_course
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


def test_how_the_loss_went() -> None:
    walk = session(net(dense(1), data=far(1, 2, 3), optimizer={"name": "gd", "learning_rate": 0.1}))
    assert plain_text(told_course(walk.view())) == "L is not worked out yet"
    walk.end()
    first = walk.view().losses[0]
    assert plain_text(told_course(walk.view())) == f"L begins at {first:.4f}"
    walk.go(5, len(walk.program.steps))
    losses = walk.view().losses
    assert plain_text(told_course(walk.view())) == f"L went from {losses[0]:.4f} to {losses[4]:.4f} in 5 iterations"
