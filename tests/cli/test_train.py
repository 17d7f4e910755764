"""Training at full speed: the same numbers as stepping, and what is said at its end."""

import json
import signal
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nnstep.catalog.classes import is_classifier
from nnstep.commands import train as command
from nnstep.commands.loop import MOST_POINTS, Trained, train
from nnstep.commands.opening import open_scenario
from nnstep.engine.training import Samples
from nnstep.explain.metrics import measure
from nnstep.scenario.compile import Compiled
from nnstep.session import Session

from .conftest import BATCHES, MOONS, XOR, Run


def quiet(epoch: int, loss: float) -> None:
    """Watch nothing."""


def lean(compiled: Compiled, epochs: int, *, mean: bool = False) -> Trained:
    return train(compiled.training, epochs=epochs, mean=mean, watch=quiet)


@pytest.mark.parametrize("text", [XOR, BATCHES, MOONS])
def test_training_gives_the_bits_that_stepping_gives(write: Callable[..., str], text: str) -> None:
    compiled = open_scenario(write(text))
    trained = lean(compiled, 7)
    stepped = Session(compiled).history.parameters(7 * compiled.training.batches.per_epoch)
    assert {name: value.tobytes() for name, value in trained.carried.items()} == {
        name: value.tobytes() for name, value in stepped.items()
    }
    assert (trained.ending, trained.epoch) == ("epochs", 7)


def test_the_train_loss_is_before_the_update_and_the_test_loss_after_it(moons: str) -> None:
    compiled = open_scenario(moons)
    trained = lean(compiled, 3)
    before = Session(compiled).history.parameters(2)
    assert trained.train == compiled.training.predict(before, compiled.training.train)[1]
    assert trained.points[-1].test == compiled.training.predict(trained.carried, compiled.training.test)[1]


def test_the_loss_of_an_epoch_is_that_of_all_its_samples(write: Callable[..., str]) -> None:
    # With a learning rate of next to nothing the parameters stay, so the batches together are the whole.
    for loss, mean in (("mse", True), ("half_sse", False)):
        text = BATCHES.replace("learning_rate: 0.1", "learning_rate: 1e-14").replace("loss: mse", f"loss: {loss}")
        compiled = open_scenario(write(text))
        whole = compiled.training.predict(compiled.training.first, compiled.training.train)[1]
        assert lean(compiled, 1, mean=mean).train == pytest.approx(whole, rel=1e-9)


def test_it_stops_at_the_goal_where_stepping_stops(run: Run, write: Callable[..., str]) -> None:
    name = write(XOR.replace("epochs: 30", "epochs: 5000\nstop: {loss_below: 0.4}"))
    session = Session(open_scenario(name))
    for _ in session.fast_forward(5000):
        pass
    ran = run("train", name, "--json")
    record = json.loads(ran.out)
    assert ran.code == 0
    assert (record["ending"], record["iterations"]) == ("loss_below", session.position.iteration)
    assert record["train_loss"] < 0.4
    assert "the loss is below 0.4" in run("train", name).out


def test_patience_stops_where_the_test_loss_has_not_fallen(write: Callable[..., str]) -> None:
    # Two samples that contradict the one that is trained on: the better it learns that one, the worse the test.
    text = """\
title: Contradiction
data: {inputs: [[1], [1]], targets: [[1], [-1]]}
network: [{layer: dense, units: 1, weights: [[0]], bias: false}]
loss: mse
optimizer: {name: gd, learning_rate: 0.1}
epochs: 100
"""
    compiled = open_scenario(write(text))
    training = compiled.training
    one = Samples(training.train.inputs[:1], training.train.targets[:1])
    other = Samples(training.train.inputs[1:], training.train.targets[1:])
    object.__setattr__(training, "test", other)
    object.__setattr__(training, "train", one)
    object.__setattr__(training, "batches", type(training.batches)(1, 1))
    object.__setattr__(training, "patience", 5)
    trained = lean(compiled, 100)
    # The test loss is worse after the first epoch than before it, and falls in no epoch after that.
    assert (trained.ending, trained.epoch, trained.best_epoch) == ("patience", 6, 1)
    # After one epoch the weight is 0 - 0.1 · 2 · (0 - 1).
    assert trained.carried["layer1.weights"].tolist() == [[0.2]]


PATIENCE = """\
title: Moons with patience
data: {source: moons, samples: 120, noise: 0.3, seed: 3, split: {test: 0.2, validation: 0.2, seed: 1}}
network: [{layer: dense, units: 30, activation: tanh}, {layer: dense, units: 1, activation: sigmoid}]
loss: bce
optimizer: {name: adam, learning_rate: 0.03}
epochs: 100
stop: {patience: 5}
"""


def test_back_at_the_best_epoch_the_result_is_that_of_its_parameters(run: Run, write: Callable[..., str]) -> None:
    name = write(PATIENCE)
    record = json.loads(run("train", name, "--json").out)
    compiled, best = open_scenario(name), record["best_epoch"]
    validation = [point["validation"] for point in record["losses"]]
    assert (record["ending"], record["epochs"]) == ("patience", best + 5)
    assert validation.index(min(validation)) + 1 == best
    after = Session(compiled).history.parameters(best)
    assert record["parameters"]["layer1.weights"] == after["layer1.weights"].tolist()
    training = compiled.training
    for part, samples in (("train", training.train), ("validation", training.validation), ("test", training.test)):
        assert record[f"{part}_loss"] == training.predict(after, samples)[1]
        counts = record["confusion"][part]
        assert sum(map(sum, counts)) == len(samples)
        assert record[f"{part}_accuracy"] == (counts[0][0] + counts[1][1]) / len(samples)
    assert record["classes"] == ["upper", "lower"]
    said = run("train", name).out
    assert f"the validation loss has not fallen for 5 epochs; back to epoch {best}, the best" in said
    assert said.count(f"after epoch {best}\n") == 3
    assert "72 samples, 24 to validate on, 24 to test on" in said
    assert "• validation" in said


def test_with_patience_left_it_ends_with_the_last_epoch_and_names_the_best(run: Run, write: Callable[..., str]) -> None:
    name = write(PATIENCE)
    best = json.loads(run("train", name, "--json").out)["best_epoch"]
    record = json.loads(run("train", name, "--epochs", str(best + 2), "--json").out)
    assert (record["ending"], record["epochs"], record["best_epoch"]) == ("epochs", best + 2, best)
    after = Session(open_scenario(name)).history.parameters(best + 2)
    assert record["parameters"]["layer2.bias"] == after["layer2.bias"].tolist()
    said = run("train", name, "--epochs", str(best + 2)).out
    assert f"the validation loss was least in epoch {best}\n" in said
    assert "before the last update" in said


def test_without_classes_there_is_no_confusion(run: Run, batches: str) -> None:
    record = json.loads(run("train", batches, "--json").out)
    assert (record["classes"], record["best_epoch"]) == ([], None)
    assert record["confusion"] == {"train": None, "validation": None, "test": None}
    assert "confusion" not in run("train", batches).out


def test_the_confusion_is_that_of_the_test_or_of_the_training_where_there_is_none(
    run: Run, moons: str, xor: str
) -> None:
    assert "test samples: rows wanted, columns chosen\n         upper  lower\n" in (run("train", moons).out)
    assert "train samples: rows" in run("train", xor).out


def test_the_result_names_losses_accuracy_epochs_and_time(run: Run, moons: str) -> None:
    ran = run("train", moons)
    assert ran.code == 0
    assert ran.err == ""  # no progress bar in a pipe
    for what in ("Moons", "train loss", "test loss", "train accuracy", "test accuracy", "epochs", "time", "epoch 1"):
        assert f"{what}" in ran.out
    assert "of 45 are right" in ran.out
    assert "of 15 are right" in ran.out
    assert "\x1b" not in ran.out


def test_a_regression_has_no_accuracy(run: Run, batches: str) -> None:
    assert "accuracy" not in run("train", batches).out


def test_epochs_can_be_chosen(run: Run, xor: str) -> None:
    assert json.loads(run("train", xor, "--epochs", "3", "--json").out)["epochs"] == 3
    assert json.loads(run("train", xor, "--json").out)["epochs"] == 30


def test_json_is_one_object_with_a_curve_of_bounded_length(run: Run, xor: str) -> None:
    ran = run("train", xor, "--epochs", "1000", "--json")
    assert ran.out.count("\n") == 1
    record = json.loads(ran.out)
    epochs = [point["epoch"] for point in record["losses"]]
    assert 50 <= len(epochs) <= MOST_POINTS
    assert (epochs[0], epochs[-1]) == (1, 1000)
    assert epochs == sorted(set(epochs))
    compiled = open_scenario(xor)
    history = Session(compiled).history
    for point in record["losses"]:
        assert point["train"] == float(history.values(point["epoch"])["loss"])
        assert point["test"] is None
    assert set(record["parameters"]) == {"layer1.weights", "layer1.bias", "layer2.weights", "layer2.bias"}
    assert record["test_loss"] is None
    assert record["seconds"] >= 0
    assert record["train_accuracy"] in {0.0, 0.25, 0.5, 0.75, 1.0}


def test_numbers_that_break_are_named_and_the_exit_code_is_1(run: Run, diverges: str) -> None:
    ran = run("train", diverges)
    assert ran.code == 1
    assert "first number that is not finite" in ran.err
    assert "learning rate smaller than 1000000" in ran.err
    iteration = int(ran.err.partition("iteration ")[2].split()[0].rstrip(","))
    history = Session(open_scenario(diverges)).history
    assert all(np.isfinite(value).all() for value in history.values(iteration - 1).values())
    broken = {name for name, value in history.values(iteration).items() if not np.isfinite(value).all()}
    assert ran.err.partition("(")[2].partition(")")[0] in broken
    record = json.loads(run("train", diverges, "--json").out)
    assert record["ending"] == "not_finite"


def test_what_breaks_in_the_parameters_alone_is_found_too(write: Callable[..., str]) -> None:
    # The first update throws the weight to -inf; relu then hides it, and the loss stays finite for ever.
    compiled = open_scenario(
        write(
            "title: T\ndata: {inputs: [[1]], targets: [[-1e10]]}\nnetwork:\n"
            "  - {layer: dense, units: 1, activation: relu, weights: [[1]], bias: false}\n"
            "  - {layer: dense, units: 1, weights: [[1e5]], bias: false, trainable: {weights: false}}\n"
            "loss: half_sse\noptimizer: {name: gd, learning_rate: 1e300}\n"
        )
    )
    for epochs in (3, 500):
        trained = lean(compiled, epochs)
        assert np.isfinite(trained.train)
        assert trained.ending == "not_finite"
        assert trained.broke is not None
        assert (trained.broke.iteration, trained.broke.cell.name) == (1, "layer1.weights.next")


def test_ctrl_c_ends_it_with_what_there_is(
    run: Run, xor: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def press_at_12(epoch: int, loss: float) -> None:
        if epoch == 12:
            signal.raise_signal(signal.SIGINT)

    def watched(training: object, **settings: object) -> Trained:
        return train(training, **{**settings, "watch": press_at_12})

    monkeypatch.setattr(command, "train", watched)
    ran = run("train", xor, "--json")
    assert ran.code == 130
    assert "interrupted in epoch 12" in ran.err
    record = json.loads(ran.out)
    assert (record["ending"], record["epochs"], record["iterations"]) == ("interrupted", 12, 12)
    after = Session(open_scenario(xor)).history.parameters(12)
    assert record["parameters"]["layer1.weights"] == after["layer1.weights"].tolist()


def test_ctrl_c_that_is_ignored_stays_ignored(xor: str) -> None:
    # As a shell has it for what runs in the background: Ctrl-C there is for the program in front.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        training = open_scenario(xor).training
        trained = train(training, epochs=5, mean=False, watch=lambda epoch, loss: signal.raise_signal(signal.SIGINT))
        assert (trained.ending, trained.epoch) == ("epochs", 5)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_any_number_of_short_epochs(xor: str) -> None:
    # Each is run by itself, so that patience can look at it.
    training = open_scenario(xor).training
    patient = replace(training, test=training.train, patience=2000)
    trained = train(patient, epochs=1200, mean=False, watch=quiet)
    assert (trained.ending, trained.epoch) == ("epochs", 1200)


@pytest.mark.parametrize(
    ("ending", "loss", "targets", "expected"),
    [
        ("sigmoid", "bce", "[[0], [1], [1]]", True),
        ("sigmoid", "half_sse", "[[0], [1], [1]]", True),
        ("softmax", "cce", "[[0, 1], [1, 0], [0, 1]]", True),
        ("sigmoid", "half_sse", "[[0, 1], [1, 1], [0, 1]]", False),  # two answers at once
        ("sigmoid", "half_sse", "[[0.2], [1], [1]]", False),
        ("tanh", "half_sse", "[[0], [1], [1]]", False),
        ("", "softmax_cross_entropy", "[[0, 1], [1, 0], [0, 1]]", True),
        ("", "bce_with_logits", "[[0], [1], [1]]", True),
        ("", "mse", "[[0], [1], [1]]", False),
    ],
)
def test_what_is_right_or_wrong(
    write: Callable[..., str], ending: str, loss: str, targets: str, expected: bool
) -> None:
    units = 2 if "," in targets.partition("]")[0] else 1
    activation = f", activation: {ending}" * bool(ending)
    compiled = open_scenario(
        write(
            f"title: T\ndata: {{inputs: [[1], [2], [3]], targets: {targets}}}\n"
            f"network: [{{layer: dense, units: {units}{activation}}}]\nloss: {loss}\noptimizer: gd\n"
        )
    )
    assert is_classifier(compiled.training) is expected
    measured = measure(compiled, compiled.training.first, compiled.training.train)
    assert measured is not None
    assert (measured.accuracy is not None) is expected


@pytest.mark.parametrize(
    ("loss", "activation", "limit"), [("bce", ", activation: sigmoid", 0.5), ("bce_with_logits", "", 0.0)]
)
def test_accuracy_counts_the_answers_on_the_right_side(
    write: Callable[..., str], loss: str, activation: str, limit: float
) -> None:
    # x goes straight through: the answer is yes where x is above 0.
    compiled = open_scenario(
        write(
            "title: T\ndata: {inputs: [[-2], [-1], [0.3], [2]], targets: [[0], [1], [1], [1]]}\n"
            f"network: [{{layer: dense, units: 1, weights: [[1]], bias: [0]{activation}}}]\n"
            f"loss: {loss}\noptimizer: gd\n"
        )
    )
    measured = measure(compiled, compiled.training.first, compiled.training.train)
    assert measured is not None
    assert (measured.right, measured.all) == (3, 4)
    assert measured.accuracy == 0.75


def test_single_precision_is_near_and_says_so(run: Run, xor: str) -> None:
    double, single = (
        json.loads(run("train", xor, "--epochs", "30", "--json", *more).out) for more in ((), ("--float32",))
    )
    assert (double["precision"], single["precision"]) == ("float64", "float32")
    assert single["parameters"] != double["parameters"]
    for identity, values in double["parameters"].items():
        np.testing.assert_allclose(single["parameters"][identity], values, rtol=1e-4)
    assert "single: near the numbers of stepping" in run("train", xor, "--epochs", "30", "--float32").out
    assert "precision" not in run("train", xor, "--epochs", "30").out


@pytest.mark.parametrize(
    ("inputs", "weights", "rate"), [("1e39", "1", "1e-200"), ("1", "1e39", "1e-200"), ("1e15", "1e15", "1")]
)
def test_what_only_single_precision_is_too_narrow_for_is_said(
    run: Run, write: Callable[..., str], inputs: str, weights: str, rate: str
) -> None:
    path = write(
        f"title: T\ndata: {{inputs: [[{inputs}]], targets: [[1]]}}\nnetwork:\n"
        f"  - {{layer: dense, units: 1, weights: [[{weights}]], bias: false}}\n"
        f"loss: half_sse\noptimizer: {{name: gd, learning_rate: {rate}}}\nepochs: 1\n"
    )
    assert run("train", path).code == 0
    ran = run("train", path, "--float32")
    assert ran.code == 1
    assert "too large for single precision in epoch 1" in ran.err
    assert "leave --float32 out" in ran.err
