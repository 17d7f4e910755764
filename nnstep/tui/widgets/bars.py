"""The narrow widgets around the sheet: title, steps, loss, status line, formula and footer."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nnstep.engine.program import PHASES
from nnstep.explain.words import Line
from nnstep.records import dataclass
from nnstep.tui.renderables import chart, footer, formula, progress, steps, text, title
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted


@dataclass(frozen=True)
class TitleContent:
    """What the title says."""

    left: tuple[title.TitlePart, ...]
    right: tuple[title.TitlePart, ...]


class TitleBar(Painted):
    """Where we are, in the first line."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("title")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the one line."""
        content: TitleContent = self._shown or TitleContent((), ())
        return [title.title(content.left, content.right, width, self.palette)]


@dataclass(frozen=True)
class Progress:
    """How far we are.

    entries: the steps. current: index of the active one, -1 before the first. losses: the curve. loss: what is
    measured. phase: of the active step. breakpoints: the indices of the steps at which it stops.
    """

    entries: tuple[steps.StepEntry, ...]
    current: int
    losses: tuple[float, ...]
    epochs: Sequence[int]
    loss: str
    phase: str
    breakpoints: frozenset[int] = frozenset()


_NOTHING = Progress((), -1, (), (), "", "")


class PhaseStrip(Painted):
    """The five phases, the current one lit."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("phases")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the one line, with an empty column on either side."""
        content: Progress = self._shown or _NOTHING
        phases, now = [phase.upper() for phase in PHASES], content.phase
        panel = self.palette.panel
        return [_padded(progress.phase_strip(phases, now, width - 2, self.palette, surface=panel), panel)]


class StepsPanel(Painted):
    """The list of steps under their phases."""

    DEFAULT_CSS = "StepsPanel { height: 1fr; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("steps")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the list, with an empty column on either side."""
        content: Progress = self._shown or _NOTHING
        lines = steps.steps_list(
            content.entries,
            content.current,
            width - 2,
            height,
            self.palette,
            breakpoints=content.breakpoints,
            surface=self.palette.panel,
        )
        return [_padded(line, self.palette.panel) for line in lines]


class LossPanel(Painted):
    """The loss curve."""

    DEFAULT_CSS = "LossPanel { height: 6; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("loss")
        self.palette = palette

    def show(self, content: Progress) -> None:
        """Show the curve; where we are in the iteration is nothing to it."""
        super().show((content.losses, content.epochs, content.loss))

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return header, curve and epochs, and an empty line under them."""
        losses, epochs, note = self._shown or ((), (), "")
        series = [chart.Series("loss", losses, epochs)]
        lines = chart.chart(series, width - 2, height - 1, self.palette, note=note, surface=self.palette.panel)
        return [*(_padded(line, self.palette.panel) for line in lines), text.blank(width, self.palette.panel)]


class StatusLine(Painted):
    """Dots, phase and loss in one line: what a small screen has in place of the list."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("status")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the one line, with an empty column on either side."""
        content: Progress = self._shown or _NOTHING
        bar = self.palette.bar
        line = progress.status_line(
            content.entries,
            content.current,
            content.losses,
            width - 2,
            self.palette,
            breakpoints=content.breakpoints,
            surface=bar,
        )
        return [_padded(line, bar)]


class FormulaBar(Painted):
    """What is being computed, with the numbers, the reason and the shapes."""

    DEFAULT_CSS = "FormulaBar { height: 4; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("formula")
        self.palette = palette
        self.airy = False  # with empty lines between the rows, where there is room for them
        self.more = ""  # the key that shows all that is said; told where something is left out
        self.top: int | None = None  # all that is said is shown, from this line on; None leaves out what has no room

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the rows that have room, with an empty column on either side."""
        rows: tuple[Line, ...] = self._shown or ()
        surface = self.palette.panel
        if self.top is None:
            lines = formula.formula(
                rows, width - 2, height, self.palette, surface=surface, airy=self.airy, more=self.more
            )
        else:
            lines = formula.whole(rows, width - 2, self.palette, surface=surface)
            self.top = max(min(self.top, len(lines) - height), 0)
            lines = text.full_height(lines[self.top :], width - 2, height, surface)
        return [_padded(line, surface) for line in lines]

    def is_cut(self) -> bool:
        """Are there words of the reason that have no room?"""
        width, height = self.size
        if not width and self.styles.height is not None:
            # It comes back in the place of an answer, and will be laid out.
            width, height = self.app.size.width, int(self.styles.height.value)
        return bool(width and self._shown) and formula.leaves_out(self._shown, width - 2, height, airy=self.airy)

    def needed(self) -> int:
        """Return how many lines all that is said takes."""
        return len(formula.whole(self._shown or (), max(self.size.width - 2, 1), self.palette))


class FooterBar(Painted):
    """The keys that matter most."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("footer")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the one line."""
        hints: tuple[footer.Hint, ...] = self._shown or ()
        return [footer.footer(hints, width, self.palette)]


def _padded(line: Strip, surface: Style) -> Strip:
    edge = Segment(" ", surface)
    return Strip([edge, *line, edge], line.cell_length + 2)
