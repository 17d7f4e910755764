"""How facts look on the screen: what they say of numbers, as states of cells."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nnstep.explain.pictures.looks import READ, WRITTEN, Look
from nnstep.tui.theme import Cell as State

STATES: Final[Mapping[Look, State]] = {
    "blank": State.BLANK,
    "stale": State.STALE,
    "plain": State.PLAIN,
    "read": State.READ,
    "written": State.WRITTEN,
}

_MARKS: Final = np.zeros(max(READ, WRITTEN) + 1, dtype=np.int8)  # (n,)
_MARKS[[READ, WRITTEN]] = State.READ, State.WRITTEN


def marked(marks: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the State number of each mark, 0 for none; of the shape of marks."""
    return _MARKS[marks]
