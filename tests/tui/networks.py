"""Networks of any depth and width, for searches over shapes."""

from hypothesis import strategies as st

from nnstep.catalog.names import NAME_SETS
from nnstep.scenario.compile import Compiled
from nnstep.session import Session
from tests.tui.driving import compiled

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "identity")
ENDS = {"half_sse": "tanh", "mse": "identity", "bce": "sigmoid", "cce": "softmax"}


@st.composite
def networks(draw: st.DrawFn, widest: int = 100, deepest: int = 6, most: int = 40) -> Compiled:
    """Draw a scenario: up to `deepest` layers of up to `widest` units, and up to `most` samples."""
    samples = draw(st.integers(1, most), label="samples")
    widths = draw(st.lists(st.integers(1, widest), min_size=2, max_size=deepest + 1), label="widths")
    loss = draw(st.sampled_from(sorted(ENDS)), label="loss")
    names = draw(st.sampled_from(sorted(NAME_SETS)), label="names")
    has_bias = draw(st.booleans(), label="bias")
    whole = draw(st.booleans(), label="whole numbers")
    if loss == "cce":
        widths[-1] = max(widths[-1], 2)
    lines = [
        "title: Drawn",
        f"names: {names}",
        "seed: 1",
        "data:",
        f"  inputs: {[[_number(b, i, whole) for i in range(widths[0])] for b in range(samples)]}",
        f"  targets: {[[int(j == b % widths[-1]) for j in range(widths[-1])] for b in range(samples)]}",
        "network:",
    ]
    for number, units in enumerate(widths[1:]):
        kind = ENDS[loss] if number == len(widths) - 2 else draw(st.sampled_from(ACTIVATIONS))
        bias = "" if has_bias else ", bias: false"
        lines.append(f"  - {{layer: dense, units: {units}, activation: {kind}{bias}}}")
    lines += [f"loss: {loss}", "optimizer: {name: sgd, learning_rate: 0.1}", "epochs: 5"]
    return compiled("\n".join(lines))


@st.composite
def sessions(draw: st.DrawFn, widest: int = 20, deepest: int = 4, most: int = 20) -> Session:
    """Draw a session somewhere in its first three iterations, perhaps in the middle of a step."""
    session = Session(draw(networks(widest, deepest, most)))
    session.go(draw(st.integers(1, 3)), draw(st.integers(0, len(session.program.steps))))
    for _ in range(draw(st.integers(0, 3))):
        session.next_cell()
    return session


def _number(b: int, i: int, whole: bool) -> float:
    """Return a feature of a sample; any will do, as only the shapes are searched."""
    return (b + i) % 3 if whole else (3 * b + 7 * i) % 10 / 10 + 0.05
