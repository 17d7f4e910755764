"""The trail: a place on it is what was done and told there, wherever that stands now."""

import pytest

from nnstep.branches import Setting
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.places import CellPlace, nearest_cell
from nnstep.explain.trail import Trail, Visit
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load
from nnstep.session import Position, Session

LAST = Cell("layer1.bias.next", (0,))


@pytest.fixture
def walk() -> Session:
    """Return a session at the end of the second epoch."""
    session = Session(compile_scenario(load("xor")))
    session.go(2, len(session.program.steps))
    return session


def test_a_place_is_found_again_under_all_names(walk: Session) -> None:
    visit = Visit.of(walk.view(), "from")
    for names in ("classic", "framework", "layerwise", "math"):
        walk.rename(names)
        assert visit.find(walk.branches) == Position(2, walk.program.order["layer1.bias.next"])


def test_of_a_step_that_is_no_more_it_is_where_the_cell_is_there(walk: Session) -> None:
    walk.edit(Setting("optimizer", "adam"))
    only = next(step.id for step in walk.program.steps if step.id.endswith(".direction"))
    visits = [Visit(2, only, 0, LAST), Visit(2, only, 0, Cell(only, (0, 0))), Visit(2, only)]
    assert [visit.find(walk.branches) is not None for visit in visits] == [True, True, True]
    walk.undo()
    assert visits[0].find(walk.branches) == Position(2, walk.program.order[LAST.name])
    assert visits[1].find(walk.branches) is None
    assert visits[2].find(walk.branches) is None
    assert Trail(tuple(visits)).known(walk.branches) == Trail((visits[0],))


def test_on_and_back_leads_to_the_very_cell_of_a_walk(walk: Session) -> None:
    walk.go(2, 2)
    walk.next_cell()
    walk.next_cell()
    here, told = walk.position, walk.view().story
    trail = Trail((Visit.of(walk.view(), "from"),))
    on = trail.onward(CellPlace(1, LAST), 1, walk.view(), walk.branches)
    assert list(on.way(walk)) == []
    assert (walk.position, walk.cursor) == (Position(1, walk.program.order[LAST.name]), LAST)
    back = on.back(walk.branches)
    assert back.visits[-1].chosen == 1
    assert list(back.way(walk)) == []
    assert (walk.position, walk.view().story) == (here, told)


def test_there_is_no_way_back_from_where_it_begins(walk: Session) -> None:
    trail = Trail((Visit.of(walk.view(), "from"),))
    with pytest.raises(NnstepError, match="nothing was followed"):
        trail.back(walk.branches)
    gone = Trail((Visit(2, "", 0, Cell("nothing", ())), trail.visits[0]))
    with pytest.raises(NnstepError, match="what was followed is no more"):
        gone.back(walk.branches)
    with pytest.raises(NnstepError, match=r"there is no nothing\[1\] in iteration 2 now"):
        trail.onward(CellPlace(2, Cell("nothing", (1,))), 0, walk.view(), walk.branches)


def test_a_trail_ends_somewhere(walk: Session) -> None:
    trail = Trail((Visit.of(walk.view(), "from"),))
    for number in range(300):
        cell = Cell("layer1.weights", (0, number % 2))
        trail = trail.onward(CellPlace(2, cell), 0, walk.view(), walk.branches)
    assert len(trail.visits) == 200


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (Cell("layer1.weights", (1, 9)), Cell("layer1.weights", (1, 1))),
        (Cell("layer1.weights", (0, 1)), Cell("layer1.weights", (0, 1))),
        (Cell("layer1.weights", (0,)), None),
        (Cell("nothing", (0,)), None),
        (None, None),
    ],
)
def test_the_nearest_cell(walk: Session, cell: Cell | None, found: Cell | None) -> None:
    assert nearest_cell(walk.program, cell) == found
