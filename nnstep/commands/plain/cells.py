"""Looking at numbers in the plain stepper: values, rows and cells, the cells beside a cell, and how they are told."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from nnstep.catalog.names import NAME_SETS
from nnstep.commands.picture import groups, heading, remarks
from nnstep.commands.plain.here import here, told_cell
from nnstep.commands.plain.rows import part_lines, read_part, value_lines
from nnstep.commands.plain.walk import Lines, Walk, nothing_more
from nnstep.commands.words import wrapped
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError, unknown
from nnstep.explain.naming import cell_text
from nnstep.explain.operation import Speak
from nnstep.explain.places import read_cell, refuse_places, shape_of
from nnstep.explain.what_if import changed_here
from nnstep.scenario.text import in_message
from nnstep.session import View

_DECIMALS = range(2, 7)
_STATES = {"blank": "not there yet", "hidden": "to be predicted", "partial": "there in part"}


def show(walk: Walk, rest: str) -> Lines:
    """Return a value, a row of it, or every value that is there."""
    view, width = walk.view(), walk.width
    changed = changed_here(walk.session, view)
    if not rest:
        return [*wrapped(heading(view), width), *all_values(walk)]
    identity, at = read_part(rest, view)
    if at:
        found = part_lines(view, identity, at, width, walk.decimals)
    else:
        found = value_lines(view, identity, width, walk.decimals, changed)
    return found or [f"{view.program.values[identity].name} is not there yet"]


def all_values(walk: Walk) -> Lines:
    """Return every value that is there, phase by phase, one after the other; what is not there is named."""
    view, lines = walk.view(), Lines()
    changed = changed_here(walk.session, view)
    for group, ids in groups(view):
        shown = [value_lines(view, identity, walk.width, walk.decimals, changed) for identity in ids]
        if any(shown):
            lines += [f"{group}:", *(line for one in shown for line in one)]
    missing = [value.name for value in view.program.values.values() if view.state(value.id) == "blank"]
    return lines + (wrapped(f"not there yet: {', '.join(missing)}", walk.width) if missing else [])


def values(walk: Walk, rest: str) -> Lines:
    """Return the name of every value, with its shape, what it is now, and its id."""
    nothing_more(rest)
    view, lines = walk.view(), Lines()
    for group, ids in groups(view):
        lines += [f"{group}:"] if ids else []
        for identity in ids:
            value = view.program.values[identity]
            state = _STATES.get(view.state(identity), "")
            told = [
                f"{value.name} {shape_of(view, identity)}",
                *([state] if state else remarks(view, value)),
                f"id {identity}",
            ]
            lines += wrapped(", ".join(told), walk.width)
    return lines


def where(walk: Walk, rest: str) -> Lines:
    """Tell a cell, which the cells beside it can be reached from."""
    view = walk.view()
    if rest:
        walk.session.place_cursor(read_cell(rest, view))
    return told_cell(walk, _told(walk.view(), "where"))


def beside(axis: int, by: int) -> Callable[[Walk, str], Lines]:
    """Return the command that goes to the cell beside the told one. axis: counted from the last, which is 1."""

    def do(walk: Walk, rest: str) -> Lines:
        nothing_more(rest)
        view = walk.view()
        cell = _told(view, "where")
        refuse_places(view, cell.name)
        value = view.program.values[cell.name]
        name = f"{value.name} is {shape_of(view, cell.name)}"
        if len(cell.at) < axis:
            raise NnstepError(f"{cell_text(view, cell)} has no cell there", hint=name)
        place = list(cell.at)
        place[-axis] += by
        if not 0 <= place[-axis] < value.shape[-axis]:
            end = "the first" if by < 0 else "the last"
            kind = "row" if axis == 2 else "column"
            raise NnstepError(f"{cell_text(view, cell)} is in {end} {kind}", hint=f"{name}, counted from 0")
        walk.session.place_cursor(replace(cell, at=tuple(place)))
        return told_cell(walk, Cell(cell.name, tuple(place)))

    return do


def _told(view: View, command: str) -> Cell:
    if view.story is None:
        hint = f"{command} NAME[1,2], with its row and column; or go on by one step first"
        raise NnstepError("no number is told yet", hint=hint)
    return view.story


def names(walk: Walk, rest: str) -> Lines:
    """Tell it in another name set."""
    if not rest:
        return [f"Names are {walk.session.compiled.names.name}; there are: {', '.join(sorted(NAME_SETS))}"]
    if rest not in NAME_SETS:
        raise unknown("name set", in_message(rest), NAME_SETS)
    walk.session.rename(rest)
    walk.breaks.hit = None  # a step has another number there
    return here(walk)


def speak(walk: Walk, rest: str) -> Lines:
    """Tell what is done in matrices, as the formula of a cell, or as NumPy."""
    ways: dict[str, Speak] = {way: way for way in get_args(Speak)}
    if not rest:
        return [f"Operations are told as {walk.speak}; there are: {', '.join(ways)}"]
    if rest not in ways:
        raise unknown("way to speak", in_message(rest), ways)
    walk.speak = ways[rest]
    return here(walk)


def decimals(walk: Walk, rest: str) -> Lines:
    """Tell numbers with so many decimals."""
    if not rest:
        return [f"Numbers have {walk.decimals} decimals; decimals {_DECIMALS[-1]} is the most"]
    if not (rest.isascii() and rest.isdecimal() and len(rest) == 1 and int(rest) in _DECIMALS):
        hint = f"decimals {_DECIMALS[0]} to decimals {_DECIMALS[-1]}"
        raise NnstepError(f"{in_message(rest)!r} is no number of decimals", hint=hint)
    walk.decimals = int(rest)
    return here(walk)
