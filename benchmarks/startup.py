"""From the start of a command to its first complete screen, beside a bare Textual app in the same run.

    python -m benchmarks.startup --text hidden_layer_input -- nnstep scenarios/xor.yaml

The two take turns, so that a busy moment of the machine meets both. A screen is complete when the given text has come
to the pty, and the whole of the frame that it is in: take a text from the end of the screen.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.pty_latency import START_LIMIT, parse_size, shows, visible
from tests.helpers.terminal import PtyProcess

BARE_TEXT = "hello, world"
BARE = f"""
from textual.app import App
from textual.widgets import Static


class Hello(App):
    def compose(self):
        yield Static({BARE_TEXT!r})


Hello().run()
"""


@dataclass(frozen=True)
class Comparison:
    """Milliseconds to the first complete screen, run by run."""

    command: tuple[str, ...]
    size: tuple[int, int]  # columns, rows
    milliseconds: tuple[float, ...]
    bare_milliseconds: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times the bare app's median."""
        return median(self.milliseconds) / median(self.bare_milliseconds)

    def summary(self) -> dict[str, object]:
        """Return the figures, by name."""
        return {
            "command": " ".join(self.command),
            "size": "{}x{}".format(*self.size),
            "runs": len(self.milliseconds),
            "median_ms": round(median(self.milliseconds), 1),
            "min_ms": round(min(self.milliseconds), 1),
            "bare_median_ms": round(median(self.bare_milliseconds), 1),
            "bare_min_ms": round(min(self.bare_milliseconds), 1),
            "ratio": round(self.ratio, 2),
        }


def first_screen(
    command: Sequence[str], text: str, size: tuple[int, int], environ: Mapping[str, str] | None = None
) -> float:
    """Return the milliseconds until a frame of `command` shows `text`; raises TimeoutError if none does."""
    own = {name: value for name, value in os.environ.items() if name not in {"TERM", "NO_COLOR", "COLUMNS", "LINES"}}
    begin = perf_counter()
    pty = PtyProcess(command, size, {"COLORTERM": "truecolor", **own, **(environ or {})})
    try:
        while True:
            has_come = pty.read(1.0)
            now = perf_counter()
            if has_come and shows(pty.output, text):
                return (now - begin) * 1000
            if now - begin > START_LIMIT or (not has_come and pty.process.poll() is not None):
                raise TimeoutError(f"no screen shows {text!r}; what came: {visible(pty.output)[-2000:]}")
    finally:
        pty.close()


def compare(
    command: Sequence[str],
    text: str,
    *,
    runs: int = 15,
    size: tuple[int, int] = (120, 40),
    environ: Mapping[str, str] | None = None,
) -> Comparison:
    """Start `command` and a bare Textual app in turns, `runs` times each after one that does not count."""
    bare = (sys.executable, "-c", BARE)
    pairs = [
        (first_screen(command, text, size, environ), first_screen(bare, BARE_TEXT, size, environ))
        for _ in range(runs + 1)
    ][1:]
    own, others = zip(*pairs, strict=True)
    return Comparison(tuple(command), size, own, others)


def main() -> None:
    """Compare the command that stands after `--`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--text", required=True, help="the first screen is complete when it shows this")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--size", type=parse_size, default=(120, 40), metavar="COLUMNSxROWS")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    figures = compare(given.command, given.text, runs=given.runs, size=given.size).summary()
    print(json.dumps(figures) if given.json else "\n".join(f"{name:<16} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
