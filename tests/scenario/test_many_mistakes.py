"""Several mistakes of a file are told at once, each on a line of its own, and none hides another."""

from pathlib import Path
from typing import Final

import pytest

from nnstep.cli import main
from nnstep.errors import MOST_MISTAKES, NnstepError
from nnstep.scenario.load import parse

GOOD: Final = """\
title: Several
summary: What is wrong with this?
names: math
seed: 1
data:
  inputs: [[0, 0], [1, 1]]
  targets: [[0], [1]]
network:
  - {layer: dense, units: 2, activation: tanh}
  - {layer: dense, units: 2, activation: relu}
  - {layer: dense, units: 1, activation: sigmoid}
loss: bce
optimizer: {name: gd, learning_rate: 0.5}
epochs: 30
stop: {loss_below: 0.1}
lesson:
  - {at: 1:z1, ask: Why?}
  - {at: 2:z1, ask: Why?}
"""

# What is written in the place of what, and what is said of it. Types and names that the checker of types knows.
TYPES: Final = (
    ("seed: 1", "seed: many", "seed must be a whole number"),
    ("seed: 1", "sed: 1", "did you mean seed?"),
    ("units: 2, activation: tanh", "units: 2, activation: tanth", "did you mean tanh?"),
    ("units: 2, activation: tanh", "unit: 2, activation: tanh", "did you mean units?"),
    ("units: 2, activation: relu", "units: -2, activation: relu", "units must be at least 1"),
    ("{layer: dense, units: 1", "{layer: dens, units: 1", "did you mean dense?"),
    ("epochs: 30", "epochs: 0.5", "epochs must be a whole number"),
    ("loss_below: 0.1", "loss_below: low", "loss_below must be a number"),
    ("loss: bce", "loss: bec", "did you mean bce?"),
    ("learning_rate: 0.5", "learning_rat: 0.5", "did you mean learning_rate?"),
    ("{at: 2:z1, ask: Why?}", "{ask: Why?}", "needs at, and it is not there"),
    ("targets: [[0], [1]]", "target: [[0], [1]]", "did you mean targets?"),
    ("inputs: [[0, 0], [1, 1]]", "inputs: [[0, a], [1, 1]]", "'a' is not a number"),
)
# What only a file with right types is asked for.
CHECKS: Final = (
    ("names: math", "names: maths", "did you mean math?"),
    ("targets: [[0], [1]]", "targets: [[0], [1], [1]]", "there are 2 rows of inputs but 3 of targets"),
    ("activation: tanh", "activation: tanh, alpha: 0.1", "tanh has no alpha"),
    ("activation: relu", "activation: relu, init: havier", "did you mean xavier?"),
    ("seed: 1", "seed: 1\nbatch: 1\nbatches: [[0]]", "batch and batches are both given"),
)


def refused(text: str) -> str:
    with pytest.raises(NnstepError) as caught:
        parse(text.encode(), "mine.yaml")
    return str(caught.value)


def test_a_good_file_is_good() -> None:
    parse(GOOD.encode(), "mine.yaml")


@pytest.mark.parametrize(("old", "new", "words"), [*TYPES, *CHECKS])
def test_one_mistake_is_told_as_ever(old: str, new: str, words: str) -> None:
    told = refused(GOOD.replace(old, new, 1))
    assert words in told
    assert told.startswith("mine.yaml:")
    assert len(told.splitlines()) <= 2


@pytest.mark.parametrize("faults", [TYPES, CHECKS])
def test_two_mistakes_are_both_told_in_the_order_of_the_file(faults: tuple[tuple[str, str, str], ...]) -> None:
    for number, one in enumerate(faults):
        for other in faults[number + 1 :]:
            if one[0] in other[0] or other[0] in one[0]:
                continue  # both in the same place
            text = GOOD.replace(one[0], one[1], 1).replace(other[0], other[1], 1)
            head, *lines = refused(text).splitlines()
            assert head == "2 mistakes"
            assert len(lines) == 2
            assert {words for words in (one[2], other[2]) for line in lines if words in line} == {one[2], other[2]}
            numbers = [int(line.split(":")[1]) for line in lines]
            assert numbers == sorted(numbers)


def test_all_at_once_and_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD
    for old, new, _ in TYPES:
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    assert main(["show", str(path)]) == 2
    head, *lines = capsys.readouterr().err.splitlines()
    assert head.startswith("nnstep: ")
    assert " mistakes" in head
    assert len(lines) == int(head.split()[1])
    assert all(line.startswith(f"{path}:") for line in lines)
    assert "Traceback" not in "".join(lines)


def test_a_file_that_is_wrong_all_over_is_told_in_part() -> None:
    lesson = "lesson:\n" + "  - {at: 1:z1, aks: Why?}\n" * 30
    head, *lines = refused(GOOD[: GOOD.index("lesson:")] + lesson).splitlines()
    assert head == f"{MOST_MISTAKES} mistakes, and there are more"
    assert len(lines) == MOST_MISTAKES
    assert all("did you mean ask?" in line for line in lines)


def test_who_has_room_for_one_only_has_the_first() -> None:
    text = GOOD.replace("seed: 1", "seed: many").replace("epochs: 30", "epochs: 0.5")
    with pytest.raises(NnstepError) as caught:
        parse(text.encode(), "mine.yaml")
    assert caught.value.where == "mine.yaml:4:7"
    assert caught.value.what.startswith("seed must be a whole number")


def test_how_a_file_is_written_is_told_alone() -> None:
    told = refused(GOOD.replace("seed: 1", "seed: many").replace("[[0, 0], [1, 1]]", "[[0, 0], [1, 1]"))
    assert len(told.splitlines()) <= 2
    assert "mistakes" not in told
