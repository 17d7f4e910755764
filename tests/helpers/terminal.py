"""A program on a real pty, and the terminal at its other end: it answers queries and shows what a person would see.

Waiting is for data from the program, within a limit; nothing here sleeps.
"""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
import warnings
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import pyte
from pyte.screens import Char

LIMIT = 20.0  # seconds without what was waited for: a broken program, however slow the machine
READ = 1 << 16  # bytes

QUERY_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: known, off
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # in-band resize: unknown
    b"\x1b[c": b"\x1b[?62;22c",  # device attributes: VT220 with colours
    b"\x1b[>c": b"\x1b[>1;10;0c",
    b"\x1b[6n": b"\x1b[1;1R",  # where is the cursor
}
FRAME_START, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
SYNCHRONIZED = 2026 << 5  # how pyte names a private mode

# What pyte would print as text or misread: queries, kitty's keyboard modes, and every OSC.
_NOT_FOR_PYTE = re.compile(r"\x1b\[\?\d+\$p|\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# A sequence that has not wholly arrived yet.
_UNFINISHED = re.compile(r"\x1b(?:\[[\d;<>=?$]*|\][^\x07\x1b]*\x1b?)?\Z")


class PtyProcess:
    """A command with a pty of `size` (columns, rows) as its controlling terminal; every query is answered.

    The command gets `environ` alone, with TERM set to xterm-256color unless it says otherwise.
    """

    def __init__(
        self, command: Sequence[str], size: tuple[int, int], environ: Mapping[str, str], pass_fds: Sequence[int] = ()
    ) -> None:
        self.master, slave = os.openpty()
        self.output = bytearray()
        self._answered = 0
        self.set_size(size)
        self.modes_before = termios.tcgetattr(slave)

        def take_terminal() -> None:
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        with warnings.catch_warnings():
            # Later Pythons warn of any fork beside threads; this child does one call and is replaced.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env={"TERM": "xterm-256color", **environ},
                start_new_session=True,
                preexec_fn=take_terminal,  # noqa: PLW1509 one system call
                pass_fds=pass_fds,
            )
        # Kept open here, the pty outlives the process, so that what it leaves behind can be looked at.
        self.slave = slave

    def set_size(self, size: tuple[int, int]) -> None:
        """Make the terminal `size` (columns, rows); a running program is told by SIGWINCH."""
        columns, rows = size
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, data: bytes) -> None:
        """Type `data`."""
        os.write(self.master, data)

    def read(self, seconds: float) -> bytes:
        """Return what has come within `seconds`, empty if nothing has, and answer the queries in it."""
        if not select.select([self.master], [], [], max(0.0, seconds))[0]:
            return b""
        try:
            data = os.read(self.master, READ)
        except OSError:
            return b""
        self.output += data
        self._answer()
        return data

    def _answer(self) -> None:
        # From a little before the new data: a query may come in two pieces.
        start = self._answered
        found = [(match, query) for query in QUERY_ANSWERS if (match := self.output.find(query, start)) >= 0]
        while found:
            place, query = min(found)
            self.write(QUERY_ANSWERS[query])
            start = place + len(query)
            found = [(match, query) for query in QUERY_ANSWERS if (match := self.output.find(query, start)) >= 0]
        self._answered = max(start, len(self.output) - 16)

    def modes(self) -> list[Any]:
        """Return the line settings of the terminal (raw, echo...), which started as `modes_before`."""
        return termios.tcgetattr(self.slave)

    def hang_up(self) -> None:
        """Close the terminal as when its window is closed."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def close(self) -> None:
        """End the program, if it still runs, and let go of the pty."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.master >= 0:
            self.hang_up()


class Cell(NamedTuple):
    """What a person sees in one place."""

    glyph: str
    foreground: str
    background: str
    bold: bool
    italics: bool
    underline: bool
    strike: bool
    reverse: bool


def _cell(char: Char) -> Cell:
    return as_seen(
        Cell(char.data, char.fg, char.bg, char.bold, char.italics, char.underscore, char.strikethrough, char.reverse)
    )


def as_seen(cell: Cell) -> Cell:
    """Return the one way to write what nobody can tell apart: two colours above each other, and a blank of any ink."""
    if cell.underline or cell.strike or cell.reverse:
        return cell
    if cell.glyph == "▄" and not cell.bold:
        cell = cell._replace(glyph="▀", foreground=cell.background, background=cell.foreground)
    if cell.glyph == "▀" and cell.foreground == cell.background:
        cell = cell._replace(glyph=" ")
    return cell._replace(foreground="", bold=False, italics=False) if cell.glyph == " " else cell


class Display:
    """A pyte screen that is fed bytes, cut anywhere."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._rest = ""

    def feed(self, data: bytes) -> None:
        """Show `data`, but for an escape sequence at its end that has not wholly come yet."""
        text = self._rest + self._decode(data)
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._rest = text[end:]
        self._stream.feed(_NOT_FOR_PYTE.sub("", text[:end]))

    def text(self) -> str:
        """Return what is shown, one line per row."""
        # Not pyte's own `display`: it fails on half a wide character, which a narrower screen leaves at its edge.
        columns = range(self.screen.columns)
        return "\n".join("".join(self.screen.buffer[row][x].data for x in columns) for row in range(self.screen.lines))

    def cells(self) -> list[list[Cell]]:
        """Return every cell, row by row."""
        rows = [self.screen.buffer[row] for row in range(self.screen.lines)]
        return [[_cell(row[column]) for column in range(self.screen.columns)] for row in rows]


class Terminal:
    """A command in a terminal of `size` (columns, rows), from start to `close`; to be used in a `with`."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        own = {key: value for key, value in os.environ.items() if key not in {"TERM", "COLORTERM", "NO_COLOR"}}
        self._display = Display(*size)
        self.screen = self._display.screen
        self.pty = PtyProcess(command, size, {**own, **(environ or {})}, pass_fds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def bytes_received(self) -> int:
        """How many bytes the program has sent so far."""
        return len(self.pty.output)

    @property
    def frames(self) -> int:
        """How many whole synchronized frames the program has sent so far."""
        return self.pty.output.count(FRAME_END)

    @property
    def is_inside_a_frame(self) -> bool:
        """Whether a synchronized frame has begun and not wholly come: what is shown may be half of one state."""
        return SYNCHRONIZED in self.screen.mode

    def send(self, keys: str) -> None:
        """Type `keys`, as the bytes a terminal sends for them."""
        self.pty.write(keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal, as a person does at its corner."""
        self.screen.resize(lines=rows, columns=columns)
        self.pty.set_size((columns, rows))

    def pump(self, seconds: float = 0.0) -> bool:
        """Show what has come within `seconds`; return whether anything has."""
        data = self.pty.read(seconds)
        self._display.feed(data)
        return bool(data)

    def wait_for(self, what: str | Callable[["Terminal"], bool], limit: float = LIMIT) -> None:
        """Read until the screen shows a text, or a question about this terminal is answered with yes.

        Fails with the screen when `limit` seconds have gone by, or the program has ended, without it.
        """
        holds = (lambda terminal: what in terminal.screen_text()) if isinstance(what, str) else what
        end = time.monotonic() + limit
        while self.is_inside_a_frame or not holds(self):
            has_ended = self.pty.process.poll() is not None
            if not self.pump(0.0 if has_ended else end - time.monotonic()) and (has_ended or time.monotonic() > end):
                wanted = what if isinstance(what, str) else "what was waited for"
                raise AssertionError(f"{wanted!r} did not come. The screen:\n{self.screen_text()}")

    def wait_for_end(self, limit: float = LIMIT) -> int:
        """Read until the program has ended and return its exit code, negative for a signal that killed it."""
        end = time.monotonic() + limit
        while self.pty.process.poll() is None:
            # Short turns, because an end is no data.
            self.pump(0.02)
            if time.monotonic() > end:
                raise AssertionError(f"the program did not end. The screen:\n{self.screen_text()}")
        while self.pump():
            pass
        return self.pty.process.returncode

    def wait_for_stop(self, limit: float = LIMIT) -> None:
        """Read until the program has been stopped, as by Ctrl+Z."""
        end = time.monotonic() + limit
        while os.waitid(os.P_PID, self.pty.process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is None:
            self.pump(0.02)
            assert time.monotonic() < end, "the program did not stop"
        while self.pump():
            pass

    def forget(self) -> None:
        """Clear the screen behind the program's back, as another program would."""
        self._display.feed(b"\x1b[0m\x1b[2J")

    def screen_text(self) -> str:
        """Return what is on the screen, one line per row."""
        return self._display.text()

    def cells(self) -> list[list[Cell]]:
        """Return every cell of the screen, row by row."""
        return self._display.cells()

    def close(self) -> None:
        """End the program and let go of the terminal."""
        self.pty.close()
