"""What a lecturer reads beside the screen, as plain text: where we are, the notes for it, and what comes next."""

from dataclasses import replace

from nnstep.branches import Programs
from nnstep.explain.naming import cell_text
from nnstep.explain.notes import note_for
from nnstep.explain.operation import in_matrices
from nnstep.explain.places import nearest_cell
from nnstep.explain.words import Line, Word, plain_text
from nnstep.scenario.compile import Compiled
from nnstep.scenario.lesson import LessonStop
from nnstep.scenario.notes import told_note
from nnstep.session import Position, View


def stop_here(view: View, number: int) -> LessonStop | None:
    """Return the stop of the lesson, counted from 1, if this is its place."""
    lesson = view.compiled.lesson
    if not 1 <= number <= len(lesson):
        return None
    stop = lesson[number - 1]
    return stop if view.position == Position(stop.iteration, stop.step(view.program)) else None


def told(view: View, text: str) -> Line:
    """Return words of a stop in the names that are being shown; an empty line for none.

    While a number is hidden they wait: most of them tell it.
    """
    return () if view.hidden else asked(view, text)


def asked(view: View, text: str) -> Line:
    """Return the question of a stop in the names that are being shown, whatever is hidden; an empty line for none."""
    pieces = told_note(text, view.compiled.scenario, view.compiled.names, view.program)
    return tuple(Word(piece.text, "name" if piece.is_name else "said") for piece in pieces if piece.text)


def prompt(view: View, full: Compiled, number: int, programs: Programs) -> list[str]:
    """Return what the teacher reads at a place: where it is, the notes, what is said and asked, what comes next.

    full: the scenario with its notes, where the view's has none. number: of the stop that was come to last; 0 before
    the first. programs: of the iterations that stops are in.
    """
    compiled = replace(view.compiled, scenario=full.scenario, lesson=full.lesson)
    view = replace(view, compiled=compiled, hidden={})  # who teaches knows what it will be
    stop, step = stop_here(view, number), view.active
    name = f" · {step.name}" if step is not None else ""
    at = f" · stop {number} of {len(full.lesson)}" if stop is not None else ""
    lines = [f"== {place_text(view)}{name}{at} =="]
    if view.cursor is not None:
        lines.append(f"the cursor is on {cell_text(view, view.cursor)}")
    lines.append(plain_text(note_for(view, view.story.name if view.story else "")))
    if stop is not None:
        lines += [_said("say: ", view, stop.say), _said("ask: ", view, stop.ask)]
    lines.append(f"next: {_next_step(view)}")
    if number < len(full.lesson):
        following = full.lesson[number]
        told_ask = _said(" - ", view, following.ask or following.say)
        lines.append(f"next stop: {stop_text(view, following, programs)}{told_ask}")
    return [line for line in lines if line]


def place_text(view: View) -> str:
    """Return where we are: `epoch 3, batch 2 · step 8 of 18`."""
    batch = f", batch {view.batch}" if view.batches > 1 else ""
    return f"epoch {view.epoch}{batch} · step {view.position.step} of {len(view.program.steps)}"


def stop_text(view: View, stop: LessonStop, programs: Programs) -> str:
    """Return where a stop is and what is shown there: `epoch 1, step 8 d_output, network`."""
    program, batches = programs.program(stop.iteration), programs.batches
    done = stop.step(program)
    step = f"step {done} {program.steps[done - 1].name}" if done else "the start"
    batch = f", batch {(stop.iteration - 1) % batches.per_epoch + 1}" if batches.per_epoch > 1 else ""
    shown = stop.view
    if stop.zoom in program.values:
        shown = f"{program.values[stop.zoom].name} alone"
    if cell := nearest_cell(program, stop.cell):
        shown = cell_text(replace(view, program=program), cell)
    return ", ".join(part for part in (f"epoch {batches.epoch(stop.iteration)}{batch}", step, shown) if part)


def _said(lead: str, view: View, text: str) -> str:
    return f"{lead}{plain_text(told(view, text))}" if text else ""


def _next_step(view: View) -> str:
    steps, done = view.program.steps, view.position.step
    if done == len(steps):
        return "the next iteration begins"
    return f"step {done + 1}: {plain_text(in_matrices(view.program, steps[done]))}"
