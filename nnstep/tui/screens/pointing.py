"""Moving, pointing at cells and looking closer: what every screen does that shows a session on sheets."""

from abc import abstractmethod

from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.session import Session, View
from nnstep.tui import cursor
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.layout import Room
from nnstep.tui.screens import contents
from nnstep.tui.screens.ways import FarWays
from nnstep.tui.widgets.sheet import SheetView

DECIMALS = (2, 3, 4, 6)


class Pointing(FarWays):
    """A screen with a cell cursor.

    zoom: the id of the one value that is shown large; heat: as a heat map. decimals: of the numbers on the sheet.
    """

    BLANK = True  # its widgets cover all of it

    zoom = ""
    heat = False
    decimals = DECIMALS[0]
    _is_behind = False

    def _compositor_refresh(self) -> None:
        # Textual (8.2) lays out, paints, and tells of the size only then: the first frame would be an empty one.
        if self.shown is None and any(sheet.size for sheet in self.query(SheetView)):
            self.refresh_view()
        super()._compositor_refresh()
        self.call_later(self._look_ahead)

    def _look_ahead(self) -> None:
        """Run what is likely asked for next while the frame is being looked at."""
        if self.shown is not None and not self.app.keys_wait():  # type: ignore[attr-defined]
            for session in self.sessions():
                session.look_ahead()

    def sessions(self) -> tuple[Session, ...]:
        """Return the sessions that are shown."""
        return (self.session,)

    @abstractmethod
    def sheet(self) -> SheetView:
        """Return the sheet that the cursor moves on."""

    def room_for(self, view: View) -> Room:
        """Return what a sheet has to know of the data; the widget adds its size."""
        return Room(
            0,
            0,
            contents.whole_values(view),
            contents.image_of(view),
            heat.rows_per_line(self.palette),
            contents.bars_of(view),
            self.decimals,
        )

    # ---- moving

    def action_move(self, name: str) -> None:
        """Let the session move, and stop running: a person took over."""
        self.stop()
        try:
            getattr(self.session, name)()
        except NnstepError as error:
            self.complain(error)
            return
        # Of many keys at once only the place they lead to is shown.
        if not self.app.keys_wait():  # type: ignore[attr-defined]
            self.follow()
        elif not self._is_behind:
            self._is_behind = True
            self.call_later(self._catch_up)

    def _catch_up(self) -> None:
        self._is_behind = False
        self.follow()

    # ---- the cell cursor

    def choose(self, cell: Cell | None, *, follow: bool = False) -> None:
        """Tell the story of a cell; None lets the cursor go."""
        self.stop()
        self.session.place_cursor(cell)
        self.refresh_view(follow=follow)

    def _step_cursor(self, rows: int, columns: int) -> None:
        layout = self.sheet().layout_now()
        if layout is not None:
            self.choose(cursor.moved(self.session.view(), layout, rows, columns), follow=True)

    def action_cursor_left(self) -> None:
        """Move the cell cursor left."""
        self._step_cursor(0, -1)

    def action_cursor_right(self) -> None:
        """Move the cell cursor right."""
        self._step_cursor(0, 1)

    def action_cursor_up(self) -> None:
        """Move the cell cursor up."""
        self._step_cursor(-1, 0)

    def action_cursor_down(self) -> None:
        """Move the cell cursor down."""
        self._step_cursor(1, 0)

    def action_next_matrix(self) -> None:
        """Move the cell cursor to the next matrix."""
        self._jump_cursor(1)

    def action_previous_matrix(self) -> None:
        """Move the cell cursor to the matrix before."""
        self._jump_cursor(-1)

    def _jump_cursor(self, by: int) -> None:
        layout = self.sheet().layout_now()
        if layout is not None:
            self.choose(cursor.jumped(self.session.view(), layout, by), follow=True)
        if self.zoom and self.session.cursor:
            self.zoom = self.session.cursor.name
            self.refresh_view()

    def action_next_sample(self) -> None:
        """Choose the next sample."""
        self._choose_sample(1)

    def action_previous_sample(self) -> None:
        """Choose the sample before."""
        self._choose_sample(-1)

    def _choose_sample(self, by: int) -> None:
        self.stop()
        self.session.choose_sample(self.session.view().sample + by)
        self.refresh_view(follow=False)

    # ---- looking

    def action_zoom(self) -> None:
        """Show one matrix large: numbers, then heat, then the sheet again."""
        story = self.session.view().story
        if not self.zoom and story:
            self.zoom, self.heat = story.name, False
        elif self.zoom and not self.heat:
            self.heat = True
        else:
            self.zoom, self.heat = "", False
        self.refresh_view()

    def action_names(self) -> None:
        """Tell it in the next name set."""
        self.rename(contents.next_names(self.session.compiled.names.name))
        if self.zoom not in self.session.program.values:
            # A product by itself is a value in some name sets only.
            self.zoom, self.heat = "", False
        self.stay()

    def rename(self, names: str) -> None:
        """Tell it in a name set."""
        self.session.rename(names)

    def action_decimals(self) -> None:
        """Show more decimals, or two again."""
        self.decimals = DECIMALS[(DECIMALS.index(self.decimals) + 1) % len(DECIMALS)]
        self.refresh_view()
