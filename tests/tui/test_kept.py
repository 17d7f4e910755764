"""A sheet that is drawn from what was drawn last is the sheet drawn afresh, wherever one came from."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.branches import Number
from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Cell
from nnstep.engine.program import Program
from nnstep.explain.reads import read_cells
from nnstep.session import Session, View
from nnstep.tui.renderables.kept import Kept
from nnstep.tui.renderables.layout import Layout, Room, arrange, zoomed
from nnstep.tui.renderables.sheet import Look, paint
from nnstep.tui.renderables.window import Reads
from nnstep.tui.screens import contents
from nnstep.tui.theme import Mode, palette
from nnstep.view import Hidden
from tests.tui.driving import compiled, shipped
from tests.tui.scenarios import BATCHES

SIZE = 130, 40
LARGE = ("digits", "convnet-digits", "lstm-remembers")
SCENARIOS = ("spreadsheet", "", *(pytest.param(name, marks=pytest.mark.deep) for name in LARGE))
MOVES = ("next", "back", "next_cell", "next_phase", "next_iteration", "previous_iteration", "home")


class Walker:
    """Somebody who looks at a session, and changes now this, now that."""

    def __init__(self, session: Session) -> None:
        self.session, self.number = session, 0
        self.mode: Mode = "truecolor"
        self.decimals, self.top, self.zoom, self.heat = 2, 0, "", False
        self.hides = self.lights = self.marks = False
        self.layouts: dict[object, tuple[Program, Layout]] = {}

    def do(self, what: str, number: int) -> None:
        self.number = number
        getattr(self.session if what in MOVES else self, what)()

    # ---- what can be done beside moving

    def point(self) -> None:
        values = self.session.program.values
        name = list(values)[self.number % len(values)]
        at = np.unravel_index(self.number % max(int(np.prod(values[name].shape)), 1), values[name].shape or (1,))
        self.session.place_cursor(Cell(name, tuple(map(int, at)) if values[name].shape else ()))

    def let_go(self) -> None:
        self.session.place_cursor(None)

    def choose(self) -> None:
        self.session.choose_sample(self.number)

    def rename_all(self) -> None:
        self.session.rename(list(NAME_SETS)[self.number % len(NAME_SETS)])
        self.zoom = self.zoom if self.zoom in self.session.program.values else ""

    def change(self) -> None:
        carried = [one.id for one in self.session.program.carried if len(one.shape) == 2]
        if carried:
            self.session.edit(Number(Cell(carried[self.number % len(carried)], (0, 0)), float(self.number)))

    def scroll(self) -> None:
        self.top = self.number % 30

    def count(self) -> None:
        self.decimals = 2 + self.number % 3

    def paint_otherwise(self) -> None:
        modes: tuple[Mode, ...] = ("truecolor", "16", "none")
        self.mode = modes[self.number % 3]

    def enlarge(self) -> None:
        values = [one for one in self.session.program.values.values() if one.shape]
        self.zoom = ("", values[self.number % len(values)].id)[self.number % 2]
        self.heat = bool(self.number % 3)

    def hide(self) -> None:
        self.hides = not self.hides

    def light(self) -> None:
        self.lights = not self.lights

    def mark(self) -> None:
        self.marks = not self.marks

    # ---- what is seen then

    def sees(self) -> tuple[View, Layout, Look, int, int]:
        view = self.session.view()
        if self.hides and view.active is not None:
            ways: tuple[Hidden, ...] = ("numbers", "shape", "operation")
            view = view.hiding({view.active.id: ways[self.number % 3]}, view.story)
        reads = read_cells(view, view.story) if view.story else {}
        effects = self._effects(view) if self.lights else {}
        changed = {name: value > 0 for name, value in view.values.items()} if self.marks else {}
        look = Look(palette(self.mode), self.decimals, {} if effects else reads, effects, changed)
        return view, self._layout(view, look), look, self.top, SIZE[1]

    def _effects(self, view: View) -> Reads:
        active = view.active
        return {active.id: np.zeros((1, len(active.shape)), dtype=np.intp)} if active and active.shape else {}

    def _layout(self, view: View, look: Look) -> Layout:
        rows = 2 if look.palette.pixels else 1
        room = Room(
            *SIZE, contents.whole_values(view), contents.image_of(view), rows, contents.bars_of(view), self.decimals
        )
        key = id(view.program), room, self.zoom, self.heat
        if key not in self.layouts:
            large = self.zoom and zoomed(view.program, self.zoom, room, heat=self.heat)
            self.layouts[key] = (view.program, large or arrange(view.program, room))
        return self.layouts[key][1]


OTHERS = [name for name in vars(Walker) if not name.startswith("_") and name not in ("do", "sees")]
DONE = st.tuples(st.sampled_from((*MOVES * 3, *OTHERS)), st.integers(0, 5000))


@pytest.mark.parametrize("name", SCENARIOS)
@given(ways=st.lists(DONE, min_size=1, max_size=12))
def test_what_is_kept_of_a_sheet_shows_what_a_sheet_drawn_afresh_shows(name: str, ways: list[tuple[str, int]]) -> None:
    walker, kept = Walker(Session(shipped(name) if name else compiled(BATCHES))), Kept()
    for what, number in [("next", 0), *ways]:
        walker.do(what, number)
        seen = walker.sees()
        assert paint(*seen, kept) == paint(*seen)


def test_lines_in_which_nothing_changes_are_the_same_objects() -> None:
    session, kept = Session(shipped("spreadsheet")), Kept()
    walker = Walker(session)
    session.next()
    before = paint(*walker.sees(), kept)
    session.next()
    after = paint(*walker.sees(), kept)
    same = [one is other for one, other in zip(before, after, strict=True)]
    assert any(same)
    assert not all(same)


def test_other_decimals_are_drawn_in_a_layout_that_stays() -> None:
    session, kept = Session(shipped("spreadsheet")), Kept()
    session.next()
    view, layout, look, top, height = Walker(session).sees()
    more = replace(look, decimals=4)
    assert paint(view, layout, look, top, height, kept) != paint(view, layout, more, top, height, kept)
    assert paint(view, layout, more, top, height, kept) == paint(view, layout, more, top, height)


def test_another_iteration_before_is_drawn_where_a_matrix_is_walked() -> None:
    session, kept = Session(shipped("spreadsheet")), Kept()
    session.go(2, 0)
    session.next_cell()
    view, *rest = Walker(session).sees()
    other = replace(view, before={name: value + 1 for name, value in view.before.items()})
    assert paint(view, *rest, kept) != paint(other, *rest, kept)
    assert paint(other, *rest, kept) == paint(other, *rest)
