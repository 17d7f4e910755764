"""Heat maps show sign, size and marks; pictures show greys; nothing needs colour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.strip import Strip

from nnstep.tui.renderables.heat import half_blocks, image, levels, rows_per_line, scale_of, states
from nnstep.tui.theme import Cell, Palette


def pixels(strips: list[Strip], colours: Palette) -> list[list[str]]:
    """Read half blocks back as names of cell states, one list for each row of the matrix."""
    names = {colour: Cell(state).name for state, colour in enumerate(colours.pixels)}
    rows: list[list[str]] = []
    for one in strips:
        cells = [segment.style for segment in one for _ in segment.text]
        assert set(one.text) <= {"▀"}
        rows.append([names[style.color] for style in cells])
        rows.append([names[style.bgcolor] for style in cells])
    return rows


def test_levels_go_by_sign_and_share_of_the_largest() -> None:
    values = [-1.0, -0.5, -0.49, -0.125, -0.12, 0.0, 0.12, 0.125, 0.49, 0.5, 1.0]
    assert levels(values, 1.0).tolist() == [-2, -2, -1, -1, 0, 0, 0, 1, 1, 2, 2]


@given(st.lists(st.floats(allow_nan=False), min_size=1), st.floats(min_value=0, exclude_min=True))
def test_a_level_never_has_the_wrong_sign(values: list[float], scale: float) -> None:
    for value, level in zip(values, levels(values, scale).tolist(), strict=True):
        assert -2 <= level <= 2
        assert level == 0 or (level > 0) == (value > 0)


def test_the_scale_is_the_largest_finite_value() -> None:
    assert scale_of([[0.5, -2.0], [np.nan, -np.inf]]) == 2.0
    assert scale_of([np.nan]) == 0.0
    assert scale_of(np.zeros((0, 3))) == 0.0


def test_without_a_scale_all_is_neutral() -> None:
    assert levels([0.0, 0.0], 0.0).tolist() == [0, 0]
    assert levels([1.0, -1.0], np.nan).tolist() == [0, 0]


def test_what_is_not_finite_is_broken() -> None:
    assert states([np.nan, np.inf, -1.0], 1.0).tolist() == [Cell.BROKEN, Cell.BROKEN, Cell.NEGATIVE_2]


MATRIX = np.array([[-1.0, -0.2, 0.0], [0.2, 1.0, np.nan], [1.0, -1.0, 0.2]])


def test_half_blocks_show_two_rows_a_line(colours: Palette) -> None:
    shown = half_blocks(MATRIX, 1.0, colours)
    assert rows_per_line(colours) == 2
    assert [line.cell_length for line in shown] == [3, 3]
    assert pixels(shown, colours) == [
        ["NEGATIVE_2", "NEGATIVE_1", "ZERO"],
        ["POSITIVE_1", "POSITIVE_2", "BROKEN"],
        ["POSITIVE_2", "NEGATIVE_2", "POSITIVE_1"],
        ["BLANK", "BLANK", "BLANK"],
    ]


def test_marks_hide_heat(colours: Palette) -> None:
    marks = np.zeros((3, 3), dtype=np.int8)
    marks[:, 1] = Cell.READ
    marks[0, 0] = Cell.WRITTEN
    marks[2, 2] = Cell.CURSOR
    marks[2, 0] = Cell.STALE
    assert pixels(half_blocks(MATRIX, 1.0, colours, marks), colours)[:3] == [
        ["WRITTEN", "READ", "ZERO"],
        ["POSITIVE_1", "READ", "BROKEN"],
        ["STALE", "READ", "CURSOR"],
    ]


def test_without_colour_characters_show_sign_and_size(mono: Palette) -> None:
    assert rows_per_line(mono) == 1
    assert [line.text for line in half_blocks(MATRIX, 1.0, mono)] == ["=-·", "+#!", "#=+"]


def test_without_colour_marks_are_attributes_and_the_heat_stays(mono: Palette) -> None:
    marks = np.zeros((3, 3), dtype=np.int8)
    marks[:, 1] = Cell.READ
    marks[1, 0] = Cell.WRITTEN
    marks[2, 2] = Cell.CURSOR
    lines = half_blocks(MATRIX, 1.0, mono, marks)
    assert [line.text for line in lines] == ["=-·", "+#!", "#=X"]
    by_text = {segment.text: segment.style or Style() for segment in lines[1]}
    assert by_text["#"].underline
    assert by_text["+"].reverse
    assert by_text["+"].bold


def test_equal_neighbours_share_a_segment(every_palette: Palette) -> None:
    lines = half_blocks(np.ones((4, 50)), 1.0, every_palette)
    assert [len(list(line)) for line in lines] == [1] * len(lines)


RAMP = np.array([[0.0, 0.25, 0.5], [0.75, 1.0, np.inf]])


@pytest.mark.parametrize("mode", ["16", "none"])
def test_an_image_of_shades(mode: str, every_palette: Palette) -> None:
    if every_palette.mode == mode:
        assert [line.text for line in image(RAMP, every_palette, 2)] == ["  ░░▒▒", "▓▓██??"]


def test_an_image_of_greys(colours: Palette) -> None:
    lines = image(RAMP, colours, 4)
    assert [line.text for line in lines] == [" " * 12, " " * 8 + "????"]
    backs = [segment.style.bgcolor for line in lines for segment in line if segment.style]
    greys = [style.color for style in colours.greys]
    assert backs == [greys[0], greys[4], greys[8], greys[11], greys[15], colours.cells[Cell.BROKEN].bgcolor]


def test_an_image_keeps_the_given_range(colours: Palette) -> None:
    (line,) = image([[0.0, 8.0]], colours, 1, low=0.0, high=16.0)
    backs = [segment.style.bgcolor for segment in line if segment.style]
    assert backs == [colours.greys[0].color, colours.greys[8].color]


def test_an_image_of_one_value_is_black(mono: Palette) -> None:
    assert [line.text for line in image([[3.0, 3.0]], mono, 1)] == ["  "]


@given(st.lists(st.floats(), min_size=1, max_size=9))
def test_any_sample_has_a_picture(every_palette: Palette, values: list[float]) -> None:
    lines = image([values, values], every_palette, 2)
    assert all(line.cell_length == len(line.text) for line in lines)


@given(st.integers(0, 7), st.integers(0, 9), st.integers(1, 4))
def test_sizes_are_exact(every_palette: Palette, rows: int, columns: int, per_pixel: int) -> None:
    values = np.linspace(-1, 1, rows * columns).reshape(rows, columns)
    shown = half_blocks(values, 1.0, every_palette)
    assert len(shown) == -(-rows // rows_per_line(every_palette))
    drawn = image(values, every_palette, per_pixel)
    assert len(drawn) == rows
    for line, width in [(line, columns) for line in shown] + [(line, columns * per_pixel) for line in drawn]:
        assert line.cell_length == len(line.text) == width
