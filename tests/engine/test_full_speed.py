"""Full speed, the script and jumping against stepping: any network, dealt out, updated and named in any way."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from nnstep.catalog.mistakes import MISTAKES
from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Array
from nnstep.engine.history import History
from nnstep.engine.run import carried
from nnstep.engine.runner import Runner
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from tests.helpers.random_networks import scenarios
from tests.helpers.searching import examples
from tests.helpers.trainings import Tree, compiled

ITERATIONS = 5
EXAMPLES = examples(25)
SCHEDULES: tuple[Tree, ...] = (
    {"name": "step", "every": 1, "factor": 0.5},
    {"name": "cosine"},
    {"name": "warm_up", "over": 2},
)
RATES = (0.01, 0.5, 1, 1e3, 1e300)


@st.composite
def trainings(draw: st.DrawFn) -> Training:
    """Draw what to run: a network at random, and a way to train it at random; a mistake only where one fits."""
    tree = draw(scenarios())
    samples = len(tree["data"]["inputs"])
    tree["optimizer"]["learning_rate"] = draw(st.sampled_from(RATES))
    if draw(st.booleans()):
        tree["optimizer"]["schedule"] = draw(st.sampled_from(SCHEDULES))
    if draw(st.integers(0, 3)) == 0:
        rows = st.lists(st.integers(0, samples - 1), min_size=1, max_size=samples + 1)
        tree["batches"] = draw(st.lists(rows, min_size=1, max_size=3))
        tree |= {"batch": "full", "shuffle": False}
    tree["names"] = draw(st.sampled_from(sorted(NAME_SETS)))
    mistake = draw(st.one_of(st.none(), st.sampled_from(sorted(MISTAKES))))
    for changes in ({"mistake": mistake}, {}, {"batches": []}):
        told = {key: value for key, value in {**tree, **changes}.items() if value not in (None, [])}
        with suppress(NnstepError):
            return compiled(told).training
    return reject()


def stepped(training: Training, iterations: int) -> tuple[list[float], list[Mapping[str, Array]]]:
    """Return the losses, and what is carried before each iteration and at the end, as stepping gives them."""
    losses, at = [], [dict(training.first)]
    for iteration in range(1, iterations + 1):
        program, values = training.program(iteration), training.run(iteration, at[-1])
        at.append(carried(program, values))
        losses.append(float(values[program.loss]))
    return losses, at


def assert_bits(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Assert that values are the same in every bit, as they are where they are finite; nan is nan."""
    assert found.keys() == wanted.keys()
    for identity, value in wanted.items():
        one, other = (np.where(np.isnan(array), np.nan, array).tobytes() for array in (found[identity], value))
        assert one == other, identity


@settings(max_examples=EXAMPLES)
@given(trainings(), st.integers(0, ITERATIONS - 1))
def test_full_speed_is_stepping(training: Training, first: int) -> None:
    losses, at = stepped(training, ITERATIONS)
    runner, found = Runner(training), list[float]()
    for begin, last in ((0, ITERATIONS), (first, first + 1)):  # then once more, over what the first run left behind
        runner.begin(begin, at[begin])
        while runner.done < last:
            runner.run(last, found)
            assert_bits(runner.at, at[runner.done])
    assert_bits({"": found}, {"": [*losses, losses[first]]})
    with np.errstate(all="ignore"):
        assert_bits({"": runner.score(training.train)}, {"": training.predict(runner.at, training.train)[1]})


@settings(max_examples=EXAMPLES)
@given(trainings())
def test_the_script_is_stepping(training: Training) -> None:
    at = training.first
    for iteration in (1, training.batches.per_epoch):
        program, start = training.program(iteration), training.start(iteration, at)
        values = training.run(iteration, at)
        namespace: dict[str, Any] = {}
        exec(program.to_source(), namespace)
        with np.errstate(all="ignore"):
            loss, after = namespace["iteration"](*[start[variable.id] for variable in program.variables])
        at = carried(program, values)
        assert_bits(
            {"": loss, **dict(zip(program.carry, after.values(), strict=True))}, {"": values[program.loss], **at}
        )


@settings(max_examples=EXAMPLES)
@given(trainings(), st.lists(st.integers(1, 40), min_size=1, max_size=3), st.sampled_from((0, 5_000, 100_000)))
def test_jumping_is_stepping(training: Training, places: list[int], budget: int) -> None:
    losses, at = stepped(training, max(places))
    history = History(training, budget)
    for place in places:
        wanted = training.run(place, at[place - 1])
        assert_bits(history.values(place), wanted)
        assert_bits(history.parameters(place - 1), at[place - 1])
    assert_bits({"": history.losses.points}, {"": losses[: history.reached]})
