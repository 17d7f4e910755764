"""The sheet: one canvas with every matrix, scrolled so that the active band is seen."""

from functools import partial

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from nnstep.engine.cell import Cell
from nnstep.engine.program import Program
from nnstep.records import dataclass
from nnstep.session import View
from nnstep.tui.messages import CellChosen
from nnstep.tui.renderables import sheet
from nnstep.tui.renderables.camera import first_seen, seen_with, span_of, tops, turned
from nnstep.tui.renderables.kept import Kept
from nnstep.tui.renderables.layout import Box, Layout, Room, arrange, zoomed
from nnstep.tui.renderables.lecture import alone, value_alone
from nnstep.tui.renderables.window import window
from nnstep.tui.widgets.painted import Painted

WHEEL = 3  # lines a turn of the wheel scrolls


@dataclass(frozen=True)
class SheetContent:
    """What the sheet shows.

    zoom: the id of the one value that is shown large; heat: as a heat map. alone: the id of the one step whose equation
    is shown, or of a value; empty for what an iteration is given; None for the whole sheet.
    """

    view: View
    look: sheet.Look
    room: Room
    zoom: str = ""
    heat: bool = False
    alone: str | None = None


class SheetView(Painted):
    """Draws the visible lines of the sheet; tells which cell was pointed at."""

    DEFAULT_CSS = "SheetView { height: 1fr; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__("sheet")
        self.top = 0
        self.laid_out_for = 0  # lines, where something else stands in some of them for a while; 0 for those there are
        self._follows = False  # does what is active say what is seen, rather than who has scrolled or clicked?
        self._place = Size(0, 0)
        self._kept = Kept()
        # Each with its program, which so lives as long as its identity is a key.
        self._layouts: dict[tuple[int, Room, str, bool, str | None], tuple[Program, Layout]] = {}
        self._tops: tuple[Layout | None, dict[int, dict[str, int]]] = (None, {})  # of a layout, by the height

    @property
    def content(self) -> SheetContent | None:
        """What is shown."""
        content: SheetContent | None = self._shown
        return content

    @property
    def place(self) -> Size:
        """How large the sheet is; while a picture stands in its place, how large it was."""
        if self.size:
            self._place = self.size
        return self._place

    def show_sheet(self, content: SheetContent, *, follow: bool) -> None:
        """Show a view; follow: scroll to what is active, once it is known how many lines there are."""
        is_owed = self._follows and self._lines is None
        self._shown, self._follows = content, follow or is_owed
        self.repaint()

    def layout_now(self) -> Layout | None:
        """Return where everything stands at the present size."""
        content = self.content
        if content is None or self.place.width < 4:
            return None
        room = self.room(content)
        program = content.view.program
        key = (id(program), room, content.zoom, content.heat, content.alone)
        if key not in self._layouts:
            if len(self._layouts) > 16:
                self._layouts.clear()
            self._layouts[key] = (program, _laid_out(content, room))
        return self._layouts[key][1]

    def room(self, content: SheetContent) -> Room:
        """Return the room there is: all but a column at the left and the scroll bar's at the right."""
        base = content.room
        return Room(
            self.place.width - 2,
            self.laid_out_for or self.place.height,
            base.whole,
            base.image,
            base.rows_per_line,
            base.bars,
            base.decimals,
        )

    def _followed(self, content: SheetContent, layout: Layout, height: int) -> int:
        """Return the first line from which the active step is seen; or what is told and lit instead of it."""
        story, active = content.view.story, content.view.active
        at = self._tops_now(layout, content.view.program, height)[active.id] if active else 0
        told = layout.home(story.name) if story and (active is None or story.name != active.id) else None
        if not told and not content.look.effects:
            return at
        first = span_of(told) if told else first_seen(layout, active.id if active else "", height)
        lit = (*((active.id,) if active else ()), *content.look.reads, *content.look.effects)
        return turned(layout, at, height, seen_with(layout, first, lit, height))

    def _tops_now(self, layout: Layout, program: Program, height: int) -> dict[str, int]:
        """Return the first line seen at each step."""
        if self._tops[0] is not layout:
            self._tops = (layout, {})
        known = self._tops[1]  # an answer opens and closes: two heights take turns
        if height not in known:
            known[height] = tops(program, layout, height)
        return known[height]

    def _clamp(self, layout: Layout, height: int) -> None:
        """Keep the last band in sight; under it there may be empty lines, so that a band can begin the screen."""
        last = max((heading.y for heading in layout.headings), default=0)
        self.top = max(0, min(self.top, max(layout.height - height, last)))

    def scroll(self, lines: int) -> None:
        """Scroll by so many lines."""
        layout = self.layout_now()
        if layout is None:
            return
        self._follows = False
        before, self.top = self.top, self.top + lines
        self._clamp(layout, self.size.height)
        if self.top != before:
            self.repaint()

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the visible lines, and a scroll bar where the sheet is longer than they are."""
        content, layout = self.content, self.layout_now()
        if content is None or layout is None:
            return []
        if self._follows:
            self.top = self._followed(content, layout, height)
        self._clamp(layout, height)
        palette = content.look.palette
        lines = sheet.paint(content.view, layout, content.look, self.top, height, self._kept)
        style = palette.bg + palette.dim
        bar = self._scroll_bar(layout.height, height)
        # A line that is as it was is handed on as the same object: nobody looks at its cells again.
        return [
            self._kept.framed.at(y, (line, mark, style), partial(_framed, line, Segment(mark, style)))
            for y, (line, mark) in enumerate(zip(lines, bar, strict=True), self.top)
        ]

    def _scroll_bar(self, total: int, height: int) -> str:
        if total <= height:
            return " " * height
        size = max(1, height * height // total)
        start = min(self.top * (height - size) // (total - height), height - size)
        return "".join("┃" if start <= y < start + size else "│" for y in range(height))

    # ---- where is what

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        self.scroll(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        self.scroll(-WHEEL)

    def on_click(self, event: events.Click) -> None:
        """Choose the cell under the mouse."""
        cell = self.cell_at(event.x - 1, event.y + self.top)
        if cell is not None:
            self.post_message(CellChosen(cell))

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the cell that is drawn at a place of the sheet."""
        layout = self.layout_now()
        for box in layout.boxes if layout else ():
            row, column = y - box.y - 1, x - box.x
            if 0 <= row < box.height - 1 and 0 <= column < box.width and box.kind != "bars":
                return self._cell_in(box, row, column)
        return None

    def _cell_in(self, box: Box, line: int, x: int) -> Cell | None:
        content = self.content
        assert content is not None
        shape = content.view.program.values[box.id].shape
        if box.kind == "image":
            columns = (content.view.compiled.data.image or (1, 1))[1]
            column = line * columns + min(x // box.cell, columns - 1)
            return Cell(box.id, (content.view.sample, column))
        part = window(content.view, box, content.look.reads, content.look.effects)
        row = (line * content.room.rows_per_line // box.tall if box.kind == "heat" else line // box.tall) + part.top
        column = x // box.cell + part.left
        if row >= part.rows or column >= min(part.left + box.columns, part.columns):
            return None
        lead = part.lead
        return Cell(box.id, (*lead, row, column)[-len(shape) :] if shape else ())


def _framed(line: Strip, after: Segment) -> Strip:
    return Strip([*line, after], line.cell_length + 1)


def _laid_out(content: SheetContent, room: Room) -> Layout:
    program = content.view.program
    if (
        content.zoom
        and content.alone is not None
        and not content.heat
        and (large := value_alone(program, content.zoom, room))
    ):
        return large
    if content.zoom:
        return zoomed(program, content.zoom, room, heat=content.heat)
    return arrange(program, room) if content.alone is None else alone(program, content.alone, room)
