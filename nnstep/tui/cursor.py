"""Where the cell cursor goes: inside its matrix, and over the edge to the next one on the sheet."""

from nnstep.engine.cell import Cell
from nnstep.session import View
from nnstep.tui.renderables.layout import Box, Layout, matrix_shape


def moved(view: View, layout: Layout, rows: int, columns: int) -> Cell | None:
    """Return the cell beside the told one; from the edge of a matrix, the nearest cell of the nearest one there."""
    story = view.story
    box = layout.home(story.name) if story else None
    if story is None or box is None:
        return first(view, layout)
    height, width = matrix_shape(view.program.values[story.name].shape)
    row, column = _place(story)
    to_row, to_column = row + rows, column + columns
    if 0 <= to_row < height and 0 <= to_column < width:
        return _cell(view, story.name, story.at[:-2], to_row, to_column)
    beside = _neighbour(layout, box, rows, columns)
    if beside is None:
        return story
    there_height, there_width = matrix_shape(view.program.values[beside.id].shape)
    row = 0 if rows > 0 else there_height - 1 if rows < 0 else min(row, there_height - 1)
    column = 0 if columns > 0 else there_width - 1 if columns < 0 else min(column, there_width - 1)
    return _cell(view, beside.id, (), row, column)


def jumped(view: View, layout: Layout, by: int) -> Cell | None:
    """Return the first cell of the matrix after or before the told one, in the order of the sheet."""
    order = list(view.program.values) if len(layout.boxes) == 1 else _in_order(layout)
    order = [identity for identity in order if view.program.values[identity].shape]
    if not order:
        return None  # in a lecture, an equation of single numbers
    story = view.story
    at = order.index(story.name) if story and story.name in order else -by if by > 0 else 0
    name = order[(at + by) % len(order)]
    return view.of_sample(_cell(view, name, (), 0, 0))


def first(view: View, layout: Layout) -> Cell | None:
    """Return the first cell of the first matrix."""
    return _cell(view, layout.boxes[0].id, (), 0, 0) if layout.boxes else None


def _in_order(layout: Layout) -> list[str]:
    return list(dict.fromkeys(box.id for box in layout.boxes if box.kind != "bars"))


def _place(cell: Cell) -> tuple[int, int]:
    return (cell.at[-2], cell.at[-1]) if len(cell.at) >= 2 else (0, cell.at[0] if cell.at else 0)


def _cell(view: View, identity: str, lead: tuple[int, ...], row: int, column: int) -> Cell:
    shape = view.program.values[identity].shape
    lead = lead or (0,) * max(len(shape) - 2, 0)
    return Cell(identity, (*lead, row, column)[-len(shape) :] if shape else ())


def _neighbour(layout: Layout, box: Box, rows: int, columns: int) -> Box | None:
    """Return the nearest box in a direction: in the same line for left and right, by overlap for up and down."""

    def distance(other: Box) -> tuple[int, int]:
        if columns:
            return abs(other.y - box.y), abs(other.x - box.x)
        return abs(other.y - box.y), abs(other.x + other.width // 2 - box.x - box.width // 2)

    def lies_there(other: Box) -> bool:
        if other.kind == "bars" or other is box:
            return False
        if columns:
            overlaps = other.y < box.y + box.height and box.y < other.y + other.height
            return overlaps and (other.x - box.x) * columns > 0
        return (other.y - box.y) * rows > 0

    return min(filter(lies_there, layout.boxes), key=distance, default=None)
