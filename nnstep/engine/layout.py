"""How matrices lie in memory: column by column, so that all samples of a unit stand side by side.

Sums over samples, softmax over a few classes and the products of a batch are fastest so, and NumPy keeps the order
through every operation on cells. The order decides the last bits of sums and products, so it is one for everything
that runs a program: stepping, jumping, training at full speed and the script a program is written as.
"""

import numpy as np

from nnstep.engine.cell import Array


def columns(x: Array) -> Array:
    """Return a matrix stored column by column, itself where it is so already; other arrays row by row."""
    return np.asfortranarray(x) if x.ndim == 2 else np.ascontiguousarray(x) if x.ndim else x


def dot(a: Array, b: Array) -> Array:
    """Return a @ b; a matrix comes out stored column by column."""
    return np.dot(b.T, a.T).T if a.ndim == b.ndim == 2 else a @ b
