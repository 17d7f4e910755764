"""No two things that are drawn are drawn from the same random numbers."""

from itertools import combinations, product

import numpy as np

from nnstep.catalog.initializers import INITIALIZERS
from nnstep.engine.batches import Batches
from nnstep.engine.random import Purpose, stream
from tests.helpers.trainings import compiled, dense, net


def test_no_two_purposes_and_no_two_places_share_their_numbers() -> None:
    places = list(product(Purpose, (0, 1, 7), (0, 1, 2, 3), (0, 1, 2)))
    drawn = [stream(purpose, seed, place, part).bytes(16) for purpose, seed, place, part in places]
    assert all(left != right for left, right in combinations(drawn, 2))
    assert drawn == [stream(purpose, seed, place, part).bytes(16) for purpose, seed, place, part in places]


def test_the_samples_of_an_epoch_are_not_dealt_by_the_weights_of_a_layer() -> None:
    order = Batches(50, 50, shuffle=True, seed=3).rows(1)
    assert not np.array_equal(order, stream(Purpose.WEIGHTS, 3, 1).permutation(50))
    assert not np.array_equal(order, np.random.default_rng([3, 1]).permutation(50))


def test_the_weights_of_a_layer_are_drawn_as_before_there_were_purposes() -> None:
    first = compiled(net(dense(4), dense(2, init="normal"), seed=3)).training.first
    expected = INITIALIZERS["normal"].draw(np.random.default_rng([3, 2, 0]), (4, 2), 4, 2)
    assert first["layer2.weights"].tobytes() == expected.tobytes()
