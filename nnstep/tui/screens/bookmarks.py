"""The bookmarks: places of this training, with a few words; to go there, to change the words, to let them go."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding

from nnstep.branches import Programs
from nnstep.explain.breaks import mark_text
from nnstep.state import Mark, words
from nnstep.tui.screens.ask import Ask
from nnstep.tui.screens.listing import ListDialog, Row
from nnstep.tui.theme import Palette


class Bookmarks(ListDialog[Mark]):
    """Gives the bookmark that one wants to go to. changed: told of the bookmarks whenever they are others."""

    BINDINGS: ClassVar = [Binding("e", "edit", "edit", show=False)]
    keys = "↑ ↓ choose   Enter go   e words   x remove   Esc back"
    heading = "bookmarks"

    def __init__(
        self, marks: tuple[Mark, ...], programs: Programs, changed: Callable[[tuple[Mark, ...]], None], palette: Palette
    ) -> None:
        super().__init__(palette)
        self.marks, self.programs, self.changed = marks, programs, changed

    def rows(self) -> tuple[Row, ...]:
        """Return a row for each."""
        none = (Row("There are no bookmarks yet: * sets one where you are.", is_heading=True),)
        return tuple(Row(f"★ {mark_text(mark, self.programs)}", mark.text) for mark in self.marks) or none

    def action_take(self) -> None:
        """Go to the chosen one."""
        if self.marks:
            self.dismiss(self.marks[self.chosen])

    def action_remove(self) -> None:
        """Remove the chosen one."""
        if self.marks:
            self._change((*self.marks[: self.chosen], *self.marks[self.chosen + 1 :]))

    def action_edit(self) -> None:
        """Write other words to the chosen one."""
        if not self.marks:
            return
        old = self.marks[self.chosen]

        def written(answer: str | None) -> None:
            if answer:
                new = replace(old, text=words(answer))
                self._change(tuple(new if one is old else one for one in self.marks))

        self.app.push_screen(Ask("Bookmark", "a few words to find it by", old.text, self.palette, "keep"), written)

    def _change(self, marks: tuple[Mark, ...]) -> None:
        self.marks = marks
        self.changed(marks)
        self.update_rows()
