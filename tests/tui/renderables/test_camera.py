"""Which line of the sheet is the first one seen."""

from itertools import pairwise

import pytest

from nnstep.tui.renderables.camera import first_seen, seen_with, tops, turned
from nnstep.tui.renderables.layout import Layout, Room, arrange
from tests.tui.driving import shipped

SIZES = [(78, 12), (86, 31), (162, 50)]


@pytest.mark.parametrize("name", ["spreadsheet", "digits", "convnet-digits", "lstm-remembers"])
@pytest.mark.parametrize("size", SIZES)
def test_what_a_step_makes_is_always_in_sight(name: str, size: tuple[int, int]) -> None:
    program = shipped(name).training.program(1)
    layout = arrange(program, Room(*size))
    found = tops(program, layout, size[1])
    assert list(found) == [step.id for step in program.steps]
    for step in program.steps:
        heading, box = layout.heading_of(step.id), layout.home(step.id)
        assert heading is not None
        assert box is not None
        top, bottom = found[step.id], found[step.id] + size[1]
        assert top <= box.y
        assert box.y + box.height <= bottom
        if heading.end - heading.y <= size[1]:
            assert top <= heading.y
            assert heading.end <= bottom


@pytest.mark.parametrize("name", ["spreadsheet", "digits", "convnet-digits", "lstm-remembers"])
@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_stays_where_it_is_as_long_as_that_shows_a_step_and_what_it_reads(
    name: str, size: tuple[int, int]
) -> None:
    program = shipped(name).training.program(1)
    layout = arrange(program, Room(*size))
    found = tops(program, layout, size[1])
    for before, step in pairwise(program.steps):
        if found[step.id] != found[before.id]:
            read = {box.id: box for box in layout.boxes if box.id in step.inputs.values()}.values()
            spans = [first_seen(layout, step.id, size[1]), *((box.y, box.y + box.height) for box in read)]
            top = found[before.id]
            assert any(start < top or end > top + size[1] for start, end in spans)


def test_digits_on_a_large_screen_is_two_pages() -> None:
    scenario = shipped("digits")
    program = scenario.training.program(1)
    room = Room(162, 51, image=scenario.data.image or (), bars=frozenset({"layer2.activation"}))
    found = tops(program, arrange(program, room), room.height)
    assert len(set(found.values())) <= 3
    forward = [step.id for step in program.steps if step.phase in ("forward", "error")]
    assert len({found[identity] for identity in forward}) == 1


def test_a_value_that_stands_in_two_places_is_looked_for_where_it_is_near() -> None:
    program = shipped("spreadsheet").training.program(1)
    layout = arrange(program, Room(86, 12))
    output = [box for box in layout.boxes if box.id == program.prediction]
    assert len(output) > 1
    last = output[-1]
    span = (last.y, last.y + last.height)
    assert seen_with(layout, span, [program.prediction], 50) == span


def test_what_does_not_fit_begins_the_screen() -> None:
    layout = arrange(shipped("spreadsheet").training.program(1), Room(86, 12))
    third = layout.headings[2]
    assert turned(layout, 0, 2, (third.y, third.end)) == third.y
    assert turned(layout, third.y, 2, (third.y, third.y + 1)) == third.y
    assert turned(Layout((), (), (), 80, 0), 0, 10, (0, 0)) == 0
