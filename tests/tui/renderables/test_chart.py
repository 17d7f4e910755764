"""The loss curve, as text and by colour."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.renderables.chart import Series, chart, sparkline
from nnstep.tui.theme import Palette
from tests.tui.renderables.conftest import Exact, Roles, Show

FALLING = [8.0, 6.0, 4.0, 3.0, 2.0, 1.0]


def test_a_curve_with_header_and_epochs(every_palette: Palette, show: Show) -> None:
    shown = chart([Series("loss", FALLING)], 28, 4, every_palette, note="mean E²")
    assert show(shown) == ("LOSS  mean E²         1.0000\n█▄\n███▆▄▂\nepoch 1     top 8.000      6")


def test_a_low_chart_gives_up_the_epochs_then_the_header(mono: Palette, show: Show) -> None:
    assert show(chart([Series("loss", FALLING)], 14, 3, mono)) == "LOSS    1.0000\n█▄\n███▆▄▂"
    assert show(chart([Series("loss", FALLING)], 14, 1, mono)) == "█▆▄▃▂▁"
    assert show(chart([Series("loss", FALLING)], 14, 0, mono)) == ""


def test_no_values_yet(mono: Palette, show: Show) -> None:
    assert show(chart([Series("loss", [])], 10, 3, mono)) == "LOSS\n\n"


def test_given_epochs_are_shown(mono: Palette, show: Show) -> None:
    shown = show(chart([Series("loss", [2.0, 1.0], [10, 500])], 30, 4, mono)).split("\n")
    assert shown[-1].startswith("epoch 10 ")
    assert shown[-1].endswith(" 500")
    assert shown[1] == "█" * 29  # held until the next value is known


def test_a_spike_among_thousands_is_seen(every_palette: Palette) -> None:
    values = np.full(5000, 1.0)
    values[3210] = 8.0
    column = 3210 * 40 // 5000
    plot = [line.text for line in chart([Series("loss", values)], 40, 4, every_palette)][1:3]
    assert plot[0][column] in "█░"
    assert plot[0].strip() == plot[0][column]


def test_a_dip_among_thousands_is_seen(colours: Palette, roles: Roles) -> None:
    values = np.full(5000, 8.0)
    values[3210] = 0.0
    column = 3210 * 40 // 5000
    lines = chart([Series("loss", values)], 40, 4, colours)
    assert roles(lines[1], colours.panel)[1] == ("█", "train_range")
    assert sum(len(text) for text, _ in roles(lines[1], colours.panel)[:1]) == column


def test_two_series_are_an_area_and_a_line(colours: Palette, mono: Palette, show: Show) -> None:
    series = [Series("train", [8.0, 4.0, 1.0]), Series("test", [8.0, 6.0, 5.0])]
    assert show(chart(series, 32, 4, mono)) == (
        "LOSS    train 1.0000 test 5.0000\n▔─▁\n██▂\nepoch 1       top 8.000        3"
    )
    styles = [segment.style for segment in chart(series, 32, 4, colours)[1]]
    assert styles[0]
    assert styles[1]
    assert styles[0].bgcolor == colours.train.color  # the line over the area
    assert styles[1].bgcolor == colours.panel.bgcolor


def test_a_narrow_header_keeps_the_values(mono: Palette, show: Show) -> None:
    series = [Series("train", [1.0]), Series("test", [2.0])]
    assert show(chart(series, 28, 2, mono)).split("\n")[0] == " train 1.0000 test 2.0000"


def test_what_is_not_finite_is_marked(colours: Palette, roles: Roles, show: Show) -> None:
    lines = chart([Series("loss", [2.0, 1.0, math.nan])], 12, 3, colours)
    assert show(lines) == "LOSS     nan\n█ ×\n███"
    assert roles(lines[0], colours.panel)[-1] == ("nan", "error")
    assert roles(lines[1], colours.panel)[-1] == ("×", "error")


def test_a_log_scale_shows_late_progress(mono: Palette, show: Show) -> None:
    values = [100.0, 10.0, 1.0, 0.1]
    assert show(chart([Series("loss", values)], 12, 3, mono)).split("\n")[1:] == ["█", "█▂▁▁"]
    assert show(chart([Series("loss", values)], 12, 3, mono, log=True)).split("\n")[1:] == ["█▃", "██▅▁"]


def test_a_sparkline(every_palette: Palette) -> None:
    assert sparkline(FALLING, 10, every_palette).text == "█▆▄▃▂▁    "
    assert sparkline([1.0] * 99 + [8.0], 10, every_palette).text == "▁" * 9 + "█"
    assert sparkline([], 4, every_palette).text == "    "
    assert sparkline([1.0, math.inf], 4, every_palette).text == "█×  "


values = st.lists(st.floats(), max_size=60)


@given(st.tuples(values, values), st.tuples(st.integers(0, 50), st.integers(0, 8)), st.booleans())
def test_any_chart_fits(
    every_palette: Palette, exact: Exact, curves: tuple[list[float], list[float]], size: tuple[int, int], log: bool
) -> None:
    one, other = curves
    width, height = size
    lines = chart([Series("[b]train", one), Series("検証", other)], width, height, every_palette, log=log)
    assert len(lines) == height
    exact([*lines, sparkline(one, width, every_palette)], width)


def test_a_column_is_solid_to_its_least_and_light_to_its_largest_value(colours: Palette, mono: Palette) -> None:
    (line,) = chart([Series("loss", [2.0, 8.0])], 1, 1, colours)
    (segment,) = line
    assert segment.text == "▂"
    assert segment.style
    assert (segment.style.color, segment.style.bgcolor) == (colours.train.color, colours.train_range.color)
    assert [one.text for one in chart([Series("loss", [2.0, 8.0])], 1, 3, mono)][1:] == ["░", "▄"]
