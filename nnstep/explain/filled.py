"""The formula of one cell: the rule with the cell's own places in it, `wh[0,1] + 0.1·d_wh[0,1]`."""

import ast
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Cell
from nnstep.engine.formula import plain
from nnstep.engine.gather import Gatherer
from nnstep.engine.program import Program, Step
from nnstep.engine.rule import LEADING, Extents, Rule, Settings, index_text, indices_of, is_reduction, summand
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
    """Return what one cell is made of: `Σ[b] hiddenlayer_activations[b,1]·d_output[b,0]`.

    A choice comes in brackets, so that what is said after it is not taken for a part of it.
    """
    rule, leading = _filled(program, step, cell)
    names = {name: marked(program.values[value].name) for name, value in step.inputs.items()}
    text = plain(rule, names, leading)
    text = f"({text})" if isinstance(rule.body, ast.IfExp) else text
    for name, number in step.settings.items():
        text = re.sub(rf"(?<![\w\x00]){name}(?![\w\x00])", exact(number), text)
    return unmarked(text, "read")


def _filled(program: Program, step: Step, cell: Cell) -> tuple[Rule, str]:
    """Return the rule with the places of a cell for the letters of its target, and what `...` is in it."""
    rule = step.op.rule
    bound = rule.bind(cell.at)
    places = {letter: at[0] for letter, at in bound.items() if letter != LEADING}
    extents = rule.extents({name: program.values[value].shape for name, value in step.inputs.items()}, step.settings)
    tree = _Places(places, step.settings, extents).visit(ast.parse(rule.text))
    leading = ",".join(map(str, bound[LEADING])) if LEADING in bound else letters_of(program, step)
    return Rule(ast.unparse(ast.fix_missing_locations(tree)), rule.settings), leading


class _Places(ast.NodeTransformer):
    """Puts numbers for letters, and reckons with them where an index says so: `y*stride+p` becomes `4 + p`."""

    def __init__(self, places: dict[str, int], settings: Settings, extents: Extents) -> None:
        self.places, self.settings, self.extents = places, settings, extents
        self.inside = False  # an index or a test: there whole settings are numbers like the places

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
        if node.id in self.places:
            return ast.Constant(self.places[node.id])
        is_whole = node.id in self.settings and float(self.settings[node.id]).is_integer()
        return ast.Constant(int(self.settings[node.id])) if self.inside and is_whole else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave out the letters of a sum that can be one place only: of all windows, the one that reaches a pixel."""
        test, body = summand(node) if is_reduction(node) else (None, node)
        if test is None:
            return self.generic_visit(node)
        tests = test.values if isinstance(test, ast.BoolOp) else [test]
        letters = [index_text(part) for part in indices_of(node.func)]
        sole: dict[str, int] = {}
        for letter in letters:
            about = [test for test in tests if self._open(test) == {letter}]
            held = [self._holding(test, letter) for test in about]  # each (n,)
            if about and len(places := np.flatnonzero(np.logical_and.reduce(held))) == 1:
                sole[letter] = int(places[0])
                tests = [test for test in tests if test not in about]
        if not sole:
            return self.generic_visit(node)
        if tests:
            both = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
            body = ast.IfExp(both, body, ast.Constant(0))
        left: list[ast.expr] = [ast.Name(letter) for letter in letters if letter not in sole]
        if left:
            over = left[0] if len(left) == 1 else ast.Tuple(left, ast.Load())
            body = ast.Call(ast.Subscript(ast.Name("sum"), over, ast.Load()), [body], [])
        return _Places({**self.places, **sole}, self.settings, self.extents).visit(body)  # type: ignore[no-any-return]

    def _open(self, test: ast.expr) -> set[str]:
        """Return the names in a test that are no numbers yet: letters, and what is read."""
        return {part.id for part in ast.walk(test) if isinstance(part, ast.Name)} - {*self.places, *self.settings}

    def _holding(self, test: ast.expr, letter: str = "") -> NDArray[np.bool_]:
        """Return where a test of places holds: at each place of a letter, (n,), without one once."""
        bound = {name: (np.asarray(place),) for name, place in self.places.items()}
        if letter:
            (length,) = self.extents[letter]
            bound[letter] = (np.arange(length),)  # (n,)
        chosen = ast.IfExp(test, ast.Constant(1), ast.Constant(0))
        holds = Gatherer({}, self.settings, {}).visit(chosen, bound, np.array(True)) == 1
        return np.broadcast_to(holds, (length,) if letter else ())

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Keep only the branch that is taken, where the places alone decide."""
        if not self._open(node.test):
            return self.visit(node.body if self._holding(node.test) else node.orelse)  # type: ignore[no-any-return]
        outside, self.inside = self.inside, True
        test = self.visit(node.test)
        self.inside = outside
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

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
