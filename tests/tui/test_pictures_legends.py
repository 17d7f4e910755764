"""Pictures say what their colours, signs and numbers mean, in the picture itself."""

import re

import numpy as np
import pytest

from nnstep.engine.cell import Array
from nnstep.session import Session
from nnstep.tui.theme import Cell, Mode, palette
from tests.tui.driving import compiled, shipped
from tests.tui.test_pictures import MODES, fits, painted, seen, text

BOTH = """\
title: Both
data: {inputs: [[0.0, 0.0], [1.0, 1.0]], targets: [[1, 0], [0, 1]], labels: [cold, warm]}
network: [{layer: dense, units: 2, activation: softmax, weights: [[-1.0, 1.0], [-1.0, 1.0]], bias: [1.0, -1.0]}]
loss: cce
optimizer: {name: gd, learning_rate: 0.1}
"""
LINE = """\
title: Line
data: {inputs: [[0.0, 0.0], [1.0, 1.0]], targets: [[-1.5], [2.5]]}
network: [{layer: dense, units: 1}]
loss: mse
optimizer: {name: gd, learning_rate: 0.1}
"""
NAMED = """\
title: Named
data: {inputs: [[0.0, 0.0], [1.0, 1.0]], targets: [[0], [1]], labels: [LOW, HIGH]}
network: [{layer: dense, units: 1, activation: sigmoid}]
loss: bce
optimizer: {name: gd, learning_rate: 0.1}
"""


def at_end(session: Session, iteration: int) -> Session:
    """Go to the last step of an iteration."""
    session.go(iteration, 0)
    session.go(iteration, len(session.program.steps))
    return session


def last(name: str, session: Session, mode: Mode = "none", width: int = 78) -> str:
    return text(name, seen(session, (width, 18)), mode).split("\n")[-1]


# ---- signs and colours


@pytest.mark.parametrize(("scenario", "said"), [("xor", "○ 0 =-·+# 1 ●"), ("spiral", "○ arm 0 =-·+# arm 1 ●")])
def test_the_plane_says_which_sign_is_which_class(scenario: str, said: str) -> None:
    assert said in last("decision surface", Session(shipped(scenario)))


@pytest.mark.parametrize("mode", ["truecolor", "256", "16"])
def test_the_colours_between_both_classes_are_those_of_the_plane(mode: Mode) -> None:
    session, colours = at_end(Session(shipped("moons")), 60), palette(mode)
    *plane, legend = painted("decision surface", seen(session), mode)
    drawn = [segment.style for segment in legend if "▀" in segment.text]
    ends = [colours.pixels[Cell.NEGATIVE_2], colours.pixels[Cell.POSITIVE_2]]
    assert [(style.color, style.bgcolor) for style in (drawn[0], drawn[-1]) if style] == [(end, end) for end in ends]
    # Where the network is sure of the second class the plane has the colour that stands beside its name.
    sure = [segment for strip in plane for segment in strip if segment.style and segment.style.bgcolor == ends[1]]
    assert sure


def test_the_letter_of_each_region_stands_before_its_class() -> None:
    assert last("decision surface", Session(compiled(BOTH))).startswith(" c ○ cold  w ● warm")
    assert last("decision surface", Session(shipped("blobs"))).startswith(" 0 blob 0  1 blob 1  2 blob 2")
    session = at_end(Session(shipped("blobs")), 20)
    *plane, legend = painted("decision surface", seen(session), "256")
    swatches = [segment.style for segment in legend if re.fullmatch(" [012] ", segment.text)]
    regions = {segment.style for strip in plane for segment in strip if segment.style and segment.style.bgcolor}
    assert len(set(swatches)) == 3
    assert set(swatches) <= regions


def test_a_number_that_is_learned_has_a_scale() -> None:
    assert "the answer: below 0 =-·+# above 0" in last("decision surface", Session(compiled(LINE)))


@pytest.mark.parametrize("width", range(8, 90, 3))
@pytest.mark.parametrize("mode", MODES)
def test_long_names_of_classes_give_way(width: int, mode: Mode) -> None:
    for file in (NAMED, BOTH):
        long = file.replace("LOW", "x" * 40).replace("HIGH", "y" * 70).replace("cold", "z" * 50)
        view = seen(Session(compiled(long)), (width, 9))
        fits(painted("decision surface", view, mode), (width, 9))


@pytest.mark.parametrize(("scenario", "said"), [("spiral", "0 or 1"), ("moons", "u or l"), ("overfitting", "u or l")])
def test_a_sample_on_the_wrong_side_is_what_is_said(scenario: str, said: str) -> None:
    session = Session(shipped(scenario))
    assert last("decision surface", session, width=50).endswith(f" on the wrong side, drawn as {said}")
    middle = last("decision surface", session, width=86)
    assert re.search(rf"  \[ ] chosen   .* on the wrong side, drawn as {said}$", middle)
    wide = last("decision surface", session, width=118)
    assert re.search(rf"  \[ ] the chosen sample   .* on the wrong side, drawn as {said}$", wide)
    shown = text("decision surface", seen(session), "none")
    assert re.search(rf"  \[ ] chosen   .* on the wrong side: {said}$", shown)
    assert any(letter in shown.split("\n")[n][:58] for letter in said.split(" or ") for n in range(1, 17))


def test_of_three_classes_nothing_is_drawn_otherwise() -> None:
    assert last("decision surface", Session(shipped("blobs"))).endswith("20 of 30 on the wrong side")


def test_images_say_what_signs_and_shades_mean() -> None:
    session = Session(shipped("digits"))
    session.go(1, 5)
    shown = text("images", seen(session), "none").split("\n")
    assert shown[0].startswith(" sample 0   0  ░▒▓█ 1")
    assert shown[-1].endswith("below 0 =-·+# above 0")
    assert "░▒▓█" not in text("images", seen(session), "256")
    assert last("network", session).endswith("below 0 =-·+# above 0")
    assert "below 0" not in last("network", Session(shipped("xor")))


# ---- numbers


def test_what_a_unit_says_is_never_a_false_zero() -> None:
    session = Session(shipped("digits"))
    session.go(1, 5)
    assert session.view().values["layer1.output"][0, 17] == pytest.approx(0.002828, abs=1e-6)
    shown = text("images", seen(session, (164, 52)))
    assert re.search(r"\b17 \.003\b", shown)
    assert not re.search(r"\d 0\.00\b", shown)


def size(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def test_how_far_a_weight_moves_is_in_percent_of_it() -> None:
    session = at_end(Session(shipped("xor")), 1)
    view = session.view()
    before, after = view.values["layer2.weights"], view.values["layer2.weights.next"]
    share = f"{100 * size(after - before) / size(before):#.3g}%"
    (line,) = (line for line in text("gradient sizes", seen(session)).split("\n") if " W2 " in line)
    assert line.endswith(f" {share}")
    assert last("gradient sizes", session).endswith("moves by: % of its own size")


@pytest.mark.parametrize("factor", [1e-12, 1e-4, 1e-3, 0.5, 20.0, 1e3, 1e5, 1e12])
def test_any_share_has_room(factor: float) -> None:
    session = at_end(Session(compiled(LINE.replace("0.1", f"{factor:f}" if factor > 1e-9 else "1e-12"))), 1)
    shown = text("gradient sizes", seen(session)).split("\n")[1]
    assert re.fullmatch(r"[\d.]+(e-?\d+)?%", shown.split()[-1])


def test_whose_right_answers_are_told_stands_under_them() -> None:
    session = at_end(Session(shipped("digits-relu-adam")), 2)
    lines = [line for line in text("curves", seen(session), "none").split("\n") if "after 0 epochs" in line]
    assert "train: of a batch, before its update" in lines[0]
    assert f"train: of all {len(session.compiled.training.train)}, after the update" in lines[1]


@pytest.mark.parametrize("width", [60, 78, 86, 118, 164])
def test_mean_and_deviation_are_whole_whatever_the_names(width: int) -> None:
    session = Session(shipped("digits"))
    session.go(1, 5)
    said = text("distributions", seen(session, (width, 18)))
    values = session.view().values["layer1.output"]
    pattern = rf"mean {values.mean():.3f}(, deviation | ± ){values.std():.3f} "
    assert re.search(pattern, said)
    assert not re.search(r"mean [^ ]*…|deviation [^ ]*…|± [^ ]*…", said)
