"""What is trained side by side: the same data, network and first weights for everyone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load, parse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Workload:
    """A two-layer network to train.

    epochs: how many a measurement runs. unit: what an epoch takes is told in. softmax: does it end with softmax and
    cross-entropy, or with sigmoid and half the sum of squares? batch: samples an iteration reads.
    """

    name: str
    title: str
    compiled: Compiled
    epochs: int
    unit: str
    softmax: bool
    batch: int
    rate: float

    @property
    def parts(self) -> tuple[Array, Array, Array, Array]:
        """Inputs and targets to train on and to test on, row by row in memory, as people have them."""
        training = self.compiled.training
        arrays = (training.train.inputs, training.train.targets, training.test.inputs, training.test.targets)
        inputs, targets, test_inputs, test_targets = (np.ascontiguousarray(array) for array in arrays)
        return inputs, targets, test_inputs, test_targets

    @property
    def first(self) -> tuple[Array, Array, Array, Array]:
        """The first weights and biases of both layers, in arrays of their own."""
        found = [
            np.array(self.compiled.training.first[f"layer{layer}.{part}"], order="C")
            for layer in (1, 2)
            for part in ("weights", "bias")
        ]
        return found[0], found[1], found[2], found[3]


def workload(name: str) -> Workload:
    """Return a workload by its name."""
    if name == "xor":
        return Workload(name, "XOR: 4×2, 2-2-1, full batch", compile_scenario(load("xor")), 10_000, "µs", False, 4, 0.5)
    digits = load("digits")
    if name == "digits":
        return Workload(
            name, "digits: 1437×64, 64-64-10, full batch", compile_scenario(digits), 300, "ms", True, 1437, 0.1
        )
    assert digits.path is not None
    # sgd is gd for batches: the same update. And everyone else's softmax is part of the loss here.
    text = digits.path.read_text(encoding="utf-8").partition("notes:")[0] + "\nbatch: 32\n"
    for old, new in (
        ("name: gd", "name: sgd"),
        (", activation: softmax", ""),
        ("loss: cce", "loss: softmax_cross_entropy"),
    ):
        text = text.replace(old, new)
    compiled = compile_scenario(parse(text.encode(), "digits in batches"))
    return Workload(name, "digits, mini-batches of 32", compiled, 100, "ms", True, 32, 0.1)


NAMES = ("digits", "batches", "xor")
