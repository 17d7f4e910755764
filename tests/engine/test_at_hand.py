"""Parameters of the past that are at hand: looked at without a single iteration being run."""

import numpy as np

from nnstep.engine.history import History
from tests.tui.driving import shipped


def test_what_is_at_hand_is_what_was_there_and_nothing_is_run() -> None:
    training = shipped("spiral").training
    history = History(training, budget=400_000)
    for _ in history.replay(400):
        pass
    assert history.spacing > 1
    known = [done for done in range(401) if history.at_hand(done) is not None]
    assert {0, history.spacing, 400} <= set(known)
    assert len(known) < 400
    plain = History(training)
    for done in known[:: max(1, len(known) // 20)]:
        at, expected = history.at_hand(done), plain.parameters(done)
        assert at is not None
        for identity, values in expected.items():
            assert np.array_equal(at[identity], values)
    # What lies ahead is not at hand.
    assert history.at_hand(401) is None
    assert history.reached == 400
