"""The lines of the tour: how far it is, what there is to see, and what to press."""

from textwrap import wrap

from textual.strip import Strip

from nnstep.records import dataclass
from nnstep.tui.renderables.text import spread, strip
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted


@dataclass(frozen=True)
class TourContent:
    """One thing to do: its number of so many, what there is to see, the key to press and what it does."""

    number: int
    count: int
    text: str
    key: str
    label: str


class TourBar(Painted):
    """Stands over the formula bar while there is a tour."""

    DEFAULT_CSS = "TourBar { height: 4; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("tour")
        self.palette = palette
        self.display = False

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return a title, the text in up to two lines, and the key."""
        content: TourContent | None = self._shown
        if content is None:
            return []
        palette, bar = self.palette, self.palette.bar
        lead = [(f" TOUR {content.number} of {content.count}   ", bar + palette.heading_active)]
        key = [(content.key, bar + palette.key), (f" {content.label}", bar + palette.text)]
        lines = [spread([*lead, *key], [("Esc ends it ", bar + palette.dim)], width, bar)]
        lines += [
            strip([(f" {line}", bar + palette.text)], width, bar) for line in wrap(content.text, max(width - 2, 1))
        ]
        return [*lines[:3], *[strip([], width, bar)] * (3 - len(lines)), strip([], width, palette.panel)]
