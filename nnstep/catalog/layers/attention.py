"""Attention: each time of a sequence asks all times, and takes a mix of what they have to give."""

from typing import Annotated, ClassVar

import msgspec

from nnstep.catalog.layers.base import Init, Layer, as_array
from nnstep.catalog.layers.recurrent import sequence_of
from nnstep.catalog.laying import Laying

Matrix = list[list[float]]


class AttentionTrainable(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which parameters learn."""

    query_weights: bool = True
    key_weights: bool = True
    value_weights: bool = True
    output_weights: bool = True


class Attention(Layer, tag="attention", frozen=True, kw_only=True):
    """One head of scaled dot-product attention over a sequence: softmax(Q · Kᵀ / √size) · V.

    size: how many numbers a query, a key and a value have. causal: may no time look at later ones?
    query_weights, key_weights, value_weights: features x size numbers. output_weights: size x features numbers, or
    false: then the mix is the output. init: how weights that are not given are drawn.

    Vaswani et al., Attention Is All You Need (2017), equation 1.
    """

    sentence: ClassVar[str] = "Each time of a sequence asks all times, and takes a mix of what they have to give."

    size: Annotated[int, msgspec.Meta(ge=1, le=4096)]
    causal: bool = False
    query_weights: Matrix | None = None
    key_weights: Matrix | None = None
    value_weights: Matrix | None = None
    output_weights: Matrix | bool = True
    init: Init = "xavier"
    trainable: AttentionTrainable = AttentionTrainable()

    def lay(self, lay: Laying, x: str) -> str:
        """Lay queries, keys and values, the scores, the attention, the mix, and the way out."""
        _, _, width = sequence_of(lay.shape(x), "attention")
        learns, shape = self.trainable, (width, self.size)
        queries = self._weights(lay, "query_weights", shape, self.query_weights, learns.query_weights)
        keys = self._weights(lay, "key_weights", shape, self.key_weights, learns.key_weights)
        values = self._weights(lay, "value_weights", shape, self.value_weights, learns.value_weights)
        query, key, value = (
            lay.step("matmul", [x, weights], role)
            for role, weights in (("query", queries), ("key", keys), ("value", values))
        )
        scores = lay.step("scores", [query, key], "scores", {"size": self.size})
        if self.causal:
            scores = lay.step("causal_mask", [scores], "masked")
        attention = lay.step("softmax", [scores], "attention")
        if self.output_weights is False:
            return lay.step("mix", [attention, value], "output")
        out = self._weights(lay, "output_weights", (self.size, width), self.output_weights, learns.output_weights)
        return lay.step("matmul", [lay.step("mix", [attention, value], "mix"), out], "output")

    def _weights(
        self, lay: Laying, key: str, shape: tuple[int, int], given: Matrix | bool | None, trainable: bool
    ) -> str:
        return lay.parameter(key, shape, as_array(given), self.init, trainable=trainable)


ENTRIES = (Attention,)
