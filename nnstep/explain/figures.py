"""Numbers as explanations show them: as wide as they need to be, and never a false zero."""

import math

_FIXED_BELOW = 1e7
_WHOLE_BELOW = 1e15  # below it a float64 holds every whole number


def figure(value: float, decimals: int = 4, *, whole: bool = False) -> str:
    """Return a number with so many decimals: `0.0690`; a small or large one with a power: `2.130e-5`, `1.234e9`.

    decimals: 2 to 6; what these would show with less than two digits (one, for 2 decimals) gets a power, so that a
    person can check the arithmetic. whole: the number is one of data that are whole numbers, and is shown as `1`.
    """
    value = float(value)
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value == 0 or (whole and value.is_integer() and abs(value) < _WHOLE_BELOW):
        return str(int(value))
    if 10.0 ** -min(decimals, max(2, decimals - 1)) <= abs(value) < _FIXED_BELOW:
        return f"{value:.{decimals}f}"
    mantissa, exponent = f"{value:.{max(0, decimals - 1)}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def exact(value: float) -> str:
    """Return a number that somebody chose, such as a learning rate, with all its digits and no others: `0.1`."""
    value = float(value)
    if not math.isfinite(value):
        return figure(value)
    if value.is_integer() and abs(value) < _WHOLE_BELOW:
        return str(int(value))
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    return text


def short(number: float) -> str:
    """Return a number with four significant digits, for a line of text such as a report: `0.3482`, `2.1e-5`, `inf`."""
    mantissa, e, exponent = f"{number:.4g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa
