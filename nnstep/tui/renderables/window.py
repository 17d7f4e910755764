"""Which part of a matrix is visible, and in what state each of its cells is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Array, Cell
from nnstep.engine.rule import Shape
from nnstep.records import dataclass
from nnstep.session import View
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.layout import WHOLE, Box, matrix_shape
from nnstep.tui.theme import Cell as State

Number = TypeVar("Number", bound=np.generic)

# For each value, the cells that the told cell reads: (n, axes).
Reads = Mapping[str, NDArray[np.intp]]
_NOTHING: Reads = MappingProxyType({})


@dataclass(frozen=True)
class Window:
    """What a box shows of its value.

    values: (rows, columns); nan where a cell is blank. painted: the same, with 0 for what is 0 but for rounding, which
    is no heat. states: `theme.Cell` of each. known: where there is a number:
    a blank cell may be read all the same. cursor: the told cell's place in the window, or None. top, left: of the
    window in the whole matrix. rows, columns: of the whole matrix. lead: which matrix, of a value with more than two
    axes. mark: what stands in a cell whose number is still to be guessed.
    """

    values: Array
    painted: Array
    states: NDArray[np.int8]
    known: NDArray[np.bool_]
    cursor: tuple[int, int] | None
    top: int
    left: int
    rows: int
    columns: int
    lead: Shape = ()
    mark: str = ""


def window(view: View, box: Box, reads: Reads, effects: Reads = _NOTHING) -> Window:
    """Return the visible part of a value: around the told cell, the cells it reads or affects, or the chosen sample."""
    value = view.program.values[box.id]
    rows, columns = matrix_shape(value.shape)
    story = view.story
    lead = _leading(view, box.id, reads if box.id in reads else effects)
    read, affected = (_in_matrix(places.get(box.id), lead) for places in (reads, effects))
    marked = read if len(read) else affected  # (n, 2)
    at = _place(story.at) if story and story.name == box.id and story.at[:-2] == lead else None
    # Of what has more than two axes, a sample is a matrix of its own, and its rows are no samples.
    sample = view.sample if len(value.shape) <= 2 and view.program.is_sampled(box.id) else 0
    top, left = _corner(box, rows, columns, at, marked, sample)
    part = (slice(top, top + box.rows), slice(left, left + box.columns))
    shown, states = _cells(view, box, lead, part)
    painted = _painted(view, box, lead, part, shown)
    known = states != State.BLANK  # (rows, columns)
    guess = view.hidden.get(box.id, "")
    if view.active is not None and view.active.id == box.id:
        written = _walked(view, view.active.shape, lead) if view.position.cell else at
        if written:
            whole = box.kind == "numbers" and not view.position.cell and guess != "shape"
            _write(states, written, (top, left), whole=whole)
    for places, state in ((affected, State.EFFECT), (read, State.READ)):
        seen = places - (top, left)  # (n, 2)
        seen = seen[((seen >= 0) & (seen < states.shape)).all(axis=1)]  # (n, 2)
        states[seen[:, 0], seen[:, 1]] = state
    cursor = (at[0] - top, at[1] - left) if at else None
    inside = cursor and 0 <= cursor[0] < states.shape[0] and 0 <= cursor[1] < states.shape[1]
    mark = "?" if guess and guess != "shape" else ""
    return Window(shown, painted, states, known, cursor if inside else None, top, left, rows, columns, lead, mark)


def matrix_of(array: NDArray[Number], lead: Shape) -> NDArray[Number]:
    """Return the last two axes of a value at a place of the leading ones; a row of n as (1, n)."""
    return array[lead] if array.ndim > 2 else np.atleast_2d(array)


def _cells(view: View, box: Box, lead: Shape, part: tuple[slice, slice]) -> tuple[Array, NDArray[np.int8]]:
    """Return the numbers and states of the visible cells, before anything is marked."""
    state = view.state(box.id)
    rows, columns = matrix_shape(view.program.values[box.id].shape)
    shape = (len(range(rows)[part[0]]), len(range(columns)[part[1]]))
    array = view.array(box.id)
    if array is None:
        return np.full(shape, np.nan), np.full(shape, State.BLANK, dtype=np.int8)
    whole = matrix_of(array, lead)
    shown = whole[part]
    if state == "stale":
        return shown, np.full(shape, State.STALE, dtype=np.int8)
    if box.kind == "numbers" and box.cell == WHOLE:
        return shown, np.full(shape, State.PLAIN, dtype=np.int8)
    # Of a large matrix only a part is seen, and it is told apart by its own numbers: one far away may be huge.
    painted = _painted(view, box, lead, part, shown)
    states = heat.states(painted, heat.scale_of(painted)).copy()
    if box.kind == "numbers":
        # However small, a number of this iteration has the colour of its sign; grey is the iteration before.
        small = (states == State.ZERO) & (painted != 0)  # (rows, columns)
        states[small] = np.where(shown[small] > 0, State.POSITIVE_1, State.NEGATIVE_1)
    if state == "partial":
        return _partly(view, box, lead, part, shown, states)
    return shown, states


def _painted(view: View, box: Box, lead: Shape, part: tuple[slice, slice], shown: Array) -> Array:
    """Return the visible numbers with 0 for what is 0 but for rounding: it has no colour of a sign, and no heat."""
    lost = view.lost(box.id)
    return shown if lost is None else np.where(matrix_of(lost, lead)[part], 0.0, shown)  # (rows, columns)


def _partly(
    view: View, box: Box, lead: Shape, part: tuple[slice, slice], shown: Array, states: NDArray[np.int8]
) -> tuple[Array, NDArray[np.int8]]:
    """Return a window of a value that is being walked: what is not there yet is last iteration's, or blank."""
    shape = view.program.values[box.id].shape
    numbers = np.arange(1, int(np.prod(shape, dtype=int)) + 1).reshape(shape)
    done = matrix_of(numbers, lead)[part] <= view.position.cell  # (rows, columns)
    if box.id in view.before:
        before = matrix_of(view.before[box.id], lead)[part]
        return np.where(done, shown, before), np.where(done, states, np.int8(State.STALE))
    return np.where(done, shown, np.nan), np.where(done, states, np.int8(State.BLANK))


def _walked(view: View, shape: Shape, lead: Shape) -> tuple[int, int] | None:
    """Return row and column of the cell that is being walked, which is not the told one where another was chosen."""
    place = tuple(int(n) for n in np.unravel_index(view.position.cell - 1, shape)) if shape else ()
    return _place(place) if place[:-2] == lead else None


def _write(states: NDArray[np.int8], at: tuple[int, int], corner: tuple[int, int], *, whole: bool) -> None:
    """Mark what the active step writes: one cell, or the whole matrix."""
    if whole:
        states[:] = State.WRITTEN
        return
    row, column = at[0] - corner[0], at[1] - corner[1]
    if 0 <= row < states.shape[0] and 0 <= column < states.shape[1]:
        states[row, column] = State.WRITTEN


def _leading(view: View, identity: str, reads: Reads) -> Shape:
    """Return which matrix of a value with more than two axes is shown."""
    shape, story = view.program.values[identity].shape, view.story
    if len(shape) <= 2:
        return ()
    if story and story.name == identity:
        return story.at[:-2]
    if identity in reads and len(reads[identity]):
        return tuple(int(n) for n in reads[identity][0][:-2])
    return view.of_sample(Cell(identity, (0,) * len(shape))).at[:-2]


def _in_matrix(places: NDArray[np.intp] | None, lead: Shape) -> NDArray[np.intp]:
    """Return row and column of each cell that is read in the matrix that is shown: (n, 2)."""
    if places is None or not len(places):
        return np.empty((0, 2), dtype=np.intp)
    if lead:
        places = places[(places[:, :-2] == lead).all(axis=1)][:, -2:]  # (n, 2)
    missing = np.zeros((len(places), 2 - min(places.shape[1], 2)), dtype=np.intp)
    return np.hstack([missing, places])


def _place(at: Shape) -> tuple[int, int]:
    """Return row and column of a cell in its matrix."""
    return (at[-2], at[-1]) if len(at) >= 2 else (0, at[0] if at else 0)


def _corner(
    box: Box, rows: int, columns: int, at: tuple[int, int] | None, marked: NDArray[np.intp], sample: int
) -> tuple[int, int]:
    """Return the first visible row and column; windows move by whole pages, so that they seldom jump."""
    row, column = at or (tuple(marked.min(axis=0).tolist()) if len(marked) else (sample, 0))
    return _page(row, box.rows, rows), _page(column, box.columns, columns)


def _page(at: int, size: int, count: int) -> int:
    return min(at // max(size, 1) * size, max(count - size, 0))
