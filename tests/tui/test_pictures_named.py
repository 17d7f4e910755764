"""Pictures say which class, which target and which moment a number belongs to, and what had no room."""

import numpy as np
import pytest

from nnstep.explain.pictures.network import network_facts
from nnstep.session import Session
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.screens.contents import title
from tests.tui.driving import compiled, shipped
from tests.tui.test_pictures import found, seen, text

FLOWERS = """\
title: Flowers
data: {inputs: [[1.0], [2.0], [3.0]], targets: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  labels: [setosa, versicolor, virginica]}
network:
  - {layer: dense, units: 3, activation: softmax, weights: [[0.0, 1.0, 0.0]], bias: [0.0, 0.0, 0.0]}
loss: cce
optimizer: {name: gd, learning_rate: 0.1}
"""
NEARLY = """\
title: Nearly
data: {inputs: [[1.0]], targets: [[1.0]]}
network: [{layer: dense, units: 1, weights: [[0.988]], bias: false}]
loss: half_sse
optimizer: {name: gd, learning_rate: 0.1}
"""


def test_the_likely_answers_and_the_wanted_one_stand_where_not_all_have_room() -> None:
    session = Session(shipped("digits"))
    session.go(1, 5)
    values = session.view().values
    # A sample whose own class is the least likely of all.
    ranks = (-values["layer2.output"]).argsort(axis=1)
    number = int(np.flatnonzero(ranks[:, -1] == values["targets"].argmax(axis=1))[0])
    session.choose_sample(number)
    lines = text("images", seen(session, (78, 18)), "none").split("\n")
    shown = [int(line[3]) for line in lines[9:17]]
    assert shown == sorted([*ranks[number, :7].tolist(), int(ranks[number, -1])])
    assert lines[17].startswith("   … and 2 less likely ones")
    # Where all have room nothing is left out, and nothing is said.
    assert "less likely" not in text("images", seen(session, (78, 20)), "none")


def test_each_output_says_which_class_it_is_and_what_its_target_is() -> None:
    session = Session(shipped("digits"))
    session.go(1, 4)
    values = session.view().values
    lines = text("network", seen(session, (78, 18)), "none").split("\n")
    assert lines[0].endswith("output   ◀ target")
    rows = [line.split()[-4:] for line in lines if "◀" in line][1:]
    assert [row[0] for row in rows] == [str(number) for number in range(10)]
    assert [row[2:] for row in rows] == [["◀", f"{value:.0f}"] for value in values["targets"][0].tolist()]
    # A class goes by its label; an output that is no class goes by none.
    assert "blob 1" in text("network", seen(Session(shipped("blobs")), (86, 31)), "none")
    assert network_facts(seen(Session(shipped("xor"))), None).columns[-1].classes == ()


def test_the_map_of_the_weights_covers_no_name() -> None:
    session = Session(shipped("digits"))
    session.go(1, 4)
    for width in range(60, 120, 5):
        shown = text("network", seen(session, (width, 18)), "256")
        (line,) = (line for line in shown.split("\n") if "← d_" in line)
        name = line.split("← ")[1].split()[0]
        assert name == "d_hiddenlayer" or (name.endswith("…") and "d_hiddenlayer".startswith(name[:-1])), line
    assert "← d_hiddenlayer" in text("network", seen(session, (80, 18)), "256")


def test_one_loss_is_written_in_one_way() -> None:
    session = Session(compiled(NEARLY))
    session.go(1, len(session.program.steps))
    assert session.view().loss == pytest.approx(0.012**2 / 2)
    (said,) = (part.value for part in title(session.view(), "").left if part.label == "loss")
    assert said == "7.200e-5"
    assert f"train {said}" in text("curves", seen(session), "none")


def test_both_plots_have_one_axis_that_ends_where_the_training_does() -> None:
    session = Session(shipped("spiral"))
    session.go(50, len(session.program.steps))
    facts = PICTURES["curves"].facts(seen(session), found("curves", seen(session)))
    assert [plot.span for plot in facts.plots] == [(0.0, 50.0)] * 2
    # The loss of an iteration is that of the weights before its update, and stands at their epoch.
    assert facts.plots[0].curves[0].times[-1] == 49.0
    lines = text("curves", seen(session), "none").split("\n")
    assert [line.split()[-1] for line in lines if "after 0 epochs" in line] == ["50", "50"]
    assert "train: before each update" in lines[10]


def test_the_answers_say_whose_loss_and_which_share_they_tell() -> None:
    session = Session(shipped("digits"))
    session.go(3, 0)
    shown = text("answers", seen(session, (120, 31)), "none")
    assert "what it is → what the network says, and how sure it is" in shown
    assert "with the weights of now" in shown
    assert "! the most frequent mistakes" in shown


def test_classes_and_headings_are_whole_where_there_is_room() -> None:
    session = Session(compiled(FLOWERS))
    shown = text("answers", seen(session), "none")
    assert "setosa  versicolor   virginica" in shown
    assert "sample 0: is setosa, says versicolor, 58% sure" in text("answers", seen(session, (120, 9)), "none")
    validated = Session(shipped("overfitting"))
    shown = text("answers", seen(validated), "none")
    assert "validation 2: is upper, says lower, 61% sure" in shown
    assert "weights" not in shown
    assert shown.split("\n")[0].endswith("   loss 0.5977")
    spiral = Session(shipped("spiral"))
    spiral.go(300, 0)
    shown = text("answers", seen(spiral), "none")
    assert "is ↓  the network says" in shown
    assert "none is wrong" in shown
    assert "most frequent" not in shown
