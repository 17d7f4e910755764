"""Which gradient is checked where a person points: the one pointed at, that of the value pointed at, or one near it."""

from nnstep.engine.cell import Cell
from nnstep.engine.program import Program, Step, Variable
from nnstep.explain.gradients import gradients_of, owners_of, signals_of, whole_of
from nnstep.explain.naming import cell_text
from nnstep.explain.words import Line, Word
from nnstep.records import dataclass
from nnstep.session import View


@dataclass(frozen=True)
class Asked:
    """What is checked where a person points.

    cell: what the gradient is of: a weight, or any other number that has one. told: what the number that was pointed at
    has to do with it; empty where that is clear. is_meant: was it pointed at a gradient, or at what has one? Else the
    gradient is only the nearest one, and `tells` goes on with what tells whether the number is right.
    """

    cell: Cell
    told: Line
    is_meant: bool = True
    tells: str = ""


def asked_of(view: View, pointed: Cell, follow: str = "o") -> Asked | None:
    """Return what is checked where a person points; None where nothing has a gradient.

    follow: what a person presses or types to follow a number back.
    """
    program = view.program
    gradients, owners = gradients_of(program), owners_of(program)
    if pointed.name in gradients:
        return Asked(pointed, _told_whole(program, pointed.name))
    if whole := whole_of(owners, pointed.name):
        of = owners[whole]
        told = _told_whole(program, of) if whole == pointed.name else _told_part(program, pointed.name, whole)
        return Asked(_beside(view, of, pointed), told)
    if of := next((before for before, after in program.carry.items() if after == pointed.name in _new(program)), ""):
        return Asked(Cell(of, pointed.at), _told_new(program, of))
    near = _nearest(program, pointed.name)
    told, tells = _told_none(view, pointed, follow)
    return Asked(_beside(view, near, pointed), told, is_meant=False, tells=tells) if near else None


def gradient_cell(program: Program, cell: Cell) -> Cell:
    """Return the cell with the gradient of a cell that has one."""
    return Cell(gradients_of(program)[cell.name], cell.at)


def told_about(view: View, asked: Asked) -> Line:
    """Return what stands over the cells that are checked, once they are."""
    return asked.told if asked.is_meant else _told_whole(view.program, asked.cell.name)


def told_nearest(program: Program, asked: Asked) -> Line:
    """Return which gradient can be checked, where none was pointed at: `Near it δ2 can be checked, ...`."""
    name, of = _gradient(program, asked.cell.name).name, program.values[asked.cell.name].name
    lead, role = (Word("Near it "), Word(name, "name")), Word(" can be checked, the gradient of ")
    return (*lead, role, Word(of, "name"), Word("."))


def made_of(program: Program, identity: str) -> tuple[str, ...]:
    """Return the gradients that the gradient of a value is made of, by their ids: where it may have gone wrong before.

    A part of a gradient stands for what it is made of itself.
    """
    signals, wholes = signals_of(program), owners_of(program)
    waiting, found = [*_gradient(program, identity).reads], dict[str, None]()
    while waiting:
        read = waiting.pop(0)
        value = program.values[read]
        if read in wholes:
            found[read] = None
        elif read in signals and isinstance(value, Step):
            waiting += value.reads
    return tuple(found)


def _gradient(program: Program, identity: str) -> Step:
    step = program.values[gradients_of(program)[identity]]
    assert isinstance(step, Step)
    return step


def _new(program: Program) -> frozenset[str]:
    """Return the ids of the new weights of all parameters that learn."""
    return frozenset(program.carry[variable.id] for variable in program.parameters if variable.trainable)


def _nearest(program: Program, identity: str) -> str:
    """Return what has a gradient and is near a value: the parameter it belongs to, or what is first made of it."""
    gradients, owners = gradients_of(program), owners_of(program)
    parameters = [variable.id for variable in program.parameters if variable.id in gradients]
    if own := next((own for own in parameters if identity.startswith(f"{own}.")), ""):
        return own
    reached = {identity}
    for step in (*program.steps, *program.measures):
        if not reached.intersection(step.reads):
            continue
        if step.id in gradients:
            return step.id
        if whole := whole_of(owners, step.id):
            return owners[whole]
        reached.add(step.id)
    return next(iter([program.prediction] if program.prediction in gradients else parameters), "")


def _beside(view: View, of: str, pointed: Cell) -> Cell:
    """Return the cell of a value at the place of another one, or at its first place of the same sample."""
    shape = view.program.values[of].shape
    if view.program.values[pointed.name].shape == shape:
        return Cell(of, pointed.at)
    first = Cell(of, (0,) * len(shape))
    is_sampled = pointed.at and view.program.is_sampled(pointed.name) and view.program.is_sampled(of)
    return Cell(of, (pointed.at[0], *first.at[1:])) if is_sampled else first


# ---- in words


def _told_whole(program: Program, of: str) -> Line:
    value, gradient = program.values[of], _gradient(program, of)
    if isinstance(value, Variable):
        return ()
    minus = "minus " if gradient.sign < 0 else ""
    return (Word(gradient.name, "name"), Word(f" is {minus}the gradient of ", "dim"), Word(value.name, "name"))


def _told_part(program: Program, part: str, whole: str) -> Line:
    names = [Word(program.values[identity].name, "name") for identity in (part, whole)]
    return (names[0], Word(" is only a part of ", "dim"), names[1], Word(", which is checked", "dim"))


def _told_new(program: Program, of: str) -> Line:
    gradient = Word(_gradient(program, of).name, "name")
    begin = (Word("Whether the new ", "dim"), Word(program.values[of].name, "name"))
    return (*begin, Word(" is right, its worked line tells; here is ", "dim"), gradient)


def _told_none(view: View, pointed: Cell, follow: str) -> tuple[Line, str]:
    """Return what a number is that is no gradient and has none, and what tells whether it is right."""
    value = view.program.values[pointed.name]
    if isinstance(value, Step):
        says = " is no gradient:", f"its worked line tells whether it is right; {follow} follows each number in it."
    elif value.kind == "parameter":
        says = " does not learn:", f"it has no gradient to check; {follow} tells where it came from."
    elif value.kind == "state":
        says = " is no gradient, and only read here:", f"{follow} goes to where it was worked out."
    else:
        says = " is given, not worked out:", f"there is nothing to check; {follow} tells where it came from."
    return (Word(cell_text(view, pointed), "name"), Word(says[0])), says[1]
