"""Between a worked line and its number stands = where a person comes to that number, and ≈ where rounding shows."""

import re
from decimal import Decimal

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.figures import figure
from nnstep.explain.origins import origin_of
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.scenarios.shipped import NAMES, opened

KNOWN = {
    **{name: getattr(np, name) for name in ("exp", "log", "log1p", "expm1", "sqrt", "tanh", "abs")},
    **{"inf": np.inf, "nan": np.nan, "pi": np.pi},
    "max": lambda *numbers: max(numbers),
    "min": lambda *numbers: min(numbers),
}
MORE = re.compile(r"… and [\d,]+ more \((\S+)\)")
LARGEST = re.compile(r", … and [\d,]+ more\)")
NUMBER = re.compile(r"(?<![\w.])\d+(\.\d+)?(e-?\d+)?")


def by_hand(text: str) -> float:
    """Work out what stands on the screen."""
    text = LARGEST.sub(")", MORE.sub(r"(\1)", text))
    text = NUMBER.sub(lambda match: f"np.float64('{match[0]}')", text)
    for shown, python in (("·", "*"), ("²", "**2"), ("³", "**3"), ("^", "**")):
        text = text.replace(shown, python)
    with np.errstate(all="ignore"):
        return float(eval(text, {"np": np}, KNOWN))


def told(line: str) -> tuple[str, str, str] | None:
    """Return the arithmetic, the sign and the number of a worked line; None where one of them is missing."""
    line = re.split(r"   (was|because|0 but) ?", line)[0]
    parts = re.split(r" ([=≈]) ", line)
    if len(parts) != 5 or "argmax" in line or re.search(r"[a-zA-Z]\S*\[", parts[2]) or not re.search(r"\d", parts[2]):
        return None
    return parts[2], parts[3], parts[4]


def comes_to(by_hand: float, shown: str) -> bool:
    """Is a number the shown one, rounded to the digits that this one has?"""
    mantissa, _, exponent = shown.partition("e")
    if "." not in mantissa:
        return abs(by_hand - float(shown)) < 1e-12
    digits = Decimal(mantissa)
    return abs(Decimal(by_hand).scaleb(-int(exponent or 0)) - digits) <= Decimal("0.5000001").scaleb(
        digits.as_tuple().exponent  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_sign_says_whether_a_person_comes_to_the_number(name: str) -> None:
    session = Session(opened(name))
    session.go(2, len(session.program.steps))
    view = session.view()
    seen = 0
    for step in view.program.steps:
        array = view.values[step.id]
        for flat in sorted({0, array.size // 2, array.size - 1}):
            cell = Cell(step.id, tuple(map(int, np.unravel_index(flat, array.shape))))
            for decimals in (2, 4):
                line = told(plain_text(tell(view, cell, decimals=decimals).numbers))
                if line is None or not np.isfinite(array.ravel()[flat]) or "erf" in line[0]:
                    continue
                arithmetic, sign, shown = line
                said = plain_text(tell(view, cell, decimals=decimals).numbers)
                assert comes_to(by_hand(arithmetic), shown) == (sign == "=") or "but for rounding" in said, said
                seen += 1
    assert seen


@pytest.mark.parametrize("name", NAMES)
def test_so_does_that_of_each_term(name: str) -> None:
    session = Session(opened(name))
    session.go(2, len(session.program.steps))
    view = session.view()
    seen = set()
    for step in view.program.steps:
        array = view.values[step.id]
        cell = Cell(step.id, tuple(map(int, np.unravel_index(array.size // 2, array.shape))))
        for part in origin_of(view, cell, most=2).contributions:
            text = plain_text(part.numbers)
            if np.isfinite(part.value) and abs(part.value) > 1e-15 and not re.search(r"arg|erf|[a-zA-Z]\S*\[", text):
                said = f"{plain_text(part.names)} {text} {part.value}"
                assert comes_to(by_hand(text), figure(part.value)) == (part.sign.text == " = "), said
                seen.add(part.sign.text)
    assert " = " in seen
