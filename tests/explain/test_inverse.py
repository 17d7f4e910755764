"""The cells that read a cell: those whose reads, looked at one by one, have it among them."""

from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest

from nnstep.engine.cell import Array
from nnstep.engine.gather import reads_of
from nnstep.engine.op import Op
from nnstep.engine.rule import Rule, Shape
from nnstep.explain.inverse import readers_of
from tests.catalog.test_ops import ALL, draw, forward, many_shapes

Read = dict[tuple[str, Shape], set[Shape]]


def found_one_by_one(rule: Rule, made: Shape, values: Mapping[str, Array], settings: Mapping[str, float]) -> Read:
    """Return for each cell of each input the cells that read it, from the reads of every cell that is made."""
    found: Read = {}
    for at in product(*map(range, made)):
        for name, places in reads_of(rule, at, values, settings).items():
            for place in places.tolist():
                found.setdefault((name, tuple(place)), set()).add(at)
    return found


@pytest.mark.parametrize("op", ALL.values(), ids=ALL.keys())
def test_the_inverse_of_what_is_read(op: Op) -> None:
    shapes = next(iter(many_shapes(op)))
    values = draw(op, shapes, 1)
    known = found_one_by_one(op.rule, forward(op, values).shape, values, op.example_settings)
    rng = np.random.default_rng(2)
    for name, shape in shapes.items():
        cells = list(product(*map(range, shape)))
        for number in rng.permutation(len(cells))[:25]:
            at = cells[number]
            places = readers_of(op.rule, name, at, values, op.example_settings)
            assert [tuple(place) for place in places.tolist()] == sorted(known.get((name, at), set())), (name, at)


@pytest.mark.parametrize("op", ALL.values(), ids=ALL.keys())
def test_what_moves_with_a_cell_reads_it(op: Op) -> None:
    shapes = op.example_shapes()
    values = draw(op, shapes, 3)
    before = forward(op, values)
    for name, shape in shapes.items():
        if op.domain.get(name) == "place":
            continue
        at = tuple(length // 2 for length in shape)
        poked = {**values, name: values[name].copy()}
        poked[name][at] += 0.5
        moved = {tuple(place) for place in np.argwhere(forward(op, poked) != before).tolist()}
        places = readers_of(op.rule, name, at, values, op.example_settings)
        read = {tuple(place) for place in places.tolist()}
        assert moved <= read, (name, at)
