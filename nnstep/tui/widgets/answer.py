"""The panel with an answer, in the place of the formula bar."""

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from nnstep.tui.messages import LeadChosen
from nnstep.tui.renderables.trail import AnswerPage, answer_page
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted


class AnswerPanel(Painted):
    """Where a number comes from, what it has an effect on: rows that lead to cells; a click goes there too."""

    DEFAULT_CSS = "AnswerPanel { display: none; height: 10; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("answer")
        self.palette = palette
        self._owners: list[int | None] = []

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return every line, with an empty column on either side."""
        page: AnswerPage | None = self._shown
        if page is None:
            return []
        edge = Segment(" ", self.palette.panel)
        lines, self._owners = answer_page(page, width - 2, height, self.palette)
        return [Strip([edge, *line, edge], line.cell_length + 2) for line in lines]

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        owner = self._owners[event.y] if 0 <= event.y < len(self._owners) else None
        if owner is not None:
            self.post_message(LeadChosen(owner))
