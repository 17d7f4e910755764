"""Curves of the loss and of the part that is right: of the samples trained on, and of those set aside.

A lecturer shows where the curves part: from there on the network learns by heart. A student sees whether the training
still gets anywhere, and with the logarithm whether the last tenth falls as fast as the first.
"""

from typing import Final

from rich.style import Style
from textual.strip import Strip

from nnstep.explain.pictures.curves import Curves
from nnstep.tui.renderables.pictures.canvas import DASHED, DOTTED, SOLID, Canvas, Pattern
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.plot import draw_plot
from nnstep.tui.theme import Palette

_SIDE_BY_SIDE: Final = 110  # cells from which on both plots have room beside each other


def paint(curves: Curves, page: Page) -> list[Strip]:
    """Return both plots, side by side or under each other."""
    canvas = Canvas(page.width, page.height, page.palette.bg)
    plots = curves.plots
    looks = series_looks(page.palette)
    if len(plots) == 1:
        boxes = [(0, 0, page.width, page.height)]
    elif page.width >= _SIDE_BY_SIDE:
        half = page.width // 2
        boxes = [(0, 0, half - 1, page.height), (half + 1, 0, page.width - half - 1, page.height)]
    else:
        upper = page.height - page.height * 2 // 5
        boxes = [(0, 0, page.width, upper), (0, upper, page.width, page.height - upper)]
    for plot, box in zip(plots, boxes, strict=True):
        draw_plot(canvas, box, plot, looks, page.palette, is_large=page.is_large)
    return canvas.strips()


def series_looks(palette: Palette) -> dict[str, tuple[Style, Pattern]]:
    """Return colour and pattern of each series: never colour alone."""
    return {
        "train": (palette.train, SOLID),
        "validation": (palette.name, DASHED),
        "test": (palette.test, DOTTED),
    }
