"""What is to be said beside a number that is nothing: that rounding alone left it, or that no blame came its way."""

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.gradients import signals_of
from nnstep.explain.reads import read_cells
from nnstep.explain.words import Line, sentence
from nnstep.session import View


def told_nothing(view: View, cell: Cell) -> Line:
    """Return why the number of a cell that is done is nothing; an empty line where there is no more to say of it."""
    lost = view.lost(cell.name)
    if lost is not None and lost[cell.at]:
        return sentence("   0 but for rounding", "dim")
    return sentence("   nothing of the loss reaches it" if is_cut_off(view, cell) else "", "dim")


def is_cut_off(view: View, cell: Cell) -> bool:
    """Is this a cell of a signal that no cell of a signal comes into, so that nothing of the loss reaches it?

    So it is with a pixel that is not the winner of its window, and with a row of a table that was not looked up. The
    loss's own gradient is made of no signal, and is the first that there is.
    """
    step = view.program.values[cell.name]
    if not isinstance(step, Step) or view.values[step.id][cell.at]:
        return False
    signals = signals_of(view.program)
    if step.id not in signals or signals.isdisjoint(step.reads):
        return False
    read = read_cells(view, cell)
    return not any(len(read[identity]) for identity in signals.intersection(step.reads))
