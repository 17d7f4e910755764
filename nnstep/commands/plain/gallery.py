"""Other scenarios in the plain stepper, and what to type first."""

from nnstep.commands.listing import about
from nnstep.commands.opening import open_scenario
from nnstep.commands.plain.opening import opening
from nnstep.commands.plain.walk import Lines, Walk, nothing_more
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.scenario.references import groups
from nnstep.session import Session

TOUR = (
    ("next", "does the next operation, and tells what it does, one number worked out, why, and the result"),
    ("back", "takes the operation back; all is as it was, to the last bit"),
    ("cell", "works the next operation out one number at a time"),
    ("from", "tells what the told number is made of; follow 1 goes to the first of these"),
    ("phase", "goes on to the next phase, and run trains at full speed to the end"),
    ("help", "names all there is to type: predict asks before it tells, set asks what if, picture tells more"),
)
"""The six things to do first."""


def scenarios(walk: Walk, rest: str) -> Lines:
    """List what is shipped, in its groups."""
    nothing_more(rest)
    told = []
    for group in groups():
        told += [f"{group.title}:"] if group.title else []
        told += [f"{name}: {about(path)}" for name, path in group.paths.items()]
    return [line for one in told for line in wrapped(one, walk.width)]


def open_other(walk: Walk, rest: str) -> Lines:
    """Walk through another scenario from here on."""
    if not rest:
        raise NnstepError("open takes a scenario", hint="open xor, or open FILE; scenarios lists what is shipped")
    session = Session(open_scenario(rest))
    walk.sitting.keep()
    walk.begin(session)
    return opening(walk)


def tour(walk: Walk, rest: str) -> Lines:
    """Tell the six things to do first."""
    nothing_more(rest)
    told = [f"{number} {word}: {does}." for number, (word, does) in enumerate(TOUR, 1)]
    return [line for one in told for line in wrapped(one, walk.width)]
