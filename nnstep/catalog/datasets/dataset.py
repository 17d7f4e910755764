"""What a network is trained on: inputs, targets, and what the columns mean."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstep.errors import NnstepError
from nnstep.records import dataclass

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples as they come, before any preparation; the arrays are read-only.

    inputs: (b, i), or more axes for images and sequences. targets: (b, j); classes are indices in one column, (b, 1).
    classes: how many classes there are, 0 for a regression. labels: the name of each class, if they have names.
    image: rows and columns when a sample's inputs are the pixels of an image, row after row.
    features: the name of each input, if they have names.

    Raises NnstepError when there are no samples, not as many targets as inputs, or a number is not finite.
    """

    inputs: Array
    targets: Array
    classes: int = 0
    labels: tuple[str, ...] = ()
    image: tuple[int, int] | None = None
    features: tuple[str, ...] = ()
    name: str = "the data"

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", read_only(self.inputs))
        object.__setattr__(self, "targets", read_only(self.targets))
        if self.inputs.ndim < 2 or self.targets.ndim < 2:
            raise NnstepError(f"{self.name}: a sample must be a list of numbers", hint="write [[0], [1]], not [0, 1]")
        if len(self.inputs) != len(self.targets):
            raise NnstepError(
                f"{self.name} has {len(self.inputs)} inputs but {len(self.targets)} targets",
                hint="each sample needs one row of inputs and one row of targets",
            )
        if not len(self.inputs):
            raise NnstepError(f"{self.name} has no samples", hint="give at least one row of inputs and targets")
        if not (np.isfinite(self.inputs).all() and np.isfinite(self.targets).all()):
            raise NnstepError(f"{self.name} holds a number that is not finite", hint="leave such samples out")


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs and the targets that go with them, row by row; the arrays are read-only.

    inputs: (b, i) or more axes. targets: (b, j).
    """

    inputs: Array
    targets: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", read_only(self.inputs))
        object.__setattr__(self, "targets", read_only(self.targets))

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.inputs)

    def rows(self, chosen: NDArray[np.intp] | slice) -> Samples:
        """Return the samples of the chosen rows, in the order they are named."""
        return Samples(self.inputs[chosen], self.targets[chosen])


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set that is ready to train on; `validation` and `test` are empty where nothing was set aside for them.

    unscaled: the inputs of `train` as they came, of the same shape; empty where they were not scaled. by_hand: the
    cells that a person has set since, as ("inputs", sample, ...). The other fields are those of the Dataset that it was
    made from.
    """

    train: Samples
    validation: Samples
    test: Samples
    classes: int = 0
    labels: tuple[str, ...] = ()
    image: tuple[int, int] | None = None
    features: tuple[str, ...] = ()
    name: str = "the data"
    unscaled: Array = field(default_factory=lambda: np.empty(0))
    by_hand: frozenset[tuple[str | int, ...]] = frozenset()

    @property
    def parts(self) -> tuple[Samples, Samples, Samples]:
        """The samples to train on, to validate on and to test on."""
        return self.train, self.validation, self.test


def read_only(array: ArrayLike) -> Array:
    """Return the numbers as a float64 array that cannot be written to; the array given stays as it was."""
    view = np.ascontiguousarray(array, dtype=np.float64).view()
    view.flags.writeable = False
    return view


def count_classes(targets: Array) -> int:
    """Return how many classes the targets name, or 0 where they do not look like class indices.

    Class indices are one column of whole numbers in which every number from 0 to the greatest occurs, so that
    measured quantities which happen to be whole (25, 346, ...) are not taken for classes. targets: (b, 1).
    """
    if targets.shape[-1] != 1 or not targets.size:
        return 0
    # A set, because np.unique imports numpy.ma, which takes longer than all the rest of loading.
    found = sorted(set(targets.ravel().tolist()))
    return len(found) if found == list(range(len(found))) else 0
