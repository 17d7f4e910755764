"""Two runs side by side: the same step of both, moved together, or the differences.

What people do with it. A lecturer asks what would happen with ten times the learning rate, opens both, and steps: one
iteration later the numbers with a ≠ are the answer, and after `f` 50 the two curves are. A student changes one weight,
presses w, and sees as it was beside as it is: which numbers does this weight reach, and which not?
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding

from nnstep.errors import NnstepError
from nnstep.explain.comparing import Mask, Pair, difference
from nnstep.explain.quiz import ONWARD
from nnstep.explain.story import tell
from nnstep.explain.words import Line, Word
from nnstep.session import Session, View
from nnstep.tui.actions import ACTIONS, offered
from nnstep.tui.messages import CellChosen
from nnstep.tui.renderables.compare import differing_rows
from nnstep.tui.renderables.footer import Hint
from nnstep.tui.renderables.sheet import Look
from nnstep.tui.screens import contents
from nnstep.tui.screens.help_places import TWO_RUNS
from nnstep.tui.screens.pointing import Pointing
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.bars import FooterBar, FormulaBar, TitleBar, TitleContent
from nnstep.tui.widgets.compare import BothCurves, Named, RunLabel
from nnstep.tui.widgets.painted import Column, Row
from nnstep.tui.widgets.sheet import SheetContent, SheetView

WIDE, TALL = 100, 30
_USED = frozenset(
    {
        "go_to",
        "fast_forward",
        "cursor_left",
        "cursor_down",
        "cursor_up",
        "cursor_right",
        "next_matrix",
        "previous_matrix",
        "release",
        "zoom",
        "next_sample",
        "previous_sample",
        "scroll_down",
        "scroll_up",
        "names",
        "decimals",
        "help",
        "quit",
    }
)
_ALSO = {"forward": "move('next')", "backward": "move('back')"}  # what a presenter's remote sends
_LOSS = ("loss", contents.LOSS_BEFORE)
_PLACE = frozenset({"epoch", "batch", "step", "cell", "sample"})  # parts of the title that say where both stand
_LESS: Line = (Word("Each number is B less A. Between differences the equations do not hold.", "dim"),)
_HINTS = (
    Hint("Space", "next"),
    Hint("←", "back"),
    Hint("]", "phase"),
    Hint("}", "iteration"),
    Hint("f", "fast-forward"),
    Hint("g", "go to"),
    Hint("hjkl", "cell"),
    Hint("Tab", "matrix"),
    Hint("z", "zoom"),
)


def _bindings() -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    found = [(one.binding, one.call, one.label) for one in ACTIONS if one.moves or one.name in _USED]
    found += [(one.binding, _ALSO[one.name], one.label) for one in ACTIONS if one.name in _ALSO]
    found += [("D", "differences", "differences"), ("w", "leave", "leave")]
    known = {key for keys, _, _ in found for key in keys.split(",")}
    others = [(one, key) for one in ACTIONS for key in one.binding.split(",") if key not in known]
    found += [(key, f"elsewhere('{one.name}')", one.label) for one, key in others]
    return [Binding(keys, call, label, show=False, priority=True) for keys, call, label in found]


class Compare(Pointing):
    """Shows a pair of sessions and moves both. over: does it lie over a stepper, to which w and q lead back?"""

    BINDINGS = _bindings()

    def __init__(self, pair: Pair, names: tuple[str, str], palette: Palette, *, over: bool = False) -> None:
        super().__init__(pair.second, palette)
        self.pair, self.names, self.over = pair, names, over
        self.apart = False
        self._shown_first: View | None = None

    @property
    def other(self) -> Session:
        """The session that follows."""
        return self.pair.first

    def sessions(self) -> tuple[Session, ...]:
        """Return both sessions."""
        return (self.other, self.session)

    def compose(self) -> ComposeResult:
        """Lay out both sheets; what stands beside what depends on the size."""
        yield TitleBar(self.palette)
        with Row(id="pair"):
            for side in ("first", "second"):
                with Column(id=side):
                    yield RunLabel(self.palette)
                    yield SheetView()
        yield BothCurves(self.palette)
        yield FormulaBar(self.palette)
        yield FooterBar(self.palette)

    def on_mount(self) -> None:
        """Choose the form that fits."""
        self._fit()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the form that fits, and show the same place in it."""
        self._fit()
        self.call_after_refresh(self.refresh_view)

    def _fit(self) -> None:
        width, height = self.app.size
        self.query_one("#pair").styles.layout = "horizontal" if width >= WIDE else "vertical"
        curves = self.query_one(BothCurves)
        curves.styles.height = 9 if height >= 48 else 7 if height >= TALL else 1
        self.query_one(FormulaBar).styles.height = 4 if height >= TALL else 2
        self.query_one("#first").display = not self.apart

    # ---- showing

    def refresh_view(self, *, follow: bool = True) -> None:
        """Show where both are now; where the run that follows has far to go, that is shown, and can be stopped."""
        if self not in self.app.screen_stack:
            return
        self.other.beside(self.session)
        iteration = self.other.position.iteration
        far = self.other.distance(iteration)
        if far <= 2 or self._shown_first is None:
            self._draw(follow=follow)
            return
        from nnstep.tui.screens.progress import Passage, is_soon_over

        way = self.other.arrive(self._shown_first)
        if is_soon_over(way):
            self._draw(follow=follow)
            return
        passage = Passage("The other run", self.other, way, iteration - far, iteration, self.palette)
        self.app.push_screen(passage, lambda _: self._caught_up())

    def _caught_up(self) -> None:
        """Stand where the run that follows stands: it may have been stopped on its way."""
        if self.other.position.iteration != self.session.position.iteration:
            self.session.beside(self.other)
        self._draw(follow=True)

    def _draw(self, *, follow: bool) -> None:
        first, second = self.pair.views()
        self._shown_first, self.shown = first, second
        changed = self.pair.differing(first, second)
        lettered = zip(("first", "second"), "AB", self.names, (first, second), strict=True)
        for side, letter, name, view in lettered:
            seen = difference(first, second) if self.apart and side == "second" else view
            label = Named("B-A", f"{self.names[1]} less {self.names[0]}", seen) if seen is not view else None
            self.query_one(f"#{side}", Column).query_one(RunLabel).show(label or Named(letter, name, view))
            sheet = self.query_one(f"#{side}", Column).query_one(SheetView)
            sheet.show_sheet(self._content(seen, {} if self.apart else changed), follow=follow)
        self.query_one(BothCurves).show((first, second))
        what = _LESS if self.apart else tell(second, decimals=max(self.decimals, 4)).what
        rows = differing_rows(first, second, second.story, max(self.decimals, 4))
        self.query_one(FormulaBar).show(tuple(line for line in chain(rows, [what]) if line))
        self.query_one(TitleBar).show(_title(first, second))
        first_hints = (*_HINTS[:2], Hint("D", "both runs" if self.apart else "differences"))
        back = (Hint("w", "back to one"),) if self.over else ()
        kept = (Hint("?", "help", keep=True), Hint("q", "leave" if self.over else "quit", keep=True))
        self.query_one(FooterBar).show((*first_hints, *back, *_HINTS[2:], *kept))

    def _content(self, view: View, changed: Mapping[str, Mask]) -> SheetContent:
        reads = {} if self.apart else contents.reads(view)
        look = Look(self.palette, self.decimals, reads, changed=changed, equations=not self.apart)
        room = replace(self.room_for(view), bars=frozenset())  # numbers can be compared, and bars less so
        if self.apart:
            room = replace(room, whole=frozenset())
        zoom = self.zoom if self.zoom in view.program.values else ""
        return SheetContent(view, look, room, zoom, self.heat)

    # ---- keys

    def action_move(self, name: str) -> None:
        """Move both, unless there is something to predict first: it is asked for where this screen was opened."""
        if name in ONWARD and self.pair.is_hidden:
            self.complain(NnstepError("first say what it will be", hint="w goes back to the question"))
        else:
            super().action_move(name)

    def action_elsewhere(self, name: str) -> None:
        """Say of a key that does something with one run where that is."""
        action = next(action for action in ACTIONS if action.name == name)
        one = "w goes back to one run" if self.over else "open one of them alone for it"
        self.complain(NnstepError(f"{action.shown}, {action.label}, is for one run", hint=one))

    def stop(self) -> None:
        """Nothing runs by itself here."""

    def action_differences(self) -> None:
        """Show the differences alone, or both runs again."""
        self.apart = not self.apart
        self._fit()
        self.call_after_refresh(self.refresh_view)

    def rename(self, names: str) -> None:
        """Tell both in a name set."""
        self.other.rename(names)
        super().rename(names)

    def action_release(self) -> None:
        """Leave the zoom, let the cursor go, leave the differences; from there, back to one run."""
        if self.over and not (self.zoom or self.session.cursor or self.apart):
            self.action_leave()
            return
        self.zoom, self.apart = "", False
        self._fit()
        self.choose(None, follow=True)

    async def action_help(self) -> None:
        """Name what is on the screen, and the keys that do something here."""
        from nnstep.tui.screens.help import Help

        actions = tuple(one for one in offered(self.session.program) if one.moves or one.name in {*_USED, *_ALSO})
        await self.app.push_screen(Help(self.palette, actions, TWO_RUNS))

    def action_leave(self) -> None:
        """Go back to the stepper, where there is one below."""
        if self.over and self.is_active:
            self.dismiss(None)

    def action_quit(self) -> None:
        """Leave: the program, or only this screen where a stepper lies below."""
        if self.over:
            self.action_leave()
        else:
            self.app.exit(0)

    # ---- the cell cursor, which is one for both

    def on_cell_chosen(self, message: CellChosen) -> None:
        """Tell of the cell that was pointed at, in both."""
        if message.cell.name in self.session.program.values:
            self.choose(message.cell)

    def sheet(self) -> SheetView:
        """Return the second sheet: the first one follows it."""
        return self.query_one("#second", Column).query_one(SheetView)

    def action_scroll_down(self) -> None:
        """Scroll both sheets down."""
        self._scroll(1)

    def action_scroll_up(self) -> None:
        """Scroll both sheets up."""
        self._scroll(-1)

    def _scroll(self, lines: int) -> None:
        for sheet in self.query(SheetView):
            sheet.scroll(lines)


def _title(first: View, second: View) -> TitleContent:
    """Return the title with what holds of both runs, and where they stand; what is one's own is said over its sheet."""
    one, other = contents.title(first, ""), contents.title(second, "")
    left = tuple(part for part in other.left if part.label in _PLACE or (part in one.left and part.label not in _LOSS))
    return TitleContent(left, tuple(part for part in other.right if part in one.right))
