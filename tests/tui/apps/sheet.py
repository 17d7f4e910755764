"""A sheet of numbers, larger than the screen, drawn line by line.

Space changes one cell, `a` all, `b` the background, `f` breaks the encoder, the arrows scroll, `q` quits.
The last line counts the keys, so that a test knows which state it sees. With SHEET_DONE=FD, a byte goes to that
file descriptor for each `!`: "all keys before this one have been acted on".
"""

import os

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static
from twin import Twin, main

COLUMNS, ROWS, WIDTH = 64, 200, 7  # cells

HEAT = [Style.parse(text) for text in ("#d0d0d0 on #5f005f", "#d0d0d0 on #303030", "white on #005f5f")]
CURSOR = Style.parse("bold black on #ffff5f")


class Sheet(ScrollView, can_focus=True):
    """The numbers, as they are after some number of changes."""

    DEFAULT_CSS = "Sheet { background: #121212; } Sheet.-other { background: #202040; }"

    changes = 0
    round = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(COLUMNS * WIDTH, ROWS)

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        row = y + top
        segments = [self._cell(row, column) for column in range(COLUMNS)]
        return Strip(segments, COLUMNS * WIDTH).crop(left, left + self.size.width)

    def _cell(self, row: int, column: int) -> Segment:
        value = (row * 31 + column * 17 + self.round * 13) % 200 - 100
        place = row * COLUMNS + column
        if place == self.changes:
            return Segment(f"{value + 0.5:{WIDTH}.2f}", CURSOR)
        return Segment(f"{value / 100:{WIDTH}.2f}", HEAT[value % 3])

    def change_one(self) -> None:
        """Move on to the next cell, and repaint the two rows that this changes."""
        rows = {self.changes // COLUMNS, (self.changes + 1) // COLUMNS}
        self.changes += 1
        for row in rows:
            self.refresh(Region(0, row - self.scroll_offset.y, self.size.width, 1))

    def change_all(self) -> None:
        """Change every number."""
        self.round += 1
        self.refresh()


class SheetApp(Twin):
    """The sheet, and one line that counts."""

    CSS = "Screen { layout: vertical; } #count { height: 1; background: #303030; color: #ffaf5f; }"
    AUTO_FOCUS = "Sheet"

    def compose(self) -> ComposeResult:
        yield Sheet()
        yield Static("keys 0.", id="count", markup=False)

    def on_key(self, event: object) -> None:
        sheet = self.query_one(Sheet)
        key = getattr(event, "key", "")
        if key == "space":
            sheet.change_one()
        elif key == "a":
            sheet.change_all()
        elif key == "b":
            sheet.toggle_class("-other")
        elif key == "f":
            self._shadow.take_layout = self._shadow.take_chops = None  # type: ignore[method-assign, assignment]
        elif key == "q":
            self.exit()
        self.keys += 1
        self.query_one("#count", Static).update(f"keys {self.keys}.", layout=False)
        if key == "exclamation_mark" and "SHEET_DONE" in os.environ:
            os.write(int(os.environ["SHEET_DONE"]), b"!")


if __name__ == "__main__":
    main(SheetApp())
