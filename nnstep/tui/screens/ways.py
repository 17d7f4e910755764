"""The long ways of the stepper: to a place that is typed, to an epoch, and back to what has to be worked out again."""

from abc import abstractmethod
from collections.abc import Callable, Iterator

from textual.screen import Screen

from nnstep.errors import NnstepError
from nnstep.explain.ending import stopped_text
from nnstep.scenario.limits import EPOCHS
from nnstep.session import Session, View
from nnstep.tui.screens import contents
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.bars import FormulaBar


class FarWays(Screen[None]):
    """A screen that shows a session, and goes far with it.

    shown: the view that was shown last.
    """

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__()
        self.session = session
        self.palette = palette
        self.shown: View | None = None

    @abstractmethod
    def refresh_view(self, *, follow: bool = True) -> None:
        """Show where the session is now."""

    @abstractmethod
    def stop(self) -> None:
        """Run by itself no longer."""

    def follow(self) -> None:
        """Show where the session has moved to; on a large network one step back can take many iterations."""
        there, shown = self.session.position.iteration, self.shown
        far = self.session.distance(there)
        if shown is None or far <= 1:
            self.refresh_view()
        else:
            self._pass(f"Going to iteration {there}", self.session.arrive(shown), there - far, there)

    def stay(self) -> None:
        """Show the same place in other names, for which its numbers are worked out again."""
        here, far = self.session.position, self.session.distance(self.session.position.iteration)
        if far <= 2:
            self.refresh_view()
        else:
            way = self.session.travel(here.iteration, here.step)
            self._pass("In other names", way, here.iteration - far, here.iteration)

    async def action_go_to(self) -> None:
        """Ask where to go, and go there."""
        self.stop()
        here = contents.place_text(self.session.view())
        await self._ask("Go to", "epoch:step, such as 12:8, an epoch, or a step's name", here, self._go_to)

    def _go_to(self, answer: str) -> None:
        """Go where was answered."""
        try:
            iteration, step = contents.read_place(answer, self.session)
        except NnstepError as error:
            self.complain(error)
            return
        self.session.place_cursor(None)
        start = iteration - self.session.distance(iteration)
        self._pass(f"Going to {answer}", self.session.travel(iteration, step), start, iteration)

    async def action_fast_forward(self) -> None:
        """Ask for an epoch, and train up to it."""
        self.stop()
        epochs = self.session.compiled.training.epochs
        await self._ask("Fast-forward", "train to the end of epoch", str(epochs), self._fast_forward, "train")

    def _fast_forward(self, answer: str) -> None:
        """Train up to the epoch that was answered."""
        is_number = answer.isascii() and answer.isdecimal() and len(answer) <= len(str(EPOCHS))
        if not is_number or not 1 <= int(answer) <= EPOCHS:
            shown = answer if len(answer) <= 20 else f"{answer[:20]}…"
            self.complain(NnstepError(f"{shown} is not an epoch", hint=f"give a whole number from 1 to {EPOCHS}"))
            return
        epoch, start = int(answer), self.session.position.iteration
        goal = self.session.compiled.training.batches.first(epoch + 1) - 1
        if goal < start:
            self.complain(
                NnstepError(f"epoch {epoch} is over already", hint=f"press g and type {epoch}:0 to see it again")
            )
            return
        self._pass(*self.train(epoch), start, goal, stays=True)

    def train(self, epoch: int) -> tuple[str, Iterator[int]]:
        """Return the title of a fast-forward to the end of an epoch, and its way."""
        return f"Training to epoch {epoch}", self.session.fast_forward(epoch)

    async def _ask(self, title: str, hint: str, value: str, then: Callable[[str], None], enter: str = "go") -> None:
        """Ask for one line; what is not answered is not done. enter: what Enter does, in a word."""
        from nnstep.tui.screens.ask import Ask

        # Awaited: keys that were typed ahead wait until the dialog is there, and reach it.
        await self.app.push_screen(
            Ask(title, hint, value, self.palette, enter), lambda answer: then(answer) if answer else None
        )

    def _pass(self, title: str, way: Iterator[int], start: int, goal: int, *, stays: bool = False) -> None:
        """Run through iterations; where that takes long, show how far it is, and let it be stopped.

        stays: are we where it was stopped, then? Else we are where we came from.
        """
        from nnstep.tui.screens.progress import Passage, is_soon_over

        # Most ways are short, and a screen that comes and goes would take the keys that were typed ahead.
        if is_soon_over(way):
            self._arrive()
            return
        passage = Passage(title, self.session, way, start, goal, self.palette, stays=stays)
        self.app.push_screen(passage, lambda _: self._arrive())

    def _arrive(self) -> None:
        """Show where a long way led, and why it ended before its goal if it did."""
        self.refresh_view()
        if why := stopped_text(self.session):
            self.say(contents.remark(why, "press f once more to train on from here"))

    def complain(self, error: NnstepError) -> None:
        """Show an error in the formula bar, where the person looks."""
        self.say(contents.complaint(error))

    def say(self, rows: contents.Rows) -> None:
        """Show something in the formula bar until the next key."""
        self.query_one(FormulaBar).show(rows)
