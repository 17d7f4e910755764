"""An LSTM: a recurrent layer with a memory that gates write to, keep and read from."""

from typing import ClassVar

from nnstep.catalog.layers.recurrent import Recurrent, Rows
from nnstep.catalog.laying import Laying

# The columns of the weights, a block of units for each; PyTorch's order.
_GATES = (("input_gate", "sigmoid"), ("forget_gate", "sigmoid"), ("candidate", "tanh"), ("output_gate", "sigmoid"))


class Lstm(Recurrent, tag="lstm", frozen=True, kw_only=True):
    """Reads a sequence with a memory cell: gates say what to keep in it, what to add, and what to show of it.

    initial_cell: the cell before the first time, as initial_state. The weights and the bias are 4 x units wide, their
    columns in the order input gate, forget gate, candidate, output gate.

    Hochreiter and Schmidhuber, Long Short-Term Memory (1997), with the forget gate of Gers, Schmidhuber and Cummins
    (2000); computed as PyTorch's LSTM.
    """

    sentence: ClassVar[str] = "Reads a sequence with a memory: gates say what to keep, what to add, what to show."

    blocks: ClassVar[int] = len(_GATES)

    initial_cell: Rows | None = None

    def start(self, lay: Laying, samples: int) -> tuple[str, ...]:
        """Return state and cell before the first time."""
        (state,) = super().start(lay, samples)
        return state, self.first(lay, samples, "initial_cell", self.initial_cell, self.trainable.initial_cell)

    def advance(self, lay: Laying, time: str, z: str, before: tuple[str, ...]) -> tuple[str, ...]:
        """Lay the gates, the cell and the state of one time."""
        opened = {}
        for number, (gate, function) in enumerate(_GATES):
            block = {"start": number * self.units, "size": self.units}
            own = lay.step("take_columns", [z], f"{time}.{gate}.pre_activation", block)
            opened[gate] = lay.step(function, [own], f"{time}.{gate}")
        kept = lay.step("product", [opened["forget_gate"], before[1]], f"{time}.kept")
        added = lay.step("product", [opened["input_gate"], opened["candidate"]], f"{time}.added")
        cell = lay.step("add", [kept, added], f"{time}.cell")
        shown = lay.step("tanh", [cell], f"{time}.squashed")
        return lay.step("product", [opened["output_gate"], shown], f"{time}.output"), cell


ENTRIES = (Lstm,)
