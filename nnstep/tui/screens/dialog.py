"""What all dialogs have in common: they are over once, however many keys arrive in one moment."""

from typing import cast

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


def nothing_to_await() -> AwaitComplete:
    """Return what Textual awaits where nothing has to be done."""
    return cast(AwaitComplete, AwaitComplete.nothing())  # type: ignore[no-untyped-call]


class Dialog(ModalScreen[ScreenResultType]):
    """A screen over the stepper that gives one result."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Give the result, the first time; a second Enter must not take away the screen below."""
        return super().dismiss(result) if self.app.screen is self else nothing_to_await()
