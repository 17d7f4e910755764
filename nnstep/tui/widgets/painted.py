"""A widget that is painted by a pure function, and painted anew only when what it shows has changed."""

from abc import abstractmethod
from typing import Any

from textual import events
from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Still(Widget):
    """A widget that does not scroll: one layout settles how large it is.

    Textual (8.2) lays the screen out once more where a widget got another size, a sixtieth of a second later: bars to
    scroll with might have come. Here none do, and a key that changes sizes would have two frames.
    """

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class Row(Horizontal, Still):
    """Widgets side by side, which cover all of it."""

    BLANK = True


class Column(Vertical, Still):
    """Widgets below each other, which cover all of it."""

    BLANK = True


class Painted(Still):
    """Keeps its lines until it is given something else to show, or another size."""

    DEFAULT_CSS = "Painted { height: 1; }"
    can_focus = False

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity)
        self._shown: Any = None
        self._lines: list[Strip] | None = None
        self._lines_size = Size(0, 0)

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
        """Paint for the new size, unless the frame that brought it has done so."""
        if self._lines is None or self._lines_size != self.size:
            self.repaint()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region as they were painted.

        Textual would lay its own borders, filters and styles over each line, which costs more than painting does.
        """
        width, height = self.size
        if self._lines is None or self._lines_size != self.size:
            self._lines = (self.paint(width, height) + [Strip.blank(width)] * height)[:height]
            self._lines_size = self.size
        lines = self._lines[crop.y : crop.bottom]
        whole = crop.x == 0 and crop.width == width
        return lines if whole else [line.crop(crop.x, crop.right) for line in lines]
