"""Where we are, in one line: a dot for each step, and the five phases with the current one lit."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final

from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.chart import sparkline
from nnstep.tui.renderables.steps import CURRENT, StepEntry
from nnstep.tui.renderables.text import ELLIPSIS, cells, strip
from nnstep.tui.theme import Palette

DONE_DOT: Final = "●"
TODO_DOT: Final = "○"
DONE_STOP: Final = "■"  # a step with a breakpoint: another shape, for who sees no colour
TODO_STOP: Final = "□"
BORDER: Final = "│"
_ARROW: Final = " ▸ "
_LEAST_SPARK: Final = 6

_Pieces = list[tuple[str, Style]]


def dots(
    entries: Sequence[StepEntry], current: int, width: int, palette: Palette, *, surface: Style | None = None
) -> Strip:
    """Return `●●●●│●●●▶○○│○○`, a dot a step and a border between phases; `…` where steps are left out.

    current: index of the current step; -1 before the first, len(entries) after the last.
    """
    behind = palette.bar if surface is None else surface
    return strip(_dots(entries, current, width, palette, behind), width, behind)


def dots_width(entries: Sequence[StepEntry]) -> int:
    """Return how many cells `dots` needs to show every step."""
    phases = sum(1 for _ in groupby(entries, key=lambda entry: entry.phase))
    return len(entries) + max(0, phases - 1)


def phase_strip(
    phases: Sequence[str], current: str, width: int, palette: Palette, *, surface: Style | None = None
) -> Strip:
    """Return `FORWARD ▸ ERROR ▸ DELTAS`, the current phase lit, those before it done.

    Where there is no room the others become their first letters, then only the current one is left.
    """
    behind = palette.panel if surface is None else surface
    at = phases.index(current) if current in phases else -1
    attempts = (list(phases), [name if place == at else name[:1] for place, name in enumerate(phases)])
    for names in attempts:
        pieces = _phases(names, at, palette, behind)
        if cells(pieces) <= width:
            return strip(pieces, width, behind)
    return strip([(current, behind + palette.heading_active)] if at >= 0 else [], width, behind)


def status_line(
    entries: Sequence[StepEntry],
    current: int,
    losses: Sequence[float],
    width: int,
    palette: Palette,
    *,
    breakpoints: Collection[int] = (),
    surface: Style | None = None,
) -> Strip:
    """Return the one line that stands for list and curve on a small screen: dots, the current phase, the loss curve.

    breakpoints: indices of steps; these have squares for dots.
    """
    behind = palette.bar if surface is None else surface
    phase = entries[current].phase if 0 <= current < len(entries) else ""
    words: _Pieces = [(f"  {phase.lower()}", behind + palette.heading)] if phase else []
    label: _Pieces = [("   loss ", behind + palette.dim)]
    needed = min(dots_width(entries), max(1, width // 2))
    left = _dots(entries, current, needed, palette, behind, breakpoints) + words
    room = width - cells(left) - cells(label)
    if room < _LEAST_SPARK or not len(losses):
        return strip(left, width, behind)
    curve = sparkline(losses, min(room, 40), palette, surface=behind)
    drawn = [(segment.text, segment.style or behind) for segment in curve]
    return strip([*left, *label, *drawn], width, behind)


def _dots(
    entries: Sequence[StepEntry],
    current: int,
    width: int,
    palette: Palette,
    behind: Style,
    breakpoints: Collection[int] = (),
) -> _Pieces:
    """Return the dots in at most `width` cells."""
    styles = {DONE_DOT: palette.phase_done, TODO_DOT: palette.phase_todo, CURRENT: palette.heading_active}
    styles |= {DONE_STOP: palette.error, TODO_STOP: palette.error}
    marks: list[str] = []
    at = 0
    for index, entry in enumerate(entries):
        if index and entry.phase != entries[index - 1].phase:
            marks.append(BORDER)
        if index == current:
            at = len(marks)
        done, todo = (DONE_STOP, TODO_STOP) if index in breakpoints else (DONE_DOT, TODO_DOT)
        marks.append(CURRENT if index == current else done if index < current else todo)
    at = len(marks) - 1 if current >= len(entries) else at
    shown = _elided(marks, at, width)
    return [("".join(run), behind + styles.get(mark, palette.dim)) for mark, run in groupby(shown)]


def _elided(marks: list[str], at: int, width: int) -> list[str]:
    """Return at most `width` marks around `at`, `…` at an end where some are left out."""
    if len(marks) <= width:
        return marks
    if width <= 0:
        return []
    start = min(max(0, at - width // 2), len(marks) - width)
    shown = marks[start : start + width]
    if start > 0 and at > start:
        shown[0] = ELLIPSIS
    if start + width < len(marks) and at < start + width - 1:
        shown[-1] = ELLIPSIS
    return shown


def _phases(names: Sequence[str], at: int, palette: Palette, behind: Style) -> _Pieces:
    """Return the names with arrows between them."""
    pieces: _Pieces = []
    for place, name in enumerate(names):
        if place:
            pieces.append((_ARROW, behind + palette.dim))
        style = palette.heading_active if place == at else palette.phase_done if place < at else palette.phase_todo
        pieces.append((name, behind + style))
    return pieces
