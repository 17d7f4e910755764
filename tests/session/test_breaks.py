"""Breakpoints: the first place at which one stops, held against a walk that looks at every single step."""

from collections.abc import Callable, Mapping
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.branches import Number, Setting
from nnstep.breaks import Breaks, Hit
from nnstep.catalog.conditions import CONDITIONS
from nnstep.engine.cell import Array, Cell
from nnstep.scenario.breaks import Breakpoint
from nnstep.session import Position, Session
from tests.helpers.searching import examples
from tests.helpers.trainings import batched, dense, exploding, net, session, spreadsheet

Values = Mapping[str, Array]
TRAINED = ("layer1.weights", "layer1.bias", "layer2.weights", "layer2.bias")

XOR = {
    "names": "math",
    "data": {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]},
    "optimizer": {"name": "gd", "learning_rate": 2.0},
    "epochs": 2000,
}


def xor(**changes: Any) -> dict[str, Any]:
    return net(dense(3, "tanh"), dense(1, "sigmoid"), **{**XOR, **changes})


# What each condition means, written on its own: is it so in these values, and which value tells so, or which ones?
Meaning = Callable[[Values, float], str]


def loss_below(values: Values, amount: float) -> str:
    return "loss" if float(values["loss"]) < amount else ""


def accuracy_above(values: Values, amount: float) -> str:
    right = (values["layer2.output"] > 0.5) == (values["targets"] == 1)
    return "layer2.output" if right.sum() / right.size > amount else ""


def norm(values: Values) -> float:
    return sqrt(sum((values[f"{name}.grad"] ** 2).sum() for name in TRAINED))


def gradient_norm_above(values: Values, amount: float) -> str:
    return "layer1.bias.grad" if norm(values) > amount else ""


def sign_change(values: Values, amount: float) -> str:
    # Updates come from the last layer to the first.
    order = ("layer2.weights", "layer2.bias", "layer1.weights", "layer1.bias")
    changed = [n for n in order if ((values[n] > 0) & (values[f"{n}.next"] < 0)).any()]
    changed += [n for n in order if ((values[n] < 0) & (values[f"{n}.next"] > 0)).any()]
    return " ".join(f"{name}.next" for name in order if name in changed)


def not_finite(values: Values, amount: float) -> str:
    return next((name for name, value in values.items() if not np.isfinite(value).all()), "")


MEANINGS: dict[str, Meaning] = {
    "loss_below": loss_below,
    "accuracy_above": accuracy_above,
    "gradient_norm_above": gradient_norm_above,
    "sign_change": sign_change,
    "not_finite": not_finite,
}
EVENTS = {"sign_change"}
LAST = 150


def looked_up(walk: Session, kind: str, amount: float, start: int) -> list[tuple[int, int]]:
    """Return every place after an iteration where a condition begins to hold, by looking at all values of each."""
    found = []
    held = bool(MEANINGS[kind](walk.history.values(start), amount))
    for iteration in range(start + 1, LAST + 1):
        values = walk.history.values(iteration)
        told = MEANINGS[kind](values, amount)
        if told and (not held or kind in EVENTS):
            order = walk.compiled.training.program(iteration).order
            found += [(iteration, order[one]) for one in told.split()]
        held = bool(told)
    return found


def stops(walk: Session, *points: Breakpoint, epoch: int = LAST) -> list[tuple[int, int]]:
    """Return every place where fast-forward is stopped on its way to an epoch."""
    breaks, found = Breaks(walk, points), []
    last = walk.compiled.training.batches.first(epoch + 1) - 1
    while True:
        for _ in breaks.fast_forward(epoch):
            pass
        place = walk.position
        if breaks.hit is None:
            assert place == Position(last, len(walk.program.steps))
            return found
        assert breaks.hit.position == place
        found.append((place.iteration, place.step))


def test_every_condition_has_a_meaning_here() -> None:
    assert {*MEANINGS, "epoch"} == set(CONDITIONS)


def amounts(kind: str) -> list[float]:
    """Return numbers that are crossed on the way, some of them more than once."""
    walk = session(xor())
    walk.go(LAST, 0)
    if kind == "loss_below":
        return [float(walk.history.values(n)["loss"]) for n in (2, 37, 90)]
    if kind == "gradient_norm_above":
        norms = [norm(walk.history.values(n)) for n in range(1, LAST)]
        return [float(np.median(norms)), max(norms) * 0.99]
    return [0.5, 0.7] if kind == "accuracy_above" else [0.0]


@pytest.mark.parametrize("kind", sorted(set(MEANINGS) - {"not_finite"}))
def test_fast_forward_stops_at_the_first_iteration_that_meets_it(kind: str) -> None:
    some = 0
    for amount in amounts(kind):
        expected = looked_up(session(xor()), kind, amount, 1)
        walk = session(xor())
        walk.end()
        assert stops(walk, Breakpoint(kind, amount=amount)) == expected
        some += len(expected)
    assert some


def test_a_change_of_sign_names_its_cells_and_the_cursor_is_on_the_first() -> None:
    walk = session(xor(optimizer={"name": "gd", "learning_rate": 20.0}))
    breaks, seen = Breaks(walk, (Breakpoint("sign_change"),)), set[int]()
    while (hit := _next_hit(breaks)) is not None and walk.position.iteration < LAST:
        values = walk.history.values(walk.position.iteration)
        made = walk.program.steps[walk.position.step - 1].id
        before, after = values[made.removesuffix(".next")], values[made]
        expected = [at for at in np.ndindex(before.shape) if before[at] * after[at] < 0]
        assert hit.cells == tuple(Cell(made, at) for at in expected)
        assert walk.cursor == hit.cells[0]
        seen.add(len(expected))
    assert seen > {1}, "one at a time, and several at once"
    # Whoever goes on is told of that cell no longer.
    breaks.next()
    assert walk.cursor is None or walk.cursor in breaks.hit.cells  # type: ignore[union-attr]


def _next_hit(breaks: Breaks) -> Hit | None:
    for _ in breaks.fast_forward(LAST):
        pass
    return breaks.hit


@pytest.mark.parametrize("kind", sorted(set(MEANINGS) - {"not_finite"}))
def test_running_step_by_step_stops_at_the_same_places(kind: str) -> None:
    amount = amounts(kind)[0]
    expected = [place for place in looked_up(session(xor()), kind, amount, 1) if place[0] < 45]
    walk = session(xor())
    walk.end()
    breaks, found = Breaks(walk, (Breakpoint(kind, amount=amount),)), []
    while walk.position.iteration < 45:
        breaks.next()
        if breaks.hit is not None and breaks.hit.position == walk.position:
            found.append((walk.position.iteration, walk.position.step))
            breaks.hit = None
    assert found == expected


def test_what_was_run_before_is_looked_at_again() -> None:
    goal = amounts("loss_below")[1]
    walk = session(xor())
    walk.go(LAST, 0)
    walk.go(5, 3)
    assert stops(walk, Breakpoint("loss_below", amount=goal)) == looked_up(session(xor()), "loss_below", goal, 5)


@pytest.mark.parametrize("names", ["math", "classic"])
def test_a_number_that_is_not_finite_is_found_at_the_step_that_made_it(names: str) -> None:
    walk = session(exploding(names=names))
    breaks = Breaks(walk, (Breakpoint("not_finite"),))
    for _ in breaks.fast_forward(20):
        pass
    assert breaks.hit is not None
    place, program = walk.position, walk.program
    values = walk.history.values(place.iteration)
    early = [s.id for s in (*program.steps, *program.measures) if program.ready[s.id] < place.step]
    assert all(np.isfinite(values[name]).all() for name in early)
    assert any(not np.isfinite(values[s.id]).all() for s in program.steps if program.ready[s.id] == place.step) or (
        not np.isfinite(values["loss"]).all()
    )
    others = [walk.history.values(n) for n in range(1, place.iteration)]
    assert all(np.isfinite(value).all() for before in others for value in before.values())


@pytest.mark.parametrize("needs", ["loss_below", "gradient_norm_above"])
def test_the_numbers_are_those_of_a_training_without_breakpoints(needs: str) -> None:
    walk, plain = session(xor()), session(xor())
    assert stops(walk, Breakpoint(needs, amount=0.05), epoch=300)
    for _ in plain.fast_forward(300):
        pass
    mine, its = walk.view(), plain.view()
    assert mine.position == its.position
    assert mine.losses == its.losses
    assert all(mine.values[name].tobytes() == its.values[name].tobytes() for name in its.values)


@pytest.mark.parametrize("kind", ["loss_below", "gradient_norm_above", "sign_change"])
def test_a_change_on_the_way_is_heeded(kind: str) -> None:
    walk = session(xor())
    walk.go(40, 0)
    walk.edit(Setting("optimizer.learning_rate", "0.5"))
    walk.go(60, 0)
    walk.edit(Number(Cell("layer1.weights", (0, 0)), -3.0))
    # Crossed after the second change.
    before, after, later = map(walk.history.values, (59, 60, 90))
    amount = float(later["loss"]) if kind == "loss_below" else (norm(before) + norm(after)) / 2
    expected = looked_up(walk, kind, amount, 10)
    walk.go(10, len(walk.program.steps))
    assert stops(walk, Breakpoint(kind, amount=amount)) == expected
    assert expected != looked_up(session(xor()), kind, amount, 10)


def test_an_epoch_begins_before_its_first_step() -> None:
    assert stops(session(batched()), Breakpoint("epoch", amount=3.0), epoch=5) == [(7, 0)]


def test_places_stop_in_each_iteration() -> None:
    steps = Breakpoint("step", "layer2.delta")
    number = session(xor()).program.order["layer2.delta"]
    assert stops(session(xor()), steps, epoch=3) == [(1, number), (2, number), (3, number)]


def test_phases_and_layers_stop_where_they_begin() -> None:
    walk = session(xor())
    program = walk.program
    phase = next(n for n, step in enumerate(program.steps, 1) if step.phase == "update")
    assert stops(walk, Breakpoint("phase", "update"), epoch=2) == [(1, phase), (2, phase)]
    first = [n for n, s in enumerate(program.steps, 1) if s.layer == "layer1"]
    begins = [n for n in first if n - 1 not in first]
    assert stops(session(xor()), Breakpoint("layer", "layer1"), epoch=1) == [(1, n) for n in begins]


def test_several_at_one_place_are_told_together() -> None:
    walk = session(xor())
    points = (Breakpoint("phase", "deltas"), Breakpoint("step", "layer2.slope"), Breakpoint("step", "layer1.output"))
    breaks = Breaks(walk, points)
    for _ in range(2):
        for _ in breaks.fast_forward(1):
            pass
    assert breaks.hit is not None
    assert breaks.hit.points == points[:2]


def test_one_that_is_off_stops_nothing() -> None:
    assert stops(session(xor()), Breakpoint("step", "layer2.delta", is_on=False), epoch=3) == []


def test_a_training_that_ends_by_itself_ends_as_it_does_without() -> None:
    goal = amounts("loss_below")[1]
    for other in (
        Breakpoint("epoch", amount=1999.0),
        Breakpoint("sign_change"),
        Breakpoint("gradient_norm_above", amount=1e9),
    ):
        walk, plain = session(xor(stop={"loss_below": goal})), session(xor(stop={"loss_below": goal}))
        breaks = Breaks(walk, (other,))
        while not walk.stopped:
            for _ in breaks.fast_forward(2000):
                pass
            assert walk.position.iteration < 2000
        for _ in plain.fast_forward(2000):
            pass
        assert walk.position == plain.position
        assert walk.stopped == plain.stopped == "loss_below"
        # Once more goes past it.
        for _ in breaks.fast_forward(200):
            pass
        assert walk.position.iteration > plain.position.iteration


@pytest.mark.parametrize("kind", ["loss_below", "gradient_norm_above"])
def test_cut_short_we_are_at_the_last_iteration_that_was_run(kind: str) -> None:
    walk = session(spreadsheet())
    way = Breaks(walk, (Breakpoint(kind, amount=0.0 if kind == "loss_below" else 1e9),)).fast_forward(5000)
    for iteration in way:
        if iteration >= 70:
            break
    way.close()  # type: ignore[attr-defined]
    assert (walk.position.iteration, walk.position.step) == (iteration, 18)


def test_out_of_the_middle_of_a_step_it_may_stop_at_its_end() -> None:
    walk = session(xor())
    walk.next_cell()
    breaks = Breaks(walk, (Breakpoint("step", walk.program.steps[0].id),))
    for _ in breaks.fast_forward(1):
        pass
    assert walk.position == Position(1, 1)
    assert breaks.hit is not None


def test_a_product_stops_where_the_sum_is_there() -> None:
    walk = session(xor(names="classic"))
    assert "layer1.weighted" not in walk.program.order
    assert stops(walk, Breakpoint("step", "layer1.weighted"), epoch=1) == [(1, 1)]


def test_toggle_sets_and_clears() -> None:
    breaks = Breaks(session(xor()))
    point = Breakpoint("phase", "update")
    assert breaks.toggle(point)
    breaks.switch(0)
    assert breaks.points == (Breakpoint("phase", "update", is_on=False),)
    assert not breaks.toggle(point)
    assert breaks.points == ()


@cache
def goal() -> float:
    return float(session(batched(epochs=30)).history.values(20)["loss"])


@settings(max_examples=examples(15))
@given(st.integers(1, 60), st.integers(0, 23), st.integers(1, 20))
def test_from_anywhere_the_next_stop_is_the_next_one(iteration: int, step: int, back: int) -> None:
    """Whatever was run before, and wherever we begin, with and without values."""
    for kind in ("loss_below", "sign_change"):
        walk = session(batched(epochs=30))
        amount = goal()
        walk.go(iteration + back, 0)
        walk.go(iteration, min(step, len(walk.compiled.training.program(iteration).steps)))
        here = walk.position
        expected = [p for p in looked_from_the_start(kind, amount) if Position(*p) > here]
        breaks = Breaks(walk, (Breakpoint(kind, amount=amount),))
        for _ in breaks.fast_forward(30):
            pass
        if expected and expected[0][0] <= 90:
            assert (walk.position.iteration, walk.position.step) == expected[0]
        else:
            assert breaks.hit is None


@cache
def looked_from_the_start(kind: str, amount: float) -> list[tuple[int, int]]:
    walk = session(batched(epochs=30))
    found, held = [], False
    for iteration in range(1, 91):
        told = MEANINGS[kind](walk.history.values(iteration), amount)
        if told and (not held or kind in EVENTS):
            order = walk.compiled.training.program(iteration).order
            found += [(iteration, order[one]) for one in told.split()]
        held = bool(told)
    return found
