"""A view as plain text: every value that is there, in the order of the phases."""

from collections.abc import Iterator

from nnstep.commands.blocks import Block, block, side_by_side
from nnstep.commands.figures import count
from nnstep.commands.words import wrapped
from nnstep.engine.program import PHASES, Step, Variable
from nnstep.explain.figures import short
from nnstep.session import View

_GIVEN = "given"


def heading(view: View) -> str:
    """Return where we are, on one line: epoch, batch, step, phase and loss."""
    steps, step = view.program.steps, view.active
    parts = [f"epoch {view.epoch}"]
    if view.batches > 1:
        parts.append(f"batch {view.batch} of {view.batches}, {count(len(view.samples), 'sample')}")
    parts.append(f"step {view.position.step} of {len(steps)}")
    if view.position.cell and step is not None:
        parts.append(f"cell {view.position.cell} of {step.size}")
    parts.append(step.phase if step is not None else "nothing done yet")
    if view.loss is not None:
        parts.append(f"loss {'' if view.state(view.program.loss) == 'live' else 'before '}{short(view.loss)}")
    return " · ".join(parts)


def picture(view: View, width: int) -> list[str]:
    """Return every value that is there as blocks of text, a heading over each phase; what is not there is named."""
    lines: list[str] = []
    for group, ids in groups(view):
        shown = [value_block(view, identity, width) for identity in ids if view.state(identity) != "blank"]
        if shown:
            lines += ["", group.upper(), *side_by_side(shown, width)]
    missing = [value.name for value in view.program.values.values() if view.state(value.id) == "blank"]
    if missing:
        lines += ["", *wrapped(f"Not there yet: {', '.join(missing)}", width)]
    return lines[1:]


def value_block(view: View, identity: str, width: int) -> Block:
    """Return one value as a block, with what colours say on the screen; empty where it is not there yet."""
    if identity in view.hidden:
        return [f"{view.program.values[identity].name} = ?"]
    array = view.array(identity)
    if array is None:
        return []
    value, state = view.program.values[identity], view.state(identity)
    done = view.position.cell if state == "partial" else None
    return block(value.name, array, width, done=done, remark=", ".join(remarks(view, value)))


def remarks(view: View, value: Variable | Step) -> Iterator[str]:
    """Yield what the colour of a matrix says on the screen."""
    if view.state(value.id) == "stale":
        yield f"iteration {view.position.iteration - 1}"
    elif value.role.endswith(".next"):
        yield "new"
    if view.active is not None and value.id == view.active.id:
        yield "written"
    elif view.active is not None and value.id in view.active.reads:
        yield "read"


def groups(view: View) -> Iterator[tuple[str, list[str]]]:
    """Yield the ids of all values in their groups: what is given, then what is made, by phase."""
    program = view.program
    yield _GIVEN, [variable.id for variable in program.variables]
    for phase in PHASES:
        yield phase, [step.id for step in (*program.steps, *program.measures) if step.phase == phase]
