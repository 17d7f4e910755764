"""A confusion matrix as text: rows are what was wanted, columns what was chosen."""

from rich.cells import cell_len

from nnstep.commands.confusion import MOST_CLASSES, draw_confusion
from nnstep.explain.metrics import Metrics

FLOWERS = Metrics(0.1, 3, {(0, 0): 10, (1, 1): 8, (1, 2): 1, (2, 2): 11})


def test_it_is_a_table_with_the_classes_names() -> None:
    lines = draw_confusion(FLOWERS, "test samples", ("setosa", "versicolor", "virginica"), 80)
    assert lines == [
        "confusion      test samples: rows wanted, columns chosen",
        "              setosa  versicolor  virginica",
        "      setosa      10           0          0",
        "  versicolor       0           8          1",
        "   virginica       0           0         11",
    ]


def test_where_the_table_does_not_fit_the_mistakes_are_told() -> None:
    lines = draw_confusion(FLOWERS, "test samples", ("setosa", "versicolor", "virginica"), 42)
    assert lines == [
        "confusion      test samples: the most frequent mistakes",
        "  1 of 9: versicolor was taken for virgin…",
    ]


def test_many_classes_have_no_table() -> None:
    classes = MOST_CLASSES + 1
    answers = {(number, (number + 1) % classes): number + 1 for number in range(classes)}
    lines = draw_confusion(Metrics(0.1, classes, answers), "train samples", [str(n) for n in range(classes)], 80)
    assert lines[1:] == [f"  {n + 1} of {n + 1}: {n} was taken for {(n + 1) % classes}" for n in range(12, 7, -1)]
    fewer = Metrics(0.1, MOST_CLASSES, {(number, number): 1 for number in range(MOST_CLASSES)})
    assert len(draw_confusion(fewer, "train samples", [str(n) for n in range(MOST_CLASSES)], 80)) == MOST_CLASSES + 2


def test_long_and_wide_names_are_cut_and_stay_in_their_columns() -> None:
    lines = draw_confusion(FLOWERS, "test samples", ("日本語" * 9, "x" * 80, "é"), 80)
    assert len({cell_len(line) for line in lines[1:]}) == 1
    assert "…" in lines[1]


def test_there_is_nothing_to_say_without_answers_or_without_mistakes_of_many() -> None:
    assert draw_confusion(Metrics(0.1), "train samples", (), 80) == []
    right = Metrics(0.1, 40, {(number, number): 2 for number in range(40)})
    assert draw_confusion(right, "train samples", [str(n) for n in range(40)], 80) == []
