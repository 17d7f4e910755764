"""The formula bar: the rule, the numbers, the reason and the shapes, wrapped without breaking a number."""

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from nnstep.explain.words import Word
from nnstep.tui.renderables.text import full_height, strip
from nnstep.tui.renderables.wrap import Line, fitted, words_of
from nnstep.tui.theme import Palette


def formula(
    rows: Sequence[Sequence[Word]],
    width: int,
    lines: int,
    palette: Palette,
    *,
    surface: Style | None = None,
    airy: bool = False,
) -> list[Strip]:
    """Return exactly `lines` strips of the labelled rows: what, the numbers, why, shapes; the first matter most.

    A row may wrap while the next one still has a line (of three or more left); longer ones give up their middle
    for `…` and keep their result. Rows that have no room are left out. airy: an empty line before each row, where all
    rows have room with it.
    """
    behind = palette.panel if surface is None else surface
    if airy:
        whole = [fitted(words_of(_ends(row, width, lines)), width, lines) for row in rows]
        if sum(len(row) + 1 for row in whole) <= lines:
            return _strips([line for row in whole for line in ([], *row)], width, lines, palette, behind)
    wrapped: list[Line] = []
    for place, row in enumerate(rows):
        room = lines - len(wrapped)
        if room <= 0:
            break
        is_last = place == len(rows) - 1
        limit = room if is_last or room < 3 else room - 1
        wrapped += fitted(words_of(_ends(row, width, limit)), width, limit)
    return _strips(wrapped, width, lines, palette, behind)


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
