"""The stepper: the screen that everything is for."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.timer import Timer

from nnstep.errors import NnstepError
from nnstep.explain.operation import Speak
from nnstep.explain.what_if import Changed, changed_here
from nnstep.session import Session, View
from nnstep.tui.actions import ACTIONS, offered
from nnstep.tui.messages import CellChosen
from nnstep.tui.renderables.sheet import Look
from nnstep.tui.screens import contents
from nnstep.tui.screens.editing import Editing
from nnstep.tui.screens.following import BINDINGS, Following
from nnstep.tui.screens.predict import ANSWERING, Predicts
from nnstep.tui.screens.remembering import DECLINING, Remembering
from nnstep.tui.screens.tour import Touring
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.answer import AnswerPanel
from nnstep.tui.widgets.bars import FooterBar, FormulaBar, LossPanel, PhaseStrip, StatusLine, StepsPanel, TitleBar
from nnstep.tui.widgets.painted import Column, Row
from nnstep.tui.widgets.picture import PictureView
from nnstep.tui.widgets.sheet import SheetContent, SheetView
from nnstep.tui.widgets.tour import TourBar

ROOMY_WIDTH, ROOMY_HEIGHT = 100, 30
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # steps a second
SPEECH: tuple[Speak, ...] = ("words", "formula", "numpy")


class Stepper(Predicts, Following, Touring, Remembering, Editing):
    """Shows a session and moves it. Dialogs are imported when they are asked for: the first frame comes sooner."""

    BINDINGS: ClassVar = [
        *BINDINGS,
        *ANSWERING,
        *DECLINING,
        *(Binding(action.binding, action.call, action.label, show=False, priority=True) for action in ACTIONS),
    ]

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self.speech = 0
        self.speed = 2
        self._ticking: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the widgets; what is shown depends on the size."""
        yield TitleBar(self.palette)
        with Row(id="middle"):
            with Column(id="left"):
                yield PhaseStrip(self.palette)
                yield StepsPanel(self.palette)
                yield LossPanel(self.palette)
            yield SheetView()
            yield PictureView(self.palette)
        yield TourBar(self.palette)
        yield StatusLine(self.palette)
        yield AnswerPanel(self.palette)
        yield FormulaBar(self.palette)
        yield FooterBar(self.palette)

    def on_mount(self) -> None:
        """Show the first view."""
        self.hush()
        self.tour_first()
        self.fit()

    def on_resize(self) -> None:
        """Choose the form that fits, and show the same place in it."""
        self.fit()
        self.call_after_refresh(self.refresh_view)

    def fit(self) -> None:
        """Choose what is shown beside the sheet, and how large, by the size of the terminal."""
        width, height = self.app.size
        roomy = width >= ROOMY_WIDTH and height >= ROOMY_HEIGHT
        self.query_one("#left").display = roomy and not self.lecturing
        self.query_one("#status").display = not roomy and not self.lecturing
        self.query_one("#formula").styles.height = 6 if height >= 48 else 5 if height >= 40 else 4 if roomy else 3
        self.query_one("#left").styles.width = 36 if width >= 160 else 32
        self.fit_lecture(height)
        self.fit_answer(height)

    # ---- showing

    def refresh_view(self, *, follow: bool = True) -> None:
        """Show where the session is now."""
        if self not in self.app.screen_stack:
            return  # asked for before another scenario was opened in this one's place
        self.shown = view = self.predict(self.session.view())
        changed = changed_here(self.session, view)
        look = Look(self.palette, self.decimals, *self.lights(view, contents.reads(view)), changed)
        sheet = SheetContent(view, look, self.room_for(view), self.zoom, self.heat, self.alone(view))
        self.sheet().show_sheet(sheet, follow=follow)
        progress = self.with_breaks(contents.progress(view), view)
        for kind in (PhaseStrip, StepsPanel, LossPanel, StatusLine):
            self.query_one(kind).show(progress)
        # While an answer stands in the bar's place nobody reads it.
        self.query_one(FormulaBar).show(() if self.asked else self._words(view, changed))
        self.fit_words(is_new=True)
        title = self.what_if_title(self.predict_title(contents.title(view, self._running_text())))
        self.query_one(TitleBar).show(self.lecture_title(title, view))
        first, second, *others = contents.hints(is_answered=bool(self.asked))
        beside = () if self.asked else (*self.looking_hints, *self.reading_hints)
        self.query_one(FooterBar).show((first, second, *beside, *others))
        self.show_answer()
        self.refresh_picture()
        self.go_on_with_tour(view)
        if not self._ticking:
            self.prompt_teacher(view)

    def _words(self, view: View, changed: Changed) -> contents.Rows:
        """Return what the formula bar says."""
        speak = SPEECH[self.speech]
        if self.lecturing:
            story = self.lecture_rows(view, self.decimals, speak)
        else:
            story = contents.story(view, self.decimals, speak, self.app.size.width)
        rows = self.with_question(view, self.predict_rows(view, story, self.decimals))
        return (*self.told_here(view), *self.what_if_rows(view, changed), *rows)

    def _running_text(self) -> str:
        return f"▶ {SPEEDS[self.speed]:g} steps/s" if self._ticking else ""

    # ---- moving

    def action_move(self, name: str) -> None:
        """Let the session move, unless a question holds it back."""
        self.stop()
        if not self.holds_back(name):
            super().action_move(name)

    def action_run_to(self) -> None:
        """Go on until the matrix of the told cell has been worked out; of weights, the new ones."""
        self.stop()
        story = self.session.view().story
        step = self.session.program.step_of(story.name) if story else ""
        if not step:
            hint = "choose one with Tab, h j k l or a click, then press t"
            self.complain(NnstepError("the cursor is on no matrix that a step works out", hint=hint))
            return
        self.session.run_to(step)
        self.refresh_view()

    # ---- running by itself

    def action_run(self) -> None:
        """Start to run, or stop."""
        if self._ticking:
            self.stop()
        else:
            self._start()
        self.refresh_view()

    def action_faster(self) -> None:
        """Run faster."""
        self._set_speed(self.speed + 1)

    def action_slower(self) -> None:
        """Run slower."""
        self._set_speed(self.speed - 1)

    def _set_speed(self, speed: int) -> None:
        self.speed = max(0, min(speed, len(SPEEDS) - 1))
        if self._ticking:
            self.stop()
            self._start()
        self.refresh_view(follow=False)

    def _start(self) -> None:
        self._ticking = self.set_interval(1 / SPEEDS[self.speed], self._tick)

    def stop(self) -> None:
        if self._ticking:
            self._ticking.stop()
            self._ticking = None

    def _tick(self) -> None:
        # Not `is_current`, which also holds of what lies under another screen.
        if self.is_active:
            self.step_on()
            self.refresh_view()

    # ---- the cell cursor

    def on_cell_chosen(self, message: CellChosen) -> None:
        """Tell the story of the cell that was pointed at."""
        self.choose(message.cell)

    def sheet(self) -> SheetView:
        """Return the one sheet there is."""
        return self.query_one(SheetView)

    def action_release(self) -> None:
        """End the tour, or reading on; else let the cursor go, and leave the zoom."""
        if self.end_tour():
            self.call_after_refresh(self.refresh_view)
            return
        if self.end_reading() or self.gives_up():
            return
        self.zoom = ""
        self.look_closer()
        self.choose(None, follow=True)

    # ---- looking

    def action_zoom(self) -> None:
        """Show one matrix large, on the sheet."""
        self.look_closer()
        super().action_zoom()

    def action_scroll_down(self) -> None:
        """Scroll the sheet or the picture down."""
        self.scroll_place(1)

    def action_scroll_up(self) -> None:
        """Scroll the sheet or the picture up."""
        self.scroll_place(-1)

    def action_speak(self) -> None:
        """Say why in words, as a formula, or as NumPy."""
        self.speech = (self.speech + 1) % len(SPEECH)
        self.refresh_view(follow=False)

    async def action_check(self) -> None:
        """Hold the gradient of the told value against the loss, or say what else can be checked."""
        self.stop()
        from nnstep.tui.screens.check import GradientCheck

        view = self.session.view()
        if not contents.has_gradients(view):
            self.complain(NnstepError("nothing is trained here, so there is no gradient to check"))
            return
        from nnstep.explain.told_checks import refuse_kept

        asked = contents.asked_check(view)
        try:
            refuse_kept(self.predict(view), asked.cell if asked else None)
        except NnstepError as error:
            self.complain(error)
            return
        at = self.session.history.parameters(view.position.iteration - 1)
        await self.app.push_screen(
            GradientCheck(view, at, asked, self.palette),
            lambda cell: self.choose(cell, follow=True) if cell else None,
        )

    def action_help(self) -> None:
        """Name everything on the screen."""
        self.stop()
        from nnstep.tui.screens.help import Help

        page = Help(self.palette, offered(self.session.program), self.seen)
        self.app.push_screen(page, lambda wanted: self.action_tour() if wanted else None)

    def action_gallery(self) -> None:
        """Choose another scenario."""
        self.stop()
        self.app.action_gallery()  # type: ignore[attr-defined]

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(0)
