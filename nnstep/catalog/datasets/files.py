"""Data sets from scikit-learn's own files, read without importing scikit-learn.

Importing it takes over half a second, and reading these files takes milliseconds. The numbers are scikit-learn's to the
last bit, which the tests hold.
"""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.datasets.dataset import Array, Dataset
from nnstep.catalog.datasets.source import Source
from nnstep.errors import NnstepError

_REINSTALL = "try: pip install --force-reinstall scikit-learn"
_GZIP = 16 + zlib.MAX_WBITS
_ZERO = ord("0")


def read_bytes(name: str) -> bytes:
    """Return one of scikit-learn's data files, unpacked.

    Raises NnstepError when scikit-learn is not installed, or the file is missing or damaged.
    """
    path = _folder() / name
    try:
        packed = path.read_bytes()
        return zlib.decompress(packed, _GZIP) if path.suffix == ".gz" else packed
    except OSError as fault:
        raise NnstepError(f"scikit-learn's file {name} cannot be read: {fault.strerror}", hint=_REINSTALL) from fault
    except zlib.error as fault:
        raise _damaged(name) from fault


def _folder() -> Path:
    # Only here, so that a scenario with its own numbers does not pay for it.
    from importlib.util import find_spec

    try:
        found = find_spec("sklearn")
    except ValueError:
        found = None
    for place in (found and found.submodule_search_locations) or ():
        folder = Path(place) / "datasets" / "data"
        if folder.is_dir():
            return folder
    raise NnstepError("scikit-learn's data files are not installed", hint="try: pip install scikit-learn")


def _damaged(name: str) -> NnstepError:
    return NnstepError(f"scikit-learn's file {name} is damaged", hint=_REINSTALL)


def read_numbers(name: str, *, delimiter: str | None, skip: int = 0) -> Array:
    """Return the numbers of one of scikit-learn's text files, a row a line; raises NnstepError."""
    try:
        return np.loadtxt(io.BytesIO(read_bytes(name)), delimiter=delimiter, skiprows=skip, ndmin=2)
    except ValueError as fault:
        raise _damaged(name) from fault


def small_whole_numbers(text: bytes) -> Array:
    """Return the numbers of comma-separated text in which none has more than two digits, a row a line.

    It works on all characters at once, so it takes a third of `loadtxt`'s time. Raises ValueError for any other text.
    """
    characters = np.frombuffer(text, np.uint8)  # (characters,)
    is_end = characters < _ZERO  # of a number: a comma or a line end
    ends = np.flatnonzero(is_end)  # (numbers,)
    lines = _count_lines(characters, is_end, ends)
    # A product, because `where` takes twenty times as long.
    digits = (characters - _ZERO) * ~is_end
    numbers = digits.copy()  # at each character, the number that ends there
    numbers[1:] += 10 * digits[:-1]
    return numbers[ends - 1].astype(np.float64).reshape(lines, -1)  # (b, i)


def _count_lines(characters: NDArray[np.uint8], is_end: NDArray[np.bool_], ends: NDArray[np.intp]) -> int:
    """Return how many lines there are; raises ValueError unless they are as long as each other, of numbers up to 99."""
    is_line_end = characters == ord("\n")
    lines = int(np.count_nonzero(is_line_end))
    is_plain = lines and is_line_end[-1] and len(ends) == lines + np.count_nonzero(characters == ord(","))
    if not is_plain or len(ends) % lines or characters.max() > ord("9"):
        raise ValueError("not a table of whole numbers")
    has_empty = is_end[0] or (is_end[1:] & is_end[:-1]).any()
    has_long = not (is_end[2:] | is_end[1:-1] | is_end[:-2]).all()
    has_even_lines = is_line_end[ends].reshape(lines, -1)[:, -1].all()
    if has_empty or has_long or not has_even_lines:
        raise ValueError("not a table of numbers with one or two digits")
    return lines


def _digits() -> Dataset:
    name = "digits.csv.gz"
    try:
        table = small_whole_numbers(read_bytes(name))  # (b, 65)
    except ValueError:
        table = read_numbers(name, delimiter=",")  # (b, 65)
    return Dataset(
        inputs=table[:, :-1],
        targets=table[:, -1:],
        classes=10,
        labels=tuple("0123456789"),
        image=(8, 8),
        features=tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        name="digits",
    )


def _classes_file(name: str, file: str, features: tuple[str, ...]) -> Dataset:
    """Return a data set whose file starts with a line `samples,features,label,label,...`."""
    table = read_numbers(file, delimiter=",", skip=1)  # (b, i + 1)
    _, _, *labels = read_bytes(file).split(b"\n", 1)[0].decode().strip().split(",")
    return Dataset(table[:, :-1], table[:, -1:], len(labels), tuple(labels), features=features, name=name)


def _iris() -> Dataset:
    features = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    return _classes_file("iris", "iris.csv", features)


def _wine() -> Dataset:
    features = (
        *("alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids"),
        *("nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines"),
        "proline",
    )
    return _classes_file("wine", "wine_data.csv", features)


def _diabetes() -> Dataset:
    """Return the features as scikit-learn gives them: centred, and scaled so that the squares of a column sum to 1."""
    raw = read_numbers("diabetes_data_raw.csv.gz", delimiter=None)  # (b, i)
    inputs = (raw - raw.mean(axis=0)) / raw.std(axis=0)  # (b, i)
    features = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    return Dataset(
        inputs / len(inputs) ** 0.5,
        read_numbers("diabetes_target.csv.gz", delimiter=None),
        features=features,
        name="diabetes",
    )


ENTRIES = (
    Source("digits", "1,797 handwritten digits of 8x8 pixels, each from 0 to 16; ten classes.", _digits),
    Source("iris", "150 iris flowers, four measures in centimetres; three species, in their order.", _iris),
    Source("wine", "178 Italian wines, thirteen measures; three growers, in their order.", _wine),
    Source("diabetes", "442 patients, ten measures; how far the disease has come a year later, 25 to 346.", _diabetes),
)
