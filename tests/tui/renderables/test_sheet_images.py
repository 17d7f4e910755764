"""Of a value with more axes than two the sheet shows one matrix, and says which."""

from nnstep.engine.cell import Cell
from nnstep.explain.naming import matrix_text
from nnstep.tui.renderables.layout import Box
from nnstep.tui.renderables.sheet import _label
from nnstep.tui.renderables.window import window
from tests.helpers.trainings import dense, net, session

IMAGES = {"inputs": [[[[1.0, 2.0], [3.0, 4.0]]] * 2] * 3, "targets": [[1.0]] * 3}
TREE = net({"layer": "conv2d", "filters": 2, "kernel_size": 1}, {"layer": "flatten"}, dense(1), data=IMAGES)


def labels(width: int, label: str) -> list[str]:
    walk = session(TREE)
    walk.go(1, 1)
    found = []
    for at in ((0, 0, 0, 0), (2, 1, 1, 1)):
        walk.place_cursor(Cell("layer1.convolved", at))
        box = Box("layer1.convolved", "numbers", 0, 0, width, 3, 2, 2, 6, label)
        found.append(_label(walk.view(), box, window(walk.view(), box, {})))
    return found


def test_which_sample_and_channel_is_seen_stands_with_the_name() -> None:
    assert labels(12, "X*K1") == ["X*K1[0,0]", "X*K1[2,1]"]


def test_where_there_is_room_it_is_said_in_words() -> None:
    assert labels(30, "X*K1") == ["X*K1 · sample 0 · channel 0", "X*K1 · sample 2 · channel 1"]
    assert labels(30, "X*K1 3×2×2×2 …") == ["X*K1 · sample 0 · channel 0 …", "X*K1 · sample 2 · channel 1 …"]


def test_of_a_kernel_it_says_which_one() -> None:
    walk = session(TREE)
    assert matrix_text(walk.program, "layer1.kernel", (1, 0)) == "kernel 1 · channel 0"


def test_what_has_one_matrix_only_says_nothing() -> None:
    walk = session(net(dense(1), data={"inputs": [[1.0]], "targets": [[1.0]]}))
    assert matrix_text(walk.program, "inputs", ()) == ""


def test_where_there_is_no_room_the_name_stands_alone() -> None:
    assert labels(6, "X*K1") == ["X*K1", "X*K1"]
    assert labels(6, "X*K1 3×2×2×2") == ["X*K1 3×2×2×2"] * 2
