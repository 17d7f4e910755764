"""What the active step does with a value, and whether its numbers are those of now: said by facts, coloured by no one.

A picture paints it as the sheet does.
"""

from typing import Final, Literal

from nnstep.session import View

Look = Literal["blank", "stale", "plain", "read", "written"]
"""What numbers are: not there, the iteration before's, this one's; or read or written by the active step."""
Light = Literal["quiet", "read", "written"]
"""What the active step does with a value."""

READ: Final = 1  # in an array of marks, a number for each cell; 0 for no mark
WRITTEN: Final = 2


def look_of(view: View, identity: str, parameter: str = "") -> Look:
    """Return how the numbers of a value look.

    parameter: the value belongs to it, and is lit by all that the active step makes of that parameter.
    """
    active, state = view.active, view.state(identity)
    if active is not None and (active.id == identity or (parameter and active.id.startswith(f"{parameter}."))):
        return "written"
    if active is not None and identity in active.reads:
        return "read"
    return "stale" if state == "stale" else "blank" if state in ("blank", "hidden") else "plain"
