"""What optimizers remember: the definitions of torch.optim, the same weights under every name set, exact replay."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.catalog.optimizers import OPTIMIZERS, RATE
from nnstep.engine.cell import Array
from nnstep.engine.program import Step
from nnstep.errors import NnstepError
from nnstep.session import Session
from tests.helpers.searching import examples
from tests.helpers.trainings import NAMES, Tree, batched, compiled, dense, net, parameters, same, session

Settings = Mapping[str, float]
Memory = dict[str, Any]

# What torch.optim.SGD, RMSprop, Adagrad, Adam and AdamW have where nothing is said (momentum and nesterov ask for 0.9).
TORCH: dict[str, dict[str, float]] = {
    "momentum": {"learning_rate": 1e-3, "momentum": 0.9, "weight_decay": 0.0},
    "nesterov": {"learning_rate": 1e-3, "momentum": 0.9, "weight_decay": 0.0},
    "rmsprop": {"learning_rate": 1e-2, "alpha": 0.99, "epsilon": 1e-8, "weight_decay": 0.0},
    "adagrad": {"learning_rate": 1e-2, "epsilon": 1e-10, "weight_decay": 0.0},
    "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0},
    "adamw": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
}
STATES = {
    "momentum": ("velocity",),
    "nesterov": ("velocity",),
    "rmsprop": ("square_mean",),
    "adagrad": ("square_sum",),
    "adam": ("first_moment", "second_moment"),
    "adamw": ("first_moment", "second_moment"),
}
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
remembering = pytest.mark.parametrize("name", STATES)
decays = pytest.mark.parametrize("decay", [0.0, 0.03])


def told(name: str, **given: float) -> Tree:
    """Return a scenario of two layers with all samples at once, a frozen bias among its parameters."""
    frozen = {"weights": True, "bias": False}
    chosen = {"name": name, "learning_rate": 0.03, **given}
    return net(dense(3, "tanh", trainable=frozen), dense(2, "sigmoid"), optimizer=chosen)


def by_hand(name: str, w: Array, g: Array, memory: Memory, s: Settings, t: int) -> Array:
    """Return the next value of a parameter as the pages of torch.optim put it; memory: changed in place."""
    rate, decay = s[RATE], s["weight_decay"]
    if name != "adamw":
        g = g + decay * w
    if name in ("gd", "sgd"):
        return w - rate * g
    if name in ("momentum", "nesterov"):
        b = memory["velocity"] = s["momentum"] * memory.get("velocity", 0.0) + g
        return w - rate * (b if name == "momentum" else g + s["momentum"] * b)
    if name == "rmsprop":
        v = memory["square_mean"] = s["alpha"] * memory.get("square_mean", 0.0) + (1 - s["alpha"]) * g**2
        return w - rate * g / (np.sqrt(v) + s["epsilon"])
    if name == "adagrad":
        v = memory["square_sum"] = memory.get("square_sum", 0.0) + g**2
        return w - rate * g / (np.sqrt(v) + s["epsilon"])
    if name == "adamw":
        w = w - rate * decay * w
    m = memory["first_moment"] = s["beta1"] * memory.get("first_moment", 0.0) + (1 - s["beta1"]) * g
    v = memory["second_moment"] = s["beta2"] * memory.get("second_moment", 0.0) + (1 - s["beta2"]) * g**2
    return w - rate * (m / (1 - s["beta1"] ** t)) / (np.sqrt(v / (1 - s["beta2"] ** t)) + s["epsilon"])


def iterations(walk: Session, count: int) -> Iterator[tuple[int, Mapping[str, Array]]]:
    for number in range(1, count + 1):
        yield number, walk.history.values(number)


@every_optimizer
@decays
@pytest.mark.parametrize("names", ["math", "classic"])
def test_it_does_what_its_definition_says(name: str, decay: float, names: str) -> None:
    walk = session(told(name, weight_decay=decay), names)
    chosen = {**OPTIMIZERS[name].settings, "learning_rate": 0.03, "weight_decay": decay}
    memories: dict[str, Memory] = {variable.id: {} for variable in walk.program.parameters}
    for number, values in iterations(walk, 25):
        for parameter, memory in memories.items():
            if parameter == "layer1.bias":
                continue
            step = walk.program.values[f"{parameter}.grad"]
            assert isinstance(step, Step)
            expected = by_hand(name, values[parameter], step.sign * values[step.id], memory, chosen, number)
            assert values[f"{parameter}.next"] == pytest.approx(expected, rel=1e-11, abs=1e-14)
            for role, remembered in memory.items():
                state = walk.program.values[f"{parameter}.{role}.next"]
                assert isinstance(state, Step)
                assert state.sign * values[state.id] == pytest.approx(remembered, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("name", TORCH)
def test_its_defaults_are_those_of_torch(name: str) -> None:
    assert OPTIMIZERS[name].settings == TORCH[name]
    assert compiled(net(dense(2), optimizer=name)).training.rate == TORCH[name][RATE]


@every_optimizer
@decays
def test_weights_are_the_same_to_the_last_bit_under_every_name_set(name: str, decay: float) -> None:
    walks = [session(told(name, weight_decay=decay), names) for names in NAMES]
    reached = [{v.id: parameters(walk, 60)[v.id] for v in walk.program.parameters} for walk in walks]
    assert all(np.isfinite(array).all() for array in reached[0].values())
    assert not same(reached[0], {v: walks[0].compiled.training.first[v] for v in reached[0]})
    for other in reached[1:]:
        assert same(reached[0], other)


@every_optimizer
@decays
def test_values_are_the_same_but_for_their_sign(name: str, decay: float) -> None:
    """Under classic everything that is made from gradients has the other sign, but for squares."""
    walks = {names: session(told(name, weight_decay=decay), names) for names in ("math", "classic")}
    values = {names: walk.history.values(7) for names, walk in walks.items()}
    turned = set()
    for step in walks["classic"].program.steps:
        if step.phase == "update":
            assert np.array_equal(step.sign * values["classic"][step.id], values["math"][step.id]), step.id
            turned |= {step.role} if step.sign < 0 else set()
    assert not any(
        "second" in role or "square" in role or role.endswith(("weights.next", "bias.next")) for role in turned
    )
    assert bool(turned) == (name not in ("gd", "sgd") or bool(decay))


@every_optimizer
@decays
def test_classic_adds_what_the_others_subtract(name: str, decay: float) -> None:
    ops: dict[str, set[str]] = {}
    for names in NAMES:
        steps = session(told(name, weight_decay=decay), names).program.steps
        ops[names] = {step.op.name for step in steps if step.phase == "update"}
    assert ops["math"] == ops["layerwise"] == ops["framework"]
    twins = {"descend": "ascend", "add_decay": "subtract_decay"}
    assert ops["classic"] == {twins.get(op, op) for op in ops["math"]}


@remembering
def test_states_start_at_zero_and_belong_to_what_is_trained(name: str) -> None:
    training = compiled(told(name)).training
    program = training.program(1)
    states = {variable.id for variable in program.variables if variable.kind == "state"}
    own = {identity for identity in states if not identity.startswith("optimizer.")}
    trained = [variable.id for variable in program.parameters if variable.trainable]
    assert len(trained) == 3
    assert own == {f"{parameter}.{role}" for parameter in trained for role in STATES[name]}
    for identity in own:
        assert program.carry[identity] == f"{identity}.next"
        assert program.values[identity].shape == program.values[identity.rpartition(".")[0]].shape
        assert not training.first[identity].any()


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_one_power_of_each_beta_serves_all_parameters(name: str) -> None:
    walk = session(told(name, beta1=0.7, beta2=0.95))
    powers = {"optimizer.first_power": 0.7, "optimizer.second_power": 0.95}
    shared = [variable.id for variable in walk.program.variables if variable.layer == "optimizer"]
    assert shared == list(powers)
    for number, values in iterations(walk, 40):
        for identity, beta in powers.items():
            assert values[f"{identity}.next"].shape == ()
            assert float(values[f"{identity}.next"]) == pytest.approx(beta**number, rel=1e-13)


@every_optimizer
def test_without_decay_there_is_no_step_for_it(name: str) -> None:
    def ops(decay: float) -> list[str]:
        steps = session(told(name, weight_decay=decay)).program.steps
        return [step.op.name for step in steps if step.phase == "update"]

    extra = {"adamw": "shrink"}.get(name, "add_decay")
    assert extra not in ops(0.0)
    assert sorted([*ops(0.0), *[extra] * 3]) == sorted(ops(0.1))


@every_optimizer
def test_weight_decay_is_not_in_the_loss_nor_in_the_gradient(name: str) -> None:
    with_it, without = (session(told(name, weight_decay=decay)).history.values(1) for decay in (0.5, 0.0))
    for identity in ("loss", "layer1.weights.grad", "layer2.bias.grad"):
        assert np.array_equal(with_it[identity], without[identity])
    assert not np.array_equal(with_it["layer2.weights.next"], without["layer2.weights.next"])


@settings(max_examples=examples(15), deadline=None)
@given(
    name=st.sampled_from(sorted(STATES)),
    targets=st.lists(st.integers(1, 200), min_size=2, max_size=4),
)
def test_going_anywhere_gives_the_bits_of_stepping_there(name: str, targets: list[int]) -> None:
    tree = batched(optimizer={"name": name, "learning_rate": 0.01, "weight_decay": 0.001})
    training = compiled(tree).training
    at: Mapping[str, Array] = training.first
    stepped = {}
    for number in range(1, max(targets) + 1):
        values = training.run(number, at)
        at = {before: values[after] for before, after in training.program(number).carry.items()}
        stepped[number] = values
    walk = session(tree, budget=20_000)  # bytes: a few checkpoints, so most of the way has to be replayed
    for target in targets:
        assert same(dict(walk.history.values(target)), stepped[target])


@every_optimizer
@pytest.mark.parametrize("away", ["classic", "framework"])
def test_another_name_set_half_way_changes_no_bit(name: str, away: str) -> None:
    tree = told(name, weight_decay=0.01)
    stayed, changed, there = session(tree, "math"), session(tree, "math"), session(tree, away)
    changed.go(30, 0)
    changed.rename(away)
    for number in (30, 12, 55):
        assert same(dict(changed.history.values(number)), dict(there.history.values(number)))
    changed.rename("math")
    assert same(dict(changed.history.values(70)), dict(stayed.history.values(70)))


@remembering
@pytest.mark.parametrize("names", NAMES)
def test_every_value_has_a_name_of_its_own(name: str, names: str) -> None:
    program = session(told(name, weight_decay=0.1), names).program
    steps = [step.name for step in program.steps]
    assert len(set(steps)) == len(steps)
    variables = [variable.name for variable in program.variables]
    assert len(set(variables)) == len(variables)
    assert not [shown for shown in (*steps, *variables) if "layer1." in shown or "optimizer." in shown or "{" in shown]
    for step in program.steps:
        if step.id.endswith(".next"):
            assert step.name == program.values[step.id.removesuffix(".next")].name


@pytest.mark.parametrize(("name", "key"), [("adam", "beta1"), ("adamw", "beta2"), ("rmsprop", "alpha")])
def test_a_mean_that_forgets_nothing_is_refused(name: str, key: str) -> None:
    for factor in (1.0, 9.0):
        with pytest.raises(NnstepError, match=f"{key} of {name} must be below 1, not {factor:g}") as told_error:
            compiled(net(dense(2), optimizer={"name": name, key: factor}))
        assert told_error.value.where.startswith("test.json:1:")


def test_every_optimizer_has_a_formula_of_what_it_can_be_told() -> None:
    for optimizer in OPTIMIZERS.values():
        for key in optimizer.settings.keys() - {RATE, "weight_decay"}:
            assert key in optimizer.formula
        assert optimizer.fractions <= optimizer.settings.keys()
        assert "w = w" in optimizer.formula


@every_optimizer
def test_it_learns(name: str) -> None:
    rate = {"adagrad": 0.1, "momentum": 0.05, "nesterov": 0.05, "gd": 0.3, "sgd": 0.3}.get(name, 0.02)
    walk = session(told(name, learning_rate=rate))
    losses = [float(values["loss"]) for _, values in iterations(walk, 150)]
    assert losses[-1] < 0.7 * losses[0]
