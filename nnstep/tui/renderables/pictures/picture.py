"""What a picture is: another way to look at where the session is."""

from collections.abc import Callable
from typing import Any

from textual.strip import Strip

from nnstep.explain.pictures.seen import Seen
from nnstep.explain.pictures.subject import Subject
from nnstep.records import dataclass
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
    """A way to look: what it is about, and how that is painted: the lines of a page, from its facts."""

    subject: Subject
    paint: Callable[[Any, Page], list[Strip]]

    @property
    def name(self) -> str:
        """The name by which it is chosen."""
        return self.subject.name

    @property
    def facts(self) -> Callable[[Seen, Any], Any]:
        """What makes its facts."""
        return self.subject.facts

    @property
    def work(self) -> Callable[[Seen, Any], Callable[[], Any] | None]:
        """What says what is still to be found out."""
        return self.subject.work
