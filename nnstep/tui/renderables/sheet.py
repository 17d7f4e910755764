"""The sheet: every matrix of a program on one canvas, as lines of text and style."""

from collections.abc import Mapping
from dataclasses import field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.naming import matrix_text
from nnstep.records import dataclass
from nnstep.session import View
from nnstep.tui.renderables import bars, heat
from nnstep.tui.renderables.kept import Drawing, Kept, Looks, Piece
from nnstep.tui.renderables.layout import ROOMY, WHOLE, Box, Heading, Layout, Sign
from nnstep.tui.renderables.numbers import bracket, format_block, opened, pointed
from nnstep.tui.renderables.text import cut_end
from nnstep.tui.renderables.window import Reads, Window, matrix_of, window
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Palette

_MARKS = (State.READ, State.WRITTEN, State.EFFECT, State.STALE)  # hide the heat
_CHANGED = "≠"
_MOVED = np.array(["", "↑", "↓"])  # by the sign of the move: none, up, and down at -1
_NOT_UNDERLINED = Style(underline=False)


@dataclass(frozen=True)
class Look:
    """How the sheet is to look.

    reads: the cells the told cell reads. effects: the cells that it has an effect on. changed: for each value, which
    cells are other than they were, or than in the run beside it; they get a mark. equations: are there signs between
    the matrices? Between differences no equation holds.
    """

    palette: Palette
    decimals: int = 2
    reads: Reads = field(default_factory=dict)
    effects: Reads = field(default_factory=dict)
    changed: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    equations: bool = True


def paint(view: View, layout: Layout, look: Look, top: int, height: int, kept: Kept | None = None) -> list[Strip]:
    """Return the lines `top` to `top + height` of the sheet, each exactly `layout.width + 1` wide.

    The column more is the one left of the layout's first: there the bracket of a number in it has room.
    kept: what was drawn last, of which all is taken that looks the same.
    """
    kept = kept or Kept()
    kept.begin(layout)
    lines: list[list[Piece]] = [[] for _ in range(height)]
    for heading in layout.headings:
        if top <= heading.y < top + height:
            title = heading.band.title + _seen_part(view, layout, look)
            lines[heading.y - top].append((0, *_heading(view, heading, title, layout.width, look.palette)))
    for number, box in enumerate(layout.boxes):
        if box.y < top + height and box.y + box.height > top:
            for line, piece in kept.boxes.at(number, _looks(view, box, look), partial(_drawn, view, box, look)):
                if 0 <= box.y + line - top < height:
                    lines[box.y + line - top].append(piece)
    for sign in layout.signs if look.equations else ():
        if top <= sign.y < top + height:
            lines[sign.y - top].append((sign.x, *_sign(view, sign, look.palette)))
    fill = look.palette.bg
    return [
        kept.lines.at(y, (pieces, fill), partial(_joined, pieces, layout.width, fill))
        for y, pieces in enumerate(lines, top)
    ]


def _joined(pieces: list[Piece], width: int, fill: Style) -> Strip:
    segments: list[Segment] = []
    at = -1
    for x, inside, size in sorted(pieces, key=lambda piece: piece[0]):
        if x > at:
            segments.append(Segment(" " * (x - at), fill))
        segments.extend(inside)
        at = x + size
    if at < width:
        segments.append(Segment(" " * (width - at), fill))
    return Strip(segments, max(at, width) + 1).crop(0, width + 1)


def _looks(view: View, box: Box, look: Look) -> Looks:
    """Return all that the drawing of a box depends on: what `_drawn` and `window` ask of a view has to be here."""
    identity, active, story = box.id, view.active, view.story
    state, is_active = view.state(identity), active is not None and active.id == identity
    same = (
        look.palette,
        view.program,
        view.compiled.data,
        view.array(identity),
        view.before.get(identity) if state == "partial" else None,
        view.values["targets"] if box.kind == "bars" else None,
        _old(view, box),
    )
    marks = tuple(places.get(identity) for places in (look.reads, look.effects, look.changed))
    equal = (
        look.decimals,
        look.equations,
        state,
        view.hidden.get(identity),
        is_active,
        active is not None and identity in active.reads,
        view.position.cell if is_active else 0,
        story if story is not None and story.name == identity else None,
        view.sample,
        view.samples if len(view.program.values[identity].shape) > 2 else (),
    )
    return Looks(same, equal, marks)


def _heading(view: View, heading: Heading, title: str, width: int, palette: Palette) -> tuple[list[Segment], int]:
    active = view.active is not None and view.active.id in heading.band.steps
    title = cut_end(title, width)
    style = palette.heading_active if active else palette.heading
    rest = max(width - cell_len(title) - 1, 0)
    return [
        Segment(title, palette.bg + style),
        Segment(" ", palette.bg),
        # The line keeps its colour: a step that lit it would send all of it again.
        Segment("─" * rest, palette.bg + palette.rule),
    ], cell_len(title) + 1 + rest


def _sign(view: View, sign: Sign, palette: Palette) -> tuple[list[Segment], int]:
    active = view.active is not None and view.active.id == sign.id
    is_asked = view.hidden.get(sign.id) == "operation" and sign.text.strip() != "="
    # Without its arrow it would be taken for a number that is missing.
    before, arrow, _ = sign.text.partition("→")
    text = (
        ("?".rjust(cell_len(before)) + arrow if arrow else "?".center(cell_len(sign.text))) if is_asked else sign.text
    )
    return [Segment(text, palette.bg + (palette.name_written if active else palette.dim))], cell_len(text)


def _drawn(view: View, box: Box, look: Look) -> Drawing:
    """Draw a box: its label, then its cells."""
    part = window(view, box, look.reads, look.effects)
    drawing: Drawing = []
    label = cut_end(_label(view, box, part), box.width)
    if label:
        style = look.palette.bg + _label_style(view, box, look.palette)
        drawing.append((0, (box.x, [Segment(label, style)], cell_len(label))))
    if box.indexed:
        drawing += _indexes(box, part, look)
    rows = _rows(view, box, part, look)
    left = box.x - 1 if box.kind == "numbers" else box.x
    return [*drawing, *((line, (left, segments, width)) for line, (segments, width) in enumerate(rows, 1))]


def _label(view: View, box: Box, part: Window) -> str:
    """Return what a box is called and which matrix of several is seen, in words where there is room for them."""
    if box.id in view.hidden and (box.kind != "numbers" or view.hidden[box.id] == "shape"):
        # Where no cell says it, the label does; and it must not say a shape that is to be guessed.
        return f"{view.program.values[box.id].name} ?"
    words = matrix_text(view.program, box.id, part.lead, view.samples) if box.label and part.lead else ""
    if not words:
        return box.label
    name, more = view.program.values[box.id].name, " …" * box.label.endswith("…")
    titles = (f"{box.label} · {words}", f"{name} · {words}{more}", f"{name}[{','.join(map(str, part.lead))}]")
    return next((title for title in titles if cell_len(title) <= box.width), box.label)


def _indexes(box: Box, part: Window, look: Look) -> Drawing:
    """Write the numbers of the columns over the cells, and those of the rows beside them."""
    style = look.palette.bg + look.palette.dim
    head = _column_numbers(box, part)
    drawing: Drawing = [(0, (box.x, [Segment(head, style)], len(head)))]
    before = -1
    for line in range(box.height - 1):
        row = part.top + (line * heat.rows_per_line(look.palette) // box.tall if box.kind == "heat" else line)
        if row != before:
            number = f"{row:>{box.x - 1}}"
            drawing.append((line + 1, (0, [Segment(number, style)], len(number))))
        before = row
    return drawing


def _column_numbers(box: Box, part: Window) -> str:
    """Return the numbers of the columns; over narrow columns only some of them."""
    columns = range(part.left, part.left + part.states.shape[1])
    if box.kind == "numbers":
        return "".join(f"{column:>{box.cell - 1}} " for column in columns)
    every = -(-8 // box.cell) if box.cell < 4 else 1
    return "".join(f"{column:<{box.cell * every}}" for column in columns[::every])[: box.width]


def _seen_part(view: View, layout: Layout, look: Look) -> str:
    """Return which rows and columns a value that is shown alone shows, where these are not all."""
    box = layout.boxes[0]
    if not box.indexed:
        return ""
    part = window(view, box, look.reads, look.effects)
    height, width = part.states.shape
    if (height, width) == (part.rows, part.columns):
        return ""
    return f"   rows {part.top}–{part.top + height - 1}, columns {part.left}–{part.left + width - 1}"


def _label_style(view: View, box: Box, palette: Palette) -> Style:
    active = view.active
    if active is not None and box.id == active.id:
        return palette.name_written
    if active is not None and box.id in active.reads:
        return palette.name_read
    return palette.name_stale if view.state(box.id) in ("stale", "blank") else palette.name


def _rows(view: View, box: Box, part: Window, look: Look) -> list[tuple[list[Segment], int]]:
    """Return the lines below the label."""
    if view.state(box.id) != "live" and box.kind == "bars":
        return [([Segment(" " * box.width, look.palette.cells[State.BLANK])], box.width)] * (box.height - 1)
    if box.kind == "numbers":
        return _numbers(part, box, look, _marks(view, box, part, look))
    if box.kind == "heat":
        return _heat(box, part, look.palette)
    return _image(view, look) if box.kind == "image" else _bars(view, box, look)


def _marks(view: View, box: Box, part: Window, look: Look) -> NDArray[np.str_]:
    """Return the mark of each cell: changed, or moved up or down, of a new weight: few moves are seen in its digits."""
    seen = (slice(part.top, part.top + part.values.shape[0]), slice(part.left, part.left + part.values.shape[1]))
    marks = np.full(part.values.shape, "")  # (rows, columns)
    old = _old(view, box)
    if old is not None and look.equations:
        new = matrix_of(view.values[box.id], part.lead)[seen]  # (rows, columns)
        moved = np.sign(new - matrix_of(old, part.lead)[seen])  # (rows, columns)
        # A cell of the walk that is still to come shows another number.
        moved = np.where((part.values == new) & np.isfinite(moved), moved, 0)  # (rows, columns)
        marks = _MOVED[moved.astype(np.intp)]  # (rows, columns)
    if box.id in look.changed:
        changed = matrix_of(look.changed[box.id], part.lead)[seen]  # (rows, columns)
        marks = np.where(changed, _CHANGED, marks)  # (rows, columns)
    return np.where(part.known, marks, "")  # (rows, columns)


def _old(view: View, box: Box) -> NDArray[np.float64] | None:
    """Return the weights that a box shows the new ones of; None where it shows no weights that are new by now."""
    olds = (variable.id for variable in view.program.parameters if view.program.carry.get(variable.id) == box.id)
    old = next(olds, None)
    return None if old is None or view.state(box.id) not in ("live", "partial") else view.values[old]


def _numbers(part: Window, box: Box, look: Look, marks: NDArray[np.str_]) -> list[tuple[list[Segment], int]]:
    """Return the lines of a box of numbers, each with the column before its first cell. marks: (rows, columns)"""
    found = []
    # A number never takes its cell's last column, so that two numbers never touch and a bracket always has room.
    width = min(box.cell, ROOMY + look.decimals - 2) - 1
    texts = format_block(part.values, width, look.decimals if box.cell > WHOLE else 2, box.cell == WHOLE)
    texts = [[f"{text} ".center(box.cell) for text in row] for row in texts]
    margin = Segment(" ", look.palette.bg)
    for row, (cells, states) in enumerate(zip(texts, part.states.tolist(), strict=True)):
        segments = [margin]
        for column, (text, state) in enumerate(zip(cells, states, strict=True)):
            shown = text if part.known[row, column] else part.mark.rjust(box.cell - 1).ljust(box.cell)
            style = look.palette.cells[state]
            if part.cursor == (row, column):
                # Its brackets before any mark: the formula bar tells whether it is other than it was.
                shown, style = bracket(opened(shown)), look.palette.cursors[state]
            elif state == State.EFFECT and segments[-1].text.endswith(" "):
                shown = pointed(opened(shown))
            shown = _followed(shown, str(marks[row, column]))
            if len(shown) > box.cell:
                # Its mark stands in the column that the cell before it has left free.
                segments[-1] = Segment(segments[-1].text[:-1], segments[-1].style)
            segments.append(Segment(shown, style))
        air = [margin, *(Segment(" " * box.cell, _ground(look.palette.cells[state])) for state in states)]
        lines = [air] * box.tall
        lines[box.tall // 2] = segments
        found += [(line, box.cell * len(cells) + 1) for line in lines]
    return found


def _followed(cell: str, mark: str) -> str:
    """Return a cell with a mark behind its number, where there is room."""
    end = len(cell.rstrip())
    return f"{cell[:end]}{mark}{cell[end + 1 :]}" if mark and end < len(cell) else cell


def _ground(style: Style) -> Style:
    """Return what is behind a number, for the lines of its cell that have no number: nothing to underline."""
    return style + _NOT_UNDERLINED


def _enlarged(cells: NDArray[Any], box: Box) -> NDArray[Any]:
    return cells.repeat(box.tall, axis=0).repeat(box.cell, axis=1)


def _heat(box: Box, part: Window, palette: Palette) -> list[tuple[list[Segment], int]]:
    marks = np.where(np.isin(part.states, _MARKS), part.states, 0)  # (rows, columns)
    if part.cursor and not marks[part.cursor]:
        marks[part.cursor] = State.CURSOR
    values, known = part.painted, part.known
    if box.cell > 1:
        # A small matrix shown large: each number is so many characters wide, and so many pixels high.
        values, known, marks = (_enlarged(each, box) for each in (values, known, marks))
    strips = heat.half_blocks(values, heat.scale_of(part.painted), palette, marks.astype(np.int8), known)
    return [(list(strip), strip.cell_length) for strip in strips]


def _image(view: View, look: Look) -> list[tuple[list[Segment], int]]:
    rows, columns = view.compiled.data.image or (1, 1)
    pixels = view.values["inputs"][view.sample].reshape(rows, columns)  # (y, x)
    return [(list(strip), strip.cell_length) for strip in heat.image(pixels, look.palette)]


def _bars(view: View, box: Box, look: Look) -> list[tuple[list[Segment], int]]:
    array = view.array(box.id)
    assert array is not None
    labels = view.compiled.data.labels or tuple(str(n) for n in range(array.shape[-1]))
    target = view.values["targets"][view.sample]
    hit = int(target.argmax()) if target.max() > 0 else -1
    strips = bars.bars(array[view.sample].tolist(), labels, hit, box.width, look.palette)
    return [(list(strip), strip.cell_length) for strip in strips[: box.height - 1]]
