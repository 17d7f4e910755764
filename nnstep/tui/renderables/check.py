"""The page of a gradient check: what it comes to, a table with one row chosen, and that row worked out by hand."""

from collections.abc import Callable, Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.words import Line
from nnstep.records import dataclass
from nnstep.tui.renderables.formula import role_style
from nnstep.tui.renderables.text import blank, cut_middle, full_height, strip
from nnstep.tui.theme import Palette

MOST_ROWS: Final = 16  # of the table, however tall the terminal is
DETAIL: Final = 7  # lines
_FRAME: Final = 4  # lines: what it comes to, the table's head, and the empty ones around the table
_NAME: Final = 26  # cells of a name at the most
_SHORT_NAME: Final = 10  # and where the other columns leave less room
_GAP: Final = "   "
_SMALL_GAP: Final = "  "  # where the columns leave no room for more
_VERDICTS: Final = {
    "exact": "ok",
    "yes": "ok",
    "wrong": "error",
    "no": "error",
    "kink": "warning",
    "unclear": "warning",
    "?": "warning",
}


@dataclass(frozen=True)
class CheckPage:
    """What the page shows.

    summary: what it comes to. about: what is checked, where that has to be said. rows: how many the table has.
    row: the words of one of them; asked for those that there is room for. chosen: which of them is lit.
    what: what rows are, where a part of them is told. note: below the table. detail: the chosen row by hand.
    """

    summary: Line
    head: tuple[str, ...]
    rows: int
    row: Callable[[int], tuple[str, ...]]
    chosen: int
    what: str = ""
    note: str = ""
    detail: tuple[Line, ...] = ()
    about: Line = ()


def page_height(rows: int) -> int:
    """Return how many lines a page with so many rows takes, if it may."""
    return min(max(rows, 1), MOST_ROWS) + DETAIL + _FRAME


def check_page(page: CheckPage, width: int, height: int, palette: Palette) -> list[Strip]:
    """Return exactly `height` strips of the page."""
    panel = palette.panel
    room = max(1, height - DETAIL - _FRAME)
    seen = _rows_seen(page, room)
    rows = [page.row(number) for number in seen]
    widths, gap = _widths((page.head, *rows), width - 2)
    lines = [_words(page.summary, width, palette), _words(page.about, width, palette)]
    lines.append(strip([(f"  {_joined(page.head, widths, gap)}", panel + palette.heading)], width, panel))
    for number, row in zip(seen, rows, strict=True):
        lines.append(_row(row, widths, gap, number == page.chosen, width, palette))
    lines += [blank(width, panel)] * (room - len(rows))
    lines.append(strip([(f"  {_below(page, seen)}", panel + palette.dim)], width, panel))
    lines += [_words(row, width, palette) for row in page.detail]
    return full_height(lines, width, height, panel)


def _rows_seen(page: CheckPage, room: int) -> range:
    """Return which rows are seen: those around the chosen one."""
    start = max(0, min(page.chosen - room // 2, page.rows - room))
    return range(start, min(start + room, page.rows))


def _below(page: CheckPage, seen: range) -> str:
    """Return what stands below the table: which part of it is seen, where there is more, and the note."""
    part = f"{page.what}{seen.start + 1} to {seen.stop} of {page.rows}" if len(seen) < page.rows else ""
    return "; ".join(filter(None, (part, page.note)))


def _row(row: tuple[str, ...], widths: Sequence[int], gap: str, is_chosen: bool, width: int, palette: Palette) -> Strip:
    """Return one row; the chosen one has a mark, so that it is found without colours too."""
    if is_chosen:
        look = palette.phase_active
        return strip([(f"▶ {_joined(row, widths, gap)}", look)], width, look)
    panel = palette.panel
    pieces: list[tuple[str, Style]] = [("  ", panel)]
    for place, (text, room) in enumerate(zip(row, widths, strict=True)):
        if not any(row[place:]):
            break
        look = getattr(palette, _VERDICTS.get(text, "text"))
        pieces.append(((gap if place else "") + _padded(text, room, place), panel + look))
    return strip(pieces, width, panel)


def _words(line: Line, width: int, palette: Palette) -> Strip:
    return strip([(word.text, palette.panel + role_style(word.role, palette)) for word in line], width, palette.panel)


def _joined(row: Sequence[str], widths: Sequence[int], gap: str) -> str:
    parts = (_padded(text, room, place) for place, (text, room) in enumerate(zip(row, widths, strict=True)))
    return gap.join(parts).rstrip()


def _padded(text: str, room: int, place: int) -> str:
    """Return a text as wide as its column: the name at its left, numbers at their right."""
    shown = cut_middle(text, room)
    space = " " * (room - cell_len(shown))
    return space + shown if _is_number(shown) and place else shown + space


def _is_number(text: str) -> bool:
    return text[-1:].isdecimal() or text in ("nan", "inf", "-inf", "backprop", "measured", "difference")


def _widths(rows: Sequence[tuple[str, ...]], width: int) -> tuple[list[int], str]:
    """Return how wide columns are, and what is between them: as their widest text, but names give way to the others."""
    widest = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    least = sum(widest[1:]) + min(widest[0], _SHORT_NAME)
    gap = _GAP if least + len(_GAP) * len(widest[1:]) <= width else _SMALL_GAP
    others = sum(widest[1:]) + len(gap) * len(widest[1:])
    return [min(widest[0], _NAME, max(width - others, _SHORT_NAME)), *widest[1:]], gap
