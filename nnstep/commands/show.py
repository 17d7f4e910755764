"""`nnstep show`: everything there is to see at one point, as plain text."""

from argparse import Namespace

from nnstep.commands.going import go_there
from nnstep.commands.opening import open_scenario
from nnstep.commands.picture import heading, picture
from nnstep.commands.width import line_width
from nnstep.commands.words import step_lines, wrapped
from nnstep.explain.places import read_place
from nnstep.session import Session, View


def run(given: Namespace) -> int:
    """Go there and print it."""
    session = Session(open_scenario(given.file, given.names))
    place = read_place(given.at or "1:last", session.compiled.training)
    go_there(session, place)
    print("\n".join(page(session.view(), line_width())))
    return 0


def page(view: View, width: int) -> list[str]:
    """Return the whole page: what it is, where we are, the step in words, every value."""
    model = view.compiled.scenario.model
    return [
        *wrapped(model.title, width),
        *wrapped(model.summary, width),
        "",
        *wrapped(heading(view), width),
        "",
        *step_lines(view, width),
        "",
        *picture(view, width),
    ]
