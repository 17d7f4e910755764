"""Embedding and attention lay the steps that their settings ask for, and refuse what does not fit."""

import numpy as np
import pytest

from nnstep.errors import NnstepError
from tests.helpers.sequences import sequences, words
from tests.helpers.sound import assert_sound
from tests.helpers.trainings import Tree, compiled, dense, parameters, session

EMBEDDING = {"layer": "embedding", "vocabulary": 5, "size": 3}
FLAT = {"layer": "flatten"}
ATTENTION = {"layer": "attention", "size": 3}
CAUSAL = {**ATTENTION, "causal": True}

NETS: dict[str, Tree] = {
    "embedding": words(EMBEDDING, FLAT, dense(2)),
    "embedding alone": words(
        EMBEDDING, data={"inputs": [[3], [0], [3]], "targets": [[[1, 0, 1]], [[0, 0, 1]], [[1, 1, 0]]]}
    ),
    "attention": sequences(ATTENTION, FLAT, dense(2)),
    "causal": sequences(CAUSAL, FLAT, dense(2, "sigmoid")),
    "no output weights": sequences({**CAUSAL, "output_weights": False}, outputs=(3, 3)),
    "two heads in a row": sequences(CAUSAL, ATTENTION, FLAT, dense(2)),
    "words that attend": words(EMBEDDING, CAUSAL, FLAT, dense(2, "tanh")),
}


@pytest.mark.parametrize("tree", NETS.values(), ids=NETS.keys())
def test_gradients_names_and_jumps_agree(tree: Tree) -> None:
    assert_sound(tree)


def test_an_embedding_hands_on_rows_of_its_table() -> None:
    tree = words(EMBEDDING, FLAT, dense(2))
    walk = session(tree)
    table, made = parameters(walk, 0)["layer1.table"], walk.history.values(1)["layer1.output"]
    for sample, numbers in enumerate(tree["data"]["inputs"]):
        for time, number in enumerate(numbers):
            assert made[sample, time].tolist() == table[number].tolist()


def test_rows_that_are_not_looked_up_do_not_change() -> None:
    walk = session(words(EMBEDDING, FLAT, dense(2), data={"inputs": [[0, 3], [3, 3]], "targets": [[0, 1], [1, 1]]}))
    before, after = (parameters(walk, done)["layer1.table"] for done in (0, 5))
    changed = (before != after).any(axis=1)
    assert changed.tolist() == [True, False, False, True, False]


@pytest.mark.parametrize("wrong", [5, -1, 1.5])
def test_what_is_no_number_of_a_row_is_refused(wrong: float) -> None:
    data = {"inputs": [[0, 1], [2, wrong]], "targets": [[0, 1], [1, 1]]}
    with pytest.raises(NnstepError, match=rf"whole numbers from 0 to 4, and input 1,1 is {wrong}"):
        compiled(words(EMBEDDING, FLAT, dense(2), data=data))


def test_an_embedding_comes_first() -> None:
    with pytest.raises(NnstepError, match="layer 2: embedding looks up whole numbers, so it has to be the first"):
        compiled(sequences(dense(1), EMBEDDING, FLAT, dense(2)))


def test_attention_is_what_its_definition_says() -> None:
    walk = session(sequences(CAUSAL, FLAT, dense(2)))
    values, start = walk.history.values(1), parameters(walk, 0)
    x = values["inputs"]  # (b, t, i)
    for sample in range(len(x)):
        q, k, v = (x[sample] @ start[f"layer1.{name}_weights"] for name in ("query", "key", "value"))  # (t, j)
        for t in range(3):
            powers = np.array([np.exp(q[t] @ k[s] / np.sqrt(3)) if s <= t else 0.0 for s in range(3)])  # (s,)
            attention = powers / powers.sum()
            assert values["layer1.attention"][sample, t] == pytest.approx(attention, abs=1e-14)
            mixed = sum(attention[s] * v[s] for s in range(3))
            assert values["layer1.mix"][sample, t] == pytest.approx(mixed, abs=1e-14)
            out = mixed @ start["layer1.output_weights"]
            assert values["layer1.output"][sample, t] == pytest.approx(out, abs=1e-14)


def test_what_a_mask_hides_gets_exactly_nothing_and_is_no_fault() -> None:
    walk = session(sequences(CAUSAL, FLAT, dense(2)))
    later = np.triu(np.ones((3, 3), dtype=bool), 1)
    values = walk.history.values(2)
    assert (values["layer1.masked"][:, later] == -np.inf).all()
    assert (values["layer1.attention"][:, later] == 0).all()
    assert (values["layer1.scores.grad"][:, later] == 0).all()
    walk.go(2, len(walk.program.steps))
    assert walk.view().fault is None


def test_no_mask_no_step() -> None:
    assert "layer1.masked" in session(sequences(CAUSAL, FLAT, dense(2))).program.values
    assert "layer1.masked" not in session(sequences(ATTENTION, FLAT, dense(2))).program.values


def test_attention_needs_sequences() -> None:
    with pytest.raises(NnstepError, match="layer 2: attention needs a sequence from each sample"):
        compiled(sequences(FLAT, ATTENTION, dense(2)))


@pytest.mark.parametrize("key", ["query_weights", "output_weights"])
def test_given_weights_of_another_shape_are_refused(key: str) -> None:
    with pytest.raises(NnstepError, match=rf"layer 1: {key} is 1×2, .* was expected"):
        compiled(sequences({**ATTENTION, key: [[1, 2]]}, FLAT, dense(2)))


@pytest.mark.parametrize("layer", [EMBEDDING, ATTENTION], ids=["embedding", "attention"])
def test_frozen_parameters_keep_every_bit(layer: Tree) -> None:
    frozen = {"table": False} if layer is EMBEDDING else {"query_weights": False, "output_weights": False}
    make = words if layer is EMBEDDING else sequences
    walk = session(make({**layer, "trainable": frozen}, FLAT, dense(2)))
    for name in frozen:
        assert parameters(walk, 5)[f"layer1.{name}"].tobytes() == parameters(walk, 0)[f"layer1.{name}"].tobytes()
    assert not np.array_equal(parameters(walk, 5)["layer3.weights"], parameters(walk, 0)["layer3.weights"])
