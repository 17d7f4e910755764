"""What a picture is about, whoever paints it or tells it."""

from collections.abc import Callable
from typing import Any

from nnstep.explain.pictures.seen import Seen
from nnstep.records import dataclass


@dataclass(frozen=True, eq=False)
class Subject:
    """What a picture is about: one entry.

    name: as it is chosen (`scenario.suits` says which suit a scenario). sentence: what a person sees in it. facts: what
    there is to paint or to tell, from what is seen and what was found so far (None before). work: what is still to be
    found out beside the keys, or None where nothing is; it gives all that was found so far.
    """

    name: str
    sentence: str
    facts: Callable[[Seen, Any], Any]
    work: Callable[[Seen, Any], Callable[[], Any] | None] = lambda _seen, _found: None
