"""Running to a breakpoint: one operation at a time, or at full speed with every iteration looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from nnstep.catalog.conditions import CONDITIONS, Condition, Facts, Needs
from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program
from nnstep.engine.run import carried
from nnstep.records import dataclass
from nnstep.scenario.breaks import Breakpoint
from nnstep.session import Position, Session

# How much is run between two looks at the losses: some milliseconds.
_AT_ONCE = 2_000_000  # cells
_MOST_AT_ONCE = 64  # iterations
_ORDER: tuple[Needs, ...] = ("number", "loss", "parameters", "values")


@dataclass(frozen=True)
class Hit:
    """Where a breakpoint stopped, and which ones did; the cells that show why, where they are some in particular."""

    position: Position
    points: tuple[Breakpoint, ...]
    cells: tuple[Cell, ...] = ()


class Breaks:
    """The breakpoints of one session, and what runs to them.

    hit: where it was stopped last, if it was.
    """

    def __init__(self, session: Session, points: tuple[Breakpoint, ...] = ()) -> None:
        self.session = session
        self.points = points
        self.hit: Hit | None = None

    @property
    def active(self) -> tuple[Breakpoint, ...]:
        """Those that stop."""
        return tuple(point for point in self.points if point.is_on)

    @property
    def needs(self) -> Needs:
        """What has to be looked at in each iteration on the way: the most that any condition needs."""
        known = [CONDITIONS[point.kind].needs for point in self.active if point.kind in CONDITIONS]
        return max(known, key=_ORDER.index, default="number")

    # ---- changing them

    def toggle(self, point: Breakpoint) -> bool:
        """Set a breakpoint, or clear it where it is set; returns whether it is set now."""
        others = tuple(known for known in self.points if known.key != point.key)
        is_new = len(others) == len(self.points)
        self.points = (*others, point) if is_new else others
        return is_new

    def switch(self, number: int) -> None:
        """Switch a breakpoint off, or on again; it is the one at this place of the list, from 0."""
        changed = replace(self.points[number], is_on=not self.points[number].is_on)
        self.points = (*self.points[:number], changed, *self.points[number + 1 :])

    # ---- running to them

    def next(self) -> None:
        """Go on by one operation, but not past a breakpoint."""
        before = self.session.position
        self._let_go()
        self.session.next()
        after = self.session.position
        done = _whole(before) if before.iteration == after.iteration else -1
        found = self._first(after.iteration, done) if self.active else None
        if found is not None and found.position.step <= after.step:
            self._stop(found)

    def fast_forward(self, epoch: int) -> Iterator[int]:
        """Train to the end of an epoch or to a breakpoint, yielding iterations as they pass, as the session does.

        Stops at the first step at which a breakpoint says so, and where it is cut short; a training that ends by
        itself before that ends as it does without breakpoints.
        """
        session, here = self.session, self.session.position
        self._let_go()
        self.hit = None
        found = self._first(here.iteration, _whole(here)) if self.active else None
        if found is None and self.active:
            at = here.iteration
            over = False
            try:
                for at, is_met in self._scan(here.iteration, self._goal(epoch)):
                    yield at
                    found = self._first(at, -1) if is_met else None
                    if found is not None:
                        break
                over = True
            finally:
                if not over:
                    session.go(at, len(self._program(at).steps))
        if found is None:
            yield from session.fast_forward(epoch)
            return
        try:
            yield from session.travel(found.position.iteration, found.position.step)
        finally:
            self._stop(found)  # where it is cut short as well: what is left is short

    def _stop(self, found: Hit) -> None:
        self.session.go(found.position.iteration, found.position.step)
        self.hit = found
        if found.cells:
            self.session.place_cursor(found.cells[0])

    def _let_go(self) -> None:
        """Tell no longer of the cell that the last stop was about."""
        if self.hit is not None and self.session.cursor in self.hit.cells:
            self.session.place_cursor(None)

    def _goal(self, epoch: int) -> int:
        """Return the last iteration of a training to an epoch, as far as it is known where the training ends."""
        history, here = self.session.history, self.session.position
        goal = self.session.compiled.training.batches.first(epoch + 1) - 1
        return min(goal, history.ended) if here.iteration < history.ended and not self._goes_on else goal

    @property
    def _goes_on(self) -> bool:
        """Are we where the training came to rest? Whoever trains on from there means to go past it."""
        here, rest = self.session.position, self.session.history.rest
        return here == Position(rest, len(self.session.program.steps))

    # ---- in one iteration: exactly where

    def _first(self, iteration: int, done: int) -> Hit | None:
        """Return the first stop of an iteration after so many steps (-1: its very start counts too)."""
        program = self._program(iteration)
        stops = [
            (step, point) for point in self.active for step in self._stops(point, iteration, program) if step > done
        ]
        if not stops:
            return None
        first = min(step for step, _ in stops)
        points = tuple(point for step, point in stops if step == first)
        conditions = [CONDITIONS[point.kind] for point in points if point.kind in CONDITIONS]
        cells = [cell for condition in conditions for cell in condition.cells(self._facts(iteration), first)]
        return Hit(Position(iteration, first), points, tuple(cells))

    def _stops(self, point: Breakpoint, iteration: int, program: Program) -> tuple[int, ...]:
        condition = CONDITIONS.get(point.kind)
        if condition is None:
            return point.stops(program)
        facts = self._facts(iteration)
        if not condition.holds(facts, point.amount):
            return ()
        if condition.lasts and iteration > 1 and condition.holds(self._facts(iteration - 1), point.amount):
            return ()
        return condition.places(facts)

    def _facts(self, iteration: int) -> Facts:
        return self._seen(iteration, self.session.history.values(iteration))

    def _seen(self, iteration: int, values: Mapping[str, Array]) -> Facts:
        """Return what is known of an iteration of which every value is known."""
        program = self._program(iteration)
        trained = {v.id: program.carry[v.id] for v in program.parameters if v.trainable}
        before = {name: values[name] for name in trained}
        after = {name: values[made] for name, made in trained.items()}
        return Facts(iteration, program, self._begins(iteration), float(values[program.loss]), before, after, values)

    def _program(self, iteration: int) -> Program:
        return self.session.history.of(iteration).training.program(iteration)

    def _begins(self, iteration: int) -> int:
        batches = self.session.compiled.training.batches
        return batches.epoch(iteration) if (iteration - 1) % batches.per_epoch == 0 else 0

    # ---- in many iterations: which of them

    def _scan(self, start: int, goal: int) -> Iterator[tuple[int, bool]]:
        """Run the iterations after `start`, yielding some with whether a breakpoint stops in it: all in which one does.

        Ends where the training does.
        """
        history = self.session.history
        watch = _Watch(self.active, self._facts(start) if self.needs != "number" else None)
        goes_on, known = self._goes_on, history.ended
        for facts in self._run(start, goal):
            yield facts.iteration, watch.is_met(facts)
            if history.ended != known and history.ended <= facts.iteration and not goes_on:
                return

    def _run(self, start: int, goal: int) -> Iterator[Facts]:
        """Run iterations, those of another training before a change among them, with what is needed of each."""
        since = self.session.history.since
        yield from (self._facts(iteration) for iteration in range(start + 1, min(since, goal) + 1))
        run = self._stepped if self.needs == "values" else self._fast
        yield from run(max(start, since), goal)

    def _stepped(self, start: int, goal: int) -> Iterator[Facts]:
        """Run iterations with all their values."""
        training, history = self.session.history.training, self.session.history
        at, flat = history.parameters(start), np.empty(history.packing.width)  # (width)
        for iteration in range(start + 1, goal + 1):
            values = training.run(iteration, at)
            at = carried(training.program(iteration), values)
            history.packing.pack(at, flat)
            facts = self._seen(iteration, values)
            history.passed(iteration, facts.loss, flat)
            yield facts

    def _fast(self, start: int, goal: int) -> Iterator[Facts]:
        """Run iterations at full speed: of each its loss is known, and its parameters where they are needed."""
        from nnstep.engine.runner import Runner

        training, history = self.session.history.training, self.session.history
        packing, program, looks = history.packing, training.program(1), self.needs == "parameters"
        trained = [variable.id for variable in program.parameters if variable.trainable]
        flat, earlier = np.empty(packing.width), np.empty(packing.width)  # (width)
        most = 1 if looks else max(1, min(_AT_ONCE // program.cells, _MOST_AT_ONCE))
        runner = Runner(training)
        runner.begin(start, history.parameters(start))
        packing.pack(runner.at, flat)
        while runner.done < goal:
            done, losses = runner.done, list[float]()
            flat, earlier = earlier, flat
            runner.run(min(goal, done + most, self._limit(done)), losses)
            packing.pack(runner.at, flat)
            if len(losses) > 1 and not np.isfinite(flat).all():
                # In which of them it broke is found out one by one. It happens once in a training.
                runner.begin(done, packing.views(earlier))
                flat, earlier, most = earlier, flat, 1
                continue
            after = packing.views(flat) if looks else {}
            before = packing.views(earlier) if looks else {}
            for iteration, loss in enumerate(losses, done + 1):
                history.passed(iteration, loss, flat)
                yield Facts(
                    iteration,
                    training.program(iteration),
                    self._begins(iteration),
                    loss,
                    {name: before[name] for name in trained if looks},
                    {name: after[name] for name in trained if looks},
                )

    def _limit(self, done: int) -> int:
        """Return how far may be run at once after so many iterations: what is kept on the way is kept at its end."""
        history, training = self.session.history, self.session.history.training
        if done < history.reached:
            return history.reached
        limits = [history.due] if history.due else []
        if training.patience is not None:
            limits.append(training.batches.first(training.batches.epoch(done + 1) + 1) - 1)
        return min(limits, default=done + _MOST_AT_ONCE)


class _Watch:
    """Looks at one iteration after the other, and knows which conditions held in the one before."""

    def __init__(self, points: tuple[Breakpoint, ...], start: Facts | None) -> None:
        self._points = points
        self._held = {p.key for p in points if start and (c := _lasting(p)) and c.holds(start, p.amount)}

    def is_met(self, facts: Facts) -> bool:
        """Does any breakpoint stop in this iteration?"""
        met = False
        for point in self._points:
            condition = CONDITIONS.get(point.kind)
            if condition is None:
                met = met or bool(point.stops(facts.program))
                continue
            holds = condition.holds(facts, point.amount)
            met = met or (holds and point.key not in self._held)
            if condition.lasts:
                (self._held.add if holds else self._held.discard)(point.key)
        return met


def _whole(place: Position) -> int:
    """Return how many steps are done as a whole."""
    return place.step - 1 if place.cell else place.step


def _lasting(point: Breakpoint) -> Condition | None:
    condition = CONDITIONS.get(point.kind)
    return condition if condition and condition.lasts else None
