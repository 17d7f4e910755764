"""A cell as a sum: its pieces add up to it, and none is larger than one before it."""

from itertools import product

import numpy as np
import pytest

from nnstep.engine.cell import work_out
from nnstep.engine.op import Op
from nnstep.engine.rule import Rule
from nnstep.explain.pieces import pieces_of
from tests.catalog.test_ops import ALL, draw, forward, many_shapes


@pytest.mark.parametrize("op", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize("most", [1, 100])
def test_pieces_add_up(op: Op, most: int) -> None:
    for number, shapes in enumerate(many_shapes(op)):
        values = draw(op, shapes, number)
        cells = list(product(*map(range, forward(op, values).shape)))
        for place in np.random.default_rng(number).permutation(len(cells))[:4]:
            known = work_out(op.rule, cells[place], values, op.example_settings)
            found = pieces_of(op.rule, cells[place], values, op.example_settings, most=most)
            assert found.total == pytest.approx(known.value, rel=1e-12, abs=1e-12)
            assert len(found.pieces) <= most + 1
            sizes = [abs(piece.value) for piece in found.pieces]
            assert sizes == sorted(sizes, reverse=True)
            if most == 100 and not found.more:
                assert {cell for piece in found.pieces for cell in piece.reads} <= set(known.reads)


def test_products_and_bias_each_by_themselves() -> None:
    rule = Rule("out[...,j] = sum[i](x[...,i] * w[i,j]) + b[j]")
    values = {"x": np.array([[1.0, 2.0]]), "w": np.array([[3.0], [-4.0]]), "b": np.array([0.5])}
    found = pieces_of(rule, (0, 0), values)
    assert [piece.value for piece in found.pieces] == [-8.0, 3.0, 0.5]
    assert [[(cell.name, cell.at) for cell in piece.reads] for piece in found.pieces] == [
        [("x", (0, 1)), ("w", (1, 0))],
        [("x", (0, 0)), ("w", (0, 0))],
        [("b", (0,))],
    ]


def test_the_smaller_ones_are_added_up_unseen() -> None:
    rule = Rule("out = sum[i](x[i]) / n", ("n",))
    found = pieces_of(rule, (), {"x": np.arange(10.0)}, {"n": 2}, most=3)
    assert [piece.value for piece in found.pieces] == [4.5, 4.0, 3.5]
    assert (found.more, found.rest) == (7, 10.5)


def test_a_product_with_a_sum_in_it_stays_one() -> None:
    rule = Rule("out[...] = a[...] * (1 - a[...])")
    assert len(pieces_of(rule, (0,), {"a": np.array([0.25])}).pieces) == 1


def test_only_the_branch_that_is_taken() -> None:
    rule = Rule("out[...] = x[...] if x[...] > 0 else a[...] + b[...]")
    values = {"x": np.array([-1.0]), "a": np.array([2.0]), "b": np.array([3.0])}
    assert [piece.value for piece in pieces_of(rule, (0,), values).pieces] == [3.0, 2.0]
