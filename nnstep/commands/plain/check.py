"""The gradient check in the plain stepper: `check`, `check wout`, `check d_output[1,0]`, `check all`."""

from collections.abc import Iterator, Sequence

from nnstep.commands.interrupts import until_ctrl_c
from nnstep.commands.plain.walk import Lines, Walk
from nnstep.commands.words import wrapped
from nnstep.engine.cell import Cell
from nnstep.engine.program import Step, Variable
from nnstep.errors import NnstepError
from nnstep.explain import told_checks
from nnstep.explain.checkable import Asked, asked_of, gradient_cell, told_nearest
from nnstep.explain.checks import CellCheck, ParameterCheck, Probe, chosen_cells, place_told, summed_up, trained
from nnstep.explain.places import read_cell
from nnstep.explain.told_checks import CELL_HEAD, PARAMETER_HEAD, CheckedCell
from nnstep.explain.words import plain_text
from nnstep.session import View

_MOST = 20  # cells of one value; lines are read one by one, or read aloud
_ALL = "all"


def check(walk: Walk, rest: str) -> Lines:
    """Return the check of the value that is named, or of the one that is told, or of all parameters."""
    session, width = walk.session, walk.width
    view = walk.view()
    asked = _asked_for(view, rest)
    told_checks.refuse_kept(view, asked.cell if asked else None)
    if asked and not asked.is_meant:
        return [line for row in _instead(view, asked) for line in wrapped(row, width)]
    place = view.position.iteration
    probe = Probe(session.compiled.training, place, session.history.parameters(place - 1))
    where = place_told(session.compiled.training, place)
    lines = wrapped(f"Gradients with the weights and the batch of {where}:", width)
    if asked is None:
        return lines + _all(view, probe, width)
    lines += wrapped(f"{plain_text(asked.told)}.", width) if asked.told else []
    return lines + _one(view, probe, asked.cell, rest, width)


def _asked_for(view: View, rest: str) -> Asked | None:
    """Return what is meant; None for all parameters."""
    if not trained(view.program):
        raise NnstepError("nothing is trained here, so there is no gradient to check")
    if rest == _ALL:
        return None
    pointed = read_cell(rest, view) if rest else view.story
    return asked_of(view, pointed, "from") if pointed else None


def _instead(view: View, asked: Asked) -> tuple[str, ...]:
    """Return what to do with a number that is no gradient: follow it back, or check one near it."""
    name = view.program.values[gradient_cell(view.program, asked.cell).name].name
    near = f"{plain_text(told_nearest(view.program, asked))} Type check {name}, or check all for every parameter."
    return f"{plain_text(asked.told)} {asked.tells}", near


def _all(view: View, probe: Probe, width: int) -> Lines:
    work = (
        summed_up(variable, [probe.check(cell) for cell in _cells(view, variable, None)])
        for variable in trained(view.program)
    )
    checks = list(until_ctrl_c(work))
    rows = [told_checks.parameter_row(each) for each in checks]
    purpose = plain_text(told_checks.told_purpose(view.compiled, checks))
    return [
        *_said(PARAMETER_HEAD, rows, width),
        plain_text(told_checks.told_verdict(checks)),
        *_of_part(view, checks),
        *([purpose] if purpose else []),
    ]


def _one(view: View, probe: Probe, cell: Cell, rest: str, width: int) -> Lines:
    """Return the cells of a value and its worst one by hand; or one cell by hand, where one was named.

    Where none was named the told one is among them, and is worked out by hand unless one is wrong.
    """
    value, is_cell = view.program.values[cell.name], "[" in rest
    cells = [cell] if is_cell else _cells(view, value, _MOST)
    if not rest:
        cells = sorted({*cells, cell}, key=lambda each: each.at)
    found: list[CellCheck] = list(until_ctrl_c(probe.check(each) for each in cells))
    total = summed_up(value, found)
    told = next((each for each in found if each.cell == cell and not rest and total.approximate), total.worst)
    by_hand = told_checks.told_by_hand(view, CheckedCell(told, probe.difference(told)))
    cells_told = [] if is_cell else [told_checks.cell_row(view, each) for each in found]
    verdict = [] if is_cell else [plain_text(told_checks.told_verdict([total])), *_of_part(view, [total])]
    rows = _said(CELL_HEAD, cells_told, width)
    before = told_checks.told_before(view, total)
    return [
        *rows,
        *verdict,
        *(line for row in (*map(plain_text, by_hand), before) if row for line in wrapped(row, width)),
    ]


def _of_part(view: View, checks: Sequence[ParameterCheck]) -> list[str]:
    """Say why not every cell was looked at, and how to have it done."""
    if all(check.checked == check.cells for check in checks):
        return []
    every = isinstance(view.program.values[checks[0].parameter], Variable)
    ways = f"check NAME[1,2] checks one that you mean{', nnstep check FILE --all every one' * every}"
    return [f"Of many cells some were drawn by lot: {ways}"]


def _cells(view: View, value: Variable | Step, most: int | None) -> list[Cell]:
    return chosen_cells(view.program, value, view.position.iteration, most)


def _said(head: tuple[str, ...], rows: list[tuple[str, ...]], width: int) -> Iterator[str]:
    """Yield each row of a table as a sentence that has the names of its columns in it: nothing has to be looked up."""
    for name, *facts in rows:
        told = [f"{what} {fact}".strip() for what, fact in zip(head[1:], facts, strict=True) if fact]
        yield from wrapped(f"{name}: {', '.join(told)}", width)
