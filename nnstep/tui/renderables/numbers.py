"""Numbers in cells of a fixed width: short, right-aligned, and never a false zero.

A cell shows two decimals: `0.97`, `-1.65`. What would round to little or nothing is shown otherwise: `.005`, `-2e-4`.
So a zero on the screen is a zero. Where even that has no room the cell says `tiny` or `huge`, never a number that is
not the value's.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

NO_ROOM: Final = "#"  # as in a spreadsheet: the cell is too narrow for anything true
_POWER_FROM: Final = 1e15  # where doubles begin to lose whole numbers
_WHOLE_LIMIT: Final = 9999.5  # above it a real number without decimals would look exact


def format_cell(value: float, width: int, decimals: int = 2, integer: bool = False) -> str:
    """Return `value` in exactly `width` characters, right-aligned.

    decimals: digits after the point (at least 1); smaller values show one more digit (`.005`) or a power (`2e-4`).
    integer: the data are whole numbers, shown without decimals.
    """
    return _cell(float(value), width, decimals, integer)


def format_row(values: ArrayLike, width: int, decimals: int = 2, integer: bool = False) -> list[str]:
    """Return a row of cells, each as `format_cell` makes it. values: (j,)"""
    return _many(np.asarray(values, dtype=np.float64).ravel(), width, decimals, integer)


def format_block(values: ArrayLike, width: int, decimals: int = 2, integer: bool = False) -> list[list[str]]:
    """Return the rows of a visible window, each cell as `format_cell` makes it. values: (y, x)"""
    array = np.asarray(values, dtype=np.float64)  # (y, x)
    rows, columns = array.shape
    flat = _many(array.ravel(), width, decimals, integer)
    return [flat[y * columns : (y + 1) * columns] for y in range(rows)]


def choose_width(values: ArrayLike, decimals: int = 2, integer: bool = False, most: int = 9) -> int:
    """Return the least width in which each of `values` is shown in full, but not more than `most`.

    Room for a minus is always counted in real data, so that a change of sign does not move the columns.
    """
    array = np.asarray(values, dtype=np.float64).ravel()  # (n,)
    finite = array[np.isfinite(array)]  # (n,)
    whole = integer and bool((finite == np.rint(finite)).all())
    size = np.abs(finite)  # (n,)
    # The longest texts are those of the outermost values, of the outermost that need no power, and of the smallest.
    telling = [math.nan, math.inf, -math.inf] if finite.size < array.size else []
    telling += [limit for part in (finite, finite[size < _POWER_FROM]) if part.size for limit in _limits(part)]
    if (size > 0).any() and not whole:
        telling.append(-float(size[size > 0].min()))
    least = 1 if whole else decimals + 3
    return min(most, max([least, *(len(_full(value, decimals, integer)) for value in telling)]))


def bracket(cell: str) -> str:
    """Return a padded cell with the cursor's brackets in its padding: `  0.93 ` becomes ` [0.93]`.

    A side without padding keeps its character: the number is worth more than the mark.
    """
    start = len(cell) - len(cell.lstrip())
    end = len(cell.rstrip())
    if start >= end:  # an empty cell
        return f"[{cell[1:-1]}]" if len(cell) > 1 else cell
    opened = cell[: start - 1] + "[" + cell[start:end] if start else cell[:end]
    return opened + "]" + cell[end + 1 :] if end < len(cell) else opened


def opened(cell: str) -> str:
    """Return a cell with a free column before its number, the last one of the cell before it where it has none."""
    return cell if cell.startswith(" ") else f" {cell}"


def pointed(cell: str) -> str:
    """Return a padded cell with an arrow before its number: ` 0.93 ` becomes `›0.93 `; without padding, as it is."""
    start = len(cell) - len(cell.lstrip())
    return f"{cell[: start - 1]}›{cell[start:]}" if start else cell


def _many(values: NDArray[np.float64], width: int, decimals: int, integer: bool) -> list[str]:
    """Return the cells of many values, with one call of `%` for all that share a format. values: (n,)"""
    if width <= 0:
        return [""] * values.size
    if integer:
        makers = [_whole(values, width)]
    else:
        size = np.abs(values)  # (n,)
        makers = [
            _fixed(size, width, decimals),
            _pointed_small(size, width, decimals),
            _powers(size, width, decimals),
        ]
    cells = [""] * values.size
    left = np.ones(values.size, dtype=np.bool_)  # (n,)
    for chosen, make in makers:
        _put(cells, chosen, make(values[chosen].tolist()))
        left &= ~chosen  # (n,)
    _put(cells, left, [_cell(value, width, decimals, integer) for value in values[left].tolist()])
    return cells


_Maker = tuple[NDArray[np.bool_], Callable[[list[float]], list[str]]]


def _put(cells: list[str], chosen: NDArray[np.bool_], made: list[str]) -> None:
    """Put cells where they belong."""
    if len(made) == len(cells):
        cells[:] = made
        return
    for index, text in zip(np.flatnonzero(chosen).tolist(), made, strict=True):
        cells[index] = text


def _whole(values: NDArray[np.float64], width: int) -> _Maker:
    """Choose the whole numbers that fit with a minus."""
    room = 10.0 ** min(width - 1, 15)
    # A negative zero would print its minus.
    chosen = (np.abs(values) < room) & (values == np.rint(values)) & ~(np.signbit(values) & (values == 0))  # (n,)
    return chosen, lambda some: _sliced(f"%{width}.0f", width, some)


def _fixed(size: NDArray[np.float64], width: int, decimals: int) -> _Maker:
    """Choose what two decimals show right, in `width` characters with room for a minus."""
    room = 10.0 ** (width - decimals - 2) - 10.0**-decimals if width > decimals + 2 else 0.0
    chosen = (size >= 10.0**-decimals) & (size < room)  # (n,)
    return chosen, lambda some: _sliced(f"%{width}.{decimals}f", width, some)


def _pointed_small(size: NDArray[np.float64], width: int, decimals: int) -> _Maker:
    """Choose what one more decimal shows right: `.005`."""
    room = 10.0**-decimals if width >= decimals + 3 else 0.0
    chosen = (size >= _least_pointed(decimals)) & (size < room)  # (n,)
    return chosen, lambda some: _split(f"%.{decimals + 1}f", ("0.", "."), width, some)


def _powers(size: NDArray[np.float64], width: int, decimals: int) -> _Maker:
    """Choose what is shown with a power of one digit: `2e-4`."""
    digits = max(0, decimals - 2)
    room = _least_pointed(decimals) if width >= 5 + digits + bool(digits) else 0.0
    chosen = (size >= 1e-9) & (size < room)  # (n,)
    return chosen, lambda some: _split(f"%.{digits}e", ("e-0", "e-"), width, some)


def _least_pointed(decimals: int) -> float:
    """Return the least value that is shown with one more decimal, as it rounds to at least one unit of it."""
    return 0.95 * 10.0 ** -(decimals + 1)


def _sliced(form: str, width: int, values: list[float]) -> list[str]:
    """Return cells of a format that makes exactly `width` characters."""
    line = (form * len(values)) % tuple(values)
    return [line[start : start + width] for start in range(0, len(line), width)]


def _split(form: str, change: tuple[str, str], width: int, values: list[float]) -> list[str]:
    """Return cells of a format whose text is mended in one go and then moved to the right."""
    if not values:
        return []
    line = ((form + "|") * len(values)) % tuple(values)
    return [text.rjust(width) for text in line.replace(*change).split("|")[:-1]]


@lru_cache(maxsize=1 << 15)
def _cell(value: float, width: int, decimals: int, integer: bool) -> str:
    """Return one cell; see format_cell."""
    text = _full(value, decimals, integer)
    if len(text) > width:
        text = _squeezed(value, width, decimals, integer)
    return text.rjust(width)


def _full(value: float, decimals: int, integer: bool) -> str:
    """Return `value` as it is shown where there is room."""
    if value == 0 or not math.isfinite(value):
        return _special(value)
    size = abs(value)
    if size >= _POWER_FROM:
        return _power(value, 2)
    if integer and value.is_integer():
        return str(int(value))
    if size >= 10.0**-decimals:
        return f"{value:.{decimals}f}"
    if size >= _least_pointed(decimals):
        return f"{value:.{decimals + 1}f}".replace("0.", ".", 1)
    return _power(value, max(0, decimals - 2))


def _squeezed(value: float, width: int, decimals: int, integer: bool) -> str:
    """Return `value` with as many digits as `width` has room for."""
    if not math.isfinite(value):
        return _narrow_special(value, width)
    size = abs(value)
    candidates = []
    if 10.0**-decimals <= size and not (integer and value.is_integer()):
        least = 1 if size >= _WHOLE_LIMIT else 0
        candidates = [f"{value:.{digits}f}" for digits in range(decimals - 1, least - 1, -1)]
        candidates = [text for text in candidates if float(text) != 0]
        candidates += [_pointed(text) for text in candidates]
    candidates += [_power(value, digits) for digits in range(decimals, -1, -1)]
    candidates += [_extreme(value)]
    fitting = (text for text in candidates if len(text) <= width)
    return next(fitting, NO_ROOM * width)


def _pointed(text: str) -> str:
    """Return a number without the zero before its point: `0.5` is `.5`."""
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _power(value: float, digits: int) -> str:
    """Return `value` as mantissa and power of ten, `digits` after the point: `2e-4`, `1.2e4`."""
    mantissa, exponent = f"{value:.{max(0, digits)}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _extreme(value: float) -> str:
    """Return the word for a value whose power has no room."""
    word = "tiny" if abs(value) < 1 else "huge"
    return f"-{word}" if value < 0 else word


def _special(value: float) -> str:
    """Return the name of zero and of a value that is not finite."""
    if value == 0:
        return "0"  # never -0
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def _narrow_special(value: float, width: int) -> str:
    """Return the name of a value that is not finite, in a narrow cell."""
    sign = "?" if math.isnan(value) else "∞" if value > 0 else "-∞"
    return sign if len(sign) <= width else NO_ROOM * width


def _limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least and the largest value. values: (n,), n > 0"""
    return float(values.min()), float(values.max())
