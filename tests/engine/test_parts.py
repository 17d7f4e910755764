"""Where several signals add up to one gradient, each says where it comes from."""

import numpy as np
import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.ops import OPS
from nnstep.engine.backward import lay_gradients
from nnstep.engine.build import Builder
from nnstep.engine.op import Call, Op, read_gradient
from nnstep.engine.program import PHASES, Program
from nnstep.engine.rule import Rule
from nnstep.engine.run import first_not_finite, run_iteration

ORDER = tuple((phase,) for phase in PHASES)


def unrolled(times: int) -> Program:
    """Return a network that goes through the same weights several times."""
    made = Builder(OPS, lambda identity: identity)
    state = made.variable("inputs", (3, 4), "data")
    made.variable("targets", (3, 4), "data")
    weights = made.variable("layer1.weights", (4, 4), "parameter", layer="layer1", trainable=True)
    for t in range(times):
        z = made.lay("matmul", [state, weights], f"layer1.t{t}.pre_activation", "forward", layer="layer1")
        state = made.lay("tanh", [z], f"layer1.t{t}.output", "forward", layer="layer1")
    loss = made.lay("half_sse", {"y": state, "t": "targets"}, "loss", "error", layer="loss")
    lay_gradients(made, loss)
    return made.finish(state, ORDER)


def test_what_is_done_again_at_each_time_adds_up_over_time() -> None:
    gradients = [step.id for step in unrolled(4).steps if step.phase == "gradients"]
    assert gradients == [
        "layer1.weights.grad.t3",
        "layer1.weights.grad.t2",
        "layer1.weights.grad.from_t2",
        "layer1.weights.grad.t1",
        "layer1.weights.grad.from_t1",
        "layer1.weights.grad.t0",
        "layer1.weights.grad",
    ]


def test_once_there_is_nothing_to_add() -> None:
    assert [step.id for step in unrolled(1).steps if step.phase == "gradients"] == ["layer1.weights.grad"]


def test_each_time_has_a_slope_of_its_own() -> None:
    program = unrolled(3)
    slopes = [step for step in program.steps if step.role.endswith("slope")]
    assert [step.id for step in slopes] == ["layer1.t2.slope", "layer1.t1.slope", "layer1.t0.slope"]
    rng = np.random.default_rng(0)
    values = run_iteration(program, {v.id: rng.normal(size=v.shape) for v in program.variables})
    for step, t in zip(slopes, (2, 1, 0), strict=True):
        assert np.array_equal(values[step.id], 1 - values[f"layer1.t{t}.output"] ** 2)


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("layer1.weights.grad.t2", "∂L/∂W1 at t=2"),
        ("layer1.weights.grad.from_t1", "∂L/∂W1 from t=1 on"),
        ("layer1.error.via.layer2.weighted", "∂L/∂a1 via a1·W2"),
        ("layer1.error.lacking_1", "∂L/∂a1, 1 to come"),
        ("layer1.t2.pre_activation", "z1(2)"),
        ("layer1.t2.delta", "δ1(2)"),
    ],
)
def test_what_parts_are_called(identity: str, name: str) -> None:
    assert NAME_SETS["math"].of(identity, 3) == name


def test_a_call_may_fix_a_setting() -> None:
    assert read_gradient("take(d, at=2)") == Call("take", ("d",), (("at", 2),))


def test_infinities_that_are_meant_are_no_fault() -> None:
    for infinite in (False, True):
        mask = Op("hide", Rule("out[...] = z[...] if z[...] > 0 else -inf"), "Hides.", infinite=infinite)
        made = Builder({**OPS, "hide": mask}, lambda identity: identity)
        x = made.variable("inputs", (2, 2), "data")
        hidden = made.lay("hide", [x], "layer1.masked", "forward", layer="layer1")
        made.lay("sse", {"y": hidden, "t": x}, "loss", "error", layer="loss")
        program = Program(tuple(made.variables), tuple(made.steps[:1]), (), {}, hidden)
        values = run_iteration(program, {"inputs": np.array([[1.0, -1.0], [2.0, 3.0]])})
        found = first_not_finite(program, values)
        assert (found is None) == infinite
        values[hidden][1, 1] = np.nan
        found = first_not_finite(program, values)
        assert found is not None
        assert found[1].at == ((1, 1) if infinite else (0, 1))
