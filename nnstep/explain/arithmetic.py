"""The worked arithmetic of a cell as words: `1·0.4200 + 0·(-1.3200) + … and 56 more (0.1600)`."""

from collections.abc import Sequence

from nnstep.engine.cell import Cell, Number, Part, Sum, Worked
from nnstep.explain.figures import exact
from nnstep.explain.reckoning import Show, branches
from nnstep.explain.words import Line, Word

_POWERS = {"2": "²", "3": "³"}


def arithmetic(worked: Worked, show: Show) -> tuple[Line, Line]:
    """Return the arithmetic of a cell, and the test that decided which arithmetic it is (empty where none did)."""
    test, taken = branches(worked.parts)
    return _written(taken, show), _written(test, show)


def sole_source(worked: Worked) -> Cell | None:
    """Return the cell whose number this is, where one is only handed on; None where anything was worked out."""
    _, parts = branches(worked.parts)
    match parts:
        case (Sum(terms=(term,), more=0),):  # a sum in which one term is left
            parts = term.parts
    match parts:
        case (Number(cell=Cell() as cell),):
            return cell
    return None


def is_plain(line: Line) -> bool:
    """Is this a single number, with nothing left to work out?"""
    return len(line) == 1 and "(" not in line[0].text


def _written(parts: Sequence[Part], show: Show) -> Line:
    writer = _Writer(show)
    writer.write(parts)
    return tuple(writer.words)


class _Writer:
    """Writes parts one after the other, and knows what stands before each."""

    def __init__(self, show: Show) -> None:
        self.show = show
        self.words: list[Word] = []

    def write(self, parts: Sequence[Part]) -> None:
        """Write parts; a number that is raised to a power comes in brackets if it could be misread."""
        for place, part in enumerate(parts):
            raised = place + 1 < len(parts) and parts[place + 1] == "^"
            match part:
                case Number():
                    self._number(part, raised)
                case Sum():
                    self._sum(part)
                case "^":
                    pass
                case _ if place and parts[place - 1] == "^":
                    self._sign(_POWERS.get(part, f"^{part}"))
                case _:
                    self._sign(part)

    def _number(self, number: Number, raised: bool) -> None:
        text = self.show(number) if number.cell else exact(number.value)
        before = self.words[-1].text.rstrip()[-1:] if self.words else ""
        minus_meets_sign = text.startswith("-") and before in {*"+-·/^"}
        word = Word(text, "read" if number.cell else "value")
        if minus_meets_sign or (raised and not text.isdecimal() and (text.startswith("-") or "e" in text)):
            self._sign("(")
            self.words.append(word)
            self._sign(")")
        else:
            self.words.append(word)

    def _sign(self, text: str) -> None:
        """Add what is no number to the word before it, if that is no number either."""
        if self.words and self.words[-1].role == "operator":
            text = self.words.pop().text + text
        self.words.append(Word(text, "operator"))

    def _sum(self, summed: Sum) -> None:
        for place, term in enumerate(summed.terms):
            parts = term.parts
            if place and parts[0] == "-":  # a + -b is written a - b
                self._sign(" - ")
                parts = parts[1:]
            elif place:
                self._sign(" + ")
            self.write(parts)
        if summed.more:
            self._sign(" + ")
            self.words.append(Word(f"… and {summed.more:,} more ", "dim"))
            self._rest(summed.rest)

    def _rest(self, rest: float) -> None:
        self.words.append(Word("(", "dim"))
        self.words.append(Word(self.show(Number(rest)), "value"))
        self.words.append(Word(")", "dim"))
