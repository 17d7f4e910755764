"""A network that has nothing to train still has a forward pass to step through, under every name set."""

import pytest

from nnstep.commands.show import page
from nnstep.commands.trace import trace
from tests.helpers.trainings import NAMES, Tree, compiled, dense, net, session

FROZEN: Tree = net(dense(2, "tanh", trainable={"weights": False, "bias": False}), optimizer="gd")
WITHOUT: Tree = {**net(dense(3), optimizer="gd"), "network": [{"layer": "activation", "function": "tanh"}]}


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("tree", [FROZEN, WITHOUT], ids=["frozen", "without parameters"])
def test_the_forward_pass_is_stepped_traced_and_shown(tree: Tree, names: str) -> None:
    walk = session(tree, names)
    forward = [step.id for step in walk.program.steps if step.phase == "forward"]
    assert forward[-1] == "layer1.output"
    walk.next()
    assert walk.view().active is walk.program.steps[0]
    walk.go(2, len(walk.program.steps))
    assert walk.program.values[walk.program.prediction].name in "\n".join(page(walk.view(), 100))
    traced = [record["id"] for record in trace(compiled(tree, names), 1) if record["kind"] == "step"]
    assert forward == traced[: len(forward)]
