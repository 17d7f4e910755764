"""Where a cell came from: the cells that the slow evaluation read, found fast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.cell import Cell, work_out
from nnstep.engine.program import Step
from nnstep.explain.reads import read_cells
from nnstep.session import Session
from tests.helpers.trainings import batched, compiled, dense, net, session, spreadsheet

NETS = {
    "spreadsheet": compiled(spreadsheet()),
    "batches": compiled(batched()),
    "classes": compiled(net(dense(4, "relu"), dense(3, "softmax"), loss="cce")),
    "scores": compiled(net(dense(4, "leaky_relu"), dense(3), loss="softmax_cross_entropy")),
}


@pytest.mark.parametrize("name", NETS)
@given(st.data())
def test_they_are_the_cells_that_were_read(name: str, data: st.DataObject) -> None:
    walk = Session(NETS[name])
    walk.go(data.draw(st.integers(1, 5)), len(walk.program.steps))
    step = data.draw(st.sampled_from([*walk.program.steps, *walk.program.measures]))
    at = tuple(data.draw(st.integers(0, length - 1)) for length in step.shape)
    view = walk.view()
    values = {name: view.values[identity] for name, identity in step.inputs.items()}
    slow = {Cell(step.inputs[read.name], read.at) for read in work_out(step.op.rule, at, values, step.settings).reads}
    found = read_cells(view, Cell(step.id, at))
    assert {Cell(identity, tuple(place)) for identity, places in found.items() for place in places.tolist()} == slow
    for identity, places in found.items():
        assert places.shape[1] == len(view.program.values[identity].shape)
        assert len(np.unique(places, axis=0)) == len(places)


def test_an_update_reads_the_rate_too() -> None:
    walk = session(spreadsheet())
    walk.go(1, 18)
    found = read_cells(walk.view(), Cell("layer1.weights.next", (2, 1)))
    assert {identity: places.tolist() for identity, places in found.items()} == {
        "layer1.weights": [[2, 1]],
        "learning_rate": [[]],
        "layer1.weights.grad": [[2, 1]],
    }


def test_a_value_that_is_read_twice_is_named_once() -> None:
    walk = session(net(dense(3, "softmax"), loss="cce"))
    walk.go(1, 3)
    found = read_cells(walk.view(), Cell("layer1.output", (1, 2)))
    assert {identity: places.tolist() for identity, places in found.items()} == {
        "layer1.pre_activation": [[1, 0], [1, 1], [1, 2]]
    }


def test_a_gradient_reads_a_column_of_each() -> None:
    walk = session(net(dense(2, "tanh"), samples=400, inputs=3))
    walk.go(1, 6)
    found = read_cells(walk.view(), Cell("layer1.weights.grad", (2, 1)))
    assert found["inputs"].tolist() == [[sample, 2] for sample in range(400)]
    assert found["layer1.delta"].tolist() == [[sample, 1] for sample in range(400)]


@pytest.mark.parametrize("identity", ["inputs", "targets", "layer1.weights", "learning_rate"])
def test_what_is_given_comes_from_nowhere(identity: str) -> None:
    view = session(spreadsheet()).view()
    assert not isinstance(view.program.values[identity], Step)
    assert read_cells(view, Cell(identity, (0,) * len(view.program.values[identity].shape))) == {}
