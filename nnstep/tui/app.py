"""The app: puts the right screen up, and knows the terminal's colours. Everything else is in the screens."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from nnstep.session import Session
from nnstep.state import Store
from nnstep.tui.actions import offered
from nnstep.tui.encoder import ShadowScreen
from nnstep.tui.screens.dialog import nothing_to_await
from nnstep.tui.screens.palette import OncePalette
from nnstep.tui.screens.small import TooSmall
from nnstep.tui.screens.stepper import Stepper
from nnstep.tui.terminal import ColourMode
from nnstep.tui.theme import palette


class NnstepApp(ShadowScreen[int]):
    """Opens a session, or the gallery where there is none.

    The screens stand on one another: Textual's own empty one, the stepper or the gallery, the gallery over a stepper,
    then dialogs. A dialog that is dismissed twice (two keys in one moment) must not take away what is below it.
    """

    CSS_PATH = "nnstep.tcss"
    TITLE = "nnstep"
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        session: Session | None = None,
        *,
        mode: ColourMode = "truecolor",
        notes: Callable[[str], None] | None = None,
        is_first_time: Callable[[], bool] = lambda: False,
        store: Store | None = None,
        asks: bool = True,
        fresh: bool = False,
    ) -> None:
        """Make the app.

        notes: where the teacher's notes are written, and not shown; None shows them. is_first_time: asked when a
        scenario is opened; the tour is for who is here for the first time. store: where places are kept; None keeps
        none. asks: is it offered to continue where one was the last time? fresh: without the breakpoints of the last
        time? (Both for what is opened first; what is opened later is as it always is.)
        """
        super().__init__()
        self.session = session
        self.notes = notes
        self.is_first_time = is_first_time
        self.store, self.asks, self.fresh = store, asks, fresh
        self.palette_in_use = palette(mode)

    def on_mount(self) -> None:
        """Put the first screen up (Textual calls this beside the `on_mount` of what it inherits from)."""
        self.add_class(f"mode-{self.palette_in_use.mode}")
        self.push_screen(self.first_screen())
        self._measure(self.size)

    def first_screen(self) -> Screen[None]:
        """Return what is seen first."""
        return Stepper(self.session, self.palette_in_use) if self.session else self._gallery()

    def on_resize(self, event: Resize) -> None:
        """Paint afresh: a terminal that was resized and is as large as before again may show anything."""
        self.redraw()
        if len(self.screen_stack) > 1:
            self._measure(event.size)

    def _measure(self, size: Size) -> None:
        """Say so where the terminal is too small to be of use."""
        if TooSmall.is_needed(size) and not any(isinstance(screen, TooSmall) for screen in self.screen_stack):
            self.push_screen(TooSmall(self.palette_in_use))

    def pop_screen(self) -> AwaitComplete:
        """Take the screen on top away, but never the last one that shows something."""
        if len(self.screen_stack) <= 2:
            return nothing_to_await()
        return super().pop_screen()

    async def _dispatch_action(self, namespace: DOMNode, action_name: str, params: Any) -> bool:
        """Do what a key or the palette asks for; an offer to go on where one was ends with whatever else is begun.

        Textual (8.2) has no other place through which every action passes, once it is known that it is one.
        """
        if isinstance(namespace, Stepper):
            namespace.begins(action_name)
        return await super()._dispatch_action(namespace, action_name, params)

    def _handle_exception(self, error: Exception) -> None:
        """Ends with a traceback, as Textual does, but for what a screen misses of itself while all is taken down."""
        if not (self._exit and isinstance(error, NoMatches)):
            super()._handle_exception(error)

    # ---- the gallery

    def _gallery(self) -> Screen[None]:
        from nnstep.tui.screens.gallery import Gallery

        path = self.session.compiled.scenario.path if self.session else None
        return Gallery(self.palette_in_use, path.stem if path else "")

    def open_session(self, session: Session) -> None:
        """Step through a session, in the place of the one that was open."""
        self.pop_screen()  # the gallery, where it stands over a stepper
        self.session = session
        self.switch_screen(Stepper(session, self.palette_in_use))

    def action_gallery(self) -> None:
        """Choose another scenario."""
        self.push_screen(self._gallery())

    def leave_gallery(self) -> None:
        """Go back to what was open before, or leave."""
        if self.session is None:
            self.exit(0)
        else:
            self.pop_screen()

    # ---- the command palette

    def action_command_palette(self) -> None:
        """Offer every action by name, over the screens that have any."""
        if not self.screen.is_modal and not isinstance(self.screen, TooSmall):
            self.push_screen(OncePalette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every action in the command palette."""
        if isinstance(screen, Stepper):
            for action in offered(screen.session.program):
                run = partial(screen.run_action, action.call)
                yield SystemCommand(f"{action.label} ({action.shown})", action.help, run)
        else:
            yield SystemCommand("quit (q)", "Leave.", self.action_quit)
