"""Whole screens, character by character and look by look, as they were agreed on.

`UPDATE_GOLDEN=1 pytest tests/tui/test_golden.py` writes them; look at each as a picture before you keep it.
"""

from dataclasses import dataclass

import pytest

from nnstep.explain import told_checks
from nnstep.tui.terminal import ColourMode
from tests.helpers.golden import check_golden, golden_strips
from tests.tui.driving import LARGE, ROOMY, SMALL, Driven, driving, shipped

NEXT = "space"


@dataclass(frozen=True)
class Shot:
    """A screen: a scenario ("" is the gallery), the keys that lead to it, the size, and the colours."""

    name: str
    scenario: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = ROOMY
    mode: ColourMode = "truecolor"


SHOTS = (
    Shot("spreadsheet-start", "spreadsheet"),
    Shot("spreadsheet-step-9", "spreadsheet", (NEXT,) * 9),
    Shot("spreadsheet-cell-walk", "spreadsheet", (*(NEXT,) * 8, *("enter",) * 5)),
    Shot("spreadsheet-iteration-2", "spreadsheet", (NEXT,) * 24),
    Shot("spreadsheet-told-cell", "spreadsheet", (*(NEXT,) * 12, "tab", "tab", "l")),
    Shot("spreadsheet-numpy", "spreadsheet", (*(NEXT,) * 11, "m", "m", "d")),
    Shot("spreadsheet-16-colours", "spreadsheet", (NEXT,) * 24, mode="16"),
    Shot("spreadsheet-no-colours", "spreadsheet", (NEXT,) * 24, mode="none"),
    Shot("xor-80x24", "xor", (NEXT,) * 9, SMALL),
    Shot("xor-60x20", "xor", (NEXT,) * 9, (60, 20)),
    Shot("xor-120x40", "xor", (NEXT,) * 9),
    Shot("xor-200x60", "xor", (NEXT,) * 9, LARGE),
    Shot("xor-layerwise", "xor", (*(NEXT,) * 9, "N", "N", "N")),
    Shot("digits-120x40", "digits", (NEXT,) * 4),
    Shot("digits-200x60", "digits", (*(NEXT,) * 8, ".", "."), LARGE),
    Shot("digits-80x24", "digits", (NEXT,) * 2, SMALL),
    Shot("digits-zoom-numbers", "digits", (*(NEXT,) * 3, "l", "j", "z")),
    Shot("digits-zoom-heat", "digits", (*(NEXT,) * 3, "l", "j", "z", "z")),
    Shot("digits-16-colours", "digits", (NEXT,) * 4, mode="16"),
    Shot("digits-no-colours", "digits", (NEXT,) * 4, mode="none"),
    Shot("go-to", "spreadsheet", (*(NEXT,) * 8, "g"), SMALL),
    Shot("go-to-no-colours", "spreadsheet", (*(NEXT,) * 8, "g"), SMALL, "none"),
    Shot("go-to-refused", "spreadsheet", (NEXT, "g", *"outpt", "enter")),
    Shot("check-120x40", "spreadsheet", (*(NEXT,) * 11, "c")),
    Shot("check-80x24", "xor", (*(NEXT,) * 36, "c", "down"), SMALL),
    Shot("check-200x60", "digits", (*(NEXT,) * 12, "c", "end"), LARGE),
    Shot("check-which", "spreadsheet", (*(NEXT,) * 6, "c"), SMALL),
    Shot("check-delta-80x24", "spreadsheet", (*(NEXT,) * 10, "c"), SMALL),
    Shot("check-wrong-delta", "spot-the-mistake-1", (*(NEXT,) * 10, "c")),
    Shot("check-16-colours", "spreadsheet", (*(NEXT,) * 11, "c"), SMALL, "16"),
    Shot("check-no-colours", "spreadsheet", (*(NEXT,) * 11, "c"), SMALL, "none"),
    Shot("predict-120x40", "spreadsheet", ("p", *(NEXT,) * 4)),
    Shot("predict-wrong", "spreadsheet", ("p", *(NEXT,) * 4, "2", NEXT, "1")),
    Shot("predict-200x60", "digits", ("p", *(NEXT,) * 4, "1", NEXT, "1", NEXT, NEXT, "1", NEXT, NEXT), LARGE),
    Shot("predict-80x24", "xor", ("p", *(NEXT,) * 6, "4", NEXT, NEXT, "2"), SMALL),
    Shot(
        "predict-faded-no-colours",
        "spreadsheet",
        (*"pPPPP", *(NEXT,) * 4, "2", NEXT, "escape", *(NEXT,) * 3),
        SMALL,
        "none",
    ),
    Shot("predict-number-16-colours", "spreadsheet", (*"pPPPP", *(NEXT,) * 4, "2", NEXT, *"-0.7"), SMALL, "16"),
    Shot("help", "xor", ("?",)),
    Shot("help-80x24", "xor", ("?", "pagedown"), SMALL),
    Shot("help-16-colours", "xor", ("?",), mode="16"),
    Shot("gallery", "", ("down", "down")),
    Shot("gallery-80x24", "", ("down",), SMALL),
    Shot("too-small", "xor", (), (50, 15)),
)


@pytest.fixture(autouse=True)
def no_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out of gradient checks what only rounding made: processors differ in it."""
    shown = told_checks.size_text
    monkeypatch.setattr(told_checks, "size_text", lambda size: "rounding" if 0 < size < 1e-8 else shown(size))


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
async def test_a_screen(shot: Shot) -> None:
    async with driving(shipped(shot.scenario) if shot.scenario else None, shot.size, shot.mode) as driven:
        await driven.press(*shot.keys)
        check(shot.name, driven)


def check(name: str, driven: Driven) -> None:
    """Compare the screen, what lies under a dialog included."""
    assert {strip.cell_length for strip in driven.strips} == {driven.app.size.width}
    check_golden(f"screens/{name}", golden_strips(driven.strips))


async def test_a_long_training() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.type_ahead(["f", *"5000", "enter"])
        check("spreadsheet-epoch-5000", driven)
