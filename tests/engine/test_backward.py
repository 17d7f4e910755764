"""The way back is laid from the entries' gradients, whatever the shape of the way there."""

import numpy as np
import pytest

from nnstep.catalog.ops import OPS
from nnstep.engine.backward import gradient_id, lay_gradients
from nnstep.engine.build import Builder
from nnstep.engine.op import Op, read_gradient
from nnstep.engine.program import PHASES
from nnstep.engine.rule import Rule, RuleError
from nnstep.engine.run import run_iteration

ORDER = tuple((phase,) for phase in PHASES)


def builder() -> Builder:
    made = Builder(OPS, lambda identity: identity)
    made.variable("inputs", (3, 4), "data")
    made.variable("targets", (3, 4), "data")
    made.variable("layer1.weights", (4, 4), "parameter", layer="layer1", trainable=True)
    return made


def lay(made: Builder, op: str, inputs: list[str], identity: str) -> str:
    return made.lay(op, inputs, identity, "forward", layer=identity.partition(".")[0])


def check(made: Builder, output: str) -> dict[str, str]:
    """Lay a loss and the way back, and hold the gradient against the loss; return the gradients' ids."""
    loss = made.lay("half_sse", {"y": output, "t": "targets"}, "loss", "error", layer="loss")
    gradients = lay_gradients(made, loss)
    program = made.finish(output, ORDER)
    rng = np.random.default_rng(0)
    start = {variable.id: rng.normal(size=variable.shape) for variable in program.variables}
    values = run_iteration(program, start)
    for parameter, gradient in gradients.items():
        for place in np.ndindex(start[parameter].shape):
            moved = {name: array.copy() for name, array in start.items()}
            losses = []
            for move in (1e-4, -1e-4):
                moved[parameter][place] = start[parameter][place] + move
                losses.append(float(run_iteration(program, moved)["loss"]))
            assert values[gradient][place] == pytest.approx((losses[0] - losses[1]) / 2e-4, rel=1e-5, abs=1e-6)
    return gradients


def test_a_value_that_two_steps_read_gets_both_signals() -> None:
    made = builder()
    x = lay(made, "matmul", ["inputs", "layer1.weights"], "layer1.output")
    left, right = lay(made, "tanh", [x], "layer2.output"), lay(made, "sigmoid", [x], "layer3.output")
    check(made, lay(made, "add", [left, right], "layer4.output"))
    assert [step.id for step in made.steps if step.id.startswith("layer1.error")] == [
        "layer1.error.via.layer3.output",
        "layer1.error.via.layer2.output",
        "layer1.error",
    ]


def test_three_signals_are_added_one_after_the_other() -> None:
    made = builder()
    x = lay(made, "matmul", ["inputs", "layer1.weights"], "layer1.output")
    parts = [lay(made, op, [x], f"layer{n}.output") for n, op in enumerate(("tanh", "sigmoid", "softplus"), 2)]
    both = lay(made, "add", parts[:2], "layer5.output")
    check(made, lay(made, "add", [both, parts[2]], "layer6.output"))
    assert [step.op.name for step in made.steps if step.id.startswith("layer1.error")].count("add") == 2


def test_shared_weights_get_one_gradient() -> None:
    made = builder()
    first = lay(made, "matmul", ["inputs", "layer1.weights"], "layer1.output")
    again = lay(made, "matmul", [first, "layer1.weights"], "layer2.output")
    gradients = check(made, again)
    assert gradients == {"layer1.weights": "layer1.weights.grad"}


def test_a_value_that_never_reaches_the_loss_gets_no_gradient() -> None:
    made = builder()
    made.variable("layer2.weights", (4, 4), "parameter", layer="layer2", trainable=True)
    x = lay(made, "matmul", ["inputs", "layer1.weights"], "layer1.output")
    lay(made, "matmul", [x, "layer2.weights"], "layer2.output")
    assert set(check(made, x)) == {"layer1.weights"}


def test_a_minus_sign_goes_all_the_way() -> None:
    values = {}
    for sign in (1, -1):
        made = builder()
        made.sign = sign
        x = lay(made, "matmul", ["inputs", "layer1.weights"], "layer1.pre_activation")
        y = lay(made, "tanh", [x], "layer1.output")
        loss = made.lay("half_sse", {"y": y, "t": "targets"}, "loss", "error", layer="loss")
        gradient = lay_gradients(made, loss)["layer1.weights"]
        program = made.finish(y, ORDER)
        rng = np.random.default_rng(0)
        start = {variable.id: rng.normal(size=variable.shape) for variable in program.variables}
        values[sign] = run_iteration(program, start)[gradient]
        shown = {step.id: step.sign for step in program.steps}
        assert shown["layer1.error"] == shown["layer1.delta"] == shown["layer1.weights.grad"] == sign
        assert shown["layer1.slope"] == 1
    assert np.array_equal(values[1], -values[-1])


@pytest.mark.parametrize(
    ("value", "identity"),
    [
        ("layer2.output", "layer2.error"),
        ("layer2.pre_activation", "layer2.delta"),
        ("layer2.t0.pre_activation", "layer2.t0.delta"),
        ("layer2.weights", "layer2.weights.grad"),
        ("layer2.weighted", "layer2.weighted.grad"),
    ],
)
def test_what_a_gradient_is_called(value: str, identity: str) -> None:
    assert gradient_id(value) == identity


@pytest.mark.parametrize("text", ["d + 1", "mul(d, w=out)", "mul(d)(out)", "3"])
def test_a_gradient_is_made_of_names_and_calls(text: str) -> None:
    with pytest.raises(RuleError, match="made of names and calls"):
        read_gradient(text)


def test_an_operation_inside_a_gradient_needs_a_role() -> None:
    odd = Op("odd", Rule("out[...] = z[...]"), "Odd.", gradients={"z": "mul(d, tanh(out))"})
    made = builder()
    made.ops = {**OPS, "odd": odd}
    x = lay(made, "matmul", ["inputs", "layer1.weights"], "layer1.pre_activation")
    y = lay(made, "odd", [x], "layer1.output")
    loss = made.lay("half_sse", {"y": y, "t": "targets"}, "loss", "error", layer="loss")
    with pytest.raises(RuleError, match="tanh stands inside a gradient and has no role"):
        lay_gradients(made, loss)
