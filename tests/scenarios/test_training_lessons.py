"""What the scenarios about training claim is so: their notes, and the page of the scenarios."""

from collections.abc import Mapping
from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest

from nnstep.engine.cell import Array
from nnstep.engine.training import Samples, Training
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import parse

from .shipped import FOLDER, Values, edited, first_and_last, opened, run, with_rate

RATES = {"rate-too-small": 0.004, "rate-right": 0.4, "rate-too-large": 0.6}


def losses(compiled: Compiled, iterations: int) -> list[float]:
    """Return the losses of iterations 1 to that one."""
    return [float(values["loss"]) for values in run(compiled, *range(1, iterations + 1))]


def stays_below(goal: float, found: list[float]) -> int:
    """Return the first iteration from which on no loss reaches the goal."""
    return max(number for number, loss in enumerate(found, 1) if loss >= goal) + 1


def made(compiled: Compiled, values: Values) -> dict[str, Array]:
    """Return the parameters and states that an iteration made."""
    return {before: values[after] for before, after in compiled.training.program(1).carry.items()}


def answered(training: Training, carried: Mapping[str, Array], samples: Samples) -> tuple[int, float]:
    """Return how many samples are right, and their loss."""
    output, loss = training.predict(carried, samples)
    wanted = samples.targets
    guesses, right = (
        (output.argmax(axis=-1), wanted.argmax(axis=-1)) if wanted.shape[-1] > 1 else (output > 0.5, wanted > 0.5)
    )
    return int((guesses == right).sum()), loss


def after(compiled: Compiled, *epochs: int) -> list[dict[str, Array]]:
    """Return parameters and states at the end of epochs."""
    per_epoch = compiled.training.batches.per_epoch
    return [made(compiled, values) for values in run(compiled, *(per_epoch * epoch for epoch in epochs))]


def changed(name: str, *edits: tuple[str, str]) -> Compiled:
    """Return a shipped scenario in whose file texts were replaced by others, and whose notes are left out."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").partition("\nnotes:")[0]
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} should stand in {name}.yaml once"
        text = text.replace(old, new)
    return compile_scenario(parse(f"{text}\n".encode(), f"{name}.yaml"))


# The learning rate. The loss is a bowl whose matrix of second derivatives is worked out here by hand.

LINE = np.array([[2.0, 1.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 1.0]])  # (b, i), the last column for the bias
BENDS = np.linalg.eigvalsh(2 / 4 * LINE.T @ LINE)


def test_the_three_rates_are_one_lesson_but_for_the_rate() -> None:
    first = opened("rate-right").scenario.model
    for name, rate in RATES.items():
        model = opened(name).scenario.model
        assert (model.data, model.network, model.loss, model.epochs) == (
            first.data,
            first.network,
            first.loss,
            first.epochs,
        )
        assert opened(name).training.rate == rate


def test_how_the_bowl_is_bent() -> None:
    low, high = BENDS
    assert (low, high) == pytest.approx(((5 - sqrt(5)) / 2, (5 + sqrt(5)) / 2))
    assert [round(bend, 3) for bend in BENDS] == [1.382, 3.618]
    assert round(2 / BENDS[1], 4) == 0.5528


@pytest.mark.parametrize("name", RATES)
def test_the_loss_of_each_rate_is_what_the_bend_of_the_bowl_makes_it(name: str) -> None:
    wrong = np.array([-2.0, -1.0])  # (i,), weight and bias less the right ones
    step = np.eye(2) - RATES[name] * 2 / 4 * LINE.T @ LINE
    wanted = []
    for _ in range(21):
        wanted.append(float(((LINE @ wrong) ** 2).mean()))
        wrong = step @ wrong
    # After 20 epochs of the right rate the loss is as small as the last bits of the answers.
    assert losses(opened(name), 21) == pytest.approx(wanted, rel=1e-8, abs=1e-18)


def test_the_right_rate_leaves_a_fifth_each_time() -> None:
    found = losses(opened("rate-right"), 15)
    assert found[:4] == pytest.approx([9, 1.8, 0.36, 0.072])
    assert [b / a for a, b in pairwise(found)] == pytest.approx([1 / 5] * 14, rel=1e-6)


def test_no_rate_shrinks_the_slower_way_more_than_the_right_one() -> None:
    slower = {rate: max(abs(1 - rate * bend) for bend in BENDS) for rate in np.linspace(0.01, 0.55, 55)}
    assert min(slower, key=lambda rate: slower[rate]) == pytest.approx(0.4)


def test_the_rate_that_is_too_large_only_makes_it_worse() -> None:
    found = losses(opened("rate-too-large"), 21)
    assert found[:4] == pytest.approx([9, 12.3, 16.86, 23.112])
    assert all(1.366 < b / a < 1.374 for a, b in pairwise(found))
    weights = [values["layer1.weights.next"].item() for values in run(opened("rate-too-large"), 1, 2, 3, 4)]
    assert weights == pytest.approx([4.2, -0.6, 5.04, -1.56])


@pytest.mark.parametrize(("rate", "falls"), [(0.55, True), (0.556, False)])
def test_where_the_rates_begin_to_be_too_large(rate: float, falls: bool) -> None:
    found = losses(with_rate("rate-right", rate), 600)
    assert (found[-1] < found[0]) == falls


def test_the_rate_that_is_too_small_gets_there_late() -> None:
    found = losses(opened("rate-too-small"), 520)
    assert [round(loss, 2) for loss in found[:3]] == [9.0, 8.74, 8.49]
    assert stays_below(1e-4, found) == 512
    assert stays_below(1e-4, losses(opened("rate-right"), 12)) == 9
    _, last = first_and_last("rate-right")
    assert abs(last["layer1.weights.grad"].item()) < 0.000001
    assert last["layer1.output"].round(5).tolist() == last["targets"].tolist()


# The valley.

GOAL = 0.01


def test_the_two_valleys_are_one_but_for_the_optimizer() -> None:
    one, other = (opened(f"valley-{name}").scenario.model for name in ("momentum", "adam"))
    assert (one.data, one.network, one.loss) == (other.data, other.network, other.loss)


def test_adam_is_through_the_valley_before_momentum() -> None:
    adam, momentum = (losses(opened(f"valley-{name}"), 1501) for name in ("adam", "momentum"))
    assert (stays_below(GOAL, adam), stays_below(GOAL, momentum)) == (124, 1140)


@pytest.mark.parametrize(
    ("name", "rate", "iterations"),
    [("valley-momentum", 0.00005, 2291), ("valley-momentum", 0.00018, 628), ("valley-adam", 0.03, 123)],
)
def test_other_rates_in_the_valley(name: str, rate: float, iterations: int) -> None:
    assert stays_below(GOAL, losses(with_rate(name, rate), iterations + 100)) == iterations


def test_plain_descent_needs_11_500_iterations_at_any_rate_that_does_not_diverge() -> None:
    # Along the valley 1 - 2·rate of the error is left by each iteration, across it 1 - 20000·rate.
    largest = 2 / 20000
    assert 1 + log(sqrt(GOAL)) / log(1 - 2 * largest) > 11_500


def test_without_momentum_the_first_weight_swings_for_ever() -> None:
    plain = edited("valley-momentum", "momentum: 0.9}", "momentum: 0}")
    steep = [values["layer1.weights"][0, 0] for values in run(plain, 1, 2, 3, 4, 1499, 1500)]
    assert steep == pytest.approx([0, 2, 0, 2, 0, 2], abs=1e-9)
    _, last = first_and_last("valley-momentum")
    assert last["layer1.weights"][0, 0] == pytest.approx(1, abs=1e-9)


def test_adam_does_not_see_that_the_valley_is_narrow() -> None:
    for values in run(opened("valley-adam"), *range(1, 13)):
        first, second = values["layer1.weights.direction"].ravel()
        assert first == pytest.approx(second, rel=1e-7)
    assert values["layer1.weights"].round(2).tolist() == [[0.99], [0.99]]
    assert (values["layer1.weights.next"] > 1).all()


# Units that die, gradients that vanish.


def test_the_dead_unit_fires_once_and_then_never_again() -> None:
    first, *later = run(opened("dying-relu"), *range(1, 201))
    assert (first["layer1.output"][:, 0] > 0).tolist() == [True, True, False, False]
    assert first["layer1.weights.grad"][0, 0] == -3
    for values in later:
        assert (values["layer1.pre_activation"][:, 0] < 0).all()
        for gradient in ("layer1.weights.grad", "layer1.bias.grad"):
            assert (values[gradient][..., 0] == 0).all()
        assert values["layer2.weights.grad"][0, 0] == 0
        assert np.abs(values["layer1.error"][:, 0]).max() > 0
        assert values["layer1.weights.next"][0, 0] == pytest.approx(0.2)
        assert values["layer1.bias.next"][0] == pytest.approx(-0.8)


def test_only_an_input_above_four_would_wake_it() -> None:
    _, last = first_and_last("dying-relu")
    weight, bias = last["layer1.weights"][0, 0], last["layer1.bias"][0]
    assert -bias / weight == pytest.approx(4)
    assert last["inputs"].max() < 4


def test_what_the_death_costs() -> None:
    _, last = first_and_last("dying-relu")
    assert last["layer2.output"].ravel() == pytest.approx([4 / 3, 4 / 3, 4 / 3, 2])
    assert last["loss"] == pytest.approx(1 / 6)
    (alive,) = run(with_rate("dying-relu", 0.2), 201)
    assert f"{alive['loss']:.6f}" == "0.000002"
    assert (alive["layer1.output"] > 0).any(axis=0).all()


def test_the_gradient_of_layer_1_is_a_thousandth_of_that_of_layer_6() -> None:
    first, _ = first_and_last("vanishing-gradient")
    largest = [float(np.abs(first[f"layer{n}.weights.grad"]).max()) for n in range(1, 7)]
    assert [f"{size:.2g}" for size in largest] == ["4.1e-05", "0.00024", "0.00041", "0.0036", "0.042", "0.17"]
    assert 4000 * largest[0] < largest[5]
    deltas = [float(np.abs(first[f"layer{n}.delta"]).max()) for n in range(1, 7)]
    assert 5000 < deltas[5] / deltas[0] < 6000
    assert all(a < b for a, b in pairwise(deltas))


def test_what_the_six_layers_learn_is_the_mean() -> None:
    first, last = first_and_last("vanishing-gradient")
    assert last["layer6.output"].round(2).tolist() == [[0.75]] * 4
    assert np.abs(last["layer1.weights"] - first["layer1.weights"]).max() < 0.006
    assert np.ptp(first["layer5.output"], axis=0).max() == pytest.approx(0.0002, abs=1e-5)
    assert [len(np.unique(first[f"layer{n}.output"].round(3), axis=0)) for n in (1, 5)] == [4, 1]


def test_one_sigmoid_or_five_tanh_learn_what_the_six_layers_do_not() -> None:
    hidden = "  - {layer: dense, units: 2, activation: sigmoid, init: xavier}\n"
    (one,) = run(changed("vanishing-gradient", (hidden * 5, "")), 1001)
    assert round(float(one["loss"]), 3) == 0.003
    (tanh,) = run(changed("vanishing-gradient", (hidden * 5, hidden.replace("sigmoid", "tanh") * 5)), 1001)
    assert round(float(tanh["loss"]), 4) == 0.0001


# What the data leave open.


def test_with_weight_decay_copies_share_and_what_says_nothing_goes() -> None:
    _, last = first_and_last("weight-decay")
    assert last["layer1.weights"].ravel().round(2).tolist() == [1.01, 0.97, 0.01]
    # In the limit: ridge regression, worked out in one go. The loss is the mean of squares plus 0.05 times w².
    inputs, targets = last["inputs"], last["targets"]
    ridge = np.linalg.solve(2 / 2 * inputs.T @ inputs + 0.1 * np.eye(3), 2 / 2 * inputs.T @ targets)
    assert ridge.ravel() == pytest.approx([100 / 101, 100 / 101, 0])
    (limit,) = run(opened("weight-decay"), 3000)
    assert limit["layer1.weights"] == pytest.approx(ridge, abs=1e-9)


def test_without_weight_decay_the_start_decides() -> None:
    values = run(edited("weight-decay", "weight_decay: 0.1}", "weight_decay: 0}"), *range(2, 501, 83))
    for one in values:
        assert one["layer1.weights"].ravel() == pytest.approx([3.5, -1.5, 1])
        assert one["loss"] == pytest.approx(0, abs=1e-20)


# Points in the plane.


def test_overfitting_turns_up_while_the_loss_falls() -> None:
    compiled = opened("overfitting")
    training, rows = compiled.training, []
    for epoch, carried in zip((80, 130, 600), after(compiled, 80, 130, 600), strict=True):
        _, learned = answered(training, carried, training.train)
        right, watched = answered(training, carried, training.validation)
        rows.append(f"| {epoch} | {learned:.4f} | {watched:.4f} | {right} |")
    assert rows == ["| 80 | 0.2105 | 0.4032 | 86 |", "| 130 | 0.1431 | 0.6223 | 81 |", "| 600 | 0.0032 | 3.5450 | 69 |"]


def test_patience_finds_the_turning_point_of_overfitting() -> None:
    training = opened("overfitting").training
    watched = [
        training.predict(carried, training.validation)[1] for carried in after(opened("overfitting"), *range(1, 131))
    ]
    assert int(np.argmin(watched)) + 1 == 80
    # No fifty epochs in vain before that: patience does not end it sooner.
    best = np.minimum.accumulate(watched[:80])
    fell = np.flatnonzero(np.diff(best, prepend=np.inf))
    assert np.diff(fell).max() < (training.patience or 0) == 50


def test_overfitting_learns_by_heart() -> None:
    compiled = opened("overfitting")
    first, after_79, after_599 = run(compiled, 1, 80, 600)
    sizes = [float(np.abs(values["layer2.weights"]).mean()) for values in (first, after_79, after_599)]
    assert [f"{size:.2f}" for size in sizes] == ["0.18", "0.56", "2.13"]
    assert ((after_599["layer2.output"] > 0.5) == (after_599["targets"] > 0.5)).all()
    assert sum(first[p.id].size for p in compiled.training.program(1).parameters) == 129


@pytest.mark.parametrize("seed", [4, 9])
def test_other_seeds_overfit_too(seed: int) -> None:
    compiled = edited("overfitting", "\nseed: 2 ", f"\nseed: {seed} ")
    training = compiled.training
    early, late = (answered(training, carried, training.validation)[1] for carried in after(compiled, 20, 600))
    assert early < 0.7
    assert late > 1.8


def test_lines_part_the_blobs() -> None:
    compiled = opened("blobs")
    (carried,) = after(compiled, 200)
    assert answered(compiled.training, carried, compiled.training.train)[0] == 30
    first, _ = first_and_last("blobs")
    assert np.unique(first["layer1.delta"].round(4)).tolist() == [-0.0222, 0.0111]
    assert np.abs(first["layer1.bias.grad"]).max() < 1e-12
    assert first["targets"].sum(axis=0).tolist() == [10, 10, 10]


@pytest.mark.parametrize(("units", "seeds", "right"), [(2, (0, 3), [34, 30]), (3, (0, 3, 7), [40, 40, 40])])
def test_how_many_lines_the_moons_need(units: int, seeds: tuple[int, ...], right: list[int]) -> None:
    found = []
    for seed in seeds:
        compiled = changed("moons", ("\nseed: 0 ", f"\nseed: {seed} "), ("units: 3", f"units: {units}"))
        (carried,) = after(compiled, 500)
        found.append(answered(compiled.training, carried, compiled.training.train)[0])
    assert found == right


def test_the_best_line_through_the_moons() -> None:
    hidden = "  - {layer: dense, units: 3, activation: tanh, init: xavier}\n"
    compiled = changed("moons", (hidden, ""))
    (carried,) = after(compiled, 500)
    right, loss = answered(compiled.training, carried, compiled.training.train)
    assert (right, f"{loss:.2f}") == (32, "0.38")


def test_the_lines_of_the_moons_are_a_zigzag() -> None:
    _, last = first_and_last("moons")
    x, y = last["layer1.weights"]
    middle = last["inputs"].mean(axis=0)
    order = np.argsort((-last["layer1.bias"] - x * middle[0]) / y - middle[1])
    # Where a line crosses the middle of the points tells which is between which.
    rises = (-x / y)[order] > 0
    assert sorted(rises.tolist()) == [False, True, True]
    assert not rises[1]
    assert np.sort(np.abs(last["layer2.weights"]).ravel()).round(2).tolist() == [6.62, 6.75, 7.41]


def test_two_layers_unwind_the_spiral() -> None:
    compiled = opened("spiral")
    (carried,) = after(compiled, 1000)
    assert answered(compiled.training, carried, compiled.training.train)[0] == 60
    first, _ = first_and_last("spiral")
    sizes = [float(np.abs(first[f"layer{n}.weights.grad"]).mean()) for n in (1, 3)]
    assert [f"{size:.2g}" for size in sizes] == ["0.007", "0.029"]


def test_the_best_line_gets_half_of_the_spiral() -> None:
    hidden = "  - {layer: dense, units: 6, activation: tanh, init: xavier}\n"
    compiled = changed("spiral", (hidden * 2, ""))
    (carried,) = after(compiled, 1000)
    assert answered(compiled.training, carried, compiled.training.train)[0] == 30


# Digits.


def test_the_digits_with_relu_and_adam() -> None:
    compiled = opened("digits-relu-adam")
    training = compiled.training
    two, twenty = after(compiled, 2, 20)
    accuracies = [answered(training, carried, training.test)[0] / 360 for carried in (two, twenty)]
    assert accuracies[1] >= 0.96
    # Other processors' last bits may tip a few of 360 in 460 iterations.
    assert accuracies == pytest.approx([0.931, 0.981], abs=0.012)
    scores = training.train.inputs @ twenty["layer1.weights"] + twenty["layer1.bias"]  # (b, j)
    assert int((scores <= 0).all(axis=0).sum()) == pytest.approx(13, abs=2)


def test_how_the_digits_with_relu_and_adam_begin() -> None:
    compiled = opened("digits-relu-adam")
    (first,) = run(compiled, 1)
    assert f"{(first['layer1.output'] == 0).mean():.2f}" == "0.45"
    assert f"{first['loss']:.1f}" == "2.6"
    assert set(np.unique(first["layer1.weights.direction"].round(1))) <= {-1.0, 0.0, 1.0}
    assert np.abs(first["layer1.weights.next"] - first["layer1.weights"]).max() == pytest.approx(0.01, rel=1e-3)
    assert (compiled.training.batches.per_epoch, compiled.training.batches.count(23)) == (23, 29)
