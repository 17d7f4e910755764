"""Breakpoints and bookmarks in words."""

from nnstep.branches import Programs
from nnstep.breaks import Hit
from nnstep.catalog.conditions import CONDITIONS
from nnstep.engine.program import Program
from nnstep.explain.figures import exact
from nnstep.explain.naming import cell_text
from nnstep.scenario.breaks import LAYER, PHASE, STEP, Breakpoint
from nnstep.session import View
from nnstep.state import Kept, Mark


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


def hit_text(hit: Hit, view: View) -> str:
    """Return why it was stopped here: `Breakpoint: W2[2,0] changes its sign, and so do 2 more`."""
    return f"Breakpoint: {'; '.join(_why(point, hit, view) for point in hit.points)}"


def _why(point: Breakpoint, hit: Hit, view: View) -> str:
    told = CONDITIONS[point.kind].told if point.kind in CONDITIONS else ""
    if not told or not hit.cells:
        return point_text(point, view.program)
    more = len(hit.cells) - 1
    others = f", and so do{'es' * (more == 1)} {more} more" if more else ""
    return f"{told.replace('{}', cell_text(view, hit.cells[0]))}{others}"


def offer_text(kept: Kept, programs: Programs) -> str:
    """Return where one was the last time, and that the what-ifs of then are gone."""
    if kept.here is None:
        return ""
    gone = f"without the {kept.changes} changes" if kept.changes > 1 else "without the change"
    return f"{mark_text(kept.here, programs)}{f', {gone} made then' if kept.changes else ''}"


def mark_text(mark: Mark, programs: Programs) -> str:
    """Return a place in words: `epoch 12, step 8 (d_output)`, or its epoch alone where there is no such step."""
    batch = f", batch {mark.batch}" if programs.batches.per_epoch > 1 else ""
    place = mark.find(programs)
    if place is None:
        return f"epoch {mark.epoch}{batch}"
    iteration, step = place
    name = f" ({programs.program(iteration).steps[step - 1].name})" if step else ""
    return f"epoch {mark.epoch}{batch}, step {step}{name}"
