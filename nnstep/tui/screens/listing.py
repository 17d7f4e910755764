"""A list in a dialog: some lines can be chosen, some are headings, and as many are shown as there is room for."""

from textwrap import wrap
from typing import Final, Generic, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip

from nnstep.tui.renderables.text import blank, strip
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted

Result = TypeVar("Result")
_AROUND: Final = 2  # lines of a dialog beside its list


class Row(NamedTuple):
    """One line. note: behind the text, dim. is_heading: then it can not be chosen."""

    text: str
    note: str = ""
    is_heading: bool = False
    is_dim: bool = False


class Listing(NamedTuple):
    """What is shown. chosen: the number of a row. message: on lines of its own, where something went wrong."""

    rows: tuple[Row, ...] = ()
    chosen: int = 0
    message: str = ""
    keys: str = ""


class RowList(Painted):
    """The rows, the chosen one lit, scrolled so that it is seen."""

    DEFAULT_CSS = "RowList { height: auto; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("rows")
        self.palette = palette

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines there are, as far as the terminal has room."""
        listing: Listing = self._shown or Listing()
        return max(3, min(len(listing.rows) + 2, viewport.height - _AROUND))

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the rows, then the message and the keys."""
        listing: Listing = self._shown or Listing()
        palette, panel = self.palette, self.palette.panel
        message = wrap(listing.message, width) or [""]
        room = max(height - 1 - len(message), 1)
        start = max(0, min(listing.chosen - room // 2, len(listing.rows) - room))
        lines = []
        for number, row in enumerate(listing.rows[start : start + room], start):
            look = palette.phase_active if number == listing.chosen else panel + palette.text
            if row.is_heading:
                lines.append(strip([(row.text, panel + palette.heading)], width, panel))
                continue
            if row.is_dim and number != listing.chosen:
                look = panel + palette.dim
            mark = "▶" if number == listing.chosen else " "
            pieces = [(f"{mark} {row.text}  ", look), (row.note, panel + palette.dim)]
            lines.append(strip(pieces, width, panel))
        lines += [blank(width, panel)] * (room - len(lines))
        lines += [strip([(line, panel + palette.warning)], width, panel) for line in message]
        lines.append(strip([(listing.keys, panel + palette.dim)], width, panel))
        return lines


class ListDialog(Dialog[Result], Generic[Result]):
    """A dialog around a list. What the rows are, and what is done with them, is said by whoever inherits from it."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("up,k", "choose(-1)", "up", show=False),
        Binding("down,j", "choose(1)", "down", show=False),
        Binding("pageup", "choose(-10)", "page up", show=False),
        Binding("pagedown", "choose(10)", "page down", show=False),
        Binding("home", "choose(-10000)", "first", show=False),
        Binding("end", "choose(10000)", "last", show=False),
        Binding("enter,space", "take", "take", show=False),
        Binding("delete,x,backspace", "remove", "remove", show=False),
        Binding("escape,q", "close", "close", show=False),
    ]
    keys = ""
    heading = ""  # what stands in the frame
    width = 88

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette
        self.chosen = 0
        self.message = ""

    def rows(self) -> tuple[Row, ...]:
        """Return what there is now."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the list in its frame."""
        with Vertical(classes="dialog") as frame:
            frame.styles.width, frame.styles.padding = self.width, (0, 1)
            frame.border_title = Content(self.heading)
            yield RowList(self.palette)

    def on_mount(self) -> None:
        """Show the list."""
        self.update_rows()

    def update_rows(self) -> None:
        """Show the rows as they are now, a line that can be chosen lit."""
        rows = self.rows()
        self.chosen = _nearest(_free(rows), self.chosen)
        shown = self.query_one(RowList)
        before = len((shown._shown or Listing()).rows)
        shown.show(Listing(rows, self.chosen, self.message, self.keys))
        if before != len(rows):
            shown.refresh(layout=True)

    def action_choose(self, by: int) -> None:
        """Choose another row, past headings."""
        free = _free(self.rows())
        if free:
            at = free.index(_nearest(free, self.chosen))
            self.chosen = free[max(0, min(at + by, len(free) - 1))]
        self.message = ""
        self.update_rows()

    def action_close(self) -> None:
        """Go, with nothing chosen."""
        self.dismiss(None)


def _free(rows: tuple[Row, ...]) -> list[int]:
    """Return the numbers of the rows that can be chosen."""
    return [number for number, row in enumerate(rows) if not row.is_heading]


def _nearest(free: list[int], at: int) -> int:
    """Return the number of the row at a place, or of the nearest one that can be chosen."""
    return min(free, key=lambda number: abs(number - at), default=0)
