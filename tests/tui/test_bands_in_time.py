"""A layer that goes through time has a band for each time, there and back."""

import pytest

from nnstep.tui.renderables.bands import bands
from tests.helpers.sequences import sequences
from tests.helpers.trainings import dense, session

FORWARD = ["HIDDEN LAYER · t=0", "HIDDEN LAYER · t=1", "HIDDEN LAYER · t=2", "HIDDEN LAYER", "OUTPUT LAYER"]
BACK = ["ERROR AT OUTPUT", "ERROR AT HIDDEN", *(f"ERROR AT HIDDEN · t={t}" for t in (2, 1, 0))]


@pytest.mark.parametrize("names", ["classic", "math", "layerwise", "framework"])
@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_each_time_is_a_band(kind: str, names: str) -> None:
    program = session(sequences({"layer": kind, "units": 2}, dense(2)), names).program
    found = bands(program)
    titles = [band.title.partition(" · ")[2] for band in found]
    assert titles == [*FORWARD, *BACK, "GRADIENTS OF THE WEIGHTS", "NEW WEIGHTS"]
    placed = [identity for band in found for identity in band.steps]
    assert sorted(placed) == sorted(step.id for step in (*program.steps, *program.measures))
    for band in found:
        times = {step.partition(".")[2].partition(".")[0] for step in band.steps if step.startswith("layer1.t")}
        assert len(times) <= 1


def test_a_sign_stands_only_between_its_own_operands() -> None:
    program = session(sequences({"layer": "rnn", "units": 2}, dense(2)), "math").program
    for band in bands(program):
        for before, item in zip(band.items, band.items[1:], strict=False):
            if item.sign == "·":
                step = next(s for s in program.steps if s.id == item.step)
                assert step.reads == (before.id, item.id)
