"""Choosing how to look: the sheet and every picture that suits the scenario, by name."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.strip import Strip

from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.renderables.text import blank, strip
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted

_SHEET = "Every matrix of an iteration, with its numbers."
_SENTENCE_FROM = 24  # cells


class Choices(Painted):
    """The names, with what is seen in each; the chosen one lit."""

    def __init__(self, count: int, palette: Palette) -> None:
        super().__init__("views")
        self.palette = palette
        self.styles.height = count + 2

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return a line for each, and what the keys do."""
        names, chosen = self._shown or ((), 0)
        palette, panel = self.palette, self.palette.panel
        lines = []
        for number, name in enumerate(names):
            picture = PICTURES.get(name)
            look = palette.phase_active if number == chosen else panel + palette.text
            mark = "▶" if number == chosen else " "
            said = picture.sentence if picture else _SHEET
            pieces = [(f"{mark}{number + 1} {name}".ljust(_SENTENCE_FROM), look), (said, panel + palette.dim)]
            lines.append(strip(pieces, width, panel))
        keys = "↑ ↓ or a digit   Enter look   Esc back"
        return [*lines, blank(width, panel), strip([(keys, panel + palette.dim)], width, panel)]


class Views(Dialog[str]):
    """Gives the name of what was chosen, or nothing."""

    BINDINGS: ClassVar = [
        Binding("up,k,left", "choose(-1)", "up", show=False),
        Binding("down,j,right,v", "choose(1)", "down", show=False),
        Binding("home", "choose(-100)", "first", show=False),
        Binding("end", "choose(100)", "last", show=False),
        Binding("enter,space", "look", "look", show=False),
        Binding("escape,V,q", "cancel", "cancel", show=False),
        *(Binding(str(digit), f"look({digit})", "look", show=False) for digit in range(1, 10)),
    ]

    def __init__(self, names: tuple[str, ...], chosen: str, palette: Palette) -> None:
        super().__init__()
        self.names, self.palette = names, palette
        self.chosen = names.index(chosen)

    def compose(self) -> ComposeResult:
        """Lay out the list in its frame."""
        with Vertical(id="look-at", classes="dialog") as frame:
            frame.border_title = "look at"
            yield Choices(len(self.names), self.palette)

    def on_mount(self) -> None:
        """Show the list."""
        self._show()

    def _show(self) -> None:
        self.query_one(Choices).show((self.names, self.chosen))

    def action_choose(self, by: int) -> None:
        """Choose another."""
        self.chosen = max(0, min(self.chosen + by, len(self.names) - 1))
        self._show()

    def action_look(self, number: int = 0) -> None:
        """Give the chosen one, or the one with a number."""
        if number <= len(self.names):
            self.dismiss(self.names[number - 1 if number else self.chosen])

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss("")
