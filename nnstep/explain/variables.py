"""The story of what an iteration starts with: data, weights, biases, the learning rate."""

from nnstep.catalog.laying import shape_text
from nnstep.engine.cell import Cell
from nnstep.engine.program import Variable
from nnstep.engine.training import INPUTS, RATE, TARGETS
from nnstep.explain.figures import figure
from nnstep.explain.health import unit_name
from nnstep.explain.naming import cell_text, input_text, number_text, source_of, target_text, unit_text
from nnstep.explain.words import Line, Word, sentence
from nnstep.session import View


def told_variable(view: View, value: Variable, cell: Cell, decimals: int) -> tuple[Line, Line, Line, Line]:
    """Return what a cell is, its number, which steps read this very cell, and the shape of its value."""
    what = (Word(cell_text(view, cell), "name"), Word(": "), Word(_meaning(view, value, cell)))
    shape = (Word(value.name, "name"), Word(f" {shape_text(value.shape)}", "dim")) if value.shape else ()
    return what, _number(view, value, cell, decimals), _readers(view, cell), shape


def _meaning(view: View, value: Variable, cell: Cell) -> str:
    """Return what the cell is for: `a weight, from feature 2 to hidden unit 1`."""
    if value.id == INPUTS:
        return f"{input_text(view, cell.at[1:])} of sample {view.samples[cell.at[0]]}"
    if value.id == TARGETS:
        return f"what {target_text(view, cell.at[1:])} should say to sample {view.samples[cell.at[0]]}"
    if value.id == RATE:
        return "how long each step downhill is"
    if value.kind == "state":
        return _remembered(view, value)
    kept = "" if value.trainable else ", not trained"
    if value.kind == "data":
        return f"a number of the {value.role} that layer {value.layer.removeprefix('layer')} gets in this iteration"
    if value.role == "weights":
        start, end = cell.at[-2:]
        return f"a weight, from {_from(view, value, start)} to {unit_text(view, value.layer, end)}{kept}"
    if value.role == "bias":
        reader = view.program.readers[value.id][0]
        return f"the bias of {unit_name(view, reader, cell.at[-1])}{kept}"
    return f"a number of the {value.role.replace('_', ' ')} of {value.layer.replace('layer', 'layer ')}{kept}"


def _remembered(view: View, state: Variable) -> str:
    """Return who keeps it: `the first moment of wout, which the optimizer remembers`."""
    owner = next((p for p in view.program.parameters if state.id.startswith(f"{p.id}.")), None)
    what = (state.id.removeprefix(f"{owner.id}.") if owner else state.role).replace("_", " ")
    keeper = (
        state.layer.replace("layer", "layer ") if not owner and state.layer.startswith("layer") else "the optimizer"
    )
    return f"the {what}{f' of {owner.name}' if owner else ''}, which {keeper} remembers"


def _from(view: View, weights: Variable, unit: int) -> str:
    source = source_of(view.program, weights)
    if source == INPUTS:
        return input_text(view, (unit,))
    return unit_text(view, view.program.values[source].layer, unit)


def _number(view: View, value: Variable, cell: Cell, decimals: int) -> Line:
    shown = number_text(view, value.id, float(view.values[value.id][cell.at]), decimals)
    line: Line = (Word(cell_text(view, cell), "name"), Word(" = ", "operator"), Word(shown, "value"))
    unscaled = view.compiled.data.unscaled
    if value.id == INPUTS and unscaled.size:
        came = figure(float(unscaled[(view.samples[cell.at[0]], *cell.at[1:])]), decimals, whole=True)
        return (*line, Word("   ", "dim"), Word(came, "value"), Word(" before it was scaled", "dim"))
    before = view.was(cell) if value.kind in ("parameter", "state") else None
    if before is None:
        return line
    return (*line, Word("   was ", "dim"), Word(number_text(view, value.id, before, decimals), "value"))


def _readers(view: View, cell: Cell) -> Line:
    """Return which steps read the cell, and not only others of its value: `read by step 1 hidden_layer_input`."""
    from nnstep.explain.effects import readers_in  # the first screen comes sooner without it

    program, found = view.program, readers_in(view, cell)
    steps = [step for step in program.steps if step.id in found]
    if not steps:
        return ()
    names: list[Word] = []
    for step in steps:
        names += [
            Word(", " if names else " ", "dim"),
            Word(f"{program.order[step.id]} ", "dim"),
            Word(step.name, "name"),
        ]
    return (*sentence("read by steps" if len(steps) > 1 else "read by step", "dim"), *names)
