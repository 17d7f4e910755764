"""What is wrong with a network is found in its numbers, and nothing is said of a healthy one."""

import numpy as np
import pytest

from nnstep.branches import Number, Setting
from nnstep.engine.cell import Cell
from nnstep.explain.health import Fact, facts, warning
from nnstep.explain.stuck import why_stuck
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.helpers.trainings import Tree, dense, net, session, spreadsheet
from tests.scenarios.shipped import opened


def found(walk: Session, identity: str) -> list[Fact]:
    step = walk.program.values[identity]
    return list(facts(walk.view(), step))  # type: ignore[arg-type]


def at_the_end(tree: object) -> Session:
    walk = session(tree)  # type: ignore[arg-type]
    walk.end()
    return walk


def test_a_healthy_network_has_nothing_but_its_changes() -> None:
    walk = at_the_end(spreadsheet())
    kinds = {fact.kind for step in walk.program.steps for fact in found(walk, step.id)}
    assert kinds == {"change"}


def test_nothing_is_said_of_a_step_that_is_not_done() -> None:
    walk = session(spreadsheet())
    assert found(walk, "layer1.weights.next") == []


def test_saturated_units() -> None:
    steep = [[1e4, 0.1], [1e4, 0.1], [1e4, 0.1]]
    walk = at_the_end(net(dense(2, "sigmoid", weights=steep), dense(1)))
    (fact,) = found(walk, "layer1.slope")
    assert (fact.kind, fact.share) == ("saturated", 0.5)
    assert warning(walk.view(), Cell("layer1.slope", (0, 0))).startswith("saturated: a slope of ")
    assert warning(walk.view(), Cell("layer1.slope", (0, 1))) == ""


def test_dead_units() -> None:
    walk = at_the_end(net(dense(3, "relu", bias=[-100.0, 0.0, 100.0]), dense(1)))
    (fact,) = found(walk, "layer1.slope")
    assert (fact.kind, fact.share) == ("dead", pytest.approx(1 / 3))
    assert "hidden unit 0" in fact.text
    for identity in ("layer1.slope", "layer1.output"):
        assert "hidden unit 0 is dead" in warning(walk.view(), Cell(identity, (2, 0)))
        assert warning(walk.view(), Cell(identity, (2, 2))) == ""


def test_a_signal_that_fades() -> None:
    flat = dense(3, "sigmoid", weights=[[30.0, -30.0, 30.0]] * 3)
    walk = at_the_end(net(dense(3, "sigmoid"), flat, flat, dense(2)))
    assert [fact.kind for fact in found(walk, "layer1.delta")] == ["fading"]
    assert found(walk, "layer4.error") == []


def test_a_signal_that_explodes() -> None:
    loud = dense(3, "leaky_relu", weights=[[90.0, -90.0, 90.0]] * 3)
    walk = at_the_end(net(dense(3, "leaky_relu"), loud, loud, dense(2)))
    assert [fact.kind for fact in found(walk, "layer1.delta")] == ["exploding"]


def test_units_that_are_copies_of_each_other() -> None:
    same = net(dense(3, "tanh", init="zeros"), dense(1, init="zeros"))
    walk = at_the_end(same)
    (fact,) = found(walk, "layer1.weights.grad")
    assert fact.kind == "copies"
    assert fact.text == "3 hidden units are copies: the same weights in and out, and the same gradients"
    assert fact.share == pytest.approx(2 / 3)


ALIKE = [[0.3, -0.2, 0.3, 0.3, -0.2]] * 3
NEXT = [[0.5], [0.1], [0.5], [0.4], [0.1]]


@pytest.mark.parametrize(
    "between",
    [
        [],
        [{"layer": "activation", "function": "tanh"}],
        [{"layer": "layer_norm"}],
        [{"layer": "batch_norm"}, {"layer": "activation", "function": "relu"}],
    ],
    ids=lambda between: " ".join(layer["layer"] for layer in between) or "nothing",
)
@pytest.mark.parametrize("names", ["math", "classic"])
def test_copies_have_the_same_weights_out_too(between: list[Tree], names: str) -> None:
    """Unit 3 comes in like 0 and 2, and goes out with another weight; 1 and 4 are alike in both."""
    tree = net(dense(5, weights=ALIKE), *between, dense(1, weights=NEXT))
    walk = session(tree, names)
    walk.go(1, len(walk.program.steps))
    (fact,) = [fact for fact in found(walk, "layer1.weights.grad") if fact.kind == "copies"]
    assert fact.text.startswith("4 hidden units are copies")
    assert fact.share == pytest.approx(2 / 5)


def test_units_that_dropout_treats_otherwise_are_no_copies() -> None:
    # In iteration 1 units 2 and 3 have the same weights and gradients; in the next one only one of them speaks.
    walk = Session(opened("dropout"))
    for iteration in (1, 2):
        walk.go(iteration, len(walk.program.steps))
        assert not found(walk, "layer1.weights.grad")


def test_how_much_an_update_changes() -> None:
    walk = at_the_end(
        net(dense(1, weights=[[2.0]], bias=False), inputs=1, optimizer={"name": "gd", "learning_rate": 0})
    )
    (fact,) = found(walk, "layer1.weights.next")
    assert (fact.kind, fact.share) == ("change", 0.0)


def test_numbers_whose_sum_is_larger_than_any_number_are_told_without_a_warning() -> None:
    # NumPy would warn on the terminal, and a warning is an error here.
    huge = [[1e308, -1e308], [1e308, 1e308], [1e308, 1e308]]
    walk = at_the_end(net(dense(2, "sigmoid", weights=huge), dense(1, "sigmoid", bias=[0.5])))
    (fact,) = found(walk, "layer1.weights.next")
    assert 0 <= fact.share < 1e-300
    assert why_stuck(walk.view())
    heavy = net(dense(1, weights=[[0.5], [0.2], [0.1]]), loss={"name": "mse", "l2": 1e308})
    assert found(at_the_end(heavy), "layer1.weights.next")[0].share > 1e300
    why_stuck(at_the_end(heavy).view())  # tries longer steps


def test_what_overflows_before_any_update_is_not_put_down_to_the_learning_rate() -> None:
    tree = net(dense(2, weights=[[1e200, 1.0]] * 3), dense(1), loss="sse")
    first = at_the_end(tree).view()
    assert first.fault is not None
    assert first.fault.iteration == 1
    said = warning(first, None)
    assert "the data or the first weights are too large" in said
    assert "learning rate" not in said


def test_what_overflows_in_an_update_is() -> None:
    walk = at_the_end(net(dense(1), optimizer={"name": "sgd", "learning_rate": 1.7e308}, loss="sse", samples=50))
    fault = walk.view().fault
    assert fault is not None
    assert (fault.iteration, fault.cell.name.endswith(".next")) == (1, True)
    assert "a smaller learning rate may help" in warning(walk.view(), None)


def rate(learning_rate: float, optimizer: str = "gd", **more: object) -> Session:
    tree = net(dense(1, weights=[[0.0]], bias=[0.0]), inputs=1, loss="mse", **more)
    tree["data"] = {"inputs": [[-1], [0], [1], [2]], "targets": [[-1], [1], [3], [5]]}
    tree["optimizer"] = {"name": optimizer, "learning_rate": learning_rate}
    return session(tree)


def at_the_end_of(walk: Session, iteration: int) -> Session:
    walk.go(iteration, len(walk.program.steps))
    return walk


def test_a_loss_that_grows() -> None:
    walk = at_the_end_of(rate(0.6), 1)
    assert found(walk, "loss") == []
    (fact,) = found(at_the_end_of(walk, 2), "loss")
    assert (fact.kind, fact.share) == ("growing", pytest.approx(12.3 / 9))
    assert warning(walk.view(), Cell("loss", ())).startswith("the loss grew from 9")


def test_nothing_is_said_of_a_loss_that_falls_or_of_its_last_bits() -> None:
    for iteration in (2, 3, 40, 41, 42, 43, 44):
        walk = at_the_end_of(rate(0.4), iteration)
        assert found(walk, "loss") == []
        assert warning(walk.view(), Cell("loss", ())) == ""


def test_momentum_may_go_uphill_a_little_but_not_far() -> None:
    losses = {n: float(at_the_end_of(rate(0.6, "momentum"), n).view().values["loss"]) for n in (1, 2, 8)}
    assert losses[2] > losses[1] * 1.001
    assert found(at_the_end_of(rate(0.6, "momentum"), 2), "loss") == []
    walk = at_the_end_of(rate(1.2, "momentum"), 8)
    (fact,) = found(walk, "loss")
    assert fact.share > 10
    assert "times what it was at first" in warning(walk.view(), Cell("loss", ()))


@pytest.mark.parametrize("batch", [1, "full"])
def test_a_loss_of_0_before_is_no_ratio(batch: object) -> None:
    tree = net(dense(1, weights=[[0.5]], bias=[0.0]), inputs=1, loss="mse", batch=batch)
    tree["data"] = {"inputs": [[0], [1], [2]], "targets": [[0], [1], [2]]}
    if batch == "full":  # all right, and then carried away by what the weights lose
        tree["network"][0]["weights"] = [[1.0]]
        tree["optimizer"] = {"name": "sgd", "learning_rate": 0.1, "weight_decay": 5.0}
    walk = session(tree)
    assert float(walk.view().values["inputs"][0, 0]) == 0
    walk.go(1, len(walk.program.steps))
    assert float(walk.view().values["loss"]) == 0
    walk.go(2, len(walk.program.steps))
    now = float(walk.view().values["loss"])
    assert now > 0
    why_stuck(walk.view())
    if batch == 1:  # that the first sample was right by chance says nothing of the others
        assert found(walk, "loss") == []
        return
    (fact,) = found(walk, "loss")
    assert fact.text == f"the loss grew from 0 to {now:.4f}: a smaller learning rate may help"
    assert warning(walk.view(), Cell("loss", ())) == fact.text


def test_batches_are_compared_with_the_largest_loss_of_the_first_epoch() -> None:
    tree = net(dense(1, weights=[[0.5]], bias=[0.1]), inputs=1, loss="mse", batch=1)
    tree["data"] = {"inputs": [[0], [1], [2]], "targets": [[0], [1], [2]]}
    tree["optimizer"] = {"name": "sgd", "learning_rate": 1.5}
    walk = session(tree)
    losses = [float(at_the_end_of(walk, n).view().values["loss"]) for n in range(1, 10)]
    strayed = [n for n, loss in enumerate(losses) if n and loss > 10 * max(losses[: min(n, 3)])]
    assert strayed
    for n in range(9):
        told = found(at_the_end_of(walk, n + 1), "loss")
        assert bool(told) == (n in strayed)
        if told:
            assert told[0].share == pytest.approx(losses[n] / max(losses[: min(n, 3)]))
            assert "times the largest of epoch 1" in told[0].text


def test_the_units_of_a_dense_layer_on_images_are_last() -> None:
    images = np.arange(1.0, 25.0).reshape(2, 3, 2, 2)  # (b, c, y, x)
    silent = dense(3, "relu", weights=[[1, -1, 1], [1, -1, 1]], bias=[0, -9, 0])
    tree = net(silent, {"layer": "flatten"}, dense(1), loss="mse")
    tree["data"] = {"inputs": images.tolist(), "targets": [[1], [0]]}
    walk = at_the_end(tree)
    assert (walk.view().values["layer1.output"][..., 1] == 0).all()
    (fact,) = found(walk, "layer1.slope")
    assert fact.text == "dead, because 0 for every sample: hidden unit 1"
    for identity in ("layer1.output", "layer1.slope"):
        assert warning(walk.view(), Cell(identity, (0, 0, 0, 1))).startswith("hidden unit 1 is dead")
        assert warning(walk.view(), Cell(identity, (0, 1, 0, 0))) == ""
    reason = next(reason for reason in why_stuck(walk.view()) if reason.kind == "dead")
    assert reason.place.cell == Cell("layer1.slope", (0, 0, 0, 1))


@pytest.mark.parametrize("between", [[], [{"layer": "max_pool2d", "size": 1}], [{"layer": "batch_norm"}]])
def test_the_units_of_a_convolution_are_its_channels(between: list[dict[str, object]]) -> None:
    images = np.arange(1.0, 19.0).reshape(2, 1, 3, 3)  # (b, c, y, x)
    kernels = {"layer": "conv2d", "filters": 2, "kernel_size": 2, "kernel": [[[[1, 0], [0, 0]]], [[[0, 0], [0, 0]]]]}
    relu = {"layer": "activation", "function": "relu"}
    tree = net(kernels, *between, relu, {"layer": "flatten"}, dense(1), loss="mse")
    tree["data"] = {"inputs": images.tolist(), "targets": [[1], [0]]}
    walk, layer = at_the_end(tree), f"layer{2 + len(between)}"
    (fact,) = found(walk, f"{layer}.slope")
    assert fact.text == f"dead, because 0 for every sample: channel 1 of layer {2 + len(between)}"
    assert warning(walk.view(), Cell(f"{layer}.output", (0, 1, 0, 0))).startswith("channel 1 of layer")


def test_a_signal_that_fades_is_told_at_its_cells() -> None:
    flat = dense(3, "sigmoid", weights=[[30.0, -30.0, 30.0]] * 3)
    walk = at_the_end(net(dense(3, "sigmoid"), flat, flat, dense(2)))
    assert warning(walk.view(), Cell("layer1.delta", (0, 0))).startswith("faded: ")


def test_a_unit_that_is_silent_in_one_batch_is_not_called_dead() -> None:
    walk = at_the_end(net(dense(3, "relu", bias=[-100.0, 100.0, 100.0]), dense(1), batch=2))
    (fact,) = found(walk, "layer1.slope")
    assert fact.text == "silent for every sample of this batch: hidden unit 0"
    assert "0 for every sample of this batch" in warning(walk.view(), Cell("layer1.slope", (0, 0)))


@pytest.mark.parametrize(
    ("loss", "function", "targets", "better"),
    [
        ("bce", "sigmoid", [[0.0], [1.0]], "bce_with_logits"),
        ("cce", "softmax", [[0.0, 1.0], [0.0, 1.0]], "softmax_cross_entropy"),
    ],
)
def test_a_sure_and_wrong_answer_points_at_the_loss_that_takes_scores(
    loss: str, function: str, targets: list[list[float]], better: str
) -> None:
    width = len(targets[0])
    weights = [[800.0, *[0.0] * (width - 1)]]
    tree = net(dense(width, function, weights=weights, bias=False), samples=2, inputs=1, loss=loss)
    tree["data"] = {"inputs": [[1.0], [1.0]], "targets": targets}
    walk = at_the_end(tree)
    for identity in ("loss", "layer1.delta"):
        cell = Cell(identity, (0,) * len(walk.program.values[identity].shape))
        assert warning(walk.view(), cell).endswith(f"so it learns nothing; use {better}")
    if width == 1:
        # The second answer is 1, and 1 is right.
        assert "learns nothing" not in warning(walk.view(), Cell("layer1.delta", (1, 0)))


def test_a_sure_and_right_answer_is_no_fault() -> None:
    tree = net(dense(1, "sigmoid", weights=[[800.0]], bias=False), samples=1, inputs=1, loss="bce")
    tree["data"] = {"inputs": [[1.0]], "targets": [[1.0]]}
    walk = at_the_end(tree)
    assert warning(walk.view(), Cell("loss", ())) == ""


def said_after(tree: Tree, iteration: int, *edits: Number | Setting, at: int = 1) -> tuple[list[str], str]:
    """Return what is said why it is stuck, and what is wrong with the loss, where something was changed."""
    walk = session(tree)
    walk.go(at, 0)
    for edit in edits:
        walk.edit(edit)
    walk.go(iteration, len(walk.program.steps))
    view = walk.view()
    return [plain_text(reason.told) for reason in why_stuck(view)], warning(view, Cell(view.program.loss, ()))


def test_with_a_rate_of_0_nothing_will_change() -> None:
    reasons, _ = said_after(spreadsheet(), 3, Setting("optimizer.learning_rate", "0"))
    assert reasons[0] == "lr is 0, so no update changes anything"


def test_what_was_changed_by_hand_is_not_the_fault_of_the_rate() -> None:
    _, said = said_after(spreadsheet(), 3, Number(Cell("targets", (0, 0)), 50.0), at=3)
    assert said == ""
    _, said = said_after(spreadsheet(), 3, Setting("loss", "sse"), at=3)
    assert said == ""
    tree = net(dense(2, "relu"), dense(1))
    _, said = said_after(
        tree, 2, Number(Cell("layer2.weights", (0, 0)), 1e308), Number(Cell("layer2.bias", (0,)), 1e308), at=2
    )
    assert said.endswith("in epoch 2; what was changed by hand there made it so")


def test_a_dead_unit_of_a_scenario_with_weight_decay_claims_no_gradient() -> None:
    dead = net(
        dense(1, "relu", weights=[[-1.0], [-1.0], [-1.0]], bias=[-9.0]), dense(1), loss={"name": "half_sse", "l2": 0.1}
    )
    walk = at_the_end(dead)
    told = warning(walk.view(), Cell("layer1.output", (0, 0)))
    assert told == "hidden unit 0 is dead: 0 for every sample, so no error goes back through it"
    assert np.any(walk.view().values["layer1.weights.grad"])


def test_where_masks_are_drawn_a_silent_unit_is_not_called_dead() -> None:
    masks = [[[1, 0, 1], [1, 0, 1]], [[1, 1, 1], [1, 1, 1]]]
    tree = net(
        {"layer": "dropout", "rate": 0.5, "masks": masks},
        dense(1, "relu", weights=[[0.0], [1.0], [0.0]], bias=[0.0]),
        dense(1),
        samples=2,
    )
    tree["data"]["inputs"] = [[1.0, 1.0, 1.0], [1.0, 2.0, 1.0]]
    walk = session(tree)
    walk.go(1, len(walk.program.steps))
    view = walk.view()
    relu = next(step.id for step in view.program.steps if step.op.name == "relu")
    assert not view.values[relu].any()
    assert warning(view, Cell(relu, (0, 0))) == (
        "hidden unit 0 is 0 for every sample with these masks, so nothing is learned about it here"
    )
    assert not any("dead" in fact.text for step in view.program.steps for fact in facts(view, step))


def test_the_dip_of_gelu_is_not_its_flat_end() -> None:
    def told(z: float) -> str:
        walk = at_the_end(net(dense(1, "gelu", weights=[[0.0]] * 3, bias=[z]), dense(1)))
        return warning(walk.view(), Cell("layer1.slope", (0, 0)))

    assert told(-0.7518) == ""
    assert told(-6.0).startswith("saturated: a slope of ")


def test_several_batches_are_counted_as_the_title_counts_them() -> None:
    tree = net(dense(2, "relu"), dense(1), samples=4, batch=2)
    tree["optimizer"] = {"name": "sgd", "learning_rate": 1e200}
    walk = session(tree)
    walk.go(6, 0)
    assert "in epoch 1, batch 2" in warning(walk.view(), None) or "in epoch 2, batch 1" in warning(walk.view(), None)
