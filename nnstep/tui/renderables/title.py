"""The first line: program, scenario, where we are; on the right who presents."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.text import cells, cut_end, spread
from nnstep.tui.theme import Palette

_BORDER: Final = " │ "
_GAP: Final = "  "
_LEAST_NAME: Final = 8
_KNOWN_NAME: Final = 32  # cells of a name that matter more than a part that is only good to know
_GOOD_TO_KNOW: Final = 5  # the priority from which on parts are that
_ANY: Final = 10_000  # cells: more than any line has


class TitlePart(NamedTuple):
    """A part of the header: a dim label before its value, either may be empty."""

    value: str
    label: str = ""
    priority: int = 0  # the highest number is given up first, from 5 on before any name is cut; 0 never
    role: str = "value"  # brand, name (may be shortened), value, stale, ok, warning, error
    group: int = 0  # parts of different groups have a border between them


def title(
    left: Sequence[TitlePart],
    right: Sequence[TitlePart],
    width: int,
    palette: Palette,
    *,
    surface: Style | None = None,
) -> Strip:
    """Return `nnstep │ spreadsheet │ epoch 12  step 8/14 ... ● PRESENTING` in `width` cells.

    Where there is no room, parts are left out by priority, whole. First those go that are only good to know, then
    names are cut, to eight cells at the least, then other parts go; names are as long as there is room.
    """
    behind = palette.bar if surface is None else surface
    kept: list[tuple[bool, int, TitlePart]] = []
    places = [(False, place, part) for place, part in enumerate(left)]
    places += [(True, place, part) for place, part in enumerate(right)]
    for candidate in sorted(places, key=lambda place: place[2].priority):
        trial = [*kept, candidate]
        priority = candidate[2].priority
        least = _LEAST_NAME if priority < _GOOD_TO_KNOW else _KNOWN_NAME
        if priority == 0 or _needed(_ends(trial), palette, behind, least) <= width:
            kept = trial
    ends = _ends(kept)
    ends = (_shortened(ends[0], _needed(ends, palette, behind) - width), ends[1])
    pieces = [_pieces(end, palette, behind) for end in ends]
    margin = [(" ", behind)]
    return spread(margin + pieces[0], pieces[1] + margin if pieces[1] else [], width, behind)


def _ends(parts: Sequence[tuple[bool, int, TitlePart]]) -> tuple[list[TitlePart], list[TitlePart]]:
    """Return the parts of the left and of the right end in their order."""
    ordered = sorted(parts, key=lambda part: part[1])
    return [part for is_right, _, part in ordered if not is_right], [part for is_right, _, part in ordered if is_right]


def _needed(
    ends: tuple[Sequence[TitlePart], Sequence[TitlePart]], palette: Palette, behind: Style, least: int = _ANY
) -> int:
    """Return how many cells both ends take, with margins and a gap between them, names cut to `least` cells."""
    left = _shortened(ends[0], _ANY, least)
    sizes = [cells(_pieces(end, palette, behind)) for end in (left, ends[1])]
    return sum(sizes) + 1 + (1 + len(_GAP) if sizes[1] else 0)


def _shortened(parts: Sequence[TitlePart], over: int, least: int = _LEAST_NAME) -> list[TitlePart]:
    """Return parts with names cut by up to `over` cells, none to less than `least`."""
    shown = []
    for part in parts:
        size = cells([(part.value, Style.null())])
        if part.role == "name" and over > 0 and size > least:
            room = max(least, size - over)
            over -= size - room
            shown.append(part._replace(value=cut_end(part.value, room)))
        else:
            shown.append(part)
    return shown


def _pieces(parts: Sequence[TitlePart], palette: Palette, behind: Style) -> list[tuple[str, Style]]:
    """Return labels and values with what stands between them."""
    if not parts:
        return []
    pieces = _part(parts[0], palette, behind)
    for before, part in pairwise(parts):
        border = _GAP if before.group == part.group else _BORDER
        pieces += [(border, behind + palette.rule), *_part(part, palette, behind)]
    return pieces


def _part(part: TitlePart, palette: Palette, behind: Style) -> list[tuple[str, Style]]:
    """Return one part."""
    style = {
        "brand": palette.key,
        "name": palette.text,
        "ok": palette.ok,
        "stale": palette.stale,
        "warning": palette.warning,
        "error": palette.error,
    }.get(part.role, palette.text + _BOLD)
    label = [(f"{part.label} ", behind + palette.dim)] if part.label else []
    return [*label, (part.value, behind + style)]


_BOLD: Final = Style(bold=True)
