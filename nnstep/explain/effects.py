"""What a cell has an effect on: the cells that read it in this iteration, and how far the loss moves with it."""

from collections.abc import Mapping
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.engine.rounding import lost_to_rounding
from nnstep.explain.figures import exact, figure
from nnstep.explain.gradients import gradients_of
from nnstep.explain.inverse import deciding, places_read, readers_of
from nnstep.explain.naming import cell_text
from nnstep.explain.places import CellPlace
from nnstep.explain.slopes import Losses
from nnstep.explain.words import Line, Word, sentence
from nnstep.records import dataclass
from nnstep.session import View

Means = Literal["gradient", "difference", "nothing"]

_NOTHING: Means = "nothing"
_MOVE = 1e-5  # of the cell's size, or of 1 for a smaller one: good to some ten digits of a smooth loss
_TOLD_MOVE = 0.01
_ABOUT = 0.1  # of what the slope says: as near as the loss has to come to it
_SAME = 1e-13  # of the loss: what rounding alone does to it
_MOST_READERS = 6


@dataclass(frozen=True)
class Effect:
    """What a cell has an effect on.

    readers: for each value that reads it directly, by its id, the cells that do, as rows (n, axes). slope: how far the
    loss of this iteration moves when the cell moves by 1, at this rate. means: how the slope was found: nothing where
    the loss was there before the cell, or where the cell chooses a row and can't be moved a little.
    gradient: the cell that the slope stands in, if there is one; else the cell itself.
    """

    cell: Cell
    readers: Mapping[str, NDArray[np.intp]]
    slope: float
    means: Means
    gradient: CellPlace
    told: Line
    told_loss: Line


def effect_of(view: View, cell: Cell) -> Effect:
    """Return what a cell has an effect on. The cell may be one that is not there yet: nothing tells its number."""
    program, readers = view.program, readers_in(view, cell)
    here = CellPlace(view.position.iteration, cell)
    slope, means, gradient = 0.0, _NOTHING, here
    if not _reaches_loss(view, cell.name):
        why = "the loss of this iteration does not depend on it"
        why += "; that of a later one may" if _reaches_a_later_loss(view, cell.name) else ""
    elif _chooses(view, cell.name):
        why = "it is the number of a row, so it can't be moved a little"
    elif view.keeps(program.loss) or view.keeps(gradients_of(program).get(cell.name, cell.name)):
        why = "how far the loss moves with it is still to be predicted"
    else:
        slope, means, gradient = _slope(view, cell)
        why = ""
    told_loss = sentence(why, "dim") if why else _told_loss(view, cell, slope, means)
    return Effect(cell, readers, slope, means, gradient, _told(view, cell, readers), told_loss)


def readers_in(view: View, cell: Cell) -> Mapping[str, NDArray[np.intp]]:
    """Return the cells of this iteration that read one, by the id of their value, in the order of the steps.

    Where numbers that are still to be predicted decide which cells do, none are named.
    """
    found: dict[str, NDArray[np.intp]] = {}
    undecided = _undecided(view, cell.name)
    for step in view.program.readers.get(cell.name, ()):
        if step in undecided:
            continue
        values = {name: view.values[identity] for name, identity in step.inputs.items()}
        names = [name for name, identity in step.inputs.items() if identity == cell.name]
        places = [readers_of(step.op.rule, name, cell.at, values, step.settings) for name in names]
        rows = places[0] if len(places) == 1 else np.unique(np.concatenate(places), axis=0)  # (n, axes)
        if len(rows):
            found[step.id] = rows
    return found


def _undecided(view: View, identity: str) -> list[Step]:
    """Return the steps that read a value, at cells which only numbers that are still to be predicted tell."""
    readers = view.program.readers.get(identity, ())
    return [step for step in readers if any(view.keeps(step.inputs[name]) for name in deciding(step.op.rule))]


def _reaches_loss(view: View, identity: str) -> bool:
    program = view.program
    return identity == program.loss or any(identity in step.reads for step in program.scoring)


def _reaches_a_later_loss(view: View, identity: str) -> bool:
    """Does the loss of an iteration after this one depend on a value, through what is handed on?"""
    program, reached, known = view.program, {identity}, 0
    while len(reached) > known:
        known = len(reached)
        for step in (*program.steps, *program.measures):
            if reached.intersection(step.reads):
                reached.add(step.id)
        reached |= {before for before, after in program.carry.items() if after in reached}
    return any(before in reached and _reaches_loss(view, before) for before in program.carry)


def _chooses(view: View, identity: str) -> bool:
    """Is this value read as a place, as an embedding reads the numbers of rows?"""
    readers = view.program.readers.get(identity, ())
    return any(
        name in places_read(step.op.rule)
        for step in readers
        for name, value in step.inputs.items()
        if value == identity
    )


def _slope(view: View, cell: Cell) -> tuple[float, Means, CellPlace]:
    """Return dL/d cell from the program where it has it, else measured; and where it stands."""
    iteration, identity = view.position.iteration, gradients_of(view.program).get(cell.name)
    if cell.name == view.program.loss:
        return 1.0, _NOTHING, CellPlace(iteration, cell)
    # A gradient with a mistake on purpose does not say how the loss moves.
    if identity is not None and not view.compiled.scenario.model.mistake:
        step = view.program.values[identity]
        assert isinstance(step, Step)
        lost = lost_to_rounding(view.program, view.values).get(identity)
        number = 0.0 if lost is not None and lost[cell.at] else step.sign * float(view.values[identity][cell.at])
        return number + 0.0, "gradient", CellPlace(iteration, Cell(identity, cell.at))
    losses = Losses(view.program, view.values, lambda: False)
    move = _MOVE * max(1.0, abs(float(view.values[cell.name][cell.at])))
    above, below = losses.at(cell, move), losses.at(cell, -move)
    return (above - below) / (2 * move), "difference", CellPlace(iteration, cell)


def _told(view: View, cell: Cell, readers: Mapping[str, NDArray[np.intp]]) -> Line:
    """Return which values read the cell: `wh[2,1] is read by 4 cells: 3 of hidden_layer_input, 1 of wh`."""
    name = Word(cell_text(view, cell), "name")
    if not readers and (undecided := _undecided(view, cell.name)):
        reader = Word(undecided[0].name, "name")
        return (name, Word(": which cells of ", "dim"), reader, Word(" read it is still to be predicted", "dim"))
    if any(after == cell.name for after in view.program.carry.values()) and not readers:
        return (name, Word(" is what the next iteration begins with", "dim"))
    if not readers:
        return (name, Word(" is read by nothing in this iteration", "dim"))
    count = sum(map(len, readers.values()))
    counted = f" is read by {count:,} cell{'s' * (count != 1)}"
    line: Line = (name, Word(counted + (" of " if len(readers) == 1 else ": "), "dim"))
    for number, (identity, places) in enumerate(list(readers.items())[:_MOST_READERS]):
        part = f"{', ' * bool(number)}{len(places):,} of " if len(readers) > 1 else ""
        line += (*sentence(part, "dim"), Word(view.program.values[identity].name, "name"))
    more = sum(map(len, list(readers.values())[_MOST_READERS:]))
    return (*line, *sentence(f" and {more:,} of others" if more else "", "dim"))


def _told_loss(view: View, cell: Cell, slope: float, means: Means) -> Line:
    """Return how the loss moves: `if wh[2,1] were 0.01 larger, the loss would be about 2.0e-5 smaller`."""
    loss = view.program.values[view.program.loss].name
    if cell.name == view.program.loss:
        return sentence("this is the loss itself", "dim")
    if not isfinite(slope):
        return sentence(f"how far {loss} moves with it is not finite")
    begin = (
        Word("if "),
        Word(cell_text(view, cell), "name"),
        Word(f" were {exact(_TOLD_MOVE)} larger, "),
        Word(loss, "name"),
    )
    # A slope is that of a much smaller move: on this one the loss may bend, or have a corner.
    losses = Losses(view.program, view.values, lambda: False)
    change, about, why = losses.at(cell, _TOLD_MOVE) - losses.here, "", ""
    if means == "gradient":
        said = slope * _TOLD_MOVE
        if abs(change - said) <= _ABOUT * abs(said) + _SAME * abs(losses.here):
            change, about = said, " about"
        else:
            why = f", though its slope here is {figure(slope, 4)}"
    if change == 0 or not isfinite(change):
        return (*begin, Word(" would stay as it is" if change == 0 else " would be no finite number"))
    size = Word(figure(abs(change), 4), "value")
    return (
        *begin,
        Word(f" would be{about} "),
        size,
        Word(" larger" if change > 0 else " smaller"),
        *sentence(why, "dim"),
    )
