"""The chain rule for one cell: the factors multiply out to one term, and with the others it is the gradient."""

import re
from math import prod, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.engine.cell import Cell
from nnstep.explain.chain import Chain, chain_of
from nnstep.explain.gradients import gradients_of, signals_of
from nnstep.explain.links import Factor
from nnstep.explain.naming import cell_text
from nnstep.explain.words import plain_text
from nnstep.session import Session, View
from tests.explain.walks import some_cells, view_of
from tests.helpers.trainings import NAMES as NAME_SETS
from tests.helpers.trainings import batched, compiled, dense, net, session, spreadsheet
from tests.scenarios.shipped import NAMES, opened


def assert_adds_up(chain: Chain) -> None:
    whole = chain.term + sum(others.value for others in chain.others)
    size = max(abs(chain.value), abs(chain.term), *(abs(others.value) for others in chain.others), 1e-3)
    assert whole == pytest.approx(chain.value, rel=1e-9, abs=1e-9 * size)
    assert chain.term == prod(factor.value for factor in chain.factors)


def rounding(text: str) -> float:
    """Return how far a number can be from what it is written as: half of its last digit."""
    digits, _, exponent = text.partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2])) if "." in digits else 0.0


def assert_told(chain: Chain) -> None:
    """Multiply the numbers of the heading, as a reader would: they are what is claimed, as far as they are written."""
    told = plain_text(chain.told)
    _, product, term, *others = re.split(" [=≈] ", told)
    factors = [text.strip("()") for text in product.split("·")]
    low, high = sorted(abs(prod(float(text) for text in factors)) * scale for scale in spread(factors))
    claimed = term.split(",")[0].split(" for ")[0]
    assert low - rounding(claimed) <= abs(float(claimed)) <= high + rounding(claimed), told
    assert len(others) <= 1, told
    rest = float(others[0]) if others else 0.0
    most = rounding(claimed) + (rounding(others[0]) if others else 0.0)
    assert float(claimed) + rest == pytest.approx(chain.value, rel=1e-9, abs=most), told


def spread(factors: list[str]) -> tuple[float, float]:
    """Return by how much the product of rounded numbers can be off, as two factors."""
    off = sum(rounding(text) / abs(float(text)) for text in factors if float(text))
    return 1 / (1 + 2 * off), 1 + 2 * off


def worked_out(view: View, factor: Factor) -> float:
    """Work out what is said of how a factor is made, with the numbers of the cells that it names."""
    text = factor.made
    for place in factor.places:
        text = text.replace(cell_text(view, place.cell), f"({float(view.values[place.cell.name][place.cell.at])!r})")
    text = text.replace("·", "*").replace("³", "**3")
    return float(eval(text, {"__builtins__": {}}, {"sqrt": sqrt, "lr": 0.1}))


@pytest.mark.parametrize("name", NAMES)
def test_term_and_others_are_the_gradient(name: str) -> None:
    view = view_of(name)
    owners = gradients_of(view.program)
    parts = signals_of(view.program) - set(owners.values())
    for identity in (*owners, *sorted(parts)):
        (cell,) = some_cells(view, identity, most=1)
        chain = chain_of(view, cell)
        assert_adds_up(chain)
        assert_told(chain)
        assert chain.factors
        assert chain.term or not chain.value
        assert (chain.whole != chain.gradient) == (identity in parts)
        assert all(factor.places for factor in chain.factors)
        for factor in chain.factors:
            assert factor.name.lstrip("-").startswith("∂")
            if factor.made:
                assert worked_out(view, factor) == pytest.approx(factor.value, rel=1e-12)


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
    assert_told(chain)
    assert chain.gradient.cell == Cell(f"{parameter.id}.grad", at)


def test_the_factors_of_a_first_layers_weight() -> None:
    walk = Session(opened("xor"))
    walk.go(2, 21)
    walk.choose_sample(1)
    view = walk.view()
    chain = chain_of(view, Cell("layer1.weights", (1, 0)))
    assert [factor.name for factor in chain.factors] == [
        "∂L/∂ŷ[1,0]",
        "∂ŷ[1,0]/∂z2[1,0]",
        "∂z2[1,0]/∂a1[1,0]",
        "∂a1[1,0]/∂z1[1,0]",
        "∂z1[1,0]/∂W1[1,0]",
    ]
    assert [factor.places[0].cell for factor in chain.factors] == [
        Cell("layer2.error", (1, 0)),
        Cell("layer2.slope", (1, 0)),
        Cell("layer2.weights", (0, 0)),
        Cell("layer1.slope", (1, 0)),
        Cell("inputs", (1, 1)),
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
    assert (last.name, last.value, plain_text(last.numbers), last.made) == ("∂z1[0,1]/∂b1[1]", 1.0, "1", "")


def test_what_has_no_gradient_says_so() -> None:
    chain = chain_of(view_of("xor"), Cell("inputs", (0, 1)))
    assert chain.factors == ()
    assert plain_text(chain.told) == "X[0,1] has no gradient in this program"


def told(name: str, identity: str, at: tuple[int, ...]) -> str:
    return plain_text(chain_of(view_of(name), Cell(identity, at)).told)


def test_where_the_chosen_sample_adds_nothing_the_one_that_adds_most_is_told() -> None:
    view = view_of("digits-relu-adam")
    terms = view.values["layer1.delta"][:, 57]  # (b,)
    assert terms[0] == 0
    chain = chain_of(view, Cell("layer1.bias", (57,)))
    best = int(np.abs(terms).argmax())
    assert chain.factors[0].places[0].cell.at[0] == best
    samples = view.samples
    said = f"for sample {samples[best]} (row {best} of the batch), as sample {samples[0]} adds nothing, and 63 more"
    assert said in plain_text(chain.told)
    ways = [others.value for others in chain.others if others.kind == "ways"]
    assert chain.term + sum(ways) == pytest.approx(terms[best], rel=1e-12)


def test_the_chosen_sample_stays_where_it_adds_something() -> None:
    walk = Session(opened("digits-relu-adam"))
    walk.go(2, 12)
    deltas = walk.view().values["layer1.delta"][:, 57]  # (b,)
    live = np.flatnonzero(deltas)  # (n,)
    smallest = int(live[np.abs(deltas[live]).argmin()])
    walk.choose_sample(smallest)
    chain = chain_of(walk.view(), Cell("layer1.bias", (57,)))
    assert not chain.instead
    assert f"(row {smallest} of the batch)" in chain.sample


def test_what_adds_nothing_is_no_number() -> None:
    view = view_of("spreadsheet")
    assert view.values["inputs"][:, 1].tolist() == [0, 0, 1]
    assert told("spreadsheet", "layer1.weights", (1, 0)).endswith(
        " for sample 2, and 2 more samples, which together add nothing"
    )
    # Some of several may be other than 0: here two of the 63 are, and cancel.
    view = view_of("max-pooling", 1)
    places = view.values["inputs"][:, 0, :4, :4] * view.values["layer1.error"][:, 0]  # (b, y, x)
    assert np.count_nonzero(places) == 3
    kernel = plain_text(chain_of(view, Cell("layer1.kernel", (0, 0, 0, 0))).told)
    assert kernel.endswith(" and 63 more places, which together add nothing")
    # Other ways that come together in ∂L/∂A1[0,0,0] add 0: that they are there is not said.
    assert told("attention-copies", "layer1.scores", (0, 0, 0)).count("more way") == 1


def test_what_is_left_out_is_told_once() -> None:
    text = told("vanishing-gradient", "layer1.bias", (0,))
    assert text.count("way") == 1
    assert ", and 3 more samples and other ways = " in text
    chain = chain_of(view_of("vanishing-gradient"), Cell("layer1.bias", (0,)))
    assert float(text.rpartition(" = ")[2]) == pytest.approx(chain.value - chain.term, rel=1e-3)


def test_a_part_of_a_gradient_has_its_factors() -> None:
    view = view_of("rnn-counts", 4)
    values, part = view.values, "layer1.recurrent_weights.grad.from_t1"
    chain = chain_of(view, Cell(part, (0, 0)))
    # By hand: what goes in at times 2 and 1 is the state before, times how wrong the time is.
    late, early = (values[f"layer1.t{t - 1}.output"] * values[f"layer1.t{t}.delta"] for t in (2, 1))  # each (b, 1)
    assert chain.value == pytest.approx(late.sum() + early.sum(), rel=1e-12)
    assert chain.value == values[part][0, 0]
    assert late[0, 0] == early[0, 0] == 0
    largest = max((*late[:, 0], *early[:, 0]), key=abs)
    assert chain.term == pytest.approx(largest, rel=1e-12)
    assert chain.whole.cell == Cell("layer1.recurrent_weights.grad", (0, 0))
    assert chain.factors[-1].name == "∂z1(2)[2,0]/∂Wh1[0,0]"
    assert (chain.sample, chain.instead) == ("sample 2", "sample 0")


@pytest.mark.parametrize(
    ("name", "cell", "factor", "made"),
    [
        ("batch-norm", Cell("layer2.centered", (0, 1)), "∂norm2[0,1]/∂c2[0,1]", "1 / sqrt(σ²2[1] + 1e-5)"),
        ("batch-norm", Cell("layer2.variance", (1,)), "∂norm2[0,1]/∂σ²2[1]", "-c2[0,1] / (2·sqrt(σ²2[1] + 1e-5)³)"),
        ("dropout", Cell("layer1.weights", (0, 0)), "∂a2[1,0]/∂a1[1,0]", "m2[1,0] / (1 - 0.5)"),
        ("attention-copies", Cell("layer1.scores", (0, 0, 0)), "∂A1[0,0,0]/∂S1[0,0,0]", "A1[0,0,0]·(1 - A1[0,0,0])"),
        ("max-pooling", Cell("layer1.kernel", (0, 0, 0, 0)), "∂a3[0,0]/∂a2[0,0,0,0]", ""),
    ],
)
def test_a_factor_says_how_it_comes_from_its_cell(name: str, cell: Cell, factor: str, made: str) -> None:
    chain = chain_of(view_of(name), cell)
    assert {found.name: found.made for found in chain.factors}[factor] == made


def test_others_that_are_no_numbers_are_not_told_as_nothing() -> None:
    walk = session(net(dense(3, "relu"), dense(2), optimizer={"name": "sgd", "learning_rate": 1e200}))
    walk.go(3, 1)
    chain = chain_of(walk.view(), Cell("layer1.weights", (0, 0)))
    assert plain_text(chain.told).endswith(", and 4 more samples and other ways = nan")


def test_where_nothing_adds_anything_the_chosen_sample_is_told() -> None:
    walk = Session(opened("digits"))
    walk.go(2, 12)
    walk.choose_sample(3)
    chain = chain_of(walk.view(), Cell("layer1.weights", (0, 0)))
    assert chain.factors[-1].made == "X[3,0]"  # and not that of the first sample, which is 0 as well
    assert plain_text(chain.told).endswith("·0 = 0 for sample 3, and 1,436 more samples, which together add nothing")


def test_a_penalty_is_another_way_than_that_of_the_chosen_sample() -> None:
    walk = session(net(dense(3, "tanh"), dense(2), loss={"name": "half_sse", "l2": 10.0}))
    walk.go(1, 1)
    view = walk.view()
    chain = chain_of(view, Cell("layer1.weights", (0, 0)))
    own = view.values["inputs"][0, 0] * view.values["layer1.delta"][0, 0]
    penalty = 10 * view.values["layer1.weights"][0, 0]
    assert abs(penalty) > abs(own) > 0
    assert chain.sample == "sample 0"
    assert chain.others[0].value == pytest.approx(penalty, rel=1e-9)
