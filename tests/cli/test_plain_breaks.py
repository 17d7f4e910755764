"""`run` in the plain stepper stops at the breakpoints of a file, and says why."""

from pathlib import Path

from tests.tui.test_breaks import TEA, XOR

from .conftest import Run


def test_each_update_that_changes_a_sign_is_a_stop_and_tells_its_cell(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(TEA, encoding="utf-8")
    out = run(str(path), "--plain", typed="break sign_change\nrun\nrun\n").out
    weight, bias = out.split("Breakpoint: ")[1:]
    assert weight.startswith("W2[2,0] changes its sign.")
    assert "epoch 7 · step 18 of 21" in weight
    assert bias.startswith("b2[0] changes its sign.")
    assert "epoch 7 · step 19 of 21" in bias
    assert "b2[0] = 0.0125 - 0.5·0.0350 ≈ -0.0051" in " ".join(bias.split())


def test_a_number_may_have_a_comma(run: Run) -> None:
    assert "Breakpoint set: the loss is below 0.1;" in run("xor", "--plain", typed="break loss_below 0,1\n").out


def test_what_can_not_be_set_says_why(run: Run) -> None:
    typed = "break layer 5\nbreak layer\nbreak loss_below 0,1 2\nbreak accuracy_above 1\nbreak loss_below 0\n"
    out = run("xor", "--plain", typed=typed).out
    for said in (
        "there is no layer 5 here",
        "layer needs a number",
        "'0,1 2' is not a number",
        "no accuracy is ever above 1",
        "no loss is ever below 0",
    ):
        assert said in out


def test_run_stops_and_says_why(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(XOR, encoding="utf-8")
    ran = run(str(path), "--plain", typed="run\nrun\nrun\n")
    assert ran.code == 0
    first, second, third = ran.out.removeprefix(run(str(path), "--plain").out).split("\n\n")[:3]
    assert first.startswith("Breakpoint: the loss is below 0.1.")
    assert second.startswith("Breakpoint: epoch 400 begins.")
    assert "Breakpoint" not in third
