"""Chances of classes, whether a network ends with them or with scores."""

import numpy as np

from nnstep.engine.cell import Array


def chances(outputs: Array, *, are_scores: bool) -> Array:
    """Return the chance of each class: (..., j), or (..., 2) where a single output is the chance of yes.

    outputs: (..., j). Scores become chances by the softmax; a single one by the sigmoid.
    """
    if outputs.shape[-1] == 1:
        with np.errstate(all="ignore"):
            yes = 1 / (1 + np.exp(-outputs)) if are_scores else outputs  # (..., 1)
        return np.concatenate([1 - yes, yes], axis=-1)  # (..., 2)
    if not are_scores:
        return outputs
    with np.errstate(all="ignore"):
        sizes = np.exp(outputs - outputs.max(axis=-1, keepdims=True))  # (..., j)
        return np.asarray(sizes / sizes.sum(axis=-1, keepdims=True))
