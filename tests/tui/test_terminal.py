"""What kind of terminal this is, and what it is sent in consequence."""

import re
import sys
from pathlib import Path

import pytest

from nnstep.tui.terminal import advice_without_terminal, colour_mode, over_ssh
from tests.helpers.terminal import Terminal

APPS = Path(__file__).parent / "apps"
SGR = re.compile(rb"\x1b\[([\d;]*)m")


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}, "256"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm-kitty"}, "256"),
        ({"TERM": "alacritty"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "vt100"}, "16"),
        ({}, "16"),
        ({"TERM": "screen", "COLORTERM": "truecolor", "STY": "1234.pts-0.host"}, "16"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
    ],
)
def test_colour_mode(environ: dict[str, str], mode: str) -> None:
    assert colour_mode(environ) == mode


@pytest.mark.parametrize(
    ("environ", "is_remote"),
    [({}, False), ({"SSH_TTY": "/dev/pts/3"}, True), ({"SSH_CONNECTION": "a 1 b 22"}, True), ({"SSH_TTY": ""}, False)],
)
def test_over_ssh(environ: dict[str, str], is_remote: bool) -> None:
    assert over_ssh(environ) is is_remote


@pytest.mark.parametrize(
    ("term", "stdin", "stdout", "reason"),
    [
        ("xterm", False, True, "input"),
        ("xterm", True, False, "output"),
        ("dumb", True, True, "TERM=dumb"),
        ("", True, True, "TERM is not set"),
    ],
)
def test_without_a_terminal_there_is_advice(term: str, stdin: bool, stdout: bool, reason: str) -> None:
    advice = advice_without_terminal({"TERM": term} if term else {}, stdin, stdout)
    assert advice is not None
    assert reason in advice.splitlines()[0]
    for command in ("nnstep show", "nnstep trace", "nnstep train", "nnstep check"):
        assert command in advice
    assert advice.replace("\n", "").isprintable()


def test_with_a_terminal_there_is_no_advice() -> None:
    assert advice_without_terminal({"TERM": "xterm-256color"}, True, True) is None


def sent_by(app: str, environ: dict[str, str]) -> bytes:
    """Return all that an app sends, from its start to its end."""
    with Terminal([sys.executable, str(APPS / f"{app}.py")], (80, 24), environ) as terminal:
        terminal.wait_for("keys 0.")
        terminal.send("n")
        terminal.wait_for("keys 1.")
        terminal.pty.process.terminate()
        terminal.wait_for_end()
        return bytes(terminal.pty.output)


def looks(sent: bytes) -> set[str]:
    """Return the parameters of every change of look."""
    return {parameter for match in SGR.finditer(sent) for parameter in match[1].decode().split(";")}


def test_no_color_sends_attributes_and_no_colour_code() -> None:
    sent = looks(sent_by("looks", {"COLORTERM": "truecolor", "NO_COLOR": "1"}))
    assert sent <= {"", *"1234579", *(str(code) for code in range(22, 30))}
    assert {"1", "2", "4", "7"} <= sent


def test_sixteen_colours_send_our_own_ansi_colours_unchanged() -> None:
    matches = {match[1].decode() for match in SGR.finditer(sent_by("looks", {"TERM": "xterm"}))}
    # "yellow" is ANSI 3, "bright_cyan on blue" 14 and 4; dim stays dim.
    sent = {parameter for match in matches for parameter in match.split(";")}
    assert {"33", "96", "44", "2"} <= sent
    assert not {"38", "48"} & sent


def test_256_colours_send_no_truecolor() -> None:
    sent = sent_by("looks", {"TERM": "xterm-256color"})
    assert b"38;5;214" in sent
    assert b"8;2;" not in sent


@pytest.mark.parametrize(("environ", "has_kitty"), [({}, True), ({"SSH_CONNECTION": "a 1 b 22"}, False)])
def test_the_terminal_is_asked_for_little(environ: dict[str, str], has_kitty: bool) -> None:
    sent = sent_by("sheet", {"COLORTERM": "truecolor", **environ})
    assert b"\x1b[?1000h\x1b[?1006h" in sent
    for left_out in (b"\x1b[?1003h", b"\x1b[?1015h", b"\x1b[?1016h", b"\x1b[?2048", b"\x1b]22;", b"\x1b]8;"):
        assert left_out not in sent
    assert (b"\x1b[>25u" in sent) is has_kitty


def test_links_are_not_sent() -> None:
    assert b"example.org" not in sent_by("looks", {"COLORTERM": "truecolor"})


def test_a_click_arrives_without_mouse_moves() -> None:
    with Terminal([sys.executable, str(APPS / "windows.py")], (80, 24), {"COLORTERM": "truecolor"}) as terminal:
        terminal.wait_for("keys 0.")
        terminal.send("\x1b[<0;6;24M\x1b[<0;6;24m")
        terminal.wait_for("clicked 5.")


def test_the_screen_goes_to_stdout_and_leaves_stderr_alone(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    command = ["sh", "-c", f'exec "$0" "$@" 2>"{errors}"', sys.executable, str(APPS / "sheet.py")]
    with Terminal(command, (80, 24), {"COLORTERM": "truecolor"}) as terminal:
        terminal.wait_for("keys 0.")
        terminal.send("q")
        assert terminal.wait_for_end() == 0
    assert errors.read_bytes() == b""
