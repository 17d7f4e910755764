"""The one line that dialogs are typed into."""

from textual import events
from textual.widgets import Input


class TypedLine(Input):
    """Does what was typed in the order in which it was typed, however fast that was."""

    def __init__(self, value: str, *, select_on_focus: bool = True) -> None:
        super().__init__(value, select_on_focus=select_on_focus, compact=True)
        self.cursor_blink = False  # nothing is sent to the terminal while nobody does anything

    async def _on_key(self, event: events.Key) -> None:
        # Textual (8.2) lets keys such as Backspace go round by the app, and letters that follow overtake them.
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
        await super()._on_key(event)
