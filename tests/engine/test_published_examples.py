"""Examples that others published, step by step and after thousands of epochs."""

import numpy as np
import pytest

from tests.helpers.trainings import EXAMPLES, NAMES, dense, session, spreadsheet

SPREADSHEET = EXAMPLES["av_3x4_spreadsheet"]
PUBLISHED_NAMES = {"slope_output": "slope_output_layer", "slope_hidden": "slope_hidden_layer"}
PUBLISHED_NAMES |= {"error_at_hidden": "Error_at_hidden_layer", "d_hidden": "d_hiddenlayer"}


@pytest.mark.parametrize("published", SPREADSHEET["steps"])
def test_every_step_of_the_spreadsheet_is_as_published(published: str) -> None:
    walk = session(spreadsheet())
    shown = PUBLISHED_NAMES.get(published, published)
    (step,) = [step for step in walk.program.steps if step.name == shown]
    assert walk.history.values(1)[step.id] == pytest.approx(np.array(SPREADSHEET["steps"][published]), abs=1e-15)


@pytest.mark.parametrize("parameter", ["wout", "bout", "wh", "bh"])
@pytest.mark.parametrize(("rate", "key"), [(0.1, "update_lr_0_1"), (0.01, "update_lr_0_01_as_published_by_repetition")])
def test_every_update_of_the_spreadsheet_is_as_published(rate: float, key: str, parameter: str) -> None:
    walk = session(spreadsheet(optimizer={"name": "gd", "learning_rate": rate}))
    (step,) = [step for step in walk.program.steps if step.name == parameter]
    wanted = np.array(SPREADSHEET[key][parameter]).reshape(step.shape)
    assert walk.history.values(1)[step.id] == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize("names", NAMES)
def test_the_spreadsheet_after_its_epochs(names: str) -> None:
    walk = session(spreadsheet(), names)
    for epochs, published in SPREADSHEET["output_after_epochs_lr_0_1"].items():
        output = walk.history.values(int(epochs) + 1)["layer2.output"].ravel()  # (b,)
        assert output == pytest.approx(np.array(published), abs=1e-12), epochs


XOR = EXAMPLES["trask_xor_3_4_1"]


@pytest.mark.parametrize("alpha", ["0.1", "1", "10"])
def test_the_two_layer_network_has_the_published_error(alpha: str) -> None:
    # The published loop prints the mean error of the first iteration and of the 10,001st.
    tree = spreadsheet(
        data={"inputs": XOR["X"], "targets": XOR["y"]},
        network=[
            dense(4, "sigmoid", weights=XOR["syn0"], bias=False),
            dense(1, "sigmoid", weights=XOR["syn1"], bias=False),
        ],
        optimizer={"name": "gd", "learning_rate": float(alpha)},
    )
    walk = session(tree)
    for done, published in zip(
        XOR["iterations_printed"][:2], XOR["published_mean_abs_error"][f"alpha={alpha}"], strict=False
    ):
        error = np.abs(walk.history.values(done + 1)["layer2.error"]).mean()
        assert error == pytest.approx(published, rel=1e-9)


def test_the_one_layer_network_ends_as_published() -> None:
    one = EXAMPLES["trask_2layer"]
    tree = spreadsheet(
        data={"inputs": one["X"], "targets": one["y"]},
        network=[dense(1, "sigmoid", weights=one["syn0"], bias=False)],
        optimizer={"name": "gd", "learning_rate": 1.0},
    )
    walk = session(tree)
    assert walk.history.values(10_000)["layer1.output"].ravel() == pytest.approx(one["published"]["out"], abs=5e-9)
    assert walk.history.parameters(10_000)["layer1.weights"].ravel() == pytest.approx(
        one["published"]["syn0"], abs=5e-9
    )
