"""The chain rule for one cell: the factors multiply out to one term, and with the others it is the gradient."""

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.cell import Cell
from nnstep.explain.chain import Chain, chain_of
from nnstep.explain.gradients import gradients_of
from nnstep.explain.words import plain_text
from nnstep.session import Session
from tests.explain.walks import some_cells, view_of
from tests.helpers.trainings import NAMES as NAME_SETS
from tests.helpers.trainings import batched, compiled, dense, net, session, spreadsheet
from tests.scenarios.shipped import NAMES


def assert_adds_up(chain: Chain) -> None:
    whole = chain.term + sum(others.value for others in chain.others)
    size = max(abs(chain.value), abs(chain.term), *(abs(others.value) for others in chain.others), 1e-3)
    assert whole == pytest.approx(chain.value, rel=1e-9, abs=1e-9 * size)
    assert chain.term == prod(factor.value for factor in chain.factors)


@pytest.mark.parametrize("name", NAMES)
def test_term_and_others_are_the_gradient(name: str) -> None:
    view = view_of(name)
    for identity in gradients_of(view.program):
        (cell,) = some_cells(view, identity, most=1)
        chain = chain_of(view, cell)
        assert_adds_up(chain)
        assert chain.factors
        assert all(factor.places for factor in chain.factors)
        for factor in chain.factors:
            assert factor.name.lstrip("-").startswith("∂")


NETS = {
    "spreadsheet": compiled(spreadsheet()),
    "batches": compiled(batched()),
    "classes": compiled(net(dense(4, "relu"), dense(3, "softmax"), loss="cce")),
    "scores": compiled(net(dense(4, "gelu"), dense(3), loss="softmax_cross_entropy")),
    "penalty": compiled(net(dense(3, "tanh"), dense(2), loss={"name": "half_sse", "l2": 0.1})),
}


@pytest.mark.parametrize("name", NETS)
@given(st.data())
def test_in_every_name_set_and_for_every_sample(name: str, data: st.DataObject) -> None:
    walk = Session(NETS[name])
    walk.rename(data.draw(st.sampled_from(NAME_SETS)))
    walk.go(data.draw(st.integers(1, 4)), 1)
    walk.choose_sample(data.draw(st.integers(0, 6)))
    parameter = data.draw(st.sampled_from(walk.program.parameters))
    at = tuple(data.draw(st.integers(0, length - 1)) for length in parameter.shape)
    chain = chain_of(walk.view(), Cell(parameter.id, at))
    assert_adds_up(chain)
    assert chain.gradient.cell == Cell(f"{parameter.id}.grad", at)


def test_the_factors_of_a_first_layers_weight() -> None:
    view = view_of("xor")
    chain = chain_of(view, Cell("layer1.weights", (1, 0)))
    assert [factor.name for factor in chain.factors] == [
        "∂L/∂ŷ[0,0]",
        "∂ŷ[0,0]/∂z2[0,0]",
        "∂z2[0,0]/∂a1[0,0]",
        "∂a1[0,0]/∂z1[0,0]",
        "∂z1[0,0]/∂W1[1,0]",
    ]
    assert [factor.places[0].cell for factor in chain.factors] == [
        Cell("layer2.error", (0, 0)),
        Cell("layer2.slope", (0, 0)),
        Cell("layer2.weights", (0, 0)),
        Cell("layer1.slope", (0, 0)),
        Cell("inputs", (0, 1)),
    ]
    for factor in chain.factors:
        place = factor.places[0].cell
        assert factor.value == view.values[place.name][place.at]


def test_the_others_are_the_other_samples() -> None:
    walk = session(spreadsheet())
    walk.go(1, 18)
    walk.choose_sample(2)
    view = walk.view()
    chain = chain_of(view, Cell("layer2.weights", (1, 0)))
    terms = view.values["layer1.output"][:, 1] * view.values["layer2.delta"][:, 0]  # (b,)
    assert chain.term == pytest.approx(terms[2], rel=1e-12)
    assert [(others.count, others.kind) for others in chain.others] == [(2, "samples")]
    assert chain.others[0].value == pytest.approx(terms[:2].sum(), rel=1e-12)
    assert chain.sample == "sample 2"
    factors = [
        view.values[name][2, at] for name, at in (("layer2.error", 0), ("layer2.slope", 0), ("layer1.output", 1))
    ]
    shown = "·".join(f"{factor:.4f}" for factor in factors)
    others = f"and 2 more samples = {terms[:2].sum():.4f}"
    assert plain_text(chain.told) == f"d_wout[1,0] = {shown} = {terms[2]:.4f} for sample 2, {others}"


def test_the_others_are_other_ways_too() -> None:
    walk = session(net(dense(2, "tanh"), dense(3, "sigmoid"), samples=1))
    walk.go(1, 1)
    view = walk.view()
    chain = chain_of(view, Cell("layer1.weights", (0, 1)))
    ways = view.values["layer2.delta"][0] * view.values["layer2.weights"][1]  # (j,)
    below = view.values["layer1.slope"][0, 1] * view.values["inputs"][0, 0]
    assert chain.term == pytest.approx(ways[np.abs(ways).argmax()] * below, rel=1e-12)
    assert [(others.count, others.kind) for others in chain.others] == [(2, "ways")]


def test_the_factor_of_a_bias_is_1() -> None:
    last = chain_of(view_of("xor"), Cell("layer1.bias", (1,))).factors[-1]
    assert (last.name, last.value, plain_text(last.numbers)) == ("∂z1[0,1]/∂b1[1]", 1.0, "1")


def test_what_has_no_gradient_says_so() -> None:
    chain = chain_of(view_of("xor"), Cell("inputs", (0, 1)))
    assert chain.factors == ()
    assert plain_text(chain.told) == "X[0,1] has no gradient in this program"
