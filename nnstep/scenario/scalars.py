"""What a plain word of a file means: YAML 1.2's core rule, decimal numbers only, and nothing that is not finite."""

import math
import re
from typing import Final

from nnstep.scenario.limits import INTEGER_DIGITS, NUMBER_CHARACTERS
from nnstep.scenario.text import in_message

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.?(?:inf|infinity|nan)", re.IGNORECASE)
_BASED: Final = re.compile(r"[-+]?0[xXoObB][0-9a-fA-F_]+")
_CLOCK: Final = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?")
_GROUPED: Final = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)+(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?")
_COMMA: Final = re.compile(r"[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?")
_NUMBERISH: Final = frozenset("-+.0123456789iInN")  # what a number, or a thing that looks like one, begins with
_QUOTE: Final = "if it is meant as text, put it in quotes"


class BadScalarError(Exception):
    """A plain word that is nearly a number: what is wrong, and what to write instead."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def plain_scalar(text: str) -> Scalar:
    """Return what `text`, written without quotes, stands for.

    Whole numbers have at most 15 digits; floats may have more than a float64 holds, as `repr` writes them.
    Raises BadScalarError for numbers that are not finite or not decimal, or that YAML's versions read differently.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBERISH:
        return text
    if _FLOAT.fullmatch(text):
        return _number(text)
    return _nearly_a_number(text)


def decimal(text: str) -> float:
    """Return the float64 that `text` writes; raises BadScalarError where it is none, or not finite."""
    if not _FLOAT.fullmatch(text):
        _nearly_a_number(text)
        raise BadScalarError(f"{in_message(text)!r} is not a number", number_advice(text))
    return _finite(text)


def with_point(text: str) -> str:
    """Return a number that a person typed with a decimal comma, `0,5`, with a point; any other text as it is."""
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text


def plain_number(text: str) -> bool:
    """Return whether `text` writes a decimal number."""
    return _FLOAT.fullmatch(text) is not None


def _number(text: str) -> int | float:
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return _finite(text)


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    if len(digits) > INTEGER_DIGITS:
        raise BadScalarError(
            f"the whole number {in_message(text, limit=24)} has {len(digits)} digits: more than {INTEGER_DIGITS}",
            f"where it may have a fraction, write it with an exponent, such as 1e20; {_QUOTE}",
        )
    if len(digits) > 1 and digits[0] == "0":
        raise BadScalarError(
            f"{text} begins with a zero, which some programs read as octal",
            f"write {int(text)}; {_QUOTE}",
        )
    return int(text)


def _finite(text: str) -> float:
    if len(text) > NUMBER_CHARACTERS:
        raise BadScalarError(
            f"a number of {len(text)} characters; at most {NUMBER_CHARACTERS} are read",
            "17 digits hold every float64 exactly",
        )
    value = float(text)
    if math.isinf(value):
        raise BadScalarError(
            f"{in_message(text)} is larger than any float64 (1.8e308): it would be infinite", "write a smaller number"
        )
    if value == 0.0 and any(digit in "123456789" for digit in text.lower().partition("e")[0]):
        raise BadScalarError(f"{in_message(text)} is smaller than any float64 (5e-324): it would be zero", "write 0")
    return value


def _nearly_a_number(text: str) -> str:
    """Return `text` where it is an ordinary word; raises BadScalarError where some programs would read a number."""
    shown = in_message(text, limit=24)
    if _NOT_FINITE.fullmatch(text):
        raise BadScalarError(f"{shown} is not a finite number", f"write a finite number; {_QUOTE}")
    if _BASED.fullmatch(text):
        raise BadScalarError(f"{shown} is not a decimal number", f"write {_in_decimal(text)}; {_QUOTE}")
    if _CLOCK.fullmatch(text):
        raise BadScalarError(
            f"{shown} is read as base sixty by some programs",
            f"put a place, EPOCH:STEP, in quotes: '{shown}'; else write one decimal number (seconds, say)",
        )
    if _GROUPED.fullmatch(text):
        raise BadScalarError(f"{shown} has underscores in it", f"write {shown.replace('_', '')}; {_QUOTE}")
    return text


def _in_decimal(text: str) -> str:
    """Return the value of a hexadecimal, octal or binary number where it is short enough to be meant."""
    try:
        return str(int(text, 0)) if len(text) <= INTEGER_DIGITS else "it in decimal"
    except ValueError:
        return "it in decimal"


def number_advice(text: str) -> str:
    """Return what to write instead of a text that was meant as a number; empty where that is not plain."""
    if _COMMA.fullmatch(text):
        return f"write {with_point(text)}: decimals are set off by a point"
    if "\N{MINUS SIGN}" in text:
        return f"write {in_message(text.replace(chr(0x2212), '-'))}: the minus here is not the one of the keyboard"
    return ""
