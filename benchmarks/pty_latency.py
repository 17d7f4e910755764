"""From a key to the finished frame, in milliseconds and bytes, for any full-screen command.

    python -m benchmarks.pty_latency --size 120x40 -- nnstep scenarios/spreadsheet.yaml

The command runs on a real pty. This program is its terminal: it says that it knows synchronized output (mode 2026),
types one key, and takes the time when the end mark of the last frame for that key has come. So a step is all of it:
reading the key, the event loop, the layout, the painting, the writing; not the network, and not the painting of a
terminal. The bytes are all that came for that key. The next key is typed when the command has been quiet for a moment.
"""

import argparse
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median
from time import perf_counter

from tests.helpers.terminal import FRAME_END, FRAME_START, PtyProcess

QUIET = 0.03  # seconds without data: the command has done all it does for a key
START_LIMIT = 30.0  # seconds until the first frame
KEY_LIMIT = 5.0  # seconds until a key is taken to change nothing
WARM_UP = 5  # steps that do not count: caches fill, code is loaded

ESCAPES = re.compile(rb"\x1b(?:\[[\d;?<>=$]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])")


@dataclass(frozen=True)
class Result:
    """One measurement: for each key that had an answer, the time (ms), the bytes, and the frames."""

    command: tuple[str, ...]
    size: tuple[int, int]  # columns, rows
    milliseconds: tuple[float, ...]
    bytes_per_step: tuple[int, ...]
    frames_per_step: tuple[int, ...]
    unanswered: int = 0  # keys that changed nothing on the screen
    start_bytes: int = field(default=0)  # sent until the first screen was quiet

    @property
    def median(self) -> float:
        """Milliseconds, the middle step."""
        return median(self.milliseconds)

    @property
    def p99(self) -> float:
        """Milliseconds, which 99 of 100 steps stay within."""
        return percentile(self.milliseconds, 99)

    def summary(self) -> dict[str, object]:
        """Return the figures, by name."""
        return {
            "command": " ".join(self.command),
            "size": "{}x{}".format(*self.size),
            "steps": len(self.milliseconds),
            "unanswered": self.unanswered,
            "median_ms": round(self.median, 2),
            "p99_ms": round(self.p99, 2),
            "max_ms": round(max(self.milliseconds), 2),
            "median_bytes": median(self.bytes_per_step),
            "p99_bytes": percentile(self.bytes_per_step, 99),
            "max_bytes": max(self.bytes_per_step),
            "frames_per_step": round(sum(self.frames_per_step) / len(self.frames_per_step), 2),
            "start_bytes": self.start_bytes,
        }


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` of 100 values do not exceed."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def visible(data: bytes | bytearray) -> str:
    """Return what is left of terminal output without its escape sequences."""
    return ESCAPES.sub(b"", bytes(data)).decode(errors="replace")


def shows(output: bytes | bytearray, text: str) -> bool:
    """Return whether a screen with `text` (any text at all, if empty) has come, and is no half of a frame.

    A first frame may come before the command knows that this terminal keeps frames whole, so it may have no marks.
    """
    is_whole = output.rfind(FRAME_START) <= output.rfind(FRAME_END)
    shown = visible(output)
    return is_whole and bool(shown.strip()) and text in shown


def measure(
    command: Sequence[str],
    size: tuple[int, int],
    keys: Sequence[str],
    *,
    text: str = "",
    environ: Mapping[str, str] | None = None,
) -> Result:
    """Start `command` at `size` (columns, rows), wait for `text`, type `keys` one by one, and end it.

    The first keys (WARM_UP) are typed and not counted. Raises TimeoutError if no first screen comes.
    """
    own = {name: value for name, value in os.environ.items() if name not in {"TERM", "NO_COLOR", "COLUMNS", "LINES"}}
    pty = PtyProcess(command, size, {"COLORTERM": "truecolor", **own, **(environ or {})})
    try:
        _wait_for_start(pty, text)
        start_bytes = len(pty.output)
        steps = [_step(pty, key) for key in keys][WARM_UP:]
    finally:
        pty.close()
    answered = [step for step in steps if step is not None]
    if not answered:
        raise TimeoutError(f"no key of {set(keys)} changes the screen of {command[0]}")
    times, sizes, frames = zip(*answered, strict=True)
    return Result(tuple(command), size, times, sizes, frames, len(steps) - len(answered), start_bytes)


def _wait_for_start(pty: PtyProcess, text: str) -> None:
    end = perf_counter() + START_LIMIT
    while not shows(pty.output, text):
        pty.read(0.1)
        if perf_counter() > end or pty.process.poll() is not None:
            raise TimeoutError(f"no first screen with {text!r}; what came: {visible(pty.output)[-2000:]}")
    # Long enough for whatever a program still does after its first screen.
    while pty.read(10 * QUIET):
        pass


def _step(pty: PtyProcess, key: str) -> tuple[float, int, int] | None:
    """Type one key; return (ms, bytes, frames), or None if nothing comes of it."""
    start = len(pty.output)
    begin = perf_counter()
    pty.write(key.encode())
    finished = 0.0
    searched = start
    while pty.read(QUIET if finished else KEY_LIMIT):
        last = pty.output.rfind(FRAME_END, searched)
        if last >= 0:
            finished = perf_counter()
            searched = last + len(FRAME_END)
    if not finished:
        return None
    return (finished - begin) * 1000, len(pty.output) - start, pty.output.count(FRAME_END, start)


def parse_size(text: str) -> tuple[int, int]:
    """Return (columns, rows) of a size such as 120x40."""
    columns, rows = text.split("x")
    return int(columns), int(rows)


def main() -> None:
    """Measure the command that stands after `--`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=parse_size, default=(120, 40), metavar="COLUMNSxROWS")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--keys", default=" ", help="typed in turn, one character each; \\e stands for escape")
    parser.add_argument("--text", default="", help="the first screen is complete when it shows this")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    keys = list(islice(cycle(split_keys(given.keys)), given.steps + WARM_UP))
    figures = measure(given.command, given.size, keys, text=given.text).summary()
    print(json.dumps(figures) if given.json else "\n".join(f"{name:<16} {value}" for name, value in figures.items()))


def split_keys(text: str) -> list[str]:
    r"""Return the keys in a text: characters, and escape sequences written with \e, such as \e[C."""
    return [key.replace("\\e", "\x1b") for key in re.findall(r"\\e\[[\d;]*[A-Za-z~]|\\e|.", text)]


if __name__ == "__main__":
    main()
