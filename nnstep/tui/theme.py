"""Colours by role, never by hue: four palettes from three small tables.

Colour is never the only cue. In every palette a cell that is being **written** is bold, one that is **read** is
underlined, one that the told cell has an **effect** on has `›` in the padding of its cell, the cursor has brackets
there, and a sign is also a minus; a **stale** cell differs from a live one in lightness (`dim` with 16 colours or
none). Text roles have no background: add them to a surface, `palette.panel + palette.dim`.

The colour tables hold numbers of the xterm-256 palette. "truecolor" shows the very same entries as red, green and blue,
so that a screen looks alike everywhere, and no terminal library has to round a colour: rounding turned small negatives
blue.
"""

from enum import IntEnum
from functools import cache
from typing import Final, Literal, NamedTuple

from rich.color import Color
from rich.style import Style

from nnstep.errors import unknown
from nnstep.records import dataclass

Mode = Literal["truecolor", "256", "16", "none"]


class Cell(IntEnum):
    """The state of a cell; the index into `Palette.cells`, `Palette.cursors` and `Palette.pixels`."""

    BLANK = 0  # not yet computed
    STALE = 1  # last iteration's value
    PLAIN = 2  # live, without heat: integer data
    NEGATIVE_2 = 3  # live, by sign and size: `Cell.ZERO + level`
    NEGATIVE_1 = 4
    ZERO = 5
    POSITIVE_1 = 6
    POSITIVE_2 = 7
    READ = 8
    WRITTEN = 9
    BROKEN = 10  # infinite or not a number
    EFFECT = 11  # has the told cell in it
    CURSOR = 12  # in pictures only; a cell with text has its cursor style in `Palette.cursors`


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Palette:
    """What every role looks like; compared by identity, so that tables of styles can be kept for each palette."""

    mode: Mode
    bg: Style  # surfaces: under the sheet, under lists and formulas, under title and footer
    panel: Style
    bar: Style
    text: Style  # text roles, for any surface
    dim: Style
    stale: Style
    rule: Style  # lines that only decorate
    heading: Style
    heading_active: Style
    ok: Style
    warning: Style
    error: Style
    key: Style
    name: Style
    name_stale: Style
    name_read: Style
    name_written: Style
    number_read: Style  # in a formula, where its place says already what it is
    phase_active: Style
    phase_done: Style
    phase_todo: Style
    train: Style
    train_range: Style  # between the least and the largest of many values drawn in one column
    test: Style
    bars: Style
    positive: Style  # lines that are drawn for a number above zero, and below it
    negative: Style
    cells: tuple[Style, ...]  # by Cell, without CURSOR
    cursors: tuple[Style, ...]  # the same under the cell cursor
    pixels: tuple[Color, ...]  # by Cell; empty where pictures are made of characters
    greys: tuple[Style, ...]  # 16 from black to white; empty where pictures are made of characters

    def __repr__(self) -> str:
        """Say which one it is; its hundred styles would fill a screen."""
        return f"palette({self.mode!r})"

    @property
    def heat(self) -> tuple[Style, ...]:
        """The five levels -2..2 of a live cell, so `heat[level + 2]`."""
        return self.cells[Cell.NEGATIVE_2 : Cell.POSITIVE_2 + 1]


class _Paint(NamedTuple):
    """One role: numbers of text and background colour, and attributes; -1 leaves the colour as it is."""

    text: int = -1
    back: int = -1
    attributes: str = ""


_P = _Paint
_BLACK, _WHITE, _YELLOW, _ORANGE, _BLUE = 16, 231, 227, 215, 75

_TEXT_256: Final = {
    "bg": _P(253, 233),
    "panel": _P(253, 234),
    "bar": _P(253, 236),
    "text": _P(253),
    "dim": _P(247),
    "stale": _P(246),
    "rule": _P(240),
    "heading": _P(110, -1, "bold"),
    "heading_active": _P(_YELLOW, -1, "bold"),
    "ok": _P(78),
    "warning": _P(217),
    "error": _P(204, -1, "bold"),
    "key": _P(_YELLOW, -1, "bold"),
    "name": _P(110),
    "name_stale": _P(246),
    "name_read": _P(_ORANGE, -1, "underline"),
    "name_written": _P(_YELLOW, -1, "bold"),
    "number_read": _P(_ORANGE),
    "phase_active": _P(_BLACK, _YELLOW, "bold"),
    "phase_done": _P(78),
    "phase_todo": _P(247),
    "train": _P(78),
    "train_range": _P(29),
    "test": _P(_WHITE),
    "bars": _P(67),
    "positive": _P(37),
    "negative": _P(171),
}
_CELLS_256: Final = (
    _P(246, 234),
    _P(246, 234),
    _P(253, 235),
    _P(_WHITE, 89),
    _P(253, 53),
    _P(253, 235),
    _P(253, 23),
    _P(_WHITE, 30),
    _P(_BLACK, _ORANGE, "underline"),
    _P(_BLACK, _YELLOW, "bold"),
    _P(_BLACK, 204),
    _P(_BLACK, _BLUE),
)
_CURSORS_256: Final = (
    *(_P(_BLACK, 246), _P(_BLACK, 246), *[_P(_BLACK, 254)] * 6),
    *(_P(_BLACK, _ORANGE, "bold underline"), _P(_BLACK, _YELLOW, "bold"), _P(_BLACK, 204, "bold")),
    _P(_BLACK, _BLUE, "bold"),
)
_PIXELS_256: Final = (234, 238, 245, 126, 53, 235, 23, 37, _ORANGE, _YELLOW, 196, _BLUE, _WHITE)
_GREYS_256: Final = (232, 234, 235, 237, 238, 240, 241, 243, 244, 246, 247, 249, 250, 252, 253, 255)

# Bright magenta and cyan for either size: plain magenta on black is hard to read in most themes. Grey (8) never
# carries text: in some themes it is the background.
_TEXT_16: Final = {
    "bg": _P(15, 0),
    "panel": _P(15, 0),
    "bar": _P(15, 0),
    "text": _P(15),
    "dim": _P(7),
    "stale": _P(7, -1, "dim"),
    "rule": _P(8),
    "heading": _P(12, -1, "bold"),
    "heading_active": _P(11, -1, "bold"),
    "ok": _P(10),
    "warning": _P(9),
    "error": _P(9, -1, "bold"),
    "key": _P(11, -1, "bold"),
    "name": _P(12),
    "name_stale": _P(7, -1, "dim"),
    "name_read": _P(3, -1, "underline"),
    "name_written": _P(11, -1, "bold"),
    "number_read": _P(3),
    "phase_active": _P(0, 11, "bold"),
    "phase_done": _P(10),
    "phase_todo": _P(7, -1, "dim"),
    "train": _P(2),
    "train_range": _P(8),
    "test": _P(15),
    "bars": _P(7),
    "positive": _P(14),
    "negative": _P(13),
}
_CELLS_16: Final = (
    *(_P(7, 0, "dim"), _P(7, 0, "dim"), _P(15, 0)),
    *(_P(13, 0), _P(13, 0), _P(15, 0), _P(14, 0), _P(14, 0)),
    *(_P(0, 3, "underline"), _P(0, 11, "bold"), _P(0, 9), _P(0, 12)),
)
_CURSORS_16: Final = (
    *(_P(0, 7), _P(0, 7), *[_P(0, 15)] * 6),
    *(_P(0, 3, "bold underline"), _P(0, 11, "bold"), _P(0, 9, "bold"), _P(0, 12, "bold")),
)
_PIXELS_16: Final = (0, 8, 7, 13, 5, 0, 6, 14, 3, 11, 9, 12, 15)

_ATTRIBUTES: Final = {
    "dim": "dim",
    "stale": "dim",
    "heading": "bold",
    "heading_active": "bold reverse",
    "error": "bold",
    "key": "bold",
    "name_stale": "dim",
    "name_read": "underline",
    "name_written": "bold",
    "number_read": "underline",
    "phase_active": "bold reverse",
    "phase_todo": "dim",
    "rule": "dim",
    "train_range": "dim",
    "bars": "dim",
}
_TEXT_NONE: Final = {role: _P(-1, -1, _ATTRIBUTES.get(role, "")) for role in _TEXT_256}
_CELLS_NONE: Final = (
    *(_P(-1, -1, "dim"), _P(-1, -1, "dim"), *[_P()] * 6),
    *(_P(-1, -1, "underline"), _P(-1, -1, "bold reverse"), _P(-1, -1, "reverse"), _P(-1, -1, "italic")),
)
_CURSORS_NONE: Final = (
    *[_P(-1, -1, "bold")] * 8,
    *(_P(-1, -1, "bold underline"), _P(-1, -1, "bold reverse"), _P(-1, -1, "bold reverse"), _P(-1, -1, "bold italic")),
)


class _Tables(NamedTuple):
    """The four tables of one palette."""

    text: dict[str, _Paint]
    cells: tuple[_Paint, ...]
    cursors: tuple[_Paint, ...]
    pixels: tuple[int, ...] = ()
    greys: tuple[int, ...] = ()


_COLOURED: Final = _Tables(_TEXT_256, _CELLS_256, _CURSORS_256, _PIXELS_256, _GREYS_256)
_TABLES: Final[dict[Mode, _Tables]] = {
    "truecolor": _COLOURED,
    "256": _COLOURED,
    "16": _Tables(_TEXT_16, _CELLS_16, _CURSORS_16, _PIXELS_16),
    "none": _Tables(_TEXT_NONE, _CELLS_NONE, _CURSORS_NONE),
}


@cache
def palette(mode: Mode) -> Palette:
    """Return the palette for what a terminal can show, made once.

    Raises NnstepError for a mode that there is not.
    """
    if mode not in _TABLES:
        raise unknown("palette", mode, _TABLES)
    tables = _TABLES[mode]
    back = tables.text["bg"].back
    return Palette(
        mode=mode,
        cells=tuple(_style(paint, mode) for paint in tables.cells),
        cursors=tuple(_style(paint, mode) for paint in tables.cursors),
        pixels=tuple(_colour(number, mode) for number in tables.pixels),
        greys=tuple(_style(_Paint(number, back), mode) for number in tables.greys),
        **{role: _style(paint, mode) for role, paint in tables.text.items()},
    )


def rgb(number: int) -> tuple[int, int, int]:
    """Return red, green and blue of entry 16..255 of the xterm-256 palette: a cube of six levels, then 24 greys."""
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return grey, grey, grey
    red, green, blue = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
    return _level(red), _level(green), _level(blue)


def _level(step: int) -> int:
    """Return the intensity of one of the cube's six levels."""
    return 55 + 40 * step if step else 0


def _colour(number: int, mode: Mode) -> Color:
    """Return entry `number`, as itself or as red, green and blue."""
    return Color.from_rgb(*rgb(number)) if mode == "truecolor" else Color.from_ansi(number)


def _style(paint: _Paint, mode: Mode) -> Style:
    """Return the style of one role."""
    attributes = dict.fromkeys(paint.attributes.split(), True)
    return Style(
        color=_colour(paint.text, mode) if paint.text >= 0 else None,
        bgcolor=_colour(paint.back, mode) if paint.back >= 0 else None,
        bold=attributes.get("bold"),
        dim=attributes.get("dim"),
        underline=attributes.get("underline"),
        reverse=attributes.get("reverse"),
        italic=attributes.get("italic"),
    )
