"""Which class an answer chooses, and what is no answer."""

import numpy as np
import pytest

from nnstep.catalog.classes import are_classes, chosen, wanted
from nnstep.catalog.conditions import CONDITIONS, Facts
from nnstep.engine.cell import Array
from nnstep.explain.metrics import measure
from tests.helpers.trainings import compiled, dense, net


@pytest.mark.parametrize(
    ("answers", "are_scores", "named"),
    [
        ([[0.2, 0.5, 0.3], [0.9, 0.0, 0.1]], False, [1, 0]),
        ([[-2.0, -1.0], [3.0, 3.0]], True, [1, 0]),  # of equals the first
        ([[0.5], [0.51]], False, [0, 1]),  # one half is not yes
        ([[0.4], [0.0], [-0.1]], True, [1, 0, 0]),
        ([[[0.1, 0.9], [0.6, 0.4]]], False, [[1, 0]]),  # each time of a sample has an answer
    ],
)
def test_the_highest_is_chosen_and_of_one_it_is_yes_or_no(
    answers: list[object], are_scores: bool, named: object
) -> None:
    assert chosen(np.array(answers), are_scores=are_scores).tolist() == named


@pytest.mark.parametrize(
    ("targets", "told"),
    [([[0, 1], [1, 0]], True), ([[1], [0]], True), ([[1, 1]], False), ([[0, 0]], False), ([[0.5], [1]], False)],
)
def test_targets_are_classes_where_each_row_names_one(targets: list[object], told: bool) -> None:
    assert are_classes(np.array(targets, dtype=np.float64)) == told
    if told:
        assert wanted(np.array(targets, dtype=np.float64)).tolist() == [1, 0]


@pytest.mark.parametrize("answers", [[[np.nan, np.nan]] * 4, [[np.inf, -np.inf]] * 4])
def test_what_is_not_finite_is_no_right_answer(answers: list[list[float]]) -> None:
    tree = net(dense(2, activation="identity"), samples=4)
    tree["data"] = {"inputs": [[1, 0], [2, 0], [0, 1], [0, -2]], "targets": [[1, 0], [1, 0], [1, 0], [0, 1]]}
    tree["loss"] = "softmax_cross_entropy"
    training = compiled(tree).training
    program = training.program(1)
    values: dict[str, Array] = {"targets": training.train.targets, program.prediction: np.array(answers)}
    assert not CONDITIONS["accuracy_above"].holds(Facts(1, program, values=values), 0.5)
    broken = {name: np.full_like(array, np.nan) for name, array in training.first.items()}
    metrics = measure(compiled(tree), broken, training.train)
    assert metrics is not None
    assert metrics.accuracy is None
