"""Gradient checks in words and figures: a row for each cell, what they come to, and one of them worked out by hand."""

from collections.abc import Sequence
from typing import Final

from nnstep.catalog.laying import shape_text
from nnstep.engine.cell import Cell
from nnstep.engine.program import Step, Variable
from nnstep.errors import NnstepError
from nnstep.explain.answers import KEPT_HINT
from nnstep.explain.checkable import gradient_cell, made_of
from nnstep.explain.checks import CellCheck, Difference, ParameterCheck, Verdict
from nnstep.explain.figures import figure
from nnstep.explain.naming import cell_text, number_text
from nnstep.explain.words import Line, Word
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.session import View

CELL_HEAD: Final = ("cell", "backprop", "measured", "difference", "")
PARAMETER_HEAD: Final = ("parameter", "cells", "exact", "approximate", "difference", "at", "")

_MEANING: Final[dict[Verdict, str]] = {
    "exact": "exact: apart by no more than rounding does; the table measures finer still",
    "approximate": "approximate: they agree to five digits",
    "kink": "a kink: the loss has a corner here, and so no one slope",
    "unclear": "unclear: no difference of two losses is fine enough to tell this gradient",
    "wrong": "wrong: the loss does not move as backprop says",
}
_NEITHER: Final = "wrong: the loss has a corner here, and backprop says the slope of neither side"
_BESIDE: Final = "unclear: rounded to the end of where it can be; a hair beside, backprop says "
_PURPOSE: Final = "; made so on purpose"
_LONG_NAME: Final = 12
_MOST_BEFORE: Final = 3
_LOSS_DECIMALS: Final = 12  # a difference of losses loses the digits that they share
_SLOPE_DECIMALS: Final = 8


@dataclass(frozen=True)
class CheckedCell:
    """A gradient that was checked, and the same worked out by hand."""

    check: CellCheck
    by_hand: Difference


def refuse_kept(view: View, cell: Cell | None = None) -> None:
    """Raise NnstepError where gradients are still to be predicted: a check would tell them, and the loss.

    cell: what is to be checked, if that is known: its own number is told as well.
    """
    kept = [f"{v.id}.grad" for v in view.program.parameters if v.trainable]
    kept += [cell.name, gradient_cell(view.program, cell).name] if cell else []
    if first := next((each for each in kept if view.keeps(each) or each in view.hidden), ""):
        what = f"{view.program.values[first].name} is still to be predicted, and the check would tell it"
        raise NnstepError(what, hint=KEPT_HINT)


def title_of(value: Variable | Step) -> str:
    """Return a value with its shape: `wout 3×1`."""
    return f"{value.name} {shape_text(value.shape)}"


def cell_row(view: View, check: CellCheck) -> tuple[str, ...]:
    """Return what stands under CELL_HEAD for a cell."""
    return (
        cell_text(view, check.cell),
        figure(check.gradient, 6),
        figure(check.measured, 6),
        size_text(check.difference) if check.verdict not in ("kink", "unclear") else "",
        check.verdict,
    )


def parameter_row(check: ParameterCheck) -> tuple[str, ...]:
    """Return what stands under PARAMETER_HEAD for a parameter; `difference` is the largest, and where."""
    remarks = [f"{len(check.kinks)} kink{'s' * (len(check.kinks) > 1)}"] * bool(check.kinks)
    remarks += [f"{len(check.unclear)} unclear"] * bool(check.unclear)
    return (
        check.name,
        f"{check.checked} of {check.cells}" if check.checked < check.cells else str(check.cells),
        *verdicts(check),
        worst_place(check).removeprefix(check.name),
        ", ".join(remarks),
    )


def verdicts(check: ParameterCheck) -> tuple[str, str, str]:
    """Return whether all agree, exactly and approximately, and the largest difference; `?` where none can be told."""
    if len(check.unclear) + len(check.kinks) == check.checked:
        return "?", "?", ""
    return "yes" if check.exact else "no", "yes" if check.approximate else "no", size_text(check.largest)


def worst_place(check: ParameterCheck) -> str:
    """Return the worst cell as NumPy would take it: `wout[1,0]`."""
    return f"{check.name}[{','.join(map(str, check.worst.cell.at))}]"


def told_verdict(checks: Sequence[ParameterCheck]) -> Line:
    """Return what checks come to: `✓ wout: every gradient agrees with the loss`; of several, without their names."""
    wrong = [check for check in checks if not check.approximate]
    who = f"{checks[0].name}: " if len(checks) == 1 else ""
    if wrong:
        names = ", ".join(worst_place(check) for check in wrong[:3]) + ("…" if len(wrong) > 3 else "")
        if len(checks) == 1 and len(checks[0].name) > _LONG_NAME:
            names = names.removeprefix(checks[0].name)
        return (Word(f"✗ {who}not every gradient agrees with the loss; look at {names}", "warning"),)
    seen, cells = sum(check.checked for check in checks), sum(check.cells for check in checks)
    if unclear := sum(len(check.unclear) for check in checks):
        told = f"? {who}no gradient disagrees, but {unclear} of {seen} can not be told: no difference is fine enough"
        return (Word(told, "warning"),)
    kinks = sum(len(check.kinks) for check in checks)
    if kinks == seen:
        return (Word(f"? {who}every gradient is at a kink, where there is no one slope", "warning"),)
    part = f" in {seen} of {cells:,} cells" if seen < cells else ""
    but = f", except at {'kinks' if kinks > 1 else 'a kink'} ({kinks} of {seen})" if kinks else ""
    return (Word(f"✓ {who}every gradient agrees with the loss{part}{but}", "value"),)


def told_purpose(compiled: Compiled, checks: Sequence[ParameterCheck]) -> Line:
    """Say so where gradients are wrong by a mistake on purpose; which one it is, a student is to find."""
    if compiled.scenario.model.mistake is None or all(check.approximate for check in checks):
        return ()
    return (Word("There is a mistake in this scenario, made on purpose. Which step is wrong?", "heading"),)


def told_before(view: View, check: ParameterCheck) -> str:
    """Return what a gradient is made of that is wrong: the fault may be in that already. Nothing of a right one."""
    before = [view.program.values[each].name for each in made_of(view.program, check.parameter)]
    if check.approximate or not before:
        return ""
    names = ", ".join(before[:_MOST_BEFORE]) + "…" * (len(before) > _MOST_BEFORE)
    return f"made of {names}: check that as well, to find where it first goes wrong"


def told_by_hand(view: View, checked: CheckedCell) -> tuple[Line, ...]:
    """Return the rows of a cell worked out by hand: two losses, their quotient, backprop's number, the difference."""
    check, hand = checked.check, checked.by_hand
    loss = view.program.values[view.program.loss].name
    is_weight = isinstance(view.program.values[check.cell.name], Variable)
    letter, both = ("w", " both ways") if is_weight else ("v", "")  # activations have the longer names
    above, below = (f"{loss}({letter} {sign} h)" for sign in "+-")
    quotient = f"({above} - {below}) / 2h"
    backprop = "what backprop says"
    wide = max(len(quotient), len(backprop))
    place, size = cell_text(view, check.cell), number_text(view, check.cell.name, hand.number, 4)
    rows = [
        (Word(f"By hand: {letter} is {place} = {size}. Move it by h = {hand.move:g}{both}.", "plain"),),
        _equation(above, figure(hand.above, _LOSS_DECIMALS), "value", wide),
        _equation(below, figure(hand.below, _LOSS_DECIMALS), "value", wide),
        _equation(quotient, figure(hand.slope, _SLOPE_DECIMALS), "read", wide),
        (*_equation(backprop, figure(check.gradient, _SLOPE_DECIMALS), "written", wide), *_other_sign(view, check)),
    ]
    role = "warning" if check.verdict == "wrong" else "value"
    if check.verdict == "kink" or check.sides:
        left, right = (figure(slope, 6) for slope in hand.sides)
        rows.append(_equation("left and right", f"{left} and {right}", "value", wide))
    else:
        rows.append(_equation("difference", size_text(abs(hand.slope - check.gradient)), role, wide))
    meaning = _NEITHER if check.verdict == "wrong" and check.sides else _MEANING[check.verdict]
    meaning = meaning if check.beside is None else f"{_BESIDE}{figure(check.beside, 4)}"
    purpose = _PURPOSE if check.verdict == "wrong" and view.compiled.scenario.model.mistake else ""
    rows.append((Word(f"  {meaning}{purpose}", role if role == "warning" else "dim"),))
    return tuple(rows)


def _equation(left: str, right: str, role: str, wide: int) -> Line:
    return (Word(f"  {left:<{wide}}", "plain"), Word(" = ", "operator"), Word(right, role))


def _other_sign(view: View, check: CellCheck) -> Line:
    """Say so where the screen shows a weight's gradient with the other sign; of other values it is said above."""
    step = view.program.values[gradient_cell(view.program, check.cell).name]
    is_weight = isinstance(view.program.values[check.cell.name], Variable)
    if not is_weight or not isinstance(step, Step) or step.sign > 0:
        return ()
    return (Word(f"   {step.name} is minus this", "dim"),)


def size_text(difference: float) -> str:
    """Return how large a difference is, in two digits: `3.1e-13`."""
    return figure(difference, 2)
