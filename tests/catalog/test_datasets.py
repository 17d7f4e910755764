"""Data sets come without scikit-learn's import, and equal its own to the last bit."""

import subprocess
import sys
import zlib
from dataclasses import FrozenInstanceError
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import (
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_blobs,
    make_circles,
    make_moons,
)

from nnstep.catalog import datasets
from nnstep.catalog.datasets import SOURCES, Dataset, Samples, files
from nnstep.catalog.datasets.settings import Setting
from nnstep.errors import NnstepError

LOADERS = {"digits": load_digits, "iris": load_iris, "wine": load_wine, "diabetes": load_diabetes}
MAKERS = {"moons": make_moons, "circles": make_circles, "blobs": make_blobs}
DRAWN = [*MAKERS, "spiral"]


def same_bits(ours, theirs):
    """Say whether two arrays are equal in shape and in every bit, the sign of zero included."""
    theirs = np.ascontiguousarray(theirs, dtype=np.float64)
    return ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()


def column(classes):
    return np.asarray(classes, dtype=np.float64).reshape(-1, 1)


# Every entry


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_loads_what_it_promises(name):
    source = SOURCES[name]
    data = source.load()
    assert data.name == source.name == name
    assert source.sentence.endswith(".")
    assert data.inputs.dtype == data.targets.dtype == np.float64
    assert data.inputs.ndim == 2
    assert data.targets.shape == (len(data.inputs), 1)
    assert np.isfinite(data.inputs).all()
    assert len(data.features) == data.inputs.shape[1]
    assert len(data.labels) == data.classes
    if data.classes:
        assert datasets.count_classes(data.targets) == data.classes
    if data.image:
        assert data.image[0] * data.image[1] == data.inputs.shape[1]


@pytest.mark.parametrize("name", SOURCES)
def test_data_cannot_be_changed_by_those_who_read_it(name):
    data = SOURCES[name].load()
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data.targets[0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        data.classes = 3


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_source_follows_its_seed(name):
    load = SOURCES[name].load
    assert same_bits(load(seed=5, noise=0.3).inputs, load(seed=5, noise=0.3).inputs)
    assert not same_bits(load(seed=5, noise=0.3).inputs, load(seed=6, noise=0.3).inputs)


@pytest.mark.parametrize(
    ("name", "setting", "edge"),
    [
        (name, setting, edge)
        for name, source in SOURCES.items()
        for setting in source.settings
        for edge in ("low", "high")
    ],
)
def test_every_setting_takes_its_limits_and_nothing_beyond(name, setting, edge):
    source = SOURCES[name]
    limit = getattr(source.settings[setting], edge)
    source.load(**{setting: limit})
    beyond = limit + 1 if edge == "high" else limit - 1
    with pytest.raises(NnstepError) as fault:
        source.load(where="x.yaml:3:5", **{setting: beyond})
    assert fault.value.where == "x.yaml:3:5"
    assert setting in fault.value.what


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("moons", {"noise": -0.1}, "noise of moons must be from 0"),
        ("moons", {"noise": float("nan")}, "noise of moons"),
        ("moons", {"noise": float("inf")}, "noise of moons"),
        ("spiral", {"samples": 1}, "samples of spiral must be from 2"),
        ("circles", {"samples": 10.5}, "must be a whole number, not 10.5"),
        ("circles", {"samples": True}, "must be a whole number, not True"),
        ("blobs", {"noise": "0.1"}, "must be a number, not '0.1'"),
        ("moons", {"sample": 10}, "no setting of moons called 'sample'"),
        ("digits", {"seed": 1}, "digits has no settings"),
    ],
)
def test_an_impossible_setting_is_refused(name, given, said):
    with pytest.raises(NnstepError) as fault:
        SOURCES[name].load(where="x.yaml:1:1", **given)
    assert said in fault.value.what
    assert fault.value.hint
    assert fault.value.where == "x.yaml:1:1"


def test_a_misspelt_setting_names_the_nearest():
    with pytest.raises(NnstepError) as fault:
        SOURCES["blobs"].load(clases=2)
    assert fault.value.hint == "did you mean classes?"


def test_a_setting_is_whole_when_its_default_is():
    assert Setting(1, 0, 9, "").is_whole
    assert not Setting(1.0, 0, 9, "").is_whole


# Against scikit-learn


@pytest.mark.parametrize("name", LOADERS)
def test_a_file_gives_what_scikit_learn_gives(name):
    ours, theirs = SOURCES[name].load(), LOADERS[name]()
    assert same_bits(ours.inputs, theirs.data)
    assert same_bits(ours.targets, column(theirs.target))
    assert ours.features == tuple(theirs.feature_names)
    assert ours.labels == tuple(str(label) for label in theirs.get("target_names", ()))


def test_digits_are_images():
    data = SOURCES["digits"].load()
    assert same_bits(data.inputs.reshape(-1, *data.image), load_digits().images)


@given(samples=st.integers(2, 60), noise=st.sampled_from([None, 0.0, 0.1, 1.5]), seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("name", MAKERS)
def test_points_are_what_scikit_learn_makes(name, samples, noise, seed):
    asked = {} if noise is None else {"noise": noise}
    theirs_asked = {} if noise is None else {"cluster_std" if name == "blobs" else "noise": noise}
    ours = SOURCES[name].load(samples=samples, seed=seed, **asked)
    inputs, targets = MAKERS[name](samples, random_state=seed, **theirs_asked)
    assert same_bits(ours.inputs, inputs)
    assert same_bits(ours.targets, column(targets))


@given(samples=st.integers(2, 40), seed=st.integers(0, 99), factor=st.floats(0, 0.99), classes=st.integers(2, 7))
def test_the_other_settings_of_points_are_scikit_learns_too(samples, seed, factor, classes):
    circles = SOURCES["circles"].load(samples=samples, seed=seed, factor=factor)
    assert same_bits(circles.inputs, make_circles(samples, random_state=seed, factor=factor)[0])
    blobs = SOURCES["blobs"].load(samples=samples, seed=seed, classes=classes)
    inputs, targets = make_blobs(samples, random_state=seed, centers=classes)
    assert same_bits(blobs.inputs, inputs)
    assert same_bits(blobs.targets, column(targets))
    assert len(blobs.labels) == blobs.classes == classes


# scikit-learn stays out


def test_no_source_imports_scikit_learn():
    script = (
        "import sys\n"
        "from nnstep.catalog.datasets import SOURCES, prepare\n"
        "for source in SOURCES.values():\n"
        "    data = source.load()\n"
        "    prepare(data, scale='standard', one_hot=data.classes > 0, split=(0.2, 42), take=5)\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('sklearn', 'scipy', 'joblib', 'pandas')])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """Return an empty folder that stands where scikit-learn keeps its data files."""
    folder = tmp_path / "datasets" / "data"
    folder.mkdir(parents=True)
    spec = ModuleSpec("sklearn", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    return folder


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_file_says_what_to_try(name, data_folder):
    with pytest.raises(NnstepError) as fault:
        SOURCES[name].load()
    assert "cannot be read" in fault.value.what
    assert "pip install" in fault.value.hint


@pytest.mark.parametrize("found", [None, ModuleSpec("sklearn", None)], ids=["no package", "a module of that name"])
def test_without_scikit_learn_the_hint_is_to_install_it(found, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: found)
    with pytest.raises(NnstepError) as fault:
        SOURCES["digits"].load()
    assert fault.value.hint == "try: pip install scikit-learn"


@pytest.mark.parametrize("content", [b"", b"not gzip", zlib.compress(b"1,2\n", wbits=31)[:-9]])
def test_a_damaged_file_is_named(content, data_folder):
    (data_folder / "digits.csv.gz").write_bytes(content)
    with pytest.raises(NnstepError, match=r"digits\.csv\.gz is damaged"):
        SOURCES["digits"].load()


def test_a_file_with_words_for_numbers_is_damaged(data_folder):
    (data_folder / "iris.csv").write_bytes(b"1,2,a,b\n1,two,0\n")
    with pytest.raises(NnstepError, match=r"iris\.csv is damaged"):
        SOURCES["iris"].load()


def test_digits_in_another_writing_are_still_read(data_folder):
    table = np.arange(65.0).reshape(1, 65) + 0.5
    text = ",".join(str(number) for number in table[0]) + "\n"
    Path(data_folder / "digits.csv.gz").write_bytes(zlib.compress(text.encode(), wbits=31))
    assert SOURCES["digits"].load().inputs.tolist() == table[:, :-1].tolist()


@given(
    table=st.integers(1, 6).flatmap(
        lambda wide: st.lists(st.lists(st.integers(0, 99), min_size=wide, max_size=wide), min_size=1, max_size=6)
    )
)
def test_small_whole_numbers_are_read_back(table):
    text = "".join(",".join(map(str, row)) + "\n" for row in table)
    assert files.small_whole_numbers(text.encode()).tolist() == table


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"1,2",
        b"1,,2\n",
        b",\n",
        b"\n",
        b"1,100\n",
        b"1,2\n3\n",
        b"1,2,3\n4\n",
        b"1,-2\n",
        b"1.5,2\n",
        b"1,a\n",
        b"1 2\n",
    ],
)
def test_other_text_is_not_taken_for_small_whole_numbers(text):
    with pytest.raises(ValueError, match="not a table"):
        files.small_whole_numbers(text)


# The spiral, which is ours


@given(samples=st.integers(2, 90), classes=st.integers(2, 5), turns=st.floats(0, 5), seed=st.integers(0, 99))
def test_the_spiral_is_where_its_formula_says(samples, classes, turns, seed):
    data = SOURCES["spiral"].load(samples=samples, classes=classes, turns=turns, seed=seed)
    found = np.bincount(data.targets[:, 0].astype(int), minlength=classes)
    assert found.sum() == samples
    assert found.max() - found.min() <= 1
    for arm in range(classes):
        points = data.inputs[data.targets[:, 0] == arm]  # (b, 2)
        points = points[np.argsort(np.hypot(*points.T))]
        for k, point in enumerate(points, 1):
            radius = k / len(points)
            angle = 2 * np.pi * (turns * radius + arm / classes)
            assert point == pytest.approx([radius * np.cos(angle), radius * np.sin(angle)], abs=1e-12)


def test_the_noise_of_the_spiral_has_its_deviation():
    count, noise = 20_000, 0.2
    spiral = SOURCES["spiral"].load
    moved = spiral(samples=count, noise=noise).inputs - spiral(samples=count).inputs
    # The deviation of a sample deviation is σ/√(2n); five of them leave one failure in a million.
    assert moved.std() == pytest.approx(noise, abs=5 * noise / np.sqrt(4 * count))


# What a data set may be


@pytest.mark.parametrize(
    ("inputs", "targets", "said"),
    [
        ([[1], [2]], [[1]], "2 inputs but 1 targets"),
        ([[1]], [[1], [2]], "1 inputs but 2 targets"),
        (np.empty((0, 3)), np.empty((0, 1)), "no samples"),
        ([1, 2], [[1], [2]], "a sample must be a list of numbers"),
        ([[1], [2]], [1, 2], "a sample must be a list of numbers"),
        ([[1], [float("inf")]], [[1], [2]], "not finite"),
        ([[1], [2]], [[float("nan")], [2]], "not finite"),
    ],
)
def test_inputs_and_targets_must_fit_and_be_finite(inputs, targets, said):
    with pytest.raises(NnstepError, match=said):
        Dataset(inputs, targets)


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        ([[0], [1], [1]], 2),
        ([[2], [1], [0]], 3),
        ([[0], [0]], 1),
        ([[0], [2]], 0),
        ([[151], [75]], 0),
        ([[0.5], [1]], 0),
        ([[-1], [0]], 0),
        ([[0, 1], [1, 0]], 0),
        (np.empty((0, 1)), 0),
    ],
)
def test_classes_are_counted_only_where_all_occur(targets, classes):
    assert datasets.count_classes(np.asarray(targets, dtype=np.float64)) == classes


def test_samples_leave_the_array_they_came_from_writable():
    mine = np.zeros((2, 2))
    samples = Samples(mine, mine)
    mine[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        samples.inputs[0, 0] = 2
