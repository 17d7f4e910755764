"""Where blocks of columns are taken from a value, their signals go back side by side."""

import numpy as np

from nnstep.catalog.ops import OPS
from tests.helpers.trainings import dense, net, session

LSTM = {"layer": "lstm", "units": 2}
DATA = {"inputs": [[[1.0], [2.0]], [[0.5], [-1.0]]], "targets": [[1.0], [0.0]]}


def test_the_four_gates_of_an_lstm_go_back_in_one_step() -> None:
    walk = session(net(LSTM, dense(1), data=DATA))
    steps = {step.id: step for step in walk.program.steps}
    for t in (0, 1):
        delta = steps[f"layer1.t{t}.delta"]
        gates = [f"layer1.t{t}.{gate}.delta" for gate in ("input_gate", "forget_gate", "candidate", "output_gate")]
        assert delta.op is OPS["beside_4"]
        assert list(delta.reads) == gates
        values = walk.history.values(1)
        # What it was made of before: zeros around each, all added up.
        padded = [np.pad(values[gate], [(0, 0), (2 * n, 6 - 2 * n)]) for n, gate in enumerate(gates)]
        assert np.array_equal(values[delta.id], sum(padded))
    assert not any("lacking" in name and ".delta" in name for name in steps)
