"""The terminal is given back however the app ends, and no app outlives its terminal."""

import gc
import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstep.tui.lifecycle import hold_garbage, settle_garbage
from tests.helpers.terminal import LIMIT, Display, Terminal

pytestmark = pytest.mark.deep

APPS = Path(__file__).parent / "apps"
APP = [sys.executable, str(APPS / "endings.py")]
DEAF_TO_HANGUP = ["sh", "-c", 'trap "" HUP; exec "$0" "$@"', *APP]
SIGNALS = {"INT": 130, "QUIT": 131, "TERM": 143, "HUP": 129}


def start(command: list[str] = APP, **environ: str) -> Terminal:
    return Terminal(command, (80, 24), {"COLORTERM": "truecolor", **environ})


def assert_given_back(terminal: Terminal) -> None:
    """Line settings, cursor, mouse, paste, focus, wrap, the other screen: all as in a terminal that was never used."""
    assert terminal.pty.modes() == terminal.pty.modes_before
    assert terminal.screen.mode == Display(80, 24).screen.mode
    assert not terminal.screen.cursor.hidden
    assert terminal.screen.cursor.attrs == Display(80, 24).screen.cursor.attrs
    assert terminal.pty.output.count(b"\x1b[>25u") <= terminal.pty.output.count(b"\x1b[<u")


@pytest.mark.parametrize(("key", "code"), [("q", 7), ("x", 1)])
def test_the_terminal_is_given_back_after_a_key(key: str, code: int) -> None:
    with start() as terminal:
        terminal.wait_for("ready.")
        assert terminal.pty.modes() != terminal.pty.modes_before
        terminal.send(key)
        assert terminal.wait_for_end() == code
        assert_given_back(terminal)


@pytest.mark.parametrize(("name", "code"), SIGNALS.items())
def test_the_terminal_is_given_back_after_a_signal(name: str, code: int) -> None:
    with start() as terminal:
        terminal.wait_for("ready.")
        terminal.pty.process.send_signal(signal.Signals[f"SIG{name}"])
        assert terminal.wait_for_end() == code
        assert_given_back(terminal)
        assert b"Traceback" not in terminal.pty.output


@pytest.mark.parametrize(("key", "says"), [("b", "busy."), ("k", "waiting.")])
def test_an_app_that_does_not_listen_is_ended_by_force(key: str, says: str) -> None:
    with start(SHORT_GRACE="1") as terminal:
        terminal.wait_for("ready.")
        terminal.send(key)
        terminal.wait_for(says)
        terminal.pty.process.terminate()
        assert terminal.wait_for_end() == 143
        assert_given_back(terminal)


def test_an_app_whose_terminal_takes_no_more_still_ends() -> None:
    told, telling = os.pipe()
    environ = {"COLORTERM": "truecolor", "SHORT_GRACE": "1", "SHEET_DONE": str(telling)}
    with Terminal([sys.executable, str(APPS / "sheet.py")], (120, 40), environ, pass_fds=[telling]) as terminal:
        terminal.wait_for("keys 0.")
        # More than a terminal that nobody reads can hold: whoever writes is stuck from here on.
        for _ in range(20):
            terminal.send("a!")
            assert select.select([told], [], [], LIMIT)[0]
            os.read(told, 1)
        terminal.pty.process.terminate()
        assert terminal.pty.process.wait(timeout=LIMIT) == 143
    os.close(told)
    os.close(telling)


def test_closing_the_terminal_ends_the_app() -> None:
    with start() as terminal:
        terminal.wait_for("ready.")
        terminal.pty.hang_up()
        assert terminal.pty.process.wait(timeout=5) == 129


def test_an_app_deaf_to_hangups_ends_when_its_terminal_is_gone() -> None:
    with start(DEAF_TO_HANGUP) as terminal:
        terminal.wait_for("ready.")
        terminal.pty.hang_up()
        assert terminal.pty.process.wait(timeout=5) == 129


def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    with start(DEAF_TO_HANGUP) as terminal:
        terminal.wait_for("ready.")
        terminal.pty.process.send_signal(signal.SIGHUP)
        terminal.send("q")
        assert terminal.wait_for_end() == 7


def test_the_screen_is_whole_after_a_stop() -> None:
    with start() as terminal:
        terminal.wait_for("ready.")
        cells = terminal.cells()
        terminal.pty.process.send_signal(signal.SIGTSTP)
        terminal.wait_for_stop()
        assert_given_back(terminal)
        terminal.forget()
        terminal.pty.process.send_signal(signal.SIGCONT)
        terminal.wait_for("ready.")
        terminal.wait_for(lambda here: here.cells() == cells)


@pytest.fixture
def own_garbage_settings() -> Iterator[None]:
    """Give this process its own way of collecting back."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


@pytest.mark.usefixtures("own_garbage_settings")
def test_garbage_is_held_until_it_is_settled() -> None:
    hold_garbage()
    assert not gc.isenabled()
    settle_garbage()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == (20_000, 50, 100)


def test_garbage_is_settled_after_the_first_frame() -> None:
    with start() as terminal:
        terminal.wait_for("ready.")
        terminal.send("g")
        terminal.wait_for("collects at (20000, 50, 100), True.")
