"""A small dialog that asks for one line."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.line import TypedLine


class Ask(Dialog[str]):
    """Asks for one line; gives what was typed, or nothing where the person thought better of it.

    enter: what Enter does, in a word.
    """

    BINDINGS: ClassVar = [Binding("escape", "cancel", "cancel", show=False)]

    def __init__(self, title: str, hint: str, value: str, palette: Palette, enter: str = "go") -> None:
        super().__init__()
        self._title, self._hint, self._value, self._enter = title, hint, value, enter
        self.palette = palette

    def compose(self) -> ComposeResult:
        """Lay out title, hint, input and what the keys do."""
        style = self.palette
        with Vertical(classes="dialog"):
            yield Static(Text(self._title, style.heading_active), markup=False)
            yield Static(Text(self._hint, style.dim), markup=False)
            yield TypedLine(self._value)
            yield Static(Text(f"Enter {self._enter}   Esc cancel", style.dim), markup=False)

    def on_mount(self) -> None:
        """Take the keys from the very first on."""
        self.set_focus(self.query_one(TypedLine))

    def on_input_submitted(self, event: TypedLine.Submitted) -> None:
        """Give the answer."""
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss("")
