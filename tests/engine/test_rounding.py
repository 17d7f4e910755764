"""What is 0 but for rounding is known as such; what is small is not taken for it."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.engine.rounding import lost_to_rounding
from nnstep.explain.comparing import difference
from nnstep.explain.effects import effect_of
from nnstep.explain.quiz_kinds import KINDS
from nnstep.explain.story import tell
from nnstep.explain.stuck import why_stuck
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


_UNIT = 2.0**-53  # of the numbers just below 1
_DIGIT = 0.2  # what a number is at most off by, of its size, that has a digit


def slope_by_decimals(activation: str, z: str) -> Decimal:
    """Return the slope of an activation to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        down, up = (-Decimal(z)).exp(), Decimal(z).exp()
        answer = 1 / (1 + down) if activation == "sigmoid" else (up - down) / (up + down)
        return answer * (1 - answer) if activation == "sigmoid" else 1 - answer * answer


@pytest.mark.parametrize(
    ("activation", "kept", "lost"),
    [
        ("sigmoid", ["30", "33", "34", "34.3", "34.6", "35"], ["36", "36.5"]),
        ("tanh", ["15", "16", "16.5", "17", "17.5"], ["18.4"]),
    ],
)
def test_a_gradient_through_a_unit_that_is_nearly_full_is_one_as_long_as_it_has_a_digit(
    activation: str, kept: list[str], lost: list[str]
) -> None:
    # What is left of 1 when the answer is taken from it: 34.6 leaves eight units of the numbers just below 1.
    for z in (*kept, *lost):
        tree = net(dense(1, activation, weights=[[float(z)]], bias=[0.0]), dense(1, "sigmoid", weights=[[0.7]]))
        tree["data"] = {"inputs": [[1.0]], "targets": [[0.3]]}
        view = at_the_end(session(tree)).view()
        slope, error = float(view.values["layer1.slope"][0, 0]), float(view.values["layer1.error"][0, 0])
        true = float(slope_by_decimals(activation, z))
        gradient, found = float(view.values["layer1.weights.grad"][0, 0]), view.lost("layer1.weights.grad")
        assert gradient == error * slope
        assert (found is not None) == (z in lost), z
        if z in kept:
            assert abs(gradient / error - true) < _DIGIT * true
            assert all(reason.kind != "zero" for reason in why_stuck(view))
        else:
            assert true < 4 * _UNIT  # one or two units: a half of one may be missing, or too much


def test_a_difference_is_one_as_long_as_it_has_a_digit() -> None:
    # 3 · 0.1 less a target near 0.3, as the decimals of a file say them.
    for least, is_lost in (("0", True), ("1e-16", True), ("1e-15", False), ("2e-15", False), ("1e-14", False)):
        target = Fraction("0.3") - Fraction(least)
        tree = net(dense(1, weights=[[0.1]], bias=False), samples=1, inputs=1)
        tree["data"] = {"inputs": [[3.0]], "targets": [[float(target)]]}
        view = at_the_end(session(tree)).view()
        found, error = view.lost("layer1.error"), Fraction(float(view.values["layer1.error"][0, 0]))
        assert (found is not None) == is_lost, least
        true = Fraction("0.1") * 3 - target
        assert is_lost or abs(error - true) < _DIGIT * true


def test_it_is_known_of_runs_and_not_of_their_differences() -> None:
    tree = net(dense(3, bias=[0.1, 0.2, -0.3]), {"layer": "batch_norm"}, dense(2, "sigmoid"), samples=5)
    first, second = at_the_end(session(tree)).view(), at_the_end(session(tree), 2).view()
    assert second.lost("layer1.bias.grad") is not None
    assert difference(first, second).lost("layer1.bias.grad") is None


def test_what_is_not_there_yet_is_not_looked_at() -> None:
    walk = session(net(dense(3), {"layer": "batch_norm"}, dense(2, "sigmoid"), samples=5))
    assert walk.view().lost("layer1.bias.grad") is None
