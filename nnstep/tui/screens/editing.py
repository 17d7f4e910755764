"""What if: change a number or a setting where we are, see what comes of it, and go back to as it was.

What people do with it. The room asks "and if the learning rate were 10?": she presses E, types it, and steps on; `w`
puts as it was beside as it is, `u` takes it back, and nobody has lost the place. A student sets one weight to 0 to see
what it does: the cells with a ≠ are those that it reaches. What is worth keeping is saved as a scenario with `s`.
"""

from collections.abc import Callable
from pathlib import Path

from nnstep.branches import Number, Setting, read_number, refuse_result
from nnstep.engine.training import INPUTS, RATE, TARGETS
from nnstep.errors import NnstepError
from nnstep.explain.figures import exact
from nnstep.explain.naming import cell_text
from nnstep.explain.what_if import Changed, is_known, setting_name, told_change
from nnstep.explain.words import Line
from nnstep.scenario.edit import is_written_out, settings_of
from nnstep.scenario.text import in_message
from nnstep.session import View
from nnstep.tui.renderables.title import TitlePart
from nnstep.tui.screens import contents
from nnstep.tui.screens.ways import FarWays
from nnstep.tui.widgets.bars import FormulaBar, TitleContent


class Editing(FarWays):
    """A stepper whose numbers and settings can be changed."""

    # ---- keys

    async def action_edit(self) -> None:
        """Change the number under the cursor; where there is no cursor, a setting."""
        cell = self.session.cursor
        if cell is None:
            await self.action_settings()
            return
        self.stop()
        view = self.session.view()
        try:
            refuse_result(view.compiled, view.program, cell)
        except NnstepError as error:
            from nnstep.tui.screens.edit import Refused

            # Not in the formula bar: whoever types a number after e means it as one, not as keys that step.
            await self.app.push_screen(Refused(error, self.palette))
            return
        if cell.name == RATE:
            await self._ask_setting("optimizer.learning_rate")
            return
        name, now = cell_text(view, cell), exact(float(view.values[cell.name][cell.at]))
        hints = [f"now {now}; from iteration {view.position.iteration} on"]
        if cell.name in (INPUTS, TARGETS) and not is_written_out(self.session.compiled.scenario):
            hints.append("a sample of a data set: this can not be saved in a scenario")
        await self._ask_edit(
            f"What if {name} were another?",
            hints,
            now,
            lambda text: self.session.edit(Number(cell, read_number(text))),
        )

    async def action_settings(self) -> None:
        """Choose a setting, and change it."""
        self.stop()
        from nnstep.tui.screens.edit import Settings

        session = self.session
        dialog = Settings(
            settings_of(session.compiled), session.branches.told, session.position.iteration, self.palette
        )
        await self.app.push_screen(dialog, self._ask_chosen)

    async def _ask_chosen(self, key: str | None) -> None:
        if key:
            await self._ask_setting(key)

    async def _ask_setting(self, key: str) -> None:
        choice = next(one for one in settings_of(self.session.compiled) if one.key == key)
        hints = [f"{key}; from iteration {self.session.position.iteration} on, written as in a scenario file"]
        if choice.choices:
            hints.append(", ".join(choice.choices))
        await self._ask_edit(
            f"What if {_called(key)} were another?",
            hints,
            choice.text,
            lambda text: self.session.edit(Setting(key, text)),
            then=self._say_changed,
        )

    def _say_changed(self) -> None:
        """Confirm what no cell may show: nothing that is there already is made with another rate."""
        iteration = self.session.position.iteration
        what = f"Changed: {self.session.branches.told[-1]}"
        self.say(contents.remark(what, f"from iteration {iteration} on; u takes it back"))

    def action_undo(self) -> None:
        """Take the last change back."""
        self._go_to_other("Taken back: the change", "undo")

    def action_redo(self) -> None:
        """Make the change again that was taken back."""
        self._go_to_other("Made again: the change", "redo")

    async def action_as_it_was(self) -> None:
        """Show as it was beside as it is."""
        self.stop()
        if not self.session.branches.told:
            self.complain(NnstepError("nothing was changed", hint="e changes what the cursor is on, E a setting"))
            return
        from nnstep.explain.comparing import Pair
        from nnstep.tui.screens.compare import Compare

        pair = Pair(self.session.unedited(), self.session, self.predict)
        names = ("as it was", f"as it is: {', '.join(self.session.branches.told)}")
        await self.app.push_screen(Compare(pair, names, self.palette, over=True), lambda _: self.refresh_view())

    async def action_save(self) -> None:
        """Save what was changed as a scenario file."""
        self.stop()
        branches = self.session.branches
        if not branches.told:
            hint = "e changes what the cursor is on, E a setting; then s saves it"
            self.complain(NnstepError("nothing was changed, so there is nothing to save", hint=hint))
            return
        from nnstep.tui.screens.edit import SaveLine

        await self.app.push_screen(SaveLine(branches.file_name, self._save, self.palette), self._say_saved)

    # ---- doing it

    async def _ask_edit(
        self,
        title: str,
        hints: list[str],
        value: str,
        do: Callable[[str], None],
        *,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        from nnstep.tui.screens.edit import EditLine

        # Awaited: keys that were typed ahead wait until the dialog is there, and reach it.
        await self.app.push_screen(
            EditLine(title, tuple(hints), value, do, self.palette), lambda typed: self._edited(then) if typed else None
        )

    def _edited(self, then: Callable[[], None]) -> None:
        self.stay()
        then()

    def _go_to_other(self, what: str, move: str) -> None:
        self.stop()
        try:
            told = getattr(self.session, move)()
        except NnstepError as error:
            self.complain(error)
            return
        self.stay()
        hint = "U changes it again" if move == "undo" else "u takes it back"
        # An answer stays where it is: its trail leads through the change and back.
        self.query_one(FormulaBar).show(contents.remark(f"{what} {told}", hint))

    def _save(self, name: str, overwrite: bool) -> None:
        self.session.branches.save(Path(name).expanduser(), overwrite=overwrite)

    def _say_saved(self, name: str | None) -> None:
        if name:
            shown = in_message(name, limit=60)
            self.say(contents.remark(f"Saved as {shown}", f"nnstep {shown} opens it"))

    # ---- showing

    def predict(self, view: View) -> View:
        """Return what may be seen of a view: all of it, where nothing is to be predicted."""
        return view

    def what_if_rows(self, view: View, changed: Changed) -> tuple[Line, ...]:
        """Return the told cell as it was, where it is another now."""
        told = told_change(self.session, view, changed)
        return (told,) if told else ()

    def what_if_title(self, content: TitleContent) -> TitleContent:
        """Return the title with how many changes there are."""
        count = len(self.session.branches.told)
        if not count:
            return content
        unmarked = "" if is_known(self.session) else ", ≠ after w"
        part = TitlePart(f"{count} change{'s' * (count > 1)}{unmarked}", "what if", priority=2, role="ok", group=2)
        return TitleContent((*content.left, part), content.right)


def _called(key: str) -> str:
    """Return a setting's name in a sentence: `the learning rate`, `the activation of layer 1`."""
    layer, _, name = setting_name(key).rpartition(": ")
    return f"the {name} of {layer}" if layer else f"the {name}"
