"""`run` in the plain stepper stops at the breakpoints of a file, and says why."""

from pathlib import Path

from tests.tui.test_breaks import XOR

from .conftest import Run


def test_run_stops_and_says_why(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(XOR, encoding="utf-8")
    ran = run(str(path), "--plain", typed="run\nrun\nrun\n")
    assert ran.code == 0
    first, second, third = ran.out.removeprefix(run(str(path), "--plain").out).split("\n\n")[:3]
    assert first.startswith("Breakpoint: the loss is below 0.1.")
    assert second.startswith("Breakpoint: epoch 400 begins.")
    assert "Breakpoint" not in third
