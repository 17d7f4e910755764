"""Checking a file, and its gradients."""

import re
from collections.abc import Callable

import pytest

from nnstep.commands import check as command
from nnstep.commands.opening import open_scenario
from nnstep.explain import checks
from nnstep.explain.checks import MOST, check_gradients

from .conftest import BATCHES, MOONS, XOR, Run


@pytest.mark.parametrize("text", [XOR, BATCHES, MOONS], ids=["xor", "batches", "moons"])
def test_right_gradients_are_said_to_be_right(run: Run, write: Callable[..., str], text: str) -> None:
    name = write(text)
    ran = run("check", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("Every gradient agrees.\n")
    table = ran.out.partition("parameter ")[2]
    for found in check_gradients(open_scenario(name).training):
        row = next(line for line in table.splitlines() if f"({found.parameter})" in line)
        assert row.split()[2:4] == ["yes", "yes"]
        assert (f"{found.largest:.1e}" if found.largest else " 0 ") in row


@pytest.mark.parametrize("names", ["classic", "math", "layerwise", "framework"])
def test_minus_the_gradient_is_right_too(run: Run, xor: str, names: str) -> None:
    assert run("check", xor, "--names", names).code == 0


def test_a_gradient_that_disagrees_gives_1_and_its_cell(run: Run, xor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = open_scenario(xor)
    program = compiled.training.program(1)
    honest = program.values["layer2.weights.grad"].op  # type: ignore[union-attr]
    forward = honest.forward
    values = compiled.training.run(1, compiled.training.first)
    truth = values["layer2.weights.grad"].copy()

    def shifted(*inputs: object) -> object:
        made = forward(*inputs)
        if made.shape == truth.shape:
            made = made.copy()
            made[1, 0] += 0.25
        return made

    object.__setattr__(honest, "forward", shifted)
    try:
        ran = run("check", xor)
    finally:
        object.__setattr__(honest, "forward", forward)
    assert ran.code == 1
    row = next(line for line in ran.out.splitlines() if "(layer2.weights)" in line)
    assert row.split()[2:6] == ["no", "no", "0.25", "W2[1,0]"]
    assert f"The gradient of W2[1,0] is {truth[1, 0] + 0.25:.6f}, and the loss says {truth[1, 0]:.6f}." in ran.out
    other = next(line for line in ran.out.splitlines() if "(layer2.bias)" in line)
    assert other.split()[2:4] == ["yes", "yes"]


def test_every_cell_is_looked_at_where_that_is_no_matter(run: Run, write: Callable[..., str]) -> None:
    ran = run("check", write(MOONS.replace("units: 4", "units: 60")))
    assert ran.code == 0
    assert " cells" not in ran.out
    assert ran.out.endswith("Every gradient agrees.\n")


def test_where_all_would_take_long_some_cells_are_looked_at(run: Run, write: Callable[..., str]) -> None:
    wide = MOONS.replace("units: 4", "units: 200").replace("samples: 60", "samples: 600")
    ran = run("check", write(wide))
    assert ran.code == 0
    assert re.search(r"\b50 of 400 cells", ran.out)
    assert "50 cells were drawn by lot, the same ones each time; --all checks every cell." in ran.out
    assert ran.out.endswith("Every gradient that was looked at agrees.\n")


def test_every_cell_is_looked_at_if_asked_for(
    run: Run, write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_LONG", 0)
    wide = write(MOONS.replace("units: 4", "units: 30"))
    assert "of 60 cells" in run("check", wide).out
    ran = run("check", wide, "--all")
    assert ran.code == 0
    assert " cells" not in ran.out
    assert f"{MOST} of each" in run("check", "--help").out


def test_columns_stand_under_their_heads(run: Run, xor: str) -> None:
    lines = run("check", xor).out.splitlines()
    head = next(line for line in lines if line.startswith("parameter"))
    rows = [line for line in lines if "(layer" in line]
    assert len(rows) == 4
    assert all(row[head.index("exact") :].startswith(("yes", "no")) for row in rows)
    assert command.cells_of(check_gradients(open_scenario(xor).training)[0])[0] == "W1 (layer1.weights)"


def test_what_can_not_be_told_is_said_and_is_no_fault(run: Run, write: Callable[..., str]) -> None:
    ran = run("check", write(XOR.replace("loss: half_sse", "loss: {name: mse, l2: 1e307}")))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(
        "\n\nNothing can be told of 3 gradients: no difference of two losses is fine enough. No other one disagrees.\n"
    )
    row = next(line for line in ran.out.splitlines() if "(layer2.bias)" in line)
    assert row.split() == ["b2", "(layer2.bias)", "?", "?", "b2[0]", "1", "unclear"]
