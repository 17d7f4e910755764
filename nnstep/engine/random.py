"""Where random numbers come from: each purpose has streams of its own, one for each place."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What is drawn. A new purpose gets a new number; the others keep theirs, or every training would change."""

    WEIGHTS = 0
    SHUFFLE = 1
    DROPOUT = 2


def stream(purpose: Purpose, seed: int, place: int, part: int = 0) -> np.random.Generator:
    """Return the random numbers for a place, the same ones each time.

    place, part: a layer and its parameter; an epoch; an iteration and a layer. All four numbers are always given,
    because NumPy fills up with zeros: to it [seed, 3] and [seed, 3, 0] are one seed.
    """
    return np.random.default_rng([seed, place, part, int(purpose)])
