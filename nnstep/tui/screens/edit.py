"""What if: the dialogs. One line for a number or a setting, a list of the settings, a name for the file."""

from collections.abc import Callable
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from nnstep.errors import NnstepError
from nnstep.explain.what_if import setting_name
from nnstep.scenario.edit import Choice
from nnstep.tui.renderables.text import fit
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.screens.listing import ListDialog, Row
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.line import TypedLine

KEEP = "="  # is typed by those who know it from --plain
_WIDEST: Final = 36  # cells of a setting's name, or of its value, in the list
_NUMBERS: Final = "a number: put the cursor on a weight, bias, input or target, then e"


class EditLine(Dialog[str]):
    """Asks for one line until it is one that can be; gives what was done with it, or nothing.

    hints: lines under the title. do: does what was typed; what it raises is shown here, and asked again.
    """

    keys = "Enter changes it   Esc keeps it"
    BINDINGS: ClassVar = [Binding("escape", "cancel", "cancel", show=False)]
    DEFAULT_CSS = "EditLine .dialog { width: 76; max-width: 100%; }"

    def __init__(
        self, title: str, hints: tuple[str, ...], value: str, do: Callable[[str], None], palette: Palette
    ) -> None:
        super().__init__()
        self._title, self._hints, self._value, self._do = title, hints, value, do
        self.palette = palette

    def compose(self) -> ComposeResult:
        """Lay out title, hints, input, what is wrong, and what the keys do."""
        style = self.palette
        with Vertical(id="edit", classes="dialog"):
            yield Static(Text(self._title, style.heading_active), markup=False)
            for hint in self._hints:
                yield Static(Text(hint, style.dim), markup=False)
            yield TypedLine(self._value)
            yield Static("", id="wrong", markup=False)
            yield Static(Text(self.keys, style.dim), markup=False)

    def on_mount(self) -> None:
        """Take the keys from the very first on."""
        self.set_focus(self.query_one(TypedLine))

    def on_input_submitted(self, event: TypedLine.Submitted) -> None:
        """Do it, or say why not."""
        typed = event.value.strip()
        if typed in ("", KEEP, self._value) and not isinstance(self, SaveLine):
            self.dismiss("")
            return
        try:
            self._do(typed)
        except NnstepError as error:
            self.complain(error)
        else:
            self.dismiss(typed)

    def complain(self, error: NnstepError) -> None:
        """Show what is wrong; where it is wrong is plain."""
        words = Text(error.what, self.palette.warning)
        if error.hint:
            words.append(f"\n{error.hint}", self.palette.dim)
        self.query_one("#wrong", Static).update(words)

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss("")


class Refused(Dialog[None]):
    """Says why a number can not be changed, and takes the keys that were meant as the number, until Enter or Esc."""

    BINDINGS: ClassVar = [Binding("enter,escape", "close", "close", show=False)]
    DEFAULT_CSS = "Refused .dialog { width: 76; max-width: 100%; }"

    def __init__(self, error: NnstepError, palette: Palette) -> None:
        super().__init__()
        self.error, self.palette = error, palette

    def compose(self) -> ComposeResult:
        """Lay out what is wrong, what to try, and what the keys do."""
        with Vertical(id="edit", classes="dialog"):
            yield Static(Text(self.error.what, self.palette.warning), markup=False)
            yield Static(Text(self.error.hint, self.palette.text), markup=False)
            yield Static(Text("\nEnter or Esc goes back", self.palette.dim), markup=False)

    def action_close(self) -> None:
        """Go."""
        self.dismiss(None)


class SaveLine(EditLine):
    """Asks for the name of a file; one that is there is overwritten only where its name is given twice."""

    keys = "Enter saves it   Esc goes back"

    def __init__(self, value: str, do: Callable[[str, bool], None], palette: Palette) -> None:
        hints = ("as a scenario file: the text that was there, with what was changed", "")
        super().__init__("Save what was tried", hints[:1], value, self._save, palette)
        self._write, self._warned = do, ""

    def _save(self, name: str) -> None:
        if not name:
            raise NnstepError("a name is missing", hint="such as what-if.yaml")
        try:
            self._write(name, self._warned == name)
        except FileExistsError:
            self._warned = name
            raise NnstepError(f"{name} is there already", hint="Enter again overwrites it") from None


class Settings(ListDialog[str]):
    """The settings that can be others in the middle of a training; gives the key of one."""

    keys = "↑ ↓ choose   Enter change   Esc back"
    heading = "what if"

    def __init__(self, choices: tuple[Choice, ...], told: tuple[str, ...], iteration: int, palette: Palette) -> None:
        super().__init__(palette)
        self.choices, self.told, self.iteration = choices, told, iteration

    def rows(self) -> tuple[Row, ...]:
        """Return a row for each setting, then what was changed so far."""
        names = [setting_name(choice.key) for choice in self.choices]
        values = [choice.name or choice.text for choice in self.choices]
        name_wide, value_wide = (min(max(map(cell_len, texts)), _WIDEST) for texts in (names, values))
        rows = [Row(f"from iteration {self.iteration} on", is_heading=True)]
        rows += [
            Row(f"{fit(name, name_wide)}   {fit(value, value_wide)}", choice.key if choice.key != name else "")
            for name, value, choice in zip(names, values, self.choices, strict=True)
        ]
        if self.told:
            rows += [Row("", is_heading=True), Row("changed so far (u takes back the last)", is_heading=True)]
            rows += [Row(f"  {line}", is_heading=True) for line in self.told]
        rows += [Row("", is_heading=True), Row(_NUMBERS, is_heading=True)]
        return tuple(rows)

    def action_take(self) -> None:
        """Give the key of the chosen one."""
        self.dismiss(self.choices[self.chosen - 1].key)

    def action_remove(self) -> None:
        """Nothing is removed here."""
