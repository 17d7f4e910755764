"""Two runs in lines of text: where they differ, by how much, and what a mistake is told."""

from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from nnstep.commands.compare import page
from nnstep.commands.opening import open_scenario
from nnstep.explain.comparing import Pair
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.edit import with_setting
from nnstep.scenario.load import load
from nnstep.session import Session

from .conftest import Run


def test_a_run_is_the_same_as_itself(run: Run, xor: str) -> None:
    ran = run("compare", xor, xor, "--at", "7:last")
    assert (ran.code, ran.err) == (0, "")
    assert "Every number that is there is the same in both." in ran.out
    assert "value " not in ran.out


def test_the_largest_difference_is_that_of_numpy(run: Run, xor: str, tmp_path: Path) -> None:
    text = load(xor).document.text.characters.replace("learning_rate: 0.5", "learning_rate: 2")
    other = tmp_path / "other.yaml"
    other.write_text(text)
    one, two = (Session(open_scenario(str(path))).history.values(10) for path in (xor, other))
    lines = run("compare", xor, str(other), "--at", "10:last").out.splitlines()
    for identity, name in (("layer1.weights", "W1 "), ("layer2.delta", "δ2 "), ("layer2.output", "ŷ ")):
        apart = two[identity] - one[identity]
        at = np.unravel_index(np.abs(apart).argmax(), apart.shape)
        row = next(line for line in lines if line.startswith(name)).split()
        assert row[1] == f"{apart[at]:+.4f}"
        assert row[2] == f"[{','.join(map(str, at))}]"
        assert row[3:5] == [f"{one[identity][at]:.4f}", f"{two[identity][at]:.4f}"]


def test_set_is_what_the_file_would_say(run: Run, xor: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(load(xor).document.text.characters.replace("learning_rate: 0.5", "learning_rate: 2"))
    with_set = run("compare", xor, "--set", "optimizer.learning_rate=2", "--at", "10").out
    as_file = run("compare", xor, str(other), "--at", "10").out
    assert with_set.splitlines()[2:] == as_file.splitlines()[2:]
    assert with_set.splitlines()[1] == "B  xor, optimizer.learning_rate=2"


def test_set_can_be_said_several_times_and_is_about_b(run: Run, xor: str) -> None:
    out = run("compare", xor, xor, "--set", "layer1.activation=tanh", "--set", "seed=3").out
    assert "B  xor, layer1.activation=tanh, seed=3" in out
    assert "\na1 " in out


def test_both_losses_are_told(run: Run, xor: str) -> None:
    out = run("compare", xor, "--set", "optimizer.learning_rate=5", "--at", "40").out
    losses = Session(open_scenario(xor))
    losses.go(40, 1)
    assert f"{losses.history.losses.points[0]:.4g}" in out.split("loss of B")[1].split()
    assert out.rstrip().splitlines()[-1].split()[0] == "40"


def test_what_only_one_of_them_has_is_said(run: Run) -> None:
    out = run("compare", "xor", "--set", "layer1.activation=identity").out
    assert "only in A" in out
    out = run("compare", "xor", "digits").out
    assert "other shape" in out


def test_before_the_first_step_there_is_only_what_is_given(run: Run, xor: str) -> None:
    out = run("compare", xor, "--set", "optimizer.learning_rate=9", "--at", "1:0").out
    assert "η" in out
    assert "δ2" not in out


WRONG = {
    ("xor",): "there is nothing to compare it with",
    ("xor", "--set", "foo"): "--set: 'foo' says nothing",
    ("xor", "--set", "optimizer.rate=1"): "--set optimizer.rate=1: there is no setting of gd called 'rate'",
    ("xor", "--set", "layer1.units=3"): "--set layer1.units=3: layer 1: weights is 2×2, 2×3 was expected",
    ("xor", "--set", "loss=cce"): "--set loss=cce: cce needs targets whose rows add up to 1",
    ("xor", "nope"): "nope: there is no such scenario",
    ("xor", "xor", "--at", "1:nope"): "--at: there is no step called 'nope'",
    ("xor", "xor", "xor"): "there is one word too many: 'xor'",
    (): "there is no A",
    ("xor", "--names", "german", "--set", "seed=1"): "there is no name set called 'german'",
}


@pytest.mark.parametrize("words", WRONG)
def test_a_mistake_is_one_message(words: tuple[str, ...], run: Run) -> None:
    ran = run("compare", *words)
    assert (ran.code, ran.out) == (2, "")
    assert WRONG[words] in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("width", [40, 52, 80, 200])
def test_it_fits_the_width(width: int, xor: str) -> None:
    one = compile_scenario(load(xor))
    two = compile_scenario(with_setting(load("spreadsheet"), "optimizer.learning_rate", "1"))
    pair = Pair(Session(one), Session(two))
    pair.second.end()
    pair.first.beside(pair.second)
    lines = page(pair, ("first", "second"), width)
    assert max(map(cell_len, lines)) <= width
    assert any("other shape" in line for line in lines)
