"""Choosing how to look: the sheet and every picture that suits the scenario, by name."""

from typing import ClassVar

from textual.binding import Binding

from nnstep.explain.pictures.table import SUBJECTS
from nnstep.tui.screens.listing import ListDialog, Row
from nnstep.tui.theme import Palette

_SHEET = "Every matrix of an iteration, with its numbers."


class Views(ListDialog[str]):
    """Gives the name of what was chosen."""

    BINDINGS: ClassVar = [
        Binding("left", "choose(-1)", "up", show=False),
        Binding("right,v", "choose(1)", "down", show=False),
        Binding("V", "close", "close", show=False),
        *(Binding(str(digit), f"take({digit})", "take", show=False) for digit in range(1, 10)),
    ]
    keys = "↑ ↓ or a digit   Enter look   Esc back"
    heading = "look at"
    width = 112

    def __init__(self, names: tuple[str, ...], chosen: str, palette: Palette) -> None:
        super().__init__(palette)
        self.names, self.chosen = names, names.index(chosen)
        self._widest = max(map(len, names))

    def rows(self) -> tuple[Row, ...]:
        """Return a row for each, with what is seen in it."""
        said = [SUBJECTS[name].sentence if name in SUBJECTS else _SHEET for name in self.names]
        return tuple(
            Row(f"{number} {name:<{self._widest}}", sentence)
            for number, (name, sentence) in enumerate(zip(self.names, said, strict=True), 1)
        )

    def action_take(self, number: int = 0) -> None:
        """Give the chosen one, or the one with a number."""
        if number <= len(self.names):
            self.dismiss(self.names[number - 1 if number else self.chosen])
