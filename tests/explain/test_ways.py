"""A cell in words, as mathematics, as code; how its shapes fit, and what it was."""

import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.story import tell
from nnstep.explain.ways import Ways, as_text, shape_rule, ways_of
from nnstep.explain.words import plain_text
from tests.explain.walks import some_cells, view_of
from tests.helpers.trainings import dense, net, session
from tests.scenarios.shipped import NAMES


def ways(identity: str, *at: int) -> Ways:
    return ways_of(view_of("spreadsheet"), Cell(identity, at))


def test_a_cell_in_three_ways() -> None:
    found = ways("layer1.error", 1, 1)
    assert plain_text(found.words).startswith("How much each unit below is to blame")
    assert plain_text(found.mathematics) == "Error_at_hidden_layer[1,1] = Σ[j] d_output[1,j]·wout[1,j]"
    assert plain_text(found.code) == "Error_at_hidden_layer = d_output @ wout.T"
    assert r"\sum_{j}" in found.latex
    assert plain_text(found.numbers) == "Error_at_hidden_layer[1,1] = 0.0334·0.2450 = 0.0082   was 0.0081"
    assert plain_text(found.before) == "Error_at_hidden_layer[1,1] was 0.0081"


@pytest.mark.parametrize(
    ("identity", "shapes"),
    [
        ("layer1.pre_activation", "3×4 · 4×3 → 3×3"),
        ("layer1.error", "3×1 · 1×3 → 3×3   wout is transposed, from 3×1"),
        ("layer1.weights.grad", "4×3 · 3×3 → 4×3   X is transposed, from 3×4"),
        ("layer2.delta", "3×1   cell by cell"),
        ("layer1.bias.grad", "3×3 → 1×3"),
        ("layer1.bias.next", "1×3   cell by cell"),
        ("loss", "3×1 → one number"),
    ],
)
def test_how_the_shapes_fit(identity: str, shapes: str) -> None:
    program = view_of("spreadsheet").program
    step = next(step for step in (*program.steps, *program.measures) if step.id == identity)
    assert plain_text(shape_rule(program, step)) == shapes


def test_a_long_sum_shows_its_largest_terms() -> None:
    walk = session(net(dense(2), inputs=60))
    walk.next()
    numbers = plain_text(ways_of(walk.view(), Cell("layer1.weighted", (0, 0))).numbers)
    assert numbers.partition(" = ")[2].count("·") == 4
    assert "… and 56 more (" in numbers


def test_what_is_given_has_no_formula_and_data_were_nothing_before() -> None:
    weight, pixel = ways("layer1.weights", 0, 1), ways("inputs", 1, 2)
    assert plain_text(weight.before) == "wh[0,1] was 0.8800"
    assert (weight.mathematics, weight.code, weight.latex) == ((), (), "")
    assert (plain_text(pixel.before), plain_text(pixel.shapes)) == ("", "3×4")


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_in_every_way(name: str) -> None:
    view = view_of(name)
    for identity in view.program.values:
        for cell in some_cells(view, identity, most=1):
            found = ways_of(view, cell)
            assert found.words
            assert found.numbers
            assert found.shapes
            assert "\x00" not in as_text(found)


def test_a_weight_behind_a_layer_without_weights_comes_from_a_hidden_unit() -> None:
    view = view_of("convnet-digits")
    table = view.program.values["layer5.weights"].shape
    told = plain_text(tell(view, Cell("layer5.weights", (table[0] - 1, 2))).what)
    assert told == f"W5[{table[0] - 1},2]: a weight, from hidden unit {table[0] - 1} of layer 4 to output unit 2"
    assert "layer 4" in plain_text(tell(view, Cell("layer4.output", (0, 0))).title)
