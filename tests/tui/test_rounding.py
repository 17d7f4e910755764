"""What is 0 but for rounding is painted as 0 everywhere, and its digits are still to be read."""

import numpy as np

from nnstep.explain.pictures.seen import Seen
from nnstep.session import Session
from nnstep.tui.renderables.layout import Room, arrange, zoomed
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.renderables.window import window
from nnstep.tui.theme import Cell as State
from tests.tui.driving import shipped

GRADIENT = "layer1.bias.grad"  # of a bias whose mean batch norm takes away


def test_no_heat_and_no_bar_is_made_of_it() -> None:
    session = Session(shipped("batch-norm"))
    session.go(1, len(session.program.steps))
    view, room = session.view(), Room(100, 40)
    numbers = view.values[GRADIENT]
    lost = numbers != 0
    assert 0 < np.abs(numbers).max() < 1e-15
    box = arrange(session.program, room).home(GRADIENT)
    assert box is not None
    part = window(view, box, {})
    assert (part.states == State.ZERO).all()
    assert np.array_equal(part.values[0][: part.columns], numbers)
    large = zoomed(session.program, GRADIENT, room, heat=True).boxes[0]
    assert not window(view, large, {}).painted.any()
    rows = {row.name: row for row in PICTURES["gradient sizes"].facts(Seen(view, 80, 20, lambda _: None), None).rows}
    assert lost.any()
    assert rows[session.program.values["layer1.bias"].name].size == 0.0
    assert rows[session.program.values["layer1.weights"].name].size > 1e-4
