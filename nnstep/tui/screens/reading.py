"""Reading on: all that is said of a step, where its words have no room below the sheet.

At 80×24 three lines stand below the sheet: what is done, the numbers, and the beginning of what the teacher says; the
footer says then that there is more. `i` lets the words take as many lines as they need, from step to step, until it is
pressed again, or Esc; the footer says so all the while. The sheet has the rest.
"""

from abc import abstractmethod
from typing import Final

from nnstep.tui.renderables.footer import Hint
from nnstep.tui.screens.looking import Looking
from nnstep.tui.widgets.bars import FormulaBar

KEY: Final = "i"
_LEFT: Final = 6  # lines of the terminal that words never take: title, footer, and something of the sheet


class Reading(Looking):
    """A stepper whose words can be read whole. is_reading: are they?"""

    is_reading = False
    _few = 1  # lines of the words where they are not read whole

    def action_read_on(self) -> None:
        """Show all that is said, or only what has room."""
        self.is_reading = not self.is_reading
        self.fit()
        self.query_one(FormulaBar).repaint()
        self.call_after_refresh(self.refresh_view)

    def end_reading(self) -> bool:
        """Show only what has room; was all that is said shown?"""
        was_on = self.is_reading
        if was_on:
            self.action_read_on()
        return was_on

    @property
    def reading_hints(self) -> tuple[Hint, ...]:
        """Return the key that shows all that is said, where something is left out, or that ends it."""
        if self.is_reading:
            return (Hint(KEY, "read less"),)
        return (Hint(KEY, "read on"),) if self.query_one(FormulaBar).is_cut() else ()

    @abstractmethod
    def fit(self) -> None:
        """Choose the form that fits the terminal."""

    def fit_words(self, *, is_new: bool = False) -> None:
        """Give the words the lines they need, where all of them are to be read. is_new: were they just changed?"""
        bar = self.query_one(FormulaBar)
        bar.more = KEY
        bar.top = 0 if self.is_reading else None
        given = bar.styles.height
        if not is_new and given is not None:
            self._few = int(given.value)
        if not self.is_reading:
            return
        lines = min(max(bar.needed(), self._few), max(self.app.size.height - _LEFT, 1))
        if given is None or given.value != lines:
            bar.styles.height = lines
            if is_new:
                self.call_after_refresh(self.refresh_view)

    def scroll_place(self, lines: int) -> None:
        """Scroll the words where they are longer than their room; else the picture or the sheet."""
        bar = self.query_one(FormulaBar)
        if bar.top is not None and bar.needed() > bar.size.height:
            bar.top = max(bar.top + lines, 0)
            bar.repaint()
        else:
            super().scroll_place(lines)
