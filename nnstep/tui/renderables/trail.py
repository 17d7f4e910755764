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
_GAPS: Final = 5  # cells around its number
_DIGITS: Final = 9
_MOST_LINES: Final = 2  # of what is told first, and of a row, where there is room

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
    lines = [trail_line(page, width, palette)]
    owners: list[int | None] = [BACK]
    answer, room = page.answer, height - 1
    rest = [*_told(answer.rest, width, 1, palette)] if answer.rest and room > 2 else []
    least = len(answer.leads[:2]) + len(rest)
    for told in answer.told:
        said = _told(told, width, min(_MOST_LINES if room > 6 else 1, room - least), palette)
        lines, room = [*lines, *said], room - len(said)
    owners += [None] * (len(lines) - 1)
    for number, row in _rows(page, width, room - len(rest), palette):
        lines.append(row)
        owners.append(number)
    lines = [*lines, *rest]
    for told in answer.more:
        lines += _told(told, width, min(_MOST_LINES, height - len(lines)), palette)
    owners += [None] * (len(lines) - len(owners))
    missing = max(0, height - len(lines))
    return [*lines, *[blank(width, palette.panel)] * missing][:height], [*owners, *[None] * missing][:height]


def trail_line(page: AnswerPage, width: int, palette: Palette) -> Strip:
    """Return `where from   0 ‹ loss › E[1,0] › output[1,0] ───`, cut from the left: where we are matters most."""
    panel = palette.panel
    head: Pieces = [(page.title, panel + palette.heading), ("  ", panel)]
    *before, here = page.trail or ("",)
    if before:
        chosen = page.chosen == BACK
        head.append(("▶0" if chosen else " 0", panel + palette.key))
        head.append((" back ", palette.phase_active if chosen else panel + palette.dim))
    tail: Pieces = [(cut_middle(here, max(width // 2, 8)), panel + palette.name_written)]
    left = width - cells(head) - cells(tail)
    for place, name in enumerate(reversed(before)):
        more = cell_len(ELLIPSIS + _ARROW) if place < len(before) - 1 else 0
        if cell_len(name + _ARROW) + more > left:
            tail = [(ELLIPSIS + _ARROW, panel + palette.dim), *tail]
            break
        tail = [(name, panel + palette.text), (_ARROW, panel + palette.dim), *tail]
        left -= cell_len(name + _ARROW)
    line = [*head, *tail, (" ", panel)]
    return strip([*line, ("─" * (width - cells(line)), panel + palette.rule)], width, panel)


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
    told = max(sum(cell_len(word.text) for word in lead.told) for lead in leads)
    room = width - _MARK - number - _GAPS - min(told, width // 3)
    name = min(max(cell_len(lead.name) for lead in leads), max(room, 10))
    rows = [_row(lead, place, (name, number), page, width, palette) for place, lead in enumerate(leads)]
    chosen = max(page.chosen, 0)
    if sum(map(len, rows)) > height:
        # Only the chosen one says all of it.
        rows = [row if place == chosen and height > _MOST_LINES else row[:1] for place, row in enumerate(rows)]
    flat = [(place, line) for place, row in enumerate(rows) for line in row]
    last = max((at for at, (place, _) in enumerate(flat) if place == chosen), default=0)
    start = max(0, last + 1 - height) if last >= height else 0
    return flat[start : start + height]


def _row(lead: Lead, place: int, sizes: tuple[int, int], page: AnswerPage, width: int, palette: Palette) -> list[Strip]:
    """Return the lines of one row; the chosen one has a mark, so that it is found without colours too."""
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
    told = fitted(words_of(lead.told), max(width - indent, 8), _MOST_LINES)
    first = strip([*pieces, *_styled(told[0], panel, palette)], width, panel)
    edge = (" " * indent, panel)
    return [first, *(strip([edge, *_styled(line, panel, palette)], width, panel) for line in told[1:])]
