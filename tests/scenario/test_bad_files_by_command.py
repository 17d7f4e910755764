"""The same bad files by the command: exit code 2, one message with the line, no traceback, in little memory."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.deep

HERE: Final = Path(__file__).parent
MEMORY: Final = 256 * 2**20  # bytes of memory in use, the interpreter and NumPy included
ADDRESSES: Final = 2**30  # of which libraries reserve more than they use
SECONDS: Final = 20  # of processor time: a guard against what never ends, not a measure

FILES: Final = {
    "bad/tab-indent.yaml": 6,
    "bad/alias.yaml": 7,
    "bad/tag-python.yaml": 1,
    "bad/twice-top.yaml": 14,
    "bad/number-nan.yaml": 16,
    "bad/key-with-escape.yaml": 4,
    "bad/inputs-ragged.yaml": 9,
    "bad/activation-misspelt.yaml": 9,
    "bad/optimizer-misspelt.yaml": 12,
    "bad/json-comma-missing.json": 12,
    "bad/compile/weights-of-another-shape.yaml": 10,
    "bad/compile/too-much-memory.yaml": 7,
    "bad/compile/table-above.yaml": 3,
}
MADE: Final = {
    "deep.yaml": b"title: deep\ndata:\n " + b"[" * 100_000,
    "flat.yaml": b"title: flat\ndata:\n" + b"- 1\n" * 60_000,
    "bomb.yaml": b"a: &a [0]\nb: [*a, *a]\n",
    "large.yaml": b"title: large\n" + b"#" * 300_000,
    "binary.yaml": bytes(range(256)),
}


@dataclass(frozen=True)
class Outcome:
    """How one call of the command ended. memory: the most it used, in bytes."""

    code: int
    out: str
    err: str
    memory: int


# A child's peak memory includes what its parent held when it was started, and this one's parent is a whole test run.
# So a small process stands between: it sets the limits, starts the command and says the peak in its last line.
BETWEEN: Final = f"""
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, ({ADDRESSES}, {ADDRESSES}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def call(path: Path) -> Outcome:
    command = [sys.executable, "-S", "-c", BETWEEN, sys.executable, "-m", "nnstep", "check", str(path)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
    *err, peak = done.stderr.decode().splitlines(keepends=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return Outcome(done.returncode, done.stdout.decode(), "".join(err), int(peak) * unit)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Outcome]]:
    """Return how each file ended; two run at a time."""
    folder = tmp_path_factory.mktemp("made")
    paths = {name: HERE / name for name in FILES}
    for name, raw in MADE.items():
        paths[name] = folder / name
        paths[name].write_bytes(raw)
    with ThreadPoolExecutor(2) as pool:
        return {name: (paths[name], found) for name, found in zip(paths, pool.map(call, paths.values()), strict=True)}


@pytest.mark.parametrize("name", [*FILES, *MADE])
def test_the_command_refuses_it_in_one_message(outcomes: dict[str, tuple[Path, Outcome]], name: str) -> None:
    path, found = outcomes[name]
    assert found.code == 2, found.err
    assert found.out == ""
    assert found.err.count(f"{path}:") == 1
    assert "Traceback" not in found.err
    assert len(found.err.strip().splitlines()) <= 2
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", found.err) is None
    assert found.memory <= MEMORY


@pytest.mark.parametrize(("name", "line"), FILES.items())
def test_the_command_names_the_line(outcomes: dict[str, tuple[Path, Outcome]], name: str, line: int) -> None:
    path, found = outcomes[name]
    assert f"{path}:{line}:" in found.err
