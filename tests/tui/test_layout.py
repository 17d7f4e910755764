"""Where everything stands: no box over another, none outside, and one for every value, whatever the network."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nnstep.engine.program import Program
from nnstep.scenario.compile import Compiled
from nnstep.tui.renderables.layout import Box, Layout, Room, arrange, matrix_shape, shape_text, zoomed
from tests.tui.driving import shipped
from tests.tui.networks import networks

rooms = st.builds(
    Room,
    width=st.integers(58, 220),
    height=st.integers(10, 70),
    rows_per_line=st.sampled_from([1, 2]),
    decimals=st.sampled_from([2, 3, 4, 6]),
)


def room_for(program: Program, room: Room, *, whole: bool) -> Room:
    """Return a room that knows of the data what the stepper would know."""
    bars = frozenset({program.prediction}) if matrix_shape(program.values[program.prediction].shape)[1] >= 3 else ()
    return replace(room, whole=frozenset({"targets", "inputs"} if whole else {"targets"}), bars=frozenset(bars))


def is_over(one: Box, other: Box) -> bool:
    """Have two boxes a cell in common?"""
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not beside and one.y < other.y + other.height and other.y < one.y + one.height


def assert_orderly(layout: Layout, program: Program, room: Room) -> None:
    """Hold a layout to all that its readers count on."""
    assert layout.width == room.width
    for one, other in combinations(layout.boxes, 2):
        assert not is_over(one, other), (one, other)
    for box in layout.boxes:
        assert box.x >= 0
        assert box.x + box.width <= room.width, box
        assert box.kind in ("bars", "image") or box.columns * box.cell <= box.width
        band = next(heading for heading in layout.headings if heading.y <= box.y < heading.end)
        assert band.y < box.y
        assert box.y + box.height <= band.end
        assert box.id in {item.id for item in band.band.items}
    for sign in layout.signs:
        assert sign.x >= 0
        assert sign.text
        end = sign.x + cell_len(sign.text)
        assert end < room.width
        for box in layout.boxes:
            clear = end < box.x or box.x + box.width < sign.x + 1 or not box.y <= sign.y < box.y + box.height
            assert clear, (sign, box)
        # What it leads to begins right after it, on its line.
        assert any(box.x == end + 1 and box.y <= sign.y for box in layout.boxes), sign
    ends = [(heading.y, heading.end) for heading in layout.headings]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))
    assert layout.height == ends[-1][1]
    constants = {variable.id for variable in program.variables if variable.kind == "constant"}
    assert set(program.values) - {box.id for box in layout.boxes} <= constants
    for step in program.steps:
        home, heading = layout.home(step.id), layout.heading_of(step.id)
        assert home is not None
        assert heading is not None
        # The box that is looked for stands in the band that makes the value.
        assert heading.y < home.y < heading.end


@given(networks(), rooms, st.booleans())
def test_any_network_is_laid_out_in_any_room(scenario: Compiled, room: Room, whole: bool) -> None:
    program = scenario.training.program(1)
    known = room_for(program, room, whole=whole)
    assert_orderly(arrange(program, known), program, known)


@pytest.mark.parametrize("name", ["spreadsheet", "xor", "two-layer", "relu-bce", "digits"])
@pytest.mark.parametrize("names", ["classic", "math", "layerwise", "framework"])
@pytest.mark.parametrize("size", [(58, 14), (78, 18), (86, 34), (162, 53)])
def test_shipped_scenarios_are_laid_out_at_every_size(name: str, names: str, size: tuple[int, int]) -> None:
    scenario = shipped(name).renamed(names)
    program = scenario.training.program(1)
    image = tuple(scenario.data.image or ())
    room = replace(room_for(program, Room(*size), whole=name != "digits"), image=image)
    assert_orderly(arrange(program, room), program, room)


@given(networks(), rooms)
def test_boxes_have_room_for_what_they_show(scenario: Compiled, room: Room) -> None:
    program = scenario.training.program(1)
    for box in arrange(program, room).boxes:
        rows, columns = matrix_shape(program.values[box.id].shape)
        assert 1 <= box.rows <= rows
        assert 1 <= box.columns <= columns
        lines = -(-box.rows // room.rows_per_line) if box.kind == "heat" else box.rows
        assert box.height == lines + 1
        is_whole = (box.rows, box.columns) == (rows, columns)
        # A part of a matrix says how large the whole is.
        assert is_whole or shape_text(program.values[box.id].shape) in box.label


@given(networks(), rooms, st.booleans(), st.data())
def test_one_value_alone_fills_the_room_and_no_more(
    scenario: Compiled, room: Room, heat: bool, data: st.DataObject
) -> None:
    program = scenario.training.program(1)
    identity = data.draw(st.sampled_from(sorted(program.values)))
    layout = zoomed(program, identity, room, heat=heat)
    (box,) = layout.boxes
    rows, columns = matrix_shape(program.values[identity].shape)
    assert box.x > len(str(rows - 1))
    assert box.x + box.columns * box.cell <= room.width
    assert box.y + box.height <= room.height
    assert 1 <= box.rows <= rows
    assert 1 <= box.columns <= columns
    taller = box.y + box.height + 1 >= room.height - 1
    assert box.rows == rows or taller
    assert box.columns == columns or box.x + (box.columns + 1) * box.cell > room.width


def test_a_tall_heat_map_takes_the_width_and_an_image_keeps_its_proportions() -> None:
    program, room = shipped("digits").training.program(1), Room(86, 34)
    (box,) = zoomed(program, "layer2.pre_activation", room, heat=True).boxes
    assert (box.cell, box.tall, box.rows, box.columns) == (8, 1, 62, 10)
    (box,) = zoomed(program, "layer1.weights", room, heat=True).boxes
    assert (box.cell, box.tall) == (1, 1)
    program = shipped("convolution-edge").training.program(1)
    (box,) = zoomed(program, "inputs", room, heat=True).boxes
    assert box.cell == box.tall > 1


def test_the_spreadsheet_fits_whole_at_120_columns() -> None:
    program = shipped("spreadsheet").training.program(1)
    room = Room(86, 34, frozenset({"inputs", "targets"}))
    layout = arrange(program, room)
    assert layout.height <= room.height
    assert all(box.kind == "numbers" for box in layout.boxes)


def test_there_is_air_where_there_is_room() -> None:
    program = shipped("xor").training.program(1)
    heights = [arrange(program, Room(100, height)).height for height in (20, 60)]
    gaps = [
        {after.y - before.end for before, after in pairwise(arrange(program, Room(100, height)).headings)}
        for height in (20, 60)
    ]
    assert gaps == [{0}, {2}]
    assert heights[1] > heights[0]


@pytest.mark.parametrize(("shape", "text"), [((), "1×1"), ((3,), "1×3"), ((3, 4), "3×4"), ((2, 3, 8, 8), "2×3×8×8")])
def test_shapes_as_people_write_them(shape: tuple[int, ...], text: str) -> None:
    assert shape_text(shape) == text
