"""The teacher's words for a place, as they were written in the scenario."""

from nnstep.engine.program import Step
from nnstep.explain.words import Line, sentence
from nnstep.scenario.notes import note_of, opening_note
from nnstep.session import View


def note_for(view: View, identity: str = "") -> Line:
    """Return the teacher's note for a value, or for the start where none is named; an empty line for no note."""
    if not identity:
        return sentence(opening_note(view.compiled.scenario))
    value = view.program.values[identity]
    phase = value.phase if isinstance(value, Step) else ""
    return sentence(note_of(view.compiled.scenario, identity, phase))
