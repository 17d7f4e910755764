"""A word without quotes means what YAML 1.2 says, and numbers that programs read differently are refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.scenario.scalars import BadScalarError, Scalar, decimal, plain_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("999999999999999", 999999999999999),
        ("1e-3", 0.001),
        ("1.0e10", 1e10),
        ("1E5", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("0.1234567890123456789", 0.12345678901234568),
        ("100000000000000000000.5", 1e20),
        ("0e999", 0.0),
        ("1.2.3", "1.2.3"),
        ("2024-01-31", "2024-01-31"),
        ("1,5", "1,5"),
        ("-", "-"),
        ("inner", "inner"),
        ("infinite", "infinite"),
        ("Nano", "Nano"),
        ("x1", "x1"),
        ("١٢", "١٢"),
    ],
)
def test_what_a_word_means(text: str, value: Scalar) -> None:
    found = plain_scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (".nan", "finite"),
        ("-.INF", "finite"),
        ("NaN", "finite"),
        ("-Infinity", "finite"),
        ("1e400", "smaller"),
        ("-1e400", "smaller"),
        ("1e-400", "write 0"),
        ("1000000000000000", "exponent"),
        ("9" * 5_000, "exponent"),
        ("0." + "1" * 5_000, "17 digits"),
        ("017", "write 17"),
        ("-017", "write -17"),
        ("0o17", "write 15"),
        ("0x1F", "write 31"),
        ("0b11", "write 3"),
        ("0x" + "f" * 100_000, "decimal"),
        ("1_000", "write 1000"),
        ("1_0.5", "write 10.5"),
        ("1:30:00", "quotes"),
        ("-1:30.5", "quotes"),
    ],
)
def test_what_programs_read_differently_is_refused(text: str, hint: str) -> None:
    with pytest.raises(BadScalarError) as caught:
        plain_scalar(text)
    assert hint in caught.value.hint
    assert len(caught.value.what) < 200


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_what_repr_writes_is_read_to_the_last_bit(value: float) -> None:
    read = plain_scalar(repr(value))
    assert read == value
    assert isinstance(read, float)
    assert math.copysign(1.0, read) == math.copysign(1.0, value)
    assert decimal(repr(value)) == value


@given(text=st.text("0123456789+-.eE_:xoabnif", max_size=12))
def test_every_word_is_read_or_refused_and_never_not_finite(text: str) -> None:
    try:
        value = plain_scalar(text)
    except BadScalarError:
        return
    assert not isinstance(value, float) or math.isfinite(value)
