"""Training side by side: everyone in a process of its own, one after the other, round after round; medians.

`python -m benchmarks.training` prints the tables.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parent.parent
MISSING = 3  # the exit code of a peer that is not installed
WIDTHS, DEPTHS, SAMPLES = (64, 128, 256, 512, 1024), (1, 2, 4, 8), (128, 256, 512, 1024)
WIDE = 128  # samples where the widths grow: an iteration of eight layers of 1024 has to fit into the limit


def tables(rounds: int) -> Iterator[str]:
    """Yield the tables of all workloads, and how cost grows."""
    from benchmarks.workloads import NAMES

    yield from ["## Training beside others", ""]
    yield f"The loss of every epoch and, for the digits, the test loss are worked out by everyone. {_peers_versions()}."
    yield f"Each in a fresh process, in turn, {rounds} rounds; medians, one thread."
    for name in NAMES:
        yield ""
        yield from _table(name, rounds)
    yield ""
    yield from _growth()


def _peers_versions() -> str:
    found = []
    for name in ("scikit-learn", "torch"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} is not installed")
    return ", ".join(found)


def _table(name: str, rounds: int) -> Iterator[str]:
    from benchmarks.peers import PEERS
    from benchmarks.workloads import workload

    work = workload(name)
    times: dict[str, list[float]] = {peer: [] for peer in PEERS}
    for _ in range(rounds):
        for peer in PEERS:
            if (spent := _measure(peer, name)) is not None:
                times[peer].append(spent)
    scale = 1e6 if work.unit == "µs" else 1e3
    base = times["tutorial"]
    yield from [
        f"### {work.title}",
        "",
        f"| | {work.unit} an epoch | times as fast as the tutorial |",
        "|---|---:|---:|",
    ]
    for peer, (title, _) in PEERS.items():
        if times[peer]:
            # Pairs of one round saw the same machine; the median of their ratios is steadier than that of medians.
            ratio = statistics.median(other / own for other, own in zip(base, times[peer], strict=True))
            yield f"| {title} | {scale * statistics.median(times[peer]) / work.epochs:.3g} | {ratio:.2f} |"
    own = times["nnstep"]
    others = [
        f"{statistics.median(theirs / ours for theirs, ours in zip(times[peer], own, strict=True)):.2f} × {title}"
        for peer, title in (("pytorch", "PyTorch float64"), ("scikit_learn", "scikit-learn"))
        if times[peer]
    ]
    yield from ["", f"nnstep in float64 is as fast as {' and '.join(others)}."] if others else []


def _measure(peer: str, name: str) -> float | None:
    """Return the seconds that a peer takes in a fresh process; None where it is not installed."""
    command = [sys.executable, "-m", "benchmarks.training", peer, name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == MISSING:
        return None
    if done.returncode:
        raise RuntimeError(f"{peer} with {name}: {done.stderr}")
    return float(json.loads(done.stdout))


def _growth() -> Iterator[str]:
    """Yield how the cost of an iteration grows with width, depth and samples."""
    yield from ["### How cost grows", ""]
    yield f"A full batch of {WIDE} samples, 64 inputs, equal sigmoid layers and 10 outputs, sgd: ms an epoch, and"
    yield "in brackets picoseconds for each sample and weight."
    yield from ["", "| width |" + "".join(f" {depth} hidden |" for depth in DEPTHS), "|---:|" + "---:|" * len(DEPTHS)]
    for width in WIDTHS:
        yield f"| {width} |" + "".join(f" {_cost(width, depth, WIDE)} |" for depth in DEPTHS)
    yield from ["", "| samples, 2 hidden layers of 256 |" + "".join(f" {count} |" for count in SAMPLES)]
    yield "|---|" + "---:|" * len(SAMPLES)
    yield "| ms an epoch |" + "".join(f" {_cost(256, 2, count)} |" for count in SAMPLES)


def _cost(width: int, depth: int, samples: int) -> str:
    from time import perf_counter

    from nnstep.engine.runner import Runner
    from nnstep.scenario.compile import compile_scenario
    from nnstep.scenario.load import parse

    layers = [{"layer": "dense", "units": width, "activation": "sigmoid"}] * depth
    tree = {
        "title": "growth",
        "data": {"source": "digits", "scale": "minmax", "one_hot": True, "take": samples},
        "network": [*layers, {"layer": "dense", "units": 10, "activation": "softmax"}],
        "loss": "cce",
        "optimizer": {"name": "sgd", "learning_rate": 0.01},
    }
    runner = Runner(compile_scenario(parse(json.dumps(tree).encode(), "growth")).training)
    runner.run(2, [])
    weights = 64 * width + width * width * (depth - 1) + width * 10
    epochs = max(3, int(3e9 / (weights * samples)) // 60)
    times = []
    for _ in range(3):
        began = perf_counter()
        runner.run(runner.done + epochs, [])
        times.append((perf_counter() - began) / epochs)
    best = statistics.median(times)
    return f"{1000 * best:.3g} ({1e12 * best / (weights * samples):.0f})"


def main() -> None:
    """Print the tables, or as a child one peer's seconds."""
    if len(sys.argv) < 3:
        for line in tables(int(sys.argv[1]) if len(sys.argv) > 1 else 7):
            print(line, flush=True)
        return
    from benchmarks.peers import PEERS
    from benchmarks.workloads import workload

    work = workload(sys.argv[2])
    try:
        print(json.dumps(PEERS[sys.argv[1]][1](work, work.epochs)))
    except ImportError:
        sys.exit(MISSING)


if __name__ == "__main__":
    main()
