"""The list of steps under their phases: what is done, where we are, what is to come."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.text import blank, cut_middle, full_height, spread, strip
from nnstep.tui.theme import Palette

DONE: Final = "✓"
CURRENT: Final = "▶"
BREAKPOINT: Final = "●"


class StepEntry(NamedTuple):
    """One line of the list."""

    number: int  # as shown, from 1
    name: str
    phase: str  # as shown in the heading: FORWARD, ERROR, DELTAS, GRADIENTS, UPDATE


class _Row(NamedTuple):
    """A line to come: a heading, a step (its index) or an empty line."""

    heading: str = ""
    step: int = -1
    steps: range = range(0)  # that stand under the heading


def steps_list(
    entries: Sequence[StepEntry],
    current: int,
    width: int,
    height: int,
    palette: Palette,
    *,
    breakpoints: Collection[int] = (),
    surface: Style | None = None,
) -> list[Strip]:
    """Return `height` lines: the steps under the headings of their phases, scrolled so that the current one is seen.

    current: index of the current step; those before it are done; -1 before the first, len(entries) after the last.
    breakpoints: indices of steps. On the first and last line `↑` and `↓` count the steps that are hidden there.
    """
    behind = palette.panel if surface is None else surface
    if height <= 0:
        return []
    rows = _rows(entries, height)
    shown, above, below = _window(rows, current, height)
    digits = len(str(entries[-1].number)) if entries else 1
    strips = []
    for place, row in enumerate(shown):
        more = f"↑{above}" if above and place == 0 else f"↓{below}" if below and place == height - 1 else ""
        if row.step >= 0:
            entry, mark, stop = entries[row.step], _state(row.step, current), row.step in breakpoints
            size = (width, max(2, digits))
            strips.append(_step(entry, mark, stop, more, size=size, palette=palette, behind=behind))
        elif row.heading:
            style = palette.heading_active if current in row.steps else palette.heading
            strips.append(_line([(row.heading, behind + style)], more, width, palette, behind))
        else:
            strips.append(blank(width, behind))
    return full_height(strips, width, height, behind)


def _rows(entries: Sequence[StepEntry], height: int) -> list[_Row]:
    """Return headings and steps, with empty lines between phases where there is room for all."""
    groups = [list(group) for _, group in groupby(range(len(entries)), key=lambda index: entries[index].phase)]
    gap = [_Row()] if len(entries) + 2 * len(groups) - 1 <= height else []
    rows: list[_Row] = []
    for group in groups:
        rows += gap if rows else []
        under = range(group[0], group[-1] + 1)
        rows += [_Row(heading=entries[group[0]].phase, steps=under), *(_Row(step=index) for index in group)]
    return rows


def _window(rows: list[_Row], current: int, height: int) -> tuple[list[_Row], int, int]:
    """Return the rows to show and how many steps are above and below them."""
    if len(rows) <= height:
        return rows, 0, 0
    at = next((place for place, row in enumerate(rows) if row.step == current), 0 if current < 0 else len(rows) - 1)
    # Two thirds of the lines before the current step: what was done explains it, what comes is still to be seen.
    start = min(max(0, at - (2 * height) // 3), len(rows) - height)
    shown = rows[start : start + height]
    if shown[0].step >= 0 and height > 1:
        shown = [_heading_of(rows, start), *shown[1:]]
        above = _count(rows[: start + 1])
    else:
        above = _count(rows[:start])
    return shown, above, _count(rows[start + height :])


def _heading_of(rows: list[_Row], place: int) -> _Row:
    """Return the heading under which a step stands."""
    return next(row for row in reversed(rows[:place]) if row.heading)


def _count(rows: Sequence[_Row]) -> int:
    """Return how many of the rows are steps."""
    return sum(row.step >= 0 for row in rows)


def _state(index: int, current: int) -> str:
    """Return done, current or todo."""
    return CURRENT if index == current else DONE if index < current else " "


@lru_cache(maxsize=1024)  # a move changes two lines of the list
def _step(
    entry: StepEntry, mark: str, stop: bool, more: str, *, size: tuple[int, int], palette: Palette, behind: Style
) -> Strip:
    """Return the line of one step. size: width of the line and of the numbers."""
    width, digits = size
    number = f"{entry.number:>{digits}} "
    room = width - 3 - len(number) - (len(more) + 1 if more else 0)
    name = cut_middle(entry.name, room)
    if mark == CURRENT:
        style = behind + palette.phase_active
        dot = BREAKPOINT if stop else " "
        return _line([(f"{mark}{dot} {number}{name}", style)], more, width, palette, style)
    style = behind + (palette.text if mark == DONE else palette.phase_todo)
    dot_piece = (BREAKPOINT, behind + palette.error) if stop else (" ", behind)
    pieces = [(mark, behind + palette.phase_done), dot_piece, (f" {number}{name}", style)]
    return _line(pieces, more, width, palette, behind)


def _line(pieces: list[tuple[str, Style]], more: str, width: int, palette: Palette, fill: Style) -> Strip:
    """Return one line, with a note at its right end of what is hidden."""
    if not more:
        return strip(pieces, width, fill)
    style = fill if fill.bold else fill + palette.dim  # the current line keeps its own colours
    return spread(pieces, [(more, style)], width, fill)
