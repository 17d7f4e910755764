"""What is 0 but for rounding is known as such; what is small is not taken for it."""

from fractions import Fraction

import numpy as np

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.engine.rounding import lost_to_rounding
from nnstep.explain.comparing import difference
from nnstep.explain.effects import effect_of
from nnstep.explain.quiz_kinds import KINDS
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.helpers.trainings import dense, net, session


def at_the_end(walk: Session, iteration: int = 1) -> Session:
    walk.go(iteration, len(walk.program.steps))
    return walk


def test_a_bias_whose_mean_is_taken_away_has_no_gradient() -> None:
    # Whatever is added to all samples of a unit, batch norm takes away again: ∂L/∂b is 0.
    tree = net(dense(3, bias=[0.1, 0.2, -0.3]), {"layer": "batch_norm"}, dense(2, "sigmoid"), samples=5)
    view = at_the_end(session(tree)).view()
    gradient, weights = (view.values[f"layer1.{name}.grad"] for name in ("bias", "weights"))
    assert 0 < np.abs(gradient).max() < 1e-14
    lost = view.lost("layer1.bias.grad")
    assert lost is not None
    assert np.array_equal(lost, gradient != 0)
    assert view.lost("layer1.weights.grad") is None
    painted = view.painted("layer1.bias.grad")
    assert painted is not None
    assert not painted.any()
    assert np.array_equal(view.painted("layer1.weights.grad"), weights)  # type: ignore[arg-type]
    cell = Cell("layer1.bias.grad", (int(np.argmax(np.abs(gradient))),))
    told = plain_text(tell(view, cell).numbers)
    assert told.endswith("   0 but for rounding")
    assert "e-1" in told  # the number itself stays
    assert "rounding" not in plain_text(tell(view, Cell("layer1.weights.grad", (0, 0))).numbers)
    # Nobody can say its digits or its sign, and nobody is asked for them.
    step = view.program.values[cell.name]
    assert isinstance(step, Step)
    sign = KINDS["sign"].ask(view, step, cell)
    assert sign is not None
    assert sign.choices[sign.right] == "zero"
    assert KINDS["value"].ask(view, step, cell) is None
    assert plain_text(effect_of(view, Cell("layer1.bias", cell.at)).told_loss).endswith("would stay as it is")


def test_what_vanishes_on_its_way_back_is_a_gradient() -> None:
    layers = [dense(2, "sigmoid") for _ in range(24)]
    view = at_the_end(session(net(*layers, samples=3))).view()
    first = view.values["layer1.weights.grad"]
    assert 0 < np.abs(first).max() < 1e-13
    assert not lost_to_rounding(view.program, view.values)


def test_what_is_left_of_two_that_are_nearly_the_same_has_digits_of_its_own() -> None:
    # 1 + 2⁻⁴⁰ less 1 is 2⁻⁴⁰ = 9e-13, in every bit; 0.1 · 3 less 0.3 is nothing but rounding.
    whole = net(dense(1, weights=[[1.0]], bias=[2.0**-40]), samples=1, inputs=1)
    whole["data"] = {"inputs": [[1.0]], "targets": [[1.0]]}
    view = at_the_end(session(whole)).view()
    assert abs(view.values["layer1.error"][0, 0]) == 2.0**-40
    assert not lost_to_rounding(view.program, view.values)
    thirds = net(dense(1, weights=[[0.1]], bias=False), samples=1, inputs=1)
    thirds["data"] = {"inputs": [[3.0]], "targets": [[0.3]]}
    view = at_the_end(session(thirds)).view()
    assert 0.1 * 3 - 0.3 == view.values["layer1.error"][0, 0] != 0
    assert abs(Fraction(1, 10) * 3 - Fraction(3, 10)) == 0
    found = lost_to_rounding(view.program, view.values)
    assert {"layer1.error", "layer1.weights.grad"} <= set(found)


def test_it_is_known_of_runs_and_not_of_their_differences() -> None:
    tree = net(dense(3, bias=[0.1, 0.2, -0.3]), {"layer": "batch_norm"}, dense(2, "sigmoid"), samples=5)
    first, second = at_the_end(session(tree)).view(), at_the_end(session(tree), 2).view()
    assert second.lost("layer1.bias.grad") is not None
    assert difference(first, second).lost("layer1.bias.grad") is None


def test_what_is_not_there_yet_is_not_looked_at() -> None:
    walk = session(net(dense(3), {"layer": "batch_norm"}, dense(2, "sigmoid"), samples=5))
    assert walk.view().lost("layer1.bias.grad") is None
