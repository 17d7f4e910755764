"""What a rule may reckon with: how each sign is written, how tightly it holds, and what it does.

One table for single numbers and for arrays of them, for what is worked out and for what is written as a formula.
"""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

# How tightly a piece of arithmetic holds together; a looser one inside a tighter one needs brackets.
CHOICE, ADD, MUL, SIGN, POWER, ATOM = range(6)


class Operator(NamedTuple):
    """What stands between two numbers and makes one of them."""

    sign: str
    tight: int
    apply: Callable[[Any, Any], Any]


class Comparison(NamedTuple):
    """What two numbers are held against each other with. opposite: what is written where it does not hold."""

    sign: str
    opposite: str
    holds: Callable[[Any, Any], Any]


OPERATORS: Final[dict[type[ast.operator], Operator]] = {
    ast.Add: Operator(" + ", ADD, operator.add),
    ast.Sub: Operator(" - ", ADD, operator.sub),
    ast.Mult: Operator("·", MUL, operator.mul),
    ast.Div: Operator(" / ", MUL, operator.truediv),
    ast.Pow: Operator("^", POWER, operator.pow),
}
COMPARISONS: Final[dict[type[ast.cmpop], Comparison]] = {
    ast.Lt: Comparison("<", "≥", operator.lt),
    ast.LtE: Comparison("≤", ">", operator.le),
    ast.Gt: Comparison(">", "≤", operator.gt),
    ast.GtE: Comparison("≥", "<", operator.ge),
    ast.Eq: Comparison("=", "≠", operator.eq),
}
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "erf": np.vectorize(math.erf, otypes=[np.float64]),  # NumPy has none; this is exact and slow, and for gelu alone
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
}
CONSTANTS: Final = {"pi": math.pi, "inf": math.inf}
