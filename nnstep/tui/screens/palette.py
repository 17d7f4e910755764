"""The command palette: Textual's own, made safe against many keys and clicks in one moment."""

from typing import Any

from textual import events
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette

from nnstep.tui.screens.dialog import nothing_to_await


class OncePalette(CommandPalette):
    """Textual's palette, which closes once, however often it is told to."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close, if it is still open."""
        return super().dismiss(result) if self.app.screen is self else nothing_to_await()


async def _on_click(self: CommandList, event: events.Click) -> None:
    # Textual 8.2 looks the option up that was clicked, and meanwhile the list may have been filled anew.
    option = event.style.meta.get("option")
    if option is None or option < self.option_count:
        await super(CommandList, self)._on_click(event)


def _move_page(self: CommandList, direction: Any) -> None:
    # Textual 8.2 asks where each option stands, which is not known before the list was drawn.
    if self._index_to_line:
        super(CommandList, self)._move_page(direction)


CommandList._on_click = _on_click  # type: ignore[assignment,method-assign]
CommandList._move_page = _move_page  # type: ignore[assignment,method-assign]
