"""Sessions to ask about cells in: every shipped scenario at the end of an iteration, and some cells of each value."""

from collections.abc import Iterator
from functools import cache
from math import prod

import numpy as np

from nnstep.engine.cell import Cell
from nnstep.session import Session, View
from tests.scenarios.shipped import opened


@cache
def view_of(name: str, iteration: int = 2) -> View:
    """Return what there is to see at the end of an iteration of a shipped scenario."""
    walk = Session(opened(name))
    walk.go(iteration, len(walk.compiled.training.program(iteration).steps))
    return walk.view()


def some_cells(view: View, identity: str, most: int = 2) -> Iterator[Cell]:
    """Yield some cells of a value, the same ones each time."""
    shape = view.program.values[identity].shape
    for number in np.random.default_rng(len(identity)).permutation(prod(shape))[:most].tolist():
        yield Cell(identity, tuple(int(n) for n in np.unravel_index(number, shape)))
