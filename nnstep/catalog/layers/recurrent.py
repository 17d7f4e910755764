"""What layers that go through time have in common: one set of weights, used again at each time."""

from typing import Annotated, ClassVar, Literal

import msgspec

from nnstep.catalog.layers.base import Init, Layer, as_array
from nnstep.catalog.laying import Laying, WrongShapeError
from nnstep.catalog.ops.sequences import stack
from nnstep.engine.cell import Array
from nnstep.engine.rule import RuleError, Shape

# Each time is a dozen steps to walk through, and the way back takes as many again.
MOST_TIMES = 64

Rows = list[float | list[float]]


class RecurrentTrainable(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which parameters learn."""

    input_weights: bool = True
    recurrent_weights: bool = True
    bias: bool = True
    initial_state: bool = False
    initial_cell: bool = False


class Recurrent(Layer, frozen=True, kw_only=True):
    """A layer that reads a sequence one time after the other.

    units: how many numbers the state has. returns: hand on the state after the last time, or those of all times.
    initial_state: the state before the first time, units numbers, or as many for each sample; without it zeros.
    input_weights: in x units numbers. recurrent_weights: units x units. bias: a list of units, or false for none.
    init: how weights that are not given are drawn.

    blocks: how many blocks of units columns the weights have.
    """

    blocks: ClassVar[int] = 1

    units: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    returns: Literal["last", "all"] = msgspec.field(default="last", name="return")
    initial_state: Rows | None = None
    input_weights: list[list[float]] | None = None
    recurrent_weights: list[list[float]] | None = None
    bias: Rows | bool = True
    init: Init = "xavier"
    trainable: RecurrentTrainable = RecurrentTrainable()

    def lay(self, lay: Laying, x: str) -> str:
        """Lay every time with the same weights, the state of each from the one before, and what the layer hands on."""
        samples, times, width = sequence_of(lay.shape(x), str(self.__struct_config__.tag))
        weights = self._weights(lay, width)
        state = self.start(lay, samples)
        states = []
        for t in range(times):
            read = lay.step("take_time", [x], f"t{t}.input", {"at": t})
            state = self.advance(lay, f"t{t}", self._sum(lay, f"t{t}", read, state[0], weights), state)
            states.append(state[0])
        if self.returns == "all":
            return lay.step(stack(times), states, "output")
        return lay.step("identity", states[-1:], "output")

    def start(self, lay: Laying, samples: int) -> tuple[str, ...]:
        """Return what is carried from time to time, before the first: the state alone."""
        return (self.first(lay, samples, "initial_state", self.initial_state, self.trainable.initial_state),)

    def advance(self, lay: Laying, time: str, z: str, before: tuple[str, ...]) -> tuple[str, ...]:
        """Lay one time from its sum `z`; returns what is carried to the next."""
        raise NotImplementedError

    def first(self, lay: Laying, samples: int, key: str, given: Rows | None, trainable: bool) -> str:
        """Lay a value of before the first time: one row for all samples, or a row for each of them."""
        values = as_array(given)
        if values is not None and values.ndim == 2 and len(values) > 1:
            return self._each(lay, samples, key, values, trainable)
        row = lay.parameter(key, (self.units,), values, "zeros", trainable=trainable)
        return lay.step("every_sample", [row], f"{key}s", {"samples": samples})

    def _each(self, lay: Laying, samples: int, key: str, values: Array, trainable: bool) -> str:
        """Lay a row for each sample of the batch. values: (sample, j)"""
        if values.shape != (lay.samples, self.units):
            raise WrongShapeError(key, values.shape, (lay.samples, self.units))
        if trainable:
            hint = f"give it one row, or write trainable: {{{key}: false}}"
            raise RuleError(f"{key} can learn only where it is one row for all samples", hint)
        if not lay.training and samples != lay.samples:
            raise RuleError(f"{key} has a row for each training sample and none for the test", "give one row for all")
        return lay.feed(f"{key}s", (samples, self.units), lambda _, rows: values[rows])

    def _weights(self, lay: Laying, width: int) -> tuple[str, ...]:
        columns, learns = self.units * self.blocks, self.trainable
        wide = lay.parameter(
            "input_weights", (width, columns), as_array(self.input_weights), self.init, trainable=learns.input_weights
        )
        recurrent = lay.parameter(
            "recurrent_weights",
            (self.units, columns),
            as_array(self.recurrent_weights),
            self.init,
            trainable=learns.recurrent_weights,
        )
        if self.bias is False:
            return wide, recurrent
        return wide, recurrent, lay.parameter("bias", (columns,), as_array(self.bias), "zeros", trainable=learns.bias)

    def _sum(self, lay: Laying, time: str, x: str, state: str, weights: tuple[str, ...]) -> str:
        """Lay what the input and the state before bring, and the bias."""
        wide, recurrent, *bias = weights
        made = f"{time}.pre_activation"
        if bias and lay.affine:
            return lay.step("recurrent_affine", [x, wide, state, recurrent, *bias], made)
        brought = [
            lay.step("matmul", [x, wide], f"{time}.from_input"),
            lay.step("matmul", [state, recurrent], f"{time}.from_state"),
        ]
        return lay.step("add_three" if bias else "add", [*brought, *bias], made)


def sequence_of(shape: Shape, layer: str) -> Shape:
    """Return samples, times and features of what comes in. Raises RuleError where that is no sequence, or too long."""
    if len(shape) != 3:
        hint = "put a layer before it that makes one: {layer: reshape, shape: [times, features]}, or an embedding"
        raise RuleError(f"{layer} needs a sequence from each sample: a list of times, each with its features", hint)
    if shape[1] > MOST_TIMES:
        hint = "cut it into shorter ones, each a sample of its own: every time is a band on the screen"
        raise RuleError(f"{layer} takes sequences of at most {MOST_TIMES} times, this one has {shape[1]}", hint)
    return shape
