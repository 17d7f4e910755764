"""The visible part of a matrix: it holds the told cell, and marks exactly the cells that are read and can be seen."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.cell import Cell
from nnstep.explain.reads import read_cells
from nnstep.session import Session, View
from nnstep.tui.renderables.layout import Box, Room, arrange, zoomed
from nnstep.tui.renderables.window import Window, window
from nnstep.tui.theme import Cell as State
from tests.helpers.files import TOO_FAST
from tests.tui.driving import compiled, shipped
from tests.tui.networks import sessions
from tests.tui.scenarios import BATCHES

pytestmark = pytest.mark.deep

rooms = st.builds(Room, width=st.integers(58, 200), height=st.integers(10, 60))
ROOM = Room(90, 40)
HEAT = range(State.NEGATIVE_2, State.POSITIVE_2 + 1)


def box_of(session: Session, identity: str, room: Room = ROOM) -> Box:
    box = arrange(session.program, room).home(identity)
    assert box is not None
    return box


def look_at(session: Session, identity: str, room: Room = ROOM) -> Window:
    view = session.view()
    reads = read_cells(view, view.story) if view.story else {}
    return window(view, box_of(session, identity, room), reads)


def cell_at(identity: str, view: View, row: int, column: int) -> Cell:
    shape = view.program.values[identity].shape
    return Cell(identity, (row, column)[-len(shape) :] if shape else ())


def places(identity: str, cells: Any, shape: tuple[int, ...]) -> set[tuple[int, int]]:
    """Return row and column of cells, given as (n, axes)."""
    if not shape:
        return {(0, 0) for _ in cells}
    return {(int(at[-2]) if len(shape) > 1 else 0, int(at[-1])) for at in cells}


@given(sessions(), rooms, st.integers(0, 30), st.data())
def test_any_window_shows_what_the_view_says(session: Session, room: Room, sample: int, data: st.DataObject) -> None:
    identity = data.draw(st.sampled_from(sorted(session.program.values)), label="told")
    if data.draw(st.booleans(), label="cursor"):
        shape = session.program.values[identity].shape
        session.place_cursor(Cell(identity, tuple(data.draw(st.integers(0, size - 1)) for size in shape)))
    session.choose_sample(sample)
    view = session.view()
    reads = read_cells(view, view.story) if view.story else {}
    layouts = [arrange(view.program, room), zoomed(view.program, identity, room, heat=data.draw(st.booleans()))]
    for box in (box for layout in layouts for box in layout.boxes):
        part = window(view, box, reads)
        shape = view.program.values[box.id].shape
        assert part.values.shape == part.states.shape == (min(box.rows, part.rows), min(box.columns, part.columns))
        assert 0 <= part.top <= part.rows - part.values.shape[0]
        assert 0 <= part.left <= part.columns - part.values.shape[1]
        visible = {
            (row, column): (part.top + row, part.left + column)
            for row in range(part.values.shape[0])
            for column in range(part.values.shape[1])
        }
        # Exactly the read cells that can be seen are marked.
        read = places(box.id, reads[box.id], shape) if box.id in reads else set()
        marked = {visible[at] for at in visible if part.states[at] == State.READ}
        assert marked == read & set(visible.values())
        # The told cell can be seen, and is the one with the cursor.
        is_told = view.story is not None and view.story.name == box.id
        assert (part.cursor is not None) == is_told
        if part.cursor is not None and view.story is not None:
            assert cell_at(box.id, view, *visible[part.cursor]) == view.story
        for at, (row, column) in visible.items():
            shown = view.shown(cell_at(box.id, view, row, column))
            assert (shown is None) == (not part.known[at])
            assert part.known[at] or part.states[at] in (State.BLANK, State.READ)
            assert shown is None or np.array_equal(part.values[at], shown, equal_nan=True)


@given(sessions(), rooms)
def test_something_read_can_be_seen_in_every_matrix_that_is_read(session: Session, room: Room) -> None:
    view = session.view()
    if view.story is None:
        return
    reads = read_cells(view, view.story)
    for identity, cells in reads.items():
        box = arrange(view.program, room).home(identity)
        if len(cells) and box is not None:
            assert (window(view, box, reads).states == State.READ).any()


def test_what_is_read_and_written_by_an_operation() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 1)
    assert (look_at(session, "layer1.pre_activation").states == State.WRITTEN).all()
    # One row of X and one column of wh for the first cell.
    assert (look_at(session, "inputs").states[0] == State.READ).all()
    weights = look_at(session, "layer1.weights").states
    assert (weights[:, 0] == State.READ).all()
    assert np.isin(weights[:, 1:], HEAT).all()
    assert (look_at(session, "layer1.output").states == State.BLANK).all()


def test_a_walk_writes_one_cell_after_the_other() -> None:
    session = Session(shipped("spreadsheet"))
    for _ in range(5):
        session.next_cell()
    part = look_at(session, "layer1.pre_activation")
    assert part.cursor == (1, 1)
    assert part.states[1, 1] == State.WRITTEN
    assert np.isin(part.states[0], HEAT).all()
    assert part.states[1, 0] in HEAT
    assert part.states[1, 2] == State.BLANK
    assert (part.states[2] == State.BLANK).all()
    assert np.isnan(part.values[2]).all()


def test_the_walked_cell_stays_lit_where_another_one_is_told() -> None:
    session = Session(shipped("spreadsheet"))
    for _ in range(5):
        session.next_cell()
    session.place_cursor(Cell("layer1.pre_activation", (2, 2)))
    part = look_at(session, "layer1.pre_activation")
    assert part.cursor == (2, 2)
    assert part.states[1, 1] == State.WRITTEN
    assert part.states[2, 2] == State.BLANK


def test_in_the_second_iteration_what_is_not_done_is_stale() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(2, 3)
    first = session.history.values(1)
    for identity in ("layer2.output", "layer1.delta", "layer1.weights.grad"):
        part = look_at(session, identity)
        assert (part.states == State.STALE).all()
        assert np.array_equal(part.values, first[identity])
    assert np.isin(look_at(session, "layer1.pre_activation").states, HEAT).all()
    # In the middle of a step, what is not walked yet is the iteration before's.
    session.next_cell()
    part = look_at(session, "layer2.output")
    assert part.states[:, 0].tolist() == [State.WRITTEN, State.STALE, State.STALE]
    assert np.array_equal(part.values[1:], first["layer2.output"][1:])


@pytest.mark.parametrize(("sample", "top"), [(0, 0), (11, 0), (12, 12), (1436, 1425)])
def test_the_window_of_many_samples_goes_to_the_chosen_one(sample: int, top: int) -> None:
    session = Session(shipped("digits"))
    room = Room(160, 50)
    session.choose_sample(sample)
    targets = look_at(session, "targets", room)
    assert targets.rows == 1437
    assert targets.top <= sample < targets.top + targets.values.shape[0]
    # By whole pages, so that it does not jump with every sample.
    assert targets.top % targets.values.shape[0] == 0 or targets.top + targets.values.shape[0] == 1437
    assert np.array_equal(targets.values[sample - targets.top], session.view().values["targets"][sample])


def test_the_last_batch_of_another_size_is_not_stale_in_the_wrong_rows() -> None:
    session = Session(compiled(BATCHES))
    session.go(3, 0)
    # One sample after batches of four: its rows are new, its weights are not.
    assert (look_at(session, "layer1.output").states == State.BLANK).all()
    assert (look_at(session, "layer1.weights.grad").states == State.STALE).all()


def test_what_is_no_longer_finite_is_broken() -> None:
    session = Session(compiled(TOO_FAST))
    for _ in session.fast_forward(500):
        pass
    view = session.view()
    assert view.fault is not None
    part = look_at(session, view.fault.cell.name)
    session.place_cursor(Cell("inputs", (0, 0)))
    broken = look_at(session, view.fault.cell.name)
    assert not np.isfinite(part.values).all()
    assert (broken.states[~np.isfinite(broken.values)] == State.BROKEN).all()


def test_data_of_whole_numbers_have_no_heat() -> None:
    session = Session(shipped("spreadsheet"))
    room = Room(90, 40, whole=frozenset({"inputs"}))
    assert (look_at(session, "inputs", room).states == State.PLAIN).all()


def test_the_rows_of_a_sample_s_own_matrix_are_no_samples() -> None:
    rows = [[[sample / 20 + time / 30] for time in range(30)] for sample in range(20)]
    tree = {
        "title": "Deep data",
        "seed": 1,
        "data": {"inputs": rows, "targets": [[0.5]] * 20},
        "network": [{"layer": "dense", "units": 3}, {"layer": "flatten"}, {"layer": "dense", "units": 1}],
        "loss": "half_sse",
        "optimizer": {"name": "sgd", "learning_rate": 0.001},
        "epochs": 10,
    }
    session = Session(compiled(json.dumps(tree)))
    session.choose_sample(19)
    part = look_at(session, "inputs")
    assert (part.lead, part.top) == ((19,), 0)
