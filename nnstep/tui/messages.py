"""What widgets tell the screens."""

from textual.message import Message

from nnstep.engine.cell import Cell


class CellChosen(Message):
    """Someone pointed at a cell of the sheet."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell
