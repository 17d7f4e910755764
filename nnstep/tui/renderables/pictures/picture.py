"""What a picture is: another way to look at where the session is."""

from collections.abc import Callable
from typing import Any

from textual.strip import Strip

from nnstep.explain.pictures.seen import Seen
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.tui.theme import Palette


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
