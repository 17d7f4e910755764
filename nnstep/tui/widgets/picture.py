"""A picture in the place of the sheet."""

from typing import TYPE_CHECKING, Any

from textual import events
from textual.strip import Strip

from nnstep.records import dataclass
from nnstep.tui.messages import Turned
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from nnstep.tui.renderables.pictures.picture import Picture

WHEEL = 3  # lines a turn of the wheel scrolls


@dataclass(frozen=True)
class PictureContent:
    """What is painted: the picture, its facts, and how far it is scrolled; the same facts are not painted again.

    is_large: is it for a room?
    """

    picture: "Picture"
    facts: Any
    top: int = 0
    is_large: bool = False


class PictureView(Painted):
    """Paints the chosen picture; not there while the sheet is shown."""

    DEFAULT_CSS = "PictureView { height: 1fr; width: 1fr; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("picture")
        self.palette = palette
        self.display = False

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the lines of the picture."""
        content: PictureContent | None = self._shown
        if content is None:
            return []
        from nnstep.tui.renderables.pictures.picture import Page

        return content.picture.paint(content.facts, Page(width, height, self.palette, content.top, content.is_large))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        self.post_message(Turned(WHEEL))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        self.post_message(Turned(-WHEEL))
