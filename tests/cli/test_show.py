"""Everything at one point, as plain text."""

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from nnstep.commands.opening import open_scenario
from nnstep.session import Session

from .conftest import Run


def test_without_a_place_it_is_the_end_of_the_first_iteration(run: Run, xor: str) -> None:
    ran = run("show", xor)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == run("show", xor, "--at", "1:last").out
    assert ran.out.startswith("XOR\nTwo inputs and one hidden layer.\n\nepoch 1 · step 21 of 21 · update · loss ")


def test_the_numbers_are_those_of_the_iteration(run: Run, xor: str) -> None:
    values = Session(open_scenario(xor)).history.values(4)
    out = run("show", xor, "--at", "4:last").out
    for identity in ("layer1.output", "layer2.delta", "layer1.weights.grad"):
        for number in values[identity].ravel():
            assert f"{number:.4f}" in out
    assert f"L = {float(values['loss']):.4f}" in out


def test_the_step_is_told_in_words(run: Run, xor: str) -> None:
    out = run("show", xor, "--at", "1:a1").out
    assert "a1 = σ(z1)\na1[0,0] = 1 / (1 + exp(-0.1000)) = 0.5250\n" in out
    assert "z1 4×2 → a1 4×2" in out


def test_what_is_not_there_yet_is_named_and_shown_nowhere(run: Run, xor: str) -> None:
    out = run("show", xor, "--at", "1:a1").out
    shown, _, missing = out.partition("Not there yet: ")
    assert missing.startswith("a1·W2, z2, ŷ, L, ") or ", ŷ, L, " in missing
    for heading in ("ERROR", "DELTAS", "GRADIENTS", "UPDATE"):
        assert heading not in out
    assert "δ2" not in shown


def test_what_the_iteration_before_left_says_so(run: Run, xor: str) -> None:
    out = run("show", xor, "--at", "3:a1").out
    assert "δ2 4×1 (iteration 2)" in out
    assert "a1 4×2 (written)" in out
    assert "z1 4×2 (read)" in out
    assert "loss before " in out


def test_every_value_stands_in_its_group(run: Run, xor: str) -> None:
    out = run("show", xor).out
    groups = ["GIVEN", "FORWARD", "ERROR", "DELTAS", "GRADIENTS", "UPDATE"]
    places = [out.index(f"\n{group}\n") for group in groups]
    assert places == sorted(places)
    for step in open_scenario(xor).training.program(1).steps:
        start = out.index(f"\n{step.phase.upper()}\n")
        end = min((place for place in places if place > start), default=len(out))
        assert f"{step.name} " in out[start:end]


def test_before_the_first_step_only_what_is_given_is_there(run: Run, xor: str) -> None:
    out = run("show", xor, "--at", "1:0").out
    assert "nothing done yet" in out
    assert "GIVEN" in out
    assert "FORWARD" not in out
    assert "loss 0" not in out


def test_other_names(run: Run, xor: str) -> None:
    out = run("show", xor, "--names", "classic").out
    assert "Error_at_hidden_layer" in out
    assert "δ" not in out


def test_batches_are_counted(run: Run, batches: str) -> None:
    out = run("show", batches, "--at", "2.3:1").out
    assert "epoch 2 · batch 3 of 3, 1 sample · step 1 of" in out
    assert "X 1×1" in out


@pytest.mark.parametrize("columns", [40, 60, 80, 132])
def test_it_fits_the_width(run: Run, xor: str, columns: int) -> None:
    for at in ("1:0", "2:5", "3:last"):
        for line in run("show", xor, "--at", at, columns=columns).out.splitlines():
            assert cell_len(line) <= columns or not line.strip()


def test_large_matrices_are_shown_in_part(run: Run, write: Callable[..., str]) -> None:
    name = write(
        "title: Large\ndata: {source: digits, one_hot: true}\n"
        "network: [{layer: dense, units: 10, activation: softmax}]\nloss: cce\noptimizer: gd\n"
    )
    ran = run("show", name)
    assert "X 1797×64, in part" in ran.out
    assert len(ran.out.splitlines()) < 200


def test_text_of_the_file_is_literal(run: Run, write: Callable[..., str], xor: str) -> None:
    from .conftest import XOR

    name = write(XOR.replace("title: XOR", 'title: "[bold]W[i][/bold] \\e]52;c;eA==\\a {0} %s"'))
    out = run("show", name).out
    assert "[bold]W[i][/bold]" in out
    assert "{0} %s" in out
    assert "\x1b" not in out
    assert "\x07" not in out


def test_numbers_that_broke_are_named(run: Run, diverges: str) -> None:
    ran = run("show", diverges, "--at", "60:last")
    assert ran.code == 0
    assert "not finite" in ran.out
    assert "nan" in ran.out
