"""What the notes of the shipped files say is so."""

import re
from math import log
from pathlib import Path

import numpy as np
import pytest

from nnstep.engine.program import Step
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import parse
from nnstep.scenario.notes import note_of

from .shipped import FIGURE, FOLDER, NAMES, edited, first_and_last, is_there, named_iterations, opened, run

ITERATIONS = (1, 2, 1000, 10**6)  # a note may be for some of them only
# Figures of the notes that are not in the cells of their own step. Tests below hold them; that a sigmoid's slope is at
# most 0.25 needs none.
ELSEWHERE = {
    "dying-relu": {"L": {"0.000002"}},
    "moons": {"L": {"0.38", "0.69"}},
    "overfitting": {"loss": {"3.54"}},
    "rate-right": {"L": {"0.36", "0.072"}, "W1": {"2.16", "1.92"}, "b1": {"1.12", "0.96"}},
    "rate-too-large": {"W1": {"5.04", "1.56"}, "b1": {"0.5528"}},
    "rate-too-small": {"∂L/∂W1": {"0.000001"}, "b1": {"0.0001"}},
    "relu-bce": {"dh2_dz2": {"0.3318"}, "z2.grad": {"0.6682"}, "b1": {"0.4032", "0.3790"}},
    "spiral": {"L": {"0.69"}, "W3": {"0.007"}},
    "spreadsheet": {"wout": {"0.01"}, "bout": {"0.79", "0.21", "0.20"}, "wh": {"0.0006"}},
    "valley-adam": {"L": {"0.01", "0.99"}},
    "valley-momentum": {"L": {"0.01"}},
    "vanishing-gradient": {"L": {"0.003"}, "W1": {"0.006"}},
    "xor": {"f′(z2)": {"0.25"}, "W1": {"0.02"}, "b1": {"0.5356", "0.5234"}},
    "xor-stuck": {"L": {"0.0013"}},
}
SIGNS = ("classic", "math")  # the first shows minus the gradient
OF_A_SIGN = re.compile(r"above zero|below zero|less chance|less target|` - `|(?<![\w)·])-\d", re.IGNORECASE)


def told(number: object, decimals: int) -> str:
    """Return a number as a note gives it."""
    return f"{float(np.asarray(number)):.{decimals}f}"


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_of_a_note_are_in_the_cells_of_its_step(name: str) -> None:
    compiled = opened(name)
    named = named_iterations(name)
    looked_at = [*first_and_last(name), *run(compiled, 2, *named)]
    program = compiled.training.program(1)
    strays = {}
    for step in (*program.steps, *program.measures):
        cells = np.concatenate([values[value].ravel() for values in looked_at for value in (step.id, *step.reads)])
        notes = {note_of(compiled.scenario, step.id, step.phase, iteration) for iteration in (*ITERATIONS, *named)}
        found = {figure for note in notes for figure in FIGURE.findall(note) if not is_there(figure, cells)}
        strays |= {step.name: found} if found else {}
    assert strays == ELSEWHERE.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_a_note_that_speaks_of_a_sign_is_for_the_names_that_have_it(name: str) -> None:
    scenario, data = opened(name).scenario, opened(name).data
    ours, theirs = (compile_scenario(scenario, names=names, data=data).training.program(1).values for names in SIGNS)
    for identity, value in ours.items():
        other = theirs.get(identity)
        if not isinstance(value, Step) or not isinstance(other, Step) or value.sign == other.sign:
            continue
        for iteration in (*ITERATIONS, *named_iterations(name)):
            notes = {note_of(scenario, identity, value.phase, iteration, names) for names in SIGNS}
            assert len(notes) == 2 or not OF_A_SIGN.search(*notes), notes


def test_xor_makes_or_and_and_of_its_hidden_units() -> None:
    _, last = first_and_last("xor")
    assert np.rint(last["layer1.output"]).tolist() == [[0, 0], [1, 0], [1, 0], [1, 1]]
    assert np.rint(last["layer2.output"]).tolist() == last["targets"].tolist()


@pytest.mark.parametrize(("name", "losses"), [("relu-bce", ["0.4032", "0.3790"]), ("xor", ["0.5356", "0.5234"])])
def test_what_the_first_iteration_does_to_the_loss(name: str, losses: list[str]) -> None:
    assert [told(values["loss"], 4) for values in run(opened(name), 1, 2)] == losses


def test_xor_waits_for_300_iterations_and_is_done_after_1000() -> None:
    values = run(opened("xor"), 300, 1000)
    assert [told(one["loss"], 2) for one in values] == ["0.46", "0.02"]


def test_the_page_shows_what_xor_becomes(project_dir: Path) -> None:
    page = (project_dir / "docs" / "scenarios.md").read_text(encoding="utf-8")
    _, last = first_and_last("xor")
    for inputs, hidden, (answer,) in zip(last["inputs"], last["layer1.output"], last["layer2.output"], strict=True):
        row = [f"{inputs[0]:.0f} {inputs[1]:.0f}", *(told(number, 2) for number in (*hidden, answer))]
        assert f"| {' | '.join(row)} |" in page


def test_in_xor_one_hidden_unit_speaks_for_yes_and_one_against() -> None:
    for values in run(opened("xor"), *range(1, 5002, 100)):
        assert np.sign(values["layer2.weights"]).tolist() == [[1], [-1]]


def test_in_xor_stuck_the_units_stay_copies_and_the_loss_stays_above_one_third() -> None:
    for values in run(opened("xor-stuck"), *range(1, 5002, 100)):
        first, second = values["layer1.weights"].T
        assert first == pytest.approx(second, rel=1e-12)
        assert values["loss"] > 1 / 3
    assert np.rint(values["layer2.output"]).tolist() != values["targets"].tolist()


def test_one_line_can_do_no_better_than_one_third() -> None:
    # Two units that agree answer along one direction only: up or down, but never up and down again. So the best they
    # can do is the best monotone answers to the targets in some order that a direction gives the four corners.
    corners, targets = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    losses = []
    for angle in np.linspace(0, 2 * np.pi, 720, endpoint=False) + 1e-3:
        order = np.argsort(corners @ [np.cos(angle), np.sin(angle)])
        answers = best_rising(targets[order])
        losses.append(0.5 * ((answers - targets[order]) ** 2).sum())
    assert min(losses) == pytest.approx(1 / 3)


def best_rising(targets: np.ndarray) -> np.ndarray:
    """Return the answers that never fall and have the least squared error: neighbours that would fall are pooled."""
    pools: list[list[float]] = []
    for target in targets:
        pools.append([float(target)])
        while len(pools) > 1 and np.mean(pools[-2]) >= np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return np.array([float(np.mean(pool)) for pool in pools for _ in pool])


def test_xor_stuck_learns_once_its_units_differ_by_a_tenth() -> None:
    (values,) = run(edited("xor-stuck", "[0.9, 0.9]", "[0.9, 0.8]"), 5001)
    assert values["loss"] < 0.002
    assert told(first_and_last("xor")[1]["loss"], 4) == "0.0013"


@pytest.mark.parametrize("number", ["0", "0.5"])
def test_any_one_number_for_all_weights_ends_like_xor_stuck(number: str) -> None:
    text = (FOLDER / "xor-stuck.yaml").read_text(encoding="utf-8")
    for given in ("[0.2, 0.2]", "[0.9, 0.9]", "[[0.8], [0.8]]"):
        assert given in text
        text = text.replace(given, re.sub(r"[\d.]+", number, given))
    (values,) = run(compile_scenario(parse(text.encode(), "same.yaml")), 5001)
    assert values["loss"] > 1 / 3


def test_how_wrong_the_spreadsheet_is_at_first_and_how_little_it_moves() -> None:
    first, _ = first_and_last("spreadsheet")
    assert first["layer1.output"].min() >= 0.75
    assert [told(abs(error), 2) for error in first["layer2.error"].ravel()] == ["0.21", "0.20", "0.79"]
    assert first["layer2.bias.next"] < first["layer2.bias"]
    assert told(np.abs(first["layer1.weights.next"] - first["layer1.weights"]).max(), 4) == "0.0006"


def test_relu_comes_out_as_a_pencil_with_four_decimals_has_it() -> None:
    # Everything is rounded as soon as it is worked out, as a person would, and no number is taken from the program.
    def pencil(number: float) -> float:
        return round(number + 1e-12, 4)

    z1 = [pencil(1 * 0.8 + 2 * -0.2 + 0.1), pencil(1 * 0.9 + 2 * -0.7 + 0.2)]
    h1 = [max(z, 0) for z in z1]
    z2 = pencil(h1[0] * 0.4 + h1[1] * 0.3 + 0.5)
    out = pencil(1 / (1 + float(np.exp(-z2))))
    out_grad, slope = pencil(-1 / out), pencil(out * (1 - out))
    z2_grad = pencil(out_grad * slope)
    h1_grad = [pencil(z2_grad * 0.4), pencil(z2_grad * 0.3)]
    gates = [float(z > 0) for z in z1]
    z1_grad = [pencil(g * gate) for g, gate in zip(h1_grad, gates, strict=True)]
    w1_grad = [[pencil(x * g) for g in z1_grad] for x in (1, 2)]
    w2_grad = [[pencil(h * z2_grad)] for h in h1]
    wanted = {
        "layer1.pre_activation": [z1],
        "layer1.output": [h1],
        "layer2.pre_activation": [[z2]],
        "layer2.output": [[out]],
        "loss": pencil(-log(out)),
        "layer2.error": [[out_grad]],
        "layer2.slope": [[slope]],
        "layer2.delta": [[z2_grad]],
        "layer2.weights.grad": w2_grad,
        "layer2.bias.grad": [z2_grad],
        "layer1.error": [h1_grad],
        "layer1.slope": [gates],
        "layer1.delta": [z1_grad],
        "layer1.weights.grad": w1_grad,
        "layer1.bias.grad": z1_grad,
        "layer2.weights.next": [[pencil(0.4 - 0.1 * w2_grad[0][0])], [0.3]],
        "layer2.bias.next": [pencil(0.5 - 0.1 * z2_grad)],
        "layer1.weights.next": [[pencil(0.8 - 0.1 * w1_grad[0][0]), 0.9], [pencil(-0.2 - 0.1 * w1_grad[1][0]), -0.7]],
        "layer1.bias.next": [pencil(0.1 - 0.1 * z1_grad[0]), 0.2],
    }
    first, _ = first_and_last("relu-bce")
    steps = {step.id for step in opened("relu-bce").training.program(1).steps}
    assert set(wanted) == steps - {"layer1.weighted", "layer2.weighted"}
    for identity, number in wanted.items():
        assert first[identity].round(4) == pytest.approx(np.array(number), abs=1e-9), identity


def test_the_second_relu_is_dead_for_good() -> None:
    first, last = first_and_last("relu-bce")
    assert (last["layer1.pre_activation"][:, 1] < 0).all()
    assert last["layer1.weights"][:, 1].tolist() == first["layer1.weights"][:, 1].tolist()
    assert last["layer2.weights"][1] == first["layer2.weights"][1]


def test_the_digits_begin_sure_and_wrong() -> None:
    first, second = run(opened("digits"), 1, 2)
    guesses = np.bincount(first["layer2.output"].argmax(axis=-1), minlength=10)
    assert (guesses.argmax(), guesses.max()) == (9, 1344)
    assert [told(values["loss"], 1) for values in (first, second)] == ["10.5", "8.6"]
    assert told((first["layer1.slope"] < 0.01).mean(), 2) == "0.23"
    assert 15 < np.abs(first["layer1.pre_activation"]).max() < 16
    moved = second["layer2.bias"] - first["layer2.bias"]  # (j,)
    assert np.flatnonzero(moved < 0).tolist() == [9]


def test_how_far_the_weights_of_the_digits_move() -> None:
    first, last = first_and_last("digits")
    assert told(np.abs(first["layer2.weights.next"] - first["layer2.weights"]).max(), 2) == "0.08"
    assert told(np.abs(last["layer1.weights"] - first["layer1.weights"]).mean(), 2) == "0.09"


def test_the_delta_of_the_digits_is_target_less_output_over_the_samples() -> None:
    first, _ = first_and_last("digits")
    wanted = (first["targets"] - first["layer2.output"]) / 1437  # (b, j)
    assert first["layer2.delta"] == pytest.approx(wanted, abs=1e-15)
    assert np.abs(first["layer2.delta"]).max() <= 1 / 1437


def test_black_pixels_teach_nothing() -> None:
    for values in first_and_last("digits"):
        rows = np.abs(values["layer1.weights.grad"]).max(axis=1)  # (i,)
        assert np.flatnonzero(rows == 0).tolist() == [0, 32, 39]
        assert np.flatnonzero(values["inputs"].max(axis=0) == 0).tolist() == [0, 32, 39]
