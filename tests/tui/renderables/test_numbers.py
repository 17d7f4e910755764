"""Numbers in cells are true: right to half a unit of the last digit shown, with the right sign, never a false zero."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnstep.explain.figures import figure
from nnstep.tui.renderables.numbers import (
    bracket,
    choose_width,
    format_block,
    format_cell,
    format_row,
)

WORDS = {"tiny", "-tiny", "huge", "-huge"}
anything = st.floats() | st.floats(-10, 10) | st.floats(-0.02, 0.02) | st.integers(-9999, 9999).map(float)
finite = anything.filter(math.isfinite)
widths = st.integers(1, 12)
decimals = st.integers(1, 6)


@pytest.mark.parametrize(
    ("value", "width", "shown"),
    [
        (0.93, 5, " 0.93"),
        (-1.65, 5, "-1.65"),
        (0.0, 5, "    0"),
        (-0.0, 5, "    0"),
        (1.0, 5, " 1.00"),
        (0.005, 5, " .005"),
        (-0.002, 5, "-.002"),
        (0.0098, 5, " .010"),
        (0.0002, 5, " 2e-4"),
        (-0.0001, 5, "-1e-4"),
        (0.00999, 4, ".010"),
        (12.5, 5, "12.50"),
        (-12.5, 5, "-12.5"),
        (123.45, 3, "123"),
        (12345.67, 7, "12345.7"),
        (12345.67, 6, "1.23e4"),
        (12345.67, 5, "1.2e4"),
        (-3e-12, 6, "-3e-12"),
        (-3e-12, 5, "-tiny"),
        (-1e300, 5, "-huge"),
        (0.5, 2, ".5"),
        (-0.002, 3, "###"),
        (math.inf, 5, "  inf"),
        (-math.inf, 5, " -inf"),
        (-math.inf, 3, " -∞"),
        (math.nan, 5, "  nan"),
        (math.nan, 2, " ?"),
    ],
)
def test_a_cell(value: float, width: int, shown: str) -> None:
    assert format_cell(value, width) == shown


@pytest.mark.parametrize(
    ("value", "width", "shown"), [(1.0, 1, "1"), (-3.0, 3, " -3"), (12345.0, 4, " 1e4"), (0.5, 4, "0.50")]
)
def test_a_cell_of_whole_numbers(value: float, width: int, shown: str) -> None:
    assert format_cell(value, width, integer=True) == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (0.069, 4, "0.0690"),
        (1.64339, 4, "1.6434"),
        (-0.0843, 4, "-0.0843"),
        (0.0000213, 4, "2.130e-5"),
        (0.05, 2, "0.05"),
        (0.0005, 6, "0.000500"),
        (1234567890.0, 4, "1.235e9"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (math.nan, 4, "nan"),
        (-math.inf, 4, "-inf"),
    ],
)
def test_the_formula_bar(value: float, places: int, shown: str) -> None:
    assert figure(value, places) == shown


def test_the_formula_bar_shows_whole_data_whole() -> None:
    assert figure(1.0, whole=True) == "1"
    assert figure(0.5, whole=True) == "0.5000"


def is_true(value: float, shown: str) -> bool:
    """Say whether a text states a value to half a unit of its last digit, with its sign, and zero only for zero."""
    number = Decimal(shown)
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    right_sign = (number > 0) == (value > 0) and (number < 0) == (value < 0)
    return right_sign and abs(Decimal(value) - number) * 2 <= unit


@given(finite, widths, decimals, st.booleans())
@example(0.00095, 5, 2, False)
@example(999.996, 6, 2, False)
@example(-9999.5, 6, 2, False)
@example(5e-324, 6, 2, False)
def test_a_cell_never_lies(value: float, width: int, places: int, integer: bool) -> None:
    cell = format_cell(value, width, places, integer)
    assert len(cell) == width
    shown = cell.lstrip()
    if shown in WORDS:
        assert shown.startswith("-") == (value < 0)
        assert ("tiny" in shown) == (0 < abs(value) < 1)
    elif shown != "#" * width:
        assert is_true(value, shown)


@given(finite, decimals)
def test_with_room_a_cell_is_a_number(value: float, places: int) -> None:
    assert is_true(value, format_cell(value, 30, places))


@given(finite, st.integers(2, 6))
def test_the_formula_bar_never_lies(value: float, places: int) -> None:
    assert is_true(value, figure(value, places))


@given(finite.filter(bool), st.integers(3, 6))
def test_the_formula_bar_shows_two_digits_at_least(value: float, places: int) -> None:
    digits = figure(value, places).split("e")[0].replace(".", "").lstrip("-0")
    assert len(digits) >= 2


@given(st.lists(anything, max_size=30), widths, decimals, st.booleans())
@example([-9.999, 0.5], 5, 2, False)
@example([-999.0, -0.0, 999.0, 0.5], 4, 2, True)
@example([-0.00999, -0.0009999, -9.6e-10], 5, 2, False)
def test_a_row_is_its_cells(values: list[float], width: int, places: int, integer: bool) -> None:
    cells = [format_cell(value, width, places, integer) for value in values]
    assert format_row(np.array(values), width, places, integer) == cells


@given(st.lists(st.lists(anything, min_size=3, max_size=3), min_size=1, max_size=4), widths)
def test_a_block_is_its_rows(values: list[list[float]], width: int) -> None:
    assert format_block(np.array(values), width) == [format_row(row, width) for row in values]


@given(st.lists(anything, min_size=1, max_size=20), decimals, st.booleans())
def test_the_chosen_width_shows_every_value_in_full(values: list[float], places: int, integer: bool) -> None:
    width = choose_width(values, places, integer, most=40)
    for value in values:
        assert format_cell(value, width, places, integer).strip() == format_cell(value, 60, places, integer).strip()


def test_the_chosen_width_counts_a_minus_and_has_a_limit() -> None:
    assert choose_width([0.5, 0.7]) == 5
    assert choose_width([1.0, 0.0], integer=True) == 1
    assert choose_width([0.5, -1e-12]) == 6
    assert choose_width([123456.0]) == 9
    assert choose_width([1e14]) == 9
    assert choose_width([]) == 5


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("  0.93 ", " [0.93]"),
        (" -1.02 ", "[-1.02]"),
        ("-1.02 ", "-1.02]"),
        (" 1 ", "[1]"),
        ("       ", "[     ]"),
        ("-1.02", "-1.02"),
        ("", ""),
    ],
)
def test_the_cursor_is_in_the_padding(cell: str, shown: str) -> None:
    assert bracket(cell) == shown
