"""Steps that were laid can be changed, and come in the order of a name set as far as what they read allows."""

import pytest

from nnstep.catalog.ops import OPS
from nnstep.engine.build import Builder
from nnstep.engine.program import PHASES
from nnstep.engine.rule import RuleError

ORDER = tuple((phase,) for phase in PHASES)


def builder() -> Builder:
    made = Builder(OPS, lambda identity: f"name of {identity}")
    made.variable("x", (3, 4), "data")
    made.variable("w", (4, 2), "parameter", layer="layer1", trainable=True)
    made.lay("matmul", ["x", "w"], "y", "forward", layer="layer1")
    made.lay("tanh", ["y"], "loss", "error", layer="loss", sign=-1)
    return made


def test_another_operation_takes_the_place_of_a_step() -> None:
    made = builder()
    made.relay("loss", OPS["leaky_relu"], {"z": "y"}, {"alpha": 0.5})
    program = made.finish("y", ORDER)
    step = program.steps[1]
    assert (step.id, step.name, step.phase, step.sign) == ("loss", "name of loss", "error", -1)
    assert (step.op.name, step.reads, dict(step.settings)) == ("leaky_relu", ("y",), {"alpha": 0.5})


def test_settings_go_on_where_the_operation_has_them() -> None:
    made = builder()
    made.relay("loss", OPS["elu"], {"z": "y"}, {"alpha": 2.0})
    made.relay("loss", OPS["leaky_relu"], {"z": "y"})
    assert made.steps[-1].settings == {"alpha": 2.0}
    made.relay("loss", OPS["sigmoid"], {"z": "y"})
    assert made.steps[-1].settings == {}


def test_another_shape_is_refused() -> None:
    with pytest.raises(RuleError, match=r"loss would be \(3, 4\), and it is \(3, 2\)"):
        builder().relay("loss", OPS["tanh"], {"z": "x"})


def test_what_reads_something_later_waits_for_it() -> None:
    made = builder()
    for number, phase in ((1, "deltas"), (2, "gradients"), (3, "update")):
        made.lay("tanh", ["y"], f"layer1.{number}", phase, layer="layer1")  # type: ignore[arg-type]
        made.lay("tanh", ["y"], f"layer0.{number}", phase, layer="layer0")  # type: ignore[arg-type]
    right = [step.id for step in made.finish("y", ORDER).steps]
    assert right == ["y", "loss", "layer1.1", "layer0.1", "layer1.2", "layer0.2", "layer1.3", "layer0.3"]
    made.relay("layer0.1", OPS["tanh"], {"z": "layer1.3"})
    made.relay("layer0.2", OPS["tanh"], {"z": "layer0.1"})
    made.relay("layer0.3", OPS["tanh"], {"z": "layer0.2"})
    late = [step.id for step in made.finish("y", ORDER).steps]
    assert late == ["y", "loss", "layer1.1", "layer1.2", "layer1.3", "layer0.1", "layer0.2", "layer0.3"]


def test_steps_that_wait_for_each_other_are_no_program() -> None:
    made = builder()
    made.lay("tanh", ["y"], "a", "deltas")
    made.lay("tanh", ["a"], "b", "deltas")
    made.relay("a", OPS["tanh"], {"z": "b"})
    with pytest.raises(RuleError, match="a reads b, which is not there yet"):
        made.finish("y", ORDER)
