"""An answer on the screen: the trail that led here, what is said, and numbered rows that lead on."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.answers import Answer, Lead
from nnstep.explain.words import Line
from nnstep.records import dataclass
from nnstep.tui.renderables.formula import role_style
from nnstep.tui.renderables.text import ELLIPSIS, blank, cells, cut_middle, strip
from nnstep.tui.renderables.wrap import fitted, words_of
from nnstep.tui.theme import Palette

BACK: Final = -1  # is chosen: the trail's line, which leads back
_ARROW: Final = " › "
_MARK: Final = 3  # cells before a row: the mark, the digit, a space
_DIGITS: Final = 9
_MOST_LINES: Final = 2  # of what is told first, and of a row where not all of them have room whole
_LEAST_TOLD: Final = 16  # cells beside a name and its number; with fewer, what is told stands below the chosen row
_BELOW: Final = 5  # cells before that
_LEAST_NAME: Final = 10
_LEAST_WITH_MORE: Final = 30  # cells of the trail beside how many rows are out of sight

Pieces = list[tuple[str, Style]]


@dataclass(frozen=True, eq=False)
class AnswerPage:
    """What the panel shows. trail: the names of the cells that led here, the last one told. chosen: a row, or BACK."""

    title: str
    trail: tuple[str, ...]
    answer: Answer
    chosen: int = 0


def answer_page(page: AnswerPage, width: int, height: int, palette: Palette) -> tuple[list[Strip], list[int | None]]:
    """Return exactly `height` strips; and for each the row that it belongs to, BACK for the trail, None for no row."""
    lines: list[Strip] = []
    owners: list[int | None] = []
    answer, room = page.answer, height - 1
    rest = [*_told(answer.rest, width, 1, palette)] if answer.rest and room > 2 else []
    least = len(answer.leads[:2]) + len(rest)
    for told in answer.told:
        said = _told(told, width, min(_MOST_LINES if room > 6 else 1, room - least), palette)
        lines, room = [*lines, *said], room - len(said)
    owners += [None] * len(lines)
    rows = _rows(page, width, room - len(rest), palette)
    lines = [trail_line(page, width, palette, _out_of_sight(rows, answer)), *lines, *(line for _, line in rows), *rest]
    owners = [BACK, *owners, *(place for place, _ in rows)]
    for told in answer.more:
        lines += _told(told, width, min(_MOST_LINES, height - len(lines)), palette)
    owners += [None] * (len(lines) - len(owners))
    missing = max(0, height - len(lines))
    return [*lines, *[blank(width, palette.panel)] * missing][:height], [*owners, *[None] * missing][:height]


def trail_line(page: AnswerPage, width: int, palette: Palette, more: str = "") -> Strip:
    """Return `where from   0 ‹ loss › E[1,0] › output[1,0] ───`, cut from the left: where we are matters most.

    more: at its right end, where rows are out of sight.
    """
    whole, panel = width, palette.panel
    width -= cell_len(more) + 1 if more and width - cell_len(more) > _LEAST_WITH_MORE else 0
    head: Pieces = [(page.title, panel + palette.heading), ("  ", panel)]
    *before, here = page.trail or ("",)
    if before:
        chosen = page.chosen == BACK
        head.append(("▶0" if chosen else " 0", panel + palette.key))
        head.append((" back ", palette.phase_active if chosen else panel + palette.dim))
    tail: Pieces = [(cut_middle(here, max(width // 2, 8)), panel + palette.name_written)]
    left = width - cells(head) - cells(tail)
    for place, name in enumerate(reversed(before)):
        dots = cell_len(ELLIPSIS + _ARROW) if place < len(before) - 1 else 0
        if cell_len(name + _ARROW) + dots > left:
            tail = [(ELLIPSIS + _ARROW, panel + palette.dim), *tail]
            break
        tail = [(name, panel + palette.text), (_ARROW, panel + palette.dim), *tail]
        left -= cell_len(name + _ARROW)
    line = [*head, *tail, (" ", panel)]
    line.append(("─" * (width - cells(line)), panel + palette.rule))
    return strip([*line, (f" {more}", panel + palette.key)] if width < whole else line, whole, panel)


def _out_of_sight(rows: list[tuple[int, Strip]], answer: Answer) -> str:
    """Return how many rows are above and below those that are seen: `↑ 1 more  ↓ 2 more`."""
    if not rows:
        return ""
    above, below = rows[0][0], len(answer.leads) - 1 - rows[-1][0]
    return "  ".join(f"{arrow} {count} more" for arrow, count in (("↑", above), ("↓", below)) if count)


def _told(line: Line, width: int, lines: int, palette: Palette) -> list[Strip]:
    if not line or lines <= 0:
        return []
    found = fitted(words_of(line), width, lines)
    return [strip(_styled(chunks, palette.panel, palette), width, palette.panel) for chunks in found]


def _styled(chunks: Sequence[tuple[str, str]], behind: Style, palette: Palette) -> Pieces:
    return [(text, behind + role_style(role, palette)) for text, role in chunks]


def _rows(page: AnswerPage, width: int, height: int, palette: Palette) -> list[tuple[int, Strip]]:
    """Return at most `height` lines with the rows around the chosen one, each with its row's number."""
    leads = page.answer.leads
    if not leads or height <= 0:
        return []
    number = max(cell_len(lead.number) for lead in leads)
    # A name is what tells one row from another: it is whole, and what is told has what is left.
    name = min(max(cell_len(lead.name) for lead in leads), max(width - _MARK - number - 2, _LEAST_NAME))
    chosen, others = max(page.chosen, 0), min(len(leads) - 1, _MOST_LINES)
    # Only the chosen one says all of it, where not all can; none says more than a line where there are many.
    sizes = ((height, height), (_MOST_LINES, height), (1, max(height - others, 1)))
    near = range(max(chosen - height, 0), min(chosen + height, len(leads)))
    for lines, most in sizes if len(leads) <= height else sizes[-1:]:
        rows = [
            _row(leads[place], place, (name, number), page, width, most if place == chosen else lines, palette)
            for place in near
        ]
        if sum(map(len, rows)) <= height:
            break
    flat = [(place, line) for place, row in zip(near, rows, strict=True) for line in row]
    last = max((at for at, (place, _) in enumerate(flat) if place == chosen), default=0)
    start = max(0, last + 1 - height) if last >= height else 0
    return flat[start : start + height]


def _row(
    lead: Lead, place: int, sizes: tuple[int, int], page: AnswerPage, width: int, lines: int, palette: Palette
) -> list[Strip]:
    """Return at most so many lines of one row; the chosen one has a mark, so that it is found without colours too."""
    name, number = sizes
    chosen, panel = place == page.chosen, palette.panel
    digit = str(place + 1) if place < _DIGITS else " "
    title = cut_middle(lead.name, name)
    title += " " * (name - cell_len(title))
    pieces: Pieces = [("▶" if chosen else " ", panel + palette.key), (digit, panel + palette.key), (" ", panel)]
    pieces.append((title, palette.phase_active if chosen else panel + palette.number_read))
    if number:
        pieces.append((f"  {lead.number:>{number}}", panel + palette.text))
    if not lead.told:
        return [strip(pieces, width, panel)]
    pieces.append(("   ", panel))
    indent = cells(pieces)
    is_beside = width - indent >= _LEAST_TOLD
    edge = (" " * (indent if is_beside else _BELOW), panel)
    room = max(width - cells([edge]), _LEAST_NAME)
    if not is_beside and (not chosen or lines == 1):
        return [strip(pieces[:-1], width, panel)]
    told = [
        _styled(_ended(line), panel, palette) for line in fitted(words_of(lead.told), room, lines - (not is_beside))
    ]
    first = strip([*pieces, *told.pop(0)] if is_beside else pieces[:-1], width, panel)
    return [first, *(strip([edge, *line], width, panel) for line in told)]


def _ended(line: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a line that was cut without the comma before its `…`."""
    *before, (last, role) = line or [("", "")]
    if last.strip() != ELLIPSIS or not before:
        return list(line)
    text, kind = before[-1]
    return [*before[:-1], (text.rstrip(", "), kind), (f" {ELLIPSIS}", role)]
