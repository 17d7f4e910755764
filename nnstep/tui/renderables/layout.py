"""Where every matrix of the sheet stands: boxes in bands, with the signs between them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

from rich.cells import cell_len

from nnstep.catalog.laying import shape_text
from nnstep.engine.program import Program
from nnstep.engine.rule import Shape
from nnstep.explain.naming import matrix_text
from nnstep.records import dataclass
from nnstep.tui.renderables.bands import Band, Item, bands

Kind = Literal["numbers", "heat", "image", "bars"]
ROOMY, WIDE, NARROW, WHOLE = 8, 7, 6, 3  # characters of a cell: on a large screen, at 120 and 80 columns, whole numbers
GAP = 2
# How many characters wide a number of a small heat map may be when it is shown large.
MOST_PER_PIXEL = 6
# How many characters wide it may be where its rows allow no square.
_MOST_ACROSS = 12
# How many lines a matrix may have that is seen whole on a high screen; and part of one, where all bands have room.
MOST_LINES = 12
# How many lines such a part has otherwise: a step sends 4 kB then, and several bands are in sight.
_PART_LINES = 6
# How many empty lines there may be between bands.
_MOST_AIR = 2
# Rows and columns of an image that is drawn large.
SMALL_IMAGE = 8
# A title longer than this makes no box wider.
MOST_TITLE = 28


@dataclass(frozen=True)
class Room:
    """How much room there is, and what is known of the data.

    width, height: of the sheet in characters. whole: ids of values that are small whole numbers.
    image: rows and columns of a sample that is drawn as a picture. rows_per_line: of a heat map.
    bars: ids of values whose rows are shown as bars too. decimals: of every number. part: lines of a matrix of which
    only a part is seen; few when it is 0.
    """

    width: int
    height: int
    whole: frozenset[str] = frozenset()
    image: Shape = ()
    rows_per_line: int = 2
    bars: frozenset[str] = frozenset()
    decimals: int = 2
    part: int = 0

    @property
    def is_high(self) -> bool:
        """Is there room for more than one band?"""
        return self.height >= 30

    @property
    def lines(self) -> int:
        """How many lines a matrix gets of which only a part is seen: few, so that more of the bands are in sight."""
        return self.part or _PART_LINES

    @property
    def cell(self) -> int:
        """How many characters a number gets."""
        return (ROOMY if self.width >= 150 else WIDE if self.width >= 86 else NARROW) + self.decimals - 2


@dataclass(frozen=True)
class Box:
    """A matrix on the sheet: its label in the first line, its cells below.

    rows, columns: how many of each are visible; the window is moved, not the box. cell: characters of a cell.
    indexed: are the numbers of rows and columns written beside it? tall: lines of a row of numbers; of a heat map its
    rows of pixels, of which a line has one or two.
    """

    id: str
    kind: Kind
    x: int
    y: int
    width: int
    height: int
    rows: int
    columns: int
    cell: int
    label: str
    indexed: bool = False
    tall: int = 1


@dataclass(frozen=True)
class Sign:
    """A sign between two boxes; id: of the step whose equation it belongs to."""

    x: int
    y: int
    text: str
    id: str


@dataclass(frozen=True)
class Heading:
    """A band's title line, and the lines that belong to it: from y up to, not including, `end`."""

    y: int
    end: int
    band: Band


@dataclass(frozen=True)
class Layout:
    """Where everything stands. boxes: a value may have several (its bars, or a repeated operand)."""

    boxes: tuple[Box, ...]
    signs: tuple[Sign, ...]
    headings: tuple[Heading, ...]
    width: int
    height: int

    def home(self, identity: str) -> Box | None:
        """Return the box a value is looked for in: the one in the band that makes it, else its first."""
        found = [box for box in self.boxes_of(identity) if box.kind != "bars"]
        heading = self.heading_of(identity)
        made = (box for box in found if heading and heading.y <= box.y < heading.end)
        return next(made, found[0] if found else None)

    def boxes_of(self, identity: str) -> Sequence[Box]:
        """Return all boxes of a value."""
        return self._boxes.get(identity, ())

    def heading_of(self, identity: str) -> Heading | None:
        """Return the band that makes a value."""
        return self._makers.get(identity)

    # A network of many times has thousands of boxes, and each step is looked for among them.

    @cached_property
    def _boxes(self) -> dict[str, list[Box]]:
        found: dict[str, list[Box]] = {}
        for box in self.boxes:
            found.setdefault(box.id, []).append(box)
        return found

    @cached_property
    def _makers(self) -> dict[str, Heading]:
        return {identity: heading for heading in reversed(self.headings) for identity in heading.band.steps}


def matrix_shape(shape: Shape) -> tuple[int, int]:
    """Return rows and columns of what is shown of a value: its last two axes."""
    if len(shape) >= 2:
        return shape[-2], shape[-1]
    return 1, (shape[0] if shape else 1)


def arrange(program: Program, room: Room) -> Layout:
    """Lay all bands out under one another; with more of large matrices, and with air, where everything fits with it."""
    for tried in (replace(room, part=MOST_LINES), room):
        dense = _arrange(program, tried, 0)
        spare = room.height - dense.height
        if spare >= 0:
            return _arrange(program, tried, min(spare // max(len(dense.headings) - 1, 1), _MOST_AIR))
    return dense


def _arrange(program: Program, room: Room, air: int) -> Layout:
    """Lay the bands out with `air` empty lines between them."""
    boxes: list[Box] = []
    signs: list[Sign] = []
    headings: list[Heading] = []
    y = 0
    for band in _settled(program, room):
        top, y = y, y + 1
        for line in in_lines(_things(program, band, room), room.width):
            height = max(thing.box.height for thing in line)
            # All signs of a line stand at one height, as on a board: beside the second row, where there is one.
            level = y + min(2, height - 1)
            for thing in line:
                boxes.append(replace(thing.box, x=thing.x, y=y))
                if thing.item.sign:
                    signs.append(Sign(thing.x - cell_len(thing.item.sign) - 1, level, thing.item.sign, thing.item.step))
            y += height
        headings.append(Heading(top, y, band))
        y += air
    return Layout(tuple(boxes), tuple(signs), tuple(headings), room.width, max(y - air, 0))


@dataclass(frozen=True)
class Thing:
    """A box on its way to its place, with the sign before it."""

    box: Box
    item: Item
    x: int = 0


def _things(program: Program, band: Band, room: Room) -> list[Thing]:
    """Return what a band shows, not yet placed: a value's bars follow its matrix without a sign."""
    found = []
    for item in band.items:
        value = program.values[item.id]
        first, *others = boxes_of(item.id, value.shape, value.name, room)
        first = replace(first, width=max(first.width, _titled(program, item.id, room)))
        found.append(Thing(first, item))
        if item.id in band.steps:
            found += [Thing(box, Item(item.id)) for box in others]
    return found


def _titled(program: Program, identity: str, room: Room) -> int:
    """Return how wide a title is that says which matrix is seen: in words, or in figures where these are long."""
    value = program.values[identity]
    last = tuple(n - 1 for n in value.shape[:-2])
    words = matrix_text(program, identity, last)
    if not words:
        return 0
    told = cell_len(f"{value.name} · {words}")
    return told if told <= min(MOST_TITLE, room.width // 4) else cell_len(f"{value.name}[{','.join(map(str, last))}]")


def in_lines(things: list[Thing], width: int) -> list[list[Thing]]:
    """Return the things in lines of at most `width`, each at its x."""
    lines: list[list[Thing]] = [[]]
    end = 0
    for thing in things:
        sign = thing.item.sign
        space = cell_len(sign) + 2 if sign else GAP
        if lines[-1] and end + space + thing.box.width > width:
            lines.append([])
        if not lines[-1]:
            end, space = 0, space - 1 if sign else 0
        x = end + space
        lines[-1].append(replace(thing, x=x))
        end = x + thing.box.width
    return lines


def _settled(program: Program, room: Room) -> list[Band]:
    """Return the bands, where a layer's output that is large, or has no room in its line, stands in the next one alone.

    Otherwise it ends its layer's line, and the next layer's line begins with it again.
    """
    found = list(bands(program))
    for number in range(len(found) - 1):
        # As they are by now: a band that was given an output may have to hand its own on.
        band, after = found[number], found[number + 1]
        last = band.items[-1]
        if len(band.items) == 1 or last.id != after.items[0].id or last.id not in band.steps:
            continue
        things = _things(program, band, room)
        shorter = in_lines(_things(program, replace(band, items=band.items[:-1]), room), room.width)
        if things[-1].box.kind == "heat" or len(in_lines(things, room.width)) > len(shorter):
            found[number] = replace(band, items=band.items[:-1], steps=band.steps - {last.id})
            moved = replace(after, items=(last, *after.items[1:]), steps=after.steps | {last.id})
            plain = replace(moved, items=(Item(last.id), *after.items[1:]))
            lines = [len(in_lines(_things(program, choice, room), room.width)) for choice in (moved, plain)]
            found[number + 1] = moved if lines[0] == lines[1] else plain
    return found


def boxes_of(identity: str, shape: Shape, label: str, room: Room) -> list[Box]:
    """Return the boxes of one value, not yet placed."""
    rows, columns = matrix_shape(shape)
    found = [_box(identity, rows, columns, label, shape, room)]
    if identity in room.bars:
        height = min(columns, 12)
        found.append(Box(identity, "bars", 0, 0, 24, height + 1, 1, columns, 24, "this sample"))
    return found


def _box(identity: str, rows: int, columns: int, label: str, shape: Shape, room: Room) -> Box:
    cell = WHOLE if identity in room.whole else room.cell
    most_rows = MOST_LINES if room.is_high else 8
    if identity == "inputs" and room.image:
        height, width = room.image[0], 2 * room.image[1]
        text = f"{label} {shape_text(shape)}"
        return Box(identity, "image", 0, 0, max(width, cell_len(text)), height + 1, 1, columns, 2, text)
    if columns * cell <= room.width * 0.45 and rows <= most_rows:
        return Box(
            identity, "numbers", 0, 0, max(columns * cell, cell_len(label)), rows + 1, rows, columns, cell, label
        )
    # The dots say that there is more than is seen.
    text = f"{label} {shape_text(shape)}"
    if columns * cell <= room.width * 0.3:
        return Box(
            identity,
            "numbers",
            0,
            0,
            max(columns * cell, cell_len(text) + 2),
            min(rows, room.lines) + 1,
            min(rows, room.lines),
            columns,
            cell,
            f"{text} …" if rows > room.lines else text,
        )
    wide = min(columns, 64 if room.width >= 140 else 32)
    tall = rows if rows <= most_rows else min(rows, room.rows_per_line * room.lines)
    # A small image is drawn large where there is room: each number two characters wide and two half rows high.
    size = 2 if rows <= SMALL_IMAGE and columns <= SMALL_IMAGE and len(shape) > 2 and room.is_high else 1
    lines = -(-tall * size // room.rows_per_line)
    text += " …" if tall < rows or wide < columns else ""
    return Box(identity, "heat", 0, 0, max(wide * size, cell_len(text)), lines + 1, tall, wide, size, text, tall=size)


def zoomed(program: Program, identity: str, room: Room, *, heat: bool) -> Layout:
    """Lay out one value alone, as large as it can be."""
    value = program.values[identity]
    rows, columns = matrix_shape(value.shape)
    margin = len(str(max(rows - 1, 0))) + 1
    across, down = room.width - margin, room.height - 3
    roomy = ROOMY + room.decimals - 2
    cell = WHOLE if identity in room.whole else roomy if roomy * columns <= across else room.cell
    if heat:
        down *= room.rows_per_line
        # Each number is a square, as large as lets all of them in.
        size = max(1, min(across // columns, down // rows, MOST_PER_PIXEL))
        # A matrix of many rows takes the width that they leave; an image keeps its proportions.
        is_tall = size < MOST_PER_PIXEL and len(value.shape) <= 2
        cell = max(size, min(across // columns, _MOST_ACROSS)) if is_tall else size
        tall, wide = min(rows, down // size), min(columns, across // cell)
        lines = -(-tall * size // room.rows_per_line)
    else:
        size, tall, wide = 1, min(rows, down), min(columns, across // cell)
        lines = tall
    box = Box(
        identity,
        "heat" if heat else "numbers",
        margin,
        1,
        max(wide * cell, cell_len(value.name)),
        lines + 1,
        tall,
        wide,
        cell,
        "",
        indexed=True,
        tall=size,
    )
    band = Band(f"{value.name} {shape_text(value.shape)}", (Item(identity),), frozenset({identity}))
    return Layout((box,), (), (Heading(0, room.height, band),), room.width, min(box.height + 1, room.height))
