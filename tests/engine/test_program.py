"""A program is checked once, when it is made: nothing unknown is read or made twice, and shapes are as promised."""

from dataclasses import replace

import pytest

from nnstep.catalog.ops import OPS
from nnstep.engine.build import Builder
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.rule import RuleError, Shape
from tests.helpers.trainings import compiled, dense, net, spreadsheet

X = Variable("x", "x", (3, 4), "data")
W = Variable("w", "w", (4, 2), "parameter")


def step(identity: str, op: str, inputs: dict[str, str], shape: Shape) -> Step:
    return Step(identity, identity, OPS[op], inputs, shape, "forward", "", identity, {})


PRODUCT = step("xw", "matmul", {"x": "x", "w": "w"}, (3, 2))


def program(*steps: Step, variables: tuple[Variable, ...] = (X, W), carry: dict[str, str] | None = None) -> Program:
    return Program(variables, steps, (), carry or {}, "xw", "xw")


def test_a_program_knows_its_values_in_their_order() -> None:
    made = program(PRODUCT, step("y", "tanh", {"z": "xw"}, (3, 2)))
    assert list(made.values) == ["x", "w", "xw", "y"]
    assert made.order == {"xw": 1, "y": 2}
    assert made.cells == 12 + 8 + 6 + 6
    assert [reader.id for reader in made.readers["xw"]] == ["y"]


def test_a_value_that_is_not_there_yet() -> None:
    with pytest.raises(RuleError, match="y reads xw, which is not there yet"):
        program(step("y", "tanh", {"z": "xw"}, (3, 2)), PRODUCT)


def test_a_value_that_is_made_twice() -> None:
    with pytest.raises(RuleError, match="xw is assigned twice"):
        program(PRODUCT, PRODUCT)


def test_a_step_with_the_id_of_a_variable() -> None:
    with pytest.raises(RuleError, match="w is assigned twice"):
        program(replace(PRODUCT, id="w"))


def test_two_variables_with_one_id() -> None:
    with pytest.raises(RuleError, match="two variables have one id"):
        program(variables=(X, X))


def test_a_shape_that_is_not_the_one_promised() -> None:
    with pytest.raises(RuleError, match=r"xw is \(3, 2\), \(2, 3\) was promised"):
        program(replace(PRODUCT, shape=(2, 3)))


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(RuleError, match="i is 5 in w and 4 before it"):
        program(PRODUCT, variables=(X, replace(W, shape=(5, 2))))


@pytest.mark.parametrize("carry", [{"w": "xw"}, {"w": "nothing"}, {"nothing": "w"}])
def test_what_is_carried_on_has_to_be_there_and_to_fit(carry: dict[str, str]) -> None:
    with pytest.raises(RuleError, match="can't become"):
        program(PRODUCT, carry=carry)


def test_a_builder_lays_nothing_twice() -> None:
    builder = Builder(OPS, str.upper)
    builder.variable("z", (2, 3), "data")
    builder.lay("tanh", ["z"], "y", "forward")
    with pytest.raises(RuleError, match="y is laid twice"):
        builder.lay("tanh", ["z"], "y", "forward")


def test_a_builder_gives_names_and_shapes() -> None:
    builder = Builder(OPS, str.upper)
    builder.variable("z", (2, 3), "data")
    builder.lay("tanh", ["z"], "y", "forward")
    (made,) = builder.steps
    assert (made.name, made.shape, made.role, builder.shapes["y"]) == ("Y", (2, 3), "y", (2, 3))


CLASSIC = (
    "hidden_layer_input hiddenlayer_activations output_layer_input output E slope_output_layer slope_hidden_layer "
    "d_output Error_at_hidden_layer d_hiddenlayer d_wout d_bout d_wh d_bh wout bout wh bh"
)


def test_the_spreadsheets_steps_in_the_spreadsheets_order() -> None:
    made = compiled(spreadsheet()).training.program(1)
    assert [step.name for step in made.steps] == CLASSIC.split()
    assert [step.id for step in made.measures] == ["loss"]


@pytest.mark.parametrize("names", ["math", "layerwise", "framework"])
def test_other_name_sets_show_the_loss(names: str) -> None:
    made = compiled(spreadsheet(), names).training.program(1)
    assert "loss" in made.order
    assert made.measures == ()


def test_what_scores_is_all_that_prediction_and_loss_need() -> None:
    made = compiled(net(dense(3, "tanh"), dense(2), loss="bce_with_logits")).training.program(1)
    assert [step.id for step in made.scoring] == [step.id for step in made.steps if step.phase == "forward"] + ["loss"]


def test_a_gradient_and_the_update_it_feeds_are_two_steps() -> None:
    for names in ("classic", "math", "layerwise", "framework"):
        made = compiled(spreadsheet(), names).training.program(1)
        for parameter in made.parameters:
            update = made.values[f"{parameter.id}.next"]
            assert isinstance(update, Step)
            assert f"{parameter.id}.grad" in update.reads
            assert made.carry[parameter.id] == update.id
