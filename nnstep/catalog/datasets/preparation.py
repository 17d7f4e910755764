"""From a data set to what a network is trained on: scale, then one-hot, then split, then take.

The scale is found over all samples, before the split, because the published digits run does so; it means that the test
samples have a small say in how the training samples are scaled. The split comes before `take`, so that `take` keeps a
random choice of samples, and the test samples stay the same whatever is taken. The validation part comes out of what is
left beside the test, so the test samples also stay the same with it and without it.

Each function equals its scikit-learn counterpart to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from reprlib import repr as short
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.datasets.dataset import Array, Dataset, Prepared, Samples
from nnstep.catalog.datasets.scaling import scaled
from nnstep.errors import NnstepError

Rows: TypeAlias = NDArray[np.intp]
Parts: TypeAlias = tuple[float | None, int] | tuple[float | None, int, float | None]
"""Test, seed and validation, as `split` takes them."""


def one_hot(targets: Array, classes: int, *, where: str = "") -> Array:
    """Return a row for each class index: 1 in the column of its class, 0 elsewhere.

    targets: (b, 1), out: (b, classes). Raises NnstepError when there are no classes, or a target is none of them.
    """
    if not classes or targets.shape[-1] != 1:
        raise NnstepError(
            "one_hot needs classes, but the targets are not class indices",
            where=where,
            hint="leave one_hot out, or give one column of whole numbers 0, 1, 2, ... in which each class occurs",
        )
    columns = np.arange(classes)  # (classes,)
    hits: NDArray[np.bool_] = targets == columns  # (b, classes)
    if not hits.any(axis=-1).all():
        stray = targets[~np.isin(targets, columns)][0]
        raise NnstepError(
            f"{stray:g} is not a class index",
            where=where,
            hint=f"with {classes} classes a target is a whole number from 0 to {classes - 1}",
        )
    return hits.astype(np.float64)


def split(
    count: int, test: float | None, seed: int, validation: float | None = None, *, where: str = ""
) -> tuple[Rows, Rows, Rows]:
    """Return the rows to train on, those to validate on and those to test on, in a random order that the seed decides.

    test, validation: the part of `count` that is set aside, above 0 and below 1 (rounded up), a whole number of
    samples, or None for no such part. Raises NnstepError when nothing would be left to train on.
    Source: scikit-learn's train_test_split, whose test rows, then train rows stand first in the order.
    """
    tested, validated = (_size(part, count, name, where) for name, part in (("test", test), ("validation", validation)))
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise NnstepError(
            f"the seed of a split cannot be {short(seed)}", where=where, hint="give a whole number from 0 to 4294967295"
        )
    aside = tested + validated
    if aside >= count:
        parts = f" ({tested} for the test, {validated} for the validation)" if tested and validated else ""
        raise NnstepError(
            f"a split that sets {aside} of {count} samples aside{parts} leaves nothing to train on",
            where=where,
            hint="set less aside, or give more samples",
        )
    order = np.random.RandomState(seed).permutation(count)
    return order[aside:], order[tested:aside], order[:tested]


def _size(part: float | None, count: int, name: str, where: str) -> int:
    """Return how many samples a part has."""
    if part is None:
        return 0
    if isinstance(part, bool) or not ((isinstance(part, int) and part > 0) or 0 < part < 1):
        raise NnstepError(
            f"the {name} part of a split cannot be {short(part)}",
            where=where,
            hint="give a part above 0 and below 1, such as 0.2, or a whole number of samples",
        )
    return part if isinstance(part, int) else ceil(part * count)


def take(samples: Samples, count: int, *, where: str = "") -> Samples:
    """Return the first `count` samples; raises NnstepError when there are not as many."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise NnstepError(
            f"take cannot be {short(count)}", where=where, hint="give a whole number of samples, at least 1"
        )
    if count > len(samples):
        raise NnstepError(
            f"take asks for {count} samples, but there are only {len(samples)} to train on",
            where=where,
            hint=f"take at most {len(samples)}",
        )
    return samples.rows(slice(count))


def prepare(
    dataset: Dataset,
    *,
    scale: str | None = None,
    one_hot: bool = False,
    split: Parts | None = None,
    take: int | None = None,
    where: str = "",
    places: Mapping[str, str] = MappingProxyType({}),
) -> Prepared:
    """Return the data set scaled, one-hot, split and cut, in this order.

    scale: a name in `scaling.SCALES`. split: (test, seed, validation) as for `split`. take: how many training samples
    to keep; without a split these are the first ones, and some data sets (iris, wine) come ordered by class.
    Raises NnstepError for what cannot be done, placed where `places` has the key that asks for it, else at `where`.
    """
    at = {key: places.get(key, where) for key in ("scale", "one_hot", "split", "take")}
    targets = _encoded(dataset, at["one_hot"]) if one_hot else dataset.targets
    samples = Samples(scaled(dataset.inputs, scale, where=at["scale"]), targets)
    train, validation, test = _parted(samples, split, at["split"])
    came = Samples(dataset.inputs if scale else np.empty((len(samples), 0)), targets)
    return Prepared(
        _cut(train, take, at["take"]),
        validation,
        test,
        dataset.classes,
        dataset.labels,
        dataset.image,
        dataset.features,
        dataset.name,
        _cut(_parted(came, split, at["split"])[0], take, at["take"]).inputs,
    )


# The settings of `prepare` are called as the functions are, so it reaches those through the helpers below.
def _encoded(dataset: Dataset, where: str) -> Array:
    return one_hot(dataset.targets, dataset.classes, where=where)


def _parted(samples: Samples, parts: Parts | None, where: str) -> tuple[Samples, Samples, Samples]:
    if parts is None:
        return samples, samples.rows(slice(0)), samples.rows(slice(0))
    train, validation, test = split(len(samples), *parts, where=where)
    return samples.rows(train), samples.rows(validation), samples.rows(test)


def _cut(samples: Samples, count: int | None, where: str) -> Samples:
    return samples if count is None else take(samples, count, where=where)
