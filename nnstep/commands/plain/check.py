"""The gradient check in the plain stepper: `check`, `check wout`, `check wout[1,0]`, `check all`."""

from collections.abc import Iterator, Sequence

from nnstep.commands.interrupts import until_ctrl_c
from nnstep.commands.plain.walk import Lines, Walk
from nnstep.commands.words import wrapped
from nnstep.engine.cell import Cell
from nnstep.engine.program import Variable
from nnstep.errors import NnstepError, nearest
from nnstep.explain import told_checks
from nnstep.explain.checks import CellCheck, ParameterCheck, Probe, chosen_cells, summed_up, trained
from nnstep.explain.places import read_cell
from nnstep.explain.told_checks import CELL_HEAD, PARAMETER_HEAD, CheckedCell
from nnstep.explain.words import plain_text
from nnstep.scenario.text import in_message
from nnstep.session import View

_MOST = 20  # cells of one parameter; lines are read one by one, or read aloud
_ALL = "all"


def check(walk: Walk, rest: str) -> Lines:
    """Return the check of the parameter that is named, or of the one that is told, or of all."""
    session, width = walk.session, walk.width
    view = walk.view()
    cell = _asked_for(view, rest)
    told_checks.refuse_kept(view)
    place = view.position.iteration
    probe = Probe(session.compiled.training, place, session.history.parameters(place - 1))
    lines = wrapped(f"Gradients with the weights and the batch of iteration {place}:", width)
    if cell is None:
        return lines + _all(view, probe, width)
    return lines + _one(view, probe, cell, is_cell="[" in rest, width=width)


def _asked_for(view: View, rest: str) -> Cell | None:
    """Return a cell of the parameter that is meant; None for all of them."""
    variables = trained(view.program)
    if not variables:
        raise NnstepError("nothing is trained here, so there is no gradient to check")
    if not rest or rest == _ALL:
        story = view.story
        owner = told_checks.parameter_of(view.program, story.name) if story and not rest else ""
        return Cell(owner, (0,) * len(view.program.values[owner].shape)) if owner else None
    name, bracket, place = rest.partition("[")
    known = {name: v.id for v in reversed(variables) for name in (v.id, f"{v.id}.grad", v.name)}
    grads = {view.program.values[f"{v.id}.grad"].name: v.id for v in variables}
    owner = (known | grads).get(name.strip(), "")
    if not owner:
        guess = nearest(name.strip(), [*known, *grads])
        there_are = f"there are: {', '.join(dict.fromkeys(v.name for v in variables))}"
        what = f"{in_message(name.strip())!r} is no parameter that is trained"
        raise NnstepError(what, hint=f"did you mean {guess}?" if guess else there_are)
    return read_cell(f"{owner}{bracket}{place}", view)


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
        *_of_part(checks),
        *([purpose] if purpose else []),
    ]


def _one(view: View, probe: Probe, cell: Cell, *, is_cell: bool, width: int) -> Lines:
    """Return the cells of a parameter and its worst one by hand; or one cell by hand, where one was named."""
    variable = view.program.values[cell.name]
    assert isinstance(variable, Variable)
    cells = [cell] if is_cell else _cells(view, variable, _MOST)
    found: list[CellCheck] = list(until_ctrl_c(probe.check(each) for each in cells))
    total = summed_up(variable, found)
    by_hand = told_checks.told_by_hand(view, CheckedCell(total.worst, probe.difference(total.worst)))
    cells_told = [] if is_cell else [told_checks.cell_row(view, each) for each in found]
    verdict = [] if is_cell else [plain_text(told_checks.told_verdict([total])), *_of_part([total])]
    rows = _said(CELL_HEAD, cells_told, width)
    return [*rows, *verdict, *(line for row in by_hand for line in wrapped(plain_text(row), width))]


def _of_part(checks: Sequence[ParameterCheck]) -> list[str]:
    """Say why not every cell was looked at, and how to have it done."""
    if all(check.checked == check.cells for check in checks):
        return []
    ways = "check NAME[1,2] checks one that you mean, nnstep check FILE --all every one"
    return [f"Of many cells some were drawn by lot: {ways}"]


def _cells(view: View, variable: Variable, most: int | None) -> list[Cell]:
    return chosen_cells(view.program, variable, view.position.iteration, most)


def _said(head: tuple[str, ...], rows: list[tuple[str, ...]], width: int) -> Iterator[str]:
    """Yield each row of a table as a sentence that has the names of its columns in it: nothing has to be looked up."""
    for name, *facts in rows:
        told = [f"{what} {fact}".strip() for what, fact in zip(head[1:], facts, strict=True) if fact]
        yield from wrapped(f"{name}: {', '.join(told)}", width)
