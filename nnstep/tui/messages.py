"""What widgets tell the screens."""

from textual.message import Message

from nnstep.engine.cell import Cell


class CellChosen(Message):
    """Someone pointed at a cell of the sheet."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell


class LeadChosen(Message):
    """Someone pointed at a row of an answer. row: counted from 0; -1 leads back."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.row = row


class Turned(Message):
    """The wheel was turned over a picture. lines: how far to scroll, down where above 0."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines = lines
