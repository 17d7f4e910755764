"""The formula bar: the rule, the numbers, the reason and the shapes, wrapped without breaking a number."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.words import Word
from nnstep.tui.renderables.text import ELLIPSIS, full_height, strip
from nnstep.tui.renderables.wrap import Line, fitted, words_of
from nnstep.tui.theme import Palette

_ALL: Final = 10_000  # lines: more than the longest note has words


def formula(
    rows: Sequence[Sequence[Word]],
    width: int,
    lines: int,
    palette: Palette,
    *,
    surface: Style | None = None,
    airy: bool = False,
    more: str = "",
) -> list[Strip]:
    """Return exactly `lines` strips of the labelled rows: what, the numbers, why, shapes; the first matter most.

    A row may wrap while the next one still has a line (of three or more left); longer ones give up their middle
    for `…` and keep their result. Rows that have no room are left out. airy: an empty line before each row, where all
    rows have room with it. more: the key that shows all, told in the last line where the teacher's words have no room.
    """
    behind = palette.panel if surface is None else surface
    wrapped = _wrapped(rows, width, lines, airy=airy)
    if not more or not wrapped or _said(chain(*rows)) <= _said(chain(*wrapped)):
        return _strips(wrapped, width, lines, palette, behind)
    room = width - len(more) - 2  # beside the key and its dots
    if len(wrapped) == lines and _is_result(wrapped[-1]) and _length(wrapped[-1]) > room > 0:
        wrapped = _wrapped(rows, room, lines, airy=airy)  # else the key would stand on it
    strips = _strips(wrapped, width, lines, palette, behind)
    strips[-1] = _with_key(strips[-1], more, width, palette, behind)
    return strips


def _is_result(line: Line) -> bool:
    return any(role == "written" for _, role in line)


def _length(line: Line) -> int:
    return sum(cell_len(text) for text, _ in line)


def leaves_out(rows: Sequence[Sequence[Word]], width: int, lines: int, *, airy: bool = False) -> bool:
    """Are words of the reason left out: the teacher's where there are any, else our own?"""
    roles = ("said",) if _said(chain(*rows)) else ("plain",)
    return _said(chain(*rows), roles) > _said(chain(*_wrapped(rows, width, lines, airy=airy)), roles)


def _wrapped(rows: Sequence[Sequence[Word]], width: int, lines: int, *, airy: bool) -> list[Line]:
    """Return at most so many lines of the rows."""
    if airy:
        whole = [fitted(words_of(_ends(row, width, lines)), width, lines) for row in rows]
        if sum(len(row) + 1 for row in whole) <= lines:
            return [line for row in whole for line in ([], *row)]
    wrapped: list[Line] = []
    for place, row in enumerate(rows):
        room = lines - len(wrapped)
        if room <= 0:
            break
        is_last = place == len(rows) - 1
        limit = room if is_last or room < 3 else room - 1
        wrapped += fitted(words_of(_ends(row, width, limit)), width, limit)
    return wrapped


def whole(rows: Sequence[Sequence[Word]], width: int, palette: Palette, *, surface: Style | None = None) -> list[Strip]:
    """Return as many lines as the rows need, nothing left out."""
    behind = palette.panel if surface is None else surface
    wrapped = [line for row in rows for line in fitted(words_of(row), width, _ALL)]
    return _strips(wrapped, width, len(wrapped), palette, behind)


def _with_key(line: Strip, key: str, width: int, palette: Palette, behind: Style) -> Strip:
    """Return a line with the key at its right end that shows what is left out."""
    ending = line.text.rstrip()
    dots = "" if ending.endswith(ELLIPSIS) and len(ending) < width - len(key) else ELLIPSIS
    hint = strip([(f"{dots} ", behind + palette.dim), (key, behind + palette.key)], len(dots) + 1 + len(key), behind)
    return Strip([*line.crop(0, width - hint.cell_length), *hint], width) if hint.cell_length < width else line


def _said(words: Iterable[tuple[str, str]], roles: Collection[str] = ("said",)) -> int:
    """Return how many characters of the teacher's words there are, or others; spaces at the ends of lines are lost."""
    return sum(len(text) - text.count(" ") for text, role in words if role in roles)


def _strips(wrapped: Sequence[Line], width: int, lines: int, palette: Palette, behind: Style) -> list[Strip]:
    styles = {role: behind + role_style(role, palette) for line in wrapped for _, role in line}
    strips = [strip([(text, styles[role]) for text, role in line], width, behind) for line in wrapped]
    return full_height(strips, width, max(0, lines), behind)


def role_style(role: str, palette: Palette) -> Style:
    """Return what a role looks like; an unknown role is plain."""
    return {
        "name": palette.text,
        "read": palette.number_read,
        "written": palette.name_written,
        "dim": palette.dim,
        "heading": palette.heading,
        "operator": palette.dim,
        "warning": palette.warning,
    }.get(role, palette.text)


def _ends(row: Sequence[Word], width: int, lines: int) -> list[Word]:
    """Return a row without the middle that could not be shown, each piece taking a cell at least."""
    filled = [piece for piece in row if piece.text]
    most = width * lines
    return filled if len(filled) <= most + width else [*filled[:most], *filled[-width:]]
