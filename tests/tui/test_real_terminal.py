"""The stepper in a real terminal: what a person sees after typing the command, and what is left when it is over."""

import re
import signal
import sys
from pathlib import Path

import pytest

from tests.helpers.terminal import Display, Terminal
from tests.tui.scenarios import EVIL

pytestmark = pytest.mark.deep

NNSTEP = [sys.executable, "-m", "nnstep"]
STEPS = 21  # of XOR
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")
UP, LEFT, PAGE_DOWN, END, ESCAPE, CTRL_C = "\x1b[A", "\x1b[D", "\x1b[6~", "\x1b[F", "\x1b", "\x03"


def start(*words: str, size: tuple[int, int] = (80, 24), **environ: str) -> Terminal:
    """Type `nnstep ...` in a terminal of a size."""
    return Terminal([*NNSTEP, *words], size, {"COLORTERM": "truecolor", **environ})


def assert_given_back(terminal: Terminal, size: tuple[int, int] = (80, 24)) -> None:
    """Line settings, cursor, mouse, paste, wrap and the other screen are as in a terminal that was never used."""
    assert terminal.pty.modes() == terminal.pty.modes_before
    assert terminal.screen.mode == Display(*size).screen.mode
    assert not terminal.screen.cursor.hidden


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_opens_steps_and_leaves_the_terminal_as_it_was(size: tuple[int, int]) -> None:
    with start("xor", size=size) as terminal:
        terminal.wait_for(f"step 0/{STEPS}")
        screen = terminal.screen_text()
        assert "XOR" in screen
        assert "1 · HIDDEN LAYER" in screen
        assert "Space next" in screen
        assert terminal.pty.modes() != terminal.pty.modes_before
        terminal.send(" ")
        terminal.wait_for(f"step 1/{STEPS}")
        terminal.wait_for("X·W1[0,0] = 0·0.2000 + 0·0.9000 = 0")
        terminal.send(PAGE_DOWN + LEFT)
        terminal.wait_for(f"step 1/{STEPS}")
        terminal.send("q")
        assert terminal.wait_for_end() == 0
        assert_given_back(terminal, size)


def test_keys_that_come_all_at_once_end_at_the_right_place() -> None:
    with start("xor") as terminal:
        terminal.wait_for(f"step 0/{STEPS}")
        terminal.send(" " * 50)
        terminal.wait_for(f"epoch 3  step {50 - 2 * STEPS}/{STEPS}")
        terminal.send("g12:8\r")
        terminal.wait_for(f"epoch 12  step 8/{STEPS}")
        terminal.send("f60\r")
        terminal.wait_for(f"epoch 60  step {STEPS}/{STEPS}")
        terminal.send("?q q")
        assert terminal.wait_for_end() == 0


def test_a_click_tells_of_a_cell() -> None:
    with start("xor") as terminal:
        terminal.wait_for(f"step 0/{STEPS}")
        lines = terminal.screen_text().splitlines()
        row = next(number for number, line in enumerate(lines) if " W1 " in line)
        column = lines[row].index("W1") + 2
        terminal.send(f"\x1b[<0;{column + 1};{row + 3}M\x1b[<0;{column + 1};{row + 3}m")
        terminal.wait_for("[0.90]")
        terminal.wait_for("W1[1,0]")


def test_a_smaller_terminal_and_back() -> None:
    with start("xor", size=(120, 40)) as terminal:
        terminal.wait_for(f"step 0/{STEPS}")
        terminal.send(" ")
        terminal.wait_for(f"step 1/{STEPS}")
        terminal.resize(80, 24)
        terminal.wait_for("▶○○○")
        terminal.resize(50, 15)
        terminal.wait_for("this terminal has 50×15")
        terminal.send(" ")
        # A key and a change of size come by different ways: the notice has to be drawn anew before it may go.
        terminal.resize(51, 15)
        terminal.wait_for("this terminal has 51×15")
        terminal.resize(80, 24)
        terminal.wait_for("▶○○○")
        terminal.wait_for(f"step 1/{STEPS}")
        terminal.send(" ")
        terminal.wait_for(f"step 2/{STEPS}")


@pytest.mark.parametrize(("name", "code"), [("TERM", 143), ("HUP", 129)])
def test_a_signal_leaves_the_terminal_as_it_was(name: str, code: int) -> None:
    with start("xor") as terminal:
        terminal.wait_for(f"step 0/{STEPS}")
        terminal.pty.process.send_signal(signal.Signals[f"SIG{name}"])
        assert terminal.wait_for_end() == code
        assert_given_back(terminal)
        assert b"Traceback" not in terminal.pty.output


def test_ctrl_c_during_a_long_training_stops_it_and_nothing_else() -> None:
    with start("digits") as terminal:
        terminal.wait_for("step 0/")
        terminal.send("f\r")
        terminal.wait_for("Training to epoch")
        terminal.send(CTRL_C)
        terminal.wait_for(lambda here: "Training to epoch" not in here.screen_text())
        terminal.send(" ")
        terminal.wait_for("step 1/")
        terminal.send("q")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_texts_of_a_file_do_not_reach_the_terminal_as_commands(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "evil.yaml").write_text(EVIL, encoding="utf-8")
    with start(str(tmp_path / "evil.yaml"), size=size) as terminal:
        terminal.wait_for("[bold]x[/] [@click=app.quit]")
        terminal.send("gz1\r")
        terminal.wait_for("step 2/")
        terminal.send(END)
        terminal.wait_for("step 20/20")
        terminal.send("q")
        assert terminal.wait_for_end() == 0
        sent = bytes(terminal.pty.output)
        assert b"\x1b]52" not in sent
        assert b"\x1b]8;" not in sent
        assert "\x9b".encode() not in sent
        assert "\u202e".encode() not in sent


@pytest.mark.parametrize(
    ("environ", "has_colour", "has_more_than_16"),
    [
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "xterm", "COLORTERM": ""}, True, False),
        ({"TERM": "xterm-256color", "COLORTERM": ""}, True, True),
    ],
)
def test_a_terminal_gets_the_colours_it_has(environ: dict[str, str], has_colour: bool, has_more_than_16: bool) -> None:
    with start("xor", **environ) as terminal:
        terminal.wait_for(f"step 0/{STEPS}")
        terminal.send(" ")
        terminal.wait_for(f"step 1/{STEPS}")
        sent = bytes(terminal.pty.output)
        assert bool(COLOUR.search(sent)) == has_colour
        assert bool(re.search(rb"[34]8;[25];", sent)) == has_more_than_16
        assert b"8;2;" not in sent


def test_the_gallery_opens_what_is_chosen() -> None:
    with start() as terminal:
        terminal.wait_for("FIRST STEPS")
        terminal.send(UP * 9 + "\r")
        terminal.wait_for("step 0/")
        terminal.send("q")
        assert terminal.wait_for_end() == 0
        assert_given_back(terminal)
