"""The looks a cell can have, and the shortest escape code from one to another; text as cells."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich._palettes import EIGHT_BIT_PALETTE
from rich.cells import split_graphemes
from rich.color import Color, ColorSystem
from rich.style import Style


class Look(NamedTuple):
    """Colours and attributes as a terminal keeps them; an empty colour is the terminal's own."""

    foreground: str  # SGR parameters, such as "38;5;214"
    background: str  # SGR parameters
    attributes: frozenset[int]  # SGR parameters


BARE = Look("", "", frozenset())

# A cell of a heat map is two colours, one above the other. It can be written in two ways, and of equal ones as a blank.
BLANK, UPPER, LOWER = " ", "▀", "▄"

_ATTRIBUTES = (
    ("bold", 1),
    ("dim", 2),
    ("italic", 3),
    ("underline", 4),
    ("blink", 5),
    ("blink2", 6),
    ("reverse", 7),
    ("conceal", 8),
    ("strike", 9),
    ("underline2", 21),
    ("frame", 51),
    ("encircle", 52),
    ("overline", 53),
)
# What ends an attribute; some end two at a time. ECMA-48, section 8.3.117.
_OF_INK = frozenset({1, 2, 3})  # a blank looks the same with and without them
_ENDS = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 21: 24, 51: 54, 52: 54, 53: 55}


# The same colour in half the bytes: a terminal that takes any red, green and blue takes these numbers too. What lies
# before 22 is left out, because terminal themes give it colours of their own (base16 does so up to 21).
_NUMBERS = {tuple(EIGHT_BIT_PALETTE[number]): number for number in range(22, 256)}


MOST_STYLES = 10_000


class Looks:
    """Numbers each look it meets; number 0 is the bare one."""

    def __init__(self, system: ColorSystem) -> None:
        self._system = system
        self._looks = [BARE]
        self._numbers = {BARE: 0}
        self._of_style: dict[Style | None, int] = {None: 0}
        self._changes: dict[tuple[int, int], str] = {}
        self._shortest: dict[tuple[int, int, str], tuple[str, str, int]] = {}

    def number(self, style: Style | None) -> int:
        """Return the number of the look that `style` has in this colour system; links and metadata do not count."""
        found = self._of_style.get(style)
        return self._learn(style) if found is None else found

    def _learn(self, style: Style | None) -> int:
        found = self._number_of(BARE if style is None else look_of(style, self._system))
        # Textual marks styles with the place of their text, so there is no end of styles that look the same.
        if len(self._of_style) > MOST_STYLES:
            self._of_style.clear()
        self._of_style[style] = found
        return found

    def _number_of(self, look: Look) -> int:
        found = self._numbers.setdefault(look, len(self._looks))
        if found == len(self._looks):
            self._looks.append(look)
        return found

    def shortest(self, pen: int, look: int, glyph: str) -> tuple[str, str, int]:
        """Return the shortest way to paint BLANK or UPPER in a look: escape code, glyph, and the pen's look then."""
        key = (pen, look, glyph)
        found = self._shortest.get(key)
        if found is None:
            ways = [(self.change(pen, other), written, other) for written, other in self._ways(pen, look, glyph)]
            found = self._shortest[key] = min(ways, key=lambda way: len(way[0]))
        return found

    def _ways(self, pen: int, look: int, glyph: str) -> Iterator[tuple[str, int]]:
        (above, below, attributes), kept = self._looks[look], self._looks[pen]
        yield glyph, look
        swapped = Look(_as_foreground(below), _as_background(above), attributes)
        if glyph == UPPER and not attributes and above and below:
            yield LOWER, self._number_of(swapped)
        is_blank = glyph == BLANK or (above and swapped.background == below)
        if is_blank and attributes <= _OF_INK and kept.attributes <= _OF_INK:
            yield BLANK, self._number_of(kept._replace(background=below))

    def change(self, old: int, new: int) -> str:
        """Return the shortest escape code that turns look `old` into look `new`."""
        key = (old, new)
        found = self._changes.get(key)
        if found is None:
            found = self._changes[key] = change(self._looks[old], self._looks[new])
        return found


def look_of(style: Style, system: ColorSystem) -> Look:
    """Return what a terminal with this colour system shows of `style`."""
    attributes = frozenset(code for name, code in _ATTRIBUTES if getattr(style, name))
    return Look(_codes(style.color, system, True), _codes(style.bgcolor, system, False), attributes)


def _codes(color: Color | None, system: ColorSystem, foreground: bool) -> str:
    if color is None or color.is_default:
        return ""
    shown = color.downgrade(system)
    number = _NUMBERS.get(tuple(shown.triplet)) if shown.triplet else None
    if number is not None:
        return f"{38 if foreground else 48};5;{number}"
    return ";".join(shown.get_ansi_codes(foreground))


def _as_background(foreground: str) -> str:
    return f"10{foreground[1:]}" if foreground.startswith("9") else f"4{foreground[1:]}"


def _as_foreground(background: str) -> str:
    return f"9{background[2:]}" if background.startswith("10") else f"3{background[1:]}"


def change(old: Look, new: Look) -> str:
    """Return the shorter of starting afresh and of changing only what differs."""
    if old == new:
        return ""
    afresh = _escape(["", *map(str, sorted(new.attributes)), *filter(None, (new.foreground, new.background))])
    return min(afresh, _escape(_steps(old, new)), key=len)


def _steps(old: Look, new: Look) -> list[str]:
    ended = {_ENDS[code] for code in old.attributes - new.attributes}
    begun = {code for code in new.attributes if code not in old.attributes or _ENDS[code] in ended}
    steps = [str(code) for code in (*sorted(ended), *sorted(begun))]
    if old.foreground != new.foreground:
        steps.append(new.foreground or "39")
    if old.background != new.background:
        steps.append(new.background or "49")
    return steps


def _escape(parameters: list[str]) -> str:
    return f"\x1b[{';'.join(parameters)}m"


@lru_cache(maxsize=4096)
def cells_of(text: str) -> tuple[str, ...]:
    """Return `text` as one string per cell; a wide glyph is followed by an empty string.

    Control characters, those that turn the direction of writing, and lone surrogates are left out: they are not
    text to a terminal, and one that slips through a widget must not reach it.
    """
    cells: list[str] = []
    safe = "".join([character for character in text if not is_unsafe(character)])
    for start, end, width in split_graphemes(safe)[0]:
        if width:
            cells.extend([safe[start:end], *[""] * (width - 1)])
        elif cells:
            cells[-1] += safe[start:end]
    return tuple(cells)


def is_unsafe(character: str) -> bool:
    """Return whether a terminal would obey `character`, or could not be sent it, rather than show it."""
    code = ord(character)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or code in (0x200E, 0x200F)
        or 0x2028 <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xD800 <= code <= 0xDFFF
    )
