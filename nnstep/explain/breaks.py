"""Breakpoints and bookmarks in words."""

from nnstep.branches import Programs
from nnstep.breaks import Hit
from nnstep.catalog.conditions import CONDITIONS
from nnstep.engine.program import Program
from nnstep.explain.figures import exact
from nnstep.scenario.breaks import LAYER, PHASE, STEP, Breakpoint
from nnstep.state import Mark


def point_text(point: Breakpoint, program: Program) -> str:
    """Return where or when a breakpoint stops, in the names of a program."""
    if point.kind == STEP:
        known = program.values.get(point.of)
        return f"step {known.name if known else point.of}"
    if point.kind == PHASE:
        return f"phase {point.of}"
    if point.kind == LAYER:
        return f"layer {point.of.removeprefix('layer')}"
    return CONDITIONS[point.kind].sentence.replace("{}", exact(point.amount))


def hit_text(hit: Hit, program: Program) -> str:
    """Return why it was stopped here."""
    return f"Breakpoint: {'; '.join(point_text(point, program) for point in hit.points)}"


def mark_text(mark: Mark, programs: Programs) -> str:
    """Return a place in words: `epoch 12, step 8 (d_output)`, or its epoch alone where there is no such step."""
    batch = f", batch {mark.batch}" if programs.batches.per_epoch > 1 else ""
    place = mark.find(programs)
    if place is None:
        return f"epoch {mark.epoch}{batch}"
    iteration, step = place
    name = f" ({programs.program(iteration).steps[step - 1].name})" if step else ""
    return f"epoch {mark.epoch}{batch}, step {step}{name}"
