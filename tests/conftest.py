"""What holds for every test: one thread, no animation, repeatable searches."""

import os
import signal
from pathlib import Path

import pytest

# Two threads change the last bits of many products, and a BLAS reads this only once: when NumPy is first imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[variable] = "1"
os.environ["TEXTUAL_ANIMATIONS"] = "none"
# A person's own settings must not decide what a test sees; a test of these sets them itself.
for variable in list(os.environ):
    if variable in {"NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "STY"} or variable.startswith(
        ("SSH_", "NNSTEP_")
    ):
        del os.environ[variable]

# What a test does is not remembered for the next one, nor for the person who runs it.
os.environ["XDG_STATE_HOME"] = f"{os.devnull}/no state"

# A run that was started in the background, or with nohup, ignores these, and so would every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

from hypothesis import HealthCheck, settings  # noqa: E402

# No deadline: a busy machine is no fault of ours. In CI each run searches the same places: a red one can be repeated.
settings.register_profile(
    "nnstep",
    deadline=None,
    max_examples=int(os.environ.get("EXAMPLES", "20")),  # EXAMPLES=1000 searches long
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("nnstep")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project_dir() -> Path:
    """Return the folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def scenarios_dir() -> Path:
    """Return the folder of the shipped scenarios."""
    return ROOT / "scenarios"
