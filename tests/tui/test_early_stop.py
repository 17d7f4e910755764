"""A fast-forward that ends by itself says why, and where it went back to."""

from tests.tui.driving import compiled, driving

PATIENCE = """\
title: Moons
data: {source: moons, samples: 60, noise: 0.3, seed: 3, split: {validation: 0.4, seed: 2}}
network: [{layer: dense, units: 8, activation: tanh}, {layer: dense, units: 1, activation: sigmoid}]
loss: bce
optimizer: {name: adam, learning_rate: 0.1}
epochs: 90
stop: {patience: 5}
"""
WHY = "the validation loss has not fallen for 5 epochs; back to epoch"


async def test_where_patience_is_over_it_goes_back_to_the_best_epoch_and_says_so() -> None:
    async with driving(compiled(PATIENCE)) as driven:
        await driven.press("f", "enter")
        await driven.settle()
        view = driven.session.view()
        assert view.epoch == driven.session.history.ended - 5
        assert driven.position == (view.epoch, len(view.program.steps))
        assert f"{WHY} {view.epoch}, the best" in driven.text
        assert "press f once more to train on" in driven.text
        # What was said is said once: the next step tells its own story.
        await driven.press("space")
        assert WHY not in driven.text


async def test_once_more_it_goes_on_to_the_epoch_that_was_asked_for() -> None:
    async with driving(compiled(PATIENCE)) as driven:
        for _ in range(2):
            await driven.press("f", "enter")
            await driven.settle()
        assert driven.position[0] == 90
        assert WHY not in driven.text
        # Elsewhere by another way: nothing ended here.
        await driven.press("g")
        await driven.type_text("3:0")
        await driven.press("enter")
        await driven.settle()
        assert driven.position == (3, 0)
        assert WHY not in driven.text
