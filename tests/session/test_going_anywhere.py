"""Going anywhere shows what walking there shows, to the last bit; and there and back is where one was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.session import Position, Session
from tests.helpers.pictures import here
from tests.helpers.trainings import NAMES, batched, compiled, dense, exploding, net, spreadsheet

NETS = {
    "spreadsheet": compiled(spreadsheet()),
    "batches": compiled(batched()),
    "given batches": compiled(net(dense(2, "sigmoid"), batches=[[0, 1, 2], [4], [3, 3]])),
    "exploding": compiled(exploding()),
}
every_net = pytest.mark.parametrize("name", NETS)
ITERATIONS = 12
STEPS = {name: len(made.training.program(1).steps) for name, made in NETS.items()}
budgets = st.sampled_from([0, 5_000, 50_000, 10**7])


def walked(name: str, iteration: int, step: int) -> Session:
    """Return a session that went to a place one step at a time, looking around at each."""
    walk = Session(NETS[name])
    for _ in range((iteration - 1) * STEPS[name] + step):
        walk.next()
        walk.view()
    if walk.position != Position(iteration, step):  # the start of an iteration is stepped over
        walk.go(iteration, step)
    return walk


@every_net
@given(st.integers(1, ITERATIONS), st.data(), budgets)
def test_going_there_is_stepping_there(name: str, iteration: int, data: st.DataObject, budget: int) -> None:
    step = data.draw(st.integers(0, STEPS[name]))
    there = Session(NETS[name], budget=budget)
    # Somewhere further first, so that going there is going back; the losses known are those up to the place.
    there.go(ITERATIONS + 1, 0)
    there.go(iteration, step)
    assert here(there) == here(walked(name, iteration, step))


@every_net
@given(st.integers(1, 60), st.integers(1, 60), budgets)
def test_so_many_forward_and_as_many_back_is_where_we_were(name: str, start: int, count: int, budget: int) -> None:
    walk = Session(NETS[name], budget=budget)
    for _ in range(start):
        walk.next()
    before = here(walk)
    for _ in range(count):
        walk.next()
        walk.view()
    for _ in range(count):
        walk.back()
        walk.view()
    assert here(walk) == before


@every_net
@given(st.lists(st.sampled_from(["next", "back", "next_cell", "next_phase", "previous_phase"]), max_size=40), budgets)
def test_any_walk_shows_what_going_there_shows(name: str, moves: list[str], budget: int) -> None:
    walk = Session(NETS[name], budget=budget)
    for move in moves:
        getattr(walk, move)()
        view = walk.view()
        assert 0 <= view.position.step <= len(view.program.steps)
        if view.active and view.position.cell:
            assert 0 < view.position.cell < view.active.size
    if not walk.position.cell:
        straight = Session(NETS[name])
        straight.go(walk.position.iteration, walk.position.step)
        assert here(straight) == here(walk)


@every_net
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["next_iteration", "previous_iteration", "home", "end", "next", "back", "rename"]),
            st.sampled_from(NAMES),
        ),
        max_size=15,
    )
)
def test_any_jump_shows_what_going_there_shows(name: str, moves: list[tuple[str, str]]) -> None:
    walk = Session(NETS[name], budget=20_000)
    for move, names in moves:
        if move == "rename":
            walk.rename(names)
        else:
            getattr(walk, move)()
        walk.view()
    straight = Session(walk.compiled)
    straight.go(walk.position.iteration, walk.position.step)
    assert here(straight) == here(walk)


@every_net
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), budgets)
def test_what_has_been_gone_to_is_shown_without_running_anything(name: str, places: list[int], budget: int) -> None:
    walk = Session(NETS[name], budget=budget)
    walk.go(41, 0)
    walk.view()  # of numbers that overflowed, the first view looks for where that began
    for iteration in places:
        assert walk.distance(iteration) <= max(iteration, 2)
        walk.go(iteration, 1)
        assert walk.distance(iteration) == 0
        walk.view()
        assert walk.distance(iteration) == 0
        assert walk.distance(iteration + 1) <= 1
