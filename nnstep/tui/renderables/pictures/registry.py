"""How all pictures are painted.

To add one, write its facts and its entry in `explain/pictures/`, its painting in a file of its own, and name that here.
"""

from collections.abc import Callable
from typing import Any

from textual.strip import Strip

from nnstep.explain.pictures.table import SUBJECTS
from nnstep.tui.renderables.pictures import (
    answers,
    attention,
    curves,
    distributions,
    gradients,
    images,
    network,
    surface,
)
from nnstep.tui.renderables.pictures.picture import Page, Picture

_PAINTED: dict[str, Callable[[Any, Page], list[Strip]]] = {
    "network": network.paint,
    "curves": curves.paint,
    "curves, log scale": curves.paint,
    "decision surface": surface.paint,
    "images": images.paint,
    "attention": attention.paint,
    "answers": answers.paint,
    "gradient sizes": gradients.paint,
    "distributions": distributions.paint,
}

PICTURES: dict[str, Picture] = {name: Picture(subject, _PAINTED[name]) for name, subject in SUBJECTS.items()}
