"""Pictures say which class, which target and which moment a number belongs to, and what had no room."""

import numpy as np

from nnstep.explain.pictures.network import network_facts
from nnstep.session import Session
from tests.tui.driving import shipped
from tests.tui.test_pictures import seen, text


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
