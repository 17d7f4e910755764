"""Dropout: masks by position, whatever ran before; and none for answers to test data."""

import numpy as np
import pytest

from nnstep.errors import NnstepError
from tests.helpers.sound import assert_sound
from tests.helpers.trainings import Tree, compiled, dense, net, session

HALF = {"layer": "dropout", "rate": 0.5}
NETS: dict[str, Tree] = {
    "drawn": net(dense(6, "tanh"), HALF, dense(2, "sigmoid")),
    "batches": net(dense(6, "tanh"), HALF, dense(2), samples=7, batch=3, shuffle=True, seed=4),
    "twice": net(HALF, dense(6, "tanh"), HALF, dense(2)),
    "never": net(dense(6, "tanh"), {"layer": "dropout", "rate": 0}, dense(2)),
}


@pytest.mark.parametrize("tree", NETS.values(), ids=NETS.keys())
def test_a_mask_does_not_depend_on_names_or_on_what_ran_before(tree: Tree) -> None:
    assert_sound(tree)


def test_masks_differ_by_iteration_layer_and_seed() -> None:
    twice = net(HALF, dense(3, "tanh"), HALF, dense(2), samples=20)
    walk, other = session(twice), session({**twice, "seed": 2})
    masks = [
        walk.history.values(1)["layer1.mask"],
        walk.history.values(2)["layer1.mask"],
        walk.history.values(1)["layer3.mask"],
        other.history.values(1)["layer1.mask"],
    ]
    assert all(set(np.unique(mask)) == {0.0, 1.0} for mask in masks)
    assert len({mask.tobytes() for mask in masks}) == len(masks)


def test_as_many_are_silent_as_the_rate_says() -> None:
    walk = session(net({"layer": "dropout", "rate": 0.2}, dense(2), samples=500, inputs=10))
    assert walk.history.values(1)["layer1.mask"].mean() == pytest.approx(0.8, abs=0.03)


def test_given_masks_are_used_in_turn_for_the_rows_of_the_batch() -> None:
    masks = np.random.default_rng(0).integers(0, 2, (3, 4, 2)).tolist()
    tree = net({**HALF, "masks": masks}, dense(2), samples=4, inputs=2, batches=[[3, 1], [0, 2]])
    walk = session(tree)
    for iteration in range(1, 8):
        rows = [[3, 1], [0, 2]][(iteration - 1) % 2]
        expected = [masks[(iteration - 1) % 3][row] for row in rows]
        assert walk.history.values(iteration)["layer1.mask"].tolist() == expected


def test_given_masks_of_another_shape_are_refused() -> None:
    with pytest.raises(NnstepError, match="layer 1: masks is 1×4×1, 1×5×3 was expected"):
        compiled(net({**HALF, "masks": [[[1.0]] * 4]}, dense(2)))


def test_all_units_answer_test_data() -> None:
    tree, plain = (
        NETS["drawn"],
        net(dense(6, "tanh"), {"layer": "activation", "function": "identity"}, dense(2, "sigmoid")),
    )
    ours, theirs = compiled(tree).training, compiled(plain).training
    answers = [training.predict(ours.first, ours.train) for training in (ours, theirs)]
    assert np.array_equal(answers[0][0], answers[1][0])
    assert answers[0][1] == answers[1][1]
    assert float(ours.run(1, ours.first)["loss"]) != answers[0][1]


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5])
def test_a_rate_that_leaves_nothing_is_refused(rate: float) -> None:
    with pytest.raises(NnstepError, match="rate"):
        compiled(net({"layer": "dropout", "rate": rate}, dense(2)))
