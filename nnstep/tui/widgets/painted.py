"""A widget that is painted by a pure function, and painted anew only when what it shows has changed."""

from abc import abstractmethod
from typing import Any

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Painted(Widget):
    """Keeps its lines until it is given something else to show, or another size."""

    DEFAULT_CSS = "Painted { height: 1; }"
    can_focus = False

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity)
        self._shown: Any = None
        self._lines: list[Strip] | None = None

    @abstractmethod
    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the widget's lines, each `width` wide."""

    def show(self, content: Any) -> None:
        """Show something; nothing happens where it is what is shown already."""
        if content != self._shown:
            self._shown = content
            self.repaint()

    def repaint(self) -> None:
        """Paint anew."""
        self._lines = None
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Paint for the new size."""
        self.repaint()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region as they were painted.

        Textual would lay its own borders, filters and styles over each line, which costs more than painting does.
        """
        width, height = self.size
        if self._lines is None or len(self._lines) != height:
            self._lines = (self.paint(width, height) + [Strip.blank(width)] * height)[:height]
        lines = self._lines[crop.y : crop.bottom]
        whole = crop.x == 0 and crop.width == width
        return lines if whole else [line.crop(crop.x, crop.right) for line in lines]
