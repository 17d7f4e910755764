"""The ways to tell a cell: in words, as mathematics with its places in it, as code; and what its shapes have to do."""

import re

from nnstep.catalog.laying import shape_text
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.rule import Shape
from nnstep.explain import operation
from nnstep.explain.beginnings import told_beginning
from nnstep.explain.filled import filled_formula, filled_latex
from nnstep.explain.naming import cell_text, number_text
from nnstep.explain.story import tell
from nnstep.explain.words import Line, Word, plain_text, sentence
from nnstep.records import dataclass
from nnstep.session import View

# A product on whole matrices: `{d} · {w}ᵀ + {b}`.
_PRODUCT = re.compile(r"\{(\w+)\}(ᵀ?) · \{(\w+)\}(ᵀ?)")


@dataclass(frozen=True)
class Ways:
    """A cell told in each way; what there is nothing to say about is empty.

    words: what it is for, or where it comes from. mathematics, latex: its formula with its own places in it. code: the
    line of NumPy, in the names that are shown. numbers: worked out; of a long sum the largest terms, and what the
    others come to. shapes: how the shapes fit, `3×4 · 4×3 → 3×3`, and which operand is transposed. before: its value
    before this iteration.
    """

    words: Line
    mathematics: Line
    latex: str
    code: Line
    numbers: Line
    shapes: Line
    before: Line


def ways_of(view: View, cell: Cell, *, decimals: int = 4, most_terms: int = 4) -> Ways:
    """Return the ways to tell a cell. most_terms: so many terms of a longer sum are written out, the largest."""
    program, step = view.program, view.program.values[cell.name]
    story = tell(view, cell, decimals=decimals, most_terms=most_terms)
    before = told_before(view, cell, decimals)
    if not isinstance(step, Step):
        shape = sentence(shape_text(step.shape) if step.shape else "one number", "dim")
        words = told_beginning(view, step, cell) if view.position.iteration == 1 else story.what
        return Ways(words, (), "", (), story.numbers, shape, before)
    return Ways(
        sentence(step.op.sentence),
        filled_formula(program, step, cell),
        filled_latex(program, step, cell),
        operation.numpy_line(program, step),
        story.numbers,
        shape_rule(program, step),
        before,
    )


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


def as_text(ways: Ways) -> str:
    """Return all ways below each other, for pipes and tests; the empty ones are left out."""
    lines = [ways.words, ways.mathematics, ways.code, ways.numbers, ways.shapes, ways.before]
    return "\n".join([*(plain_text(line) for line in lines if line), *([ways.latex] if ways.latex else [])])
