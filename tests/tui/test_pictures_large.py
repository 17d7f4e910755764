"""Pictures for a room: each fits any page, keeps its subject, and leaves out what only helps to look closer."""

from itertools import pairwise

import pytest
from rich.cells import cell_len

from nnstep.explain.pictures.seen import Seen
from nnstep.explain.pictures.table import pictures_for
from nnstep.session import Session
from nnstep.tui.renderables.pictures.large import large
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.theme import Mode, palette
from nnstep.tui.widgets.bars import FormulaBar
from nnstep.tui.widgets.picture import PictureView
from tests.tui.driving import driving, shipped

HALL = (98, 23)
SCENARIOS = ("spreadsheet", "moons", "blobs", "digits", "convnet-digits", "attention-copies", "vanishing-gradient")


def lines(session: Session, name: str, size: tuple[int, int] = HALL, mode: Mode = "256") -> list[str]:
    picture, known = PICTURES[name], None
    seen = Seen(session.view(), *size, session.history.at_hand, is_large=True)
    while (task := picture.work(seen, known)) is not None:
        known = task()
    strips = picture.paint(picture.facts(seen, known), Page(*size, palette(mode), is_large=True))
    assert len(strips) == size[1]
    assert {cell_len(strip.text) for strip in strips} <= {size[0]}
    return [strip.text for strip in strips]


@pytest.mark.parametrize("size", [HALL, (58, 11), (5, 3)], ids=str)
@pytest.mark.parametrize("name", SCENARIOS)
def test_each_picture_fits_a_page_for_a_room(name: str, size: tuple[int, int]) -> None:
    session = Session(shipped(name))
    for step in (0, len(session.program.steps) * 2 // 3):
        session.go(2, step)
        for picture in pictures_for(session.compiled):
            lines(session, picture, size, "16" if step else "none")


def has(shown: list[str], figures: str) -> bool:
    """Do these figures stand there, three lines high?"""
    parts = large(figures)
    return any(
        all(part.rstrip() in line for part, line in zip(parts, shown[y:], strict=False)) for y in range(len(shown) - 2)
    )


def test_the_latest_loss_is_three_lines_high() -> None:
    session = Session(shipped("moons"))
    session.go(30, 25)
    assert has(lines(session, "curves"), f"{session.view().losses[-1]:.4f}")


def test_a_unit_is_three_lines_high() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 2)
    shown = lines(session, "network")
    for value in session.view().values["layer1.output"][0].tolist():
        assert has(shown, f"{value:.2f}".removeprefix("0"))


def test_the_surface_has_the_whole_width() -> None:
    session = Session(shipped("moons"))
    session.go(2, 0)
    shown = lines(session, "decision surface")
    assert not any("hidden unit" in line for line in shown)
    assert {len(line.strip()) for line in shown[1:-1]} <= {HALL[0] - 2}


def test_a_bar_of_a_gradient_is_thick() -> None:
    session = Session(shipped("vanishing-gradient"))
    session.go(2, 46)
    shown = lines(session, "gradient sizes")
    bars = [line.count("█") for line in shown]
    assert any(first == second > 0 for first, second in pairwise(bars))
    assert not any("b6" in line for line in shown)


async def test_the_lecture_view_gives_a_picture_the_room() -> None:
    async with driving(shipped("moons"), (100, 30)) as driven:
        driven.stepper.look_at("curves")
        await driven.press("L", "space")
        picture, words = driven.stepper.query_one(PictureView), driven.stepper.query_one(FormulaBar)
        assert (picture.size.height, words.size.height) == (23, 6)
        assert picture.size.width == 100
        await driven.press("escape")
        assert words.size.height == 9
        await driven.press("v")
        assert words.size.height == 6
        await driven.press("L")
        assert words.size.height == 4


def test_a_room_reads_the_counts_of_few_classes() -> None:
    session = Session(shipped("moons"))
    session.go(40, len(session.program.steps))
    shown = lines(session, "answers")
    # 16 of each class are right, and 4 of each wrong.
    for line in (*large("16"), *large("4")):
        assert sum(line.rstrip() in text for text in shown) >= 2
    assert sum("!" in text for text in shown[4:-1]) >= 2
    assert all(large("16")[0].strip() not in text for text in lines(session, "answers", (58, 11)))
