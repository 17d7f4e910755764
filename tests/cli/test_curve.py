"""The loss curve as text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.commands.curve import draw_curve
from nnstep.commands.figures import count, duration, percent
from nnstep.explain.figures import short

HEIGHTS = {character: eighths for eighths, character in enumerate(" ▁▂▃▄▅▆▇█")}


def heights(lines: list[str]) -> list[int]:
    """Return the height of each column, in eighths of a row."""
    rows = [line.partition("┤")[2] for line in lines if "┤" in line]
    width = max(map(len, rows))
    return [sum(HEIGHTS[row.ljust(width)[column]] for row in rows) for column in range(width)]


def test_columns_are_as_high_as_the_losses() -> None:
    train = [(epoch, loss) for epoch, loss in enumerate([4.0, 2.0, 1.0, 0.5], 1)]
    lines = draw_curve(train, [], 60, height=4)
    assert heights(lines) == [32, 16, 8, 4]
    assert lines[0].startswith("4 ┤")
    assert lines[3].startswith("0 ┤")
    assert "epoch 1" in lines[4]
    assert lines[4].endswith("4")


def test_a_small_loss_is_not_a_bare_bottom() -> None:
    assert heights(draw_curve([(1, 1.0), (2, 1e-9)], [], 60))[1] == 1
    assert heights(draw_curve([(1, 1.0), (2, 0.0)], [], 60)) == [64]


def test_the_test_loss_is_a_dot_at_its_height() -> None:
    lines = draw_curve([(1, 4.0), (2, 4.0)], [(1, 3.9), (2, 0.1)], 60, height=4)
    rows = [line.partition("┤")[2] for line in lines if "┤" in line]
    assert (rows[0][0], rows[3][1]) == ("•", "•")
    assert "█ train   • test" in lines[-1]


def test_what_is_not_finite_is_a_mark_at_the_top() -> None:
    rows = draw_curve([(1, 1.0), (2, math.inf), (3, math.nan)], [], 60, height=3)
    assert rows[0].partition("┤")[2] == "█××"


def test_without_a_finite_loss_there_is_no_curve() -> None:
    assert draw_curve([], [], 60) == []
    assert draw_curve([(1, math.nan)], [], 60) == []


@given(
    st.lists(st.floats(allow_nan=True, width=32), min_size=1, max_size=300),
    st.integers(20, 120),
    st.integers(2, 12),
)
def test_any_curve_has_its_size(losses: list[float], width: int, height: int) -> None:
    train = [(epoch * 7, loss) for epoch, loss in enumerate(losses, 1)]
    lines = draw_curve(train, train, width, height)
    assert len(lines) in (0, height + 2)
    assert all(len(line) <= width for line in lines[:height])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (short(0.348249), "0.3482"),
        (short(2.13e-7), "2.13e-7"),
        (short(1.5e30), "1.5e30"),
        (short(math.nan), "nan"),
        (percent(0.94363), "94.4 %"),
        (duration(0.2), "0.20 s"),
        (duration(42.04), "42.0 s"),
        (duration(185), "3 min 5 s"),
        (count(1, "epoch"), "1 epoch"),
        (count(3, "batch"), "3 batches"),
        (count(5, "epoch"), "5 epochs"),
    ],
)
def test_figures(said: str, expected: str) -> None:
    assert said == expected
