"""The app of `nnstep compare`: two runs side by side, and nothing else."""

from textual.screen import Screen

from nnstep.explain.comparing import Pair
from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.compare import Compare
from nnstep.tui.terminal import ColourMode


class CompareApp(NnstepApp):
    """Opens a pair of sessions. names: what the two runs are called."""

    def __init__(self, pair: Pair, names: tuple[str, str], mode: ColourMode = "truecolor") -> None:
        super().__init__(mode=mode)
        self.pair, self.names = pair, names

    def first_screen(self) -> Screen[None]:
        """Return both side by side."""
        return Compare(self.pair, self.names, self.palette_in_use)
