"""Checkpoints are where they are said to be, never take more than their budget, and keep what they were given."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.checkpoints import MOST, Checkpoints


def filled(width: int, budget: int, done: int) -> Checkpoints:
    """Return checkpoints of so many iterations, each holding its number in every cell."""
    checkpoints = Checkpoints(width, budget)
    for number in range(1, done + 1):
        if number == checkpoints.due:
            checkpoints.take()[:] = number
            assert checkpoints.bytes_used <= budget
    return checkpoints


@given(st.integers(1, 50), st.integers(0, 5_000), st.integers(0, 700))
def test_each_is_found_again_and_none_is_over_the_budget(width: int, budget: int, done: int) -> None:
    checkpoints = filled(width, budget, done)
    room = budget // (8 * width + 4)
    for number in range(done + 1):
        nearest = checkpoints.nearest(number)
        assert nearest == 0 or (checkpoints[nearest] == nearest).all()
        # Those that are left lie evenly: as near as half the room allows.
        assert number - nearest <= (max(1, 2 * -(-done // room)) if room else done)


def test_where_a_single_one_has_room_it_is_the_last_power_of_two() -> None:
    checkpoints = filled(10, 84, 100)
    assert (checkpoints.nearest(100), checkpoints.nearest(63), checkpoints.due) == (64, 0, 128)


def test_there_is_a_most_of_them() -> None:
    checkpoints = Checkpoints(1, 1 << 40)
    assert checkpoints.due == 1
    assert checkpoints.bytes_used <= 4 * MOST


def test_nothing_to_keep_takes_no_room() -> None:
    checkpoints = Checkpoints(0, 10**6)
    assert (checkpoints.due, checkpoints.nearest(5), checkpoints.bytes_used) == (0, 0, 0)


def test_a_turned_sign_is_turned_in_all_and_nowhere_else() -> None:
    checkpoints = filled(3, 1_000, 100)
    checkpoints.take()[:] = 0.0
    checkpoints.negate(1, 2)
    for number in range(checkpoints.spacing, checkpoints.last, checkpoints.spacing):
        assert checkpoints[number].tolist() == [number, -number, number]
    assert not np.signbit(checkpoints[checkpoints.last]).any()
