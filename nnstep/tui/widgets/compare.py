"""What stands around two sheets: a line over each, and both loss curves."""

from textual.strip import Strip

from nnstep.records import dataclass
from nnstep.session import View
from nnstep.tui.renderables.compare import both_curves, run_label
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted


@dataclass(frozen=True)
class Named:
    """A run: its letter, what it is called, and where it stands."""

    letter: str
    name: str
    view: View


class RunLabel(Painted):
    """The line over a run's sheet."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("run")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the one line."""
        shown: Named | None = self._shown
        return [run_label(shown.letter, shown.name, shown.view, width, self.palette)] if shown else []

    def show(self, content: Named) -> None:
        """Show a run; views hold arrays, which are not compared."""
        self._shown = content
        self.repaint()


class BothCurves(Painted):
    """Both loss curves."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("curves")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the chart."""
        shown: tuple[View, View] | None = self._shown
        return both_curves(*shown, width, height, self.palette) if shown else []

    def show(self, content: tuple[View, View]) -> None:
        """Show the curves of two views; views hold arrays, which are not compared."""
        before, self._shown = self._shown, content
        if before is None or any(map(_has_gone_on, before, content)):
            self.repaint()


def _has_gone_on(before: View, now: View) -> bool:
    """Is a run's curve another one?"""
    return (before.losses, before.loss_spacing, before.batches) != (now.losses, now.loss_spacing, now.batches)
