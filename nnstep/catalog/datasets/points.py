"""Points in the plane, drawn from formulas: moons, circles, blobs and a spiral.

The first three equal scikit-learn's `make_moons`, `make_circles` and `make_blobs` to the last bit for the same
samples, noise and seed; so they draw from NumPy's `RandomState` in the same order as those do.
"""

from __future__ import annotations

import numpy as np

from nnstep.catalog.datasets.dataset import Array, Dataset
from nnstep.catalog.datasets.settings import Setting
from nnstep.catalog.datasets.source import Source

_SAMPLES = Setting(100, 2, 100_000, "how many points")
_NOISE = Setting(0.0, 0, 1000, "the standard deviation of what is added to each coordinate")
_SEED = Setting(0, 0, 2**32 - 1, "another seed draws another data set")


def _moons(samples: int, noise: float, seed: int) -> Dataset:
    """Return two half circles: (cos t, sin t), and (1 - cos t, 1/2 - sin t), with t from 0 to π."""
    upper = np.linspace(0, np.pi, samples // 2)  # (b,)
    lower = np.linspace(0, np.pi, samples - samples // 2)  # (b,)
    # 1 - sin t - 1/2 and 1/2 - sin t differ in the last bit.
    arms = [
        np.column_stack([np.cos(upper), np.sin(upper)]),
        np.column_stack([1 - np.cos(lower), 1 - np.sin(lower) - 0.5]),
    ]
    return _shuffled("moons", arms, ("upper", "lower"), noise, np.random.RandomState(seed))


def _circles(samples: int, noise: float, seed: int, factor: float) -> Dataset:
    """Return a circle of radius 1 around one of radius `factor`."""
    angles = (np.linspace(0, 2 * np.pi, count, endpoint=False) for count in (samples // 2, samples - samples // 2))
    arms = [
        np.column_stack([np.cos(angle), np.sin(angle)]) * radius
        for angle, radius in zip(angles, (1.0, factor), strict=True)
    ]
    return _shuffled("circles", arms, ("outer", "inner"), noise, np.random.RandomState(seed))


def _blobs(samples: int, noise: float, seed: int, classes: int) -> Dataset:
    """Return normal clouds of deviation `noise` around centres that are uniform in -10..10."""
    rng = np.random.RandomState(seed)
    centres = rng.uniform(-10.0, 10.0, size=(classes, 2))  # (j, 2)
    arms = [
        rng.normal(centre, noise, size=(count, 2))
        for centre, count in zip(centres, _shares(samples, classes), strict=True)
    ]
    return _shuffled("blobs", arms, tuple(f"blob {index}" for index in range(classes)), 0.0, rng)


def _spiral(samples: int, noise: float, seed: int, classes: int, turns: float) -> Dataset:
    """Return arms that wind around the origin, one a class.

    Point k of the n on arm a of A is r·(cos t, sin t) with r = k/n, k from 1 to n, and t = 2π·(turns·r + a/A): the
    radius grows with the angle, and the arms are turned by equal parts of a circle. The noise is normal, added to both
    coordinates. k starts at 1 because at r = 0 the arms would share a point.
    """
    arms = []
    for arm, count in enumerate(_shares(samples, classes)):
        radius = np.arange(1, count + 1) / count  # (b,)
        angle = 2 * np.pi * (turns * radius + arm / classes)  # (b,)
        arms.append(radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))  # (b, 2)
    labels = tuple(f"arm {index}" for index in range(classes))
    return _shuffled("spiral", arms, labels, noise, np.random.RandomState(seed))


def _shares(samples: int, classes: int) -> list[int]:
    """Return how many samples each class has: equal, but that the first ones take the rest."""
    return [samples // classes + (index < samples % classes) for index in range(classes)]


def _shuffled(
    name: str, arms: list[Array], labels: tuple[str, ...], noise: float, rng: np.random.RandomState
) -> Dataset:
    """Return the points of all classes in one random order, then moved by noise, which is drawn after the order."""
    targets = np.repeat(np.arange(len(arms), dtype=np.float64), [len(arm) for arm in arms])  # (b,)
    order = rng.permutation(len(targets))  # (b,)
    inputs = np.concatenate(arms)[order]  # (b, 2)
    if noise:
        inputs += rng.normal(scale=noise, size=inputs.shape)  # (b, 2)
    return Dataset(inputs, targets[order, None], len(arms), labels, features=("x", "y"), name=name)


_TWO = {"samples": _SAMPLES, "noise": _NOISE, "seed": _SEED}
_FACTOR = Setting(0.8, 0, 0.99, "the inner circle's radius; the outer one's is 1")
_BLOBS = Setting(3, 2, 100, "how many blobs")
_SPREAD = Setting(1.0, 0, 1000, "the standard deviation of each blob")
_ARMS = Setting(2, 2, 100, "how many arms")
_TURNS = Setting(1.0, 0, 100, "how often an arm winds around the origin")

ENTRIES = (
    Source("moons", "Two half moons in the plane, each reaching into the other.", _moons, _TWO),
    Source("circles", "A small circle inside a large one.", _circles, {**_TWO, "factor": _FACTOR}),
    Source("blobs", "Round clouds of points.", _blobs, {**_TWO, "noise": _SPREAD, "classes": _BLOBS}),
    Source("spiral", "Arms wound around each other.", _spiral, {**_TWO, "classes": _ARMS, "turns": _TURNS}),
)
