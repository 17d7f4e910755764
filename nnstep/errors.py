"""The one kind of error that is meant for people: what is wrong, where it is, and what to try."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Final

ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "lr": ("learning_rate",),
    "rate": ("learning_rate",),
    "eta": ("learning_rate",),
    "alpha": ("learning_rate",),
    "step_size": ("learning_rate",),
    "cross_entropy": ("cce",),
    "crossentropy": ("cce",),
    "categorical_crossentropy": ("cce",),
    "nll": ("cce",),
    "binary_crossentropy": ("bce",),
    "binary_cross_entropy": ("bce",),
    "log_loss": ("bce",),
    "mean_squared_error": ("mse",),
    "criterion": ("loss",),
    "cost": ("loss",),
    "layers": ("network",),
    "model": ("network",),
    "solver": ("optimizer",),
    "name": ("title", "source"),
    "iterations": ("epochs",),
    "random_state": ("seed",),
    "minibatch": ("batch",),
    "x": ("inputs",),
    "y": ("targets",),
    "outputs": ("targets",),
    "dataset": ("source",),
    "n_samples": ("samples",),
    "linear": ("dense", "identity"),
    "fully_connected": ("dense",),
    "pooling": ("max_pool2d",),
    "logistic": ("sigmoid",),
    "glorot": ("xavier",),
    "kaiming": ("he",),
    "neurons": ("units",),
    "hidden": ("units",),
    "hidden_size": ("units",),
    "size": ("units", "kernel_size"),
    "channels": ("filters",),
    "p": ("rate",),
    "return_sequences": ("return",),
    "vocab_size": ("vocabulary",),
    "dimension": ("size",),
}
"""What other programs and books call something, and what it is called here: the first of them that there is."""


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


MOST_MISTAKES: Final = 10
_PLACE: Final = re.compile(r":(\d+):(\d+)$", re.ASCII)


class MistakesError(NnstepError):
    """Several mistakes that do not depend on each other, told at once: a line each, `file:line:column: what; hint`.

    what, where, hint: of the first one, for whoever has room for one only.
    """

    def __init__(self, found: Iterable[NnstepError]) -> None:
        self.found = tuple(sorted(found, key=_place))
        first = self.found[0]
        super().__init__(first.what, where=first.where, hint=first.hint)

    def __str__(self) -> str:
        lines = [f"{one.where}: {one.what}{'; ' if one.hint else ''}{one.hint}" for one in self.found[:MOST_MISTAKES]]
        head = f"{len(lines)} mistakes{', and there are more' if len(lines) < len(self.found) else ''}"
        return "\n".join([head, *lines])


def _place(error: NnstepError) -> tuple[int, int]:
    found = _PLACE.search(error.where)
    return (int(found[1]), int(found[2])) if found else (0, 0)


@contextmanager
def noting(found: list[NnstepError]) -> Iterator[None]:
    """Note an error in place of raising it: what stands after the block is looked at as well."""
    try:
        yield
    except NnstepError as error:
        found.append(error)


def raise_noted(found: list[NnstepError]) -> None:
    """Raise what was noted, if anything was: one error as it is, several as MistakesError."""
    if found:
        raise found[0] if len(found) == 1 else MistakesError(found)


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice that `word` means elsewhere, or the one most like it; an empty string where none is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    for meant in ELSEWHERE.get(word.lower(), ()):
        if meant in by_lower:
            return by_lower[meant]
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def meant(word: str, choices: Iterable[str], shown: Iterable[str] = ()) -> str:
    """Return what to try in place of a name that nothing has: the nearest choice, or all there are.

    shown: those to be listed, where they are not the choices themselves.
    """
    choices = tuple(choices)
    guess = nearest(word, choices)
    return f"did you mean {guess}?" if guess else f"there are: {', '.join(dict.fromkeys(tuple(shown) or choices))}"


def unknown(kind: str, word: str, choices: Iterable[str], *, where: str = "") -> NnstepError:
    """Return the error for a name that nothing has: says the nearest one, or all there are."""
    return NnstepError(f"there is no {kind} called {word!r}", where=where, hint=meant(word, sorted(choices)))
