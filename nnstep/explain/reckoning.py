"""Worked arithmetic as Python writes it, and what it comes to with the numbers that are shown."""

import ast
import math
from collections.abc import Callable, Iterable, Sequence
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
_ROUNDING: Final = 1e-15  # of the largest number in it
_TIE: Final = 1 + 1e-9  # a half is rounded to either side
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


def equals(worked: Worked, show: Show, shown: str) -> Word:
    """Return what stands between a cell's arithmetic and its number: `≈` where by hand its last digit is another one.

    show: how a number that was read is shown. shown: the cell's own, as it is shown. It is worked out with all digits,
    and a person has those that are shown.
    """
    sizes: list[float] = []

    def written(text: str) -> str:
        sizes.append(abs(float(text)))
        return f"({float(text)!r})"

    def rest(number: float) -> str:
        return written(show(Number(number)))

    def placed(number: Number) -> str:
        return written(show(number) if number.cell else exact(number.value))

    text = as_python(worked, placed, rest)
    if _PLACE in text:
        return EQUALS
    tree = _InTwos().visit(ast.parse(text, mode="eval")).body
    by_hand = work_out_part(tree, {}, {}, {"nan": math.nan}, {}).value
    # A product has all the digits of what it is made of.
    return _sign(by_hand, shown, sizes if " + " in text or " - " in text else ())


def _sign(by_hand: float, shown: str, sizes: Iterable[float]) -> Word:
    """Return `=` where a number that was worked out by hand is the shown one, to the digits that this one has.

    sizes: of the numbers that it was made of: of those that cancel a person has none of what rounding leaves.
    """
    if not math.isfinite(by_hand) or not math.isfinite(float(shown)):
        return EQUALS if str(by_hand) == str(float(shown)) else NEARLY
    noise = _ROUNDING * max(sizes, default=0.0)
    mantissa, _, exponent = shown.partition("e")
    digits = len(mantissa.partition(".")[2])  # without any it is a whole number, or nothing
    room = 0.5 * 10.0 ** (int(exponent or 0) - digits) * _TIE if digits else abs(by_hand) * _ROUNDING
    return EQUALS if abs(by_hand - float(shown)) <= room + noise else NEARLY


def product_equals(factors: Sequence[str], shown: str) -> Word:
    """Return what stands between a product of numbers as they are shown, and what they come to with all digits."""
    return _sign(math.prod(map(float, factors)), shown, ())


def sum_equals(terms: Sequence[str], shown: str) -> Word:
    """Return what stands between a sum of numbers as they are shown, and what they come to with all digits."""
    numbers = list(map(float, terms))
    return _sign(math.fsum(numbers), shown, map(abs, numbers))


class _InTwos(ast.NodeTransformer):
    """Writes the largest of several numbers as that of two and two: max(a, b, c) as max(a, max(b, c))."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        first, *others = node.args
        if len(others) < 2:
            return node
        return ast.Call(node.func, [first, self.visit(ast.Call(node.func, others, []))], [])
