"""What the terminal shows and what it should show, and the fewest bytes from the one to the other."""

from collections.abc import Iterable, Sequence
from itertools import compress, count
from operator import ne, or_

from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from nnstep.tui.sgr import BLANK, UPPER, Looks, cells_of

# Writing this few unchanged cells again is shorter than any code that steps over them.
SHORTEST_MOVE = 4  # cells
# Whose cells are remembered: those of a large screen of heat maps, several times over.
MOST_SEGMENTS = 10_000

# There are other ways to paint these, and most of a heat map is made of them.
PLAIN = (BLANK, UPPER)

# One entry per cell: its glyph, an empty string under the right half of a wide one, None where nobody knows.
Glyphs = list[str | None]


class Shadow:
    """Two screens of cells (glyph, look): the one wanted, and the one the terminal shows."""

    def __init__(self, system: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self.reset(0, 0, system)

    def reset(self, width: int, height: int, system: ColorSystem) -> None:
        """Begin again on a screen of `width` x `height` cells whose content nobody knows."""
        self.width, self.height, self.system = width, height, system
        self._looks = Looks(system)
        self._known: dict[Segment, tuple[Sequence[str], Sequence[int]]] = {}
        self._wanted: list[Glyphs] = [[None] * width for _ in range(height)]
        self._wanted_looks = [[0] * width for _ in range(height)]
        self._shown_looks = [[0] * width for _ in range(height)]
        # The strips last placed, by row and column: one that comes again needs no look at its cells.
        self._placed: list[dict[int, Strip]] = [{} for _ in range(height)]
        self.forget()

    def forget(self) -> None:
        """Take it that the terminal shows nothing of ours any more: the next difference is a whole screen."""
        self._shown: list[Glyphs] = [[None] * self.width for _ in range(self.height)]
        self._dirty = set(range(self.height))

    @property
    def is_behind(self) -> bool:
        """Whether something was placed since the last difference."""
        return bool(self._dirty)

    def take_layout(self, update: LayoutUpdate) -> None:
        """Place every strip of a whole screen."""
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                end = x + strip.cell_length
                self._place(y, x, end, strip)
                x = end

    def take_chops(self, update: ChopsUpdate) -> None:
        """Place the strips that a partial update touches, cut on the right as Textual cuts them."""
        for y, first, last in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x < last and end > first:
                    self._place(y, x, min(end, last), strip)

    def _place(self, y: int, x: int, end: int, strip: Strip) -> None:
        end = min(end, self.width)
        if not (0 <= y < self.height and 0 <= x < end):
            return
        placed = self._placed[y]
        old = placed.get(x)
        if old is not None and end - x == strip.cell_length and (old is strip or old == strip):
            return
        for start in [start for start, other in placed.items() if start < end and start + other.cell_length > x]:
            del placed[start]
        glyphs, looks = self._cells(strip, end - x)
        if strip.cell_length == len(glyphs):
            placed[x] = strip
        last = x + len(glyphs)
        row = self._wanted[y]
        # A terminal blanks the other half of a wide glyph when one half is painted over.
        if row[x] == "":
            row[x - 1] = " "
        if last < self.width and row[last] == "":
            row[last] = " "
        row[x:last] = glyphs
        self._wanted_looks[y][x:last] = looks
        self._dirty.add(y)

    def _cells(self, strip: Strip, room: int) -> tuple[Glyphs, list[int]]:
        glyphs: Glyphs = []
        looks: list[int] = []
        known = self._known
        for segment in strip:
            found = known.get(segment)
            if found is None:
                found = self._learn(segment)
            glyphs += found[0]
            looks += found[1]
        if len(glyphs) > room:
            half_a_glyph = glyphs[room] == ""
            del glyphs[room:], looks[room:]
            if half_a_glyph:
                glyphs[-1] = " "
        return glyphs, looks

    def _learn(self, segment: Segment) -> tuple[Sequence[str], Sequence[int]]:
        """Return the cells of a segment, glyphs and looks; most come again, if not in the same place."""
        text, style, control = segment
        cells: Sequence[str] = () if control else text if text.isascii() and text.isprintable() else cells_of(text)
        if len(self._known) > MOST_SEGMENTS:
            self._known.clear()
        found = self._known[segment] = (cells, (self._looks.number(style),) * len(cells))
        return found

    def difference(self, cursor: tuple[int, int] = (0, 0)) -> str:
        """Return what brings the terminal up to date and its cursor to `cursor` (x, y); empty when nothing changed.

        It expects a pen without colours and attributes, and leaves one.
        """
        frame = _Frame(self._looks, self.width)
        for y in sorted(self._dirty):
            self._write_row(y, frame)
        self._dirty.clear()
        return frame.finish(cursor)

    def _write_row(self, y: int, frame: "_Frame") -> None:
        wanted, looks = self._wanted[y], self._wanted_looks[y]
        shown, shown_looks = self._shown[y], self._shown_looks[y]
        differs = map(or_, map(ne, wanted, shown), map(ne, looks, shown_looks))
        for first, last in _runs(compress(count(), differs)):
            # A wide glyph covers its right half too, though that half may be equal.
            end = last + (last < self.width and wanted[last] == "")
            frame.write(y, first, end, wanted, looks)
        shown[:] = wanted
        shown_looks[:] = looks


def _runs(columns: Iterable[int]) -> list[tuple[int, int]]:
    """Return (first, one past last) of each stretch of neighbours among rising `columns`."""
    runs: list[tuple[int, int]] = []
    first = last = -1
    for x in columns:
        if x != last:
            runs.append((first, last))
            first = x
        last = x + 1
    runs.append((first, last))
    return runs[1:]


class _Frame:
    """Collects the bytes of one frame, and knows where they leave the cursor and the pen."""

    def __init__(self, looks: Looks, width: int) -> None:
        self._looks = looks
        self._width = width
        self._out: list[str] = []
        self._pen = 0
        # Others may have moved the cursor since the last frame: -1 is a place nobody knows.
        self._x = self._y = -1

    def write(self, y: int, first: int, last: int, glyphs: Glyphs, looks: list[int]) -> None:
        """Write the cells from `first` up to `last` of row `y`."""
        self._go(y, first, glyphs, looks)
        stretch = glyphs[first:last]
        if None not in stretch and "" not in stretch:
            text = "".join(stretch)  # type: ignore[arg-type]
            if len(text) == last - first:
                self._write_plain(text, looks[first:last])
                self._x, self._y = last if last < self._width else -1, y
                return
        x = first
        while x < last:
            if self._x != x:
                self._move(y, x)
            end = x + 1
            while end < last and looks[end] == looks[x]:
                end += 1
            self._change_pen(looks[x])
            self._put(y, end, glyphs[x:end])
            x = end

    def _write_plain(self, text: str, looks: list[int]) -> None:
        """Write cells of one sure width, which is what nearly all are: only their looks have to be told apart."""
        out, change, shortest, pen, count = self._out, self._looks.change, self._looks.shortest, self._pen, len(looks)
        x = 0
        while x < count:
            look, end = looks[x], x + 1
            while end < count and looks[end] == look:
                end += 1
            piece = text[x:end]
            if look != pen:
                glyph = piece[0]
                if glyph in PLAIN and piece.count(glyph) == len(piece):
                    code, glyph, pen = shortest(pen, look, glyph)
                    piece = glyph * len(piece)
                else:
                    code, pen = change(pen, look), look
                out.append(code)
            out.append(piece)
            x = end
        self._pen = pen

    def _put(self, y: int, end: int, glyphs: Glyphs) -> None:
        text = "".join([glyph or "" for glyph in glyphs])
        self._out.append(text)
        # Terminals disagree on the width of all but one character in one cell, and on the place past the edge.
        is_sure = len(text) == len(glyphs) and "" not in glyphs and end < self._width
        self._x, self._y = end if is_sure else -1, y

    def _change_pen(self, look: int) -> None:
        if look != self._pen:
            self._out.append(self._looks.change(self._pen, look))
            self._pen = look

    def _go(self, y: int, x: int, glyphs: Glyphs, looks: list[int]) -> None:
        if self._y == y and 0 <= self._x < x <= self._x + SHORTEST_MOVE:
            between = "".join([glyph or "\0" for glyph in glyphs[self._x : x]])
            if between.isascii() and between.isprintable() and set(looks[self._x : x]) == {self._pen}:
                self._out.append(between)
                self._x = x
                return
        if (self._x, self._y) != (x, y):
            self._move(y, x)

    def _move(self, y: int, x: int) -> None:
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
        if y == self._y and 0 <= self._x < x:
            ahead = x - self._x
            ways.append(f"\x1b[{ahead}C" if ahead > 1 else "\x1b[C")
        if x == 0 and y == self._y + 1 and self._y >= 0:
            ways.append("\r\n")
        self._out.append(min(ways, key=len))
        self._x, self._y = x, y

    def finish(self, cursor: tuple[int, int]) -> str:
        """Return the bytes, which leave a clean pen and the cursor at `cursor` (x, y)."""
        if not self._out:
            return ""
        self._change_pen(0)
        self._move(cursor[1], cursor[0])
        return "".join(self._out)
