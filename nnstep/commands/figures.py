"""Numbers in lines of text: as many digits as a person can use, and never a false zero."""

from math import isfinite


def short(number: float) -> str:
    """Return a number with four significant digits: `0.3482`, `2.1e-5`, `inf`."""
    mantissa, e, exponent = f"{number:.4g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def percent(share: float) -> str:
    """Return a part of 1 in percent, with one decimal: `94.3 %`."""
    return f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """Return a time as people say it: `0.24 s`, `12.3 s`, `3 min 5 s`."""
    if not isfinite(seconds) or seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s"


def count(number: int, word: str) -> str:
    """Return a number of things: `1 epoch`, `1000 epochs`, `2 batches`."""
    plural = f"{word}es" if word.endswith(("tch", "s")) else f"{word}s"
    return f"{number} {word if number == 1 else plural}"
