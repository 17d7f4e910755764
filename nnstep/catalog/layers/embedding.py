"""An embedding: whole numbers, such as those of words, become rows of a table."""

from typing import Annotated, ClassVar

import msgspec
import numpy as np

from nnstep.catalog.layers.base import Init, Layer, as_array
from nnstep.catalog.laying import Laying
from nnstep.engine.cell import Array
from nnstep.engine.rule import RuleError
from nnstep.engine.training import INPUTS


class EmbeddingTrainable(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which parameters learn."""

    table: bool = True


class Embedding(Layer, tag="embedding", frozen=True, kw_only=True):
    """Looks up each whole number of the inputs: 0 becomes row 0 of the table, and so on.

    vocabulary: how many rows the table has. size: how many numbers a row has. table: vocabulary x size numbers.
    init: how a table that is not given is drawn; by default around 0 with deviation 1.
    """

    sentence: ClassVar[str] = "Looks up each whole number of the inputs: it becomes its row of a table."

    vocabulary: Annotated[int, msgspec.Meta(ge=1, le=65536)]
    size: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    table: list[list[float]] | None = None
    init: Init = "normal"
    trainable: EmbeddingTrainable = EmbeddingTrainable()

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the one step. Raises RuleError where what comes in was worked out, and so is no number of a row."""
        if x != INPUTS:
            raise RuleError("embedding looks up whole numbers, so it has to be the first layer", "move it up")
        shape = (self.vocabulary, self.size)
        table = lay.parameter("table", shape, as_array(self.table), self.init, trainable=self.trainable.table)
        return lay.step("embed", [table, x], "output")

    def check_inputs(self, inputs: Array) -> None:
        """Raise RuleError where an input is not the number of a row."""
        wrong = (inputs != np.rint(inputs)) | (inputs < 0) | (inputs >= self.vocabulary)  # as inputs
        if wrong.any():
            at = tuple(int(n) for n in np.argwhere(wrong)[0])
            raise RuleError(
                f"embedding takes whole numbers from 0 to {self.vocabulary - 1}, "
                f"and input {','.join(map(str, at))} is {inputs[at]:g}",
                "each input is the number of a row of its table; vocabulary: says how many rows there are",
            )


ENTRIES = (Embedding,)
