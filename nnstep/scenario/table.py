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
Body = list[tuple[int, list[str]]]
"""The rows below the header: each with the line it begins in."""


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
    body = _body(rows, header, name)
    inputs = _numbers(body, header, name, others)  # (b, i)
    if as_classes:
        classes, indices = _classes(body, chosen[0], answers[0], name)
        return Table(inputs, indices, features, answers, classes)
    hint = "for classes, add one_hot: true to data" if len(chosen) == 1 else ""
    return Table(inputs, _numbers(body, header, name, chosen, hint=hint), features, answers)


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
        raise NnstepError(f"{len(row):,} columns; at most {COLUMNS:,} are read", where=where, hint="leave some out")
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


def _body(rows: Iterator[tuple[int, list[str]]], header: tuple[SafeText, ...], name: str) -> Body:
    """Return the rows below the header with their lines, a cell for each column and none of them empty."""
    body: Body = []
    for line, row in rows:
        where = f"{name}:{line}"
        if len(row) != len(header):
            what = f"this row has {len(row)} cells, but the first line names {len(header)} columns"
            hint = "a number with a decimal comma counts as two cells" if len(row) > len(header) else "fill it up"
            raise NnstepError(what, where=where, hint=hint)
        if len(body) == SAMPLES:
            raise NnstepError(f"more than {SAMPLES:,} rows", where=where, hint="keep fewer rows")
        cells = [cell.strip() for cell in row]
        if "" in cells:
            what = f"column {header[cells.index('')]}: the cell is empty"
            raise NnstepError(what, where=where, hint="fill it in, or leave the row out")
        body.append((line, cells))
    if not body:
        raise NnstepError("there are no rows below the first line", where=f"{name}:2", hint="one row for each sample")
    return body


def _numbers(body: Body, header: tuple[SafeText, ...], name: str, columns: Sequence[int], *, hint: str = "") -> Array:
    """Return some columns as numbers, (b, columns). hint: what to try where there is a word."""
    return np.array(
        [[_number(row[column], header[column], f"{name}:{line}", hint) for column in columns] for line, row in body],
        dtype=np.float64,
    )  # (b, columns)


def _number(cell: str, title: SafeText, where: str, hint: str) -> float:
    try:
        return decimal(cell)
    except BadScalarError as fault:
        is_word = cell[0].isalpha() and cell.lower() not in ("nan", "inf", "infinity")
        told = hint if hint and is_word else fault.hint or "write numbers: 1 for yes, 0 for no, a class by its number"
        raise NnstepError(f"column {title}: {fault.what}", where=where, hint=told) from None


def _classes(body: Body, column: int, title: SafeText, name: str) -> tuple[tuple[SafeText, ...], Array]:
    """Return the classes that a column tells, and the number of each row's, (b, 1)."""
    first: dict[str, str] = {}  # where each is met first
    for line, row in body:
        first.setdefault(row[column], f"{name}:{line}")
    numbers = {cell: decimal(cell) for cell in first if plain_number(cell)}
    for cell, where in first.items():
        if numbers and cell not in numbers:
            what = f"column {title}: {in_message(cell)!r} is not a number, and other classes are"
            raise NnstepError(what, where=where, hint="call all of them by numbers, or all by words")
        if len(cell) > LABEL:
            what = f"column {title}: a class's name has {len(cell)} characters; at most {LABEL} are shown"
            raise NnstepError(what, where=where, hint="shorten it")
    found = sorted(set(numbers.values())) if numbers else sorted(first)
    if len(found) < 2:
        hint = "there must be another one to be told from it"
        raise NnstepError(f"column {title} holds one class only", where=f"{name}:{body[0][0]}", hint=hint)
    order = {key: place for place, key in enumerate(found)}
    indices = [[order[numbers.get(row[column], row[column])]] for _, row in body]
    return tuple(in_message(_called(key), limit=LABEL) for key in found), np.array(indices, dtype=np.float64)  # (b, 1)


def _called(key: float | str) -> str:
    return key if isinstance(key, str) else f"{int(key)}" if key.is_integer() else repr(key)
