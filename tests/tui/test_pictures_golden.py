"""Each picture on a page of 78×18, as it was agreed on: what a terminal of 80×24 has room for.

`UPDATE_GOLDEN=1 pytest tests/tui/test_pictures_golden.py` writes them; look at each as a picture before you keep it.
"""

from dataclasses import dataclass

import pytest

from nnstep.explain.pictures.seen import Seen
from nnstep.session import Session
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.theme import Mode, palette
from tests.helpers.golden import check_golden, golden_strips
from tests.tui.driving import shipped

PAGE = (78, 18)


@dataclass(frozen=True)
class Shot:
    """A picture at an iteration and a step."""

    name: str
    picture: str
    scenario: str
    at: tuple[int, int]
    mode: Mode = "truecolor"
    is_large: bool = False

    def seen(self, session: Session) -> Seen:
        """Return what it is made from."""
        return Seen(session.view(), *PAGE, session.history.at_hand, self.is_large)


SHOTS = (
    Shot("network-forward", "network", "spreadsheet", (2, 1)),
    Shot("network-backward", "network", "spreadsheet", (2, 9)),
    Shot("network-gradients", "network", "xor", (1, 14), "16"),
    Shot("network-no-colours", "network", "xor", (1, 11), "none"),
    Shot("network-of-images", "network", "convolution-edge", (1, 3)),
    Shot("curves", "curves", "moons", (30, 7)),
    Shot("curves-log", "curves, log scale", "moons", (30, 7), "none"),
    Shot("surface", "decision surface", "moons", (60, 3)),
    Shot("surface-no-colours", "decision surface", "xor", (40, 3), "none"),
    Shot("surface-of-classes", "decision surface", "blobs", (20, 3)),
    Shot("images", "images", "convolution-edge", (3, 2)),
    Shot("images-no-colours", "images", "convolution-edge", (3, 2), "none"),
    Shot("attention", "attention", "attention-copies", (900, 5)),
    Shot("attention-no-colours", "attention", "attention-copies", (3, 4), "none"),
    Shot("answers", "answers", "blobs", (4, 1)),
    Shot("gradient-sizes", "gradient sizes", "vanishing-gradient", (1, 46)),
    Shot("network-for-a-room", "network", "spreadsheet", (3, 9), is_large=True),
    Shot("curves-for-a-room", "curves", "moons", (30, 7), is_large=True),
    Shot("surface-for-a-room", "decision surface", "moons", (60, 3), is_large=True),
    Shot("gradients-for-a-room", "gradient sizes", "vanishing-gradient", (1, 46), "16", is_large=True),
    Shot("distributions", "distributions", "spiral", (2, 6)),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture(shot: Shot) -> None:
    session = Session(shipped(shot.scenario))
    session.go(*shot.at)
    picture, seen, found = PICTURES[shot.picture], shot.seen(session), None
    while (task := picture.work(seen, found)) is not None:
        found = task()
    strips = picture.paint(picture.facts(seen, found), Page(*PAGE, palette(shot.mode), is_large=shot.is_large))
    check_golden(f"pictures/{shot.name}", golden_strips(strips))


def test_every_picture_is_agreed_on() -> None:
    assert {shot.picture for shot in SHOTS} == set(PICTURES)
