"""A CSV file becomes numbers, all of them, or it is refused with the line."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.errors import NnstepError
from nnstep.scenario import limits
from nnstep.scenario.data import prepare_data
from nnstep.scenario.load import load
from nnstep.scenario.model import FileData
from nnstep.scenario.table import Table, parse_csv, read_csv

HERE = Path(__file__).parent
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def read(text: str | bytes, *targets: str, as_classes: bool = False) -> Table:
    raw = text.encode() if isinstance(text, str) else text
    places = [f"f.yaml:4:{n}" for n in range(len(targets))]
    return parse_csv(raw, "t.csv", targets, places, as_classes=as_classes)


def test_the_table_beside_a_scenario() -> None:
    loaded = load(HERE / "good-table.yaml")
    assert isinstance(loaded.model.data, FileData)
    table = read_csv(loaded, loaded.model.data)
    assert table.inputs.tolist() == [[1.5, 2.0], [0.5, 0.001], [-2.0, 0.25]]
    assert table.targets.tolist() == [[0.0], [1.0], [0.5]]
    assert table.features == ("height", "width")
    assert table.answers == ("score",)


def test_targets_come_in_the_order_they_are_named() -> None:
    table = read("a,b,c\n1,2,3\n4,5,6\n", "c", "a")
    assert table.inputs.tolist() == [[2.0], [5.0]]
    assert table.targets.tolist() == [[3.0, 1.0], [6.0, 4.0]]
    assert table.answers == ("c", "a")


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfx,y\r\n1,2\r\n",
        "x,y\r1,2\r",
        ' x , "y"\n"1", 2 \n',
        "x,y\n1,2\n\n\n",
        'x,y\n1,"2\n"\n',
    ],
)
def test_spreadsheets_write_tables_in_many_ways(text: str | bytes) -> None:
    table = read(text, "y")
    assert (table.inputs.tolist(), table.targets.tolist()) == ([[1.0]], [[2.0]])


@given(rows=st.lists(st.tuples(FINITE, FINITE, FINITE), min_size=1))
def test_what_python_writes_is_read_to_the_last_bit(rows: list[tuple[float, float, float]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("a", "b", "c"), *rows])
    table = read(text.getvalue(), "b")
    numbers = np.array(rows)
    assert table.inputs.tobytes() == np.ascontiguousarray(numbers[:, [0, 2]]).tobytes()
    assert table.targets.tobytes() == np.ascontiguousarray(numbers[:, [1]]).tobytes()


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("", "t.csv:1", "empty"),
        ("x,y\n", "t.csv:2", "no rows below"),
        ("1,2\n3,4\n", "t.csv:1", "the first line holds numbers"),
        ("x;y\n1;2\n", "t.csv:1", "set off by semicolons"),
        ("x\ty\n1\t2\n", "t.csv:1", "set off by tabs"),
        ("x,,y\n1,2,3\n", "t.csv:1", "column 2 has no name"),
        ("x,y,x\n1,2,3\n", "t.csv:1", "two columns are called 'x': 1 and 3"),
        (",".join(f"c{n}" for n in range(5_000)) + "\n", "t.csv:1", "5,000 columns"),
        ("x,z\n1,2\n", "f.yaml:4:0", "no column called 'y'"),
        ("y\n1\n", "f.yaml:4:0", "every column is a target"),
        ("x,y\n1,2\n3\n", "t.csv:3", "1 cells, but the first line names 2"),
        ("x,y\n1,2\n3,4,5\n", "t.csv:3", "3 cells, but the first line names 2"),
        ("x,y\n1,2\n1,5,0,5\n", "t.csv:3", "decimal comma"),
        ("x,y\n1,2\n\n3,4\n", "t.csv:3", "this line is empty"),
        ("x,y\n1,\n", "t.csv:2", "column y: the cell is empty"),
        ("x,y\n1,2\none,2\n", "t.csv:3", "column x: 'one' is not a number"),
        ('x,y\n"0,5",2\n', "t.csv:2", "write 0.5"),
        ("x,y\n−1,2\n", "t.csv:2", "not the one of the keyboard"),
        ("x,y\nnan,2\n", "t.csv:2", "not a finite number"),
        ("x,y\n1,-inf\n", "t.csv:2", "not a finite number"),
        ("x,y\n1e999,2\n", "t.csv:2", "it would be infinite"),
        ("x,y\n1e-999,2\n", "t.csv:2", "it would be zero"),
        ("x,y\n0x10,2\n", "t.csv:2", "write 16"),
        ("x,y\n1_000,2\n", "t.csv:2", "write 1000"),
        ("x,y\ntrue,2\n", "t.csv:2", "'true' is not a number"),
        ("x,y\n=1+1,2\n", "t.csv:2", "'=1+1' is not a number"),
        ("x,y\n" + "9" * 200 + ",2\n", "t.csv:2", "200 characters"),
        ("x,y\n" + "9" * 200_000 + ",2\n", "t.csv:2", "not CSV"),
        ('x,y\n"1,2\n', "t.csv:2", "not CSV"),
        ('x,y\n"1"1,2\n', "t.csv:2", "not CSV"),
        ('x,y\n"1\n\n",2\n3,z\n', "t.csv:5", "column y"),
        ("x,y\n1,\x00\n", "t.csv:2:3", "control character here, U+0000"),
        ("x,y\n1,\x1b[2J\n", "t.csv:2:3", "control character here, U+001B"),
        (b"x,y\n1,\xff\n", "t.csv:2:3", "byte 0xFF is not UTF-8"),
        ("x,y\n1,2\n".encode("utf-16"), "t.csv:1:1", "not in UTF-8"),
        ("x,y\n" + "1,2\n" * (limits.SAMPLES + 1), f"t.csv:{limits.SAMPLES + 2}", "more than 100,000 rows"),
        (b"x,y\n" + b"1" * limits.TABLE_BYTES, "t.csv:1:1", "larger than 4096 KiB"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, str | bytes) else None,
)
def test_what_is_not_a_table_of_numbers_is_refused(text: str | bytes, where: str, words: str) -> None:
    with pytest.raises(NnstepError) as caught:
        read(text, "y")
    assert caught.value.where == where
    assert words in f"{caught.value.what} {caught.value.hint}"
    assert len(str(caught.value)) < 400


@given(raw=st.binary() | st.text('xy,;"\n\r 1.e-', max_size=40).map(lambda text: f"x,y\n{text}".encode()))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    found = outcome(raw)
    if isinstance(found, NnstepError):
        assert found.where
    else:
        assert np.isfinite(found.inputs).all()
        assert len(found.inputs) == len(found.targets) > 0


def outcome(raw: bytes) -> Table | NnstepError:
    try:
        return read(raw, "y")
    except NnstepError as error:
        return error


@pytest.mark.parametrize(
    ("cells", "classes", "indices"),
    [
        (["wolf", "ant", "wolf", "bee"], ("ant", "bee", "wolf"), [2, 0, 2, 1]),
        (["10", "9", "9", "-1"], ("-1", "9", "10"), [2, 1, 1, 0]),
        (["1", "01", "1.0", "-0"], ("0", "1"), [1, 1, 1, 0]),
        (["0.5", "2", ".5", "2e0"], ("0.5", "2"), [0, 1, 0, 1]),
    ],
)
def test_classes_are_counted_in_their_order(cells: list[str], classes: tuple[str, ...], indices: list[int]) -> None:
    table = read("x,kind\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells)), "kind", as_classes=True)
    assert table.classes == classes
    assert table.targets.tolist() == [[index] for index in indices]
    assert table.inputs.tolist() == [[0.0], [1.0], [2.0], [3.0]]


@pytest.mark.parametrize(
    ("text", "targets", "as_classes", "told"),
    [
        ("x,kind\n1,ant\n", ("kind",), False, "one_hot: true"),
        ("x,kind\nant,1\n", ("kind",), True, "'ant' is not a number"),
        ("x,kind\n1, \n", ("kind",), True, "t.csv:2"),
        ("x,kind,more\n1,a,b\n", ("kind", "more"), True, "f.yaml:4:1"),
        ("x,kind\n1,Iris-setosa\n", ("kind",), False, "one_hot: true"),
        ("x,kind\n1,nan\n", ("kind",), False, "not a finite number"),
        ("x,kind\n1,0\n2,1\n3,nan\n", ("kind",), True, "t.csv:4"),
        ("x,kind\n1,10\n2,9\n3,x\n", ("kind",), True, "'x' is not a number, and other classes are"),
        ("x,kind\n1,yes\n2,yes\n", ("kind",), True, "one class only"),
        (f"x,kind\n1,{'a' * 81}\n2,{'a' * 80}b\n", ("kind",), True, "t.csv:2"),
    ],
)
def test_classes_that_can_not_be_read(text: str, targets: tuple[str, ...], as_classes: bool, told: str) -> None:
    with pytest.raises(NnstepError) as caught:
        read(text, *targets, as_classes=as_classes)
    assert told in str(caught.value)


FLOWERS = "length,width,kind\n5.1,3.5,rose\n7,3.2,iris\n6.3,3.3,iris\n5,3,rose\n"
PREPARED = """
title: Flowers
data: {file: flowers.csv, targets: [kind], one_hot: true, scale: minmax, take: 3}
network: [{layer: dense, units: 2, activation: softmax}]
loss: cce
optimizer: sgd
"""


def test_a_table_is_prepared_as_a_data_set_is(tmp_path: Path) -> None:
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    (tmp_path / "flowers.yaml").write_text(PREPARED)
    data = prepare_data(load(tmp_path / "flowers.yaml"))
    assert data.labels == ("iris", "rose")
    assert data.train.targets.tolist() == [[0, 1], [1, 0], [1, 0]]
    lengths = np.array([5.1, 7, 6.3, 5])  # (b)
    assert data.train.inputs[:, 0] == pytest.approx(((lengths - 5) / 2)[:3], abs=1e-12)


def test_words_of_a_table_are_not_renamed_and_numbers_are(tmp_path: Path) -> None:
    named = PREPARED.replace("take: 3", "labels: [dog, cat]")
    (tmp_path / "flowers.yaml").write_text(named)
    (tmp_path / "flowers.csv").write_text(FLOWERS.replace("rose", "7").replace("iris", "-7"))
    assert prepare_data(load(tmp_path / "flowers.yaml")).labels == ("dog", "cat")
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    with pytest.raises(NnstepError, match="calls its classes itself: iris, rose"):
        prepare_data(load(tmp_path / "flowers.yaml"))


def test_so_are_samples_that_are_written_out(tmp_path: Path) -> None:
    text = PREPARED.replace("file: flowers.csv, targets: [kind]", "inputs: [[2], [4], [3]], targets: [[1], [0], [2]]")
    (tmp_path / "written.yaml").write_text(text.replace("units: 2", "units: 3"))
    data = prepare_data(load(tmp_path / "written.yaml"))
    assert data.train.inputs.tolist() == [[0.0], [1.0], [0.5]]
    assert data.train.targets.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_more_classes_than_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n},word{n}\n" for n in range(limits.CLASSES + 1))
    (tmp_path / "flowers.csv").write_text("length,width,kind\n" + rows)
    (tmp_path / "flowers.yaml").write_text(PREPARED)
    with pytest.raises(NnstepError, match="1,001 classes") as caught:
        prepare_data(load(tmp_path / "flowers.yaml"))
    assert caught.value.where.endswith("flowers.yaml:3:53")
