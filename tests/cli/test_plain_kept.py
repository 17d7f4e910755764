"""Breakpoints and bookmarks, typed; and going on where one was."""

from io import StringIO
from pathlib import Path

import pytest

from nnstep.commands.opening import open_scenario
from nnstep.commands.plain.prompt import go_through
from nnstep.commands.plain.table import find
from nnstep.commands.plain.walk import Walk
from nnstep.session import Session
from nnstep.state import Store

from .conftest import Run
from .test_plain import answers, first_lines


def type_to(walk: Walk, line: str) -> str:
    """Return what a walk prints for a line."""
    command, rest = find(line)
    return "\n".join(command.do(walk, rest))


@pytest.mark.parametrize(
    ("typed", "told", "head"),
    [
        ("break δ2", "step δ2", "epoch 1 · step 10 of 21"),
        ("break layer2.delta", "step δ2", "epoch 1 · step 10 of 21"),
        ("break phase update", "phase update", "epoch 1 · step 18 of 21"),
        ("break layer 2", "layer 2", "epoch 1 · step 4 of 21"),
        ("break epoch 4", "epoch 4 begins", "epoch 4 · step 0 of 21"),
    ],
)
def test_run_stops_where_it_was_told_to(run: Run, xor: str, typed: str, told: str, head: str) -> None:
    was_set, ran, cleared = answers(run, xor, typed, "run", typed)
    assert was_set == f"Breakpoint set: {told}; run stops there."
    assert ran.splitlines()[0] == f"Breakpoint: {told}."
    assert ran.splitlines()[1].startswith(head)
    assert cleared == f"Breakpoint cleared: {told}."


def test_run_stops_when_a_condition_comes_to_hold(run: Run, xor: str) -> None:
    session = Session(open_scenario(xor))
    losses = [float(session.history.values(epoch)["loss"]) for epoch in range(1, 31)]
    limit = (losses[9] + losses[10]) / 2
    _, ran = answers(run, xor, f"break loss_below {limit}", "run")
    assert ran.splitlines()[1].startswith("epoch 11 · ")


def test_breakpoints_are_listed_switched_and_cleared(run: Run, xor: str) -> None:
    heads = answers(run, xor, "go 1:δ2", "break", "break not_finite", "breaks off 1", "breaks clear 2", "breaks on 1")
    listed = [answer.splitlines()[:3] for answer in heads[3:]]
    assert listed[0] == ["Breakpoints:", "1 step δ2, off", "2 a number is not finite"]
    assert listed[1][:2] == ["Breakpoints:", "1 step δ2, off"]
    assert listed[2][1] == "1 step δ2"
    assert "break loss_below 0.1: the loss is below 0.1" in heads[3]


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("break", "that is no matrix that a step works out"),
        ("break X", "that is no matrix that a step works out"),
        ("break loss_belo 3", "did you mean loss_below?"),
        ("break loss_below", "loss_below needs a number"),
        ("break loss_below much", "'much' is not a number"),
        ("break loss_below -1", "must be from 0.0"),
        ("break not_finite 3", "not_finite takes no number"),
        ("break phase delta", "did you mean deltas?"),
        ("break layer 9", "there is no layer 9 here"),
        ("breaks off 1", "no breakpoint is set"),
        ("breaks all", "breaks knows no 'all'"),
        ("bookmarks go 1", "there are no bookmarks yet"),
        ("bookmarks all", "bookmarks knows no 'all'"),
        ("resume", "there is no place to continue at"),
        ("until", "until takes a value"),
        ("until X", "no step makes X"),
        ("run to 0", "is no number of epochs"),
    ],
)
def test_what_there_is_not_is_told(run: Run, xor: str, typed: str, what: str) -> None:
    told, after = answers(run, xor, typed, "n")
    assert what in told
    assert after.startswith("epoch 1 · step 1 of 21")


def test_bookmarks_are_set_listed_gone_to_and_removed(run: Run, xor: str) -> None:
    typed = ["go 3:δ2", "bookmark wrong  here", "n", "bookmark", "bookmarks", "bookmarks go 1", "bookmarks remove 2"]
    said = answers(run, xor, *typed, "bookmarks")
    assert said[1] == "Bookmark set at epoch 3, step 10 (δ2): wrong here."
    assert said[4].splitlines() == ["1 epoch 3, step 10 (δ2): wrong here", "2 epoch 3, step 11 (∂L/∂a1)"]
    assert said[5].startswith("epoch 3 · step 10 of 21 · deltas")
    assert said[5].splitlines()[1] == "Bookmark: wrong here"
    assert said[7].splitlines() == ["1 epoch 3, step 10 (δ2): wrong here"]


def test_run_to_an_epoch_and_no_further_back(run: Run, xor: str) -> None:
    heads = first_lines(run, xor, "run to 7", "run to 7", "start", "start", "end", "until W2")
    assert heads[0].startswith("epoch 7 · step 21 of 21")
    assert heads[1] == "epoch 7 is over already"
    assert [head.split(" · ")[:2] for head in heads[2:]] == [
        ["epoch 7", "step 0 of 21"],
        ["epoch 1", "step 0 of 21"],
        ["epoch 1", "step 21 of 21"],
        ["epoch 2", "step 18 of 21"],
    ]


def test_who_comes_back_goes_on_where_she_was(xor: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "kept")
    first = Walk(Session(open_scenario(xor)), store=store)
    for line in ("go 5:δ2", "bookmark here", "break loss_below 0.1", "names classic"):
        type_to(first, line)
    first.sitting.keep()
    second = Walk(Session(open_scenario(xor)), store=store)
    assert "You were at epoch 5, step 10 (δ2): resume goes on there." in type_to(second, "here")
    told = type_to(second, "resume")
    assert told.startswith("epoch 5 · ")
    assert "Bookmark: here" in told
    assert "d_output" in told
    assert "1 the loss is below 0.1" in type_to(second, "breaks")
    afresh = Walk(Session(open_scenario(xor)), store=store, asks=False, fresh=True)
    assert "You were at" not in type_to(afresh, "here")
    assert type_to(afresh, "breaks").startswith("No breakpoint is set.")
    assert "1 epoch 5" in type_to(afresh, "bookmarks")


def test_what_ifs_that_stand_in_no_file_are_said_at_the_end_and_where_it_goes_on(
    xor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, saved = Store(tmp_path / "kept"), tmp_path / "saved.yaml"
    ends = []
    for typed in ("n", "set W1[0,0] 3\nn", f"set W1[0,0] 3\nn\nsave {saved}", "set W1[0,0] 3\nundo\nn"):
        monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\nquit\n"))
        assert go_through(Walk(Session(open_scenario(xor)), store=store)) == 0
        ends.append(capsys.readouterr().out)
    first, lost, kept, undone = ends
    assert "not kept" not in first + kept + undone
    told = " ".join(lost.split())
    assert "1 change was not kept (W1[0,0] " in told
    assert told.endswith("→ 3): save saves what was changed as a scenario file.")
    assert "You were at epoch 1, step 1 (X·W1), without the change made then: resume" in " ".join(kept.split())
    assert "without" not in lost.partition("resume")[0], "nothing had been changed the first time"


def test_what_can_not_be_kept_is_said_once(
    xor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").touch()
    monkeypatch.setattr("sys.stdin", StringIO("n\nbookmark here\nbookmark there\n"))
    assert go_through(Walk(Session(open_scenario(xor)), store=Store(tmp_path / "kept"))) == 0
    assert capsys.readouterr().out.count("Bookmarks and breakpoints end with this window") == 1


def test_what_a_script_does_is_not_kept(run: Run, xor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    answers(run, xor, "n", "bookmark here")
    assert not (tmp_path / "state").exists()


def test_another_scenario_is_opened_in_its_place(run: Run, xor: str) -> None:
    said = "\n\n".join(answers(run, xor, "n", "set W1[0,0] 3", "scenarios", "open nope", "open two-layer", "undo", "n"))
    assert "spreadsheet: Three samples" in said
    assert "there is no" in said
    assert "\nTwo layers\nXOR with four hidden units" in said
    assert "nothing was changed" in said
    assert "epoch 1 · step 1 of 15" in said
