"""Answers: which class is taken for which, and the samples that are answered wrong.

A lecturer asks why 8 is taken for 1, and shows the very pictures. A student sees what the accuracy is made of, and
that a network that is wrong is often wrong about what people would find hard as well.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.explain.figures import figure, short
from nnstep.explain.metrics import Metrics
from nnstep.explain.pictures.answers import NOT_YET, Answers, Wrong
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.large import LINES, large, large_width
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.tiles import draw_grey
from nnstep.tui.renderables.text import cut_end
from nnstep.tui.theme import Cell as State

_CAPTION: Final = 10  # cells from one wrong image to the next, at the least
_LEAST_LARGE: Final = 18  # lines from which on the accuracy is told large
_NAME: Final = 8  # cells of a class's name, where there is no room for all of it
_BESIDE: Final = 28  # cells that the wrong samples beside the table would like
_MARKED: Final = "! the most frequent mistakes"
_SAYS: Final = "the network says"
_NOW: Final = " with the weights of now"
_HEADINGS: Final = ("what it is → what the network says, and how sure it is", "is → says, how sure")


def paint(answers: Answers, page: Page) -> list[Strip]:
    """Return the table at the left (above, where it is wide), and the wrong samples beside it."""
    palette = page.palette
    canvas = Canvas(page.width, page.height, palette.bg)
    if answers is NOT_YET:
        canvas.text(1, 0, "asking the network about every sample …", palette.bg + palette.dim)
        return canvas.strips()
    metrics = answers.metrics
    top = LINES + 1 if page.is_large and page.height >= _LEAST_LARGE else 0
    at = 1 + canvas.text(1, 0, f"{answers.part} samples", palette.bg + palette.heading)
    if metrics.accuracy is None:
        canvas.text(at + 2, 0, "the answers are no finite numbers", palette.bg + palette.error)
        return canvas.strips()
    told = f"  {metrics.right} of {metrics.all} right"
    if not top:
        told += f", {metrics.accuracy:.1%}   loss {figure(metrics.loss)}"
        told += _NOW if at + cell_len(told + _NOW) <= page.width else ""
    else:
        for line, part in enumerate(large(f"{metrics.accuracy:.1%}"), 1):
            canvas.text(1, line, part, palette.bg + palette.ok)
    canvas.text(at, 0, told, palette.bg + palette.text)
    width = _table(canvas, answers, metrics, page, top)
    _list(canvas, answers, width + 3, page)
    return canvas.strips()


def _table(canvas: Canvas, answers: Answers, metrics: Metrics, page: Page, top: int) -> int:
    """Draw the confusion matrix, or its most frequent mistakes where it is too large; return its width.

    top: lines that the accuracy takes.
    """
    counts, palette = metrics.confusion, page.palette
    names, cell, label = _named(answers.classes, int(counts.max()), page.width)
    tall, larger = LINES + 1, large_width(str(int(counts.max()))) + 4
    if not top or 1 + label + larger * len(names) > page.width or tall * len(names) + 4 + top > page.height:
        tall, larger = 1, cell
    cell = max(cell, larger)
    across = max(cell * len(names), len(_SAYS))
    width = 1 + label + across
    if width > page.width or len(names) + 3 + top > page.height:
        return _mistakes(canvas, answers, metrics, page, top)
    # Said as it is read: a row of what it is, a column of what the network says.
    canvas.text(1, 1 + top, "is ↓", palette.bg + palette.dim, label)
    canvas.centred(1 + label, 1 + top, _SAYS, palette.bg + palette.dim, across)
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    most = int(wrong.max())
    for n, name in enumerate(names):
        canvas.text(1 + label + cell * n + cell - cell_len(name), 2 + top, name, palette.bg + palette.name)
        y = 3 + top + tall * n
        canvas.text(1, y + tall // 2, name.rjust(label), palette.bg + palette.name, label)
        for k in range(len(names)):
            count = int(counts[n, k])
            style = palette.bg + palette.dim
            if count and n == k:
                style = palette.bg + palette.ok
            elif count:
                style = palette.cells[State.NEGATIVE_2 if 2 * count >= most else State.NEGATIVE_1]
            is_marked = n != k and bool(count) and 2 * count >= most
            _count(canvas, (1 + label + cell * k, y, cell), count, "!" * is_marked, style, is_large=tall > 1)
    if most:
        canvas.text(1, 4 + top + tall * len(names), _MARKED, palette.bg + palette.dim)
        width = max(width, 1 + len(_MARKED))
    return width


def _count(canvas: Canvas, box: tuple[int, int, int], count: int, mark: str, style: Style, *, is_large: bool) -> None:
    """Write how many there are at the right of a box of x, y and width; mark: before a frequent mistake."""
    x, y, width = box
    if not is_large or not count:
        # A dot is a zero that need not be read.
        canvas.text(x, y + (LINES // 2) * is_large, f"{mark}{count or '·'}".rjust(width), style)
        return
    figures = large(str(count))
    for line, part in enumerate(figures):
        canvas.text(x, y + line, f"{mark * (line == LINES // 2)} {part}".rjust(width), style)


def _named(classes: Sequence[str], most: int, width: int) -> tuple[list[str], int, int]:
    """Return the names of classes as they have room in a table, the cells of its columns, and those before them.

    most: the largest count. width: of the page; names are whole where the wrong samples still have room beside them.
    """
    for limit in (max(map(cell_len, classes)), _NAME):
        names = [cut_end(name, limit) for name in classes]
        longest = max(map(cell_len, names))
        cell, label = max(2, longest, len(str(most))) + 2, max(6, longest)
        if 1 + label + cell * len(names) + _BESIDE <= width:
            break
    return names, cell, label


def _mistakes(canvas: Canvas, answers: Answers, metrics: Metrics, page: Page, top: int) -> int:
    palette, width = page.palette, min(page.width // 2, 32)
    canvas.text(1, 1 + top, "the most frequent mistakes", palette.bg + palette.dim, width)
    for y, ((wanted, chosen), count) in enumerate(metrics.mistakes[: max(page.height - 2 - top, 0)], 2 + top):
        text = f"{count:>5}  {answers.classes[wanted]} taken for {answers.classes[chosen]}"
        canvas.text(1, y, text, palette.bg + palette.text, width)
    return width


def _list(canvas: Canvas, answers: Answers, x: int, page: Page) -> None:
    """Show wrong samples: as images, or by their numbers."""
    width, palette = page.width - x, page.palette
    if width < 16:
        return
    if not answers.wrong:
        canvas.text(x, 2, "none is wrong", palette.bg + palette.ok, width)
        return
    if answers.image:
        heading = next((one for one in _HEADINGS if len(one) <= width), "")
        canvas.text(x, 1, heading, palette.bg + palette.dim)
        _pictures(canvas, answers, x, page)
        return
    for y, one in enumerate(answers.wrong[page.top :][: page.height - 2], 2):
        canvas.text(x, y, _told(answers, one, width), palette.bg + palette.text, width)


def _told(answers: Answers, one: Wrong, width: int) -> str:
    """Return what a sample is and what the network says of it, in as many words as there is room for."""
    wanted, chosen, sure = answers.classes[one.wanted], answers.classes[one.chosen], f"{one.chance:.0%} sure"
    # Numbers alone are those of samples trained on, as the title of the screen has them.
    part = "sample" if answers.part == "training" else answers.part
    said = f"{part} {one.number}: is {wanted}, says {chosen}, {sure}"
    numbers = ", ".join(map(short, one.inputs.ravel()[:6].tolist()))
    ways = (f"{said}   ({numbers})", said, f"{one.number}: {wanted} → {chosen}, {sure}")
    lead = f"{one.number}: "
    cut = lead + _caption(wanted, chosen, f" {one.chance:.0%}", width - len(lead))
    return next((way for way in ways if cell_len(way) <= width), cut)


def _pictures(canvas: Canvas, answers: Answers, x: int, page: Page) -> None:
    """Draw wrong samples with what they are and what the network says, row after row."""
    assert answers.image is not None
    rows, columns = answers.image
    palette = page.palette
    large = 2 * columns <= 16 and page.width - x >= 2 * (2 * columns + 2)
    wide, high = (2 * columns if large else min(columns, 16)), min(rows, 12)
    pitch = max(wide + 2, _CAPTION)
    across = max((page.width - x) // pitch, 1)
    fit = max((page.height - 2) // (high + 2), 1)
    first = min(page.top // 3, max(-(-len(answers.wrong) // across) - fit, 0)) * across
    for n, one in enumerate(answers.wrong[first : first + across * fit]):
        left, top = x + n % across * pitch, 2 + n // across * (high + 2)
        shown = one.inputs if one.inputs.ndim < 3 else one.inputs[0]
        draw_grey(canvas, (left, top), shown.reshape(rows, columns), (wide, high), palette)
        said = _caption(answers.classes[one.wanted], answers.classes[one.chosen], f" {one.chance:.0%}", pitch - 1)
        canvas.text(left, top + high, said, palette.bg + palette.error, pitch - 1)
    left_over = len(answers.wrong) - first - across * fit
    if left_over > 0:
        canvas.text(x, page.height - 1, f"↓ {left_over} more", palette.bg + palette.dim)


def _caption(wanted: str, chosen: str, sure: str, width: int) -> str:
    """Return what a sample is and what the network says, with names that are cut alike where they have no room."""
    room = max((width - len(sure) - 1) // 2, 1)
    if cell_len(wanted) + cell_len(chosen) <= 2 * room:
        room = width
    return f"{cut_end(wanted, room)}→{cut_end(chosen, room)}{sure}"
