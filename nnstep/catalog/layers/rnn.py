"""A plain recurrent layer: the state is the tanh of what comes in and of the state before."""

from typing import ClassVar

from nnstep.catalog.layers.recurrent import Recurrent
from nnstep.catalog.laying import Laying


class Rnn(Recurrent, tag="rnn", frozen=True, kw_only=True):
    """Reads a sequence: at each time the state becomes tanh(x · input_weights + state · recurrent_weights + bias).

    Elman, Finding Structure in Time (1990); computed as PyTorch's RNN.
    """

    sentence: ClassVar[str] = "Reads a sequence: each time's state is made of its input and of the state before."

    def advance(self, lay: Laying, time: str, z: str, before: tuple[str, ...]) -> tuple[str, ...]:
        """Lay one time's state."""
        return (lay.step("tanh", [z], f"{time}.output"),)


ENTRIES = (Rnn,)
