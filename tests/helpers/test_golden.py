"""The helper that compares with golden files can fail."""

from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Static

from tests.helpers.golden import check_text, golden_screen, golden_strips

HOT = Style.parse("bold black on #ffff5f")


class Hello(App[None]):
    """One word."""

    CSS = "Static { color: #ffaf5f; background: #202020; }"

    def compose(self) -> ComposeResult:
        yield Static("hello", markup=False)


def test_a_strip_as_text() -> None:
    strips = [Strip([Segment("1.50", HOT), Segment(" 世", Style.parse("dim"))]), Strip([Segment("  "), Segment("  ")])]
    assert golden_strips(strips) == (
        "7 x 2 cells\n\n1.50 世\n\n\nlooks\n  1 a4 b3\n  2 c4\n\n"
        "legend\n  a bold ansi:0 on #ffff5f\n  b dim\n  c plain\n"
    )


async def test_a_screen_as_text() -> None:
    app = Hello()
    async with app.run_test(size=(9, 2)):
        lines = golden_screen(app).splitlines()
    assert lines[0] == "9 x 2 cells"
    assert lines[2] == "hello"
    assert lines[6] == "  1 a5 b4"
    assert "  a #ffaf5f on #202020" in lines


def test_text_that_differs_fails_with_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    path = tmp_path / "screen.sty.txt"
    path.write_text("one\ntwo\n", encoding="utf-8")
    check_text(path, "one\ntwo\n")
    with pytest.raises(AssertionError, match=r"(?s)-two.*\+three"):
        check_text(path, "one\nthree\n")
    with pytest.raises(AssertionError):
        check_text(path, "one\ntwo")


def test_a_missing_file_fails_unless_it_is_to_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    path = tmp_path / "new" / "screen.sty.txt"
    with pytest.raises(AssertionError, match="there is no"):
        check_text(path, "one\n")
    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    check_text(path, "one\n")
    monkeypatch.delenv("UPDATE_GOLDEN")
    check_text(path, "one\n")
