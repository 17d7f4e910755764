"""Reading on: what has no room below the sheet is read whole, in each size, in the lecture view too."""

import re

import pytest

from nnstep.explain.words import Word
from nnstep.tui.renderables.formula import formula, whole
from nnstep.tui.screens.reading import KEY
from nnstep.tui.theme import palette
from nnstep.tui.widgets.bars import FormulaBar
from tests.tui.driving import SMALL, Driven, compiled, driving, shipped

WORDS = [f"word{n}" for n in range(480)]  # 34 lines at 120 columns
LONG = f"""\
title: Long
names: math
data: {{inputs: [[1, 2]], targets: [[1]]}}
network:
  - {{layer: dense, units: 1}}
loss: half_sse
optimizer: {{name: gd, learning_rate: 0.1}}
notes:
  ŷ: {" ".join(WORDS)}
"""


def words(driven: Driven) -> list[str]:
    return driven.formula.split()


@pytest.mark.parametrize(
    "keys", [(), *(pytest.param(keys, marks=pytest.mark.deep) for keys in (("L",), ("v",), ("L", "v")))], ids="+".join
)
@pytest.mark.parametrize(
    "size",
    [SMALL, pytest.param((60, 20), marks=pytest.mark.deep), pytest.param((120, 40), marks=pytest.mark.deep)],
    ids=str,
)
async def test_a_note_longer_than_the_screen_is_read_to_its_end(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async with driving(compiled(LONG), size) as driven:
        await driven.press("space", "space", *keys)
        assert driven.formula.rstrip().endswith(KEY)
        await driven.press(KEY)
        read = dict.fromkeys(words(driven))
        for _ in range(60):
            await driven.press("down", "down")
            read.update(dict.fromkeys(words(driven)))
        assert set(WORDS) <= set(read)
        assert [word for word in read if word in WORDS] == WORDS
        await driven.press("up")
        assert driven.stepper.query_one(FormulaBar).top
        # At the next place one begins to read at its beginning.
        await driven.press("left", "space")
        assert driven.stepper.query_one(FormulaBar).top == 0


async def test_the_words_are_whole_from_step_to_step_on_the_lines_they_need() -> None:
    async with driving(shipped("attention-copies"), SMALL) as driven:
        await driven.press(*["space"] * 4)
        assert "root of 2" not in driven.formula
        assert driven.formula.rstrip().endswith(KEY)
        await driven.press(KEY)
        assert "root of 2" in driven.formula
        bar = driven.stepper.query_one(FormulaBar)
        for _ in range(3):
            await driven.press("space")
            assert bar.size.height == max(bar.needed(), 3)
            assert driven.formula.splitlines()[-1]
        # That it is on, and that words have no room, is told by the last line.
        assert "i read less" in driven.lines[-1]
        await driven.press("escape")
        assert bar.size.height == 3
        assert not driven.stepper.is_reading


async def test_the_last_line_says_where_words_have_no_room() -> None:
    async with driving(compiled(LONG), SMALL) as driven:
        await driven.press("space")
        assert "read on" not in driven.lines[-1]
        await driven.press("space")
        assert "i read on" in driven.lines[-1]
        await driven.press("L", KEY)
        assert "read less i" in driven.title


async def test_a_terminal_of_another_size_has_the_words_whole() -> None:
    async with driving(compiled(LONG), SMALL) as driven:
        await driven.press("space", "space", KEY)
        assert driven.stepper.query_one(FormulaBar).size.height == 24 - 6
        await driven.resize(120, 40)
        assert driven.stepper.query_one(FormulaBar).size.height == 40 - 6


def test_the_key_is_told_where_the_teachers_words_are_cut_and_only_there() -> None:
    said = (Word("one two three four five six seven", "said"),)
    own = (Word("one two three four five six seven"),)

    def last(*rows: tuple[Word, ...], width: int = 20, lines: int = 1) -> str:
        strips = formula(rows, width, lines, palette("none"), more="i")
        assert [strip.cell_length for strip in strips] == [width] * lines
        return strips[-1].text

    assert last(said).endswith("… i")
    assert last(said, lines=2).rstrip().endswith("seven")
    assert last(own).rstrip().endswith("…")
    assert last(own, said).endswith("… i")
    assert "i" not in last(said, width=2)
    shown = " ".join(strip.text.strip() for strip in whole([own, said], 20, palette("none")))
    assert shown.count("seven") == 2


@pytest.mark.parametrize("key", ["o", "R"])
async def test_the_key_to_read_on_is_told_again_after_an_answer(key: str) -> None:
    async with driving(shipped("spreadsheet"), SMALL) as driven:
        await driven.press(*["space"] * 6)
        before = driven.text
        assert "read on" in before
        await driven.press(key)
        assert "read on" not in driven.text
        await driven.press("escape")
        assert driven.text == before


async def test_the_key_never_stands_on_a_result() -> None:
    async with driving(shipped("spiral"), SMALL) as driven:
        driven.session.go(1, driven.session.program.order["loss"])
        await driven.press("left", "space")
        (line,) = (line for line in driven.lines if line.rstrip().endswith(" i"))
        assert re.search(r" = 0\.6606 +… i", line), line
