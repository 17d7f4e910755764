"""How a factor of the chain comes from the cells that it is read from: `1 / sqrt(σ²2[1] + 1e-5)`.

The worked term that a signal has a part in is taken, and what the signal is multiplied with in it is written with the
names of cells. A signal comes into each term once, so that is all that is left of the term when the signal is 1 and all
other signals are 0.
"""

import ast
import re
from collections.abc import Callable

from nnstep.engine.cell import Cell, Number, Worked
from nnstep.explain.figures import exact
from nnstep.explain.reckoning import as_python
from nnstep.records import dataclass

_ONE = "one"  # the signal
_ZERO = "zero"  # any other signal
_PLACE = re.compile(r"\bn(\d+)\b")
_SIGNS = ((" ** 2", "²"), (" ** 3", "³"), (" ** ", "^"), (" * ", "·"))


@dataclass(frozen=True)
class Made:
    """How a factor is made. cells: those in it, in order. text: empty where it is read from none (the 1 of a bias)."""

    text: str
    cells: tuple[Cell, ...]


def factor_made(worked: Worked, signal: Cell, is_signal: Callable[[Cell], bool], name: Callable[[Cell], str]) -> Made:
    """Return what a signal is multiplied with in a worked term that it comes into. name: what a cell is called."""
    numbers: list[Number] = []

    def placed(number: Number) -> str:
        if number.cell is not None and is_signal(number.cell):
            return _ONE if number.cell == signal else _ZERO
        numbers.append(number)
        return f"n{len(numbers) - 1}"

    factor = _factor(ast.parse(as_python(worked, placed), mode="eval").body)
    if factor is None:
        return Made("", ())
    text = ast.unparse(factor)
    for plain, sign in _SIGNS:
        text = text.replace(plain, sign)
    left = [numbers[int(place)] for place in _PLACE.findall(text)]
    cells = tuple(dict.fromkeys(number.cell for number in left if number.cell))
    return Made(_PLACE.sub(lambda match: _shown(numbers[int(match[1])], name), text) if cells else "", cells)


def _factor(node: ast.expr) -> ast.expr | None:
    """Return what the one signal is multiplied with in an expression, or None where it does not come in."""
    match node:
        case ast.Name(id=name):
            return ast.Constant(1) if name == _ONE else None
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _minus(_factor(inner))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            of_left, of_right = _factor(left), _factor(right)
            if of_left is not None:
                return _product(of_left, right)
            return None if of_right is None else _product(left, of_right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            over = _factor(left)
            return None if over is None else ast.BinOp(over, ast.Div(), right)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            of_left, of_right = _factor(left), _factor(right)
            if of_left is None or of_right is None:
                is_minus = of_left is None and isinstance(sign, ast.Sub)
                return _minus(of_right) if is_minus else of_left or of_right
            return ast.BinOp(of_left, sign, of_right)
    return None


def _product(left: ast.expr, right: ast.expr) -> ast.expr:
    """Return a product as a person writes it: 1·a as a, -1·a as -a, a·(-b) as -a·b."""
    for one, other in ((left, right), (right, left)):
        match one:
            case ast.Constant(value=1):
                return other
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
                return ast.UnaryOp(ast.USub(), other)
    match right:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return ast.BinOp(ast.UnaryOp(ast.USub(), left), ast.Mult(), inner)
    return ast.BinOp(left, ast.Mult(), right)


def _minus(node: ast.expr | None) -> ast.expr | None:
    """Return minus an expression: -(a·b) as -a·b."""
    match node:
        case None:
            return None
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as sign, right=right):
            return ast.BinOp(ast.UnaryOp(ast.USub(), left), sign, right)
    return ast.UnaryOp(ast.USub(), node)


def _shown(number: Number, name: Callable[[Cell], str]) -> str:
    if number.cell is not None:
        return name(number.cell)
    text = exact(number.value)
    return f"({text})" if text.startswith("-") else text
