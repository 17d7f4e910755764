"""The learning rate changes as its schedule says, and wherever one goes it is what it was on the way."""

from math import cos, pi

import pytest

from nnstep.catalog.schedules import SCHEDULES
from nnstep.engine.training import RATE
from nnstep.errors import NnstepError
from nnstep.scenario.schema import json_schema
from tests.helpers.trainings import Tree, batched, compiled, dense, net, same, session


def told(schedule: object, **changes: object) -> Tree:
    """Return a scenario of two layers, ten epochs and a learning rate of 0.2."""
    optimizer = {"name": "momentum", "learning_rate": 0.2, "schedule": schedule}
    return net(dense(3, "tanh"), dense(2), **{"optimizer": optimizer, "epochs": 10, **changes})


def rates(tree: Tree, iterations: int) -> list[float]:
    walk = session(tree)
    return [float(walk.history.values(number)[RATE]) for number in range(1, iterations + 1)]


def test_constant_is_what_holds_where_nothing_is_said() -> None:
    assert rates(told("constant"), 12) == [0.2] * 12
    assert compiled(net(dense(2))).scenario.model.optimizer.schedule.name == "constant"


def test_step_falls_every_so_many_epochs() -> None:
    found = rates(told({"name": "step", "every": 3, "factor": 0.1}), 9)
    assert found == pytest.approx([0.2] * 3 + [0.02] * 3 + [0.002] * 3)


def test_cosine_goes_from_the_rate_to_its_lowest() -> None:
    found = rates(told({"name": "cosine", "lowest": 0.1}), 14)
    expected = [0.02 + (0.2 - 0.02) * (1 + cos(pi * done / 9)) / 2 for done in range(10)]
    assert found == pytest.approx(expected + [0.02] * 4)
    assert rates(told("cosine", epochs=1), 2) == [0.2, 0.2]


def test_warm_up_is_a_straight_line() -> None:
    found = rates(told({"name": "warm_up", "over": 4, "start": 0.2}), 7)
    assert found == pytest.approx([0.04, 0.08, 0.12, 0.16, 0.2, 0.2, 0.2])


@pytest.mark.parametrize("name", SCHEDULES)
def test_all_iterations_of_an_epoch_have_one_rate(name: str) -> None:
    optimizer = {"name": "sgd", "learning_rate": 0.2, "schedule": name}
    found = rates(batched(optimizer=optimizer), 9)
    assert found[::3] == found[1::3] == found[2::3]


@pytest.mark.parametrize("name", SCHEDULES)
def test_going_back_finds_the_rate_that_was(name: str) -> None:
    stepped, jumped = session(told(name)), session(told(name), budget=10_000)
    for number in range(1, 41):
        stepped.history.values(number)
    for number in (40, 3, 17, 4):
        assert same(dict(stepped.history.values(number)), dict(jumped.history.values(number)))


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_update_reads_the_rate_of_its_epoch(name: str) -> None:
    walk = session(told(name))
    values = walk.history.values(6)
    moved = values["layer1.weights"] - values[RATE] * values["layer1.weights.velocity.next"]
    assert (values["layer1.weights.next"] == moved).all()


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("cosin", "did you mean cosine?"),
        ({"name": "stepp"}, "did you mean step?"),
        ({"name": "step", "evry": 3}, "did you mean every?"),
        ({"name": "step", "every": 0}, "every must be from 1"),
        ({"name": "step", "every": 1.5}, "every must be a whole number"),
        ({"name": "warm_up", "start": 2}, "start must be from 0 to 1"),
        ({"every": 3}, "schedule must be a name"),
        (3, "schedule must be a name"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(schedule: object, said: str) -> None:
    with pytest.raises(NnstepError) as found:
        compiled(told(schedule))
    assert said in f"{found.value}"
    assert found.value.where.startswith("test.json:1:")


def test_the_json_schema_offers_every_schedule() -> None:
    text = str(json_schema()["properties"]["optimizer"])
    for name, schedule in SCHEDULES.items():
        assert f"'const': '{name}'" in text
        assert schedule.formula
        for key in schedule.settings:
            assert key in text
            assert key in schedule.formula
