"""Any text fits exactly: wide, combining, invisible and hostile characters included."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from nnstep.tui.renderables.text import blank, clean, cut_end, cut_middle, fit, full_height, spread, strip

PLAIN = Style()
BOLD = Style(bold=True)
widths = st.integers(0, 40)
texts = st.text(max_size=30)


@pytest.mark.parametrize(
    ("text", "width", "end", "middle"),
    [
        ("Error_at_hidden_layer", 21, "Error_at_hidden_layer", "Error_at_hidden_layer"),
        ("Error_at_hidden_layer", 15, "Error_at_hidde…", "Error_a…n_layer"),
        ("Error_at_hidden_layer", 8, "Error_a…", "Erro…yer"),
        ("Error_at_hidden_layer", 1, "…", "…"),
        ("Error_at_hidden_layer", 0, "", ""),
        ("日本語の名前", 7, "日本語…", "日…名前"),
        ("日本語の名前", 6, "日本…", "日…前"),
    ],
)
def test_cutting(text: str, width: int, end: str, middle: str) -> None:
    assert cut_end(text, width) == end
    assert cut_middle(text, width) == middle


def test_a_combining_mark_stays_with_its_letter() -> None:
    assert cut_end("e\u0301" * 5, 3) == "e\u0301e\u0301…"


def test_nothing_can_drive_the_terminal() -> None:
    assert clean("a\x1b[31mb\tc\nd\u202ee\u200df\ufe0f") == "a\ufffd[31mb c d\ufffde\ufffdf"


def test_markup_is_text() -> None:
    assert clean("[bold]W[i][/] $x \\n") == "[bold]W[i][/] $x \\n"


@given(texts, widths, st.sampled_from(["left", "right", "center"]))
@example("\u0301\u0301", 1, "left")
@example("👩\u200d👩\u200d👧☎\ufe0f", 3, "right")
def test_fitting_is_exact(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width
    assert cell_len(cut_middle(text, width)) <= width


@given(st.lists(st.tuples(texts, st.just(PLAIN) | st.just(BOLD)), max_size=5), widths)
def test_a_strip_is_exact(pieces: list[tuple[str, Style]], width: int) -> None:
    made = strip(pieces, width, PLAIN)
    assert made.cell_length == cell_len(made.text) == width


@given(texts, texts, widths)
def test_both_ends_are_exact(left: str, right: str, width: int) -> None:
    made = spread([(left, PLAIN)], [(right, BOLD)], width, PLAIN)
    assert made.cell_length == cell_len(made.text) == width


def test_the_right_end_is_kept() -> None:
    assert spread([("spreadsheet", PLAIN)], [("loss 0.1", PLAIN)], 14, PLAIN).text == "sprea…loss 0.1"
    assert spread([("spreadsheet", PLAIN)], [("loss 0.1", PLAIN)], 5, PLAIN).text == "loss…"


def test_a_cut_shows_even_between_pieces() -> None:
    assert strip([("abc", PLAIN), ("def", BOLD)], 3, PLAIN).text == "ab…"


def test_height_is_exact() -> None:
    line = strip([("a", PLAIN)], 3, PLAIN)
    assert [one.text for one in full_height([line], 3, 3, PLAIN)] == ["a  ", "   ", "   "]
    assert full_height([line, line], 3, 1, PLAIN) == [line]
    assert blank(0, PLAIN).cell_length == 0
