"""Many values in few columns: what each column holds, and how high it stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.renderables.columns import columns_of, scale_of

losses = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)


def test_few_values_have_a_column_each() -> None:
    columns = columns_of([3.0, 2.0, 1.0], (), (1, 3), 10)
    assert columns.least.tolist() == columns.most.tolist() == columns.last.tolist() == [3.0, 2.0, 1.0]


def test_a_column_keeps_least_most_and_last() -> None:
    columns = columns_of([4.0, 9.0, 3.0, 2.0, 1.0, 1.5], (), (1, 6), 2)
    assert columns.least.tolist() == [3.0, 1.0]
    assert columns.most.tolist() == [9.0, 2.0]
    assert columns.last.tolist() == [3.0, 1.5]


def test_a_column_without_a_value_keeps_the_one_before() -> None:
    columns = columns_of([4.0, 1.0], [1, 4], (1, 4), 4)
    assert columns.last.tolist() == [4.0, 4.0, 4.0, 1.0]


def test_columns_before_the_first_value_are_unknown() -> None:
    columns = columns_of([4.0, 1.0], [3, 4], (1, 4), 4)
    assert np.isnan(columns.last[:2]).all()
    assert columns.last[2:].tolist() == [4.0, 1.0]


def test_what_is_not_finite_is_broken_and_hides_nothing() -> None:
    columns = columns_of([4.0, np.nan, np.inf, 2.0], (), (1, 4), 2)
    assert columns.broken.tolist() == [True, True]
    assert columns.least.tolist() == [4.0, 2.0]
    assert columns.most.tolist() == [4.0, 2.0]


@given(losses, st.integers(1, 80))
def test_neither_a_spike_nor_the_best_value_is_lost(values: list[float], width: int) -> None:
    columns = columns_of(values, (), (1, len(values)), width)
    assert len(columns.least) == min(width, len(values))
    assert columns.most.max() == max(values)
    assert columns.least.min() == min(values)
    assert columns.last[-1] == values[-1]


@given(losses, st.integers(1, 20))
def test_columns_follow_a_slow_reading(values: list[float], width: int) -> None:
    count = min(width, len(values))
    parts: list[list[float]] = [[] for _ in range(count)]
    for place, value in enumerate(values):
        parts[place * count // len(values)].append(value)
    columns = columns_of(values, (), (1, len(values)), width)
    assert columns.least.tolist() == [min(part) for part in parts]
    assert columns.most.tolist() == [max(part) for part in parts]
    assert columns.last.tolist() == [part[-1] for part in parts]


def test_heights_go_from_zero_to_the_largest() -> None:
    columns = columns_of([4.0, 2.0, 0.0], (), (1, 3), 3)
    scale = scale_of([columns], log=False)
    assert (scale.bottom, scale.top) == (0.0, 4.0)
    assert scale.eighths(columns.last, 2).tolist() == [16, 8, 1]
    assert scale.eighths(np.array([np.nan]), 2).tolist() == [-1]


def test_negative_values_move_the_bottom() -> None:
    columns = columns_of([-1.0, 3.0], (), (1, 2), 2)
    assert scale_of([columns], log=False).eighths(np.array([1.0]), 1).tolist() == [4]


def test_on_a_log_scale_powers_are_equally_far() -> None:
    columns = columns_of([100.0, 10.0, 1.0, 0.0], (), (1, 4), 4)
    scale = scale_of([columns], log=True)
    assert scale.eighths(columns.last, 2).tolist() == [16, 8, 1, 1]
    assert scale.top_text == "100.000"


def test_the_largest_doubles_have_a_scale() -> None:
    columns = columns_of([-1.7e308, 0.0, 1.7e308], (), (1, 3), 3)
    assert scale_of([columns], log=False).eighths(columns.last, 1).tolist() == [1, 4, 8]
    assert scale_of([columns], log=True).top_text == "1.70e308"


def test_a_loss_of_zero_is_low() -> None:
    columns = columns_of([0.0, 0.0], (), (1, 2), 2)
    assert scale_of([columns], log=False).eighths(columns.last, 2).tolist() == [1, 1]
