"""Shares, times and counts in lines of text; numbers themselves are in `nnstep.explain.figures`."""

from math import isfinite


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
