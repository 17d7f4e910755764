"""What is shown where the terminal is too small to show anything of use."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from nnstep.tui.renderables.text import blank, full_height, strip
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted

MIN_WIDTH, MIN_HEIGHT = 60, 20


class Notice(Painted):
    """Says how large the terminal is, and how large it has to be."""

    DEFAULT_CSS = "Notice { height: 1fr; width: 1fr; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("notice")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the lines, in the middle."""
        bg, style = self.palette.bg, self.palette
        lines = [
            (f"nnstep needs {MIN_WIDTH}×{MIN_HEIGHT} characters", style.heading_active),
            (f"this terminal has {width}×{height}", style.text),
            ("make it larger, or the font smaller", style.text),
            ("q quits", style.dim),
        ]
        above = max((height - len(lines)) // 2, 0)
        shown = [blank(width, bg)] * above
        shown += [strip([(text[:width].center(width), bg + look)], width, bg) for text, look in lines]
        return full_height(shown, width, height, bg)


class TooSmall(Screen[None]):
    """Stays until the terminal is larger."""

    BINDINGS: ClassVar = [Binding("q,ctrl+c", "quit", "quit", show=False)]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette

    @staticmethod
    def is_needed(size: Size) -> bool:
        """Is a terminal of this size too small?"""
        return size.width < MIN_WIDTH or size.height < MIN_HEIGHT

    def compose(self) -> ComposeResult:
        """Lay out the notice."""
        yield Notice(self.palette)

    def on_resize(self) -> None:
        """Go when there is room; where something lies on this screen, when that is gone."""
        if self.is_current and not self.is_needed(self.app.size):
            self.app.pop_screen()

    def on_screen_resume(self) -> None:
        """Look again."""
        self.on_resize()

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(0)
