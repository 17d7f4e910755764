"""Which classes were taken for which, as lines of text: a table, or the most frequent mistakes of many classes."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from nnstep.explain.metrics import Metrics

MOST_CLASSES = 12  # of a table that is read at a glance
_MOST_MISTAKES = 5
_LABEL = 16  # cells
_INDENT, _GAP = "  ", "  "


def draw_confusion(metrics: Metrics, part: str, labels: Sequence[str], width: int) -> list[str]:
    """Return the lines of a confusion matrix: a row for each class wanted, a column for each class chosen.

    part: what the samples are called. labels: the names of the classes. width: cells there are; where the table needs
    more of them, or has more than MOST_CLASSES classes, the most frequent mistakes are told instead. Nothing where
    answers are neither right nor wrong.
    """
    if not metrics.all:
        return []
    table = _table(metrics, labels) if metrics.classes <= MOST_CLASSES else []
    if table and max(map(cell_len, table)) <= width:
        return [f"confusion      {part}: rows wanted, columns chosen", *table]
    told = [
        f"{_INDENT}{count} of {_wanted(metrics, wanted)}: {labels[wanted]} was taken for {labels[chosen]}"
        for (wanted, chosen), count in metrics.mistakes[:_MOST_MISTAKES]
    ]
    return [f"confusion      {part}: the most frequent mistakes", *_cut(told, width)] if told else []


def _table(metrics: Metrics, labels: Sequence[str]) -> list[str]:
    names = _cut(labels, _LABEL)
    counts = metrics.confusion.tolist()
    wide = max(map(cell_len, names))
    widths = [max(cell_len(name), *(len(str(row[column])) for row in counts)) for column, name in enumerate(names)]
    head = _GAP.join(_right(name, size) for name, size in zip(names, widths, strict=True))
    lines = [f"{_INDENT}{' ' * wide}{_GAP}{head}"]
    for name, row in zip(names, counts, strict=True):
        cells = _GAP.join(f"{count:>{size}}" for count, size in zip(row, widths, strict=True))
        lines.append(f"{_INDENT}{_right(name, wide)}{_GAP}{cells}")
    return lines


def _wanted(metrics: Metrics, number: int) -> int:
    return sum(count for (wanted, _), count in metrics.answers.items() if wanted == number)


def _right(text: str, size: int) -> str:
    return " " * (size - cell_len(text)) + text


def _cut(texts: Sequence[str], size: int) -> list[str]:
    return [text if cell_len(text) <= size else set_cell_size(text, size - 1).rstrip() + "…" for text in texts]
