"""Where a cell came from, one way back at a time: through the forward pass, into the iteration before, to the file."""

from math import isnan

from nnstep.engine.cell import Cell, Number, Worked
from nnstep.engine.program import Step, Variable
from nnstep.explain.arithmetic import arithmetic
from nnstep.explain.beginnings import told_beginning
from nnstep.explain.figures import figure
from nnstep.explain.filled import filled_formula
from nnstep.explain.inverse import places_read
from nnstep.explain.naming import cell_text, number_text, when_text
from nnstep.explain.nothing import told_nothing
from nnstep.explain.pieces import pieces_of
from nnstep.explain.places import CellPlace
from nnstep.explain.reckoning import EQUALS, equals
from nnstep.explain.words import Line, Word, sentence
from nnstep.records import dataclass
from nnstep.session import View


@dataclass(frozen=True)
class Contribution:
    """A part of a sum.

    value: what it adds. names, numbers: its arithmetic, `X[0,2]·wh[2,1]` and `1·0.1800`. places: the cells that were
    read in it, in the order of the arithmetic, without those that only say which cell is read. sign: what stands
    between numbers and value, `=` or `≈`.
    """

    value: float
    names: Line
    numbers: Line
    places: tuple[CellPlace, ...]
    sign: Word = EQUALS


@dataclass(frozen=True)
class Origin:
    """Where a cell came from.

    told: in words. contributions: what it is the sum of, the largest first; none where nothing was read. more, rest:
    how many others there are, and what they come to.
    """

    place: CellPlace
    told: Line
    contributions: tuple[Contribution, ...] = ()
    more: int = 0
    rest: float = 0.0

    @property
    def total(self) -> float:
        """What all contributions come to: the cell, but for rounding."""
        return sum(contribution.value for contribution in self.contributions) + self.rest


def origin_of(view: View, cell: Cell, *, decimals: int = 4, most: int = 8) -> Origin:
    """Return where a cell came from. most: of a longer sum only so many parts are shown, the largest.

    A cell that is not there yet keeps its secret: then it is told when it will be, and whose number is shown meanwhile.
    """
    value = view.program.values[cell.name]
    if isinstance(value, Variable):
        return _of_variable(view, value, cell, decimals)
    if not view.is_done(cell):
        return _of_coming(view, value, cell, decimals)
    return _of_step(view, value, cell, decimals, most)


def _of_step(view: View, step: Step, cell: Cell, decimals: int, most: int) -> Origin:
    values = {name: view.values[identity] for name, identity in step.inputs.items()}
    found = pieces_of(step.op.rule, cell.at, values, step.settings, most=most)
    parts = tuple(_contribution(view, step, piece, decimals) for piece in found.pieces)
    shown = number_text(view, step.id, float(view.values[step.id][cell.at]), decimals)
    told = (
        Word(cell_text(view, cell), "written"),
        Word(" = ", "operator"),
        *filled_formula(view.program, step, cell),
        Word(" = ", "operator"),
        Word(shown, "written"),
        *told_nothing(view, cell),
    )
    return Origin(CellPlace(view.position.iteration, cell), told, parts, found.more, found.rest)


def _contribution(view: View, step: Step, piece: Worked, decimals: int) -> Contribution:
    def placed(number: Number) -> Cell:
        assert number.cell is not None
        return Cell(step.inputs[number.cell.name], number.cell.at)

    def name(number: Number) -> str:
        return cell_text(view, placed(number)) if number.cell else figure(number.value, decimals)

    def shown(number: Number) -> str:
        if number.cell is None:
            return figure(number.value, decimals)
        return number_text(view, placed(number).name, number.value, decimals)

    saying = places_read(step.op.rule)
    cells = dict.fromkeys(placed(Number(0.0, read)) for read in piece.reads if read.name not in saying)
    places = tuple(CellPlace(view.position.iteration, cell) for cell in cells)
    sign = equals(piece, shown, number_text(view, step.id, piece.value, decimals))
    return Contribution(piece.value, arithmetic(piece, name)[0], arithmetic(piece, shown)[0], places, sign)


def _of_coming(view: View, step: Step, cell: Cell, decimals: int) -> Origin:
    """Tell of a step that is not done; what is shown meanwhile is the number of the iteration before."""
    here, number = view.position.iteration, view.program.ready[step.id]
    told: Line = (Word(cell_text(view, cell), "written"), Word(f" is worked out in step {number}", "dim"))
    before = view.shown(cell)
    if before is None:
        return Origin(CellPlace(here, cell), told)
    told = (*told, *sentence("; this is its number from ", "dim"), Word(when_text(view, here - 1), "dim"))
    return Origin(CellPlace(here, cell), told, (_same(view, cell, CellPlace(here - 1, cell), before, decimals),))


def _of_variable(view: View, variable: Variable, cell: Cell, decimals: int) -> Origin:
    """Tell where what an iteration starts with comes from: the iteration before, or the scenario."""
    iteration, number = view.position.iteration, float(view.values[variable.id][cell.at])
    place, after = CellPlace(iteration, cell), view.program.carry.get(variable.id, variable.id)
    came = view.came(cell)
    if came is not None and came != number and not (isnan(came) and isnan(number)):
        set_here = (
            Word(cell_text(view, cell), "name"),
            Word(" was set by hand in this iteration; it came with ", "dim"),
            Word(number_text(view, cell.name, came, decimals), "value"),
        )
        return Origin(place, set_here)
    if came is None or iteration == 1 or after == variable.id:
        return Origin(place, told_beginning(view, variable, cell))
    # A change of the optimizer may have made this iteration's program another one.
    program = view.program_before or view.program
    made, source = program.values[after], CellPlace(iteration - 1, Cell(after, cell.at))
    assert isinstance(made, Step)
    told = (
        Word(cell_text(view, cell), "name"),
        Word(f" here is what {when_text(view, iteration - 1)} made of it: ", "dim"),
        *filled_formula(program, made, source.cell),
    )
    return Origin(place, told, (_same(view, cell, source, number, decimals),))


def _same(view: View, cell: Cell, place: CellPlace, number: float, decimals: int) -> Contribution:
    shown = number_text(view, cell.name, number, decimals)
    name = f"{cell_text(view, cell)} after {when_text(view, place.iteration)}"
    return Contribution(number, (Word(name, "read"),), (Word(shown, "read"),), (place,))
