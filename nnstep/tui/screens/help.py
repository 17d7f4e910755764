"""Help: a name for everything on the screen, and every key."""

from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip

from nnstep.tui.actions import FOLLOWING, Action
from nnstep.tui.renderables.text import strip
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.screens.help_places import SEEN, TWO_RUNS, Places
from nnstep.tui.theme import Cell, Palette
from nnstep.tui.widgets.painted import Painted

Pieces = list[tuple[str, Style]]

KEY_WIDTH = 12

LEGEND: tuple[tuple[Cell, str, str], ...] = (
    (
        Cell.WRITTEN,
        " 1.64 ",
        "being worked out by this step: yellow and bold; [brackets] mark the told cell, explained below",
    ),
    (Cell.READ, " 0.93 ", "read by the told cell: orange and underlined; so are the names of all that the step reads"),
    (Cell.EFFECT, "›0.31 ", "has the told cell in it (O lights them): blue, with › before the number"),
    (Cell.POSITIVE_2, " 1.33 ", "worked out in this iteration: teal is positive, brighter is larger in its matrix"),
    (Cell.NEGATIVE_2, "-1.65 ", "the same, negative: purple"),
    (Cell.STALE, " 2.01 ", "not worked out yet: the number of the iteration before, grey"),
    (Cell.BLANK, "      ", "not worked out yet, and never before: blank, never 0"),
    (Cell.PLAIN, " 1  0 ", "data: small whole numbers as they are"),
    (Cell.BROKEN, "  nan ", "no longer a number, or infinite; the bar below says where it began"),
)

PLACES: tuple[tuple[str, str], ...] = (
    ("first line", "the scenario, the widths of its layers, the epoch, the step of this iteration, and the loss"),
    ("4-3-1", "the widths: 4 numbers in, 3 hidden units, 1 out; 3×2: 3 times of 2 numbers; 1×6×6 an image"),
    ("left", "the steps of one iteration: ✓ done, ▶ done last, ● with a breakpoint; below them the loss of each epoch"),
    ("F ▸ E ▸ D …", "the phases: forward, error, deltas, gradients, update; the one that is on is written out"),
    ("middle", "every matrix, in bands as on a board: forward, error, gradients, new weights"),
    ("below", "what the step does; the told cell with its numbers, and what it was before; why; the shapes"),
    (
        "●●▶○│○",
        "in a small terminal, the steps as dots: done, done last, to come; ■ □ with a breakpoint; │ parts the phases",
    ),
    ("▶ 9  ◀", "softmax of the chosen sample: the largest chance, green where it is right; the target"),
    ("?", "a result that is still to be predicted, after p: a digit or a number answers, Esc shows it"),
    ("64×64 …", "more than is seen: the cursor moves the part, z shows more; a pixel is a number"),
    ("Ctrl+P", "everything there is to do, by name"),
    ("mouse", "click a cell, and it is the told one; the wheel scrolls"),
    (
        ".005  2e-4",
        "numbers too small for two decimals: five thousandths; 2 divided by 10000. 0.00 is never a small number",
    ),
    ("z1[0,2]", "row 0, column 2: rows, columns, samples and units are counted from 0"),
    ("tiny  huge", "too small or too large for the room it has; the bar below has the number of the told cell"),
    ("a·b ≈ c", "c comes from all digits: from those that are shown its last ones differ; d shows more"),
    ("0.42↑ 0.68↓", "a new weight went up or down, even where no digit shows it; ≠ a number is other than it was"),
)


class HelpPage(Painted):
    """The page itself, as tall as it needs to be."""

    DEFAULT_CSS = "HelpPage { height: auto; }"

    def __init__(self, palette: Palette, actions: tuple[Action, ...], seen: str) -> None:
        super().__init__("help-page")
        self.palette = palette
        self.actions = actions
        self.seen = seen

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the page takes at a width."""
        return len(self._rows(width))

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return every line."""
        return [strip(pieces, width, self.palette.panel) for pieces in self._rows(width)]

    def _rows(self, width: int) -> list[Pieces]:
        style, panel = self.palette, self.palette.panel
        rows: list[Pieces] = [[("nnstep steps through backpropagation, one operation at a time.", panel + style.text)]]
        if self.seen in SEEN:
            rows += self._heading(f"On the screen now: {self.seen}")
            rows += self._entries(SEEN[self.seen], width)
        rows += self._heading("What the colours say")
        for state, sample, text in LEGEND:
            lead: Pieces = [("  ", panel), (sample, style.cells[state]), (" " * (KEY_WIDTH - 6), panel)]
            rows += self._entry(lead, text, width)
        # Beside two runs there is nothing of the stepper but its keys that move.
        is_alone = self.seen != TWO_RUNS
        sections = [("What stands where", PLACES)] if is_alone else []
        sections += [
            (group, tuple((action.shown, action.help) for action in actions))
            for group, actions in groupby(
                (*self.actions, *(FOLLOWING if is_alone else ())), key=lambda action: action.group
            )
        ]
        for title, entries in sections:
            rows += self._heading(title)
            rows += self._entries(entries, width)
        return rows

    def _entries(self, entries: Places, width: int) -> list[Pieces]:
        look = self.palette.panel + self.palette.key
        return [row for key, text in entries for row in self._entry([(f"  {key:<{KEY_WIDTH}}", look)], text, width)]

    def _heading(self, title: str) -> list[Pieces]:
        return [[], [(title.upper(), self.palette.panel + self.palette.heading)]]

    def _entry(self, lead: Pieces, text: str, width: int) -> list[Pieces]:
        """Return what a key or a colour says, wrapped beside it."""
        panel, style = self.palette.panel, self.palette.panel + self.palette.text
        first, *more = wrap(text, max(width - KEY_WIDTH - 2, 20))
        return [[*lead, (first, style)], *([(" " * (KEY_WIDTH + 2), panel), (line, style)] for line in more)]


class Help(Dialog[str]):
    """Shows the page; any of the usual keys closes it, and T begins the tour: its result is then "tour".

    actions: what there is to do. seen: what is on the screen, a name in `SEEN`; the sheet, where it is none of them.
    """

    BINDINGS: ClassVar = [
        Binding("escape,question_mark,q,f1,space,enter", "close", "close", show=False, priority=True),
        Binding("T", "tour", "tour", show=False, priority=True),
    ]

    def __init__(self, palette: Palette, actions: tuple[Action, ...], seen: str = "") -> None:
        super().__init__()
        self.palette = palette
        self.actions = actions
        self.seen = seen

    def compose(self) -> ComposeResult:
        """Lay out the page in a frame that scrolls."""
        with VerticalScroll(id="help"):
            yield HelpPage(self.palette, self.actions, self.seen)

    def on_mount(self) -> None:
        """Take the keys that scroll."""
        frame = self.query_one("#help")
        frame.border_title = "help"
        tour = "" if self.seen == TWO_RUNS else "T tour   "
        frame.border_subtitle = Content(f"↑ ↓ scroll   {tour}Esc close")
        frame.focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss("")

    def action_tour(self) -> None:
        """Close, and begin the tour."""
        self.dismiss("tour")
