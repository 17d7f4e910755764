"""Places typed in a training whose iterations have other steps, since something was changed in its middle."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.catalog.names import NAME_SETS
from nnstep.commands.plain.table import find
from nnstep.commands.plain.walk import Walk
from nnstep.errors import NnstepError
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import parse
from nnstep.session import Session
from tests.helpers.searching import examples

from .conftest import BATCHES, XOR, Run
from .test_plain import answers, first_lines

# 21 steps under gd, 43 under adam.
CHANGED = ["go 3:0", "set optimizer adam"]
FREE = XOR.replace(", weights: [[0.5, -0.4], [0.9, 1.0]], bias: [0.1, -0.2]", "").replace(
    ", weights: [[-1.2], [1.1]], bias: [0.3]", ""
)


@pytest.fixture
def wide(write: Callable[..., str]) -> str:
    """Return the name of a file whose units can be others at the very start."""
    return write(f"{FREE}lesson: [{{at: 1:z1, show: 'W1[1,1]'}}, {{at: 2:last}}, {{at: 5:last}}]\n", "wide.yaml")


@pytest.mark.parametrize(
    ("typed", "head"),
    [
        ("end", "epoch 3 · step 43 of 43"),
        ("go 1", "epoch 1 · step 21 of 21"),
        ("go 2:last", "epoch 2 · step 21 of 21"),
        ("go 4", "epoch 4 · step 43 of 43"),
    ],
)
def test_a_place_has_the_steps_of_its_own_iteration(run: Run, xor: str, typed: str, head: str) -> None:
    assert first_lines(run, xor, *CHANGED, typed)[-1].startswith(head)


def test_moves_between_iterations_stay_at_the_same_number(run: Run, xor: str) -> None:
    *_, back, on = first_lines(run, xor, *CHANGED, "end", "back iteration", "iteration")
    assert back.startswith("epoch 2 · step 21 of 21")
    assert on.startswith("epoch 3 · step 43 of 43")
    *_, first = first_lines(run, xor, "go 3:21", "set optimizer adam", "end", "back iteration", "back iteration")
    assert first.startswith("epoch 1 · step 21 of 21")


def test_a_weight_is_followed_into_the_iteration_before_the_change_and_back(run: Run, xor: str) -> None:
    *_, there, back, here = answers(run, xor, *CHANGED, "from W1[0,0]", "follow 1", "follow back", "here")
    assert there.startswith("where from W1[0,0] > epoch 2: W1[0,0]\n")
    assert back.startswith("where from W1[0,0]\n")
    assert here.startswith("epoch 3 · step 0 of 43")


def test_bookmarks_are_where_they_were_set(run: Run, xor: str) -> None:
    typed = ["go 1:21", "bookmark one", *CHANGED, "go 4", "bookmark two", "bookmarks", "bookmarks go 1", "undo"]
    *_, listed, gone, _, left, refused = answers(run, xor, *typed, "bookmarks", "bookmarks go 2")
    assert listed.splitlines() == ["1 epoch 1, step 21 (b1): one", "2 epoch 4, step 43 (b1): two"]
    assert gone.startswith("epoch 1 · step 21 of 21")
    assert left.splitlines() == ["1 epoch 1, step 21 (b1): one", "2 epoch 4, step 21 (b1): two"]
    assert refused.startswith("epoch 4 · step 21 of 21")


def test_a_bookmark_of_a_step_that_is_gone_is_refused(run: Run, xor: str) -> None:
    typed = [*CHANGED, "go layer1.weights.direction", "bookmark", "undo", "bookmarks", "bookmarks go 1"]
    *_, listed, refused = answers(run, xor, *typed)
    assert listed == "1 epoch 3"
    assert refused.startswith("this training has no such place")


def test_a_lesson_goes_to_the_steps_of_its_iterations(run: Run, wide: str) -> None:
    *_, listed, second = answers(run, wide, *CHANGED, "lesson list", "lesson 2")
    assert listed.splitlines()[1:] == ["2 epoch 2, step 21 b1", "3 epoch 5, step 43 b1"]
    assert "epoch 2 · step 21 of 21" in second


def test_a_lesson_keeps_its_stops_where_a_step_is_gone(run: Run, write: Callable[..., str]) -> None:
    stops = "".join(f"  - at: {place}\n    ask: Why?\n" for place in ("1:f′(z1)", "2:last", "3:f′(z1)"))
    file = write(f"{FREE}lesson:\n{stops}", "stops.yaml")
    typed = ["lesson 3", "set layer1.activation identity", "names classic", "lesson list", "lesson", "lesson back"]
    *_, listed, over, back = answers(run, file, *typed)
    assert [line.partition(",")[0] for line in listed.splitlines()] == ["1 epoch 1", "2 epoch 2", "3 epoch 3"]
    assert over.startswith("the lesson ends here")
    assert back.startswith(("Stop 3 of 3", "Stop 2 of 3"))


def test_a_lesson_shows_the_nearest_cell_where_the_last_batch_is_smaller(run: Run, write: Callable[..., str]) -> None:
    file = write(f"{BATCHES}lesson: [{{at: 1.last:last, show: 'layer1.output[3,0]'}}]\n", "batches.yaml")
    (stop,) = answers(run, file, "lesson")
    assert "[0,0]" in stop.splitlines()[0]
    assert "epoch 1, batch 3" in stop


# ---- what was listed before a change, or in other names


def test_a_row_that_is_no_more_is_refused_and_what_is_there_is_gone_to(run: Run, xor: str) -> None:
    said = answers(
        run, xor, "names framework", "go 1:3", "from layer1.pre_activation[0,0]", "names classic", "follow 1"
    )
    assert "fault" not in said[-1]
    assert said[-1].startswith("there is no layer1.") or said[-1].startswith("where from ")


def test_the_way_back_leads_past_what_was_taken_back(run: Run, wide: str) -> None:
    wider = ["set layer1.units 6", "go 2:0", "from W1[1,0]", "from W1[0,5]", "follow 1", "undo"]
    *_, back, row = answers(run, wide, *wider, "follow back", "follow 1")
    assert back.startswith("there is no way back: what was followed is no more")
    assert row.startswith("there is no layer1.weights")


def test_the_way_back_is_by_what_was_done_and_not_by_its_number(run: Run, xor: str) -> None:
    *_, back, here = answers(
        run, xor, "go 1:end", "go 1:last", "from", "follow 1", "names classic", "follow back", "here"
    )
    assert back.startswith("where from bh[0]\n")
    assert here.startswith("epoch 1 · step 18 of 18")


def test_the_way_back_leads_into_the_middle_of_a_walk(run: Run, xor: str) -> None:
    *_, before, _, _, back, after = answers(
        run, xor, "go 1:2", "cell", "cell", "here", "from a1[0,1]", "follow 1", "follow back", "here"
    )
    assert back.startswith("where from a1[0,1]\n")
    assert before.splitlines()[0] == after.splitlines()[0]


PLACES = ["go 1:0", "go 2:0", "go 3:0", "go 1:3", "go 3:last", "end", "back iteration", "cell"]
ASKED = ["from", "from layer1.weights[1,0]", "from layer1.weights[0,5]", "from z1[0,0]", "to", "chain", "stuck"]
FOLLOWED = ["follow 1", "follow 2", "follow back", "next", "bookmark", "bookmarks go 1"]
CHANGES = [
    "set optimizer adam",
    "set optimizer gd",
    "set layer1.units 6",
    "set layer1.activation identity",
    "undo",
    "redo",
]
NAMED = [f"names {names}" for names in sorted(NAME_SETS)]


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.sampled_from([*CHANGES, *NAMED]),
            st.sampled_from(ASKED),
            st.lists(st.sampled_from(FOLLOWED), max_size=3),
            st.sampled_from([*CHANGES, *NAMED]),
            st.lists(st.sampled_from(FOLLOWED), max_size=3),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_typed_after_changes_is_answered(
    rounds: list[tuple[str, str, str, list[str], str, list[str]]],
) -> None:
    walk = Walk(Session(compile_scenario(parse(FREE.encode(), "free.yaml"))))
    for place, change, asked, followed, other, back in rounds:
        for line in (place, change, asked, *followed, other, *back):
            command, rest = find(line)
            with suppress(NnstepError):
                assert command.do(walk, rest)


def test_a_sample_that_was_set_by_hand_is_not_from_the_data_set(run: Run) -> None:
    done = run("blobs", "--plain", typed="go 3:0\nset X[1,0] 0.3\nfrom X[1,0]\nfrom X[1,1]\nset lr 0.1\nfrom X[1,0]\n")
    assert done.out.count("X[1,0]: feature 0 (x) of sample 1, set by hand") == 2
    assert "X[1,1]: feature 1 (y) of sample 1, from the data set blobs" in done.out


def test_what_the_epoch_before_made_is_told_as_it_made_it(run: Run, xor: str) -> None:
    done = run(xor, "--plain", typed="go 3:0\nset optimizer adam\nfrom W1[0,1]\n")
    assert "W1[0,1] here is what epoch 2 made of it: W1[0,1] - η·∂L/∂W1[0,1]" in done.out


def test_an_iteration_begins_also_with_what_was_set_by_hand(run: Run, xor: str) -> None:
    done = run(xor, "--plain", typed="go 3:0\nset W1[0,0] 2.5\ngo 4:0\n")
    told = " ".join(done.out.split())
    assert "Iteration 3 begins with the weights that the one before made, and with what was changed by hand." in told
    assert "Iteration 4 begins with the weights that the one before made." in told
