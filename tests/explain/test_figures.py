"""Numbers are shown as they are, to half a unit of the last digit; and zero is said of zero alone."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.explain.figures import exact, figure

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0.069, 4, "0.0690"),
        (-0.0843, 4, "-0.0843"),
        (0.0000213, 4, "2.130e-5"),
        (1234567890.0, 4, "1.235e9"),
        (0.05, 2, "0.05"),
        (1.0, 4, "1.0000"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (math.nan, 4, "nan"),
        (math.inf, 4, "inf"),
        (-math.inf, 4, "-inf"),
    ],
)
def test_a_figure(value: float, decimals: int, shown: str) -> None:
    assert figure(value, decimals) == shown


def test_whole_data_are_shown_whole() -> None:
    assert figure(1.0, whole=True) == "1"
    assert figure(-16.0, whole=True) == "-16"
    assert figure(0.5, whole=True) == "0.5000"


@given(finite, st.integers(2, 6))
def test_a_figure_never_lies(value: float, decimals: int) -> None:
    number = Decimal(figure(value, decimals))
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    assert (number > 0, number < 0) == (value > 0, value < 0)
    assert abs(Decimal(value) - number) * 2 <= unit


@pytest.mark.parametrize(
    ("value", "shown"), [(0.1, "0.1"), (1.0, "1"), (500.0, "500"), (1e-05, "1e-5"), (1e30, "1e30"), (0.0125, "0.0125")]
)
def test_a_chosen_number_has_all_its_digits(value: float, shown: str) -> None:
    assert exact(value) == shown


@given(finite)
def test_a_chosen_number_can_be_read_back(value: float) -> None:
    assert float(exact(value)) == value
