"""Any layers in any order: what is promised of every scenario, searched for one that breaks it."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.catalog.names import NAME_SETS
from nnstep.commands.plain_json import line
from nnstep.commands.trace import trace
from nnstep.engine.cell import Array
from nnstep.errors import NnstepError
from nnstep.explain.checks import check_gradients
from nnstep.scenario.compile import Compiled
from nnstep.session import Session, View
from tests.helpers.random_networks import scenarios
from tests.helpers.searching import examples
from tests.helpers.trainings import Tree, compiled, parameters, same

SPELLED = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
Promise = Callable[[Compiled], None]


def searched(promise: Promise, count: int) -> None:
    """Search for a scenario that compiles and breaks a promise. Raises AssertionError where most do not compile."""
    kept: list[Tree] = []
    refused: list[NnstepError] = []

    @settings(max_examples=examples(count))
    @given(scenarios())
    def search(tree: Tree) -> None:
        try:
            made = compiled(tree)
        except NnstepError as error:
            refused.append(error)
            return
        kept.append(tree)
        promise(made)

    search()
    assert len(kept) > len(refused)
    assert all(error.what and error.where for error in refused)


def test_every_gradient_agrees_with_the_loss() -> None:
    def promise(made: Compiled) -> None:
        for check in check_gradients(made.training, most=10**6):
            assert check.checked == check.cells
            assert check.approximate, check.worst

    searched(promise, 120)


def test_forward_and_back_again_shows_the_same() -> None:
    @settings(max_examples=examples(40))
    @given(scenarios(), st.data())
    def search(tree: Tree, data: st.DataObject) -> None:
        try:
            walk = Session(compiled(tree))
        except NnstepError:
            return
        steps = len(walk.program.steps)
        walk.go(data.draw(st.integers(1, 2)), data.draw(st.integers(1, steps)))
        seen = [shown(walk.view())]
        for _ in range(data.draw(st.integers(1, 12))):
            walk.next()
            seen.append(shown(walk.view()))
        assert len({view[0] for view in seen}) == len(seen)
        for expected in reversed(seen[:-1]):
            walk.back()
            assert shown(walk.view()) == expected

    search()


def shown(view: View) -> tuple[object, ...]:
    """Return all that a view shows: where we are, and the state and the bits of each value."""
    cells = []
    for identity in view.program.values:
        value = view.array(identity)
        cells.append((identity, view.state(identity), None if value is None else value.tobytes()))
    return view.position, view.epoch, view.samples, view.sample, view.story, view.loss, tuple(cells)


def test_the_parameters_are_the_same_to_the_last_bit_under_every_name_set() -> None:
    def promise(made: Compiled) -> None:
        reached: list[Mapping[str, Array]] = []
        for names in NAME_SETS:
            told = made.renamed(names)
            learned = {variable.id for variable in told.training.program(1).parameters}
            after = parameters(Session(told), 3)
            reached.append({identity: after[identity] for identity in learned})
        assert all(same(reached[0], other) for other in reached[1:])

    searched(promise, 50)


def test_the_trace_reads_back() -> None:
    def promise(made: Compiled) -> None:
        begin, *records = (json.loads(line(record), parse_constant=_refuse) for record in trace(made, 2))
        given = {value["id"]: value["shape"] for value in begin["values"]}
        assert len(given) == len(begin["values"])
        at: Mapping[str, Array] = made.training.first
        for number in (1, 2):
            program, values = made.training.program(number), made.training.run(number, at)
            told = [record for record in records if record["iteration"] == number]
            steps, end = told[:-1], told[-1]
            assert [step["kind"] for step in steps] == ["step"] * len(program.steps)
            assert end["kind"] == "iteration"
            known = {variable.id for variable in program.variables} | {step.id for step in program.measures}
            for step in steps:
                assert step["id"] not in known
                assert set(step["inputs"]) <= known
                known.add(step["id"])
                assert_bits(step["value"], values[step["id"]])
                assert step["shape"] == list(values[step["id"]].shape)
            at = {before: values[after] for before, after in program.carry.items()}
            assert_bits(end["loss"], values[program.loss])
            for identity, value in end["parameters"].items():
                assert_bits(value, at[identity])

    searched(promise, 50)


def _refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is not JSON")


def assert_bits(told: Any, value: Array) -> None:
    """Assert that numbers read from JSON are the engine's, by what Python writes of each."""
    assert [repr(number) for number in _flat(told)] == [repr(float(number)) for number in np.ravel(value)]


def _flat(told: Any) -> Iterator[float]:
    if isinstance(told, list):
        for part in told:
            yield from _flat(part)
    else:
        yield SPELLED[told] if isinstance(told, str) else told
