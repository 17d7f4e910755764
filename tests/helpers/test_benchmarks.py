"""The measuring programs measure: what they count is there, and what does not come is not waited for for ever."""

import sys
from pathlib import Path

import pytest

from benchmarks.pty_latency import WARM_UP, measure, percentile, shows, split_keys, visible
from benchmarks.startup import compare

SHEET = [sys.executable, str(Path(__file__).parent.parent / "tui" / "apps" / "sheet.py")]


def test_keys_are_measured_one_by_one() -> None:
    result = measure(SHEET, (80, 24), [" "] * (WARM_UP + 4), text="keys 0.")
    assert len(result.milliseconds) == len(result.bytes_per_step) == 4
    assert result.unanswered == 0
    assert set(result.frames_per_step) == {1}
    # One number and its neighbour, never the whole screen that the start needs.
    assert max(result.bytes_per_step) < 250 < result.start_bytes
    assert result.summary()["size"] == "80x24"


def test_a_start_is_measured_beside_a_bare_app() -> None:
    comparison = compare(SHEET, "keys 0.", runs=1, size=(80, 24))
    assert len(comparison.milliseconds) == len(comparison.bare_milliseconds) == 1
    assert comparison.ratio > 0


def test_a_command_that_ends_without_a_screen_is_an_error() -> None:
    with pytest.raises(TimeoutError, match="no first screen"):
        measure([sys.executable, "-c", "print('no screen')"], (80, 24), [" "], text="a screen")


def test_keys_from_the_command_line() -> None:
    assert split_keys(r" a\e[C\e[6~\e") == [" ", "a", "\x1b[C", "\x1b[6~", "\x1b"]


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3, 1, 2, 4], 50) == 2
    assert percentile(range(1, 301), 99) == 297
    assert percentile([7], 99) == 7


def test_a_frame_counts_when_it_is_whole() -> None:
    frame = b"\x1b[?2026h\x1b[1;5Hready\x1b[m"
    assert visible(frame) == "ready"
    assert not shows(frame, "ready")
    assert shows(frame + b"\x1b[?2026l", "ready")
    assert shows(b"\x1b[?1049hready", "ready")
    assert not shows(b"\x1b[?1049h", "")
