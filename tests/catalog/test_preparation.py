"""Data are scaled, one-hot, split and cut in this order, and each step equals scikit-learn's to the last bit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from nnstep.catalog import datasets
from nnstep.catalog.datasets import SOURCES, Dataset, prepare
from nnstep.errors import NnstepError

NUMBERS = st.floats(-1e6, 1e6)
TABLES = array_shapes(min_dims=2, max_dims=2, max_side=12).flatmap(
    lambda shape: arrays(np.float64, shape, elements=NUMBERS)
)


def same_bits(ours, theirs):
    """Say whether two arrays are equal in shape and in every bit, the sign of zero included."""
    theirs = np.ascontiguousarray(theirs, dtype=np.float64)
    return ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()


def column(classes):
    return np.asarray(classes, dtype=np.float64).reshape(-1, 1)


# Against scikit-learn


@given(table=TABLES)
def test_minmax_is_scikit_learns(table):
    assert same_bits(datasets.minmax(table), MinMaxScaler().fit_transform(table))


@given(table=TABLES)
def test_standard_is_scikit_learns(table):
    assert same_bits(datasets.standard(table), StandardScaler().fit_transform(table))


@given(
    shape=st.tuples(st.integers(1, 200), st.integers(1, 5)),
    spread=st.integers(-20, 6),
    offset=st.integers(-6, 9),
    seed=st.integers(0, 999),
)
def test_features_far_from_zero_are_scaled_as_by_scikit_learn(shape, spread, offset, seed):
    # Where the offset is large and the spread small, rounding decides what counts as a feature that does not vary.
    table = np.random.default_rng(seed).normal(10.0**offset, 10.0**spread, shape)
    assert same_bits(datasets.minmax(table), MinMaxScaler().fit_transform(table))
    assert same_bits(datasets.standard(table), StandardScaler().fit_transform(table))


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_scaled_as_by_scikit_learn(name):
    inputs = SOURCES[name].load().inputs
    assert same_bits(datasets.minmax(inputs), MinMaxScaler().fit_transform(inputs))
    assert same_bits(datasets.standard(inputs), StandardScaler().fit_transform(inputs))


@pytest.mark.parametrize("scale", datasets.SCALES)
def test_a_feature_that_does_not_vary_becomes_zero(scale):
    table = np.array([[3.0, 0.1, 1.0], [3.0, 0.1, 2.0], [3.0, 0.1, 4.0]])
    assert np.allclose(datasets.SCALES[scale](table)[:, :2], 0)


@given(extra=st.lists(st.integers(0, 4), max_size=30))
def test_one_hot_is_scikit_learns(extra):
    targets = column([*extra, *range(5)])
    assert same_bits(datasets.one_hot(targets, 5), OneHotEncoder(sparse_output=False).fit_transform(targets))


@given(
    count=st.integers(2, 300),
    test=st.one_of(st.floats(0.01, 0.99), st.integers(1, 299)),
    seed=st.integers(0, 2**32 - 1),
)
def test_split_is_scikit_learns(count, test, seed):
    try:
        theirs = train_test_split(np.arange(count), test_size=test, random_state=seed)
    except ValueError:
        with pytest.raises(NnstepError):
            datasets.split(count, test, seed)
        return
    train, validation, tested = datasets.split(count, test, seed)
    assert [train.tolist(), tested.tolist()] == [rows.tolist() for rows in theirs]
    assert not len(validation)


@given(
    count=st.integers(3, 300),
    test=st.one_of(st.none(), st.floats(0.01, 0.6), st.integers(1, 150)),
    validation=st.one_of(st.floats(0.01, 0.6), st.integers(1, 150)),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_validation_part_is_what_scikit_learn_would_train_on_first(count, test, validation, seed):
    size = validation if isinstance(validation, int) else math.ceil(validation * count)
    tested = 0 if test is None else test if isinstance(test, int) else math.ceil(test * count)
    if size + tested >= count:
        with pytest.raises(NnstepError, match="leaves nothing to train on"):
            datasets.split(count, test, seed, validation)
        return
    ours = [rows.tolist() for rows in datasets.split(count, test, seed, validation)]
    if test is None:
        rest, chosen = train_test_split(np.arange(count), test_size=validation, random_state=seed)
        assert ours == [rest.tolist(), chosen.tolist(), []]
    else:
        chosen, aside = train_test_split(np.arange(count), train_size=size, test_size=tested, random_state=seed)
        rest, alone = train_test_split(np.arange(count), test_size=test, random_state=seed)
        assert ours == [rest[size:].tolist(), chosen.tolist(), aside.tolist()]
        assert aside.tolist() == alone.tolist()


def test_the_published_digits_are_prepared_as_published():
    prepared = prepare(SOURCES["digits"].load(), scale="minmax", one_hot=True, split=(0.2, 42))
    inputs, targets = load_digits(return_X_y=True)
    inputs = MinMaxScaler().fit_transform(inputs)
    targets = OneHotEncoder(sparse_output=False).fit_transform(column(targets))
    theirs = train_test_split(inputs, targets, test_size=0.2, random_state=42)
    ours = (prepared.train.inputs, prepared.test.inputs, prepared.train.targets, prepared.test.targets)
    assert [len(array) for array in ours] == [1437, 360, 1437, 360]
    assert all(same_bits(mine, yours) for mine, yours in zip(ours, theirs, strict=True))


# In one go


INLINE = Dataset(inputs=[[0, 0], [0, 1], [1, 0], [1, 1]], targets=[[0], [1], [1], [0]], classes=2)


def test_nothing_asked_leaves_the_data_as_they_are():
    prepared = prepare(INLINE)
    assert prepared.train.inputs.tolist() == INLINE.inputs.tolist()
    assert prepared.train.targets.tolist() == INLINE.targets.tolist()
    assert prepared.test.inputs.shape == (0, 2)
    assert prepared.test.targets.shape == (0, 1)


def test_inline_data_can_be_prepared_too():
    prepared = prepare(INLINE, scale="standard", one_hot=True, split=(1, 0), take=2)
    assert len(prepared.train) == 2
    assert len(prepared.test) == 1
    assert prepared.train.targets.shape == (2, 2)
    assert np.abs(prepared.train.inputs).tolist() == [[1, 1], [1, 1]]


def test_what_the_columns_mean_comes_along():
    data = SOURCES["iris"].load()
    prepared = prepare(data, one_hot=True)
    assert (prepared.classes, prepared.labels, prepared.image) == (data.classes, data.labels, data.image)
    assert (prepared.features, prepared.name) == (data.features, data.name)


def test_take_leaves_the_test_samples_as_they_are():
    data = SOURCES["digits"].load()
    whole, part = prepare(data, split=(0.2, 42)), prepare(data, split=(0.2, 42), take=200)
    assert part.train.inputs.tolist() == whole.train.inputs[:200].tolist()
    assert part.test.inputs.tolist() == whole.test.inputs.tolist()


@pytest.mark.parametrize(("scale", "theirs"), [("minmax", MinMaxScaler), ("standard", StandardScaler)])
def test_images_and_sequences_are_scaled_pixel_by_pixel(scale, theirs):
    images = np.random.default_rng(3).normal(size=(9, 2, 3, 4))  # (b, c, y, x)
    data = Dataset(images, column(range(9)))
    flat = theirs().fit_transform(images.reshape(9, -1))
    assert same_bits(prepare(data, scale=scale).train.inputs, flat.reshape(images.shape))


@given(st.integers(2, 30), st.floats(0.01, 0.99), st.integers(0, 99), st.one_of(st.none(), st.floats(0.01, 0.99)))
def test_a_split_uses_each_sample_once(count, test, seed, validation):
    data = Dataset(column(range(count)), column(range(count)))
    try:
        prepared = prepare(data, split=(test, seed, validation))
    except NnstepError:
        return
    seen = np.concatenate([part.inputs for part in prepared.parts])
    assert sorted(seen[:, 0]) == list(range(count))
    assert prepared.train.inputs.tolist() == prepared.train.targets.tolist()


@pytest.mark.parametrize(
    ("dataset", "asked", "said"),
    [
        ("diabetes", {"one_hot": True}, "one_hot needs classes"),
        (Dataset([[1.0], [2.0]], [[0.5], [1.0]]), {"one_hot": True}, "one_hot needs classes"),
        (Dataset([[1.0], [2.0]], [[0, 1], [1, 0]], classes=2), {"one_hot": True}, "one_hot needs classes"),
        (Dataset([[1.0], [2.0]], [[0.5], [1.0]], classes=2), {"one_hot": True}, "0.5 is not a class index"),
        (Dataset([[1.0], [2.0]], [[0], [2]], classes=2), {"one_hot": True}, "2 is not a class index"),
        (Dataset([[1.0], [2.0]], [[0], [-1]], classes=2), {"one_hot": True}, "-1 is not a class index"),
        (Dataset([[1e308], [-1e308]], [[0], [1]]), {"scale": "minmax"}, "too large to be scaled"),
        (Dataset([[1e200], [0]], [[0], [1]]), {"scale": "standard"}, "too large to be scaled"),
        ("iris", {"scale": "min-max"}, "no scale called 'min-max'"),
        ("iris", {"split": (0.0, 1)}, "test part of a split cannot be 0.0"),
        ("iris", {"split": (1.0, 1)}, "test part of a split cannot be 1.0"),
        ("iris", {"split": (True, 1)}, "test part of a split cannot be True"),
        ("iris", {"split": (-3, 1)}, "test part of a split cannot be -3"),
        ("iris", {"split": (float("nan"), 1)}, "test part of a split cannot be nan"),
        ("iris", {"split": (150, 1)}, "leaves nothing to train on"),
        ("iris", {"split": (0.999, 1)}, "leaves nothing to train on"),
        ("iris", {"split": (0.5, 1, 0.5)}, r"75 for the test, 75 for the validation) leaves nothing to train on"),
        ("iris", {"split": (0.9, 1, 0.9)}, "leaves nothing to train on"),
        ("iris", {"split": (0.5, 1, 0)}, "validation part of a split cannot be 0"),
        ("iris", {"split": (None, 1, 1.5)}, "validation part of a split cannot be 1.5"),
        ("iris", {"split": (0.5, -1)}, "seed of a split cannot be -1"),
        ("iris", {"split": (0.5, 2**32)}, "seed of a split cannot be"),
        ("iris", {"take": 151}, "asks for 151 samples, but there are only 150"),
        ("iris", {"take": 121, "split": (0.2, 1)}, "asks for 121 samples, but there are only 120"),
        ("iris", {"take": 0}, "take cannot be 0"),
    ],
)
def test_an_impossible_preparation_is_refused(dataset, asked, said):
    data = SOURCES[dataset].load() if isinstance(dataset, str) else dataset
    with pytest.raises(NnstepError) as fault:
        prepare(data, where="x.yaml:7:3", **asked)
    assert said in fault.value.what
    assert fault.value.where == "x.yaml:7:3"
    assert fault.value.hint
