"""In the place of a picture of what the network answers, while that is still to be predicted."""

from textual.strip import Strip

from nnstep.explain.pictures.seen import Seen
from nnstep.explain.pictures.subject import Subject
from nnstep.tui.renderables.pictures.canvas import Canvas
from nnstep.tui.renderables.pictures.picture import Page, Picture
from nnstep.tui.renderables.text import cut_end

_WAYS = "it is shown when that has been said, or no more is asked: p"


def facts(_seen: Seen, name: str) -> str:
    """Return the name of what is to be predicted."""
    return name


def paint(name: str, page: Page) -> list[Strip]:
    """Return a page that says what it waits for."""
    canvas, palette = Canvas(page.width, page.height, page.palette.bg), page.palette
    canvas.text(
        1,
        0,
        cut_end(f"This picture would tell {name}, which is still to be predicted;", page.width - 2),
        palette.bg + palette.text,
    )
    canvas.text(1, 1, cut_end(_WAYS, page.width - 2), palette.bg + palette.dim)
    return canvas.strips()


KEPT = Picture(Subject("kept", "What is still to be predicted.", facts), paint)
