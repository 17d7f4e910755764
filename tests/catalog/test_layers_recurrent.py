"""Recurrent layers go through time with one set of weights, and what they learn adds up over time."""

import numpy as np
import pytest

from nnstep.engine.cell import Array
from nnstep.errors import NnstepError
from tests.helpers.sequences import sequences
from tests.helpers.sound import assert_sound
from tests.helpers.trainings import Tree, compiled, dense, parameters, session

RNN = {"layer": "rnn", "units": 3}
LSTM = {"layer": "lstm", "units": 2}
ALL = {"return": "all"}
FLAT = {"layer": "flatten"}
STARTS = {"initial_state": [[0.1, -0.2], [0.3, 0.4], [0.0, 0.5], [-0.6, 0.7]]}

NETS: dict[str, Tree] = {
    "rnn": sequences(RNN, dense(2)),
    "rnn, every time": sequences({**RNN, **ALL}, dense(2), outputs=(3, 2)),
    "rnn, no bias": sequences({**RNN, "bias": False}, dense(2)),
    "rnn, last layer": sequences({**RNN, "units": 2}),
    "rnn, once": sequences(RNN, dense(2), times=1),
    "rnn on rnn": sequences({**RNN, **ALL}, {**RNN, "units": 2}, dense(2, "sigmoid")),
    "rnn, batches": sequences({"layer": "rnn", "units": 2, **STARTS}, dense(2), batch=3, shuffle=True),
    "rnn, start learns": sequences({**RNN, "trainable": {"initial_state": True}}, dense(2)),
    "lstm": sequences(LSTM, dense(2)),
    "lstm, every time": sequences({**LSTM, **ALL}, outputs=(3, 2)),
    "lstm, starts": sequences({**LSTM, **ALL, **STARTS, "initial_cell": [0.5, -0.5]}, FLAT, dense(2)),
    "lstm, no bias": sequences({**LSTM, "bias": False}, dense(2, "tanh")),
    "lstm, cell learns": sequences({**LSTM, "trainable": {"initial_cell": True, "initial_state": True}}, dense(2)),
    "l2": sequences(RNN, dense(2), loss={"name": "half_sse", "l2": 0.01}),
    "adam": sequences(LSTM, dense(2), optimizer="adam"),
}


@pytest.mark.parametrize("tree", NETS.values(), ids=NETS.keys())
def test_gradients_names_and_jumps_agree(tree: Tree) -> None:
    assert_sound(tree)


def sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def test_an_rnn_is_what_its_definition_says() -> None:
    walk = session(sequences({**RNN, **ALL, "initial_state": [0.1, 0.2, 0.3], "bias": [0.1, 0, -0.1]}, FLAT, dense(2)))
    values, start = walk.history.values(1), parameters(walk, 0)
    x, h = values["inputs"], np.tile([0.1, 0.2, 0.3], (4, 1))  # (b, t, i), (b, j)
    for t in range(3):
        z = x[:, t] @ start["layer1.input_weights"] + h @ start["layer1.recurrent_weights"] + start["layer1.bias"]
        h = np.tanh(z)
        assert values[f"layer1.t{t}.pre_activation"] == pytest.approx(z, abs=1e-14)
        assert values[f"layer1.t{t}.output"] == pytest.approx(h, abs=1e-14)
        assert np.array_equal(values["layer1.output"][:, t], values[f"layer1.t{t}.output"])


def test_an_lstm_shows_its_gates_and_its_cell() -> None:
    tree = sequences({**LSTM, "initial_cell": [0.5, -0.5], "bias": list(np.linspace(-1, 1, 8))}, dense(2))
    walk = session(tree)
    values, start = walk.history.values(1), parameters(walk, 0)
    x, h, c = values["inputs"], np.zeros((4, 2)), np.tile([0.5, -0.5], (4, 1))  # (b, t, i), (b, j), (b, j)
    for t in range(3):
        z = x[:, t] @ start["layer1.input_weights"] + h @ start["layer1.recurrent_weights"] + start["layer1.bias"]
        i, f, o = sigmoid(z[:, 0:2]), sigmoid(z[:, 2:4]), sigmoid(z[:, 6:8])  # (b, j) each
        g = np.tanh(z[:, 4:6])  # (b, j)
        c = f * c + i * g
        h = o * np.tanh(c)
        shown = {"input_gate": i, "forget_gate": f, "candidate": g, "output_gate": o, "cell": c, "output": h}
        for role, expected in shown.items():
            assert values[f"layer1.t{t}.{role}"] == pytest.approx(expected, abs=1e-14), (t, role)
    assert np.array_equal(values["layer1.output"], values["layer1.t2.output"])


@pytest.mark.parametrize("layer", [RNN, LSTM], ids=["rnn", "lstm"])
def test_what_is_learned_adds_up_over_time(layer: Tree) -> None:
    values = session(sequences(layer, dense(2))).history.values(2)
    for key in ("input_weights", "recurrent_weights", "bias"):
        last, middle, first = (values[f"layer1.{key}.grad.t{t}"] for t in (2, 1, 0))
        assert np.array_equal(values[f"layer1.{key}.grad.from_t1"], last + middle)
        assert np.array_equal(values[f"layer1.{key}.grad"], last + middle + first)
        assert last.any()
        assert middle.any()


def test_parts_of_a_gradient_are_named_by_their_time() -> None:
    shown = {step.id: step.name for step in session(sequences(LSTM, dense(2)), "math").program.steps}
    assert shown["layer1.recurrent_weights.grad.t2"] == "∂L/∂Wh1 at t=2"
    assert shown["layer1.recurrent_weights.grad.from_t1"] == "∂L/∂Wh1 from t=1 on"
    assert shown["layer1.recurrent_weights.grad"] == "∂L/∂Wh1"
    assert shown["layer1.t1.cell.grad.via.layer1.t2.kept"] == "∂L/∂c1(1) via f1(2)∘c1(1)"
    assert shown["layer1.t0.forget_gate"] == "f1(0)"


def test_each_sample_takes_its_own_start_along_into_its_batch() -> None:
    tree = sequences({"layer": "rnn", "units": 2, **STARTS}, dense(2), batches=[[2, 0], [3, 1]])
    walk = session(tree)
    rows = np.array(STARTS["initial_state"])
    for iteration, batch in ((1, [2, 0]), (2, [3, 1]), (3, [2, 0])):
        assert np.array_equal(walk.history.values(iteration)["layer1.initial_states"], rows[batch])


def test_a_start_that_learns_moves() -> None:
    walk = session(NETS["lstm, cell learns"])
    for key in ("initial_state", "initial_cell"):
        assert parameters(walk, 0)[f"layer1.{key}"].tolist() == [0.0, 0.0]
        assert parameters(walk, 3)[f"layer1.{key}"].all()


def test_frozen_weights_cost_no_steps_and_keep_every_bit() -> None:
    frozen = {"recurrent_weights": False, "bias": False}
    walk = session(sequences({**RNN, "trainable": frozen}, dense(2)))
    for key in frozen:
        assert parameters(walk, 4)[f"layer1.{key}"].tobytes() == parameters(walk, 0)[f"layer1.{key}"].tobytes()
        assert not [identity for identity in walk.program.values if identity.startswith(f"layer1.{key}.")]


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({**RNN, "initial_state": [1, 2]}, "initial_state is 1×2, 1×3 was expected"),
        ({**RNN, "initial_state": [[1, 2, 3], [1, 2, 3]]}, "initial_state is 2×3, 4×3 was expected"),
        ({**RNN, "recurrent_weights": [[1.0]]}, "recurrent_weights is 1×1, 3×3 was expected"),
        ({**LSTM, "bias": [1.0, 2.0]}, "bias is 1×2, 1×8 was expected"),
        ({**LSTM, **STARTS, "trainable": {"initial_state": True}}, "initial_state can learn only where it is one row"),
    ],
)
def test_what_does_not_fit_is_refused(layer: Tree, message: str) -> None:
    with pytest.raises(NnstepError, match=f"layer 1: {message}"):
        compiled(sequences(layer, dense(2)))


def test_starts_of_the_training_samples_are_none_for_the_test() -> None:
    digits = {"source": "digits", "scale": "minmax", "one_hot": True, "split": {"test": 5}, "take": 3}
    images = {"layer": "reshape", "shape": [8, 8]}
    layer = {"layer": "rnn", "units": 2, "initial_state": [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]}
    with pytest.raises(NnstepError, match="initial_state has a row for each training sample and none for the test"):
        compiled(sequences(images, layer, dense(10), data=digits))
    layer["initial_state"] = [0.1, 0.2]
    walk = session(sequences(images, layer, dense(10), data=digits))
    assert np.isfinite(walk.compiled.training.predict(parameters(walk, 1), walk.compiled.training.test)[1])


@pytest.mark.parametrize("layer", [RNN, LSTM], ids=["rnn", "lstm"])
def test_only_sequences_that_are_not_too_long(layer: Tree) -> None:
    kind = layer["layer"]
    with pytest.raises(NnstepError, match=f"layer 2: {kind} needs a sequence from each sample"):
        compiled(sequences(FLAT, layer, dense(2)))
    with pytest.raises(NnstepError, match=f"layer 1: {kind} takes sequences of at most 64 times, this one has 65"):
        compiled(sequences(layer, dense(2), times=65))
