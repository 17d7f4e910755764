"""The formula of one cell has its places in it, and says nothing that is not so."""

import re

import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.filled import filled_formula
from nnstep.explain.words import plain_text
from tests.explain.walks import some_cells, view_of
from tests.scenarios.shipped import NAMES


@pytest.mark.parametrize(
    ("scenario", "cell", "formula"),
    [
        (
            "spreadsheet",
            Cell("layer2.weights.grad", (1, 0)),
            "Σ[b] hiddenlayer_activations[b,1]·d_output[b,0]",
        ),
        ("spreadsheet", Cell("layer1.weights.next", (2, 1)), "wh[2,1] + lr·d_wh[2,1]"),
        ("spreadsheet", Cell("loss", ()), "Σ[b,j] 0.5·(output[b,j] - y[b,j])²"),
        ("convolution-edge", Cell("layer1.output", (0, 0, 2, 1)), "Σ[c,p,q] X[0,c,2+p,1+q]·K1[0,c,p,q]"),
        ("embedding", Cell("layer1.table.grad", (2, 1)), "Σ[b,t where X[b,t] = 2] ∂L/∂a1[b,t,1]"),
        ("max-pooling", Cell("layer3.output", (2, 3)), "a2[2,0,1,1]"),
        ("max-pooling", Cell("layer1.error", (0, 0, 1, 3)), "(∂L/∂a2[0,0,0,1] if winners 2[0,0,0,1] = 3, else 0)"),
        ("dying-relu", Cell("layer1.slope", (0, 0)), "(1 if z1[0,0] > 0, else 0)"),
    ],
)
def test_formulas_of_cells(scenario: str, cell: Cell, formula: str) -> None:
    program = view_of(scenario).program
    step = program.values[cell.name]
    assert isinstance(step, Step)
    assert plain_text(filled_formula(program, step, cell)) == formula


def test_only_the_branch_that_the_place_decides() -> None:
    view = view_of("lstm-remembers")
    step = view.program.values["layer1.t2.delta"]
    assert isinstance(step, Step)
    shown = [plain_text(filled_formula(view.program, step, Cell(step.id, (0, column)))) for column in range(4)]
    gates = ("i1(2)", "f1(2)", "g1(2)", "o1(2)")
    assert shown == [f"δ of {gate}[0,0]" for gate in gates]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_has_its_formula(name: str) -> None:
    view = view_of(name)
    for step in (*view.program.steps, *view.program.measures):
        for cell in some_cells(view, step.id, most=1):
            text = plain_text(filled_formula(view.program, step, cell))
            assert text
            assert not re.search(r"[\x00{}]|\.\.\.|\bstride\b|\bsize\b", text)
