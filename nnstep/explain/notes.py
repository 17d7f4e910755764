"""The teacher's words for a place, as they were written in the scenario, in the names that are being shown."""

from nnstep.engine.program import Step
from nnstep.explain.words import Line, Word
from nnstep.scenario.notes import note_of, opening_note, told_note
from nnstep.session import View


def note_for(view: View, identity: str = "") -> Line:
    """Return the teacher's note for a value, or for the start where none is named; an empty line for no note.

    A note on weights is of the step that makes the new ones: the old ones, which are called the same, have none.
    """
    loaded, iteration, names = view.compiled.scenario, view.position.iteration, view.compiled.names.name
    if not identity:
        text = opening_note(loaded, iteration, names)
    elif view.program.carry.get(identity, identity) != identity:
        text = ""
    else:
        value = view.program.values[identity]
        text = note_of(loaded, identity, value.phase if isinstance(value, Step) else "", iteration, names)
    pieces = told_note(text, loaded, view.compiled.names, view.program)
    said = tuple(Word(piece.text, "name" if piece.is_name else "said") for piece in pieces if piece.text)
    # What a note says of numbers is said of the run that the teacher knows.
    return (Word("As it was: ", "dim"), *said) if said and view.changed_at else said
