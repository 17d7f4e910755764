"""Bars show the values of a sample, which is the largest and which is right."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.renderables.bars import bar, bars
from nnstep.tui.theme import Palette
from tests.tui.renderables.conftest import Exact, Roles, Show


def test_bars_as_text(every_palette: Palette, show: Show) -> None:
    lines = bars([0.002, 0.33, 0.668], ["cat", "dog", "eel"], 1, 30, every_palette)
    assert show(lines).split("\n") == [
        "  cat ▏                 .002",
        "  dog █████▎            0.33 ◀",
        "▶ eel ██████████▊       0.67",
    ]


def test_a_narrow_line_gives_up_the_value(mono: Palette, show: Show) -> None:
    assert show(bars([0.25, 0.75], ["0", "1"], 1, 12, mono)) == "  0 █▌\n▶ 1 ████▌  ◀"
    assert show(bars([0.25, 0.75], ["0", "1"], 1, 48, mono)).endswith(" 0.75 ◀ target")


def test_a_right_answer_is_ok_and_a_wrong_one_an_error(colours: Palette, roles: Roles) -> None:
    right = bars([0.2, 0.8], ["0", "1"], 1, 30, colours)
    wrong = bars([0.2, 0.8], ["0", "1"], 0, 30, colours)
    assert roles(right[1], colours.bg)[0] == ("▶", "ok")
    assert roles(wrong[1], colours.bg)[0] == ("▶", "error")
    assert roles(right[0], colours.bg)[1][1] == "bars"


def test_values_beyond_one_set_the_scale_and_signs_stay_in_the_number(mono: Palette, show: Show) -> None:
    assert show(bars([-4.0, 2.0], ["a", "b"], -1, 24, mono)) == ("  a ████████████ -4.00\n▶ b ██████        2.00")


def test_what_is_not_finite_has_no_bar(mono: Palette, show: Show) -> None:
    assert show(bars([math.nan, math.inf, 0.5], ["a", "b", "c"], -1, 24, mono)) == (
        "  a                nan\n▶ b                inf\n  c ██████        0.50"
    )


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, ""), (1e-9, "▏"), (0.5, "██"), (0.53125, "██▏"), (1.0, "████"), (7.0, "████"), (math.nan, "")],
)
def test_a_bar_is_right_to_an_eighth(share: float, text: str) -> None:
    assert bar(share, 4) == text


@given(st.lists(st.tuples(st.floats(), st.text(max_size=12)), max_size=12), st.integers(0, 90), st.integers(-1, 12))
def test_any_bars_fit(
    every_palette: Palette, exact: Exact, entries: list[tuple[float, str]], width: int, target: int
) -> None:
    lines = bars(
        np.array([value for value, _ in entries]), [label for _, label in entries], target, width, every_palette
    )
    assert len(lines) == len(entries)
    exact(lines, width)


def test_old_values_are_grey(colours: Palette, roles: Roles) -> None:
    for line in bars([0.2, 0.8], ["0", "1"], 1, 30, colours, is_old=True):
        parts = {role for text, role in roles(line, colours.bg) if text.strip() and "◀" not in text}
        assert parts == {"stale"}
