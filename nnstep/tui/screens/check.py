"""The gradient check: backprop's numbers beside those that are measured, and each of them worked out by hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Step, Variable
from nnstep.errors import NnstepError
from nnstep.explain import told_checks
from nnstep.explain.checkable import Asked, gradient_cell, told_about, told_nearest
from nnstep.explain.checks import CellCheck, ParameterCheck, Probe, chosen_cells, place_told, summed_up, trained
from nnstep.explain.slopes import GivenUpError
from nnstep.explain.told_checks import CheckedCell
from nnstep.explain.words import Line, Word, sentence
from nnstep.session import View
from nnstep.tui.renderables.check import CheckPage, check_page, page_height
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted

_ABOUT: tuple[Line, ...] = (
    (Word("Each gradient is held against the loss itself: one number is moved a", "dim"),),
    (Word("little, up and down, and the loss has to move as backprop says.", "dim"),),
    (Word("exact: apart by no more than rounding does.", "dim"),),
    (Word("approximate: they agree to five digits.", "dim"),),
)
PAGE = 10  # rows


class Found(Message):
    """A cell has been checked."""

    def __init__(self, cell: CheckedCell) -> None:
        super().__init__()
        self.cell = cell


class Ended(Message):
    """Nothing more will be checked for now. number: of the work that ended. error: why, where there is a reason."""

    def __init__(self, number: int, error: NnstepError | None = None) -> None:
        super().__init__()
        self.number, self.error = number, error


class Page(Painted):
    """The page itself, as tall as its table and the terminal allow."""

    DEFAULT_CSS = "Page { height: auto; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("check-page")
        self.palette = palette
        self.rows = 1

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the page takes."""
        return min(page_height(self.rows), viewport.height - 2)

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return every line."""
        return check_page(self._shown, width, height, self.palette) if self._shown else []


class GradientCheck(Dialog[Cell]):
    """Checks the gradients of one value, or of all parameters; gives the cell that is to be told, if one is.

    The weights and the batch are those of the view's iteration. The work is done in a thread, a cell at a time, so keys
    are heard however large the network is.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "stop", "stop or close", show=False, priority=True),
        Binding("c,q,ctrl+c", "close", "close", show=False, priority=True),
        Binding("up,k", "choose(-1)", "up", show=False, priority=True),
        Binding("down,j", "choose(1)", "down", show=False, priority=True),
        Binding("pageup", f"choose(-{PAGE})", "page up", show=False, priority=True),
        Binding("pagedown", f"choose({PAGE})", "page down", show=False, priority=True),
        Binding("home", "choose(-1000000)", "first", show=False, priority=True),
        Binding("end", "choose(1000000)", "last", show=False, priority=True),
        Binding("w", "worst", "worst", show=False, priority=True),
        Binding("e", "every", "every cell", show=False, priority=True),
        Binding("a", "all", "all parameters", show=False, priority=True),
        Binding("enter,space", "open", "open", show=False, priority=True),
    ]

    def __init__(self, view: View, at: Mapping[str, Array], asked: Asked | None, palette: Palette) -> None:
        """Make the window. at: the parameters at the start of the iteration. asked: to begin with; None asks which."""
        super().__init__()
        self.view, self.at, self.palette, self.asked = view, at, palette, asked
        cell = asked.cell if asked else None
        # What can be chosen, by id: the parameters, and before them any other value that was asked about.
        self.values: dict[str, Variable | Step] = {variable.id: variable for variable in trained(view.program)}
        if cell and cell.name not in self.values:
            self.values = {cell.name: view.program.values[cell.name], **self.values}
        self.shown = asked.cell.name if asked and asked.is_meant else ""  # whose cells; empty: the table of all
        self._about = told_about(view, asked) if asked else ()
        self._instead = asked if asked and not asked.is_meant else None  # of a number that is no gradient
        self._first = cell
        self._found: dict[str, dict[Cell, CheckedCell]] = {identity: {} for identity in self.values}
        self._asked: dict[str, list[Cell]] = {}
        self._chosen: dict[str, Cell] = {cell.name: cell} if cell else {}
        self._row = list(self.values).index(cell.name) if cell else 0  # of the table of parameters
        self._is_running = self._is_behind = False
        self._number = 0  # of the work that was begun last
        self._fault: NnstepError | None = None

    def compose(self) -> ComposeResult:
        """Lay out the page in its frame."""
        with Vertical(id="check"):
            yield Page(self.palette)

    def on_mount(self) -> None:
        """Begin with the one that was pointed at, or ask which."""
        frame = self.query_one("#check")
        place = place_told(self.view.compiled.training, self.view.position.iteration)
        frame.border_title = Content(f"gradient check: weights and batch of {place}")
        if self.shown:
            self._begin({self.shown: self._cells(self.values[self.shown], None)})
        self._show()

    # ---- the work

    def _cells(self, value: Variable | Step, most: int | None) -> list[Cell]:
        """Return the cells of a value that are to be checked, the one that was pointed at among them."""
        cells = chosen_cells(self.view.program, value, self.view.position.iteration, most)
        first = self._first
        return sorted({*cells, first}, key=lambda cell: cell.at) if first and first.name == value.id else cells

    def _begin(self, asked: Mapping[str, list[Cell]]) -> None:
        """Check cells that have not been checked yet, a value after the other; first the one that was pointed at."""
        self._asked |= asked
        self._is_running = True
        self._number += 1
        missing = [cell for cells in asked.values() for cell in cells if cell not in self._found[cell.name]]
        self._check(sorted(missing, key=lambda cell: cell != self._first), self._number)

    @work(thread=True, exclusive=True)
    def _check(self, cells: list[Cell], number: int) -> None:
        """Check cells, and tell of each; runs in a thread, and shares nothing with the screen but arrays that stay."""
        worker = get_current_worker()
        try:
            training, iteration = self.view.compiled.training, self.view.position.iteration
            for checked in _checked(lambda: Probe(training, iteration, self.at, lambda: worker.is_cancelled), cells):
                self.post_message(Found(checked))
        except GivenUpError:
            return
        except NnstepError as error:
            self.post_message(Ended(number, error))
            return
        self.post_message(Ended(number))

    def on_found(self, message: Found) -> None:
        """Show the row."""
        checked = message.cell
        self._found[checked.check.cell.name][checked.check.cell] = checked
        # Of many cells at once only what they lead to is shown.
        if not self._is_behind:
            self._is_behind = True
            self.call_later(self._show)

    def on_ended(self, message: Ended) -> None:
        """Say what it comes to."""
        if message.number == self._number:
            self._is_running, self._fault = False, message.error
            self._show()

    # ---- what is shown

    def _show(self) -> None:
        self._is_behind = False
        if self not in self.app.screen_stack:
            return  # asked for before it was closed
        page = self.query_one(Page)
        rows = len(self._asked.get(self.shown, ())) if self.shown else len(self.values)
        if rows != page.rows:
            page.rows = rows
            page.refresh(layout=True)
        page.show(self._cell_page() if self.shown else self._list_page())
        self.query_one("#check").border_subtitle = Content(self._keys())

    def _keys(self) -> str:
        stop = "Esc stop" if self._is_running else "Esc close"
        if not self.shown:
            return f"↑ ↓ choose   Enter its cells   a all   {stop}"
        is_part = len(self._asked.get(self.shown, ())) < self.view.values[self.shown].size
        return f"↑ ↓  w worst  {'e every cell  ' * is_part}a all  Enter to the sheet  {stop}"

    def _cell_page(self) -> CheckPage:
        cells, found = self._cells_found(), self._found[self.shown]
        chosen, total = self._place(), self._sum(self.shown)
        return CheckPage(
            self._summary([self.shown]),
            told_checks.CELL_HEAD,
            len(cells),
            lambda number: told_checks.cell_row(self.view, found[cells[number]].check),
            chosen,
            "cells ",
            told_checks.told_before(self.view, total) if total else "",
            told_checks.told_by_hand(self.view, found[cells[chosen]]) if cells else (),
            self._about if self.asked and self.asked.cell.name == self.shown else (),
        )

    def _list_page(self) -> CheckPage:
        values = list(self.values)
        sums = [self._sum(identity) for identity in values]
        checks = [check for check in sums if check]

        def row(number: int) -> tuple[str, ...]:
            value, check = self.values[values[number]], sums[number]
            unknown = (value.name, f"0 of {prod(value.shape)}", *[""] * 5)
            return told_checks.parameter_row(check) if check else unknown

        purpose = () if self._is_running else told_checks.told_purpose(self.view.compiled, checks)
        near: tuple[Line, ...] = ()
        if self._instead and not checks:
            near = told_nearest(self.view.program, self._instead), (Word("Enter checks it, a every parameter too."),)
        return CheckPage(
            self._summary(values),
            told_checks.PARAMETER_HEAD,
            len(values),
            row,
            self._place(),
            detail=(*_ABOUT, (), *((purpose,) if purpose else near)),
            about=sentence(self._instead.tells) if self._instead and not any(self._asked) else (),
        )

    def _summary(self, about: list[str]) -> Line:
        if self._fault:
            return (Word(self._fault.what, "warning"), Word(f"   {self._fault.hint}"))
        done = sum(len(self._found[identity]) for identity in about)
        wanted = sum(len(self._asked.get(identity, ())) for identity in about)
        who = told_checks.title_of(self.values[about[0]]) if self.shown else "all"
        if not wanted and self._instead:
            return self._instead.told
        if not wanted:
            return (Word("Enter checks one parameter, a all; c on any other gradient checks that one."),)
        if self._is_running and done < wanted:
            return (Word(f"{who}: {done} of {wanted} cells", "heading"),)
        checks = [check for identity in about if (check := self._sum(identity))]
        lead = (Word("stopped   ", "warning"),) if done < wanted else ()
        return (*lead, *(told_checks.told_verdict(checks) if checks else ()))

    def _cells_found(self) -> list[Cell]:
        """Return the cells that have been checked, in the order of the parameter."""
        found = self._found[self.shown]
        return [cell for cell in self._asked.get(self.shown, ()) if cell in found]

    def _sum(self, identity: str) -> ParameterCheck | None:
        found = self._found[identity]
        return summed_up(self.values[identity], [each.check for each in found.values()]) if found else None

    def _place(self) -> int:
        """Return the row that is chosen; to begin with, the cell that was pointed at."""
        if not self.shown:
            return self._row
        cells, chosen = self._cells_found(), self._chosen.get(self.shown)
        return cells.index(chosen) if chosen in cells else 0

    # ---- keys

    def action_choose(self, by: int) -> None:
        """Choose another row."""
        rows: Sequence[Cell | str] = self._cells_found() if self.shown else list(self.values)
        row = max(0, min(self._place() + by, len(rows) - 1))
        if not self.shown:
            self._row = row
        elif rows:
            self._chosen[self.shown] = self._cells_found()[row]
        self._show()

    def action_worst(self) -> None:
        """Choose the cell that is furthest off."""
        check = self._sum(self.shown) if self.shown else None
        if check:
            self._chosen[self.shown] = check.worst.cell
            self._show()

    def action_every(self) -> None:
        """Check every cell of this parameter."""
        if self.shown and not self._fault:
            value = self.values[self.shown]
            self._begin({self.shown: self._cells(value, self.view.values[self.shown].size)})
            self._show()

    def action_all(self) -> None:
        """Check every parameter, and show them in a table."""
        self.shown = ""
        if not self._fault:
            cells = {identity: self._cells(value, None) for identity, value in self.values.items()}
            self._begin({identity: self._asked.get(identity, asked) for identity, asked in cells.items()})
        self._show()

    def action_open(self) -> None:
        """From the table of parameters to the cells of one; from a cell to its gradient on the sheet."""
        if self.shown:
            cells = self._cells_found()
            if cells:
                self.workers.cancel_all()
                self.dismiss(gradient_cell(self.view.program, cells[self._place()]))
            return
        self.shown = list(self.values)[self._place()]
        if not self._fault and not self._is_running:
            asked = self._asked.get(self.shown) or self._cells(self.values[self.shown], None)
            self._begin({self.shown: asked})
        self._show()

    def action_stop(self) -> None:
        """Stop the work; where nothing is being done, close."""
        if not self._is_running:
            self.dismiss(None)
            return
        self.workers.cancel_all()
        self._is_running = False
        self._show()

    def action_close(self) -> None:
        """Stop the work and close."""
        self.workers.cancel_all()
        self.dismiss(None)


def _checked(make: Callable[[], Probe], cells: list[Cell]) -> Iterator[CheckedCell]:
    """Yield the checks of cells, each with its difference by hand."""
    probe = make()
    for cell in cells:
        check: CellCheck = probe.check(cell)
        yield CheckedCell(check, probe.difference(check))
