"""Looking in other ways: pictures in the place of the sheet, kept up to date beside the keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message
from textual.widget import Widget

from nnstep.scenario.compile import Compiled
from nnstep.session import View
from nnstep.tui.messages import Turned
from nnstep.tui.renderables.footer import Hint
from nnstep.tui.screens.pointing import Pointing
from nnstep.tui.widgets.picture import PictureContent, PictureView
from nnstep.tui.widgets.sheet import SheetView

if TYPE_CHECKING:
    from nnstep.explain.pictures.seen import Seen
    from nnstep.tui.renderables.pictures.picture import Picture

SHEET = "sheet"


class Worked(Message):
    """Something was found out for a picture of a scenario. found: all of it so far."""

    def __init__(self, picture: str, compiled: Compiled, found: Any) -> None:
        super().__init__()
        self.picture, self.compiled, self.found = picture, compiled, found


class Looking(Pointing):
    """A stepper that shows a picture in the place of the sheet. All that moves goes on working.

    What takes long is worked out in a thread, one thing at a time and always for the latest place: keys are heard, and
    no place that was passed meanwhile is worked out.

    picture: the name of the one that is shown, or "" for the sheet. scrolled: how many lines it is scrolled by.
    """

    picture = ""
    scrolled = 0
    _is_working = False
    _found: dict[str, Any]
    _found_for: Compiled | None = None

    # ---- keys

    def action_view(self) -> None:
        """Show the next picture; after the last one, the sheet."""
        names = self.pictures()
        self.look_at(names[(names.index(self.picture or SHEET) + 1) % len(names)])

    async def action_views(self) -> None:
        """Choose a picture by its name."""
        from nnstep.tui.screens.views import Views

        self.stop()
        names, chosen = self.pictures(), self.picture or SHEET
        # Awaited: keys that were typed ahead wait until the dialog is there, and reach it.
        await self.app.push_screen(
            Views(names, chosen, self.palette), lambda name: self.look_at(name) if name else None
        )

    def pictures(self) -> tuple[str, ...]:
        """Return the sheet and the pictures that suit this scenario, by their names."""
        from nnstep.explain.pictures.table import pictures_for

        return (SHEET, *pictures_for(self.session.compiled))

    def look_at(self, name: str) -> None:
        """Show a picture, or the sheet."""
        self.picture, self.scrolled = "" if name == SHEET else name, 0
        self.query_one(PictureView).display = bool(self.picture)
        self.query_one(SheetView).display = not self.picture
        self.refresh_view()

    @property
    def looking_hints(self) -> tuple[Hint, ...]:
        """Return the key that goes on to the next picture, and which of them this one is; nothing at the sheet."""
        names = self.pictures() if self.picture else ()
        return (Hint("v", f"{self.picture}, {names.index(self.picture) + 1} of {len(names)}"),) if names else ()

    def look_closer(self) -> None:
        """Show the sheet, where a key is about it."""
        if self.picture:
            self.look_at(SHEET)

    def scroll_place(self, lines: int) -> None:
        """Scroll the picture, or the sheet."""
        if not self.picture:
            self.query_one(SheetView).scroll(lines)
            return
        self.scrolled = max(0, self.scrolled + lines)
        self.refresh_picture()

    def on_turned(self, message: Turned) -> None:
        """Scroll with the wheel."""
        self.scroll_place(message.lines)

    # ---- showing

    def refresh_picture(self) -> None:
        """Show the picture of the place that was shown last; begin to work out what it still lacks."""
        view, picture = self.shown, self._picture()
        if view is None or picture is None:
            return
        if self._found_for is not view.compiled:
            self._found, self._found_for = {}, view.compiled
        seen = self._seen(view)
        if view.keeps(view.program.prediction) and picture.work(seen, None) is not None:
            from nnstep.tui.renderables.pictures.kept import KEPT

            # It asks the network, and the answer is what is to be predicted.
            self.query_one(PictureView).show(PictureContent(KEPT, view.program.values[view.program.prediction].name))
            return
        facts = picture.facts(seen, self._found.get(picture.name))
        self.query_one(PictureView).show(PictureContent(picture, facts, self.scrolled, self.is_large))
        self._find_out(picture, seen)

    @property
    def is_large(self) -> bool:
        """Are pictures painted for a room?"""
        return False

    def _picture(self) -> "Picture | None":
        """Return the picture that is to be shown; none where it does not suit."""
        if not self.picture:
            return None
        from nnstep.tui.renderables.pictures.registry import PICTURES

        return PICTURES[self.picture]

    def _seen(self, view: View) -> "Seen":
        from nnstep.explain.pictures.seen import Seen

        place: Widget = self.query_one(PictureView)
        if not place.size.height:
            # It is shown for the first time, where the sheet stood until now.
            place = self.query_one(SheetView)
        return Seen(view, place.size.width, place.size.height, self.session.history.at_hand, self.is_large)

    # ---- what takes long

    def _find_out(self, picture: "Picture", seen: "Seen") -> None:
        if self._is_working:
            return  # when that is done, the latest place is looked at
        task = picture.work(seen, self._found.get(picture.name))
        if task is not None:
            self._is_working = True
            # After the frame, which would be late if a thread worked beside its painting.
            self.call_after_refresh(self._work_on, picture.name, seen.view.compiled, task)

    @work(thread=True, group="pictures")
    def _work_on(self, picture: str, compiled: Compiled, task: Callable[[], Any]) -> None:
        """Work something out; runs in a thread, and shares nothing with the screen but arrays that stay."""
        self.post_message(Worked(picture, compiled, task()))

    def on_worked(self, message: Worked) -> None:
        """Show what was found out, and look whether the place has changed since."""
        self._is_working = False
        if message.compiled is self._found_for:
            self._found[message.picture] = message.found
        if self.is_attached:
            self.refresh_picture()
