"""The sheet as lines: exact widths, the numbers of the view in their places, and the looks of their states."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.engine.cell import Cell
from nnstep.explain.reads import read_cells
from nnstep.session import Session, View
from nnstep.tui.renderables.layout import Box, Layout, Room, arrange, zoomed
from nnstep.tui.renderables.sheet import Look, paint
from nnstep.tui.renderables.window import window
from nnstep.tui.screens import contents
from nnstep.tui.theme import Cell as State
from nnstep.tui.theme import Mode, palette
from tests.helpers.files import TOO_FAST
from tests.tui.driving import compiled, shipped
from tests.tui.networks import sessions

COLOURS = palette("truecolor")
MODES: tuple[Mode, ...] = ("truecolor", "256", "16", "none")


def room_of(view: View, width: int = 100, height: int = 60, rows_per_line: int = 2) -> Room:
    known = contents.whole_values(view), contents.image_of(view), rows_per_line, contents.bars_of(view)
    return Room(width, height, *known)


def look_of(view: View, mode: Mode = "truecolor") -> Look:
    return Look(palette(mode), reads=read_cells(view, view.story) if view.story else {})


def whole(session: Session, width: int = 100) -> tuple[Layout, list[Strip]]:
    """Return the layout of a view, and all of its lines."""
    view = session.view()
    layout = arrange(view.program, room_of(view, width))
    return layout, paint(view, layout, look_of(view), 0, layout.height)


def cells(strip: Strip) -> list[tuple[str, Style]]:
    """Return each character with its style, from the layout's first column on."""
    return [(character, segment.style or Style()) for segment in strip for character in segment.text][1:]


def box_texts(box: Box, lines: list[Strip]) -> Iterator[list[str]]:
    """Yield the texts of a box of numbers, row by row."""
    for row in range(box.rows):
        line = lines[box.y + 1 + row].text[1 + box.x :]
        yield [line[column * box.cell : (column + 1) * box.cell] for column in range(box.columns)]


def is_rounded(text: str, value: float) -> bool:
    """Is this text the value, rounded to its last digit?"""
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return abs(number - Decimal(value)) <= Decimal(10) ** exponent * Decimal("0.5000001")


@given(
    sessions(widest=70, deepest=4),
    st.integers(58, 200),
    st.integers(10, 60),
    st.integers(0, 100),
    st.integers(1, 60),
    st.sampled_from(MODES),
    st.booleans(),
)
def test_every_line_is_exactly_as_wide_as_the_sheet(
    session: Session, width: int, room_height: int, top: int, height: int, mode: Mode, alone: bool
) -> None:
    view = session.view()
    room = room_of(view, width, room_height, 2 if mode in ("truecolor", "256") else 1)
    heat = bool(top % 2)
    told = view.story.name if view.story else "inputs"
    layout = zoomed(view.program, told, room, heat=heat) if alone else arrange(view.program, room)
    lines = paint(view, layout, look_of(view, mode), top, height)
    assert len(lines) == height
    for line in lines:
        assert line.cell_length == width + 1 == cell_len(line.text) == sum(segment.cell_length for segment in line)


@given(sessions(widest=5, deepest=3), st.integers(58, 200))
def test_the_numbers_on_the_sheet_are_those_of_the_view(session: Session, width: int) -> None:
    view = session.view()
    layout, lines = whole(session, width)
    for box in (box for box in layout.boxes if box.kind == "numbers" and box.rows * box.columns < 40):
        shape = view.program.values[box.id].shape
        for row, texts in enumerate(box_texts(box, lines)):
            if (box.rows, box.columns) != (shape[-2] if len(shape) > 1 else 1, shape[-1] if shape else 1):
                continue
            for column, text in enumerate(texts):
                shown = view.shown(Cell(box.id, (row, column)[-len(shape) :] if shape else ()))
                number = text.strip("[] ↑↓")
                assert (shown is None) == (number == "")
                if shown is not None:
                    assert is_rounded(number, shown)
                    # A zero is a zero, and nothing else is.
                    assert (float(number) == 0) == (shown == 0)


@pytest.mark.parametrize("width", [78, 86, 160])
@pytest.mark.parametrize("name", ["spreadsheet", "xor", "two-layer", "relu-bce"])
def test_the_points_of_a_matrix_stand_under_one_another(name: str, width: int) -> None:
    session = Session(shipped(name))
    session.go(2, len(session.program.steps))
    layout, lines = whole(session, width)
    for box in (box for box in layout.boxes if box.kind == "numbers"):
        columns = list(zip(*box_texts(box, lines), strict=True))
        for column in columns:
            # Powers and small numbers have other digits behind the point.
            plain = [text for text in column if re.fullmatch(r"-?\d+\.\d\d", text.strip("[] ↑↓"))]
            points = {text.index(".") for text in plain}
            assert len(points) <= 1, (box.id, column)


def test_what_is_not_there_is_blank_even_where_it_is_read() -> None:
    session = Session(shipped("spreadsheet"))
    session.place_cursor(Cell("layer1.output", (0, 0)))
    layout, lines = whole(session)
    assert not any("nan" in line.text for line in lines)
    box = layout.home("layer1.pre_activation")
    assert box is not None
    first = cells(lines[box.y + 1])[box.x : box.x + box.cell]
    assert {character for character, _ in first} == {" "}
    assert {style for _, style in first} == {COLOURS.cells[State.READ]}
    told = layout.home("layer1.output")
    assert told is not None
    assert next(box_texts(told, lines))[0].split() == ["[", "]"]


def test_in_a_heat_map_too_what_is_not_there_is_blank() -> None:
    session = Session(shipped("digits"))
    for _ in range(3):
        session.next_cell()
    layout, lines = whole(session, 160)
    box = layout.home("layer1.pre_activation")
    assert box is not None
    assert box.kind == "heat"
    seen = [style for _, style in cells(lines[box.y + 3])[box.x : box.x + box.columns]]
    blank = COLOURS.pixels[State.BLANK]
    assert {(style.color, style.bgcolor) for style in seen} == {(blank, blank)}


def test_a_heat_map_of_three_characters_a_number_is_walked_as_any_other() -> None:
    session = Session(shipped("digits"))
    session.go(1, 2)
    for _ in range(3):
        session.next_cell()
    view = session.view()
    (box,) = zoomed(view.program, "layer2.pre_activation", Room(36, 20), heat=True).boxes
    assert (box.kind, box.cell) == ("heat", 3)
    assert window(view, box, {}).known.sum() == 3


def test_what_is_read_and_written_is_lit() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 8)
    layout, lines = whole(session)

    def label(identity: str) -> Style:
        box = layout.home(identity)
        assert box is not None
        return cells(lines[box.y])[box.x][1]

    assert label("layer2.delta") == COLOURS.bg + COLOURS.name_written
    assert label("layer2.error") == COLOURS.bg + COLOURS.name_read
    assert label("layer2.slope") == COLOURS.bg + COLOURS.name_read
    assert label("layer1.output") == COLOURS.bg + COLOURS.name
    assert label("layer1.delta") == COLOURS.bg + COLOURS.name_stale
    signs = {sign.text: cells(lines[sign.y])[sign.x][1] for sign in layout.signs if sign.id == "layer2.delta"}
    assert signs == {"∘": COLOURS.bg + COLOURS.name_written, "=": COLOURS.bg + COLOURS.name_written}
    titles = [cells(lines[heading.y])[0][1] for heading in layout.headings]
    active = COLOURS.bg + COLOURS.heading_active
    assert [style == active for style in titles] == [False, False, True, False, False, False]


def test_the_told_cell_has_brackets_and_its_own_look() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 4)
    session.place_cursor(Cell("layer1.weights", (1, 2)))
    layout, lines = whole(session)
    box = layout.home("layer1.weights")
    assert box is not None
    rows = list(box_texts(box, lines))
    assert rows[1][2].strip() == "[0.68]"
    assert sum("[" in text for row in rows for text in row) == 1
    assert cells(lines[box.y + 2])[box.x + 2 * box.cell + 2][1] in COLOURS.cursors


@pytest.mark.parametrize("decimals", [2, 3, 4])
@pytest.mark.parametrize("width", [58, 78, 86, 160])
@pytest.mark.parametrize("alone", [False, True])
def test_numbers_never_touch_and_the_told_one_has_both_brackets(width: int, decimals: int, alone: bool) -> None:
    # 9.00 beside 5.00 beside -10.00
    session = Session(shipped("convolution-edge"))
    session.go(1, 4)
    room = replace(room_of(session.view(), width), decimals=decimals)
    name = "layer1.kernel.grad"
    program = session.view().program
    layout = zoomed(program, name, room, heat=False) if alone else arrange(program, room)
    box = layout.home(name)
    assert box is not None
    for told in np.ndindex(3, 3):
        session.place_cursor(Cell(name, (0, 0, *told)))
        view = session.view()
        changed = {name: np.ones((1, 1, 3, 3), dtype=np.bool_)}
        looks = (look_of(view), Look(COLOURS, effects={name: all_cells(3)}), Look(COLOURS, changed=changed))
        for look in looks:
            lines = paint(view, layout, replace(look, decimals=decimals), 0, layout.height)
            shown = [lines[box.y + 1 + row].text[box.x : 1 + box.x + 3 * box.cell] for row in range(3)]
            assert [len(re.split(r"[\] ≠›\[]+", f" {text} ")[1:-1]) for text in shown] == [3] * 3, shown
            assert re.search(r"\[-?[\d.]+\]", shown[told[0]]), shown
            assert sum(text.count(mark) for text in shown for mark in "[]") == 2


@pytest.mark.parametrize("width", [78, 100, 160])
@pytest.mark.parametrize("name", ["spreadsheet", "xor"])
def test_a_new_weight_says_which_way_it_went_where_its_digits_do_not(name: str, width: int) -> None:
    session = Session(shipped(name))
    session.go(2, len(session.program.steps))
    layout, lines = whole(session, width)
    view = session.view()
    told = 0
    for parameter in view.program.parameters:
        new = view.program.carry[parameter.id]
        box = next(box for box in layout.boxes if box.id == new)
        moves = np.atleast_2d(view.values[new] - view.values[parameter.id])  # (rows, columns)
        for row, texts in enumerate(box_texts(box, lines)):
            for column, text in enumerate(texts):
                arrow = "" if text.endswith("]") else {1: "↑", -1: "↓", 0: ""}[int(np.sign(moves[row, column]))]
                assert re.sub("[^↑↓]", "", text) == arrow
                told += bool(arrow)
    assert told > 5


def test_what_is_still_to_be_walked_or_guessed_went_nowhere_yet() -> None:
    session = Session(shipped("spreadsheet"))
    step = next(n for n, step in enumerate(session.program.steps, 1) if step.id == "layer1.weights.next")
    session.go(1, step - 1)
    for _ in range(4):
        session.next_cell()
    layout, lines = whole(session)
    box = next(box for box in layout.boxes if box.id == "layer1.weights.next")
    assert "".join("".join(row) for row in box_texts(box, lines)).split() == ["0.42↑", "0.88↑", "0.55↑", "[0.10]"]
    view = replace(session.view(), hidden={"layer1.weights.next": "numbers"})
    lines = paint(view, layout, look_of(view), 0, layout.height)
    assert not re.search("[↑↓]", "".join("".join(row) for row in box_texts(box, lines)))


def all_cells(size: int) -> NDArray[np.intp]:
    """Return the places of all cells of a kernel: (n, 4)"""
    return np.array([(0, 0, *at) for at in np.ndindex(size, size)])


def test_what_is_no_number_any_more_says_so() -> None:
    session = Session(compiled(TOO_FAST))
    for _ in session.fast_forward(500):
        pass
    session.place_cursor(Cell("inputs", (0, 0)))
    _, lines = whole(session)
    broken = [
        (character, style) for line in lines for character, style in cells(line) if style == COLOURS.cells[State.BROKEN]
    ]
    assert "".join(character for character, _ in broken).split()
    assert set("".join(character for character, _ in broken)) <= set("-infa ")


def test_a_sample_is_drawn_and_its_chances_are_bars() -> None:
    session = Session(shipped("digits"))
    session.go(1, len(session.program.steps))
    pictures = []
    for sample in (0, 5):
        session.choose_sample(sample)
        view = session.view()
        layout, lines = whole(session, 160)
        image = next(box for box in layout.boxes if box.kind == "image")
        chart = next(box for box in layout.boxes if box.kind == "bars")
        pictures.append([style for y in range(8) for _, style in cells(lines[image.y + 1 + y])[image.x : image.x + 16]])
        shown = [lines[chart.y + 1 + n].text[1 + chart.x : 1 + chart.x + chart.width] for n in range(10)]
        target = int(view.values["targets"][sample].argmax())
        guess = int(view.values["layer2.output"][sample].argmax())
        assert [n for n, text in enumerate(shown) if "◀" in text] == [target] * (target != guess)
        assert [n for n, text in enumerate(shown) if "▶" in text] == [guess] * (target != guess)
        dark = [style.bgcolor == COLOURS.greys[0].color for style in pictures[-1]]
        pixels = np.repeat(view.values["inputs"][sample] == 0, 2)
        assert dark == pixels.tolist()
    assert pictures[0] != pictures[1]
