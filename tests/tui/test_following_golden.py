"""Answers on whole screens, as they were agreed on: every size and palette, on small networks, large ones and others.

`UPDATE_GOLDEN=1 pytest tests/tui/test_following_golden.py` writes them; look at each as a picture before you keep it.
"""

import pytest

from tests.tui.driving import LARGE, SMALL, driving, shipped
from tests.tui.test_golden import NEXT, Shot, check

SHOTS = (
    Shot("from-spreadsheet", "spreadsheet", (*(NEXT,) * 9, "o", "1")),
    Shot("from-weight-200x60", "spreadsheet", (*(NEXT,) * 19, "tab", "o", "1"), LARGE),
    Shot("from-digits-80x24", "digits", (*(NEXT,) * 4, "o", "2"), SMALL),
    Shot("from-lstm-60x20", "lstm-remembers", (*(NEXT,) * 9, "o"), (60, 20)),
    Shot("to-digits", "digits", (*(NEXT,) * 4, "o", "1", "O")),
    Shot("to-xor-no-colours", "xor", (*(NEXT,) * 21, "tab", "O"), SMALL, "none"),
    Shot("to-xor-16-colours", "xor", (*(NEXT,) * 30, "tab", "O"), SMALL, "16"),
    Shot("chain-xor", "xor", (*(NEXT,) * 21, "R")),
    Shot("chain-convolution-80x24", "convolution-edge", (*(NEXT,) * 6, "R"), SMALL),
    Shot("stuck-xor", "xor-stuck", (*(NEXT,) * 30, "W")),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
async def test_an_answer(shot: Shot) -> None:
    async with driving(shipped(shot.scenario), shot.size, shot.mode) as driven:
        await driven.press(*shot.keys)
        check(shot.name, driven)
