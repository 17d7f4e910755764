"""The one border for text: what a file says becomes SafeText here, and nothing else may be shown.

A terminal obeys some characters instead of showing them, and others show nothing or turn the line around. All of these
become visible here, so that a scenario can neither drive the terminal nor look like what it is not.
"""

import unicodedata
from typing import Final

MARKS: Final = 4  # combining marks on one letter: enough for Vietnamese, Thai and Hebrew
_ELLIPSIS: Final = "…"
_DOTTED_CIRCLE: Final = "◌"

# Letters by category, and blank or joining on the screen.
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


class SafeText(str):
    """Text in which every character can be seen; made by `safe_text` only."""

    __slots__ = ()


def safe_text(raw: str, *, limit: int) -> SafeText:
    """Return `raw` with control, bidirectional and invisible characters made visible.

    C0 but newline and tab become their pictures (`␛`), other unseen characters `<U+202E>`; combining marks beyond the
    fourth on one letter are cut. limit: characters of the result, cut with `…`. Applying it again changes nothing.
    """
    if raw.isascii() and raw.replace("\n", "").replace("\t", "").isprintable():
        return SafeText(raw if len(raw) <= limit else raw[: limit - 1] + _ELLIPSIS)
    shown: list[str] = []
    length = 0
    marks = 0
    base = ""  # what a combining mark would be drawn on
    for character in raw:
        visible = _visible(character)
        if visible == character and unicodedata.category(character)[0] == "M":
            marks += 1
            if marks > MARKS:
                continue
            if base in ("", "\n", "\t"):
                visible = _DOTTED_CIRCLE + character
        else:
            marks = 0
        base = visible
        shown.append(visible)
        length += len(visible)
        if length > limit:
            return SafeText("".join(shown)[: limit - 1] + _ELLIPSIS)
    return SafeText("".join(shown))


def in_message(raw: str, *, limit: int = 60) -> SafeText:
    """Return `raw` as it is quoted in a message: safe, on one line."""
    return safe_text(raw.replace("\n", "␊").replace("\t", "␉"), limit=limit)


def _visible(character: str) -> str:
    """Return `character`, or what stands for it where it can not be seen."""
    if character in "\n\t" or (character.isprintable() and character not in _INVISIBLE):
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures, in the same order
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) == "Zs":
        return character  # a wide or unbreakable space takes room like any other
    return f"<U+{code:04X}>"
