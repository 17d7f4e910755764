"""A mistake on purpose on the screen: the check says so after its verdict, and the steps come in their odd order."""

from nnstep.tui.screens.check import GradientCheck
from tests.tui.driving import SMALL, driving, shipped

TOLD = "There is a mistake in this scenario, made on purpose. Which step is wrong?"


async def test_the_check_of_all_says_so_below_its_table() -> None:
    async with driving(shipped("spot-the-mistake-3"), SMALL) as driven:
        await driven.press("c")
        assert isinstance(driven.app.screen, GradientCheck)
        assert "made" not in driven.text
        await driven.press("a")
        assert "✗ not every gradient agrees with the loss" in driven.text
        assert TOLD in driven.text


async def test_the_check_of_one_says_so_where_it_is_wrong() -> None:
    async with driving(shipped("spot-the-mistake-3")) as driven:
        await driven.press("c", "enter")  # W1
        assert "wrong: the loss does not move as backprop says; made so on purpose" in driven.text
        await driven.press("escape", "c", "down", "down", "enter")  # W2
        assert "exact: apart by no more than rounding does" in driven.text
        assert "on purpose" not in driven.text


async def test_a_layer_is_updated_before_the_next_one_gets_its_blame() -> None:
    async with driving(shipped("spot-the-mistake-3"), (160, 50)) as driven:
        program = driven.session.program
        await driven.press(*["space"] * program.order["layer1.error"])
        assert "Here." not in driven.text
        rows = [line[:30] for line in driven.text.splitlines()]
        heads = [row.split()[0] for row in rows if row.split() and row.split()[0] in ("DELTAS", "GRADIENTS", "UPDATE")]
        assert heads == ["DELTAS", "GRADIENTS", "UPDATE"] * 2
