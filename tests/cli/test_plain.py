"""The stepper as lines of text, from what is typed."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from nnstep.cli import main
from nnstep.commands.opening import open_scenario
from nnstep.commands.plain import table
from nnstep.commands.plain.table import TABLE
from nnstep.engine.cell import Cell
from nnstep.explain.checks import CellCheck, Probe
from nnstep.session import Session

from .conftest import MOONS, Run


def answers(run: Run, file: str, *typed: str) -> list[str]:
    """Return what is printed for each line that is typed."""
    ran = run(file, "--plain", typed="".join(f"{line}\n" for line in typed))
    assert (ran.code, ran.err) == (0, "")
    opening = run(file, "--plain").out
    assert ran.out.startswith(opening)
    rest = ran.out.removeprefix(opening)
    return rest.split("\n\n")[:-1]


def first_lines(run: Run, file: str, *typed: str) -> list[str]:
    return [answer.partition("\n")[0] for answer in answers(run, file, *typed)]


def test_it_opens_with_what_it_is_and_what_is_given(run: Run, xor: str) -> None:
    out = run(xor, "--plain").out
    assert out.startswith("XOR\nTwo inputs and one hidden layer.\n")
    assert "step 0 of 21 · nothing done yet" in out
    assert "X 4×2" in out
    assert "help" in out


def test_each_step_is_printed_as_words_numbers_and_matrix(run: Run, xor: str) -> None:
    (answer,) = answers(run, xor, "go 1:a1")
    for line in (
        "epoch 1 · step 3 of 21 · forward",
        "a1 = σ(z1)",
        "a1[0,0] = 1 / (1 + exp(-0.1000)) = 0.5250",
        "z1 4×2 → a1 4×2",
        "a1 4×2 (written)",
    ):
        assert line in answer.splitlines()
    assert "0.5250" in answer.splitlines()[-4]


def test_moving(run: Run, xor: str) -> None:
    heads = first_lines(
        run, xor, "next", "n", "", "back", "b", "phase", "p", "iteration", "i", "back iteration", "back phase"
    )
    assert [(head.split(" · ")[0], head.split(" · ")[1]) for head in heads] == [
        ("epoch 1", "step 1 of 21"),
        ("epoch 1", "step 2 of 21"),
        ("epoch 1", "step 3 of 21"),
        ("epoch 1", "step 2 of 21"),
        ("epoch 1", "step 1 of 21"),
        ("epoch 1", "step 7 of 21"),
        ("epoch 1", "step 9 of 21"),
        ("epoch 2", "step 9 of 21"),
        ("epoch 3", "step 9 of 21"),
        ("epoch 2", "step 9 of 21"),
        ("epoch 2", "step 7 of 21"),
    ]


def test_it_is_where_a_session_would_be_after_the_same_moves(run: Run, xor: str) -> None:
    session = Session(open_scenario(xor))
    session.next_phase()
    session.next()
    session.next_iteration()
    session.back()
    head = first_lines(run, xor, "phase", "next", "iteration", "back")[-1]
    step = session.program.steps[session.position.step - 1]
    assert head.startswith(f"epoch {session.position.iteration} · step {session.position.step} of 21 · {step.phase}")


def test_cell_by_cell_what_is_not_there_is_said(run: Run, xor: str) -> None:
    answer = answers(run, xor, "c", "c", "c")[-1]
    assert "cell 3 of 8" in answer
    assert answer.splitlines()[-3:] == [
        "row 0: 0, 0",
        "row 1: 0.9000, then not there yet",
        "rows not there yet: 2",
    ]


def test_going(run: Run, xor: str) -> None:
    heads = first_lines(run, xor, "go 3:5", "g 12:last", "go layer1.output", "go 4")
    assert heads[0].startswith("epoch 3 · step 5 of 21")
    assert heads[1].startswith("epoch 12 · step 21 of 21")
    assert heads[2].startswith("epoch 12 · step 3 of 21")
    assert heads[3].startswith("epoch 4 · step 21 of 21")


def test_values_and_cells(run: Run, xor: str) -> None:
    shown = answers(
        run, xor, "show W1", "show δ1", "go 1:last", "s W1", "where a1[2,1]", "w layer1.weights[0,0]", "w W1[0,1]"
    )
    assert shown[0].splitlines()[0] == "W1 2×2"
    assert shown[1] == "δ1 is not there yet"
    assert shown[3].splitlines()[0] == "W1 2×2 (new)"
    assert "a1[2,1] = 1 / (1 + exp(-(-0.6000))) = 0.3543" in shown[4]
    assert "0.5000" in shown[5]
    assert "was -0.4000" in shown[6]


def test_looking_at_a_cell_goes_nowhere(run: Run, xor: str) -> None:
    heads = first_lines(run, xor, "n", "w a1[2,1]", "show", "n")
    assert heads[0].startswith("epoch 1 · step 1 ")
    assert heads[-1].startswith("epoch 1 · step 2 ")


@pytest.mark.parametrize(
    ("typed", "epochs"),
    [(["run 5"], [5]), (["run 5", "run 5"], [5, 10]), (["run"], [30]), (["go 3:2", "run 1"], [3, 3])],
)
def test_run_trains_so_many_epochs(run: Run, xor: str, typed: list[str], epochs: list[int]) -> None:
    heads = first_lines(run, xor, *typed)
    assert [int(head.split()[1]) for head in heads] == epochs
    loss = float(Session(open_scenario(xor)).history.values(epochs[-1])["loss"])
    assert f"is {loss:.4g}." in answers(run, xor, *typed)[-1]


def test_a_run_that_ends_by_itself_says_why(run: Run, write: Callable[..., str]) -> None:
    name = write(MOONS + "stop: {loss_below: 0.5}\n")
    assert answers(run, name, "run")[-1].startswith("Ended: the loss is below 0.5.\nepoch ")
    name = write(MOONS.replace("0.25", "0.9").replace("0.5", "2") + "stop: {patience: 3}\n")
    first, second = answers(run, name, "run", "run")[-2:]
    assert first.startswith("Ended: the test loss has not fallen for 3 epochs; back to epoch ")
    assert second.startswith("epoch 40 ")


def test_ctrl_c_stops_a_run_where_it_is(run: Run, xor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forward = Session.fast_forward

    def pressed(self: Session, epoch: int):  # type: ignore[no-untyped-def]
        for done in forward(self, epoch):
            if done == 9:
                signal.raise_signal(signal.SIGINT)
            yield done

    monkeypatch.setattr(table.Session, "fast_forward", pressed)
    answer = answers(run, xor, "run 20")[-1]
    assert answer.splitlines()[0] == "Interrupted."
    assert answer.splitlines()[1].startswith("epoch 9 ")


def test_names_change_while_looking(run: Run, xor: str) -> None:
    answer = answers(run, xor, "go 1:δ1", "names classic")[-1]
    assert "d_hiddenlayer" in answer


def test_help_names_every_command(run: Run, xor: str) -> None:
    answer = run(xor, "--plain", typed="help\n", columns=200).out
    for command in TABLE:
        assert f"{command.group}:" in answer.splitlines()
        (line,) = (line for line in answer.splitlines() if re.match(rf"{command.name}[ :]", line))
        assert line.endswith(f": {command.help}")
    assert len({command.letter for command in TABLE if command.letter}) == len([c for c in TABLE if c.letter])


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("nxt", "did you mean next?"),
        ("xyzzy", "help says what there is"),
        ("next 3", "nothing was expected here: '3'"),
        ("back again", "back, back phase, back time, back iteration"),
        ("time", "nothing in this network goes through time"),
        ("go", "is no place"),
        ("go 1:99", "there is no step 99"),
        ("go 0:1", "there is no epoch 0"),
        ("go nowhere-at-all", "there is no step called"),
        ("show nothing-like-it", "there is no value called"),
        ("where", "no number is told yet"),
        ("where a1[9,9]", "a1 is 4×2, counted from 0"),
        ("run much", "is no number of epochs"),
        ("names klassic", "did you mean classic?"),
        ("\x1b]52;c;eA==\x07", "there is no command called"),
    ],
)
def test_a_mistake_is_told_and_the_walk_goes_on(run: Run, xor: str, typed: str, what: str) -> None:
    told, after = answers(run, xor, typed, "n")
    assert what in told
    assert not set("\x1b\x07") & set(told)
    assert after.startswith("epoch 1 · step 1 of 21")


def test_quit_ends_it_and_nothing_after_it_is_read(run: Run, xor: str) -> None:
    assert answers(run, xor, "n", "q", "n") == answers(run, xor, "n")


def test_it_can_begin_anywhere_and_in_other_names(run: Run, xor: str) -> None:
    out = run(xor, "--plain", "--at", "7:output", "--names", "classic").out
    assert "epoch 7 · step 4 of 18" in out
    assert "wout" in out


def test_a_pipe_is_enough(xor: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "nnstep", xor, "--plain"],
        input="n\nn\nq\n",
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TERM": "dumb"},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "step 2 of 21" in ran.stdout
    assert "step 3 of 21" not in ran.stdout
    assert "\x1b" not in ran.stdout
    assert "> " not in ran.stdout  # a prompt is for a person


def test_input_that_is_no_text_is_bad_input(
    xor: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"n\n\xff\xfe\n"), encoding="utf-8"))
    assert main([xor, "--plain"]) == 2
    assert "the input is not text in UTF-8" in capsys.readouterr().err


def test_a_number_of_thousands_of_digits_is_told_and_the_walk_goes_on(run: Run, xor: str) -> None:
    ran = run(xor, "--plain", typed="run " + "9" * 5000 + "\ngo 1:" + "9" * 5000 + "\nq\n")
    assert ran.code == 0
    assert "is no number of epochs" in " ".join(ran.out.split())
    assert "there is no step" in ran.out


def test_ctrl_c_stops_a_way_and_leaves_us_where_we_were(run: Run, xor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    travel = Session.travel

    def pressed(self: Session, iteration: int, step: int):  # type: ignore[no-untyped-def]
        for done in travel(self, iteration, step):
            if done == 9:
                signal.raise_signal(signal.SIGINT)
            yield done

    monkeypatch.setattr(Session, "travel", pressed)
    told, after = answers(run, xor, "n", "go 20:3", "n")[1:]
    assert told.splitlines() == ["Interrupted.", "epoch 1 · step 1 of 21 · forward"]
    assert after.startswith("epoch 1 · step 2 of 21")


def test_ctrl_c_stops_a_check(run: Run, xor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Probe.check

    def pressed(self: Probe, cell: Cell) -> CellCheck:
        signal.raise_signal(signal.SIGINT)
        return real(self, cell)

    monkeypatch.setattr(Probe, "check", pressed)
    told, after = answers(run, xor, "check W1", "n")
    assert told.startswith("Interrupted.")
    assert after.startswith("epoch 1 · step 1 of 21")


# ---- the gradient check


def test_all_parameters_are_checked_where_none_is_told(run: Run, xor: str) -> None:
    (answer,) = answers(run, xor, "check")
    lines = answer.splitlines()
    assert lines[0] == "Gradients with the weights and the batch of epoch 1:"
    assert [line.partition(", difference")[0] for line in lines[1:5]] == [
        "W1: cells 4, exact yes, approximate yes",
        "b1: cells 2, exact yes, approximate yes",
        "W2: cells 2, exact yes, approximate yes",
        "b2: cells 1, exact yes, approximate yes",
    ]
    assert lines[5] == "✓ every gradient agrees with the loss"


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        (["check W2[1,0]"], "W2[1,0]"),
        (["k layer2.weights[1,0]"], "W2[1,0]"),
        (["check ∂L/∂W2[1,0]"], "W2[1,0]"),
        (["check layer2.bias.grad"], "b2[0]"),
        (["go 1:layer2.bias.grad", "check"], "b2[0]"),
        (["go 3:b1", "check b1[1]"], "b1[1]"),
        (["check δ2[2,0]"], "z2[2,0]"),
        (["check z2[2,0]"], "z2[2,0]"),
        (["go 1:layer1.error", "where ∂L/∂a1[1,1]", "check"], "a1[1,1]"),
    ],
)
def test_one_parameter_or_one_cell(run: Run, xor: str, typed: list[str], cell: str) -> None:
    answer = answers(run, xor, *typed)[-1]
    assert f"By hand: {'w' if cell[0] in 'Wb' else 'v'} is {cell} = " in answer
    session = Session(open_scenario(xor))
    if typed[0].startswith("go 3"):
        session.go(3, 0)
    view = session.view()
    name, _, place = cell.rstrip("]").partition("[")
    owner = {"W2": "layer2.weights.grad", "b2": "layer2.bias.grad", "b1": "layer1.bias.grad"}
    gradient = (owner | {"z2": "layer2.delta", "a1": "layer1.error"})[name]
    at = tuple(map(int, place.split(",")))
    assert f"what backprop says         = {float(view.values[gradient][at]):.8f}" in answer


def test_a_check_takes_a_large_parameter_in_part(run: Run) -> None:
    (answer,) = answers(run, "digits", "check bh")
    assert "✓ bh: every gradient agrees with the loss in 20 of 64 cells" in answer


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("check W3", "there is no value called 'W3'"),
        ("check f′(z2)", "f′(z2)[0,0] is no gradient: its worked line tells whether it is right;"),
        ("check f′(z2)", "Near it δ2 can be checked, the gradient of z2. Type check δ2,"),
        ("check X[1,1]", "X[1,1] is given, not worked out"),
        ("check W1[9,9]", "W1 is 2×2, counted from 0"),
        ("check [0]", "there is no value called ''"),
        ("go 3:", "3 alone is its end"),
    ],
)
def test_what_can_not_be_checked_is_told(run: Run, xor: str, typed: str, what: str) -> None:
    told, after = answers(run, xor, typed, "n")
    assert what in told
    assert after.startswith("epoch 1 · step 1 of 21")


def test_errors_are_wrapped_as_all_else_is(run: Run, xor: str) -> None:
    (told,) = answers(run, xor, "help math")
    first, second, *_ = told.splitlines()
    assert (first, second[:13]) == ("there is no command called 'math'", "  there are: ")
    assert max(map(len, told.splitlines())) <= 80
