"""The formula bar wraps where a person would, and keeps the result."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.explain.words import Word
from nnstep.tui.renderables.formula import formula
from nnstep.tui.theme import Palette
from tests.tui.renderables.conftest import Exact, Roles, Show

WHAT = [Word("hidden_layer_input", "written"), Word(" = ", "operator"), Word("X · wh + bh")]
NUMBERS = [
    Word("hidden_layer_input[1,2]", "written"),
    Word(" = ", "operator"),
    Word("1", "read"),
    Word("×", "operator"),
    Word("0.93", "read"),
    Word(" + ", "operator"),
    Word("0", "read"),
    Word("×", "operator"),
    Word("(-1.32)", "read"),
    Word(" + ", "operator"),
    Word("(-0.48)", "read"),
    Word(" = ", "operator"),
    Word("1.6434", "written"),
    Word("   was 1.6421", "dim"),
]
WHY = [Word("why", "heading"), Word(" one row of inputs times one column of weights, plus a bias", "dim")]
SHAPES = [Word("shapes", "heading"), Word(" X 3×4 · wh 4×3  →  hidden_layer_input 3×3", "dim")]
ALL = [WHAT, NUMBERS, WHY, SHAPES]


def test_four_lines(every_palette: Palette, show: Show) -> None:
    assert show(formula(ALL, 90, 4, every_palette)) == (
        "hidden_layer_input = X · wh + bh\n"
        "hidden_layer_input[1,2] = 1×0.93 + 0×(-1.32) + (-0.48) = 1.6434   was 1.6421\n"
        "why one row of inputs times one column of weights, plus a bias\n"
        "shapes X 3×4 · wh 4×3  →  hidden_layer_input 3×3"
    )


def test_lines_break_before_operators(mono: Palette, show: Show) -> None:
    assert show(formula(ALL, 50, 5, mono)) == (
        "hidden_layer_input = X · wh + bh\n"
        "hidden_layer_input[1,2] = 1×0.93 + 0×(-1.32)\n"
        "  + (-0.48) = 1.6434   was 1.6421\n"
        "why one row of inputs times one column of weights,\n"
        "  plus a bias"
    )


def test_three_lines_are_for_the_rule_and_the_numbers(mono: Palette, show: Show) -> None:
    assert show(formula(ALL, 50, 3, mono)).split("\n")[1:] == [
        "hidden_layer_input[1,2] = 1×0.93 + 0×(-1.32)",
        "  + (-0.48) = 1.6434   was 1.6421",
    ]


def test_the_numbers_leave_a_line_for_the_reason(mono: Palette, show: Show) -> None:
    long = [*NUMBERS[:2], *[Word(f"{place}×0.5000 + ") for place in range(1, 65)], *NUMBERS[-4:]]
    assert show(formula([WHAT, long, WHY, SHAPES], 60, 4, mono)) == (
        "hidden_layer_input = X · wh + bh\n"
        "hidden_layer_input[1,2] = 1×0.5000 + 2×0.5000 + 3×0.5000\n"
        "  + 4×0.5000 + 5×0.5000 + 6×0.5000 + … = 1.6434   was 1.6421\n"
        "why one row of inputs times one column of weights, plus a …"
    )


def test_missing_lines_are_empty(mono: Palette, show: Show) -> None:
    assert show(formula([WHAT], 40, 3, mono)) == "hidden_layer_input = X · wh + bh\n\n"
    assert formula(ALL, 40, 0, mono) == []


def test_a_long_word_breaks_where_no_number_is(mono: Palette, show: Show) -> None:
    row = [Word("Σ(12345.678×-0.25×1.5e-10)")]
    assert show(formula([row], 12, 4, mono)) == "Σ(12345.678×\n-0.25×\n1.5e-10)\n"


def test_roles(colours: Palette, roles: Roles) -> None:
    lines = formula(
        [*ALL[:3], [Word("overflow", "warning"), Word(" W", "name"), Word(" ?", "unheard")]], 90, 4, colours
    )
    numbers = [(text.rstrip(), role) for text, role in roles(lines[1], colours.panel)]
    assert numbers[0] == ("hidden_layer_input[1,2]", "heading_active")  # looks like a written name
    assert ("0.93", "number_read") in numbers
    assert ("1.6434", "heading_active") in numbers
    assert numbers[-1] == ("was 1.6421", "dim")
    assert roles(lines[2], colours.panel)[0] == ("why ", "heading")
    assert [role for _, role in roles(lines[3], colours.panel)] == ["warning", "text", "text"]


def test_without_colour_numbers_keep_their_cue(mono: Palette) -> None:
    styles = {segment.text.strip(): segment.style for segment in formula([NUMBERS], 90, 1, mono)[0]}
    assert styles["0.93"]
    assert styles["0.93"].underline
    assert styles["1.6434"]
    assert styles["1.6434"].bold


numbers = st.floats(-1e4, 1e4).map(lambda value: f"{value:.4f}")


@given(st.lists(numbers, min_size=1, max_size=40), st.integers(14, 100), st.integers(1, 6))
def test_no_number_is_ever_broken(mono: Palette, values: list[str], width: int, lines: int) -> None:
    row = [Word(" + ".join(values)), Word(" = "), Word("0.1234")]
    shown = [line.text.strip() for line in formula([row], width, lines, mono)]
    found = re.findall(r"-?[\d.]+", " ".join(shown))
    assert found[-1] == "0.1234"
    assert found[:-1] == values[: len(found) - 1]
    assert not any(re.search(r"[-+=]$", line) for line in shown)


@given(
    st.lists(
        st.lists(st.builds(Word, st.text(max_size=30), st.sampled_from(["plain", "read"])), max_size=6), max_size=5
    )
)
@pytest.mark.parametrize("lines", [0, 1, 3, 6])
@pytest.mark.parametrize("width", [0, 1, 7, 40, 100])
def test_any_text_fits(mono: Palette, exact: Exact, width: int, lines: int, rows: list[list[Word]]) -> None:
    made = formula(rows, width, lines, mono)
    assert len(made) == lines
    exact(made, width)


def test_markup_is_text(mono: Palette, show: Show) -> None:
    assert show(formula([[Word("[b]W[i][/b] {x} %s")]], 40, 1, mono)) == "[b]W[i][/b] {x} %s"
