"""NumPy from rules: the line of code of an operation, and the function compiled from it.

Only lines of our own catalog come here; nothing of a scenario file is ever compiled.
"""

import ast
from collections.abc import Callable

import numpy as np

from nnstep.engine import spatial
from nnstep.engine.arithmetic import CONSTANTS, FUNCTIONS
from nnstep.engine.cell import Array
from nnstep.engine.layout import dot
from nnstep.engine.rule import Rule, RuleError

_NUMPY_NAME = {"max": "maximum", "min": "minimum"}


def rows(x: Array) -> Array:
    """Return a value with all axes but the last laid in one: (b, t, j) as (b·t, j); a matrix stays as it is."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


def logsumexp(z: Array) -> Array:
    """Return log(sum(exp(z))) over the last axis, kept as an axis of length 1, without overflow."""
    top = z.max(axis=-1, keepdims=True)
    return np.log(np.exp(z - top).sum(axis=-1, keepdims=True)) + top  # type: ignore[no-any-return]


def softmax(z: Array) -> Array:
    """Return exp(z) / sum(exp(z)) over the last axis, the largest taken away first so that exp can't overflow."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


# The smallest normal number: a floor under what is divided by or given to log, so that a saturated output
# gives a very large number and not nan.
TINY = float(np.finfo(np.float64).tiny)

_NAMESPACE = {
    "np": np,
    "dot": dot,
    "erf": FUNCTIONS["erf"],
    **CONSTANTS,
    "rows": rows,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "tiny": TINY,
    **spatial.NAMESPACE,
}


class _ToNumPy(ast.NodeTransformer):
    """Rewrites the body of an elementwise rule as NumPy."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node.value

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name != "erf":
            node.func = ast.Attribute(ast.Name("np", ast.Load()), _NUMPY_NAME.get(name, name), ast.Load())
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        where = ast.Attribute(ast.Name("np", ast.Load()), "where", ast.Load())
        return ast.Call(where, [node.test, node.body, node.orelse], [])


def code_of(rule: Rule) -> str:
    """Return an elementwise rule as one NumPy expression. Raises RuleError for any other rule."""
    if not rule.elementwise:
        raise RuleError(f"the NumPy of a rule that is not elementwise must be given: {rule.text}")
    tree = _ToNumPy().visit(ast.parse(ast.unparse(rule.body), mode="eval").body)
    return ast.unparse(ast.fix_missing_locations(tree))


def compile_code(code: str, inputs: tuple[str, ...], settings: tuple[str, ...]) -> Callable[..., Array]:
    """Return the function of an expression of the catalog: inputs by position, settings by name."""
    arguments = ", ".join([*inputs, *(["*", *settings] if settings else [])])
    function: Callable[..., Array] = eval(f"lambda {arguments}: {with_dot(code)}", dict(_NAMESPACE))
    return function


def with_dot(code: str) -> str:
    """Return an expression as it is run: `a @ b` as `dot(a, b)`, which decides how the product lies in memory."""
    return ast.unparse(ast.fix_missing_locations(_WithDot().visit(ast.parse(code, mode="eval"))))


class _WithDot(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        product = isinstance(node.op, ast.MatMult)
        return ast.Call(ast.Name("dot", ast.Load()), [node.left, node.right], []) if product else node
