"""Checkpoints in bounded space: where there is no room for one more, every second one goes."""

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.program import BYTES_PER_CELL

# More would only be larger: a network as small as to have room for them replays the gaps in a moment.
MOST = 1 << 16
_NUMBER_BYTES = 4  # of a row's number


class Checkpoints:
    """The flat vectors (width) after 1 · spacing, 2 · spacing, ... iterations, up to `last`.

    spacing: in iterations. last: the iterations done at the last one that was taken, or 0.
    due: the iterations done at the next one to take; 0 where there is no room for any.
    """

    def __init__(self, width: int, budget: int, spacing: int = 1) -> None:
        """budget: bytes. spacing: to begin with. Memory is taken from the system as rows are first written."""
        room = min(budget // (width * BYTES_PER_CELL + _NUMBER_BYTES), MOST) if width else 0
        self._table = np.empty((room, width))  # (checkpoint, cell)
        self._rows = np.arange(room, dtype=np.int32)  # (checkpoint): where each lies, in their order; then free rows
        self._written = 0  # rows that have ever been written
        self.spacing = spacing
        self.last = 0
        self.due = spacing if room else 0

    @property
    def bytes_used(self) -> int:
        """What they take, in bytes."""
        return self._written * self._table.shape[1] * BYTES_PER_CELL + self._rows.nbytes

    def take(self) -> Array:
        """Return the row to write the checkpoint that is due into: (width)."""
        room, number = len(self._rows), self.due
        if number // self.spacing > room:
            # Every second one goes, and its row is free for one to come: no row is ever copied.
            self._rows = np.concatenate([self._rows[1::2], self._rows[::2]])  # (checkpoint)
            self.spacing *= 2
        self.last = number
        self._written = max(self._written, number // self.spacing)
        step = self.spacing if number // self.spacing < room else 2 * self.spacing
        self.due = number - number % step + step
        return self[number]

    def nearest(self, done: int) -> int:
        """Return the largest number of iterations, `done` or fewer, that there is a checkpoint of; 0 for none."""
        done = min(done, self.last)
        return done - done % self.spacing

    def __getitem__(self, done: int) -> Array:
        """Return the vector (width) after so many iterations; these must be a multiple of the spacing up to `last`."""
        row: Array = self._table[self._rows[done // self.spacing - 1]]
        return row

    def negate(self, start: int, stop: int) -> None:
        """Turn the sign of the cells from `start` to before `stop` in every checkpoint."""
        # Taken from 0, because minus 0 would be -0, which no run gives.
        written = self._table[: self._written, start:stop]  # (checkpoint, cell)
        np.subtract(0.0, written, out=written)
