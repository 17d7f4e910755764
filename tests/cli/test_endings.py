"""However a command ends: an exit code, at most one message, never a traceback."""

import errno
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstep import cli
from nnstep.__main__ import main
from nnstep.commands.endings import ended
from nnstep.errors import NnstepError

FULL = "nnstep: the output can not be written: no space left on device\n  make room, or write to another place\n"


def raising(error: BaseException) -> Callable[[], int]:
    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            NnstepError("it is wrong", where="a.yaml:3:5", hint="try that"),
            2,
            "nnstep: a.yaml:3:5: it is wrong\n  try that\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "nnstep: the output can not be written: no space left"),
        (
            ZeroDivisionError("a\x1b[2Jb"),
            70,
            "nnstep: a fault of nnstep's own, please report it: ZeroDivisionError: a␛[2Jb\n",
        ),
        (MemoryError(), 70, "nnstep: a fault of nnstep's own"),
        (RecursionError("too deep\nindeed"), 70, "nnstep: a fault of nnstep's own"),
    ],
)
def test_each_end(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NNSTEP_DEBUG", raising=False)
    assert ended(raising(error)) == code
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert bool(err) == bool(said)
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 2


def test_a_traceback_is_there_for_those_who_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNSTEP_DEBUG", "1")
    assert ended(raising(ZeroDivisionError("oh"))) == 70
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_waits_for_a_module_that_is_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def load(name: str) -> None:
        signal.raise_signal(signal.SIGINT)
        loaded.append(name)

    monkeypatch.setattr(cli, "import_module", load)
    assert cli.main(["list"]) == 130
    assert loaded == ["nnstep.commands.listing"]


def test_a_module_that_ctrl_c_cuts_in_two_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        signal.raise_signal(signal.SIGINT)
        raise ImportError("half of it is missing")

    monkeypatch.setattr(cli, "import_module", load)
    assert cli.main(["list"]) == 130


def test_ctrl_c_before_a_command_line_is_looked_at_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "main", lambda words: signal.raise_signal(signal.SIGINT))
    assert main() == 130


def test_the_code_of_a_command_is_passed_on() -> None:
    assert [ended(lambda code=code: code) for code in (0, 1)] == [0, 1]


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PY": sys.executable, **environment}
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, env=env)


def test_a_reader_that_has_seen_enough_is_no_error(batches: str) -> None:
    ran = shell(f'"$PY" -m nnstep trace {batches} --iterations 100000 | head -1; echo "${{PIPESTATUS[0]}}"')
    lines = ran.stdout.splitlines()
    assert ran.stderr == ""
    assert lines[0].startswith('{"kind": "scenario"')
    assert lines[1:] == ["141"]


def test_a_full_disk_is_told(xor: str) -> None:
    ran = shell(f'"$PY" -m nnstep trace {xor} --iterations 100 > /dev/full')
    assert ran.returncode == 2
    assert ran.stderr == FULL


def test_a_closed_output_is_told(xor: str) -> None:
    ran = shell(f'"$PY" -m nnstep show {xor} >&-')
    assert ran.returncode == 2
    assert ran.stderr.startswith("nnstep: the output is closed")
    assert len(ran.stderr.splitlines()) == 2


def test_a_closed_error_output_is_no_fault(xor: str) -> None:
    ran = shell(f'"$PY" -m nnstep show {xor} --at 0 2>&-')
    assert (ran.returncode, ran.stdout) == (2, "")
    ran = shell(f'"$PY" -m nnstep train {xor} 2>&-')
    assert ran.returncode == 0


def test_a_closed_input_is_no_fault(xor: str) -> None:
    ran = shell(f'"$PY" -m nnstep {xor} --plain <&-')
    assert (ran.returncode, ran.stderr) == (0, "")
    ran = shell(f'"$PY" -m nnstep {xor} <&-')
    assert ran.returncode == 2
    assert "The input is not a terminal" in ran.stderr


def test_an_output_without_greek_letters_is_no_fault(xor: str) -> None:
    ran = shell(f'"$PY" -m nnstep show {xor}', PYTHONIOENCODING="ascii")
    assert ran.returncode == 0
    assert "?L/?W1" in ran.stdout
    ran = shell(f'"$PY" -m nnstep trace {xor}', PYTHONIOENCODING="ascii")
    assert ran.returncode == 0
    assert "\\u03b4" in ran.stdout


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["--version"]])
@pytest.mark.parametrize("buffered", [True, False])
def test_help_that_can_not_be_written_is_no_success(words: list[str], buffered: bool) -> None:
    environ = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "nnstep", *words], stdout=full, stderr=subprocess.PIPE, env=environ, check=False
        )
    assert ran.returncode == 2
    assert ran.stderr == FULL.encode()


BAR = """
import os
from nnstep.commands.progress import progress
with progress("training", 10) as advance:
    advance(1, 0.5)
    os.kill(os.getpid(), {signal})
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_training_that_is_ended_gives_the_cursor_back(number: signal.Signals) -> None:
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-c", BAR.format(signal=int(number))], stderr=theirs, env=environ
    ) as process:
        process.wait()
        os.close(theirs)
        written = os.read(ours, 65536)
    os.close(ours)
    # It hides the cursor, shows it again, and dies of the signal as any other program would.
    assert written.index(b"\x1b[?25l") < written.rindex(b"\x1b[?25h")
    assert b"\x1b[?25l" not in written[written.rindex(b"\x1b[?25h") :]
    assert process.returncode == -number
