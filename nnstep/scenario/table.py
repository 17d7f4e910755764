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
    """A table's numbers. inputs: (b, i). targets: (b, j). features, answers: the names of their columns."""

    inputs: Array
    targets: Array
    features: tuple[SafeText, ...]
    answers: tuple[SafeText, ...]


def read_csv(loaded: LoadedScenario, data: FileData) -> Table:
    """Return the table that a scenario names; raises NnstepError as `parse_csv` does, and where there is none."""
    raw = read_regular(loaded.data_file(data.file), TABLE_BYTES)
    places = [loaded.where("data", "targets", index) for index in range(len(data.targets))]
    return parse_csv(raw, data.file, data.targets, places)


def parse_csv(raw: bytes, source: str, targets: Sequence[str], places: Sequence[str]) -> Table:
    """Return the numbers of a CSV file: comma-separated, UTF-8, the first line naming the columns.

    source: what messages call the file. targets: the columns to predict, in this order; places: where the scenario
    names each. Raises NnstepError, with the line and the column, for whatever is not a finite decimal number in a row
    as long as the first.
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
    numbers = _numbers(rows, header, name)  # (b, columns)
    features, answers = tuple(header[column] for column in others), tuple(header[column] for column in chosen)
    return Table(numbers[:, others], numbers[:, chosen], features, answers)


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


def _numbers(rows: Iterator[tuple[int, list[str]]], header: tuple[SafeText, ...], name: str) -> Array:
    """Return the rows below the header as numbers, (b, columns)."""
    found: list[list[float]] = []
    for line, row in rows:
        if len(row) != len(header):
            what = f"this row has {len(row)} cells, but the first line names {len(header)} columns"
            hint = "a number with a decimal comma counts as two cells" if len(row) > len(header) else "fill it up"
            raise NnstepError(what, where=f"{name}:{line}", hint=hint)
        if len(found) == SAMPLES:
            raise NnstepError(f"more than {SAMPLES:,} rows", where=f"{name}:{line}", hint="keep fewer rows")
        found.append([_number(cell, header[column], f"{name}:{line}") for column, cell in enumerate(row)])
    if not found:
        raise NnstepError("there are no rows below the first line", where=f"{name}:2", hint="one row for each sample")
    return np.array(found, dtype=np.float64)  # (b, columns)


def _number(cell: str, title: SafeText, where: str) -> float:
    cell = cell.strip()
    if not cell:
        raise NnstepError(f"column {title}: the cell is empty", where=where, hint="fill it in, or leave the row out")
    try:
        return decimal(cell)
    except BadScalarError as fault:
        raise NnstepError(f"column {title}: {fault.what}", where=where, hint=fault.hint) from None
