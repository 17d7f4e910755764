"""Pictures: each fits any page in any colours, says what it is about, and shows numbers that others have worked out."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from textual.strip import Strip

from nnstep.engine.cell import Cell
from nnstep.explain.pictures.looks import WRITTEN
from nnstep.explain.pictures.network import network_facts
from nnstep.explain.pictures.seen import Seen
from nnstep.explain.pictures.surface import surface_work
from nnstep.explain.pictures.table import pictures_for
from nnstep.session import Session
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.renderables.pictures.tiles import shrunk
from nnstep.tui.theme import Mode, palette
from tests.helpers.files import TOO_FAST
from tests.tui.driving import SCENARIOS, compiled, shipped
from tests.tui.scenarios import BATCHES, DEEP, EVIL, REMEMBERS

MODES: tuple[Mode, ...] = ("256", "16", "none")
SIZES = ((78, 18), (86, 31), (164, 52))
ALL = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def seen(session: Session, size: tuple[int, int] = (78, 18)) -> Seen:
    return Seen(session.view(), *size, session.history.at_hand)


def found(name: str, view: Seen) -> Any:
    """Work out all that a picture asks for."""
    known = None
    while (task := PICTURES[name].work(view, known)) is not None:
        known = task()
    return known


def painted(name: str, view: Seen, mode: Mode = "256", top: int = 0) -> list[Strip]:
    picture = PICTURES[name]
    facts = picture.facts(view, found(name, view))
    return picture.paint(facts, Page(view.width, view.height, palette(mode), top))


def text(name: str, view: Seen, mode: Mode = "256") -> str:
    return "\n".join(strip.text.rstrip() for strip in painted(name, view, mode))


def fits(strips: list[Strip], size: tuple[int, int]) -> None:
    assert len(strips) == size[1]
    assert {strip.cell_length for strip in strips} <= {size[0]}
    for strip in strips:
        assert cell_len(strip.text) == size[0]
        assert strip.text.isprintable()


def places(session: Session) -> Iterator[None]:
    """Go to the start, into the forward pass, back, and to the end of a later iteration."""
    last = len(session.program.steps)
    yield
    for iteration, step in ((1, 2), (2, last * 2 // 3), (3, last)):
        session.go(iteration, step)
        yield


# ---- all of them


@pytest.mark.parametrize("scenario", ALL)
def test_each_picture_fits_each_shipped_scenario(scenario: str) -> None:
    session = Session(shipped(scenario))
    names = pictures_for(session.compiled)
    assert {"network", "curves", "distributions"} <= set(names)
    for mode in ("256", "none"):
        session.go(2, len(session.program.steps) * 2 // 3)
        for name in names:
            fits(painted(name, seen(session), mode), (78, 18))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [*SIZES, (58, 14), (3, 2), (1, 1)], ids=str)
@pytest.mark.parametrize("text", [BATCHES, DEEP, EVIL, REMEMBERS, TOO_FAST], ids=lambda text: text.split("\n")[0][:20])
def test_each_picture_fits_any_page(text: str, size: tuple[int, int], mode: Mode) -> None:
    session = Session(compiled(text))
    for _ in places(session):
        for name in pictures_for(session.compiled):
            fits(painted(name, seen(session, size), mode), size)


def test_a_picture_can_be_scrolled_as_far_as_anyone_likes() -> None:
    session = Session(shipped("spiral"))
    session.go(3, 9)
    for name in pictures_for(session.compiled):
        for top in (1, 7, 10_000):
            fits(painted(name, seen(session), "256", top), (78, 18))


def test_numbers_that_are_not_finite_are_told() -> None:
    session = Session(compiled(TOO_FAST))
    session.go(60, len(session.program.steps))
    assert not all(np.isfinite(session.view().losses))
    assert "×" in text("curves", seen(session))
    assert "×" in text("curves, log scale", seen(session))
    assert "not finite" in text("gradient sizes", seen(session))
    assert "not finite" in text("distributions", seen(session))


def test_what_does_not_suit_is_left_out() -> None:
    assert "decision surface" in pictures_for(shipped("moons"))
    assert "decision surface" not in pictures_for(shipped("spreadsheet"))
    assert "images" in pictures_for(shipped("digits"))
    assert "images" in pictures_for(shipped("convolution-edge"))
    assert "images" not in pictures_for(shipped("moons"))
    assert "answers" in pictures_for(shipped("blobs"))
    assert "answers" not in pictures_for(shipped("rate-right"))


# ---- the network


def network(session: Session) -> Any:
    return network_facts(seen(session), None)


def test_the_network_follows_the_steps() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(2, 2)
    shown = network(session)
    assert [column.title for column in shown.columns] == ["input", "hidden", "output"]
    hidden = shown.columns[1]
    # The article's own activations of its first sample after one epoch differ from those of the first.
    assert hidden.shown.name == "hiddenlayer_activations"
    assert hidden.shown.state == "written"
    assert hidden.shown.told == 0
    assert shown.lit == 1
    assert hidden.shown.values == pytest.approx(session.view().values["layer1.output"][0])
    assert shown.columns[2].shown.state == "stale"
    assert shown.columns[0].shown.whole


def test_the_weights_that_a_unit_hears_through_are_lit() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 1)
    session.place_cursor(Cell("layer1.pre_activation", (0, 2)))
    shown = network(session)
    assert (shown.wires[0].light, shown.wires[0].told) == ("read", (-1, 2))
    assert shown.wires[1].light == "quiet"
    # The blame of hidden unit 1 comes back through the weights that lead away from it.
    steps = [step.id for step in session.program.steps]
    session.go(1, steps.index("layer1.error") + 1)
    session.place_cursor(Cell("layer1.error", (0, 1)))
    shown = network(session)
    assert (shown.wires[1].light, shown.wires[1].told) == ("read", (1, -1))
    session.go(1, steps.index("layer2.weights.grad") + 1)
    shown = network(session)
    assert (shown.wires[1].light, shown.wires[1].told) == ("written", (-1, -1))
    assert shown.wires[1].weights == pytest.approx(session.view().values["layer2.weights.grad"])


def test_a_walk_shows_the_units_that_are_there() -> None:
    session = Session(shipped("xor"))
    session.go(1, 2)
    session.next_cell()
    hidden = network(session).columns[1].shown
    assert np.isnan(hidden.values).tolist() == [False, True]


def test_a_picture_of_the_network_names_what_is_done() -> None:
    session = Session(shipped("spreadsheet"))
    steps = [step.id for step in session.program.steps]
    session.go(1, steps.index("layer2.weights.grad") + 1)
    shown = text("network", seen(session))
    assert "d_wout" in shown
    assert "▶ output" in shown
    assert "thick: large" in shown


def test_what_is_made_inside_a_layer_is_seen() -> None:
    session = Session(shipped("attention-copies"))
    scores = next(n for n, step in enumerate(session.program.steps, 1) if step.id == "layer1.scores")
    session.go(1, scores)
    inner = network(session).wires[0].inner
    assert inner.name == "S1"
    assert inner.values == pytest.approx(session.view().values["layer1.scores"][0])


def test_a_layer_over_time_shows_each_time() -> None:
    session = Session(shipped("rnn-counts"))
    session.go(1, session.program.order["layer1.t1.output"])
    at, inner = session.view().values, network(session).wires[0].inner
    assert inner.name == "h1(0) … h1(2)"
    assert inner.values[:2] == pytest.approx(np.stack([at["layer1.t0.output"][0], at["layer1.t1.output"][0]]))
    assert np.isnan(inner.values[2:]).all()
    assert inner.marks[:, 0].tolist() == [0, WRITTEN, 0]
    # On the way back the last time comes first, and stands where it stood.
    session.go(1, session.program.order["layer1.t1.delta"])
    back = network(session).wires[0].inner
    assert back.name == "δ1(0) … δ1(2)"
    assert np.isnan(back.values[:, 0]).tolist() == [True, False, False]


def test_lines_lead_on_from_what_a_layer_hands_on_after_all_times() -> None:
    session = Session(shipped("rnn-counts"))
    order = session.program.order
    for number, step in enumerate(session.program.steps, 1):
        session.go(2, number)
        facts, at = network(session), session.view().values
        _, unit, output = facts.columns
        assert (unit.shown.name, unit.blame.name) == ("a1", "∂L/∂a1"), step.name
        assert (unit.shown.state == "stale") == (number < order["layer1.output"]), step.name
        if order["layer2.output"] <= number < order["layer2.weights.next"]:
            assert unit.shown.values @ at["layer2.weights"] == pytest.approx(output.shown.values), step.name


def test_the_state_before_all_times_stands_between_the_columns() -> None:
    session = Session(shipped("rnn-counts"))
    session.go(2, 1)
    inner = network(session).wires[0].inner
    assert (inner.name, inner.values.tolist(), inner.state) == ("h1(-1)", [0], "written")
    session.go(2, 6)
    assert " h1(0) … h1(2)\n" in text("network", seen(session))


def test_what_is_kept_back_is_not_shown() -> None:
    session = Session(shipped("xor"))
    session.go(1, 2)
    view = session.view()
    assert view.story is not None
    kept = Seen(view.hiding({"layer1.pre_activation": "numbers"}, view.story), 78, 18, session.history.at_hand)
    shown = text("network", kept)
    assert shown.count("?") == 2
    assert f"{view.values['layer1.pre_activation'][0, 0]:.2f}]" not in shown


@pytest.mark.parametrize("identity", ["layer1.initial_states", "layer1.t1.pre_activation"])
def test_what_is_kept_back_of_a_time_is_asked_for_where_it_will_stand(identity: str) -> None:
    session = Session(shipped("rnn-counts"))
    session.go(2, session.program.order[identity])
    view = session.view()
    assert view.story is not None
    kept = Seen(view.hiding({identity: "numbers"}, view.story), 78, 18, session.history.at_hand)
    assert text("network", kept).count("?") == 1
    assert np.isnan(network_facts(kept, None).wires[0].inner.values).any()


def test_many_units_are_a_map() -> None:
    session = Session(shipped("digits"))
    session.go(1, 3)
    shown = text("network", seen(session))
    assert "64 units" in shown
    assert "wout" in shown


# ---- curves


def test_the_points_of_a_curve_are_those_of_the_training() -> None:
    session = Session(shipped("overfitting"))
    for _ in session.fast_forward(40):
        pass
    known = found("curves", seen(session))
    assert {0, 40} <= set(known.points)
    validation = session.compiled.training.validation
    for done in (0, 16, 40):
        at = session.history.parameters(done)
        hidden = np.tanh(validation.inputs @ at["layer1.weights"] + at["layer1.bias"])
        z = hidden @ at["layer2.weights"] + at["layer2.bias"]
        right = ((z > 0) == (validation.targets > 0.5)).mean()
        loss = np.mean(np.logaddexp(0, z) - z * validation.targets)
        assert known.points[done]["validation"].accuracy == pytest.approx(right)
        assert known.points[done]["validation"].loss == pytest.approx(loss)
    # Of a place before them, only what was known by then is drawn.
    session.go(20, 0)
    plots = PICTURES["curves"].facts(seen(session), known).plots
    assert max(time for plot in plots for curve in plot.curves for time in curve.times) <= 19


def test_points_come_in_portions_and_an_end() -> None:
    session = Session(shipped("moons"))
    for _ in session.fast_forward(200):
        pass
    known, rounds = None, 0
    while (task := PICTURES["curves"].work(seen(session), known)) is not None:
        before = len(known.points) if known else 0
        known = task()
        assert 0 < len(known.points) - before <= 5
        rounds += 1
    assert known is not None
    assert 24 < len(known.points) <= 100
    assert rounds < 30


def test_without_classes_and_a_part_set_aside_nothing_is_worked_out() -> None:
    session = Session(shipped("rate-right"))
    assert PICTURES["curves"].work(seen(session), None) is None
    assert "nothing yet" in text("curves", seen(session))


# ---- the decision surface

MANY = """\
title: Many moons
data: {source: moons, samples: 900, noise: 0.1}
network: [{layer: dense, units: 3, activation: tanh}, {layer: dense, units: 1, activation: sigmoid}]
loss: bce
optimizer: {name: gd, learning_rate: 0.1}
"""


def by_hand(session: Session, points: np.ndarray) -> np.ndarray:
    """The moons' network, written out."""
    at = session.view().values
    hidden = np.tanh(points @ at["layer1.weights"] + at["layer1.bias"])
    return 1 / (1 + np.exp(-(hidden @ at["layer2.weights"] + at["layer2.bias"])))


def test_the_surface_is_what_the_network_answers() -> None:
    session = Session(shipped("moons"))
    session.go(50, 3)
    view = seen(session, (40, 22))
    plane = found("decision surface", view)
    facts = PICTURES["decision surface"].facts(view, plane)
    rows, width = plane.answers.shape[:2]
    assert rows == 40
    points = np.array(
        [
            [
                facts.low[0] + (x + 0.5) / width * (facts.high[0] - facts.low[0]),
                facts.high[1] - (y + 0.5) / rows * (facts.high[1] - facts.low[1]),
            ]
            for y in range(rows)
            for x in range(width)
        ]
    )
    assert plane.answers.reshape(-1, 1) == pytest.approx(by_hand(session, points))
    assert plane.units.shape[0] == 3


def test_the_surface_moves_with_the_weights_and_only_then() -> None:
    session = Session(shipped("moons"))
    session.go(3, 1)
    first = found("decision surface", seen(session))
    session.go(3, 9)
    assert surface_work(seen(session), first) is None
    session.go(3, len(session.program.steps))
    second = surface_work(seen(session), first)
    assert second is not None
    assert not np.array_equal(second().answers, first.answers)
    session.go(4, 0)
    # The start of an iteration has the weights that the end of the one before has made.
    assert np.array_equal(found("decision surface", seen(session)).answers, second().answers)


def test_samples_on_the_wrong_side_are_counted() -> None:
    session = Session(shipped("moons"))
    training = session.compiled.training.train
    for _ in session.fast_forward(30):
        pass
    session.go(session.position.iteration + 1, 0)
    wrong = int(((by_hand(session, training.inputs) > 0.5) != (training.targets > 0.5)).sum())
    assert wrong > 3
    shown = text("decision surface", seen(session, (164, 52)))
    assert f" {wrong} of 40 on the wrong side" in shown


@pytest.mark.parametrize("size", [(58, 16), (76, 19), (78, 18), (86, 31), (164, 52)])
def test_the_count_does_not_depend_on_the_size_of_the_surface(size: tuple[int, int]) -> None:
    session = Session(shipped("moons"))
    assert "17 of 40 right" in text("answers", seen(session, size))
    assert "23 of 40 on the wrong side" in text("decision surface", seen(session, size))


def test_samples_that_are_not_drawn_are_counted_too() -> None:
    session = Session(compiled(MANY))
    training = session.compiled.training.train
    wrong = int(((by_hand(session, training.inputs) > 0.5) != (training.targets > 0.5)).sum())
    assert f" {wrong} of 900 on the wrong side" in text("decision surface", seen(session))


def test_classes_have_letters_that_differ() -> None:
    session = Session(shipped("blobs"))
    session.go(20, 3)
    shown = text("decision surface", seen(session), "none")
    assert {"0", "1", "2"} <= set(shown)
    assert "0 blob 0" in shown


# ---- images and answers


def test_images_show_the_sample_and_the_chances() -> None:
    session = Session(shipped("digits"))
    session.go(1, 5)
    session.choose_sample(7)
    shown = text("images", seen(session, (120, 31)))
    view = session.view()
    assert "sample 7" in shown
    chance = view.values["layer2.output"][7]
    assert f"▶ {int(chance.argmax())} " in shown
    assert f"0 {view.values['layer1.output'][7][0]:.2f}" in shown


def test_scores_are_shown_as_chances() -> None:
    session = Session(shipped("digits-relu-adam"))
    session.go(1, 5)
    view = seen(session)
    facts = PICTURES["images"].facts(view, None)
    z = view.view.values["layer2.output"][0]
    assert facts.chances == pytest.approx(np.exp(z) / np.exp(z).sum())


def test_answers_are_those_of_the_whole_test() -> None:
    session = Session(shipped("digits"))
    session.go(3, 0)
    facts = found("answers", seen(session))
    at, test = session.view().values, session.compiled.training.test
    hidden = 1 / (1 + np.exp(-(test.inputs @ at["layer1.weights"] + at["layer1.bias"])))
    chosen = (hidden @ at["layer2.weights"] + at["layer2.bias"]).argmax(axis=1)
    wanted = test.targets.argmax(axis=1)
    assert facts.part == "test"
    assert facts.metrics.right == int((chosen == wanted).sum())
    wrong = np.flatnonzero(chosen != wanted)
    assert [(one.number, one.wanted, one.chosen) for one in facts.wrong] == [
        (int(n), int(wanted[n]), int(chosen[n])) for n in wrong[: len(facts.wrong)]
    ]
    assert f"{facts.metrics.right} of 360 right" in text("answers", seen(session))


def test_where_none_is_wrong_it_is_said() -> None:
    session = Session(shipped("blobs"))
    for _ in session.fast_forward(200):
        pass
    assert "30 of 30 right" in text("answers", seen(session))
    assert "none is wrong" in text("answers", seen(session, (164, 31)))


# ---- sizes and distributions


def test_sizes_of_gradients_are_roots_of_mean_squares() -> None:
    session = Session(shipped("xor"))
    session.go(1, len(session.program.steps))
    at, rows = session.view().values, PICTURES["gradient sizes"].facts(seen(session), None).rows
    x, y = at["inputs"], at["targets"]
    hidden = 1 / (1 + np.exp(-(x @ at["layer1.weights"] + at["layer1.bias"])))
    out = 1 / (1 + np.exp(-(hidden @ at["layer2.weights"] + at["layer2.bias"])))
    delta = (out - y) * out * (1 - out)
    gradient = hidden.T @ delta
    weights = next(row for row in rows if row.layer == "layer2" and row.name == "W2")
    assert weights.size == pytest.approx(sqrt((gradient**2).mean()))
    assert weights.largest == pytest.approx(np.abs(gradient).max())
    moved = 0.5 * sqrt((gradient**2).mean()) / sqrt((at["layer2.weights"] ** 2).mean())
    assert weights.moved == pytest.approx(moved)


@pytest.mark.parametrize("name", ["digits", "embedding", "valley-adam"])
def test_how_far_an_update_moves_is_told_to_come_with_it(name: str) -> None:
    session = Session(shipped(name))
    rows = sum(variable.trainable for variable in session.program.parameters)
    for step in (0, len(session.program.steps) // 2):
        session.go(1, step)
        assert text("gradient sizes", seen(session)).count("at update") == rows
    session.go(1, len(session.program.steps))
    told = text("gradient sizes", seen(session))
    assert "at update" not in told
    # The valley is entered with weights of 0, and the biases of digits start there.
    still = [p for p in session.program.parameters if not session.view().values[p.id].any()]
    assert told.count("from 0") == len(still)
    assert bool(still) is (name != "embedding")


def test_a_gradient_of_nothing_is_told() -> None:
    text_of = """\
title: Dead
data: {inputs: [[1.0]], targets: [[1.0]]}
network:
  - {layer: dense, units: 1, activation: relu, weights: [[-1.0]], bias: [0.0]}
  - {layer: dense, units: 1, weights: [[1.0]], bias: [0.0]}
loss: half_sse
optimizer: {name: gd, learning_rate: 0.1}
"""
    session = Session(compiled(text_of))
    session.go(1, len(session.program.steps))
    assert text("gradient sizes", seen(session)).count("nothing is learned here") == 3


def test_histograms_count_every_number() -> None:
    session = Session(shipped("spiral"))
    session.go(1, 6)
    rows = PICTURES["distributions"].facts(seen(session), None).rows
    outputs, weights = rows[0]
    values = session.view().values["layer1.output"]
    assert weights is not None
    assert outputs.counts.sum() == values.size == outputs.size
    expected, _ = np.histogram(values, bins=outputs.counts.size)
    assert np.abs(np.cumsum(outputs.counts) - np.cumsum(expected)).max() <= 1
    assert (outputs.low, outputs.high) == (values.min(), values.max())
    assert outputs.mean == pytest.approx(values.mean())


# ---- tiles


def test_a_large_image_is_shrunk_by_means() -> None:
    values = np.arange(16.0).reshape(4, 4)
    assert shrunk(values, 2, 2).tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert shrunk(values, 4, 4) is values
    assert shrunk(np.array([[1.0, np.nan, np.nan]]), 2, 1).tolist() == [[1.0, pytest.approx(np.nan, nan_ok=True)]]
