"""What is shipped, one line each."""

from pathlib import Path

import pytest

from nnstep.commands import listing
from nnstep.scenario.load import load
from nnstep.scenario.references import Group, groups

from .conftest import Run


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = {
        "long-name": "title: |\n  A title\n  on two lines\nsummary: |\n  And what it shows,\n  line by line\n",
        "b": 'title: "x\\ey"\n',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    paths = {name: tmp_path / f"{name}.yaml" for name in texts}
    monkeypatch.setattr(listing, "groups", lambda: (Group("", paths),))


def test_each_scenario_has_one_line(run: Run, two: None) -> None:
    ran = run("list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["long-name  And what it shows, line by line", "b          x␛y"]


def test_on_a_screen_a_line_ends_where_it_does(run: Run, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    lines = run("list", columns=40).out.splitlines()
    assert lines[0] == "long-name  And what it shows, line by l…"
    assert len(lines[0]) == 40


def test_without_scenarios_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "groups", tuple)
    ran = run("list")
    assert (ran.code, ran.out) == (2, "")


def test_every_shipped_scenario_is_listed_in_its_group_with_what_there_is_to_see(run: Run) -> None:
    blocks = [block.splitlines() for block in run("list").out.split("\n\n")]
    assert [block[0] for block in blocks] == [group.title for group in groups()]
    for block, group in zip(blocks, groups(), strict=True):
        for line, (name, path) in zip(block[1:], group.paths.items(), strict=True):
            assert line.startswith(f"  {name} ")
            assert line.endswith(f"  {' '.join(load(path).model.summary.split())}")
