"""What is wrong with a network is found in its numbers, and nothing is said of a healthy one."""

import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.health import Fact, facts, warning
from nnstep.session import Session
from tests.helpers.trainings import dense, net, session, spreadsheet


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
    assert not any(fact.warning for step in walk.program.steps for fact in found(walk, step.id))


def test_nothing_is_said_of_a_step_that_is_not_done() -> None:
    walk = session(spreadsheet())
    assert found(walk, "layer1.weights.next") == []


def test_saturated_units() -> None:
    steep = [[1e4, 0.1], [1e4, 0.1], [1e4, 0.1]]
    walk = at_the_end(net(dense(2, "sigmoid", weights=steep), dense(1)))
    (fact,) = found(walk, "layer1.slope")
    assert (fact.kind, fact.share, fact.warning) == ("saturated", 0.5, True)
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
    assert fact.share == pytest.approx(2 / 3)


def test_how_much_an_update_changes() -> None:
    walk = at_the_end(
        net(dense(1, weights=[[2.0]], bias=False), inputs=1, optimizer={"name": "gd", "learning_rate": 0})
    )
    (fact,) = found(walk, "layer1.weights.next")
    assert (fact.kind, fact.share, fact.warning) == ("change", 0.0, False)


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
