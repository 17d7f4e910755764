"""A step on whole matrices: as mathematics, as the formula of one cell, as NumPy; and what its shapes have to do."""

import ast
import re
from typing import Literal

from nnstep.catalog.laying import shape_text
from nnstep.engine.formula import latex, leading_letters, plain, target_text
from nnstep.engine.program import Program, Step
from nnstep.engine.rule import LEADING, Rule, index_text, indices_of, is_reduction
from nnstep.explain.figures import exact
from nnstep.explain.words import Line, Word, marked, sentence, unmarked

Speak = Literal["words", "formula", "numpy"]

_PLACE = re.compile(r"\{(\w+)\}")
_PRODUCTS = frozenset("·∘*")  # in names such as X·W1, f1∘c0 and X*K1
# A window that moves by 1: `y·1+p` is written `y+p`.
_TIMES_ONE = re.compile(r"(?<=\b[a-z])·1(?=[-+,\] ])")


def in_matrices(program: Program, step: Step) -> Line:
    """Return the step on whole matrices: `Error_at_hidden_layer = d_output · woutᵀ`."""
    return (Word(step.name, "written"), Word(" = ", "operator"), *_filled(program, step, {}))


def formula(program: Program, step: Step) -> Line:
    """Return what one cell of the step is: `d_output[b,j] = E[b,j]·slope_output_layer[b,j]`."""
    rule, letters = step.op.rule, letters_of(program, step)
    left = target_text(rule, _whole(step.name, marked(step.name)), letters)
    names = {name: _whole(shown, marked(shown)) for name, shown in _names(program, step).items()}
    right = plain(rule, names, letters)
    return (
        *unmarked(left, "written", "written"),
        Word(" = ", "operator"),
        *unmarked(_with_settings(right, step), "read"),
    )


def latex_formula(program: Program, step: Step) -> str:
    """Return the same in LaTeX, without dollar signs."""
    names = {name: _whole(shown, shown) for name, shown in _names(program, step).items()}
    return latex(step.op.rule, _whole(step.name, step.name), names, letters_of(program, step))


def numpy_line(program: Program, step: Step) -> Line:
    """Return the step as a line of NumPy: `Error_at_hidden_layer = d_output @ wout.T`."""
    names = {name: marked(shown) for name, shown in _names(program, step).items()}
    flat = {name for name, value in step.inputs.items() if len(program.values[value].shape) <= 2}
    settings = {name: exact(number) for name, number in step.settings.items()}
    tree = _Renamed({**names, **settings}, flat).visit(ast.parse(step.op.numpy, mode="eval"))
    return (Word(step.name, "written"), Word(" = ", "operator"), *unmarked(ast.unparse(tree), "read"))


def shapes(program: Program, step: Step) -> Line:
    """Return the shapes that meet: `d_output 3×1 · wout 3×1ᵀ → Error_at_hidden_layer 3×3`, and why they fit."""
    sizes = {name: f" {shape_text(program.values[value].shape)}" for name, value in step.inputs.items()}
    inner = _inner(program, step)
    left: Line = _filled(program, step, sizes) if inner else ()
    if not inner:
        # A learning rate beside weights has no shape to speak of.
        several = [v for v in dict.fromkeys(step.reads) if program.values[v].shape] or dict.fromkeys(step.reads)
        for value in several:
            size = program.values[value].shape
            left += (Word(", ", "dim"),) if left else ()
            left += (Word(program.values[value].name, "read"), *sentence(f" {shape_text(size)}" if size else "", "dim"))
    size_made = shape_text(step.shape) if step.shape else "one number"
    made = (Word(" → ", "operator"), Word(step.name, "written"), Word(f" {size_made}", "dim"))
    return (*left, *made, *sentence(inner, "dim"))


def letters_of(program: Program, step: Step) -> str:
    """Return the letters that `...` stands for: a parameter's are its own, everything else has samples first."""
    rule = step.op.rule
    shapes_read = {name: program.values[value].shape for name, value in step.inputs.items()}
    count = len(rule.extents(shapes_read, step.settings).get(LEADING, ()))
    own = any(step.id.startswith(f"{variable.id}.") for variable in program.parameters)
    if own and rule.target == (LEADING,):
        return ("", "j", "i,j", "p,i,j", "k,c,p,q")[count]
    return leading_letters(rule, count)


def _whole(name: str, text: str) -> str:
    """Return the text of a name; that of a product in brackets, as the letters behind it are not its last factor's."""
    return f"({text})" if _PRODUCTS.intersection(name) else text


def _names(program: Program, step: Step) -> dict[str, str]:
    return {name: program.values[value].name for name, value in step.inputs.items()}


def _filled(program: Program, step: Step, sizes: dict[str, str]) -> Line:
    """Return the operation's notation with the shown names in it; what follows a name stands behind it."""
    line: list[Word] = []
    for place, part in enumerate(_PLACE.split(step.op.matrices)):
        if not place % 2:
            line.extend(sentence(part, "operator"))
        elif part in step.inputs:
            line.append(Word(program.values[step.inputs[part]].name, "read"))
            line.extend(sentence(sizes.get(part, ""), "dim"))
        else:
            line.append(Word(exact(step.settings[part]), "value"))
    return tuple(line)


def _with_settings(text: str, step: Step) -> str:
    """Return a formula with the numbers of its settings; a name that looks like a setting is marked, so it stays."""
    for name, number in step.settings.items():
        text = re.sub(rf"(?<![\w\x00]){name}(?![\w\x00])", exact(number), text)
    return _TIMES_ONE.sub("", text)


def _inner(program: Program, step: Step) -> str:
    """Return why the shapes of a product fit: what is summed over is as long in both; nothing for other operations."""
    rule = step.op.rule
    letters = _summed(rule)
    if not letters or " · " not in step.op.matrices:
        return ""
    shapes_read = {name: program.values[value].shape for name, value in step.inputs.items()}
    length = rule.extents(shapes_read, step.settings)[letters[0]]
    size = "×".join(map(str, length))
    return f"   the inner sizes agree: {size} = {size}"


def _summed(rule: Rule) -> list[str]:
    """Return the letters of the rule's outermost sum that two of its inputs share."""
    for node in ast.walk(rule.body):
        if is_reduction(node):
            assert isinstance(node, ast.Call)
            letters = [index_text(part) for part in indices_of(node.func)]
            shared = [sum(letter in reference.indices for reference in rule.references) for letter in letters]
            return [letter for letter, count in zip(letters, shared, strict=True) if count > 1]
    return []


class _Renamed(ast.NodeTransformer):
    """Puts shown names and settings into a line of NumPy; `rows` goes where there is nothing for it to lay flat."""

    def __init__(self, names: dict[str, str], flat: set[str]) -> None:
        self.names, self.flat = names, flat

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=ast.Name(id="rows"), args=[ast.Name(id=name)]) if name in self.flat:
                return self.visit(node.args[0])  # type: ignore[no-any-return]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self.names.get(node.id, node.id), ast.Load())
