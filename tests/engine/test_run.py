"""Running raises nothing and warns of nothing, and knows where numbers stopped being finite."""

import numpy as np

from nnstep.engine.cell import Cell
from nnstep.engine.run import carried, first_not_finite, run_iteration, run_step
from tests.helpers.trainings import compiled, dense, exploding, net, same, spreadsheet


def test_step_by_step_is_the_iteration() -> None:
    training = compiled(spreadsheet()).training
    program, values = training.program(1), training.start(1, training.first)
    for step in (*program.steps, *program.measures):
        run_step(step, values)
    assert same(values, run_iteration(program, training.start(1, training.first)))


def test_what_is_carried_on_is_what_the_updates_made() -> None:
    training = compiled(spreadsheet()).training
    values = training.run(1, training.first)
    after = carried(training.program(1), values)
    assert after.keys() == training.first.keys()
    assert after["layer2.weights"] is values["layer2.weights.next"]


def test_nothing_writes_into_the_first_parameters() -> None:
    training = compiled(spreadsheet()).training
    before = {name: array.copy() for name, array in training.first.items()}
    training.run(1, training.first)
    assert same(before, dict(training.first))
    assert not any(array.flags.writeable for array in training.first.values())


def test_all_finite_is_no_cell() -> None:
    training = compiled(spreadsheet()).training
    assert first_not_finite(training.program(1), training.run(1, training.first)) is None


def test_the_first_value_and_cell_that_are_not_finite() -> None:
    training = compiled(spreadsheet()).training
    program, values = training.program(1), training.run(1, training.first)
    broken = {name: array.copy() for name, array in values.items()}
    broken["layer1.delta"][0, 0] = np.nan
    broken["layer2.output"][2, 0] = np.inf
    assert first_not_finite(program, broken) == ("layer2.output", Cell("layer2.output", (2, 0)))


def test_overflow_gives_inf_and_raises_nothing() -> None:
    training, at = compiled(exploding()).training, None
    at = dict(training.first)
    for iteration in range(1, 10):
        at = carried(training.program(iteration), training.run(iteration, at))
    assert not np.isfinite(at["layer3.weights"]).all()


def test_predicting_trains_nothing_and_takes_any_number_of_samples() -> None:
    training = compiled(net(dense(3, "tanh"), dense(2), samples=6)).training
    whole, loss = training.predict(training.first, training.train)
    values = training.run(1, training.first)
    assert whole.tobytes() == values["layer2.output"].tobytes()
    assert loss == float(values["loss"])
    part = type(training.train)(training.train.inputs[:2], training.train.targets[:2])
    assert np.allclose(training.predict(training.first, part)[0], whole[:2], rtol=0, atol=1e-15)
