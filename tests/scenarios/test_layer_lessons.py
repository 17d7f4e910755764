"""What the scenarios that show a layer claim: of what it does, and of what is learned with it."""

from itertools import combinations, product

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from nnstep.engine.cell import Array
from nnstep.engine.training import Samples
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import parse

from .shipped import FOLDER, Values, first_and_last, opened, run

DIGITS_WEIGHTS = 64 * 64 + 64 + 64 * 10 + 10


def answers(compiled: Compiled, values: Values, inputs: object, targets: object) -> Array:
    """Return what the network answers to other inputs with the parameters of an iteration."""
    samples = Samples(np.array(inputs, dtype=np.float64), np.array(targets, dtype=np.float64))
    state = {name: values[name] for name in compiled.training.program(1).carry}
    return compiled.training.predict(compiled.training.first | state, samples)[0]


def without(name: str, layer: str) -> Compiled:
    """Return a shipped scenario without a layer, which its file tells of in this text, and without its notes."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").partition("\nnotes:")[0]
    assert text.count(layer) == 1
    return compile_scenario(parse(text.replace(layer, "").encode(), f"{name}.yaml"))


# ---- convolution


def test_the_kernel_becomes_the_one_that_finds_edges() -> None:
    first, last = first_and_last("convolution-edge")
    edges = np.array([[-1, 0, 1]] * 3)  # (p, q)
    windows = sliding_window_view(first["inputs"][0, 0], (3, 3))  # (y, x, p, q)
    assert first["targets"][0, 0].tolist() == (windows * edges).sum(axis=(2, 3)).tolist()
    assert first["layer1.output"][0, 0].tolist() == windows[:, :, 1, 1].tolist()
    assert last["layer1.kernel"][0, 0] == pytest.approx(edges, abs=2e-4)
    # There is no other: sixteen windows, nine weights, and none of these can be told by the others.
    assert np.linalg.matrix_rank(windows.reshape(16, 9)) == 9


def test_the_first_gradient_of_the_kernel_already_points_to_an_edge() -> None:
    first, _ = first_and_last("convolution-edge")
    after = first["layer1.kernel.next"][0, 0]  # (p, q)
    assert (after[:, 0] < 0).all()
    assert (after[:, 2] > 0).all()


# ---- max pooling


def test_only_the_winner_of_each_window_is_blamed() -> None:
    for values in run(opened("max-pooling"), 1, 2, 100, 500):
        blame = values["layer1.error"].reshape(4, 2, 2, 2, 2).swapaxes(2, 3).reshape(4, 2, 2, 4)  # (b, v, u, p)
        winners = values["layer2.winners"][:, 0].astype(int)  # (b, v, u)
        for at in np.ndindex(winners.shape):
            assert blame[at][winners[at]] == values["layer2.error"][:, 0][at]
            assert np.count_nonzero(blame[at]) <= 1


def test_the_kernel_of_max_pooling_becomes_the_stroke() -> None:
    _, last = first_and_last("max-pooling")
    kernel = last["layer1.kernel"][0, 0]  # (p, q)
    assert kernel == pytest.approx(np.eye(2) * 2.48, abs=5e-3)
    assert np.rint(last["layer4.output"]).tolist() == last["targets"].tolist()


@pytest.mark.parametrize("moved", [(0, 1), (1, 0)])
def test_a_stroke_that_is_moved_by_a_pixel_gets_the_same_answer(moved: tuple[int, int]) -> None:
    compiled = opened("max-pooling")
    first, last = first_and_last("max-pooling")
    inputs = np.roll(first["inputs"][[0, 2, 0, 2]], moved, axis=(2, 3))  # (b, c, y, x)
    found = answers(compiled, last, inputs, first["targets"][[0, 2, 0, 2]])
    assert np.rint(found).ravel().tolist() == [1, 0, 1, 0]


# ---- convnet


def test_the_convnet_is_nearly_as_right_as_digits_with_a_tenth_of_the_weights() -> None:
    compiled = opened("convnet-digits")
    training = compiled.training
    (values,) = run(compiled, training.epochs * training.batches.per_epoch)
    after = {name: values[made] for name, made in training.program(1).carry.items()}
    output, _ = training.predict(after, training.test)  # (b, j)
    right = (output.argmax(axis=-1) == training.test.targets.argmax(axis=-1)).mean()
    # Two samples of 360: another processor's last bits may tip one that stands on the edge.
    assert right == pytest.approx(0.9306, abs=2.5 / 360)
    assert sum(values[parameter.id].size for parameter in training.program(1).parameters) == 410
    assert DIGITS_WEIGHTS == 4810
    assert (len(training.train), len(training.test)) == (400, 360)
    assert np.count_nonzero(values["layer2.error"][0]) <= 36


# ---- dropout


def test_any_two_of_the_four_units_are_enough_in_the_end() -> None:
    _, last = first_and_last("dropout")
    says = last["layer1.weights"][0] * last["layer3.weights"][:, 0]  # (j,)
    assert says == pytest.approx(np.full(4, 0.25), abs=1e-6)
    for pair in combinations(says, 2):
        assert 2 * sum(pair) == pytest.approx(1, abs=1e-5)


def test_each_pair_of_units_is_heard_once_for_each_sample() -> None:
    masks = np.array([values["layer2.mask"] for values in run(opened("dropout"), *range(1, 7))])  # (iteration, b, j)
    for sample in (0, 1):
        assert {tuple(np.flatnonzero(mask)) for mask in masks[:, sample]} == set(combinations(range(4), 2))


def test_a_silent_unit_is_not_blamed() -> None:
    for values in run(opened("dropout"), 1, 2, 3, 50):
        assert (values["layer1.error"][values["layer2.mask"] == 0] == 0).all()


def test_without_dropout_nothing_would_change() -> None:
    text = (FOLDER / "dropout.yaml").read_text(encoding="utf-8")
    layer = text[text.index("  - layer: dropout") : text.index("  - {layer: dense, units: 1")]
    first, last = run(without("dropout", layer), 1, 300)
    assert first["loss"] == 0
    assert last["layer2.weights"].tolist() == [[1], [0], [0], [0]]


# ---- normalising


def normalised(values: Array, axis: int) -> Array:
    """Return numbers with mean 0 and variance 1 along an axis, worked out on its own. values: (b, j)"""
    return (values - values.mean(axis, keepdims=True)) / np.sqrt(values.var(axis, keepdims=True) + 1e-5)


@pytest.mark.parametrize(("name", "axis", "epochs"), [("batch-norm", 0, 500), ("layer-norm", 1, 300)])
def test_what_is_normalised(name: str, axis: int, epochs: int) -> None:
    for values in run(opened(name), 1, 2, epochs):
        assert values["layer2.normalized"] == pytest.approx(normalised(values["layer1.output"], axis), abs=1e-12)
    (first,) = run(opened(name), 1)
    assert np.abs(first["layer2.normalized"]) == pytest.approx(np.ones_like(first["layer2.normalized"]), abs=1e-5)


def test_without_batch_norm_the_loss_leaps() -> None:
    values = run(without("batch-norm", "  - {layer: batch_norm}\n"), 1, 2)
    assert [f"{float(each['loss']):.2f}" for each in values] == ["4.14", "44.93"]
    first, second = run(opened("batch-norm"), 1, 2)
    assert second["loss"] < first["loss"] < 0.55


def test_batch_norm_takes_the_blame_from_a_bias_before_it() -> None:
    for values in run(opened("batch-norm"), 1, 2, 100):
        assert values["layer1.bias.grad"] == pytest.approx(np.zeros(2), abs=1e-12)


def test_quiet_and_loud_tunes_get_the_same_answer() -> None:
    for values in run(opened("layer-norm"), 1, 2, 100, 300):
        quiet, loud = values["layer3.output"][0::2], values["layer3.output"][1::2]  # (2, 1)
        assert quiet == pytest.approx(loud, abs=1e-4)
        # Shifting or stretching a row changes no answer, so no blame points there.
        blame, came = values["layer1.error"], values["layer2.centered"]  # (b, j)
        assert blame.sum(axis=1) == pytest.approx(np.zeros(4), abs=1e-12)
        assert (blame * came).sum(axis=1) == pytest.approx(np.zeros(4), abs=1e-4)


def test_without_layer_norm_the_loss_ends_above_100() -> None:
    (last,) = run(without("layer-norm", "  - {layer: layer_norm}\n"), 301)
    assert last["loss"] > 100


# ---- embedding


def test_words_that_are_used_alike_come_together() -> None:
    first, last = first_and_last("embedding")
    table = last["layer1.table"]  # (i, j)
    for word, like in ((0, 1), (1, 0), (2, 3), (3, 2)):
        far = {other: float(np.linalg.norm(table[word] - table[other])) for other in range(4) if other != word}
        assert min(far, key=lambda other: far[other]) == like
        assert min(gap for other, gap in far.items() if other != like) > 3
    assert table[4].tobytes() == first["layer1.table"][4].tobytes()


def test_at_first_dog_and_car_were_nearer_than_cat_and_dog() -> None:
    first, _ = first_and_last("embedding")
    cat, dog, car, *_ = first["layer1.table"]
    assert np.linalg.norm(dog - car) < np.linalg.norm(cat - dog)


def test_the_notes_say_which_row_is_which_word_and_which_column_what_it_does() -> None:
    compiled = opened("embedding")
    notes, (first, last) = compiled.scenario.model.notes, first_and_last("embedding")
    words, does = ("cat", "dog", "car", "bus"), ("eats", "drives")
    assert "".join(f"{word}, " for word in words) + "a word never said" in notes["start"]
    assert "columns: eats, drives" in notes["start"]
    assert compiled.data.labels == does
    assert ", ".join(f"{number} {word}" for number, word in enumerate(words)) in notes["a1"]
    assert notes["ŷ"] == f"Rows: {', '.join(words)}. Columns: {', '.join(does)}."
    assert first["inputs"].tolist() == [[0], [1], [2], [3]]
    said = {word: does[column] for word, column in zip(words, first["targets"].argmax(axis=1), strict=True)}
    assert said == {"cat": "eats", "dog": "eats", "car": "drives", "bus": "drives"}
    answers_at_first, at_last = first["layer3.output"], last["layer3.output"]
    assert (f"{answers_at_first[0, 0]:.2f}", f"{answers_at_first[2, 0]:.2f}") == ("0.53", "0.47")
    assert at_last.argmax(axis=1).tolist() == [0, 0, 1, 1]
    moved = (first["layer1.table.next"] - first["layer1.table"])[:, 0]  # (i,)
    assert np.sign(moved).tolist() == [1, 1, -1, -1, 0]


# ---- through time


def test_the_recurrent_network_counts_sequences_that_it_never_saw() -> None:
    compiled = opened("rnn-counts")
    first, last = first_and_last("rnn-counts")
    sequences = list(product((0, 1), repeat=3))
    assert {tuple(sample.ravel()) for sample in first["inputs"]} < set(sequences)
    inputs, counts = np.array(sequences, dtype=float)[:, :, None], [[sum(sequence)] for sequence in sequences]
    assert np.rint(answers(compiled, last, inputs, counts)).tolist() == counts
    assert np.rint(answers(compiled, first, inputs, counts)).tolist() != counts
    assert last["layer1.recurrent_weights"] == pytest.approx(1.01, abs=5e-3)


def test_at_first_less_than_a_quarter_comes_back_to_the_first_time() -> None:
    first, _ = first_and_last("rnn-counts")
    assert (np.abs(first["layer1.t0.error"]) < np.abs(first["layer1.error"]) / 4).all()


def test_four_ones_are_too_many_for_the_counter() -> None:
    _, last = first_and_last("rnn-counts")
    wide, again, out = (
        float(last[f"{w}"].item()) for w in ("layer1.input_weights", "layer1.recurrent_weights", "layer2.weights")
    )
    state = 0.0
    for _ in range(4):
        state = float(np.tanh(wide + again * state))
    assert out * state == pytest.approx(3.36, abs=5e-3)


def test_the_lstm_keeps_what_matters_and_shuts_out_what_does_not() -> None:
    first, last = first_and_last("lstm-remembers")
    assert all((first[f"layer1.t{t}.{gate}_gate"] == 0.5).all() for t in range(3) for gate in ("input", "forget"))
    assert (last["layer1.t1.forget_gate"] > 0.95).all()
    assert (last["layer1.t2.forget_gate"] > 0.95).all()
    assert last["layer1.t0.input_gate"] == pytest.approx(0.68, abs=5e-3)
    assert (last["layer1.t1.input_gate"] < 0.02).all()
    assert last["layer2.output"] == pytest.approx(last["targets"], abs=0.05)
    assert not last["layer1.recurrent_weights"].any()


def test_attention_looks_at_the_seat_before() -> None:
    first, last = first_and_last("attention-copies")
    before = [(seat - 1) % 4 for seat in range(4)]
    for sample in range(3):
        assert first["targets"][sample].tolist() == first["inputs"][sample, before, :2].tolist()
        assert first["layer1.attention"][sample].argmax(axis=1).tolist() == [0, 1, 2, 3]
        assert (last["layer1.attention"][sample, range(4), before] > 0.99).all()
    assert np.rint(last["layer1.output"]).tolist() == last["targets"].tolist()


def test_the_scores_of_attention_take_from_each_other() -> None:
    for values in run(opened("attention-copies"), 1, 2, 500):
        assert values["layer1.scores.grad"].sum(axis=-1) == pytest.approx(np.zeros((3, 4)), abs=1e-12)


def test_attention_copies_rows_that_it_never_saw() -> None:
    compiled = opened("attention-copies")
    first, last = first_and_last("attention-copies")
    rows = np.array([[[said, 1 - said] for said in row] for row in product((0, 1), repeat=4)], dtype=float)  # (b, t, j)
    seats = np.tile(first["inputs"][0, :, 2:], (len(rows), 1, 1))  # (b, t, 2)
    wanted = np.roll(rows, 1, axis=1)  # (b, t, j)
    found = answers(compiled, last, np.concatenate([rows, seats], axis=-1), wanted)
    assert np.rint(found).tolist() == wanted.tolist()
