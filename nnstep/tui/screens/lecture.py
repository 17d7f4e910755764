"""The lecture view: one equation, large and alone, and a lesson that a presenter's remote walks through.

What a lecturer does with it: the projector shows 100×30 characters, and the last row has to read them. She presses L,
and has one equation on the wall and one line of arithmetic; she asks the room, waits, presses on. The remote in her
hand has two keys, PgDn and PgUp: with a lesson they go from stop to stop (back first to the stop that she has strayed
from), without one from step to step. All other keys stay what they are, so that a question from the room can be
followed anywhere. With a file for the notes, only she reads what she is to say: `tail -f` in a second terminal shows
it, and what comes next.
"""

from collections.abc import Iterator

from nnstep.errors import NnstepError
from nnstep.explain.lesson import asked, prompt, stop_here, told
from nnstep.explain.operation import Speak
from nnstep.explain.places import nearest_cell
from nnstep.explain.story import tell
from nnstep.explain.words import Line, Word
from nnstep.scenario.compile import Compiled
from nnstep.scenario.lesson import LessonStop
from nnstep.session import View
from nnstep.tui.renderables.title import TitlePart
from nnstep.tui.screens.help_places import ALONE, LECTURE
from nnstep.tui.screens.looking import SHEET
from nnstep.tui.screens.reading import KEY, Reading
from nnstep.tui.widgets.bars import FooterBar, FormulaBar, TitleContent


class Lecturing(Reading):
    """A stepper that can show one equation alone, and that walks a lesson.

    lecturing: is the lecture view on? full: the scenario with its notes, where these go to a file and not on the
    screen.
    """

    lecturing = False
    full: Compiled | None = None
    _prompted = ""
    _refused: NnstepError | None = None

    # ---- keys

    def action_lecture(self) -> None:
        """Show one equation large and alone, or everything again."""
        self.lecturing = not self.lecturing
        self.fit()
        self.call_after_refresh(self.refresh_view)

    def action_forward(self) -> None:
        """Go to the next stop of the lesson in the lecture view; else on by one operation."""
        if not self._is_led:
            self.action_move("next")
        elif self.session.stop_number == len(self.session.compiled.lesson):
            self.complain(
                NnstepError("the lesson ends here", hint="Space steps on; PgUp goes back; L shows everything")
            )
        else:
            self._go_to_stop(self.session.stop_number + 1)

    def action_backward(self) -> None:
        """Go back to the stop we have strayed from, or to the one before; else back by one operation."""
        if not self._is_led or not self.session.stop_number:
            self.action_move("back")
        else:
            strayed = stop_here(self.session.view(), self.session.stop_number) is None
            self._go_to_stop(self.session.stop_number if strayed else max(self.session.stop_number - 1, 1))

    @property
    def _is_led(self) -> bool:
        return self.lecturing and bool(self.session.compiled.lesson)

    def _go_to_stop(self, number: int) -> None:
        self.stop()
        goal = self.session.compiled.lesson[number - 1].iteration
        start = goal - self.session.distance(goal)
        self._pass(f"Going to stop {number}", self._way_to_stop(number), start, goal)

    def _way_to_stop(self, number: int) -> Iterator[int]:
        """Run what lies before a stop; we are there, and see what it shows, when that is over."""
        stop, session = self.session.compiled.lesson[number - 1], self.session
        step = stop.step(session.branches.program(stop.iteration))
        cursor = session.cursor
        session.place_cursor(None)
        try:
            yield from session.travel(stop.iteration, step)
        except GeneratorExit:
            session.place_cursor(cursor)
            raise
        self.session.stop_number = number
        self._look_as(stop)

    def _look_as(self, stop: LessonStop) -> None:
        values = self.session.program.values
        self.zoom, self.heat = (stop.zoom if stop.zoom in values else ""), False
        if cell := nearest_cell(self.session.program, stop.cell):  # the last batch of an epoch may be smaller
            self.session.place_cursor(cell)
        self.look_at(stop.view if stop.view in self.pictures() else SHEET)

    def fit_lecture(self, height: int) -> None:
        """Leave room for what a lecture is about: the equation, and few words with much air."""
        self.query_one(FooterBar).display = not self.lecturing
        bar = self.query_one(FormulaBar)
        bar.airy = self.lecturing
        if self.lecturing:
            lines = 11 if height >= 36 else 9 if height >= 28 else 7
            # A picture takes the room; what is said of it stays on a few lines.
            bar.styles.height = lines - 3 if self.picture else lines
        self.fit_words()

    def look_at(self, name: str) -> None:
        """Show a picture, or the sheet; each has its own room in a lecture."""
        super().look_at(name)
        if self.lecturing:
            self.fit()
            self.call_after_refresh(self.refresh_view)

    @property
    def is_large(self) -> bool:
        """Are pictures painted for a room?"""
        return self.lecturing

    @property
    def seen(self) -> str:
        """What is on the screen, as help calls it."""
        return self.picture or (ALONE if self.zoom else LECTURE if self.lecturing else SHEET)

    def alone(self, view: View) -> str | None:
        """Return whose equation is shown alone: the active step's, or the told value's where that has no part in it."""
        if not self.lecturing:
            return None
        active, story = view.active, view.story
        if story is None or (active is not None and story.name in (active.id, *active.reads)):
            return active.id if active else ""
        return story.name

    def lecture_rows(self, view: View, decimals: int, speak: Speak) -> tuple[Line, ...]:
        """Return the few words of a lecture: what is done, the numbers, what the teacher says, the question."""
        story = tell(view, decimals=max(decimals, 4), speak=speak, most_terms=4)
        stop = stop_here(view, self.session.stop_number)
        said, question = told(view, stop.say) if stop else (), self._question_of_stop(view)
        words = said or (() if question else story.teacher or story.why)
        if self.picture and (said or question):
            # Where the lesson shows a picture, the operation that happens to be done last is not what it is about.
            return tuple(line for line in (story.warning, said, question) if line)
        return tuple(line for line in (story.warning, story.what, story.numbers, words, question) if line)

    def with_question(self, view: View, rows: tuple[Line, ...]) -> tuple[Line, ...]:
        """Return rows with the question of a stop: what is to be predicted there may have taken its place."""
        question = self._question_of_stop(view) if self.lecturing else ()
        return (question, *rows) if question and question not in rows else rows

    def _question_of_stop(self, view: View) -> Line:
        stop = stop_here(view, self.session.stop_number)
        return tuple(Word(word.text, "heading") for word in asked(view, stop.ask)) if stop else ()

    def lecture_title(self, title: TitleContent, view: View) -> TitleContent:
        """Return the title with the stop of the lesson that one is at, and the key that ends the lecture view."""
        if not self.lecturing:
            return title
        right = [TitlePart("L", "everything", group=2)]
        if self.is_reading:
            right.insert(0, TitlePart(KEY, "read less", group=1))
        if count := len(self.session.compiled.lesson):
            number = self.session.stop_number
            stop = TitlePart(f"{number} of {count}", "stop", role="ok", group=1)
            way = TitlePart("PgUp", f"back to stop {number}", priority=2, group=1)  # one has strayed from it
            way = way if number else TitlePart("PgDn", "lesson", priority=2, group=1)
            right.insert(0, stop if stop_here(view, number) else way)
        running = tuple(part for part in title.right if part.role == "ok")
        return TitleContent(title.left, (*running, *right))

    # ---- the teacher's own notes

    def hush(self) -> None:
        """Take the notes off the screen, where they go to a file."""
        if self.app.notes is not None:  # type: ignore[attr-defined]
            self.full = self.session.compiled
            self.session.compiled = self.session.compiled.hushed()

    def prompt_teacher(self, view: View) -> None:
        """Write the notes of this place to the teacher's file, unless they stand there already."""
        if self.full is None:
            return
        text = "\n".join(prompt(view, self.full, self.session.stop_number, self.session.branches))
        if text != self._prompted:
            self._prompted = text
            if self._refused is not None:
                self.full = None  # it was told at the place before: once is enough
                return
            try:
                self.app.notes(text)  # type: ignore[attr-defined]
            except NnstepError as error:
                self._refused = error
        if self._refused is not None:
            self.complain(self._refused)
