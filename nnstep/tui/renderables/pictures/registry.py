"""All pictures, in their order.

To add one, write a Picture in a file of its own, and its name here, where `v` comes to it.
"""

from nnstep.scenario.compile import Compiled
from nnstep.tui.renderables.pictures.answers import ANSWERS
from nnstep.tui.renderables.pictures.attention import ATTENTION
from nnstep.tui.renderables.pictures.curves import CURVES, CURVES_LOG
from nnstep.tui.renderables.pictures.distributions import DISTRIBUTIONS
from nnstep.tui.renderables.pictures.gradients import GRADIENTS
from nnstep.tui.renderables.pictures.images import IMAGES
from nnstep.tui.renderables.pictures.network import NETWORK
from nnstep.tui.renderables.pictures.picture import Picture
from nnstep.tui.renderables.pictures.surface import SURFACE

PICTURES: dict[str, Picture] = {
    picture.name: picture
    for picture in (NETWORK, CURVES, CURVES_LOG, SURFACE, IMAGES, ATTENTION, ANSWERS, GRADIENTS, DISTRIBUTIONS)
}


def pictures_for(compiled: Compiled) -> tuple[str, ...]:
    """Return the names of the pictures that suit a scenario, in their order."""
    return tuple(name for name, picture in PICTURES.items() if picture.suits(compiled))
