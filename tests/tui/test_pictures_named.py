"""Pictures say which class, which target and which moment a number belongs to, and what had no room."""

import numpy as np

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
