"""Going to random places of a long training, and whether what is there is what a plain run gives, bit for bit.

    python -m benchmarks.time_travel digits --epochs 10000

Run in a process of its own, because its peak memory is one of the figures.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from statistics import median
from time import perf_counter

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.history import DEFAULT_BUDGET, History
from nnstep.engine.run import carried
from nnstep.engine.training import Training
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load
from nnstep.session import Session

MIB = 2**20
PLACES = 300
SEED = 1
LONG = (("xor", 5_000), ("digits", 10_000))  # scenario, epochs
NAMES = (
    "scenario",
    "epochs",
    "budget, MiB",
    "iterations apart",
    "median ms",
    "99th percentile ms",
    "worst ms",
    "exact",
    "used, MiB",
    "peak of the process, MiB",
    "noting, µs",
)


@dataclass(frozen=True)
class Figures:
    """What was measured. Times: milliseconds. Memory: MiB; the peak is that of the process. exact: of the places."""

    scenario: str
    epochs: int
    budget: float
    run_up_per_epoch: float
    spacing: int  # iterations between two checkpoints
    places: int
    exact: int
    median: float
    p99: float
    worst: float
    held: float
    peak: float
    noting: float  # microseconds, of one iteration that was run elsewhere, where no checkpoint is due

    def cells(self) -> tuple[str, ...]:
        """Return the row of the page's table."""
        return (
            self.scenario,
            f"{self.epochs:,}",
            f"{self.budget:.0f}",
            f"{self.spacing}",
            f"{self.median:.1f}",
            f"{self.p99:.1f}",
            f"{self.worst:.1f}",
            f"{self.exact} of {self.places}",
            f"{self.held:.0f}",
            f"{self.peak:.0f}",
            f"{self.noting:.1f}",
        )


def travel(scenario: str, epochs: int, places: int = PLACES, budget: int = DEFAULT_BUDGET) -> Figures:
    """Train, jump about, and compare with a plain run that keeps nothing; takes as long as two such trainings."""
    session = Session(compile_scenario(load(scenario)), budget=budget)
    began = perf_counter()
    for _ in session.history.replay(session.compiled.training.batches.first(epochs + 1) - 1):
        pass
    spent = perf_counter() - began
    rng = np.random.default_rng(SEED)
    times, found = [], []
    for _ in range(places):
        iteration = int(rng.integers(1, session.history.reached + 1))
        step = int(rng.integers(0, len(session.program.steps) + 1))
        began = perf_counter()
        session.go(iteration, step)
        view = session.view()
        times.append(1000 * (perf_counter() - began))
        found.append((iteration, _digest(view.values), _digest(view.before)))
    peak = _peak()
    wanted = _plain(
        session.compiled.training, {number for iteration, _, _ in found for number in (iteration, iteration - 1)}
    )
    exact = sum(
        here == wanted[iteration] and (iteration == 1 or before == wanted[iteration - 1])
        for iteration, here, before in found
    )
    return Figures(
        scenario,
        epochs,
        budget / MIB,
        1000 * spent / epochs,
        session.history.spacing,
        places,
        exact,
        median(times),
        float(np.quantile(times, 0.99)),
        max(times),
        session.history.bytes_used / MIB,
        peak,
        _note(session.compiled.training),
    )


def in_a_fresh_process(scenario: str, epochs: int) -> Figures:
    """Return the figures of a process that did nothing else. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "benchmarks.time_travel", scenario, "--epochs", str(epochs), "--json"]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Figures(**json.loads(made))


def table() -> Iterator[str]:
    """Yield the page's part on going to random places of a long training."""
    yield from ["## Time travel", ""]
    yield "After a long training, going to random steps of random epochs. Parameters are kept every few iterations"
    yield f"within a budget, and what lies between is run again. {PLACES} places; each scenario in its own process."
    yield "A place is exact when every number of it, and of the iteration before it, has the bits of a plain run that"
    yield "keeps nothing. Noting is what training at full speed pays for an iteration of which nothing is kept."
    yield from ["", f"| {' | '.join(NAMES)} |", f"|---|{'---:|' * (len(NAMES) - 1)}"]
    for name, epochs in LONG:
        yield f"| {' | '.join(in_a_fresh_process(name, epochs).cells())} |"


def _peak() -> float:
    """Return the most memory this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells there begins with the memory of the process that started this one
        return float(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    scale = MIB if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def _plain(training: Training, wanted: set[int]) -> dict[int, str]:
    """Return digests of the values of some iterations, from running one after the other."""
    at, found = dict(training.first), {}
    for number in range(1, max(wanted) + 1):
        values = training.run(number, at)
        at = carried(training.program(number), values)
        if number in wanted:
            found[number] = _digest(values)
    return found


def _digest(values: Mapping[str, Array]) -> str:
    made = blake2b()
    for identity, array in sorted(values.items()):
        made.update(identity.encode())
        made.update(array.tobytes())
    return made.hexdigest()


def _note(training: Training) -> float:
    """Return the microseconds of taking note of an iteration."""
    history, rounds, count = History(training, 0), [], 2000
    flat = np.ones(history.packing.width)  # (width)
    for _ in range(5):
        first = history.reached + 1
        began = perf_counter()
        for number in range(first, first + count):
            history.passed(number, 1.0, flat)
        rounds.append(1e6 * (perf_counter() - began) / count)
    return min(rounds)


def main() -> None:
    """Measure one scenario."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--places", type=int, default=PLACES)
    parser.add_argument("--budget", type=float, default=DEFAULT_BUDGET / MIB, help="MiB")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = asdict(travel(given.scenario, given.epochs, given.places, int(given.budget * MIB)))
    shown = {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}
    print(json.dumps(figures) if given.json else "\n".join(f"{name:<18} {value}" for name, value in shown.items()))


if __name__ == "__main__":
    main()
