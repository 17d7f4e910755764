"""Where numbers come from that no step makes: from the data, from the scenario's file, from a draw."""

from nnstep.catalog.initializers import INITIALIZERS
from nnstep.catalog.schedules import CONSTANT, SCHEDULES
from nnstep.engine.cell import Cell
from nnstep.engine.program import Variable
from nnstep.engine.training import INPUTS, RATE, TARGETS
from nnstep.explain.figures import exact
from nnstep.explain.naming import cell_text, input_text, target_text
from nnstep.explain.words import Line, Word
from nnstep.scenario.model import FileData, SourceData
from nnstep.session import View


def told_beginning(view: View, variable: Variable, cell: Cell) -> Line:
    """Return where a number comes from that the training began with: `X[2,3]: feature 3 of sample 2, from digits`."""
    return (Word(cell_text(view, cell), "name"), Word(": "), Word(_beginning(view, variable, cell)))


def _beginning(view: View, variable: Variable, cell: Cell) -> str:
    if variable.id in (INPUTS, TARGETS):
        row, inside = view.samples[cell.at[0]], cell.at[1:]
        source = "set by hand" if (variable.id, row, *inside) in view.compiled.data.by_hand else f"from {_source(view)}"
        if variable.id == INPUTS:
            return f"{input_text(view, inside)} of sample {row}, {source}"
        return f"what {target_text(view, inside)} should say to sample {row}, {source}"
    if variable.id == RATE:
        return _rate(view)
    if variable.kind == "data":
        return _fed(view, variable)
    if variable.kind == "state":
        return f"begins at {exact(float(view.compiled.training.first[variable.id][cell.at]))}"
    kept = "" if variable.trainable else "; no update changes it"
    return f"{_first(view, variable, cell)}{kept}"


def _source(view: View) -> str:
    """Return what the samples come from: a data set's name, a data file, or the scenario itself."""
    match view.compiled.scenario.model.data:
        case SourceData(source=source):
            return f"the data set {source}"
        case FileData(file=file):
            return f"the file {file}"
    return "the scenario's data"


def _rate(view: View) -> str:
    optimizer, training = view.compiled.scenario.model.optimizer, view.compiled.training
    if optimizer.schedule.name == CONSTANT:
        return f"the learning rate of {optimizer.name}, which no schedule changes"
    schedule = SCHEDULES[optimizer.schedule.name]
    return f"{exact(training.rate)}, and what the schedule {schedule.name} makes of it in epoch {view.epoch}"


def _fed(view: View, variable: Variable) -> str:
    """Return where what each iteration is given anew comes from, such as a mask."""
    if _given(view, variable, f"{variable.role}s"):
        return f"given in the scenario for iteration {view.position.iteration}"
    model = view.compiled.scenario.model
    return f"drawn anew for iteration {view.position.iteration}, from seed {model.seed}"


def _first(view: View, variable: Variable, cell: Cell) -> str:
    """Return where a parameter's first value comes from."""
    began = float(view.compiled.training.first[variable.id][cell.at])
    if not variable.trainable and view.values[variable.id][cell.at] != began:
        return f"set by hand in an iteration before; it began at {exact(began)}"
    if _given(view, variable, variable.role):
        return "given in the scenario"
    first, model = view.compiled.training.first[variable.id], view.compiled.scenario.model
    if first.ndim == 1 and (first == first.flat[0]).all():  # biases, scales and shifts are not drawn
        role = variable.role.replace("_", " ")
        return f"begins at {exact(began)}, because the scenario gives no {role}"
    chosen = getattr(view.compiled.scenario.model.layer(variable.layer), "init", "")
    settings = {"name": chosen} if isinstance(chosen, str) else dict(chosen)
    name = str(settings.pop("name", ""))
    if name not in INITIALIZERS:
        return f"begins at {exact(began)}"
    entry = INITIALIZERS[name]
    known = {key: setting.default for key, setting in entry.settings.items()} | settings
    told = "".join(f", {key} {exact(float(number))}" for key, number in known.items())
    return f"drawn by {name} ({entry.formula}{told}), from seed {model.seed}"


def _given(view: View, variable: Variable, key: str) -> bool:
    return isinstance(getattr(view.compiled.scenario.model.layer(variable.layer), key, None), list)
