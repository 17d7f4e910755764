"""Matrices as plain text."""

import numpy as np
import pytest
from rich.cells import cell_len

from nnstep.commands.blocks import block, side_by_side


def test_a_matrix_has_its_name_its_shape_and_its_numbers() -> None:
    lines = block("W1", np.array([[0.5, -1.25], [3.0, 12.0]]), 80)
    assert lines[0] == "W1 2×2"
    assert [line.split() for line in lines[1:]] == [["0.5000", "-1.2500"], ["3.0000", "12.0000"]]
    assert len({len(line) for line in lines[1:]}) == 1


def test_whole_numbers_have_no_decimals() -> None:
    assert block("X", np.array([[0.0, 1.0], [1.0, 1.0]]), 80) == ["X 2×2", "0 1", "1 1"]


def test_a_single_number_stands_on_one_line() -> None:
    assert block("L", np.array(0.35351), 80) == ["L = 0.3535"]
    assert block("L", np.array(np.nan), 80, remark="stale") == ["L = nan (stale)"]


def test_a_row_is_one_by_n() -> None:
    assert block("b1", np.array([1.0, 2.0]), 80)[0] == "b1 1×2"


def test_a_small_number_is_never_shown_as_zero() -> None:
    lines = block("g", np.array([[1e-12, 0.0, 0.3]]), 80)
    shown = lines[1].split()
    assert float(shown[0]) == pytest.approx(1e-12, rel=0.5)
    assert shown[1] == "0"


def test_what_is_not_there_yet_is_a_dot_and_not_a_zero() -> None:
    lines = block("z", np.full((2, 2), 0.25), 80, done=3)
    assert [line.split() for line in lines[1:]] == [["0.2500", "0.2500"], ["0.2500", "·"]]


def test_a_large_matrix_is_shown_in_part_with_its_shape() -> None:
    array = np.arange(1000 * 500, dtype=float).reshape(1000, 500) + 0.5
    lines = block("W", array, 60)
    assert lines[0] == "W 1000×500, in part"
    assert len(lines) == 7
    assert all(cell_len(line) <= 60 for line in lines)
    first, last = lines[1].split(), lines[-1].split()
    assert first[0] == "0.5000"
    assert "…" in first
    assert float(last[-1]) == 499_999.5
    assert lines[-2].split() == ["…"]


def test_of_many_matrices_the_first_are_shown_with_their_place() -> None:
    lines = block("k", np.arange(24.0).reshape(3, 2, 2, 2), 80)
    assert lines == ["k 3×2×2×2, in part", "[0,0]", " 0  1", " 2  3", "[0,1]", " 4  5", " 6  7", "… 4 more"]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_blocks_stand_side_by_side_as_far_as_they_fit(width: int) -> None:
    blocks = [block(f"δ{n}", np.full((n + 1, 2), 0.5), width) for n in range(12)]
    lines = side_by_side(blocks, width)
    assert all(cell_len(line) <= width for line in lines)
    assert sum(line.count("δ") for line in lines) == 12
    assert sum(line.count("0.5000") for line in lines) == sum(2 * (n + 1) for n in range(12))


def test_columns_start_at_the_same_place_whatever_letters_stand_left_of_them() -> None:
    wide = ["重み 1×1", " 0.5000"]
    lines = side_by_side([wide, ["W 1×1", " 0.2500"]], 80)
    assert cell_len(lines[0].partition("W")[0]) == cell_len(lines[1].partition("0.2500")[0]) - 1
