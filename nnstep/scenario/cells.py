"""Cells as people write them: `wh[2,0]`, counted from 0."""

from typing import Final

from nnstep.engine.rule import Shape

AT: Final = r"\[\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*\]"
"""A place in brackets; the group in it is what `read_at` takes."""


def read_at(numbers: str, shape: Shape) -> Shape | None:
    """Return the place that `2,0` means in a value of this shape; None where there is none.

    A row of numbers is shown as 1×n, and a single number as 1×1, so they may be written like that too.
    """
    at = tuple(int(number) for number in numbers.split(","))
    while 2 >= len(at) > len(shape) and at[0] == 0:
        at = at[1:]
    is_there = len(at) == len(shape) and all(n < size for n, size in zip(at, shape, strict=True))
    return at if is_there else None
