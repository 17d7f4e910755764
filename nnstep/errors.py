"""The one kind of error that is meant for people: what is wrong, where it is, and what to try."""

from collections.abc import Iterable
from difflib import get_close_matches


class NnstepError(Exception):
    """Something a person can mend; shown as one message, never with a traceback.

    what: what is wrong, as a sentence without a full stop.
    where: `file:line:column`, or the name of the place (a layer, an option); may be empty.
    hint: what to try; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice most like `word`, or an empty string where none is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def unknown(kind: str, word: str, choices: Iterable[str], *, where: str = "") -> NnstepError:
    """Return the error for a name that nothing has: says the nearest one, or all there are."""
    names = sorted(choices)
    guess = nearest(word, names)
    hint = f"did you mean {guess}?" if guess else f"there are: {', '.join(names)}"
    return NnstepError(f"there is no {kind} called {word!r}", where=where, hint=hint)
