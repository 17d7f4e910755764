"""A CSV file that a scenario names, as numbers: every cell is used, or the file is refused with its line."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnstep.errors import NnstepError, unknown
from nnstep.scenario.decode import decode
from nnstep.scenario.document import too_large
from nnstep.scenario.limits import COLUMNS, LABEL, SAMPLES, TABLE_BYTES
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.model import FileData
from nnstep.scenario.reading import read_regular
from nnstep.scenario.scalars import BadScalarError, decimal, plain_number
from nnstep.scenario.text import SafeText, in_message

Array = NDArray[np.float64]


class Table(NamedTuple):
    """A table's numbers. inputs: (b, i). targets: (b, j). features, answers: the names of their columns.

    classes: where the target tells classes, what the table calls them; the targets are their numbers, (b, 1).
    """

    inputs: Array
    targets: Array
    features: tuple[SafeText, ...]
    answers: tuple[SafeText, ...]
    classes: tuple[SafeText, ...] = ()


def read_csv(loaded: LoadedScenario, data: FileData) -> Table:
    """Return the table that a scenario names; raises NnstepError as `parse_csv` does, and where there is none."""
    raw = read_regular(loaded.data_file(data.file), TABLE_BYTES)
    places = [loaded.where("data", "targets", index) for index in range(len(data.targets))]
    return parse_csv(raw, data.file, data.targets, places, as_classes=data.one_hot)


def parse_csv(
    raw: bytes, source: str, targets: Sequence[str], places: Sequence[str], *, as_classes: bool = False
) -> Table:
    """Return the numbers of a CSV file: comma-separated, UTF-8, the first line naming the columns.

    source: what messages call the file. targets: the columns to predict, in this order; places: where the scenario
    names each. as_classes: does the target tell classes, as words or as numbers? They are counted in the order of the
    alphabet, numbers by size. Raises NnstepError, with the line and the column, for whatever else is not a finite
    decimal number in a row as long as the first.
    """
    name = in_message(source, limit=200)
    if len(raw) > TABLE_BYTES:
        error = too_large(name, TABLE_BYTES)
        error.hint = "keep fewer rows"
        raise error
    rows = _rows(decode(raw, name).characters, name)
    first = next(rows, None)
    if first is None:
        raise NnstepError("this file is empty", where=f"{name}:1", hint="the first line names the columns")
    header = _header(first[1], name)
    chosen = [_column(target, header, place) for target, place in zip(targets, places, strict=True)]
    others = [column for column in range(len(header)) if column not in chosen]
    if not others:
        raise NnstepError("every column is a target", where=places[0], hint="leave at least one column for the inputs")
    if as_classes and len(chosen) > 1:
        hint = "keep one column of classes, or leave one_hot out"
        raise NnstepError("one_hot is for one target, and these are more", where=places[1], hint=hint)
    features, answers = tuple(header[column] for column in others), tuple(header[column] for column in chosen)
    numbers, words = _numbers(rows, header, name, chosen, as_classes)  # (b, columns)
    if not as_classes:
        return Table(numbers[:, others], numbers[:, chosen], features, answers)
    classes = _classes(words)
    order = {word: float(place) for place, word in enumerate(classes)}
    indices = np.array([[order[word]] for word in words])  # (b, 1)
    return Table(numbers[:, others], indices, features, answers, classes)


def _classes(words: Sequence[SafeText]) -> tuple[SafeText, ...]:
    found = sorted(set(words))
    return tuple(sorted(found, key=float) if all(map(plain_number, found)) else found)


def _rows(characters: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line it begins in; blank lines may only end the file."""
    reader = csv.reader(io.StringIO(characters, newline=""), strict=True, skipinitialspace=True)
    line, blank = 1, 0
    try:
        for row in reader:
            if row and blank:
                raise NnstepError("this line is empty", where=f"{name}:{blank}", hint="delete it")
            if row:
                yield line, row
            else:
                blank = blank or line
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "put quotes around a whole cell, and double the ones inside it"
        raise NnstepError(f"this is not CSV: {in_message(str(error))}", where=f"{name}:{line}", hint=hint) from None


def _header(row: list[str], name: str) -> tuple[SafeText, ...]:
    where = f"{name}:1"
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(row) == 1 and sign in row[0]:
            hint = 'save the table as "CSV, comma separated", with a point in the decimals'
            raise NnstepError(f"the columns are set off by {called}, not by commas", where=where, hint=hint)
    if len(row) > COLUMNS:
        raise NnstepError(f"{len(row):,} columns; at most {COLUMNS:,} are read", where=where)
    if all(plain_number(cell.strip()) for cell in row):
        raise NnstepError(
            "the first line holds numbers", where=where, hint="put a line above it that names the columns"
        )
    header = tuple(in_message(cell.strip(), limit=LABEL) for cell in row)
    for column, title in enumerate(header):
        if not title:
            raise NnstepError(
                f"column {column + 1} has no name", where=where, hint="name every column in the first line"
            )
        if title in header[:column]:
            what = f"two columns are called {title!r}: {header.index(title) + 1} and {column + 1}"
            raise NnstepError(what, where=where, hint="give each column a name of its own")
    return header


def _column(target: str, header: tuple[SafeText, ...], place: str) -> int:
    title = in_message(target.strip(), limit=LABEL)
    if title not in header:
        raise unknown("column", title, header, where=place)
    return header.index(title)


def _numbers(
    rows: Iterator[tuple[int, list[str]]], header: tuple[SafeText, ...], name: str, targets: list[int], as_classes: bool
) -> tuple[Array, list[SafeText]]:
    """Return the rows below the header as numbers, (b, columns), and the words of the target where it tells classes."""
    found: list[list[float]] = []
    words: list[SafeText] = []
    for line, row in rows:
        where = f"{name}:{line}"
        if len(row) != len(header):
            what = f"this row has {len(row)} cells, but the first line names {len(header)} columns"
            hint = "a number with a decimal comma counts as two cells" if len(row) > len(header) else "fill it up"
            raise NnstepError(what, where=where, hint=hint)
        if len(found) == SAMPLES:
            raise NnstepError(f"more than {SAMPLES:,} rows", where=where, hint="keep fewer rows")
        if as_classes:
            words.append(in_message(_filled(row[targets[0]], header[targets[0]], where), limit=LABEL))
            row[targets[0]] = "0"
        found.append([_number(cell, header, column, where, targets) for column, cell in enumerate(row)])
    if not found:
        raise NnstepError("there are no rows below the first line", where=f"{name}:2", hint="one row for each sample")
    return np.array(found, dtype=np.float64), words  # (b, columns)


def _filled(cell: str, title: SafeText, where: str) -> str:
    if not cell.strip():
        raise NnstepError(f"column {title}: the cell is empty", where=where, hint="fill it in, or leave the row out")
    return cell.strip()


def _number(cell: str, header: tuple[SafeText, ...], column: int, where: str, targets: list[int]) -> float:
    title = header[column]
    cell = _filled(cell, title, where)
    try:
        return decimal(cell)
    except BadScalarError as fault:
        hint = "for classes, add one_hot: true to data" if targets == [column] and cell.isalpha() else fault.hint
        raise NnstepError(f"column {title}: {fault.what}", where=where, hint=hint) from None
