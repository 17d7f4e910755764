"""Worked arithmetic as Python writes it, and what it comes to with the numbers that are shown."""

import ast
import math
from collections.abc import Callable, Sequence
from typing import Final

from nnstep.engine.cell import Number, Part, Sum, Worked, work_out_part
from nnstep.explain.figures import exact
from nnstep.explain.words import Word

Show = Callable[[Number], str]
"""Says how a number is shown."""

EQUALS: Final = Word(" = ", "operator")
NEARLY: Final = Word(" ≈ ", "operator")
"""What is shown has been rounded: by hand the last digit is another one."""

_TAKES: Final = " → "  # between the test of a choice and the branch that is taken
_MORE: Final = ", … and"  # of a maximum, the terms that are not written out: they are smaller
_PLACE: Final = "argmax("  # a place is no number that rounding changes


def branches(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the tests of a choice, and the branch that is taken; without a choice no test, and all of it."""
    if _TAKES not in parts:
        return (), parts
    last = len(parts) - 1 - parts[::-1].index(_TAKES)
    return tuple(" and " if part == _TAKES else part for part in parts[:last]), parts[last + 1 :]


def as_python(worked: Worked, placed: Show, rest: Callable[[float], str] = exact) -> str:
    """Return worked arithmetic as Python writes it, of a choice the branch that is taken.

    placed: writes a number. rest: writes what the terms of a sum come to that are not written out.
    """
    return _joined(branches(worked.parts)[1], placed, rest)


def _joined(parts: Sequence[Part], placed: Show, rest: Callable[[float], str]) -> str:
    text = ""
    for part in parts:
        match part:
            case Number():
                text += placed(part)
            case Sum():
                terms = [_joined(term.parts, placed, rest) for term in part.terms]
                text += " + ".join([*terms, *([rest(part.rest)] if part.more else [])])
            case _ if part.startswith(_MORE):
                text += ")"
            case _:
                text += part.replace("·", "*").replace("^", "**")
    return text


def equals(worked: Worked, show: Show, result: Callable[[float], str]) -> Word:
    """Return what stands between a cell's arithmetic and its number: `≈` where by hand its last digit is another one.

    show: how a number that was read is shown. result: how the cell's own is. It is worked out with all digits, and a
    person has those that are shown.
    """

    def rest(number: float) -> str:
        return f"({float(show(Number(number)))!r})"

    def placed(number: Number) -> str:
        return f"({float(show(number) if number.cell else exact(number.value))!r})"

    text = as_python(worked, placed, rest)
    if _PLACE in text:
        return EQUALS
    tree = _InTwos().visit(ast.parse(text, mode="eval")).body
    by_hand = work_out_part(tree, {}, {}, {"nan": math.nan}, {}).value
    return EQUALS if result(by_hand) == result(worked.value) else NEARLY


def product_equals(shown: Sequence[str], value: float, result: Callable[[float], str]) -> Word:
    """Return what stands between a product of numbers as they are shown, and what they come to with all digits."""
    return EQUALS if result(math.prod(map(float, shown))) == result(value) else NEARLY


def sum_equals(shown: Sequence[str], value: float, result: Callable[[float], str]) -> Word:
    """Return what stands between a sum of numbers as they are shown, and what they come to with all digits."""
    return EQUALS if result(math.fsum(map(float, shown))) == result(value) else NEARLY


class _InTwos(ast.NodeTransformer):
    """Writes the largest of several numbers as that of two and two: max(a, b, c) as max(a, max(b, c))."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        first, *others = node.args
        if len(others) < 2:
            return node
        return ast.Call(node.func, [first, self.visit(ast.Call(node.func, others, []))], [])
