"""A click tells the story of the cell that is drawn there; the wheel scrolls."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine.cell import Cell
from nnstep.tui.renderables.layout import Box
from tests.tui.driving import SMALL, Driven, driving, shipped


def home(driven: Driven, identity: str) -> Box:
    layout = driven.sheet.layout_now()
    assert layout is not None
    box = layout.home(identity)
    assert box is not None
    return box


async def click(driven: Driven, box: Box, line: int, x: int) -> None:
    """Click a place of a box: a line under its label, and a character of that line."""
    await driven.click(driven.sheet, 1 + box.x + x, box.y + 1 + line - driven.sheet.top)


async def test_a_click_tells_of_the_cell() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        await driven.press("space", "space")
        box = home(driven, "layer1.pre_activation")
        await click(driven, box, 1, 2 * box.cell + 3)
        assert driven.session.cursor == Cell("layer1.pre_activation", (1, 2))
        assert "hidden_layer_input[1,2] =" in driven.formula
        assert "[1.62]" in driven.text
        assert driven.position == (1, 2)


async def test_every_character_of_a_cell_is_that_cell() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        for identity in ("inputs", "layer1.weights"):
            box = home(driven, identity)
            for x in range(box.columns * box.cell):
                await click(driven, box, 2, x)
                assert driven.session.cursor == Cell(identity, (2, x // box.cell))


async def test_a_click_beside_the_cells_changes_nothing() -> None:
    async with driving(shipped("spreadsheet")) as driven:
        box = home(driven, "layer1.bias")
        before = driven.text
        await driven.click(driven.sheet, 1 + box.x, box.y)  # the label
        await click(driven, box, 1, 0)  # below the only row
        await driven.click(driven.sheet, 0, 0)
        await driven.click(driven.sheet, driven.sheet.size.width - 1, driven.sheet.size.height - 1)
        wide = home(driven, "layer2.pre_activation")  # its label is wider than its column
        await click(driven, wide, 0, wide.cell + 2)
        assert driven.text == before
        assert driven.session.cursor is None


async def test_a_click_on_a_sheet_that_is_scrolled() -> None:
    async with driving(shipped("spreadsheet"), SMALL) as driven:
        await driven.press("end")
        assert driven.sheet.top > 0
        box = home(driven, "layer1.weights.next")
        await click(driven, box, 2, box.cell + 1)
        assert driven.session.cursor == Cell("layer1.weights.next", (2, 1))


async def test_a_click_on_a_matrix_alone() -> None:
    async with driving(shipped("digits")) as driven:
        await driven.press("space", "space", "z")
        box = home(driven, "layer1.output")
        await click(driven, box, 5, 2 * box.cell)
        assert driven.session.cursor == Cell("layer1.output", (5, 2))
        await driven.press("z")
        box = home(driven, "layer1.output")
        assert box.kind == "heat"
        await click(driven, box, 5, 7)
        assert driven.session.cursor == Cell("layer1.output", (10, 7))


async def test_a_click_on_the_picture_of_a_sample_is_its_pixel() -> None:
    async with driving(shipped("digits")) as driven:
        await driven.press(".", ".")
        box = home(driven, "inputs")
        await click(driven, box, 3, 2 * 5)
        assert driven.session.cursor == Cell("inputs", (2, 3 * 8 + 5))
        assert driven.session.view().sample == 2


async def test_a_click_on_another_sample_chooses_it() -> None:
    async with driving(shipped("digits"), (200, 60)) as driven:
        box = home(driven, "targets")
        await driven.press(*["down"] * (box.y - 20))
        await click(driven, box, 4, 0)
        assert driven.session.view().sample == 4
        assert "sample 4 of 1437" in driven.title


async def test_the_wheel_scrolls_and_stops_at_both_ends() -> None:
    async with driving(shipped("spreadsheet"), SMALL) as driven:
        tops = []
        for down in (False, True, True, False, False, False):
            await driven.wheel(driven.sheet, down=down)
            tops.append(driven.sheet.top)
        assert tops == [0, 3, 6, 3, 0, 0]
        for _ in range(30):
            await driven.wheel(driven.sheet, down=True)
        layout = driven.sheet.layout_now()
        assert layout is not None
        assert driven.sheet.top == layout.headings[-1].y
        assert "NEW WEIGHTS" in driven.lines[1]


places = st.tuples(st.integers(0, 119), st.integers(0, 39))


@settings(max_examples=5)
@given(st.lists(places, min_size=20, max_size=20), st.sampled_from(["digits", "spreadsheet"]), st.integers(0, 2))
async def test_a_click_anywhere_is_harmless(clicks: list[tuple[int, int]], name: str, zooms: int) -> None:
    async with driving(shipped(name)) as driven:
        await driven.press("end", *["z"] * zooms)
        position = driven.position
        for x, y in clicks:
            await driven.click(driven.stepper, x, y)
            assert driven.position == position
            assert driven.lines
