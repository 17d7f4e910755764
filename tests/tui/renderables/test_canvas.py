"""A canvas: text in cells, lines of dots behind it, and always exactly as wide as it was made."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from nnstep.tui.renderables.pictures.canvas import DASHED, Canvas, StyleTable

PLAIN, RED, BLUE = Style(), Style(color="red"), Style(color="blue")


def text_of(canvas: Canvas) -> list[str]:
    return [strip.text for strip in canvas.strips()]


def test_text_stands_where_it_was_written() -> None:
    canvas = Canvas(6, 2, PLAIN)
    assert canvas.text(1, 0, "ab", RED) == 2
    assert canvas.text(2, 0, "c", BLUE) == 1
    assert text_of(canvas) == [" ac   ", "      "]
    assert [(s.text, s.style) for s in canvas.strips()[0]] == [(" ", PLAIN), ("a", RED), ("c", BLUE), ("   ", PLAIN)]


def test_text_is_cut_at_the_edge_and_never_wraps() -> None:
    canvas = Canvas(4, 1, PLAIN)
    assert canvas.text(1, 0, "abcdef", RED) == 3
    assert text_of(canvas) == [" ab…"]
    for x, y in ((4, 0), (-1, 0), (0, 1), (0, -1)):
        assert canvas.text(x, y, "z", RED) == 0
    assert text_of(canvas) == [" ab…"]


def test_a_line_is_made_of_dots() -> None:
    canvas = Canvas(2, 1, PLAIN)
    # Four dots across the first row of dots: the two upper ones of each cell.
    canvas.lines([(0, 0)], [(3, 0)], RED)
    assert text_of(canvas) == ["\u2809\u2809"]
    # And down its first column: all four at the left.
    canvas.lines([(0, 0)], [(0, 3)], RED)
    assert text_of(canvas) == ["\u284f\u2809"]


def test_text_covers_lines() -> None:
    canvas = Canvas(3, 1, PLAIN)
    canvas.lines([(0, 0)], [(5, 0)], RED)
    canvas.text(1, 0, "x", BLUE)
    assert text_of(canvas) == ["\u2809x\u2809"]


def test_a_pattern_leaves_dots_out() -> None:
    canvas = Canvas(8, 1, PLAIN)
    canvas.lines([(0, 1)], [(15, 1)], RED, DASHED)
    bits = "".join(
        "".join("1" if (ord(c) - 0x2800) & bit else "0" for bit in (2, 16)) for c in text_of(canvas)[0] if c != " "
    )
    assert bits.startswith("11111")
    assert 0 < bits.count("0") < len(bits) + 4


def test_dots_off_the_canvas_are_left_out() -> None:
    canvas = Canvas(2, 1, PLAIN)
    canvas.lines([(-50, -50)], [(50, 50)], RED, thickness=3)
    canvas.dots(np.array([99, -1]), np.array([0, 99]), RED)
    assert [cell_len(line) for line in text_of(canvas)] == [2]


def test_styles_of_many_cells_at_once_are_cut_at_the_edges() -> None:
    canvas = Canvas(3, 2, PLAIN)
    canvas.fill(2, -1, "▀", np.array([[0, 0], [1, 0]]), StyleTable((RED, BLUE)))
    assert text_of(canvas) == ["  ▀", "   "]
    assert [(s.text, s.style) for s in canvas.strips()[0]] == [("  ", PLAIN), ("▀", BLUE)]
    canvas.fill(9, 9, "▀", np.zeros((2, 2), dtype=int), StyleTable((RED,)))
    assert text_of(canvas) == ["  ▀", "   "]


@given(st.lists(st.tuples(st.integers(-2, 12), st.integers(-1, 3), st.text(max_size=8))))
def test_a_canvas_is_as_wide_as_it_was_made(written: list[tuple[int, int, str]]) -> None:
    canvas = Canvas(10, 3, PLAIN)
    canvas.lines([(0, 0)], [(19, 11)], RED)
    for x, y, text in written:
        canvas.text(x, y, text, BLUE)
    for strip in canvas.strips():
        assert strip.cell_length == 10
        assert cell_len(strip.text) == 10


def test_an_empty_canvas_has_nothing() -> None:
    assert Canvas(0, 0, PLAIN).strips() == []
    assert [strip.cell_length for strip in Canvas(0, 2, PLAIN).strips()] == [0, 0]
