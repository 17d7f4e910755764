"""The encoder's screen is Textual's own, cell by cell; it sends little, and the latest state first."""

import os
import select
import sys
from pathlib import Path

import pytest

from tests.helpers.terminal import LIMIT, Cell, Display, Terminal

pytestmark = pytest.mark.deep

APPS = Path(__file__).parent / "apps"

MODES = {
    "truecolor": {"COLORTERM": "truecolor"},
    "256": {"TERM": "xterm-256color"},
    "16": {"TERM": "xterm"},
    "none": {"COLORTERM": "truecolor", "NO_COLOR": "1"},
}
KEYS = {"sheet": "  a j\x1b[6~ \x1b[C\x1b[Bb a", "windows": "jmxpjwmxkptrpwt", "looks": "nnbxnnb"}
SIZES = [(80, 24), (120, 40), (61, 17)]


def command(app: str) -> list[str]:
    return [sys.executable, str(APPS / f"{app}.py")]


def in_keys(text: str) -> list[str]:
    """Cut typed text into keys: an escape sequence is one key."""
    keys: list[str] = []
    for character in text:
        if keys and keys[-1].startswith("\x1b") and not keys[-1][-1:].isalpha() and not keys[-1].endswith("~"):
            keys[-1] += character
        else:
            keys.append(character)
    return keys


class Both:
    """An app in a terminal, and a second screen painted with the bytes that Textual itself makes of each frame."""

    def __init__(self, app: str, mode: str, folder: Path, extra: dict[str, str] | None = None) -> None:
        self._frames = folder / "frames"
        self._frames.touch()
        self._read = 0
        self.terminal = Terminal(
            command(app), SIZES[0], MODES[mode] | {"PLAIN_FRAMES": str(self._frames)} | (extra or {})
        )
        self._plain = Display(*SIZES[0])
        # Textual switches automatic wrapping off before its first frame.
        self._plain.feed(b"\x1b[?7l")

    def resize(self, columns: int, rows: int) -> None:
        self._paint_plain()
        self._plain.screen.resize(lines=rows, columns=columns)
        self.terminal.resize(columns, rows)

    def _paint_plain(self) -> None:
        data = self._frames.read_bytes()
        self._plain.feed(data[self._read :])
        self._read = len(data)

    def differences(self) -> list[tuple[int, int, Cell, Cell]]:
        """Return (row, column, cell of the terminal, cell of the plain screen) wherever they differ."""
        self._paint_plain()
        pairs = zip(self.terminal.cells(), self._plain.cells(), strict=True)
        return [
            (y, x, mine, yours)
            for y, (my_row, your_row) in enumerate(pairs)
            for x, (mine, yours) in enumerate(zip(my_row, your_row, strict=True))
            if mine != yours
        ]

    def wait_until_equal(self, keys: int) -> None:
        """Read until this many keys are shown and both screens are equal; fail with the first cells that differ."""
        self.terminal.wait_for(f"keys {keys}.")
        cursor = self.terminal.screen.cursor
        while (differing := self.differences()) or (cursor.x, cursor.y) != (0, 0):
            more = self.terminal.pump(5.0)
            assert more, f"{len(differing)} cells differ, such as {differing[:5]}\n{self.terminal.screen_text()}"


@pytest.mark.parametrize(
    ("app", "mode"), [(app, mode) for app in KEYS for mode in MODES if app == "sheet" or mode == "truecolor"]
)
def test_the_screen_is_the_plain_one_cell_by_cell(app: str, mode: str, tmp_path: Path) -> None:
    both = Both(app, mode, tmp_path)
    with both.terminal as terminal:
        both.wait_until_equal(0)
        count = 0
        for size in SIZES:
            both.resize(*size)
            for key in in_keys(KEYS[app]):
                count += 1
                terminal.send(key)
                both.wait_until_equal(count)
        # The encoder ends its colours in a shorter way than Textual, so this is not Textual's own painting.
        assert b"\x1b[0m" not in terminal.pty.output


def test_the_screen_is_right_after_sizes_in_quick_succession(tmp_path: Path) -> None:
    both = Both("sheet", "truecolor", tmp_path)
    with both.terminal as terminal:
        both.wait_until_equal(0)
        count = 0
        for last in ((200, 60), (81, 25), (80, 24)):
            # The signals of the first three interrupt each other.
            for size in ((1, 1), (300, 1), (1, 90), last):
                both.resize(*size)
                terminal.send(" ")
                count += 1
            both.wait_until_equal(count)


def test_the_switch_leaves_the_painting_to_textual(tmp_path: Path) -> None:
    both = Both("sheet", "truecolor", tmp_path, {"NNSTEP_PLAIN_RENDER": "1"})
    with both.terminal as terminal:
        both.wait_until_equal(0)
        terminal.send("a")
        both.wait_until_equal(1)
        assert b"\x1b[m" not in terminal.pty.output


def test_a_fault_in_the_encoder_leaves_the_painting_to_textual(tmp_path: Path) -> None:
    both = Both("sheet", "truecolor", tmp_path)
    with both.terminal as terminal:
        both.wait_until_equal(0)
        for count, key in enumerate(" af a b", start=1):
            terminal.send(key)
            both.wait_until_equal(count)


def test_one_change_is_few_bytes_and_one_frame() -> None:
    with Terminal(command("sheet"), (120, 40), MODES["truecolor"]) as terminal:
        terminal.wait_for("keys 0.")
        terminal.send(" ")
        terminal.wait_for("keys 1.")
        before, frames = terminal.bytes_received, terminal.frames
        terminal.send(" ")
        terminal.wait_for(lambda here: here.frames > frames)
        # Two cells of seven characters and a digit; painting the row and the line anew takes 1,500 bytes.
        assert "keys 2." in terminal.screen_text()
        assert terminal.bytes_received - before < 250


def test_the_start_paints_the_screen_once() -> None:
    with Terminal(command("windows"), (120, 40), MODES["truecolor"]) as terminal:
        terminal.wait_for("keys 0.")
        terminal.send("x")
        terminal.wait_for("keys 1.")
        start = terminal.bytes_received
        frames = terminal.frames
        terminal.send("r")
        terminal.wait_for("keys 2.")
        terminal.wait_for(lambda here: here.frames > frames)
        assert start < 1.3 * (terminal.bytes_received - start)


def test_a_terminal_that_stops_reading_gets_the_latest_state_and_not_all_those_before() -> None:
    told, telling = os.pipe()
    environ = MODES["truecolor"] | {"SHEET_DONE": str(telling)}
    with Terminal(command("sheet"), (120, 40), environ, pass_fds=[telling]) as terminal:
        terminal.wait_for("keys 0.")
        frames = terminal.frames
        # Nothing is read from the terminal here: the app must go on all the same.
        for _ in range(60):
            terminal.send("a!")
            assert select.select([told], [], [], LIMIT)[0], "the app waits for its terminal"
            os.read(told, 1)
        terminal.wait_for("keys 120.")
        assert terminal.frames - frames < 12
    os.close(told)
    os.close(telling)
