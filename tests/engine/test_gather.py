"""Many places at once is the same as one by one, for rules that no entry of the catalog has yet."""

from itertools import product

import numpy as np
import pytest

from nnstep.engine.cell import Cell, work_out
from nnstep.engine.gather import reads_of
from nnstep.engine.rule import Rule, Shape

RNG = np.random.default_rng(0)
CASES: dict[str, tuple[Rule, dict[str, Shape], dict[str, float]]] = {
    "convolution": (
        Rule("out[n,k,y,x] = sum[c,p,q](img[n,c,s*y+p,s*x+q] * ker[k,c,p,q])", ("s",)),
        {"img": (2, 3, 5, 6), "ker": (2, 3, 2, 2)},
        {"s": 2},
    ),
    "largest of a window": (
        Rule("out[n,c,y,x] = max[p,q](img[n,c,s*y+p,s*x+q] * one[p,q])", ("s",)),
        {"img": (2, 2, 4, 4), "one": (2, 2)},
        {"s": 2},
    ),
    "causal mask": (Rule("out[t,s] = x[t,s] if s <= t else -inf"), {"x": (4, 4)}, {}),
    "a choice inside a sum": (
        Rule("out[b] = sum[i](w[i] if x[b,i] > 0 else v[i])"),
        {"x": (3, 5), "w": (5,), "v": (5,)},
        {},
    ),
    "two tests at once": (Rule("out[b] = sum[i](x[b,i] if -1 < x[b,i] and x[b,i] < 1 else 0.0)"), {"x": (3, 6)}, {}),
    "a fixed row": (Rule("out[j] = w[0,j] - w[1,j]"), {"w": (2, 3)}, {}),
    "an index as a number": (Rule("out[t] = sum[i](x[t,i]) * t"), {"x": (3, 2)}, {}),
    "sums inside sums": (
        Rule("out = sum[...](sum[j](t[...,j] * (log(sum[k](exp(z[...,k]))) - z[...,j])))"),
        {"t": (2, 3, 4), "z": (2, 3, 4)},
        {},
    ),
    "a number with no axes": (Rule("out[...] = w[...] - rate * g[...]"), {"w": (2, 3), "rate": (), "g": (2, 3)}, {}),
    "the same twice": (Rule("out[b] = sum[i](x[b,i] * x[b,i])"), {"x": (2, 3)}, {}),
}


@pytest.mark.parametrize(("rule", "shapes", "settings"), CASES.values(), ids=CASES.keys())
def test_all_at_once_is_one_by_one(rule: Rule, shapes: dict[str, Shape], settings: dict[str, float]) -> None:
    values = {name: np.asarray(RNG.normal(size=shape)) for name, shape in shapes.items()}
    for at in product(*map(range, rule.shape(shapes, settings))):
        slow = work_out(rule, at, values, settings)
        gathered = reads_of(rule, at, values, settings)
        fast = [Cell(name, tuple(place)) for name, places in gathered.items() for place in places.tolist()]
        assert set(fast) == set(slow.reads)
        assert len(fast) == len(slow.reads)
        assert work_out(rule, at, values, settings, most=1).value == pytest.approx(slow.value, rel=1e-12)


def test_places_come_as_rows_in_the_order_of_the_value() -> None:
    found = reads_of(Rule("out[i,j] = sum[b](x[b,i] * d[b,j])"), (1, 0), {"x": np.ones((3, 2)), "d": np.ones((3, 4))})
    assert found["x"].tolist() == [[0, 1], [1, 1], [2, 1]]
    assert found["d"].tolist() == [[0, 0], [1, 0], [2, 0]]


def test_a_value_with_no_axes_is_read_at_no_place() -> None:
    found = reads_of(Rule("out[...] = rate * g[...]"), (1,), {"rate": np.array(0.1), "g": np.ones(3)})
    assert found["rate"].shape == (1, 0)


def test_a_branch_that_is_never_taken_is_not_read() -> None:
    found = reads_of(CASES["causal mask"][0], (0, 3), {"x": np.ones((4, 4))})
    assert found["x"].shape == (0, 2)


def test_what_overflows_warns_of_nothing() -> None:
    x = np.array([[1e308, 1e308, np.inf, np.nan, -1e4, 0.0]])  # (b, i)
    rule = Rule("out[b] = log(sum[i](exp(x[b,i]) / x[b,i]))")
    assert reads_of(rule, (0,), {"x": x})["x"].shape == (6, 2)
    assert not np.isfinite(work_out(rule, (0,), {"x": x}, most=2).value)
