"""The lecture view's layout: one step's equation alone, as large as it can be; what a room sees from its last row.

A terminal has one size of letters, so large means wide cells of several lines, and nothing else on the screen.
"""

import re
from dataclasses import replace
from typing import Final

from rich.cells import cell_len

from nnstep.engine.program import Program, Step
from nnstep.explain.figures import exact
from nnstep.tui.renderables.bands import Band, Item, layer_title, layers_of
from nnstep.tui.renderables.layout import (
    MOST_LINES,
    Box,
    Heading,
    Layout,
    Room,
    Sign,
    Thing,
    boxes_of,
    in_lines,
    matrix_shape,
)

_PLACE: Final = re.compile(r"\{(\w+)\}")
# Characters and lines of a cell, the largest first; 0 is as wide as on the sheet.
SIZES: Final = ((18, 5), (14, 5), (12, 3), (10, 3), (8, 3), (12, 1), (10, 1), (0, 1))
# Characters and lines of a number, and how many times as large a square of a heat map is.
Size = tuple[int, int, int]
_HEAD: Final = 2  # the title, and a line under it
_BETWEEN: Final = 1  # line between equations that do not fit on one


def alone(program: Program, identity: str, room: Room) -> Layout:
    """Lay out the equation of a step alone, or a value that no step makes; for no id what an iteration is given."""
    title, items = _told(program, identity)
    return _in_the_middle(program, Band(title, tuple(items), frozenset({identity})), room)


def value_alone(program: Program, identity: str, room: Room) -> Layout | None:
    """Lay out one matrix alone, in large cells; None where it has more of them than can be seen at once."""
    value = program.values[identity]
    laid = _in_the_middle(program, Band(value.name, (Item(identity),), frozenset({identity})), room)
    box = laid.boxes[0]
    is_whole = box.kind == "numbers" and (box.rows, box.columns) == matrix_shape(value.shape)
    return laid if is_whole and laid.height <= room.height else None


def _in_the_middle(program: Program, band: Band, room: Room) -> Layout:
    """Lay out the values of a band, each with its sign before it, in the middle of the screen."""
    items = list(band.items)
    # One equation may show more of a large matrix than a sheet of many can.
    wide = replace(room, width=max(room.width - 2, 1), part=MOST_LINES if room.height >= 48 else 0)
    lines = _largest(program, items, wide)
    height = _height(lines)
    # In the middle of the screen, as long as it is not longer than that.
    y = _HEAD + max((room.height - _HEAD - height) // 2, 0)
    left = max((room.width - max((_width(line) for line in lines), default=0)) // 2, 0)
    boxes: list[Box] = []
    signs: list[Sign] = []
    for line in lines:
        tallest = max(thing.box.height for thing in line)
        for thing in line:
            box = replace(thing.box, x=left + thing.x, y=y + (tallest - thing.box.height) // 2)
            boxes.append(box)
            if sign := thing.item.sign:
                signs.append(Sign(max(box.x - cell_len(sign) - 1, 0), y + (tallest + 1) // 2, sign, thing.item.step))
        y += tallest + _BETWEEN
    return Layout(tuple(boxes), tuple(signs), (Heading(0, y, band),), room.width, max(y - _BETWEEN, 0))


def _told(program: Program, identity: str) -> tuple[str, list[Item]]:
    """Return the title, and the values of an equation in its order, each with what stands before it."""
    if not identity:
        given = [value for value in program.variables if value.kind in ("data", "parameter")]
        return "WHAT IS GIVEN", [Item(value.id) for value in given]
    step = program.values[identity]
    if not isinstance(step, Step):
        return step.name.upper() if len(step.name) > 1 else step.name, [Item(identity)]
    return _title(program, step), _equation(step)


def _title(program: Program, step: Step) -> str:
    if not step.layer.startswith("layer"):
        return step.phase.upper()
    return f"{step.phase.upper()} · {layer_title(layers_of(program), step.layer, 'LAYER')}"


def _equation(step: Step) -> list[Item]:
    """Return the operands as the operation writes them, then the result: `X`, `· wh`, `+ bh`, `= z`."""
    items: list[Item] = []
    sign = ""
    for place, part in enumerate(_PLACE.split(step.op.matrices)):
        if not place % 2:
            sign += part
        elif part in step.inputs:
            items.append(Item(step.inputs[part], _plain(sign), step.id))
            sign = ""
        else:
            sign += exact(step.settings[part])
    items.append(Item(step.id, f"{_plain(sign)} =".strip(), step.id))
    return items


def _plain(sign: str) -> str:
    return " ".join(sign.split()).replace("-", "−")


def _largest(program: Program, items: list[Item], room: Room) -> list[list[Thing]]:
    """Return the lines in the largest size that lets all of them be seen; on one line, where that is possible."""
    tried = [in_lines(_things(program, items, room, size), room.width) for size in _tried(program, items, room)]
    fitting = [lines for lines in tried if _height(lines) <= room.height - _HEAD and _widest(lines) <= room.width]
    fewest = min(map(len, fitting), default=0)
    return max((lines for lines in fitting if len(lines) == fewest), key=_area, default=tried[-1])


def _area(lines: list[list[Thing]]) -> int:
    """Return how many characters of the screen all boxes take."""
    return sum(thing.box.width * thing.box.height for line in lines for thing in line)


def _tried(program: Program, items: list[Item], room: Room) -> list[Size]:
    """Return the sizes in which the values are tried, the largest first; heat maps also as large as numbers."""
    kinds = {boxes_of(item.id, program.values[item.id].shape, "", room)[0].kind for item in items}
    if "heat" not in kinds:
        return [(cell, tall, 1) for cell, tall in SIZES]
    return [(cell, tall, square) for cell, tall in SIZES for square in dict.fromkeys((tall // 2 + 1, 1))]


def _things(program: Program, items: list[Item], room: Room, size: Size) -> list[Thing]:
    found = []
    for number, item in enumerate(items):
        value = program.values[item.id]
        first, *bars = boxes_of(item.id, value.shape, value.name, room)
        found.append(Thing(_enlarged(first, size, room), item))
        if number == len(items) - 1:
            found += [Thing(box, Item(item.id)) for box in bars]
    return found


def _enlarged(box: Box, size: Size, room: Room) -> Box:
    """Return a box with larger cells; images of samples and the small cells of whole numbers keep their width."""
    cell, tall, square = size
    if box.kind == "heat":
        side = box.cell * square
        lines = -(-box.rows * side // room.rows_per_line)
        return replace(box, cell=side, tall=side, width=max(side * box.columns, cell_len(box.label)), height=lines + 1)
    if box.kind != "numbers":
        return box
    wide = box.cell if box.cell == 3 else max(cell, box.cell)
    return replace(
        box, cell=wide, tall=tall, width=max(wide * box.columns, cell_len(box.label)), height=box.rows * tall + 1
    )


def _width(line: list[Thing]) -> int:
    return line[-1].x + line[-1].box.width


def _widest(lines: list[list[Thing]]) -> int:
    return max(map(_width, lines), default=0)


def _height(lines: list[list[Thing]]) -> int:
    return sum(max(thing.box.height for thing in line) + _BETWEEN for line in lines) - _BETWEEN
