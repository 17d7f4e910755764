"""The story of a cell: what was done, with which numbers, why, and what there is to know about it. All of it data."""

from collections.abc import Callable
from typing import Final

from nnstep.engine.cell import Cell, Number, work_out
from nnstep.engine.program import Program, Step
from nnstep.explain import operation
from nnstep.explain.arithmetic import arithmetic, is_plain, sole_source
from nnstep.explain.figures import figure
from nnstep.explain.health import warning
from nnstep.explain.naming import cell_text, layer_text, number_text, sample_text
from nnstep.explain.notes import note_for
from nnstep.explain.nothing import told_nothing
from nnstep.explain.operation import Speak
from nnstep.explain.reckoning import equals
from nnstep.explain.start import told_start
from nnstep.explain.variables import told_variable
from nnstep.explain.words import Line, Word, sentence
from nnstep.records import dataclass
from nnstep.session import View


@dataclass(frozen=True)
class Story:
    """What there is to say about a cell; what there is nothing to say about is an empty line or text.

    title: where we are. what: the operation on whole matrices. numbers: the cell worked out. why: a sentence.
    shapes: what goes in and comes out. note: where the computer's way differs from the rule. teacher: the scenario's
    own words. warning: what is wrong here.
    """

    title: Line
    what: Line = ()
    numbers: Line = ()
    why: Line = ()
    shapes: Line = ()
    note: Line = ()
    teacher: Line = ()
    warning: Line = ()


_SPOKEN: Final[dict[Speak, Callable[[Program, Step], Line]]] = {
    "words": operation.in_matrices,
    "formula": operation.formula,
    "numpy": operation.numpy_line,
}


def tell(
    view: View, cell: Cell | None = None, *, decimals: int = 4, most_terms: int = 8, speak: Speak = "words"
) -> Story:
    """Return the story of a cell, or of the one that the view is about; before the first step, what comes.

    decimals: of the numbers, 2 to 6. most_terms: of a longer sum only the largest terms are shown, and what the others
    come to. speak: how `what` is put: whole matrices, the formula of one cell, or NumPy.
    """
    told = cell or view.story
    if told is None:
        what, numbers, why = told_start(view)
        return Story(
            _title(view, None),
            what,
            numbers,
            why,
            teacher=note_for(view),
            warning=sentence(warning(view, None), "warning"),
        )
    value = view.program.values[told.name]
    if isinstance(value, Step):
        return _told_step(view, value, told, decimals, most_terms, speak)
    what, numbers, why, shapes = told_variable(view, value, told, decimals)
    return Story(
        _title(view, told),
        what,
        numbers,
        why,
        shapes,
        teacher=note_for(view, told.name),
        warning=sentence(warning(view, told), "warning"),
    )


def _told_step(view: View, step: Step, cell: Cell, decimals: int, most_terms: int, speak: Speak) -> Story:
    program = view.program
    if cell.name in view.hidden:
        return _told_hidden(view, step, cell, decimals)
    return Story(
        _title(view, cell),
        _SPOKEN[speak](program, step),
        _numbers(view, step, cell, decimals, most_terms),
        sentence(step.op.sentence),
        operation.shapes(program, step),
        sentence(step.op.note, "dim"),
        note_for(view, step.id),
        sentence(warning(view, cell), "warning"),
    )


def _told_hidden(view: View, step: Step, cell: Cell, decimals: int) -> Story:
    """Return what may be said of a result that is still to be predicted: no number of it, and no note that tells it."""
    what = operation.in_matrices(view.program, step) if view.hidden[cell.name] != "operation" else ()
    unknown = (Word(cell_text(view, cell), "written"), Word(" = ", "operator"), Word("?", "written"))
    return Story(
        _title(view, cell),
        what,
        (*unknown, *_was(view, cell, decimals)),
        sentence(step.op.sentence) if what else (),
        operation.shapes(view.program, step) if view.hidden[cell.name] == "numbers" else (),
    )


def _title(view: View, cell: Cell | None) -> Line:
    """Return where we are: `step 9 of 18 · deltas · hidden layer · sample 2`."""
    place, steps = view.position, view.program.steps
    parts = [f"iteration {place.iteration}", f"step {place.step} of {len(steps)}"]
    value = view.program.values[cell.name] if cell else None
    if cell and isinstance(value, Step):
        number = view.program.order.get(value.id)
        parts = [f"step {number} of {len(steps)}" if number else "a measure", value.phase]
    if cell:
        parts += [part for part in (layer_text(view, cell.name), sample_text(view, cell)) if part]
    head = (Word(cell_text(view, cell), "heading"), Word("   ", "dim")) if cell else ()
    return (*head, Word(" · ".join(parts), "dim"))


def _numbers(view: View, step: Step, cell: Cell, decimals: int, most_terms: int) -> Line:
    """Return the cell worked out: `d_output[0,0] = 0.2107·0.1663 = 0.0350   was 0.0330`."""
    left = Word(cell_text(view, cell), "written")
    if not view.is_done(cell):
        number = view.program.order.get(step.id)
        when = f" is worked out in step {number}" if number else " is worked out at the end of the forward pass"
        return (left, Word(when, "dim"), *_was(view, cell, decimals))
    values = {name: view.values[identity] for name, identity in step.inputs.items()}
    worked = work_out(step.op.rule, cell.at, values, step.settings, most=most_terms)

    def show(number: Number) -> str:
        if number.cell is None:
            return figure(number.value, decimals)
        return number_text(view, step.inputs[number.cell.name], number.value, decimals)

    done, test = arithmetic(worked, show)
    if source := sole_source(worked):  # a number that is handed on as it is: whose it is says more than it again
        done = (Word(cell_text(view, Cell(step.inputs[source.name], source.at)), "read"),)
    result = number_text(view, step.id, float(view.values[step.id][cell.at]), decimals)
    middle = (Word(" = ", "operator"), *done) if source or not is_plain(done) else ()
    because = (Word("   because ", "dim"), *test) if test else ()
    sign, nothing = equals(worked, show, result), told_nothing(view, cell)
    return (left, *middle, sign, Word(result, "written"), *nothing, *because, *_was(view, cell, decimals))


def _was(view: View, cell: Cell, decimals: int) -> Line:
    before = view.was(cell)
    if before is None:
        return ()
    return (Word("   was ", "dim"), Word(number_text(view, cell.name, before, decimals), "value"))
