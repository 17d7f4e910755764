"""Batches are worked out from the iteration's number alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.batches import Batches

some = st.builds(
    Batches,
    samples=st.integers(7, 40),
    size=st.integers(1, 7),
    shuffle=st.booleans(),
    seed=st.integers(0, 100),
)


def rows(batches: Batches, iteration: int) -> list[int]:
    return np.arange(batches.samples)[batches.rows(iteration)].tolist()  # type: ignore[no-any-return]


@given(some, st.integers(1, 20))
def test_an_epoch_reads_every_sample_once(batches: Batches, epoch: int) -> None:
    first = batches.first(epoch)
    dealt = [row for iteration in range(first, first + batches.per_epoch) for row in rows(batches, iteration)]
    assert sorted(dealt) == list(range(batches.samples))


@given(some, st.integers(1, 200))
def test_an_iteration_has_as_many_samples_as_it_says(batches: Batches, iteration: int) -> None:
    assert len(rows(batches, iteration)) == batches.count(iteration)
    assert batches.count(iteration) in batches.sizes()


@given(some, st.integers(1, 500))
def test_epochs_and_iterations_count_from_one(batches: Batches, iteration: int) -> None:
    epoch = batches.epoch(iteration)
    assert batches.first(epoch) <= iteration < batches.first(epoch + 1)


def test_without_shuffling_samples_stay_in_their_order() -> None:
    batches = Batches(7, 3)
    assert [rows(batches, iteration) for iteration in (1, 2, 3, 4)] == [[0, 1, 2], [3, 4, 5], [6], [0, 1, 2]]
    assert batches.sizes() == {1, 3}


def test_shuffling_deals_differently_each_epoch_and_the_same_each_time() -> None:
    batches, again = Batches(40, 8, shuffle=True, seed=3), Batches(40, 8, shuffle=True, seed=3)
    epochs = [tuple(rows(batches, iteration)) for iteration in (1, 6, 11)]
    assert len(set(epochs)) == 3
    assert [tuple(rows(again, iteration)) for iteration in (11, 6, 1)] == epochs[::-1]
    assert rows(Batches(40, 8, shuffle=True, seed=4), 1) != list(epochs[0])


@pytest.mark.parametrize("iteration", [1, 2, 3, 4, 5, 99])
def test_given_batches_are_used_in_turn(iteration: int) -> None:
    given_rows = ((0, 1, 2), (3, 4), (2, 0))
    batches = Batches(5, 5, given=given_rows)
    assert rows(batches, iteration) == list(given_rows[(iteration - 1) % 3])
    assert batches.per_epoch == 3
    assert batches.sizes() == {2, 3}
