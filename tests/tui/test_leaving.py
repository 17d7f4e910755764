"""Leaving at any moment: a screen that is on its way up when the app ends is no fault."""

import asyncio

import pytest

from tests.tui.driving import driving, shipped


@pytest.mark.parametrize("key", ["e", "asterisk", "c"])
@pytest.mark.parametrize("turns", [2, 4, 6])
async def test_a_dialog_that_is_opening_when_the_app_ends_says_nothing(key: str, turns: int) -> None:
    async with driving(shipped("xor")) as driven:
        await driven.press("space")
        driven.send(key)
        for _ in range(turns):  # of the event loop: the dialog is there then, and what it consists of is not
            await asyncio.sleep(0)
        driven.app.exit(0)
    assert driven.app._exception is None
