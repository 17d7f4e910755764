"""Numbers for the ear: a value row after row, each row with its number; nothing stands in columns or side by side."""

import re
from collections.abc import Iterator, Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.laying import shape_text
from nnstep.commands.picture import remarks
from nnstep.commands.words import wrapped
from nnstep.engine.cell import Array
from nnstep.errors import NnstepError
from nnstep.explain.naming import number_text
from nnstep.explain.places import read_value, refuse_places, shape_of
from nnstep.scenario.text import in_message
from nnstep.session import View

# Of a value that was not asked for row by row: what one can listen to.
MOST_ROWS = 12
MOST_OF_A_ROW = 16  # numbers
_MOST = 40  # numbers in all, in two rows at the least
_MOST_ASKED = 400  # numbers, where a row or a matrix was named
_NAMED = re.compile(r"(.*?)\[\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*\]", re.ASCII | re.DOTALL)

Changed = Mapping[str, NDArray[np.bool_]]
At = tuple[int, ...]


def value_lines(view: View, identity: str, width: int, decimals: int, changed: Changed | None = None) -> list[str]:
    """Return a value: its name, its shape and what is to be known of it, then its rows; no lines where it is not there.

    changed: which cells are other than they were before a change. What is too long is told in part, and said to be so.
    """
    value = view.program.values[identity]
    if identity in view.hidden:
        return [f"{value.name} = ?"]
    array = view.array(identity)
    if array is None:
        return []
    told = [*remarks(view, value)]
    if changed and identity in changed:
        count = int(changed[identity].sum())
        told.append(f"{count} of {array.size} cells other than as it was" if array.ndim else "other than as it was")
    behind = f" ({', '.join(told)})" if told else ""
    if not array.ndim:
        return wrapped(f"{value.name} = {number_text(view, identity, float(array), decimals)}{behind}", width)
    return [
        *wrapped(f"{value.name} {shape_text(array.shape)}{behind}", width),
        *_rows(view, identity, array, (), width, decimals),
    ]


def part_lines(view: View, identity: str, at: At, width: int, decimals: int) -> list[str]:
    """Return a part of a value: the row, or the matrix, at the first of its indexes; no lines where it is not there."""
    array = view.array(identity)
    if array is None or identity in view.hidden:
        return value_lines(view, identity, width, decimals)
    part = array[at]
    name = f"{view.program.values[identity].name}[{','.join(map(str, at))}]"
    if not part.ndim:
        return [f"{name} = {_cell(view, identity, at, array, decimals)}"]
    return [f"{name} {shape_text(part.shape)}", *_rows(view, identity, array, at, width, decimals)]


def read_part(text: str, view: View) -> tuple[str, At]:
    """Return the value that `NAME`, `NAME[3]` or `NAME[3,1]` means, and the indexes: as many as are given.

    Raises NnstepError where there is no such value or row, or where its shape is still to be predicted.
    """
    match = _NAMED.fullmatch(text.strip())
    identity = read_value((match[1] if match else text).strip(), view.program, done=view.position.step)
    value = view.program.values[identity]
    if match:
        refuse_places(view, identity)
    at = tuple(int(number) for number in match[2].split(",")) if match else ()
    # A row of numbers is shown as 1×n, so it may be asked for like that too.
    at = at[1:] if len(value.shape) == 1 and len(at) == 2 and not at[0] else at
    if len(at) > len(value.shape) or not all(n < size for n, size in zip(at, value.shape, strict=False)):
        hint = f"{value.name} is {shape_of(view, identity)}, counted from 0"
        raise NnstepError(f"{in_message(text)} is not there", hint=hint)
    return identity, at


def _rows(view: View, identity: str, array: Array, at: At, width: int, decimals: int) -> Iterator[str]:
    """Yield the rows of an array, or of its part, as far as there is patience for them."""
    shape, name = array.shape[len(at) :], view.program.values[identity].name
    count, size = prod(shape[:-1]), shape[-1]
    most = _MOST_ASKED if at else MOST_OF_A_ROW
    most_rows = max(1, _MOST_ASKED // size) if at else max(2, min(MOST_ROWS, _MOST // min(size, most)))
    is_partial = view.state(identity) == "partial"
    done = view.position.cell if is_partial else array.size
    # While cells are worked out one by one, the row that is being made is the one to hear.
    begin = max(0, (done - 1) // size - most_rows + 1) if is_partial and not at else 0
    for number, place in enumerate(np.ndindex(shape[:-1])):
        if number < begin:
            continue
        if is_partial and number * size >= done and not at:
            left = count - number
            yield f"row{'s' * (left > 1)} not there yet: {left}"
            return
        if number == begin + most_rows:
            yield f"and {count - number} rows more; show {name}[{','.join(map(str, (*at, *place)))}] goes on there"
            return
        cells = [(*at, *place, column) for column in range(min(size, most))]
        # Cells are worked out row after row, so what is not there yet stands at the end.
        first = int(np.ravel_multi_index(cells[0], array.shape))
        known = max(0, min(len(cells), done - first))
        texts = [_cell(view, identity, cell, array, decimals) for cell in cells[:known]]
        if known < len(cells):
            texts.append("then not there yet" if known else "not there yet")
        elif size > most:
            row = ",".join(map(str, (*at, *place)))
            texts.append(f"and {size - most} more" if at or len(array.shape) == 1 else f"and more in {name}[{row}]")
        yield from wrapped(f"{_title(place)}{', '.join(texts)}", width)


def _title(place: At) -> str:
    *before, row = place or (-1,)
    if row < 0:
        return ""  # a single row
    return f"[{','.join(map(str, before))}] row {row}: " if before else f"row {row}: "


def _cell(view: View, identity: str, at: At, array: Array, decimals: int) -> str:
    if view.state(identity) == "partial" and int(np.ravel_multi_index(at, array.shape)) >= view.position.cell:
        return "not there yet"
    return number_text(view, identity, float(array[at]), decimals)
