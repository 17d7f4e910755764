"""What is printed can be listened to: row after row, each with its number; cells by name; pictures as sentences."""

import numpy as np
import pytest

from nnstep.commands.opening import open_scenario
from nnstep.commands.plain.pictures import NOT_AS_TEXT, picture
from nnstep.commands.plain.walk import Walk
from nnstep.explain.metrics import measure
from nnstep.explain.pictures.table import pictures_for
from nnstep.session import Session

from .conftest import Run
from .test_plain import answers, first_lines


def test_a_large_value_is_told_in_part_and_goes_on_where_it_is_asked_for(run: Run) -> None:
    inputs = open_scenario("digits").training.train.inputs
    whole, row, cell, last = answers(run, "digits", "show X", "show X[5]", "show X[5,2]", "show X[1436]")
    lines = whole.replace("\n  ", " ").splitlines()
    assert lines[0].startswith("X 1437×64")
    assert lines[1].startswith("row 0: ")
    assert lines[1].endswith(", and more in X[0]")
    assert lines[-1] == "and 1435 rows more; show X[2] goes on there"
    numbers = [float(text) for text in row.replace("\n  ", " ").splitlines()[1].split(", ")]
    assert np.allclose(numbers, inputs[5], atol=5e-5)
    assert cell == f"X[5,2] = {inputs[5, 2]:.4f}"
    assert last.startswith("X[1436] 1×64\n")


def test_a_value_of_four_axes_says_where_each_row_is(run: Run) -> None:
    (answer,) = answers(run, "convolution-edge", "show 0")[:1]
    shown, part = answers(run, "convolution-edge", "show X", "show X[0,0]")
    assert shown.splitlines()[1].startswith("[0,0] row 0: ")
    assert part.splitlines()[1].startswith("row 0: ")
    assert "there is no value called '0'" in answer


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("show W1[9]", "W1[9] is not there"),
        ("show W1[0,0,0]", "W1 is 2×2, counted from 0"),
        ("show δ1[0]", "not there"),
    ],
)
def test_a_row_that_there_is_not(run: Run, xor: str, typed: str, what: str) -> None:
    assert what in answers(run, xor, typed)[0]


def test_the_cells_beside_a_cell(run: Run, xor: str) -> None:
    typed = ["go 1:a1", "where a1[0,0]", "right", "down", "left", "up", "up", "where b1[0]", "up", "here", "n"]
    heads = answers(run, xor, *typed)
    told = [next(line for line in answer.splitlines() if "[" in line).partition(" ")[0] for answer in heads[1:6]]
    assert told == ["a1[0,0]", "a1[0,1]", "a1[1,1]", "a1[1,0]", "a1[0,0]"]
    assert heads[6].startswith("a1[0,0] is in the first row")
    assert heads[8].startswith("b1[0] has no cell there")
    assert heads[9].startswith("epoch 1 · step 3 of 21")
    assert "a1[0,0] = 1 / (1 + exp(-0.1000)) = 0.5250" in heads[9]
    assert heads[10].startswith("epoch 1 · step 4 of 21")


def test_every_value_is_listed_with_its_shape_and_id(run: Run, xor: str) -> None:
    _, listed = answers(run, xor, "go 1:a1", "values")
    lines = listed.splitlines()
    assert "a1 4×2, written, id layer1.output" in lines
    assert "δ1 4×2, not there yet, id layer1.delta" in lines
    session = Session(open_scenario(xor))
    assert len([line for line in lines if ", id " in line]) == len(session.program.values)


def test_samples_speech_and_decimals(run: Run, xor: str) -> None:
    _, after, before, third, code, fine = answers(
        run, xor, "go 1:a1", "sample", "sample back", "sample 2", "speak numpy", "decimals 6"
    )
    assert after.startswith("Sample 1.\n")
    assert "a1[1,0] = " in after
    assert before.startswith("Sample 0.\n")
    assert "a1[2,0] = " in third
    assert "a1 = 1 / (1 + np.exp(-z1))" in code
    assert f"{1 / (1 + np.exp(-0.6)):.6f}" in fine
    heads = first_lines(run, xor, "sample 4", "speak greek", "decimals 9", "decimals", "speak", "names")
    assert heads[0] == "there is no sample '4'"
    assert heads[1] == "there is no way to speak called 'greek'"
    assert heads[2] == "'9' is no number of decimals"
    assert heads[3:] == [
        "Numbers have 4 decimals; decimals 6 is the most",
        "Operations are told as words; there are: words, formula, numpy",
        "Names are math; there are: classic, framework, layerwise, math",
    ]


# ---- pictures


def test_the_curve_is_told_in_numbers(run: Run, xor: str) -> None:
    session = Session(open_scenario(xor))
    losses = [float(session.history.values(epoch)["loss"]) for epoch in range(1, 31)]
    _, told = answers(run, xor, "run", "picture curves")
    lines = told.splitlines()
    assert lines[0] == "The loss (half_sse), 30 points so far:"
    assert f"iteration 1: {losses[0]:.4g}" in lines
    assert f"iteration 30: {losses[-1]:.4g}" in lines
    assert f"The least is {min(losses):.4g}, in iteration {1 + int(np.argmin(losses))}." in lines


def test_the_answers_are_those_of_the_network(run: Run, moons: str) -> None:
    compiled = open_scenario(moons)
    session = Session(compiled)
    metrics = measure(compiled, session.history.parameters(5), compiled.training.test)
    assert metrics is not None
    _, told = answers(run, moons, "run 5", "picture answers")
    assert told.startswith(f"The test samples: {metrics.right} of {metrics.all} are answered right")
    for wanted, name in enumerate(("upper", "lower")):
        row = metrics.confusion[wanted]
        assert f"Of {row.sum()} that are {name}, {row[wanted]} right" in told


def test_sizes_of_gradients(run: Run, xor: str) -> None:
    session = Session(open_scenario(xor))
    gradient = session.history.values(1)["layer1.weights.grad"]
    early, _, late = answers(run, xor, "picture gradient", "go 1", "picture gradient sizes")
    assert "W1: not there yet" in early
    size, largest = np.sqrt(np.mean(gradient**2)), np.abs(gradient).max()
    assert f"W1: {size:.4f}, at most {largest:.4f}; the update moves it by" in late.replace("\n  ", " ")


@pytest.mark.parametrize("scenario", ["blobs", "spiral", "digits", "convnet-digits", "lstm-remembers", "rate-right"])
def test_every_picture_of_every_kind_of_network_is_told(scenario: str) -> None:
    walk = Walk(Session(open_scenario(scenario)))
    for place in ((1, 0), (1, 3), (1, len(walk.session.program.steps))):
        walk.session.go(*place)
        for name in pictures_for(walk.session.compiled):
            if name not in NOT_AS_TEXT:
                assert all(picture(walk, name))


def test_a_walk_through_cells_tells_the_row_that_is_made(run: Run) -> None:
    *_, told = answers(run, "digits", "go :0", *["c"] * 150)
    assert "cell 150 of 91968" in told
    lines = told.replace("\n  ", " ").splitlines()
    assert lines[-1] == "rows not there yet: 1434"
    assert lines[-2].startswith("row 2: ")
    assert lines[-3].startswith("row 1: ")


@pytest.mark.parametrize(
    ("scenario", "name", "said"),
    [
        ("xor", "network", "hidden, through W1"),
        ("blobs", "network", "wanted: 1, 0, 0, that is blob 0"),
        ("xor", "distributions", "a1: 8 numbers from "),
        ("xor", "surface", "at x0 "),
        ("attention-copies", "attention", "time 0, "),
    ],
)
def test_pictures_are_told_in_lines_that_fit(run: Run, scenario: str, name: str, said: str) -> None:
    _, told = answers(run, scenario, "go 1", f"picture {name}")
    assert said in told
    assert max(map(len, told.splitlines())) <= 80


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("picture images", "images can not be told"),
        ("picture curves, log scale", "the numbers are those of curves"),
        ("picture attention", "attention suits no scenario like this"),
        ("picture foo", "there are: answers, curves"),
    ],
)
def test_a_picture_that_can_not_be_told(run: Run, xor: str, typed: str, what: str) -> None:
    assert what in answers(run, xor, typed)[0]


def test_one_attention_needs_no_layer(run: Run) -> None:
    _, told = answers(run, "attention-copies", "go 3:16", "picture attention")
    assert "\nA1:\n" in told
    assert all(line.lstrip()[:1] not in (",", ":") for line in told.splitlines())


def test_a_picture_does_not_tell_what_is_to_be_predicted(run: Run) -> None:
    *_, told = answers(run, "xor", "predict 4", "n", "picture surface")
    assert "is still to be predicted" in told


@pytest.mark.parametrize(
    ("scenario", "picture", "times"), [("xor", "network", 3), ("attention-copies", "attention", 4)]
)
def test_what_is_of_the_iteration_before_says_so(run: Run, scenario: str, picture: str, times: int) -> None:
    early = run(scenario, "--plain", typed=f"go 2:1\npicture {picture}\n", columns=200).out
    late = run(scenario, "--plain", typed=f"go 2:last\npicture {picture}\n", columns=200).out
    assert early.count(", of the iteration before: ") - late.count(", of the iteration before: ") == times
