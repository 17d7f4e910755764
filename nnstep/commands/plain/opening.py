"""What the plain stepper begins with: what it is, where we are, and what is given."""

from nnstep.commands.plain.cells import all_values
from nnstep.commands.plain.here import here
from nnstep.commands.plain.walk import Lines, Walk
from nnstep.commands.words import wrapped


def opening(walk: Walk) -> Lines:
    """Return the scenario's title and summary, the place, its story, and every value that is there."""
    model = walk.session.compiled.scenario.model
    head = [*wrapped(model.title, walk.width), *wrapped(model.summary, walk.width)]
    return [*head, "", *here(walk), "", *all_values(walk)]
