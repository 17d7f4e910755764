"""A series keeps to its bounds, however many numbers come."""

from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.series import Series


@given(st.integers(2, 9), st.integers(0, 300))
def test_points_are_every_so_many_and_never_more_than_the_limit(limit: int, count: int) -> None:
    series = Series(limit)
    for number in range(count):
        series.add(float(number))
    assert len(series.points) <= limit
    assert series.points == [float(number) for number in range(0, count, series.spacing)]
    assert series.count == count


@given(st.integers(2, 9), st.integers(1, 300), st.data())
def test_what_was_known_after_so_many(limit: int, count: int, data: st.DataObject) -> None:
    upto = data.draw(st.integers(0, count))
    series = Series(limit)
    for number in range(count):
        series.add(float(number))
    assert series.upto(upto) == [point for point in series.points if point < upto]
    assert series.latest == count - 1
    if upto:
        kept = [number for number in (*series.points, series.latest) if number < upto]
        assert series.at(upto) == kept[-1]
