"""Bytes to characters: UTF-8 and nothing else, without characters that no text file holds."""

import codecs
import re
from bisect import bisect_right
from typing import Final

from nnstep.errors import NnstepError
from nnstep.scenario.text import SafeText

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_WIDE_MARKS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Text:
    """The characters of one file, and the line and column of each; both are counted from 1."""

    def __init__(self, characters: str, source: SafeText) -> None:
        self.characters = characters
        self.source = source
        self._line_starts: list[int] = []

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of the character at `offset`."""
        if not self._line_starts:
            self._line_starts = [0, *(found.end() for found in _BREAK.finditer(self.characters))]
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def where(self, offset: int) -> str:
        """Return `source:line:column` of the character at `offset`."""
        line, column = self.position(offset)
        return f"{self.source}:{line}:{column}"


def decode(raw: bytes, source: SafeText) -> Text:
    """Return the text of a file; a byte order mark of UTF-8 is left out.

    Raises NnstepError, with line and column, where it is not UTF-8 or holds control characters.
    """
    if raw.startswith(_WIDE_MARKS) or b"\x00" in raw[:4]:
        raise NnstepError("this file is not in UTF-8", where=f"{source}:1:1", hint='save it as "UTF-8" in your editor')
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        characters = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Text(raw[: error.start].decode("utf-8"), source)
        raise NnstepError(
            f"byte 0x{raw[error.start]:02X} is not UTF-8",
            where=before.where(len(before.characters)),
            hint='save the file as "UTF-8" in your editor',
        ) from None
    text = Text(characters, source)
    if found := _FORBIDDEN.search(characters):
        raise NnstepError(
            f"there is a control character here, U+{ord(found[0]):04X}",
            where=text.where(found.start()),
            hint="delete it: a scenario is plain text",
        )
    return text
