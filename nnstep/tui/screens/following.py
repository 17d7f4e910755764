"""Following numbers: where the told cell came from, where it goes, which factors make it; and the trail back.

What a student does with it, alone at night: `output[1,0]` says 0.79 and should say 0. She presses `o`: what it was made
of stands in a list, the largest part first. `1` goes there; that is made of something too; after five digits she is
at a weight, and the weight is what epoch 11 made of it. Backspace goes back the same way, to the very step. `O` asks
the other way round: what would change if this number did, and would the loss?

What a lecturer does with it, before a room: "why does this weight move so little?" She points at it and presses `R`:
the factors of the chain rule stand below each other, and the room sees which one is small; its digit shows where that
factor stands on the board. On a network that does not learn she presses `W`, and has the worst fact first. The board
stays where it is meanwhile, and every key that steps goes on stepping: the list then tells of the next number.
"""

from collections.abc import Iterator

from textual.binding import Binding

from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.answers import QUESTIONS, Answer
from nnstep.explain.trail import Trail, Visit
from nnstep.explain.words import sentence
from nnstep.session import View
from nnstep.tui.actions import FOLLOWING
from nnstep.tui.messages import LeadChosen
from nnstep.tui.renderables.trail import BACK, AnswerPage
from nnstep.tui.renderables.window import Reads
from nnstep.tui.screens import contents
from nnstep.tui.screens.lecture import Lecturing
from nnstep.tui.widgets.answer import AnswerPanel
from nnstep.tui.widgets.bars import FormulaBar
from nnstep.tui.widgets.sheet import SheetView

_NO_CELL = Answer((sentence("No number is told here: choose one with Tab, h j k l or a click, or go on with Space."),))

# While an answer is shown these keys are about it; else they do what they always do.
BINDINGS = [
    Binding(key, f"follow({key})" if action.name == "follow" else action.call, action.label, show=False, priority=True)
    for action in FOLLOWING
    for key in action.keys.split()
]
_NEED_ANSWER = frozenset(action.name.partition("(")[0] for action in FOLLOWING)


class Following(Lecturing):
    """A stepper that answers where its numbers come from and lead to, in a panel in place of the formula bar.

    asked: a key of QUESTIONS, or "" while no answer is shown. chosen: the row that Enter goes to.
    """

    asked = ""
    chosen = 0
    answer = Answer()
    trail = Trail()

    # ---- keys

    def action_where_from(self) -> None:
        """List what the told cell is made of."""
        self._inquire("from")

    def action_where_to(self) -> None:
        """List what the told cell has an effect on."""
        self._inquire("to")

    def action_chain_rule(self) -> None:
        """List the factors from the loss to the told cell."""
        self._inquire("chain")

    def action_why_stuck(self) -> None:
        """List why nothing is learned."""
        self._inquire("stuck")

    def action_choose_lead(self, by: int) -> None:
        """Choose another row; above the first one is the way back."""
        least = BACK if len(self.trail.visits) > 1 else 0
        self.chosen = max(least, min(self.chosen + by, len(self.answer.leads) - 1))
        self._show_answer()

    def action_follow_chosen(self) -> None:
        """Go to the cell of the chosen row."""
        self._follow(self.chosen)

    def action_follow(self, number: int) -> None:
        """Go to the cell of a row, counted from 1."""
        self._follow(number - 1)

    def action_way_back(self) -> None:
        """Go back to the cell that led here."""
        self._follow(BACK)

    def action_close_answer(self) -> None:
        """Show the formula bar again."""
        self.close_answer()

    def on_lead_chosen(self, message: LeadChosen) -> None:
        """Go where was pointed at."""
        self._follow(message.row)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say whether an action can be done now: those of an answer only while one is shown."""
        if action in _NEED_ANSWER and not self.asked:
            return False
        if action == "way_back" and len(self.trail.visits) < 2:
            return False
        return super().check_action(action, parameters)

    # ---- opening and closing

    def _inquire(self, question: str) -> None:
        self.stop()
        if self.asked == question:
            self.close_answer()
            return
        if self.shown is not None and self.shown.hidden:
            self.complain(NnstepError("first say what it will be", hint="then ask where it is from; Esc shows it"))
            return
        if QUESTIONS[question].about_cell and self.session.view().story is None:
            hint = "choose one with Tab, h j k l or a click, or go on with Space"
            self.complain(NnstepError("no number is told yet", hint=hint))
            return
        was_open = bool(self.asked)
        self.asked, self.chosen = question, 0
        self.look_closer()
        if not was_open:
            self._give_room()
        self.refresh_view()

    def close_answer(self) -> None:
        """Show the formula bar again, if there is an answer in its place."""
        if self.asked:
            self.asked = ""
            self._give_room()
            self.refresh_view()

    def _give_room(self) -> None:
        """Let the panel and the formula bar change places; the sheet keeps its layout, and shows less of it."""
        sheet, panel, bar = self.query_one(SheetView), self.query_one(AnswerPanel), self.query_one(FormulaBar)
        is_open, lines = bool(self.asked), sheet.size.height
        sheet.laid_out_for = lines if is_open else 0
        panel.display, bar.display = is_open, not is_open
        if not lines:
            self.call_after_refresh(self.refresh_view)

    def fit_answer(self, height: int) -> None:
        """Choose how tall the panel is in a terminal of this height."""
        lines = 14 if height >= 48 else 12 if height >= 40 else 10 if height >= 30 else 8
        self.query_one(AnswerPanel).styles.height = lines
        self.query_one(SheetView).laid_out_for = 0

    # ---- showing

    def lights(self, view: View, reads: Reads) -> tuple[Reads, Reads]:
        """Find the answer for a view; return the cells to be shown as read, and those to be shown as affected."""
        if view.hidden:
            self._show_bar()  # the question stands there, and an answer here would give it away
        if not self.asked:
            return reads, {}
        self._keep_trail(view)
        question = QUESTIONS[self.asked]
        if question.about_cell and view.story is None:
            self.answer = _NO_CELL
        else:
            # What the whole network is asked needs no cell; any will do.
            cell = view.story or Cell(view.program.loss, ())
            self.answer = question.answer(view, cell, max(self.decimals, 4))
        self.chosen = max(BACK, min(self.chosen, len(self.answer.leads) - 1))
        if self.chosen == BACK and self.answer.leads:
            self.chosen = 0
        if self.asked == "to":
            return {}, self.answer.lit
        return (self.answer.lit, {}) if self.asked == "chain" else (reads, {})

    def show_answer(self) -> None:
        """Show the answer that was found last."""
        if self.asked:
            self._show_answer()

    def _show_answer(self) -> None:
        view = self.shown
        assert view is not None
        page = AnswerPage(QUESTIONS[self.asked].title, self.trail.names(view), self.answer, self.chosen)
        self.query_one(AnswerPanel).show(page)

    def _keep_trail(self, view: View) -> None:
        """Begin the trail anew where we came here in another way than along it."""
        here = Visit.of(view, self.asked, self.chosen)
        last = self.trail.visits[-1] if self.trail.visits else None
        if last is None or (last.cell, last.iteration) != (here.cell, here.iteration):
            self.trail = Trail((here,))
            self.chosen = 0 if last is not None else self.chosen
        else:
            self.trail = self.trail.at(here).known(self.session.branches)

    # ---- going

    def _follow(self, row: int) -> None:
        """Go to the cell of a row, or back to where we came from."""
        self.stop()
        trail, leads, programs = self.trail, self.answer.leads, self.session.branches
        if row >= len(leads) or (row == BACK and len(trail.visits) < 2):
            return
        try:
            if row == BACK:
                self._go_along(trail.back(programs))
            else:
                self._go_along(trail.onward(leads[row].place, row, self.session.view(), programs))
        except NnstepError as error:
            self.complain(error)

    def _go_along(self, trail: Trail) -> None:
        """Go to the end of a trail, which then is the one that we are on."""
        goal, way = trail.visits[-1].find(self.session.branches), self._way_along(trail)
        if goal is None or goal == self.session.position:
            for _ in way:
                pass
            self.refresh_view()
        else:
            start = goal.iteration - self.session.distance(goal.iteration)
            self._pass(f"Going to iteration {goal.iteration}", way, start, goal.iteration)

    def _way_along(self, trail: Trail) -> Iterator[int]:
        """Run what lies before the end of a trail; we are there when that is over."""
        yield from trail.way(self.session)
        self.trail, visit = trail, trail.visits[-1]
        self.asked, self.chosen = visit.asked or self.asked, visit.chosen
        if self.zoom and visit.cell:
            self.zoom = visit.cell.name

    # ---- what is said in the formula bar

    def say(self, rows: contents.Rows) -> None:
        """Show something in the formula bar, which has to be seen for it."""
        self._show_bar()
        super().say(rows)

    def _show_bar(self) -> None:
        """Put the formula bar back, for what is shown in it next."""
        if self.asked:
            self.asked = ""
            self._give_room()
