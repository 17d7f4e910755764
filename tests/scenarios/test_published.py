"""The shipped files give the figures that were published for them."""

import numpy as np
import pytest

from nnstep.scenario.compile import Compiled
from tests.helpers.trainings import EXAMPLES

from .shipped import opened, run, with_rate

SPREADSHEET = EXAMPLES["av_3x4_spreadsheet"]
# What the file's names call them, where the oracle is shorter.
LONGER = {
    "slope_output": "slope_output_layer",
    "slope_hidden": "slope_hidden_layer",
    "error_at_hidden": "Error_at_hidden_layer",
    "d_hidden": "d_hiddenlayer",
}


def shown(compiled: Compiled, name: str, iteration: int = 1) -> np.ndarray:
    """Return the value that a step of this name makes."""
    (step,) = [step for step in compiled.training.program(1).steps if step.name == name]
    return run(compiled, iteration)[0][step.id]


@pytest.mark.parametrize("name", SPREADSHEET["steps"])
def test_each_step_of_the_spreadsheet(name: str) -> None:
    wanted = np.array(SPREADSHEET["steps"][name])
    assert shown(opened("spreadsheet"), LONGER.get(name, name)) == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize("name", ["wout", "bout", "wh", "bh"])
def test_each_update_of_the_spreadsheet(name: str) -> None:
    made = shown(opened("spreadsheet"), name)
    assert made == pytest.approx(np.array(SPREADSHEET["update_lr_0_1"][name]).reshape(made.shape), abs=1e-15)


@pytest.mark.parametrize("name", ["wout", "bout", "wh", "bh"])
def test_the_repeated_pseudo_code_learns_at_the_square_of_its_rate(name: str) -> None:
    made = shown(with_rate("spreadsheet", 0.1 * 0.1), name)
    printed = SPREADSHEET["update_lr_0_01_as_published_by_repetition"][name]
    assert made == pytest.approx(np.array(printed).reshape(made.shape), abs=1e-15)


def test_the_spreadsheet_after_1_10_100_1000_and_5000_epochs() -> None:
    published = SPREADSHEET["output_after_epochs_lr_0_1"]
    assert list(published) == ["1", "10", "100", "1000", "5000"]
    # What comes out after so many epochs is seen in the iteration that follows.
    outputs = [
        values["layer2.output"].ravel() for values in run(opened("spreadsheet"), *(int(n) + 1 for n in published))
    ]
    for wanted, output in zip(published.values(), outputs, strict=True):
        assert output == pytest.approx(np.array(wanted), abs=1e-12)


TWO_LAYER = EXAMPLES["trask_xor_3_4_1"]
ERRORS = TWO_LAYER["published_mean_abs_error"]
# Twelve digits were printed. At alpha 100 the steps are so long that the last bits of a BLAS kernel reach the tenth.
PRINTED, LONG_STEPS = 5e-12, 1e-8


def mean_errors(alpha: float, *iterations: int) -> list[float]:
    """Return the mean absolute error in iterations counted from 0, as the published loop prints it."""
    # The loss is the whole sum of squares: its gradient has a factor 2 that the published update leaves out.
    compiled = with_rate("two-layer", alpha / 2)
    values = run(compiled, *(number + 1 for number in iterations))
    return [float(np.abs(v["layer2.output"] - v["targets"]).mean()) for v in values]


@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.1, 1, 10, 100, 1000])
def test_the_two_layers_at_each_published_rate(alpha: float) -> None:
    limit = LONG_STEPS if alpha == 100 else PRINTED
    assert mean_errors(alpha, 0, 10_000) == pytest.approx(ERRORS[f"alpha={alpha:g}"][:2], rel=limit)


def test_the_two_layers_for_longer() -> None:
    assert TWO_LAYER["iterations_printed"][:3] == [0, 10_000, 20_000]
    assert mean_errors(1, 20_000) == pytest.approx(ERRORS["alpha=1"][2:3], rel=PRINTED)


# Printed for the same network and split: weights drawn from a normal distribution, rate 0.1, 1000 epochs.
PUBLISHED_ACCURACY = 0.9333


def test_the_digits_end_at_the_published_accuracy() -> None:
    compiled = opened("digits")
    training = compiled.training
    (values,) = run(compiled, training.epochs * training.batches.per_epoch)
    after = {name: values[made] for name, made in training.program(1).carry.items()}
    output, _ = training.predict(after, training.test)  # (b, j)
    accuracy = float((output.argmax(axis=-1) == training.test.targets.argmax(axis=-1)).mean())
    assert 0.91 <= accuracy <= 0.95
    # Two samples of 360: another processor's last bits may tip one that stands on the edge.
    assert accuracy == pytest.approx(PUBLISHED_ACCURACY, abs=2 / 360)
