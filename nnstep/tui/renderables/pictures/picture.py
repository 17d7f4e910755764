"""What a picture is: another way to look at where the session is."""

from collections.abc import Callable, Mapping
from typing import Any

from textual.strip import Strip

from nnstep.engine.cell import Array
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.session import View
from nnstep.tui.theme import Palette

Carried = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Seen:
    """What a picture is made from.

    width, height: the cells there are. recall: parameters and states after so many iterations where these are at
    hand, else None; it never runs an iteration, and only the one who shows the picture may ask. is_large: see Page.
    """

    view: View
    width: int
    height: int
    recall: Callable[[int], Carried | None]
    is_large: bool = False


@dataclass(frozen=True, eq=False)
class Page:
    """Where a picture is painted.

    top: how many lines of what is longer than the page have been scrolled past. is_large: is it for a room? Then what
    it is about is thick and large, and what only helps to look closer is left out.
    """

    width: int
    height: int
    palette: Palette
    top: int = 0
    is_large: bool = False


@dataclass(frozen=True, eq=False)
class Picture:
    """A way to look: one entry, one file.

    name: as it is chosen. sentence: what a person sees in it. suits: is there something to see in this scenario?
    facts: what is painted, from what is seen and what was found so far (None before). paint: the lines of a page.
    work: what is still to be found out beside the keys, or None where nothing is; it gives all that was found so far.
    """

    name: str
    sentence: str
    suits: Callable[[Compiled], bool]
    facts: Callable[[Seen, Any], Any]
    paint: Callable[[Any, Page], list[Strip]]
    work: Callable[[Seen, Any], Callable[[], Any] | None] = lambda _seen, _found: None


def current(view: View) -> dict[str, Array]:
    """Return parameters and states as they stand after the steps that are done: updated ones are the next ones."""
    program = view.program
    return {
        before: view.values[after if view.state(after) == "live" else before] for before, after in program.carry.items()
    }


def are_same(some: Carried, others: Carried) -> bool:
    """Are these the very same arrays, so that what was worked out from the ones holds of the others?"""
    return some.keys() == others.keys() and all(array is others[identity] for identity, array in some.items())
