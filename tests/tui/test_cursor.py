"""The cell cursor walks over every matrix, from one to the next, and never off the sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.cell import Cell
from nnstep.session import Session
from nnstep.tui import cursor
from nnstep.tui.renderables.layout import Layout, Room, arrange, matrix_shape, zoomed
from nnstep.tui.renderables.lecture import alone
from tests.tui.driving import shipped
from tests.tui.networks import sessions

ROOM = Room(90, 60)
LEFT, DOWN, UP, RIGHT = (0, -1), (1, 0), (-1, 0), (0, 1)


def walk(session: Session, layout: Layout, *moves: tuple[int, int]) -> Cell | None:
    """Return where the cursor is after some moves."""
    for rows, columns in moves:
        session.place_cursor(cursor.moved(session.view(), layout, rows, columns))
    return session.cursor


def spreadsheet(start: Cell | None = None) -> tuple[Session, Layout]:
    session = Session(shipped("spreadsheet"))
    session.place_cursor(start)
    return session, arrange(session.program, ROOM)


@pytest.mark.parametrize(
    ("start", "moves", "end"),
    [
        (("layer1.weights", 1, 1), [LEFT], ("layer1.weights", 1, 0)),
        (("layer1.weights", 1, 1), [RIGHT, DOWN, DOWN], ("layer1.weights", 3, 2)),
        # Over the edge to the matrix beside it, at the same height as far as that goes.
        (("layer1.weights", 1, 2), [RIGHT], ("layer1.bias", 0)),
        (("layer1.weights", 2, 0), [LEFT], ("inputs", 2, 3)),
        (("layer1.weights", 3, 0), [LEFT], ("inputs", 2, 3)),
        (("layer1.weights", 0, 0), [LEFT, RIGHT], ("layer1.weights", 0, 0)),
        # Down over the edge to the band below.
        (("layer1.weights", 3, 0), [DOWN], ("layer1.output", 0, 0)),
        # At the edge of the sheet it stays.
        (("inputs", 0, 0), [LEFT, UP], ("inputs", 0, 0)),
        (("layer1.bias.next", 2), [RIGHT, DOWN], ("layer1.bias.next", 2)),
    ],
)
def test_moves(start: tuple[str, int, int], moves: list[tuple[int, int]], end: tuple[str, int, int]) -> None:
    session, layout = spreadsheet(Cell(start[0], start[1:]))
    assert walk(session, layout, *moves) == Cell(end[0], end[1:])


def test_the_first_move_from_nowhere_is_to_the_first_matrix() -> None:
    session, layout = spreadsheet()
    assert walk(session, layout, DOWN) == Cell("inputs", (0, 0))


def test_the_first_move_of_a_step_is_from_its_own_cell() -> None:
    session, layout = spreadsheet()
    session.go(1, 4)
    assert walk(session, layout, DOWN) == Cell("layer2.output", (1, 0))


def test_tab_visits_every_matrix_once_and_comes_back() -> None:
    session, layout = spreadsheet()
    visited = []
    for _ in session.program.values:
        session.place_cursor(cursor.jumped(session.view(), layout, 1))
        assert session.cursor is not None
        visited.append(session.cursor.name)
    matrices = [identity for identity, value in session.program.values.items() if value.shape]
    assert sorted(visited[: len(matrices)]) == sorted(matrices)
    assert visited[len(matrices) :] == visited[: len(visited) - len(matrices)]
    assert visited[:4] == ["inputs", "layer1.weights", "layer1.bias", "layer1.pre_activation"]
    back = []
    for _ in visited:
        back.append(session.cursor.name if session.cursor else "")
        session.place_cursor(cursor.jumped(session.view(), layout, -1))
    assert back == visited[::-1]


def test_shift_tab_from_nowhere_is_the_last_matrix() -> None:
    session, layout = spreadsheet()
    assert cursor.jumped(session.view(), layout, -1) == Cell("layer1.bias.next", (0,))


@given(
    sessions(widest=12, deepest=4, most=15),
    st.lists(st.sampled_from([LEFT, DOWN, UP, RIGHT, "tab", "back"]), max_size=40),
    st.booleans(),
)
def test_any_walk_stays_on_a_cell_that_is_drawn(session: Session, moves: list[object], alone: bool) -> None:
    program = session.program
    layout = zoomed(program, program.prediction, ROOM, heat=False) if alone else arrange(program, ROOM)
    for move in moves:
        view = session.view()
        if isinstance(move, tuple):
            cell = cursor.moved(view, layout, *move)
        else:
            cell = cursor.jumped(view, layout, 1 if move == "tab" else -1)
        assert cell is not None
        shape = program.values[cell.name].shape
        assert len(cell.at) == len(shape)
        assert all(0 <= at < size for at, size in zip(cell.at, shape, strict=True))
        if not alone:
            assert layout.home(cell.name) is not None
        session.place_cursor(cell)


@given(sessions(widest=12, deepest=3, most=15), st.sampled_from([(LEFT, RIGHT), (UP, DOWN)]))
def test_there_and_back_inside_a_matrix(session: Session, moves: tuple[tuple[int, int], tuple[int, int]]) -> None:
    program = session.program
    session.go(session.position.iteration, session.position.step)  # out of the middle of a step, which tells its own
    rows, columns = matrix_shape(program.values["inputs"].shape)
    start = Cell("inputs", (rows // 2, columns // 2))
    session.place_cursor(start)
    layout = zoomed(program, "inputs", ROOM, heat=False)
    first = walk(session, layout, moves[0])
    if first != start:
        assert walk(session, layout, moves[1]) == start


def test_an_equation_of_single_numbers_has_no_cell_to_jump_to() -> None:
    session = Session(shipped("valley-adam"))
    session.go(1, 5)
    view = session.view()
    assert view.active is not None
    assert view.active.shape == ()
    assert cursor.jumped(view, alone(view.program, view.active.id, ROOM), 1) is None
