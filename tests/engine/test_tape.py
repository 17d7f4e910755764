"""What a program may do that no scenario does yet: full speed still gives what stepping gives."""

from collections.abc import Mapping

import numpy as np
import pytest

from nnstep.engine.batches import Batches
from nnstep.engine.op import Op
from nnstep.engine.program import Phase, Program, Step, Variable
from nnstep.engine.rule import Rule, Shape
from nnstep.engine.run import carried
from nnstep.engine.runner import Runner
from nnstep.engine.training import Samples, Training

SHAPE = (3, 3)
NOTHING = Samples(np.empty((0, 3)), np.empty((0, 3)))
SUM = Op("total", Rule("out = sum[b,j](a[b,j])"), "All of it.", code="a.sum()")
ADD = Op("add", Rule("out[...] = a[...] + b[...]"), "Both.")
SAME = Rule("out[...] = a[...]")
ALIKE: Mapping[str, Op] = {
    "a view by another name": Op("part", SAME, "Itself.", code="np.moveaxis(np.moveaxis(a, 0, 1), 0, 1)"),
    "a view of a wider one": Op("widened", SAME, "Itself.", code="np.broadcast_to(a, a.shape)"),
    "what the numbers decide": Op("chosen", SAME, "Itself.", code="a if a.sum() < 0 else a + 0"),
    "decided by a cell": Op("decided", SAME, "Itself or more.", code="2 * a if a.sum() > 4 else a + 1"),
    "no look at the input": Op("ones", Rule("out[b,j] = 1 + 0 * a[b,j]"), "Ones.", code="np.ones(a.shape)"),
    "a product": Op("squared", Rule("out[b,j] = sum[i](a[b,i] * a[i,j])"), "Itself by itself.", code="a @ a"),
    "two places of one value": Op("turned", Rule("out[b,j] = a[b,j] + a[j,b]"), "Both ways.", code="a + a.T"),
    "a choice": Op("bent", Rule("out[...] = a[...] if a[...] > 0 else 2 * a[...]"), "One or the other."),
    "a power": Op("root", Rule("out[...] = sqrt(a[...]**2)"), "Its size.", code="(a**2)**0.5"),
}


def step(identity: str, op: Op, *reads: str, shape: Shape = SHAPE, phase: Phase = "forward") -> Step:
    inputs = dict(zip(op.inputs, reads, strict=True))
    return Step(identity, identity, op, inputs, shape, phase, "layer1", identity, {})


def training(steps: list[Step], carry: Mapping[str, str]) -> Training:
    """Return a training of p, q and s (b, j), whose loss is the sum of the last step's value."""
    given = (("inputs", "data", SHAPE), ("targets", "data", SHAPE), ("learning_rate", "constant", ()))
    variables = [Variable(name, name, shape, kind) for name, kind, shape in given]  # type: ignore[arg-type]
    variables += [Variable(name, name, SHAPE, "parameter") for name in "pqs"]
    loss = step("loss", SUM, steps[-1].id, shape=())
    program = Program(tuple(variables), tuple(steps), (loss,), {"p": "p", "q": "q", "s": "s"} | carry, steps[-1].id)
    rng = np.random.default_rng(1)
    train, first = Samples(*rng.normal(size=(2, *SHAPE))), dict(zip("pqs", rng.normal(size=(3, *SHAPE)), strict=True))
    return Training(lambda size: program, Batches(3, 3), train, NOTHING, first, 0.1, 9)


def assert_same(made: Training) -> None:
    at, losses = dict(made.first), []
    for iteration in range(1, 6):
        values = made.run(iteration, at)
        at = carried(made.program(iteration), values)
        losses.append(float(values["loss"]))
    runner, found = Runner(made), list[float]()
    runner.run(5, found)
    assert found == losses
    for identity, array in at.items():
        assert np.array_equal(runner.at[identity], array), identity


@pytest.mark.parametrize(
    "carry",
    [
        {"p": "q", "q": "p"},
        {"p": "q", "q": "s", "s": "p"},
        {"p": "q", "q": "h"},
        {"q": "h", "p": "q"},
        {"q": "h", "p": "h"},
        {"q": "twice", "p": "h", "s": "inputs"},
    ],
    ids=str,
)
def test_what_is_carried_changes_places(carry: Mapping[str, str]) -> None:
    assert_same(training([step("h", ADD, "p", "q"), step("twice", ADD, "h", "s")], carry))


@pytest.mark.parametrize("name", ALIKE)
def test_any_operation_over_what_is_written_over(name: str) -> None:
    steps = [
        step("h", ADD, "p", "q"),
        step("k", ALIKE[name], "h"),
        step("l", ADD, "h", "s"),
        step("m", ADD, "l", "inputs"),
        step("n", ADD, "m", "k"),
        step("o", ADD, "n", "k"),
    ]
    assert_same(training(steps, {"p": "n", "q": "m", "s": "k"}))


@pytest.mark.parametrize("name", ALIKE)
def test_any_operation_written_where_it_reads(name: str) -> None:
    assert_same(training([step("k", ALIKE[name], "p"), step("h", ADD, "k", "q")], {"p": "k", "q": "h"}))
