"""What else there is to say of a cell: what it was, what it is for, its line of code, and how its shapes fit."""

import re

from nnstep.catalog.laying import shape_text
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.rule import Shape
from nnstep.explain import operation
from nnstep.explain.naming import cell_text, number_text
from nnstep.explain.words import Line, Word, sentence
from nnstep.session import View

# A product on whole matrices: `{d} · {w}ᵀ + {b}`.
_PRODUCT = re.compile(r"\{(\w+)\}(ᵀ?) · \{(\w+)\}(ᵀ?)")


def other_ways(view: View, cell: Cell, decimals: int = 4) -> tuple[Line, ...]:
    """Return what is to be said of a cell beside what it is made of.

    What it was before this iteration; what it is for, its line of NumPy in the names that are shown, and how the shapes
    fit, `3×4 · 4×3 → 3×3`, and which operand is transposed. Of what no step makes, its shape is all.
    """
    program, step = view.program, view.program.values[cell.name]
    before = told_before(view, cell, decimals)
    if isinstance(step, Step):
        lines = (before, sentence(step.op.sentence), operation.numpy_line(program, step), shape_rule(program, step))
    else:
        lines = (before, (), (), sentence(shape_text(step.shape) if step.shape else "one number", "dim"))
    return tuple(line for line in lines if line)


def told_before(view: View, cell: Cell, decimals: int = 4) -> Line:
    """Return a cell's value before this iteration; an empty line where it had none."""
    before, value = view.was(cell), view.program.values[cell.name]
    if before is None or (isinstance(value, Variable) and value.kind not in ("parameter", "state")):
        return ()
    name = Word(cell_text(view, cell), "name")
    return (name, Word(" was ", "dim"), Word(number_text(view, cell.name, before, decimals), "value"))


def shape_rule(program: Program, step: Step) -> Line:
    """Return how the shapes fit: `3×1 · 1×3 → 3×3   wout is transposed, from 3×1`; cell by cell, one shape."""
    made = sentence(shape_text(step.shape) if step.shape else "one number", "written")
    arrow = Word(" → ", "operator")
    product = _PRODUCT.search(step.op.matrices)
    if product is None:
        shapes = dict.fromkeys(program.values[value].shape for value in step.reads if program.values[value].shape)
        if step.op.rule.elementwise and set(shapes) <= {step.shape}:
            return (*made, *sentence("   cell by cell", "dim"))
        return (*_joined([shape_text(shape) for shape in shapes or [()]], ", "), arrow, *made)
    operands = [(step.inputs[product[group]], bool(product[group + 1])) for group in (1, 3)]
    sizes = [_turned(program.values[value].shape, turned) for value, turned in operands]
    turned = [
        f"{program.values[value].name} is transposed, from {shape_text(program.values[value].shape)}"
        for value, is_turned in operands
        if is_turned
    ]
    return (
        *_joined([shape_text(size) for size in sizes], " · "),
        arrow,
        *made,
        *sentence(f"   {', '.join(turned)}" if turned else "", "dim"),
    )


def _turned(shape: Shape, turned: bool) -> Shape:
    """Return the shape of a matrix, or of its transpose; a sequence's rows are laid one below the other for that."""
    return (*shape[:-2], shape[-1], shape[-2]) if turned and len(shape) > 1 else shape


def _joined(texts: list[str], between: str) -> Line:
    line: Line = ()
    for text in texts:
        line += (Word(between, "operator"), Word(text, "read")) if line else (Word(text, "read"),)
    return line
