"""The last line: which key does what, as many as there is room for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.text import cells, strip
from nnstep.tui.theme import Palette

_GAP: Final = "   "


class Hint(NamedTuple):
    """A key and what it does."""

    key: str
    label: str
    keep: bool = False  # given up only when everything else is: help, quit


def footer(hints: Sequence[Hint], width: int, palette: Palette, *, surface: Style | None = None) -> Strip:
    """Return `Space next   ← back   ? help` in `width` cells.

    The most important hints come first; where there is no room the last are left out whole, those to keep at the end.
    """
    behind = palette.bar if surface is None else surface
    shown = list(hints)
    while shown and cells(_pieces(shown, palette, behind)) > width:
        loose = [place for place, hint in enumerate(shown) if not hint.keep]
        del shown[loose[-1] if loose else -1]
    return strip(_pieces(shown, palette, behind), width, behind)


def _pieces(hints: Sequence[Hint], palette: Palette, behind: Style) -> list[tuple[str, Style]]:
    """Return keys and labels with gaps between them and a space before them."""
    pieces = [(" ", behind)] if hints else []
    for place, hint in enumerate(hints):
        if place:
            pieces.append((_GAP, behind))
        pieces += [(hint.key, behind + palette.key), (f" {hint.label}", behind + palette.dim)]
    return pieces
