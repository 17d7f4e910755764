"""Which samples an iteration reads, worked out from the iteration's number alone."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.random import Purpose, stream
from nnstep.records import dataclass

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Batches:
    """How the samples are dealt out to iterations.

    samples: how many there are. size: how many an iteration reads (the last of an epoch may read fewer).
    shuffle: are they dealt in a new order each epoch, drawn from the seed and the epoch's number?
    given: the rows of each iteration outright, used in turn; then size and shuffle do not matter.
    """

    samples: int
    size: int
    shuffle: bool = False
    seed: int = 0
    given: tuple[tuple[int, ...], ...] = ()

    @property
    def per_epoch(self) -> int:
        """How many iterations an epoch has."""
        return len(self.given) or -(-self.samples // self.size)

    def epoch(self, iteration: int) -> int:
        """Return the epoch (from 1) that an iteration (from 1) belongs to."""
        return (iteration - 1) // self.per_epoch + 1

    def batch(self, iteration: int) -> int:
        """Return which batch of its epoch an iteration takes, from 1."""
        return (iteration - 1) % self.per_epoch + 1

    def first(self, epoch: int) -> int:
        """Return the first iteration of an epoch."""
        return (epoch - 1) * self.per_epoch + 1

    def rows(self, iteration: int) -> Rows | slice:
        """Return the samples of an iteration: a slice where they stand side by side, else their numbers."""
        number = (iteration - 1) % self.per_epoch
        if self.given:
            return np.array(self.given[number], dtype=np.intp)
        part = slice(number * self.size, min((number + 1) * self.size, self.samples))
        return _order(self.samples, self.seed, self.epoch(iteration))[part] if self.shuffle else part

    def numbers(self, iteration: int) -> tuple[int, ...]:
        """Return the samples of an iteration by their numbers."""
        rows = self.rows(iteration)
        return tuple(range(*rows.indices(self.samples)) if isinstance(rows, slice) else rows.tolist())

    def count(self, iteration: int) -> int:
        """Return how many samples an iteration reads."""
        number = (iteration - 1) % self.per_epoch
        return len(self.given[number]) if self.given else min(self.size, self.samples - number * self.size)

    def sizes(self) -> frozenset[int]:
        """Return every batch size that occurs."""
        return frozenset(self.count(iteration) for iteration in range(1, self.per_epoch + 1))


@lru_cache(maxsize=4)
def _order(samples: int, seed: int, epoch: int) -> Rows:
    return stream(Purpose.SHUFFLE, seed, epoch).permutation(samples)
