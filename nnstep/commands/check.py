"""`nnstep check`: is the file right, and does every gradient agree with finite differences."""

import sys
from argparse import Namespace
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from nnstep.commands.endings import DONE, FOUND
from nnstep.commands.figures import count
from nnstep.commands.opening import open_scenario
from nnstep.engine.program import Program
from nnstep.explain.checks import MOST, ParameterCheck, parameter_checks
from nnstep.explain.figures import figure
from nnstep.explain.summary import loss_text, network_text
from nnstep.explain.told_checks import told_purpose, verdicts, worst_place
from nnstep.explain.words import plain_text
from nnstep.scenario.compile import Compiled

_HEAD = ("parameter", "exact", "approximate", "largest difference", "worst cell", "")


def run(given: Namespace) -> int:
    """Check, print a row for each parameter as soon as it is known, and return 1 where a gradient disagrees."""
    compiled = open_scenario(given.file, given.names)
    for line in _opening(compiled):
        print(line)
    wrong, unclear = [], 0
    widths = _widths(compiled.training.program(1))
    print(_row(_HEAD, widths), flush=True)
    is_part = False
    for check in parameter_checks(compiled.training, most=sys.maxsize if given.all else None):
        print(_row(cells_of(check), widths), flush=True)
        is_part = is_part or check.checked < check.cells
        unclear += len(check.unclear)
        if not check.approximate:
            wrong.append(check)
    print()
    for line in (*verdict(wrong, is_part=is_part, unclear=unclear), *_purpose(compiled, wrong)):
        print(line)
    return FOUND if wrong else DONE


def _opening(compiled: Compiled) -> Iterator[str]:
    program = compiled.training.program(1)
    yield compiled.scenario.model.title
    samples = count(len(compiled.training.train), "sample")
    yield " · ".join([network_text(program), samples, loss_text(compiled), count(len(program.steps), "step")])
    yield ""
    yield "The file is right. The gradients of iteration 1 against central differences of the loss:"
    yield ""


def cells_of(check: ParameterCheck) -> tuple[str, ...]:
    """Return the row of a parameter."""
    remarks = []
    if check.checked < check.cells:
        remarks.append(f"{check.checked} of {check.cells} cells")
    if check.kinks:
        remarks.append(f"{len(check.kinks)} at a kink, where there is no one slope")
    if check.unclear:
        remarks.append(f"{len(check.unclear)} unclear")
    return (
        f"{check.name} ({check.parameter})",
        *verdicts(check),
        worst_place(check),
        ", ".join(remarks),
    )


def verdict(wrong: list[ParameterCheck], *, is_part: bool = False, unclear: int = 0) -> Iterator[str]:
    """Yield what the table comes to.

    is_part: were only some cells of a parameter looked at? unclear: of how many gradients nothing can be told.
    """
    if is_part:
        yield f"Of larger parameters {MOST} cells were drawn by lot, the same ones each time; --all checks every cell."
    if unclear:
        told = f"Nothing can be told of {count(unclear, 'gradient')}: no difference of two losses is fine enough."
        yield told + (" No other one disagrees." if not wrong else "")
    elif not wrong:
        yield "Every gradient that was looked at agrees." if is_part else "Every gradient agrees."
    for check in wrong:
        ours, theirs = figure(check.worst.gradient, 6), figure(check.worst.measured, 6)
        yield f"The gradient of {worst_place(check)} is {ours}, and the loss says {theirs}."


def _purpose(compiled: Compiled, wrong: list[ParameterCheck]) -> Iterator[str]:
    """Yield that a mistake was made on purpose, where it was found, and where its name stands."""
    if told := plain_text(told_purpose(compiled, wrong)):
        yield ""
        yield told
        yield f"Its name is in {compiled.scenario.where('mistake')}."


def _widths(program: Program) -> tuple[int, ...]:
    names = [cell_len(f"{parameter.name} ({parameter.id})") for parameter in program.parameters]
    cells = [cell_len(f"{parameter.name}[{parameter.shape}]") for parameter in program.parameters]
    first, *others = map(len, _HEAD)
    others[3] = max([others[3], *cells])
    return (max([first, *names]), *others)


def _row(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    padded = (set_cell_size(cell, max(width, cell_len(cell))) for cell, width in zip(cells, widths, strict=True))
    return "   ".join(padded).rstrip()
