"""Moving through a training whose iterations have other programs: other optimizers, activations, units, names."""

from contextlib import suppress
from functools import cache
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.branches import Edit, Number, Setting
from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.answers import QUESTIONS
from nnstep.explain.story import tell
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load, parse
from nnstep.session import Position, Session
from tests.helpers.searching import examples

# Units can be others at the very start; batches of 3 and 1 samples have programs of their own.
SMALL = """\
title: small
data: {inputs: [[0, 1], [1, 0], [1, 1], [0, 0]], targets: [[0], [1], [1], [0]]}
network:
  - {layer: dense, units: 3, activation: relu}
  - {layer: dense, units: 1}
loss: half_sse
optimizer: {name: sgd, learning_rate: 0.1}
batch: 3
seed: 2
"""

MOVES = ("next", "back", "next_cell", "previous_phase", "next_iteration", "previous_iteration", "home", "end")
EDITS: tuple[Edit, ...] = (
    Setting("optimizer", "adam"),
    Setting("optimizer", "sgd"),
    Setting("optimizer", "{name: momentum, learning_rate: 0.1}"),
    Setting("layer1.activation", "identity"),
    Setting("layer1.activation", "tanh"),
    Setting("layer1.units", "2"),
    Setting("layer1.units", "6"),
    Setting("optimizer.learning_rate", "0.3"),
    Number(Cell("layer1.weights", (1, 1)), 2.0),
    Number(Cell("layer2.bias", (0,)), 1e200),
)


@cache
def small() -> Compiled:
    return compile_scenario(parse(SMALL.encode(), "small.yaml"))


def at(name: str, iteration: int, step: int = 0) -> Session:
    session = Session(compile_scenario(load(name)))
    session.go(iteration, step)
    return session


def active(session: Session) -> str:
    step = session.view().active
    return step.id if step else ""


def look(session: Session, question: str) -> None:
    """Look at all there is to see, and ask about the told number: there has to be something."""
    place, steps = session.position, session.program.steps
    assert 0 <= place.step <= len(steps)
    assert 0 <= place.cell < (steps[place.step - 1].size if place.step else 1)
    view = session.view()
    cell = view.story or Cell(view.program.loss, ())
    shape = view.program.values[cell.name].shape
    assert len(shape) == len(cell.at)
    assert all(n < size for n, size in zip(cell.at, shape, strict=True))
    tell(view)
    QUESTIONS[question].answer(view, cell, 4)


# Ends are where things go wrong, so they are drawn often.
parts = st.sampled_from([0.0, 0.5, 1.0, 1.0])


@settings(max_examples=examples(20), deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(EDITS)), min_size=1, max_size=4),
    visits=st.lists(
        st.tuples(st.integers(1, 4), parts, st.sampled_from(["layer1.weights", "layer1.output"]), parts),
        min_size=1,
        max_size=4,
    ),
    moves=st.lists(st.sampled_from(MOVES), min_size=2, max_size=6),
    names=st.sampled_from(sorted(NAME_SETS)),
    question=st.sampled_from(sorted(QUESTIONS)),
)
def test_after_any_changes_every_move_ends_where_there_is_something(
    changes: list[tuple[int, Edit]],
    visits: list[tuple[int, float, str, float]],
    moves: list[str],
    names: str,
    question: str,
) -> None:
    session = Session(small())
    for iteration, edit in changes:
        session.go(iteration, 0)
        with suppress(NnstepError):  # other units, where something was learned
            session.edit(edit)
    for iteration, done, identity, part in visits:
        session.go(iteration, round(done * len(session.branches.program(iteration).steps)))
        shape = session.program.values[identity].shape
        at = np.unravel_index(round(part * (prod(shape) - 1)), shape)
        session.place_cursor(Cell(identity, tuple(map(int, at))))
        look(session, question)
        for move in moves:
            getattr(session, move)()
            look(session, question)
        shape = session.program.values[identity].shape
        session.place_cursor(Cell(identity, tuple(size - 1 for size in shape)))
        session.rename(names)
        look(session, question)
    with suppress(NnstepError):
        while True:  # until nothing is left to be taken back
            session.undo()
            look(session, question)


@pytest.mark.parametrize(("first", "then"), [("gd", "adam"), ("adam", "gd")])
def test_the_same_step_of_another_iteration_is_the_one_that_makes_the_same(first: str, then: str) -> None:
    session = at("xor", 1)
    session.edit(Setting("optimizer", first))
    session.go(3, 0)
    session.edit(Setting("optimizer", then))
    for identity in ("layer1.weights.next", "layer2.bias.next", "layer2.delta", "loss"):
        session.go(3, session.program.order[identity])
        session.previous_iteration()
        assert (session.position.iteration, active(session)) == (2, identity)
        session.next_iteration()
        assert (session.position.iteration, active(session)) == (3, identity)


def test_where_nothing_makes_the_same_it_is_the_step_of_that_number_or_the_last() -> None:
    session = at("xor", 3)
    session.edit(Setting("optimizer", "adam"))
    only = [step.id for step in session.program.steps if step.id not in session.branches.program(2).order]
    last = len(session.branches.program(2).steps)
    session.go(3, session.program.order[only[0]])
    assert session.position.step <= last
    session.previous_iteration()
    assert session.position == Position(2, session.branches.program(3).order[only[0]])
    session.go(3, session.branches.program(3).order[only[-1]])
    assert session.position.step > last
    session.previous_iteration()
    assert session.position == Position(2, last)


def test_the_end_of_the_furthest_iteration_is_its_own() -> None:
    session = at("xor", 3)
    session.edit(Setting("optimizer", "adam"))
    session.go(5, 0)
    session.go(2, 0)
    last = len(session.program.steps)
    session.end()
    assert session.position == Position(2, last)
    session.end()
    assert session.position == Position(5, len(session.program.steps))
    assert len(session.program.steps) > last


@pytest.mark.parametrize("how", ["undo", "redo"])
def test_a_cursor_on_a_unit_that_is_gone_is_let_go(how: str) -> None:
    session = Session(small())
    session.go(1, 1)
    session.edit(Setting("layer1.units", "6" if how == "undo" else "2"))
    if how == "redo":
        session.undo()
    session.place_cursor(Cell("layer1.weights", (0, session.program.values["layer1.weights"].shape[1] - 1)))
    getattr(session, how)()
    assert session.cursor is None
    assert session.position == Position(1, 1)


BREAKS = """\
title: breaks
data: {inputs: [[1, 2], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}
network: [{layer: dense, units: 2}, {layer: dense, units: 1}]
loss: half_sse
optimizer: {name: sgd, learning_rate: 10}
seed: 1
"""


def test_what_broke_before_a_change_broke_then_whatever_was_changed_since() -> None:
    session = Session(compile_scenario(parse(BREAKS.encode(), "breaks.yaml")))
    session.go(30, 0)
    began = session.view().fault
    assert began is not None
    for later in (3, 5):
        session.go(began.iteration + later, 0)
        session.edit(Setting("optimizer.learning_rate", "0.1"))
        session.end()
        assert session.view().fault == began
    session.edit(Setting("optimizer", "adam"))  # with states that there were none of when it broke
    session.go(began.iteration + 9, 0)
    assert session.view().fault == began


def test_what_is_prevented_is_not_told() -> None:
    session = Session(compile_scenario(parse(BREAKS.encode(), "breaks.yaml")))
    session.go(2, 0)
    session.edit(Setting("optimizer.learning_rate", "1e-12"))
    session.go(30, 0)
    assert session.view().fault is None


def test_what_is_mended_is_broken_no_more() -> None:
    one = "network: [{layer: dense, units: 1, bias: false}]\n"
    text = BREAKS.replace("[1, 2], [0, 1], [1, 0], [1, 1]", "[1], [1], [1], [1]")
    start, end = text.index("network"), text.index("loss")
    session = Session(compile_scenario(parse(f"{text[:start]}{one}{text[end:]}".encode(), "one.yaml")))
    session.go(2000, 0)
    fault = session.view().fault
    assert fault is not None
    session.go(fault.iteration + 3, 0)
    assert session.view().fault == fault
    session.edit(Number(Cell("layer1.weights", (0, 0)), 0.5))
    session.end()
    assert session.view().fault is None
    session.go(fault.iteration + 2, 0)
    assert session.view().fault == fault
