"""Predict, then see: a result that matters stays `?` until somebody has said what it will be.

What a lecturer does with it: she presses p before the error is worked out. Space goes on as ever, and at the error the
matrix is full of question marks; the bar asks whether E[0,0] is above zero. She asks the room, hands go up, she presses
the digit of what most of them say, and there is the number, with its arithmetic and whether the room was right. Four or
five such questions an iteration; Esc shows what nobody wants to guess.

What a student does with it, alone: the same, and P hides more: the last stretch of an iteration stays `?` from its
first step on, and only the number at its end, worked out on paper and typed, opens it. Level 4 leaves nothing but the
way to the answer. The inputs are lit all the while, and the cell cursor tells their digits. At the end of an iteration
the bar says how many were right; nothing of it is kept or sent.
"""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from nnstep.errors import NnstepError
from nnstep.explain.quiz import LEVELS, ONWARD, Predicting, Question
from nnstep.explain.quiz_told import score_text, told_answer, told_choices, told_level, told_question, told_score
from nnstep.explain.story import tell
from nnstep.explain.words import Line, Word, plain_text
from nnstep.session import Session, View
from nnstep.tui.renderables.title import TitlePart
from nnstep.tui.screens.dialog import Dialog
from nnstep.tui.screens.looking import Looking
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.bars import TitleContent
from nnstep.tui.widgets.line import TypedLine

Rows = tuple[Line, ...]

# They come before what these keys are otherwise, where an answer begins with them.
ANSWERING = tuple(
    Binding(key, f"answer('{character}')", "answer", show=False, priority=True)
    for character, key in (
        *((digit, digit) for digit in "0123456789"),
        *(("-", "minus"), ("+", "plus"), (".", "full_stop"), (",", "comma")),
    )
)


class Predicts(Looking):
    """A stepper that lets people predict results before they see them."""

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__(session, palette)
        self.predicting = Predicting()

    # ---- keys

    def action_predict(self) -> None:
        """Ask about what matters from here on, or ask no more."""
        self.stop()
        if self.predicting.is_on:
            self.predicting.end()
            self.refresh_view()
        else:
            self.predicting.begin(self.session.view())
            self._say_level()

    def action_predict_more(self) -> None:
        """Hide more of an iteration's end; after the last level only what is asked."""
        self.stop()
        if self.predicting.is_on:
            self.predicting.set_level((self.predicting.level + 1) % LEVELS)
        else:
            self.predicting.begin(self.session.view())
        self._say_level()

    def _say_level(self) -> None:
        self.refresh_view()
        self.say(told_level(self.predicting))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take a character as an answer only where it may be one; else its key is what it always is."""
        if action != "answer":
            return super().check_action(action, parameters)
        question = self.question()
        return question is not None and (not question.asked.choices or str(*parameters).isdigit())

    async def action_answer(self, character: str) -> None:
        """Take a digit as the answer, or a character as the first one of a number."""
        question = self.question()
        if question is not None and question.asked.choices:
            self.commit(character)
        elif question is not None:
            await self._ask_number(question, character)

    def holds_back(self, name: str) -> bool:
        """Is there something to be said before a move? Then say so, or ask for the number."""
        question = self.question() if name in ONWARD else None
        if question is None:
            return False
        self.refresh_view()
        hint = f"answer with {_keys(question)}; Esc shows it without a guess, ← goes back"
        self.complain(NnstepError("first", hint=hint))
        return True

    def complain(self, error: NnstepError) -> None:
        """Show an error; what was asked stays: the room has to see what the digits stand for."""
        super().complain(error)
        question = self.question()
        if question is not None:
            (_, *asked), answers = self._asked(question)
            hint = (Word(error.hint, "dim"),)
            self.say(((Word(f"{error.what}: ", "warning"), *asked), answers, hint))

    def gives_up(self) -> bool:
        """Show what nobody wants to guess; first the cursor and the zoom are let go."""
        is_free = self.session.cursor is None and not self.zoom and not self.picture
        if not is_free or self.question() is None:
            return False
        self.commit("")
        return True

    def commit(self, answer: str) -> None:
        """Judge an answer and show the result."""
        try:
            self.predicting.answer(self.session.view(), answer)
        except NnstepError as error:
            self.complain(error)
            return
        if self.session.position.cell:
            self.session.next()  # the answer is about the whole step
        self.refresh_view()

    async def _ask_number(self, question: Question, typed: str) -> None:
        # Awaited: the digits that follow wait until the line is there, and reach it.
        await self.app.push_screen(
            TypedNumber(plain_text(question.asked.words), typed, self.palette),
            lambda answer: self.commit(answer) if answer else None,
        )

    def question(self) -> Question | None:
        """Return what is to be answered where the session is."""
        return self.predicting.question(self.session.view()) if self.predicting.is_on else None

    # ---- showing

    def predict(self, view: View) -> View:
        """Return what may be seen of a view; running by itself ends where there is something to answer."""
        if self.predicting.question(view) is not None:
            self.stop()
        return self.predicting.look(view)

    def predict_rows(self, view: View, rows: Rows, decimals: int) -> Rows:
        """Return the rows of the formula bar: the question, or what an answer was worth, before the story."""
        if not self.predicting.is_on:
            return rows
        seen = self.session.view()
        question, judged = self.predicting.question(seen), self.predicting.judged(seen)
        if self.session.cursor is not None:
            # Somebody looks around for what it could be: a digit still answers, so the question stays.
            return (*self._asked(question), *rows) if question else rows
        if question is not None:
            return told_question(seen, question, tell(view, question.cell, decimals=max(decimals, 4)))
        if judged is not None:
            told = tell(seen, judged.question.cell, decimals=max(decimals, 4))
            rows = (*told_answer(seen, judged, told), *(row for row in rows if row != told.numbers))
        score = told_score(view, self.predicting, more=", P hides more") if self.predicting.is_over(seen) else ()
        return (score, *rows) if score else rows

    def _asked(self, question: Question) -> tuple[Line, Line]:
        """Return the question and its answers, without what there is to work it out from."""
        skip = "Esc shows it" if self.session.cursor is None else "Esc lets the cell go"
        return told_choices(self.session.view(), question, skip=skip)

    def predict_title(self, content: TitleContent) -> TitleContent:
        """Return the title with the score."""
        score = self.predicting.score()
        if not self.predicting.is_on:
            return content
        part = TitlePart(score_text(score).replace(" of ", "/"), "predicted", priority=2, role="ok", group=2)
        return TitleContent((*content.left, part), content.right)


def _keys(question: Question) -> str:
    """Return what is typed as an answer: `1, 2 or 3`, or `a number`."""
    if not question.asked.choices:
        return "a number"
    *digits, last = map(str, range(1, len(question.asked.choices) + 1))
    return f"{', '.join(digits)} or {last}"


class TypedNumber(Dialog[str]):
    """One line over the formula bar, so that nothing that is asked about is covered."""

    BINDINGS: ClassVar = [Binding("escape", "cancel", "cancel", show=False)]

    def __init__(self, words: str, typed: str, palette: Palette) -> None:
        super().__init__()
        self._words, self._typed = words, typed
        self.palette = palette

    def compose(self) -> ComposeResult:
        """Lay out question, number and what the keys do."""
        with Vertical(id="typed"):
            yield Static(Text(f"? {self._words}", self.palette.heading), markup=False)
            line = TypedLine(self._typed, select_on_focus=False)
            line.cursor_position = len(self._typed)
            yield line
            yield Static(Text("Enter answers   Esc looks again", self.palette.dim), markup=False)

    def on_mount(self) -> None:
        """Take the keys from the very first on."""
        self.set_focus(self.query_one(TypedLine))

    def on_input_submitted(self, event: TypedLine.Submitted) -> None:
        """Give the number."""
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss("")
