"""The formula of one cell: the rule with the cell's own places in it, `wh[0,1] + 0.1·d_wh[0,1]`."""

import ast
import re
from collections.abc import Callable

import numpy as np

from nnstep.engine.cell import Cell
from nnstep.engine.formula import plain
from nnstep.engine.gather import Gatherer
from nnstep.engine.program import Program, Step
from nnstep.engine.rule import LEADING, Rule, indices_of, is_reduction
from nnstep.explain.figures import exact
from nnstep.explain.operation import letters_of
from nnstep.explain.words import Line, marked, unmarked

_FOLDED: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}


def filled_formula(program: Program, step: Step, cell: Cell) -> Line:
    """Return what one cell is made of: `Σ[b] hiddenlayer_activations[b,1]·d_output[b,0]`."""
    rule, leading = _filled(program, step, cell)
    names = {name: marked(program.values[value].name) for name, value in step.inputs.items()}
    text = plain(rule, names, leading)
    for name, number in step.settings.items():
        text = re.sub(rf"(?<![\w\x00]){name}(?![\w\x00])", exact(number), text)
    return unmarked(text, "read")


def _filled(program: Program, step: Step, cell: Cell) -> tuple[Rule, str]:
    """Return the rule with the places of a cell for the letters of its target, and what `...` is in it."""
    rule = step.op.rule
    bound = rule.bind(cell.at)
    places = {letter: at[0] for letter, at in bound.items() if letter != LEADING}
    tree = _Places(places, {name: int(number) for name, number in step.settings.items()}).visit(ast.parse(rule.text))
    leading = ",".join(map(str, bound[LEADING])) if LEADING in bound else letters_of(program, step)
    return Rule(ast.unparse(ast.fix_missing_locations(tree)), rule.settings), leading


class _Places(ast.NodeTransformer):
    """Puts numbers for letters, and reckons with them where an index says so: `y*stride+p` becomes `4 + p`."""

    def __init__(self, places: dict[str, int], settings: dict[str, int]) -> None:
        self.places, self.settings = places, settings
        self.inside = False  # an index: there settings are whole numbers

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if is_reduction(ast.Call(node, [], [])):
            return node
        outside, self.inside = self.inside, True
        parts = [
            self.visit(part.lower if isinstance(part, ast.Slice) and part.lower else part) for part in indices_of(node)
        ]
        self.inside = outside
        inside = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
        return ast.Subscript(node.value, inside, node.ctx)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        number = self.places.get(node.id, self.settings.get(node.id) if self.inside else None)
        return node if number is None else ast.Constant(number)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Keep only the branch that is taken, where the places alone decide."""
        outside, self.inside = self.inside, True
        test = self.visit(node.test)
        self.inside = outside
        if any(isinstance(part, ast.Name) for part in ast.walk(test)):
            return ast.IfExp(self.visit(node.test), self.visit(node.body), self.visit(node.orelse))
        decided = Gatherer({}, {}, {}).visit(ast.IfExp(test, ast.Constant(1), ast.Constant(0)), {}, np.array(True))
        return self.visit(node.body if decided == 1 else node.orelse)  # type: ignore[no-any-return]

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        fold = _FOLDED.get(type(node.op))
        match left, right:
            case ast.Constant(value=int(a)), ast.Constant(value=int(b)) if fold and self.inside:
                return ast.Constant(fold(a, b))
            case ast.Constant(value=0), other if self.inside and isinstance(node.op, ast.Add):
                return other  # type: ignore[no-any-return]
            case other, ast.Constant(value=1) if self.inside and isinstance(node.op, ast.Mult):
                return other  # type: ignore[no-any-return]
        return ast.BinOp(left, node.op, right)
