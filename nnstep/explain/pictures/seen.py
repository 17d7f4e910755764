"""What the facts of a picture are found in: what there is to see, how much room there is, and what is remembered."""

from collections.abc import Callable, Mapping

from nnstep.engine.cell import Array
from nnstep.records import dataclass
from nnstep.session import View

Carried = Mapping[str, Array]
"""Parameters and states by their ids."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a picture is made from.

    width, height: the cells there are to show it in. recall: parameters and states after so many iterations where
    these are at hand, else None; it never runs an iteration, and only the one who shows the picture may ask. is_large:
    is it for a room? Then what only helps to look closer is not asked for.
    """

    view: View
    width: int
    height: int
    recall: Callable[[int], Carried | None]
    is_large: bool = False


def current(view: View) -> dict[str, Array]:
    """Return parameters and states as they stand after the steps that are done: updated ones are the next ones."""
    program = view.program
    return {
        before: view.values[after if view.state(after) == "live" else before] for before, after in program.carry.items()
    }


def are_same(some: Carried, others: Carried) -> bool:
    """Are these the very same arrays, so that what was worked out from the ones holds of the others?"""
    return some.keys() == others.keys() and all(array is others[identity] for identity, array in some.items())
