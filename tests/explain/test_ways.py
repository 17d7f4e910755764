"""What a cell was, what it is for, its line of code, and how its shapes fit."""

import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.story import tell
from nnstep.explain.ways import other_ways, shape_rule
from nnstep.explain.words import plain_text
from tests.explain.walks import some_cells, view_of
from tests.scenarios.shipped import NAMES


def told(identity: str, *at: int) -> list[str]:
    return [plain_text(line) for line in other_ways(view_of("spreadsheet"), Cell(identity, at))]


def test_what_else_there_is_to_say_of_a_cell() -> None:
    before, words, code, shapes = told("layer1.error", 1, 1)
    assert before == "Error_at_hidden_layer[1,1] was 0.0081"
    assert words.startswith("How much each unit below is to blame")
    assert code == "Error_at_hidden_layer = d_output @ wout.T"
    assert shapes == "3×1 · 1×3 → 3×3   wout is transposed, from 3×1"


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


def test_of_what_no_step_makes_there_is_its_shape_and_of_a_weight_what_it_was() -> None:
    assert told("layer1.weights", 0, 1) == ["wh[0,1] was 0.8800", "4×3"]
    assert told("inputs", 1, 2) == ["3×4"]


@pytest.mark.parametrize("name", NAMES)
def test_there_is_something_to_say_of_every_cell(name: str) -> None:
    view = view_of(name)
    for identity, value in view.program.values.items():
        for cell in some_cells(view, identity, most=1):
            found = other_ways(view, cell)
            assert len(found) >= (3 if isinstance(value, Step) else 1)
            assert all(plain_text(line).strip() for line in found)


def test_a_weight_behind_a_layer_without_weights_comes_from_a_hidden_unit() -> None:
    view = view_of("convnet-digits")
    table = view.program.values["layer5.weights"].shape
    told = plain_text(tell(view, Cell("layer5.weights", (table[0] - 1, 2))).what)
    assert told == f"W5[{table[0] - 1},2]: a weight, from hidden unit {table[0] - 1} of layer 4 to output unit 2"
    assert "layer 4" in plain_text(tell(view, Cell("layer4.output", (0, 0))).title)
