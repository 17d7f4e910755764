"""Lines of words in roles: broken between words, never inside a number, the middle given up where there is no room."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from nnstep.tui.renderables.text import ELLIPSIS, clean, head

Chunk = tuple[str, str]  # text, role
Line = list[Chunk]

INDENT: Final = 2
_INSIDE: Final = -1
_LEAST_WITH_INDENT: Final = 40
# A line may not end with one of these: what follows belongs to it.
_OPERATORS: Final = frozenset("=+-−×·∘/÷→*⊙~≈<>")
_RESULTS: Final = frozenset("=→≈")
_SPACES: Final = re.compile("( +)")
_ATOM: Final = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\w+|.", re.DOTALL)


class Word(NamedTuple):
    """What stands between spaces, in one role or several, and how many spaces stand before it."""

    gap: int
    chunks: tuple[Chunk, ...]


_DOTS: Final = Word(1, ((ELLIPSIS, "dim"),))


def words_of(pieces: Iterable[Chunk]) -> list[Word]:
    """Return the words of pieces of text and role."""
    words: list[Word] = []
    chunks: list[Chunk] = []
    gap = 0
    for raw, role in pieces:
        # What is to stay together has spaces of its own, which become plain ones only now.
        for text in map(clean, _SPACES.split(raw)):
            if text.startswith(" "):
                if chunks:
                    words.append(Word(gap, tuple(chunks)))
                    chunks, gap = [], 0
                gap += len(text)
            elif text:
                chunks.append((text, role))
    return [*words, Word(gap, tuple(chunks))] if chunks else words


def fitted(words: list[Word], width: int, lines: int) -> list[Line]:
    """Return at most `lines` lines; a longer row gives up its middle and keeps its result."""
    page = _Page(width)
    page.add_all(words, lines + 1)
    if len(page.lines) <= lines:
        return page.lines
    equals = max((place for place, word in enumerate(words) if _is_result(word)), default=len(words))
    for result in (words[equals:], []):
        ending = [_DOTS, *result]
        most = min(equals if result else len(words), page.placed)
        kept = bisect_right(
            range(1, most + 1), lines, key=lambda count: len(page.shortened(words, count, ending, lines + 1).lines)
        )
        # The result alone says more than a beginning without it.
        if kept or (result and len(page.shortened(words, 0, ending, lines + 1).lines) <= lines):
            return page.shortened(words, kept, ending, lines + 1).lines
    return [*page.lines[: lines - 1], [*page.lines[lines - 1], *_DOTS.chunks]]


def _groups(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield words that stay on one line: operators and what follows them."""
    group: list[Word] = []
    for word in words:
        group.append(word)
        if _text(word) not in _OPERATORS:
            yield group
            group = []
    if group:
        yield group


class _Page:
    """Lines being filled, each fitting into a width; after the first they are indented."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._indent = INDENT if width >= _LEAST_WITH_INDENT else 0
        self._used = 0
        self._starts = [0]  # how many words stand before each line; _INSIDE where it begins in one
        self.lines: list[Line] = [[]]
        self.placed = 0  # words

    def add_all(self, words: Sequence[Word], limit: int) -> None:
        """Add words until `limit` lines are begun."""
        for group in _groups(words):
            self.add(group)
            if len(self.lines) >= limit:
                return

    def shortened(self, words: Sequence[Word], count: int, ending: Sequence[Word], limit: int) -> "_Page":
        """Return a page with the first `count` words and `ending`; only its last lines are filled anew."""
        at = max((place for place, start in enumerate(self._starts) if 0 <= start < count), default=0)
        page = _Page(self._width)
        for line, start in zip(self.lines[:at], self._starts[1:], strict=False):
            page.lines[-1] = line
            page._turn(start)
        page.add_all([*words[self._starts[at] : count], *ending], limit)
        return page

    def add(self, group: list[Word]) -> None:
        """Add words that belong together; they are parted only where no line could hold them."""
        size = sum(map(_size, group)) + sum(word.gap for word in group[1:])
        if self._used + (group[0].gap if self._is_begun else 0) + size <= self._width:
            for word in group:
                self._put(word)
        elif size <= self._width - self._indent:
            self._turn(self.placed)
            self.add(group)
        elif len(group) > 1:
            for word in group:
                self.add([word])
        else:
            self._add_in_parts(group[0])

    @property
    def _is_begun(self) -> bool:
        """Say whether the last line has a word."""
        return self._used > (self._indent if len(self.lines) > 1 else 0)

    def _put(self, word: Word) -> None:
        """Put a word that fits on the last line."""
        if self._is_begun:
            # In the role of what stands before it, so that a terminal need not be told of another colour;
            # but what is read may be underlined, and a space is not read.
            before = self.lines[-1][-1][1]
            self._append(" " * word.gap, "dim" if before == "read" else before)
        for text, role in word.chunks:
            self._append(text, role)
        self.placed += 1

    def _append(self, text: str, role: str) -> None:
        line = self.lines[-1]
        if line and line[-1][1] == role:
            text_before = line.pop()[0]
            line.append((text_before + text, role))
        else:
            line.append((text, role))
        self._used += cell_len(text)

    def _turn(self, start: int) -> None:
        """Begin a line before which `start` words stand."""
        self.lines.append([(" " * self._indent, "dim")] if self._indent else [])
        self._starts.append(start)
        self._used = self._indent

    def _add_in_parts(self, word: Word) -> None:
        """Add a word that is longer than a line: broken where no number is, or where it must be."""
        if self._is_begun:
            self._turn(self.placed)
        for text, role in word.chunks:
            for atom in _ATOM.findall(text):
                if self._used + cell_len(atom) > self._width and self._is_begun:
                    self._turn(_INSIDE)
                self._append_hard(atom, role)
        self.placed += 1

    def _append_hard(self, atom: str, role: str) -> None:
        """Append what may be wider than a line, cut into lines."""
        while self._used + cell_len(atom) > self._width:
            start = head(atom, self._width - self._used)
            if not start:  # a wide character in a line of one cell
                return
            self._append(start, role)
            atom = atom[len(start) :]
            self._turn(_INSIDE)
        self._append(atom, role)


def _size(word: Word) -> int:
    """Return how many cells a word takes."""
    return sum(cell_len(text) for text, _ in word.chunks)


def _is_result(word: Word) -> bool:
    """Say whether a result begins here; a dim `=` stands in a sentence."""
    return len(word.chunks) == 1 and word.chunks[0][0] in _RESULTS and word.chunks[0][1] != "dim"


def _text(word: Word) -> str:
    """Return a word without its roles."""
    return "".join(text for text, _ in word.chunks)
