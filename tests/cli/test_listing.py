"""What is shipped, one line each."""

from pathlib import Path

import pytest

from nnstep.commands import listing
from nnstep.scenario.load import load, shipped

from .conftest import Run


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = {"long-name": "title: |\n  A title\n  on two lines\nsummary: And what it shows\n", "b": 'title: "x\\ey"\n'}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(listing, "shipped", lambda: {name: tmp_path / f"{name}.yaml" for name in texts})


def test_each_scenario_has_one_line(run: Run, two: None) -> None:
    ran = run("list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["long-name  A title on two lines · And what it shows", "b          x␛y"]


def test_on_a_screen_a_line_ends_where_it_does(run: Run, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    lines = run("list", columns=40).out.splitlines()
    assert lines[0] == "long-name  A title on two lines · And w…"
    assert len(lines[0]) == 40


def test_without_scenarios_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "shipped", dict)
    ran = run("list")
    assert (ran.code, ran.out) == (2, "")


def test_every_shipped_scenario_is_listed_with_its_title(run: Run) -> None:
    names = shipped()
    lines = run("list").out.splitlines()
    assert len(lines) == len(names)
    for line, (name, path) in zip(lines, names.items(), strict=False):
        assert line.startswith(f"{name} ")
        assert load(path).model.title in line
