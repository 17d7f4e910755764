"""Every figure of docs/benchmarks.md, measured in one run: `python -m benchmarks` prints the page, `--write` keeps it.

Let nothing else run meanwhile: times are those of the whole machine. Trust the ratios, which compare in one run.
"""

import argparse
import os
import platform
import statistics
import sys
from collections.abc import Iterator
from compileall import compile_dir
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.pty_latency import measure
from benchmarks.startup import compare
from benchmarks.time_travel import table
from benchmarks.training import tables

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
STEPS = 300
SCREENS = (("spreadsheet", (80, 24)), ("spreadsheet", (120, 40)), ("digits", (120, 40)), ("digits", (200, 60)))
NNSTEP = [sys.executable, "-m", "nnstep"]
# A quick look needs no more; the page is made with the default.
RUNS = 15
ROUNDS = 9


def page(steps: int, runs: int, rounds: int) -> Iterator[str]:
    """Yield the page's lines."""
    yield from ["# How fast it is, and how that was measured", ""]
    yield "One command makes this page: `python -m benchmarks --write`. Times are those of the machine named here, and"
    yield "it is noisy; the ratios compare what ran alternately in one run, and travel better."
    yield from ["", f"- {_machine()}", f"- {_versions()}", ""]
    for part in (_screens(steps), _starts(runs), tables(rounds), table()):
        yield from part
        yield ""


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return f"{os.cpu_count()} cores, {model}, {platform.system()}"


def _versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "textual", "rich"))
    return f"Python {platform.python_version()}, {packages}; one BLAS thread"


def _screens(steps: int) -> Iterator[str]:
    """Yield the table of steps: key to finished frame, and bytes."""
    yield from ["## A step on the screen", ""]
    yield "A program on a real pty plays the terminal. It presses Space, and stops the clock when the end of the whole"
    yield f"frame has arrived; {steps} steps. Without the encoder, Textual itself paints the same screens."
    yield from ["", "| scenario | size | median ms | 99th percentile ms | bytes a step, median | of the start |"]
    yield "|---|---|---:|---:|---:|---:|"
    for name, size in SCREENS:
        yield _step_row(name, name, size, steps, {})
    plain = {"NNSTEP_PLAIN_RENDER": "1"}
    yield _step_row("spreadsheet", "spreadsheet, without the encoder", (120, 40), steps, plain)


def _step_row(name: str, label: str, size: tuple[int, int], steps: int, environ: dict[str, str]) -> str:
    result = measure([*NNSTEP, name], size, [" "] * steps, text="LAYER", environ=environ)
    half = statistics.median(result.bytes_per_step)
    return (
        f"| {label} | {size[0]}×{size[1]} | {result.median:.1f} | {result.p99:.1f} | {half:,.0f} | "
        f"{result.start_bytes:,} |"
    )


def _starts(runs: int) -> Iterator[str]:
    """Yield the table of starts beside a bare Textual app."""
    yield from ["## From the command to the first complete screen", ""]
    compile_dir(Path(__file__).parent.parent / "nnstep", quiet=1)  # as pip leaves it; a checkout may lack it
    yield f"Beside a Textual app that says hello, alternately, {runs} times each; medians, with byte code compiled."
    yield from ["", "| command | ms | bare app ms | ratio |", "|---|---:|---:|---:|"]
    for name, text in (("xor", "WEIGHTS"), ("digits", "LAYER")):
        result = compare([*NNSTEP, name], text, runs=runs)
        own, bare = statistics.median(result.milliseconds), statistics.median(result.bare_milliseconds)
        yield f"| nnstep {name} | {own:.0f} | {bare:.0f} | {own / bare:.2f} |"


def main() -> None:
    """Measure, print, and keep the page if that is asked for."""
    given = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    given.add_argument("--write", action="store_true", help="keep the page as docs/benchmarks.md")
    given.add_argument("--steps", type=int, default=STEPS, help="keys pressed on each screen")
    given.add_argument("--runs", type=int, default=RUNS, help="starts of each command")
    given.add_argument("--rounds", type=int, default=ROUNDS, help="trainings of each library")
    chosen = given.parse_args()
    lines = []
    for line in page(chosen.steps, chosen.runs, chosen.rounds):
        print(line, flush=True)
        lines.append(line)
    if chosen.write:
        PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
