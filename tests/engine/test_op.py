"""An operation derives from its rule what the entry does not give."""

import numpy as np
import pytest

from nnstep.engine.op import Call, Op, read_gradient
from nnstep.engine.rule import Rule, RuleError
from nnstep.engine.vector import code_of, logsumexp, rows, softmax


def test_the_numpy_of_an_elementwise_rule_is_derived() -> None:
    op = Op("odd", Rule("out[...] = max(z[...], 0) + alpha * log1p(abs(z[...]))", ("alpha",)), "Odd.")
    assert op.numpy == "np.maximum(z, 0) + alpha * np.log1p(np.abs(z))"
    assert op.forward(np.array([-1.0, 2.0]), alpha=2.0) == pytest.approx([2 * np.log(2), 2 + 2 * np.log(3)])


def test_a_choice_becomes_where() -> None:
    assert code_of(Rule("out[...] = z[...] if z[...] > 0 else 0.0")) == "np.where(z > 0, z, 0.0)"


def test_the_numpy_of_any_other_rule_has_to_be_given() -> None:
    with pytest.raises(RuleError, match="must be given"):
        code_of(Rule("out[b,j] = sum[i](x[b,i] * w[i,j])"))


def test_a_rule_that_is_not_elementwise_needs_shapes_to_try_it_on() -> None:
    with pytest.raises(RuleError, match="odd needs example shapes"):
        Op("odd", Rule("out[b] = sum[i](x[b,i])"), "Odd.", code="x.sum(1)").example_shapes()


def test_example_shapes_of_an_elementwise_rule() -> None:
    assert Op("odd", Rule("out[...] = rate * g[...]"), "Odd.").example_shapes() == {"rate": (), "g": (3, 4)}


def test_a_gradient_is_read_as_operations() -> None:
    assert read_gradient("d") == "d"
    assert read_gradient("mul(d, sigmoid_slope(out))") == Call("mul", ("d", Call("sigmoid_slope", ("out",))))


def test_negating_keeps_what_is_said_about_the_operation() -> None:
    op = Op("odd", Rule("out[...] = y[...] - t[...]"), "Odd.", role="slope", note="a note", domain={"y": "unit"})
    minus = op.negated()
    assert (minus.sentence, minus.role, minus.note, dict(minus.domain)) == ("Odd.", "slope", "a note", {"y": "unit"})
    assert minus.name == "minus_odd"
    assert minus.forward(y=np.array([1.0]), t=np.array([3.0])).tolist() == [2.0]


def test_rows_lays_all_axes_but_the_last_in_one() -> None:
    matrix = np.ones((3, 4))
    assert rows(matrix) is matrix
    assert rows(np.ones((2, 3, 4))).shape == (6, 4)


def test_softmax_and_its_logarithm_do_not_overflow() -> None:
    z = np.array([[1e5, 1e5, 0.0], [-1e5, -1e5, -1e5]])  # (b, j)
    assert softmax(z) == pytest.approx(np.array([[0.5, 0.5, 0.0], [1 / 3] * 3]))
    assert logsumexp(z).ravel() == pytest.approx([1e5 + np.log(2), -1e5 + np.log(3)])
