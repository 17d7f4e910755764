"""What is asked about a cell is answered in rows, and each leads to a cell that is there and has to do with it."""

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.engine.program import Step
from nnstep.explain.answers import (
    QUESTIONS,
    Answer,
    chain_rule,
    chained_cell,
    is_it_stuck,
    trail_names,
    where_from,
    where_to,
)
from nnstep.explain.effects import readers_in
from nnstep.explain.reads import read_cells
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.session import Session, View
from tests.explain.walks import some_cells, view_of
from tests.helpers.trainings import session, spreadsheet
from tests.scenarios.shipped import opened

SOME = ("spreadsheet", "digits", "convnet-digits", "lstm-remembers", "attention-copies", "batch-norm")


def asked(view: View) -> list[Cell]:
    """Return a cell of each of some values, spread over the program."""
    values = list(view.program.values)
    return [cell for name in values[:: max(1, len(values) // 12)] for cell in some_cells(view, name, most=1)]


def assert_leads_somewhere(view: View, answer: Answer) -> None:
    for lead in answer.leads:
        program = view.compiled.training.program(lead.place.iteration)
        shape = program.values[lead.place.cell.name].shape
        assert len(lead.place.cell.at) == len(shape)
        assert all(0 <= n < size for n, size in zip(lead.place.cell.at, shape, strict=True))
        there = lead.place.place(view.compiled.training)
        assert there.iteration >= 1
        assert 0 <= there.step <= len(program.steps)
        assert lead.name


@pytest.mark.parametrize("name", SOME)
def test_every_answer_leads_to_cells_that_are_there(name: str) -> None:
    view = view_of(name)
    for cell in asked(view):
        for question in ("from", "to", "chain"):
            answer = QUESTIONS[question].answer(view, cell, 4)
            assert_leads_somewhere(view, answer)
            assert answer.told
            assert all(plain_text(line) for line in answer.told)
    stuck = is_it_stuck(view)
    assert_leads_somewhere(view, stuck)
    says_nothing = [plain_text(line) for line in stuck.told][:1] == ["Nothing here says that it is stuck."]
    assert says_nothing == (not stuck.leads) == (name not in ("spreadsheet", "lstm-remembers"))


@pytest.mark.parametrize("name", SOME)
def test_where_from_names_the_cells_that_were_read_and_where_to_those_that_read(name: str) -> None:
    view = view_of(name)
    for cell in asked(view):
        answer = where_from(view, cell)
        read = {Cell(value, tuple(row)) for value, rows in read_cells(view, cell).items() for row in rows.tolist()}
        led = [lead.place.cell for lead in answer.leads]
        assert len(led) == len(set(led))
        if isinstance(view.program.values[cell.name], Step):
            assert set(led) <= read
            assert set(led) == read or answer.rest
        lit, readers = where_to(view, cell).lit, readers_in(view, cell)
        assert {value: len(rows) for value, rows in lit.items()} == {v: len(rows) for v, rows in readers.items()}


def test_the_largest_part_comes_first_and_the_others_are_counted() -> None:
    view = view_of("digits")
    answer = where_from(view, Cell("layer1.pre_activation", (0, 3)))
    weights, inputs = view.values["layer1.weights"][:, 3], view.values["inputs"][0]
    products = sorted((float(x * w) for x, w in zip(inputs, weights, strict=True)), key=abs, reverse=True)
    first = answer.leads[0].told
    assert plain_text(first).startswith(f"adds {products[0]:.4f} = ")
    rest = float(np.sum(products)) + float(view.values["layer1.bias"][3])
    shown = [float(plain_text(lead.told).split()[1]) for lead in answer.leads if lead.told]
    assert len(shown) == 9
    others = f"{rest - sum(sorted(products, key=abs)[-9:]):.4f}"
    assert plain_text(answer.rest) == f"the 9 largest of 65 terms; the other {65 - 9} add {others}"


def test_numbers_stand_beside_the_names_of_where_they_are() -> None:
    view = view_of("spreadsheet")
    answer = where_from(view, Cell("layer1.error", (0, 0)))
    delta, weight = view.values["layer2.delta"][0, 0], view.values["layer2.weights"][0, 0]
    assert [(lead.name, lead.number) for lead in answer.leads] == [
        ("d_output[0,0]", f"{delta:.4f}"),
        ("wout[0,0]", f"{weight:.4f}"),
    ]
    # The shape rule says what is transposed, and what the cell was before is not forgotten.
    more = "\n".join(map(plain_text, answer.more))
    assert "3×1 · 1×3 → 3×3   wout is transposed, from 3×1" in more
    assert "Error_at_hidden_layer[0,0] was " in more
    assert "Error_at_hidden_layer = d_output @ wout.T" in more


def test_a_weight_leads_into_the_epoch_before_and_a_new_weight_into_the_next() -> None:
    walk = Session(opened("spreadsheet"))
    walk.go(3, 18)
    view = walk.view()
    (lead,) = where_from(view, Cell("layer1.weights", (1, 2))).leads
    assert (lead.place.iteration, lead.place.cell) == (2, Cell("layer1.weights.next", (1, 2)))
    assert lead.name == "wh[1,2] of epoch 2"
    *_, last = where_to(view, Cell("layer1.weights.next", (1, 2))).leads
    assert (last.place.iteration, last.place.cell) == (4, Cell("layer1.weights", (1, 2)))


def test_the_chain_multiplies_out_and_lights_its_cells() -> None:
    view = view_of("spreadsheet")
    answer = chain_rule(view, Cell("layer1.weights", (0, 1)))
    factors = [lead for lead in answer.leads if lead.name.lstrip("-").startswith("∂")]
    term = float(np.prod([float(lead.number) for lead in factors]))
    # By hand, for sample 0: E · slope · wout · slope · X.
    values = view.values
    by_hand = values["layer2.delta"][0, 0] * values["layer2.weights"][1, 0] * values["layer1.slope"][0, 1]
    assert term == pytest.approx(by_hand, rel=1e-2)
    assert set(answer.lit) == {"layer2.error", "layer2.slope", "layer2.weights", "layer1.slope", "inputs"}
    assert plain_text(answer.rest).endswith(
        f"= {values['layer1.weights.grad'][0, 1]:.4f} = d_wh[0,1], minus the gradient"
    )


def test_minus_the_gradient_is_not_called_the_gradient() -> None:
    for names, told in (("classic", "minus its gradient"), ("math", "its gradient")):
        walk = session(spreadsheet(), names)
        walk.go(1, 18)
        about = [plain_text(lead.told) for lead in where_to(walk.view(), Cell("layer1.bias", (0,))).leads]
        assert [text.startswith(told) for text in about if "gradient" in text] == [True]
        said = plain_text(chain_rule(walk.view(), Cell("layer1.bias", (0,))).rest)
        assert ("minus the gradient" in said) == (names == "classic")


def test_what_one_reason_gives_is_no_equation_with_the_reason() -> None:
    view = view_of("max-pooling", 1)
    (output,) = where_from(view, Cell("layer4.slope", (0, 0))).leads
    assert f"{output.number}   {plain_text(output.told)}" == "0.5000   gives 0.2500 = 0.5000·(1 - 0.5000)"
    # A place that was counted is a whole number.
    place = where_from(view, Cell("layer2.winners", (1, 0, 1, 1))).leads[0]
    assert plain_text(place.told) == "gives 3 = argmax(0, 0, 0, 1.0000)"


def test_how_many_cells_read_it_is_said_once() -> None:
    answer = where_to(view_of("spreadsheet"), Cell("layer2.error", (0, 0)))
    said = [plain_text(line) for line in (*answer.told, answer.rest, *(lead.told for lead in answer.leads))]
    assert [text for text in said if "1 cell" in text] == ["E[0,0] is read by 1 cell of d_output"]


def test_a_chain_of_one_factor_is_no_equation() -> None:
    answer = chain_rule(view_of("convolution-edge", 1), Cell("layer1.output", (0, 0, 0, 0)))
    assert [(lead.name, lead.number) for lead in answer.leads] == [("∂L/∂ŷ[0,0,0,0]", "-2.0000")]
    assert "its chain is this one factor" in plain_text(answer.told[0])
    assert not any("=" in plain_text(line) for line in (*answer.told, answer.rest))


def test_a_factor_that_is_read_from_no_cell_names_none() -> None:
    leads = chain_rule(view_of("dropout"), Cell("layer1.weights", (0, 0))).leads
    assert [plain_text(lead.told) for lead in leads] == [
        "∂L/∂ŷ[1,0], step 5",
        "W3[0,0]",
        "m2[1,0] / (1 - 0.5)",
        "X[1,0]",
    ]
    bias = chain_rule(view_of("xor"), Cell("layer1.bias", (0,))).leads[4]
    assert (bias.name, bias.number, bias.told) == ("∂z1[0,0]/∂b1[0]", "1", ())


def test_the_chain_of_a_part_of_a_gradient_leads_to_all_of_it() -> None:
    walk = Session(opened("layer-norm"))
    walk.go(2, 18)
    view, part = walk.view(), Cell("layer2.centered.grad.via.layer2.variance", (0, 0))
    answer = chain_rule(view, part)
    assert plain_text(answer.told[0]).startswith("∂L/∂c2 via σ²2[0,0] = ")
    assert answer.leads[-1].place.cell == Cell("layer2.centered.grad", (0, 0))
    assert plain_text(answer.rest).endswith(" = -2.793e-4, a part of ∂L/∂c2[0,0]")
    # By hand: 2·c/n times the gradient of the variance.
    values = view.values
    by_hand = 2 * values["layer2.centered"][0, 0] * values["layer2.variance.grad"][0] / 4
    assert f"{by_hand:.3e}" == "-2.793e-04"
    assert not any("whole" in plain_text(lead.told) for lead in chain_rule(view, answer.leads[-1].place.cell).leads)


def test_what_is_blank_on_the_sheet_is_to_come() -> None:
    walk = Session(opened("spreadsheet"))
    walk.go(1, 6)
    answer = chain_rule(walk.view(), Cell("layer1.weights", (0, 1)))
    coming = {lead.name: "comes in step" in plain_text(lead.told) for lead in answer.leads if lead.name[:1] in "-∂"}
    assert list(coming.values()) == [False, False, False, True, False]  # E, its slope, wout; the hidden slope; X
    assert plain_text(answer.rest).endswith(", comes in step 13")


def test_a_long_sum_is_told_in_an_answer_as_in_the_bar() -> None:
    view, cell = view_of("convolution-edge", 1), Cell("layer1.kernel.grad", (0, 0, 0, 0))
    bar = plain_text(tell(view, cell, most_terms=3).numbers)
    assert "1·4.0000 + 1·3.0000 + 1·2.0000 + … and 13 more (0)" in bar
    assert bar in map(plain_text, chain_rule(view, cell).more)


@pytest.mark.parametrize("name", ["layer1.weights", "layer1.weights.grad", "layer1.weights.next"])
def test_the_chain_of_a_gradient_and_of_a_new_weight_is_that_of_the_weight(name: str) -> None:
    assert chained_cell(view_of("spreadsheet"), Cell(name, (1, 2))) == Cell("layer1.weights", (1, 2))


def test_what_has_no_gradient_says_so_and_what_to_ask() -> None:
    answer = chain_rule(view_of("spreadsheet"), Cell("layer1.slope", (0, 0)))
    assert not answer.leads
    assert "has no gradient in this program" in plain_text(answer.told[0])
    assert "a weight" in plain_text(answer.told[1])


def test_what_is_not_there_yet_keeps_its_number() -> None:
    walk = Session(opened("spreadsheet"))
    walk.go(1, 3)
    view = walk.view()
    by_name = {lead.name: lead.number for lead in where_to(view, Cell("layer2.pre_activation", (0, 0))).leads}
    assert by_name == {"output[0,0]": "", "d_output[0,0]": ""}
    assert not where_from(view, Cell("layer2.output", (0, 0))).leads


def test_stuck_has_its_worst_reason_first() -> None:
    walk = Session(opened("xor-stuck"))
    walk.go(40, 3)
    answer = is_it_stuck(walk.view())
    assert answer.leads
    assert "same weights" in plain_text(answer.leads[0].told)


def test_a_trail_names_the_epoch_where_it_changes() -> None:
    view, cell = view_of("spreadsheet"), Cell("layer1.weights", (0, 1))
    trail = [(2, cell), (1, Cell("layer1.weights.next", (0, 1))), (1, None), (2, cell)]
    assert trail_names(view, trail) == ("wh[0,1]", "epoch 1: wh[0,1]", "start", "epoch 2: wh[0,1]")
    assert trail_names(view, []) == ()


def test_a_cell_that_says_which_others_are_read_is_a_row_too() -> None:
    view = view_of("max-pooling")
    answer = where_from(view, Cell("layer1.error", (0, 0, 0, 2)))
    winner = next(lead for lead in answer.leads if lead.name.startswith("winners"))
    assert plain_text(winner.told) == "says which are read"
    at = winner.place.cell.at
    assert float(view.values[winner.place.cell.name][at]) == 0 * 2 + 2 - at[-1] * 2
    assert "cells that are read" not in plain_text(answer.rest)


def test_terms_that_add_nothing_are_no_rows() -> None:
    view = view_of("max-pooling")
    cell = Cell("layer1.kernel.grad", (0, 0, 1, 1))
    answer = where_from(view, cell)
    deltas, images = view.values["layer1.error"], view.values["inputs"]
    terms = [float(images[b, 0, v + 1, u + 1] * deltas[b, 0, v, u]) for b, v, u in np.ndindex(deltas[:, 0].shape)]
    count = sum(term != 0 for term in terms)
    assert len(answer.leads) == 2 * count
    assert plain_text(answer.rest) == f"the {count} largest of {len(terms)} terms; the other {len(terms) - count} add 0"


def test_what_the_loss_reads_and_what_nothing_of_it_reaches() -> None:
    view = view_of("embedding")
    read = chain_rule(view, Cell("layer3.output", (0, 0)))
    lost = chain_rule(view, Cell("layer1.table", (4, 0)))
    assert plain_text(read.told[0]) == "ŷ[0,0] is what the loss reads: its chain is this one factor"
    assert plain_text(lost.told[0]) == "E1[4,0] is reached by nothing of the loss this time, so its gradient is 0"
    assert [lead.number for lead in lost.leads] == ["0"]


def test_a_pixel_that_lost_its_window_is_not_what_the_loss_reads() -> None:
    view = view_of("max-pooling")
    images, pooled = view.values["layer1.output"], view.values["layer2.output"]
    lost = next(at for at in np.ndindex(images.shape) if images[at] < pooled[at[0], at[1], at[2] // 2, at[3] // 2])
    assert "nothing of the loss" in plain_text(chain_rule(view, Cell("layer1.output", lost)).told[0])
    assert plain_text(where_from(view, Cell("layer1.error", lost)).told[0]).endswith("nothing of the loss reaches it")


def test_what_rounding_left_is_said_to_be_that() -> None:
    walk = Session(opened("lstm-remembers"))
    walk.go(3, len(walk.program.steps))
    cell = Cell("layer1.input_weights.next", (0, 0))
    assert plain_text(where_from(walk.view(), cell).told[0]).endswith("   0 but for rounding")
