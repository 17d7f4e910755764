"""What if, typed: a number or a setting is another from here on; as it was beside as it is; and a file of its own."""

from pathlib import Path

import numpy as np
import pytest

from .conftest import Run
from .test_plain import answers, first_lines

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (b, i)
B1 = np.array([0.1, -0.2])  # (j,)


def hidden(weight: float) -> np.ndarray:
    """Return what the hidden layer of these tests' XOR hands on, with another first weight: (b, j)"""
    weights = np.array([[weight, -0.4], [0.9, 1.0]])  # (i, j)
    return 1 / (1 + np.exp(-(X @ weights + B1)))  # (b, j)


def rows(values: np.ndarray) -> list[str]:
    return [f"row {n}: {', '.join(f'{value:.4f}' for value in row)}" for n, row in enumerate(values)]


def test_another_weight_is_worked_with_from_here_on_and_taken_back(run: Run, xor: str) -> None:
    _, changed, undone, redone = answers(run, xor, "go 1:a1", "set W1[0,0] 2.5", "undo", "redo")
    assert changed.startswith("Changed: W1[0,0] 0.5 → 2.5; from iteration 1 on.")
    assert "a1 4×2 (written, 2 of 8 cells other than as it was)" in changed
    assert changed.splitlines()[-4:] == rows(hidden(2.5))
    assert undone.startswith("Taken back: the change W1[0,0] 0.5 → 2.5.\n")
    assert undone.splitlines()[-4:] == rows(hidden(0.5))
    assert redone.startswith("Made again: the change W1[0,0] 0.5 → 2.5.\n")
    assert redone.splitlines()[-4:] == rows(hidden(2.5))


def test_the_told_cell_says_what_it_was(run: Run, xor: str) -> None:
    *_, told = answers(run, xor, "go 1:a1", "set W1[0,0]=2.5", "where a1[3,0]")
    was, now = hidden(0.5)[3, 0], hidden(2.5)[3, 0]
    assert f"What if: a1[3,0]  {was:.4f} → {now:.4f}  as it was → as it is, +{now - was:.4f}" in told


def test_rounding_is_no_change(run: Run) -> None:
    *_, told = answers(run, "scenarios/rate-right.yaml", "set b1[0]=3", "go 3:1", "where X·W1[0,0]")
    assert "What if: X·W1[0,0]  3.2000  as it was, but for rounding" in told


def test_as_it_was_beside_as_it_is(run: Run, xor: str) -> None:
    *_, differing, one = answers(run, xor, "go 1:a1", "set W1[0,0] 2.5", "was", "was a1")
    lines = differing.splitlines()
    assert "Changed: W1[0,0] 0.5 → 2.5" in lines
    assert "W1[0,0] was 0.5000, is 2.5000, +2.0000; 1 of 4 cells differ, this one most" in lines
    apart = hidden(2.5) - hidden(0.5)
    at = np.unravel_index(np.abs(apart).argmax(), apart.shape)
    assert f"a1[{at[0]},{at[1]}] was {hidden(0.5)[at]:.4f}, is {hidden(2.5)[at]:.4f}, +{apart[at]:.4f}" in differing
    assert "The same: X, b1, W2, b2, Y, η." in lines
    assert one.splitlines() == [
        "As it was:",
        "a1 4×2 (written)",
        *rows(hidden(0.5)),
        "As it is:",
        "a1 4×2 (written)",
        *rows(hidden(2.5)),
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("set η 5", "optimizer.learning_rate 0.5 → 5.0"),
        ("set learning_rate 5", "optimizer.learning_rate 0.5 → 5"),
        ("set optimizer.learning_rate = 5", "optimizer.learning_rate 0.5 → 5"),
        ("set layer1.activation tanh", "layer1.activation sigmoid → tanh"),
        ("set loss bce", "loss half_sse → bce"),
        ("set optimizer adam", "optimizer {name: gd, learning_rate: 0.5} → adam"),
        ("set layer1.bias[1] -1e-3", "b1[1] -0.2 → -0.001"),
        ("set X[1, 0] 3", "X[1,0] 0 → 3"),
        ("set Y[0,0] 1", "Y[0,0] 0 → 1"),
    ],
)
def test_what_can_be_set(run: Run, xor: str, typed: str, told: str) -> None:
    _, changed, listed = answers(run, xor, "n", typed, "settings")
    assert changed.startswith(f"Changed: {told}; from iteration 1 on.")
    assert listed.splitlines()[-2:] == ["Changed so far:", told]


@pytest.mark.parametrize(
    ("typed", "what", "hint"),
    [
        ("set", "set what, to what?", "settings lists these"),
        ("set W1[0,0]", "'W1[0,0]' says nothing to set", "set W1[0,0] 2.5 sets a number"),
        ("set W1 3", "W1 is 2×2: which of its cells?", "set W1[0,0] 3"),
        ("set W1[0,0] much", "'much' is not a number", ""),
        ("set W1[0,0] nan", "not a finite number", ""),
        ("set W1[9,9] 3", "there is no cell W1[9,9]", "W1 is 2×2, counted from 0"),
        ("set a1[0,0] 3", "a1 is worked out, and can not be set", "change what it is made of"),
        ("set lr 3", "there is no 'lr' to set", "did you mean learning_rate?"),
        ("set W3[0,0] 1", "there is no value called 'W3'", "there are: X, W1"),
        ("set layer1.activation sigmod", "sigmod", "did you mean sigmoid?"),
        ("set layer1.units 7", "layer 1: weights is 2×2, 2×7 was expected", ""),
        ("undo", "nothing was changed", ""),
        ("redo", "nothing was undone", ""),
        ("was", "nothing was changed", "set W1[0,0] 2.5"),
        ("save", "nothing was changed", "set W1[0,0] 2.5"),
    ],
)
def test_what_can_not_be_set_is_told_and_nothing_changes(run: Run, xor: str, typed: str, what: str, hint: str) -> None:
    *_, told, listed = answers(run, xor, "go 2:3", typed, "settings")
    assert what in told.splitlines()[0]
    assert "xor.yaml:" not in told
    assert hint in told
    assert "Changed so far" not in listed


def test_it_is_saved_as_a_scenario_that_begins_so_and_overwritten_only_when_named_twice(
    run: Run, xor: str, tmp_path: Path
) -> None:
    typed = ["set W1[0,0] 2.5", "save", "save", "n", "save other.txt", "save xor-what-if.yaml", "save xor-what-if.yaml"]
    heads = first_lines(run, xor, *typed)
    assert heads[1] == "Saved as xor-what-if.yaml; nnstep xor-what-if.yaml opens it."
    assert heads[2] == "xor-what-if.yaml is there already"
    assert heads[4] == "other.txt does not end in .yaml"
    assert heads[5:] == ["xor-what-if.yaml is there already", heads[1]]
    assert answers(run, "xor-what-if.yaml", "go 1:a1")[0].splitlines()[-4:] == rows(hidden(2.5))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["xor-what-if.yaml", "xor.yaml"]


def test_what_is_to_be_predicted_is_not_told_by_what_if(run: Run) -> None:
    said = answers(run, "spreadsheet", "predict", "set wh[0,0] 2", "go :5", "was E", "was")
    assert "E = ?" in said[3]
    assert "E[" not in said[4]


def test_a_word_that_several_settings_end_in_is_asked_about(run: Run, xor: str) -> None:
    (said,) = answers(run, xor, "set activation relu")
    assert "there are 2 settings called activation" in said
    assert "say which: layer1.activation, layer2.activation" in said
