"""Every step of iterations 1 and 2 of each shipped scenario is as it was read and kept."""

from pathlib import Path

import pytest

from .shipped import NAMES, opened
from .snapshots import SNAPSHOTS, UPDATE, compare, describe, differences

# Other BLAS kernels change the last bits of sums of four products, and more of those of 1437.
TOLERANCES = {"digits": 1e-9}
SMALL = 1e-12
# Where a gradient is 0 but for rounding, another kernel makes another one.
ROUNDING = {"layer-norm": 1e-15}


@pytest.mark.parametrize("name", NAMES)
def test_the_first_iterations_are_the_kept_ones(name: str) -> None:
    compare(name, describe(opened(name)), TOLERANCES.get(name, SMALL), ROUNDING.get(name, 0.0))


def test_no_snapshot_is_of_a_scenario_that_is_gone() -> None:
    assert sorted(path.stem for path in SNAPSHOTS.iterdir()) == NAMES


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one snapshot in it."""
    monkeypatch.delenv(UPDATE, raising=False)
    (tmp_path / "a.txt").write_text("title\n 1 z1   2×2\n     0.25  -3.0\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "made",
    [
        "title\n 1 z1   2×2\n     0.25  -3.1\n",
        "title\n 1 z1   2×2\n     0.25  3.0\n",
        "title\n 1 z1   2×2\n     0.25  nan\n",
        "title\n 1 z2   2×2\n     0.25  -3.0\n",
        "title\n 1 z1   2×2\n     0.25\n",
        "title\n 1 z1   2×2\n     0.25  -3.0\n more\n",
        "title\n 1 z1   2×2\n     0.250000001  -3.0\n",
    ],
)
def test_what_differs_is_shown(kept: Path, made: str) -> None:
    with pytest.raises(AssertionError, match=r"a\.txt is not what the engine makes now:\n--- kept\n\+\+\+ made\n"):
        compare("a", made, SMALL, folder=kept)


def test_last_bits_do_not_count_as_different(kept: Path) -> None:
    compare("a", "title\n 1 z1   2×2\n     0.2500000000000005  -3.0000000000000004\n", SMALL, folder=kept)


def test_rounding_does_not_count_where_it_is_all_there_is(kept: Path) -> None:
    (kept / "a.txt").write_text("     -1e-17  0.0\n", encoding="utf-8")
    compare("a", "     0.0  1e-16\n", SMALL, 1e-15, folder=kept)
    with pytest.raises(AssertionError):
        compare("a", "     0.0  1e-14\n", SMALL, 1e-15, folder=kept)


def test_only_lines_that_differ_are_shown() -> None:
    shown = differences("a 1.0\nb 2.0\n", "a 1.0000000000000002\nb 2.5\n", SMALL)
    assert [line for line in shown if line[0] in "+-" and line[:3] not in ("---", "+++")] == ["-b 2.0", "+b 2.5"]


def test_a_missing_snapshot_says_how_to_write_it(kept: Path) -> None:
    with pytest.raises(AssertionError, match=r"b\.txt is missing: write it with UPDATE_SNAPSHOTS=1"):
        compare("b", "text", SMALL, folder=kept)


def test_writing_replaces_what_was_kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UPDATE, "1")
    compare("a", "new\n", SMALL, folder=kept)
    monkeypatch.delenv(UPDATE)
    compare("a", "new\n", SMALL, folder=kept)
