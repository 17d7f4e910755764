"""Where a cell came from: what is told adds up to it, and every place can be gone to and holds what was told."""

import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.answers import where_from
from nnstep.explain.origins import Origin, origin_of
from nnstep.explain.places import CellPlace, Place
from nnstep.explain.reads import read_cells
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.explain.walks import some_cells, view_of
from tests.helpers.sequences import words
from tests.helpers.trainings import batched, dense, net, session, spreadsheet
from tests.scenarios.shipped import NAMES


@pytest.fixture
def walk() -> Session:
    """Return a session of the spreadsheet at the end of the third iteration."""
    made = session(spreadsheet())
    made.go(3, 18)
    return made


def told(origin: Origin) -> str:
    return plain_text(origin.told)


@pytest.mark.parametrize("name", NAMES)
def test_contributions_add_up_to_every_cell(name: str) -> None:
    view = view_of(name)
    for identity, value in view.program.values.items():
        for cell in some_cells(view, identity):
            origin = origin_of(view, cell, most=3)
            assert origin.told
            if isinstance(value, Step):
                number = float(view.values[identity][cell.at])
                assert origin.total == pytest.approx(number, rel=1e-9, abs=1e-9), cell
            for contribution in origin.contributions:
                assert contribution.places or not any(map(len, read_cells(view, cell).values()))
                assert all(place.iteration in (1, 2) for place in contribution.places)


def test_the_parts_of_a_sum_the_largest_first(walk: Session) -> None:
    origin = origin_of(walk.view(), Cell("layer1.pre_activation", (1, 1)), most=2)
    assert [plain_text(part.names) for part in origin.contributions] == ["X[1,0]·wh[0,1]", "bh[1]"]
    assert [cell.name for cell in (place.cell for place in origin.contributions[0].places)] == [
        "inputs",
        "layer1.weights",
    ]
    assert origin.more == 3
    assert told(origin).startswith("hidden_layer_input[1,1] = Σ[i] X[1,i]·wh[i,1] + bh[1] = ")


def test_a_minus_belongs_to_its_part(walk: Session) -> None:
    origin = origin_of(walk.view(), Cell("layer2.error", (2, 0)))
    assert [plain_text(part.names) for part in origin.contributions] == ["-output[2,0]", "y[2,0]"]


def test_weights_come_from_the_iteration_before(walk: Session) -> None:
    cell = Cell("layer1.weights", (0, 1))
    origin = origin_of(walk.view(), cell)
    assert told(origin) == "wh[0,1] here is what epoch 2 made of it: wh[0,1] + lr·d_wh[0,1]"
    place = origin.contributions[0].places[0]
    assert place == CellPlace(2, Cell("layer1.weights.next", (0, 1)))
    here = walk.view().values[cell.name][cell.at]
    walk.go(*vars(place.place(walk.compiled.training)).values())
    assert walk.view().shown(place.cell) == here
    parts = origin_of(walk.view(), place.cell).contributions
    assert [plain_text(part.names) for part in parts] == ["wh[0,1]", "lr·d_wh[0,1]"]
    assert sum(part.value for part in parts) == pytest.approx(here, rel=1e-15)


def test_a_trail_goes_back_to_the_file(walk: Session) -> None:
    place = CellPlace(3, Cell("layer1.weights.next", (2, 1)))
    trail = [place]
    while True:
        there = place.place(walk.compiled.training)
        walk.go(there.iteration, there.step)
        origin = origin_of(walk.view(), place.cell)
        if not origin.contributions:
            break
        place = origin.contributions[0].places[0]
        trail.append(place)
    assert [where.iteration for where in trail] == [3, 3, 2, 2, 1, 1]
    assert told(origin) == "wh[2,1]: given in the scenario"


def test_where_first_values_come_from() -> None:
    walk = session(net(dense(4, "relu", init={"name": "uniform", "low": -1.0}), dense(2, weights=[[1.0] * 2] * 4)))
    view = walk.view()
    assert told(origin_of(view, Cell("layer1.weights", (0, 1)))).endswith(
        ": drawn by uniform (w ~ U(low, high), low -1, high 0.5), from seed 1"
    )
    assert told(origin_of(view, Cell("layer1.bias", (1,)))).endswith(
        ": begins at 0, because the scenario gives no bias"
    )
    assert told(origin_of(view, Cell("layer2.weights", (1, 1)))).endswith(": given in the scenario")


def test_a_weight_that_is_not_trained_stays_where_it_began() -> None:
    walk = session(net(dense(2, trainable={"weights": False, "bias": True})))
    walk.go(3, 1)
    origin = origin_of(walk.view(), Cell("layer1.weights", (0, 0)))
    assert told(origin).endswith("from seed 1; no update changes it")
    assert origin.contributions == ()


def test_samples_by_their_numbers() -> None:
    walk = session(batched())
    walk.go(2, 1)
    view = walk.view()
    assert f"feature 2 of sample {view.samples[1]}, from the scenario's data" in told(
        origin_of(view, Cell("inputs", (1, 2)))
    )
    assert "epoch 1, batch 1" in told(origin_of(view, Cell("layer1.weights", (0, 0))))
    digit = told(origin_of(view_of("digits"), Cell("inputs", (700, 13))))
    assert digit == "X[700,13]: pixel 13 (row 1, column 5) of sample 700, from the data set digits"


def test_the_row_that_an_embedding_looked_up_comes_with_its_number() -> None:
    walk = session(words({"layer": "embedding", "vocabulary": 5, "size": 2}, {"layer": "flatten"}, dense(2)))
    walk.go(1, 1)
    row, number = where_from(walk.view(), Cell("layer1.output", (1, 2, 1))).leads
    assert (row.place.cell.name, plain_text(row.told)) == ("layer1.table", "")
    assert (number.place.cell.name, plain_text(number.told)) == ("inputs", "says which are read")


def test_a_cell_that_is_not_there_yet_keeps_its_secret(walk: Session) -> None:
    walk.go(3, 3)
    cell = Cell("layer2.delta", (0, 0))
    origin = origin_of(walk.view(), cell)
    assert told(origin) == "d_output[0,0] is worked out in step 8; this is its number from epoch 2"
    assert [part.places for part in origin.contributions] == [(CellPlace(2, cell),)]
    walk.go(1, 3)
    assert origin_of(walk.view(), cell).contributions == ()


def test_what_a_place_is_as_a_step(walk: Session) -> None:
    training = walk.compiled.training
    assert CellPlace(2, Cell("inputs", (0, 0))).place(training) == Place(2, 0)
    assert CellPlace(2, Cell("layer2.error", (0, 0))).place(training) == Place(2, 5)
    assert CellPlace(2, Cell("loss", ())).place(training) == Place(2, 4)
