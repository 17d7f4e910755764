"""Where we are in a training, and the commands that move; a session hands out frozen views of what there is to see."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from nnstep.branches import Branches, Edit, is_alike, same_step
from nnstep.engine.cell import Array, Cell
from nnstep.engine.history import DEFAULT_BUDGET, History
from nnstep.engine.program import Program, Step
from nnstep.engine.stopping import Reason
from nnstep.errors import NnstepError
from nnstep.faults import Faults
from nnstep.scenario.compile import Compiled
from nnstep.view import Fault, Position, State, View

__all__ = ["Fault", "Position", "Session", "State", "Stop", "View", "does_at_a_time", "opens_phase"]

Stop = Callable[[Position, Program], bool]


class Session:
    """One person's walk through a training. Only this object changes; what it hands out does not."""

    def __init__(self, compiled: Compiled, *, budget: int = DEFAULT_BUDGET, history: History | None = None) -> None:
        """history: of this training, where there is one already."""
        self.branches = Branches(compiled, history or History(compiled.training, budget))
        self.position = Position()
        self.cursor: Cell | None = None
        self.sample = 0
        self.stop_number = 0  # of the lesson's stop that was come to last; 0 before the first
        self.stopped: Reason | None = None  # why the fast-forward that led here ended before its epoch
        self._faults = Faults(self.branches)

    @property
    def compiled(self) -> Compiled:
        """The scenario as it is at the current iteration."""
        return self.branches.at(self.position.iteration).compiled

    @compiled.setter
    def compiled(self, compiled: Compiled) -> None:
        self.branches.replace_compiled(compiled, self.position.iteration)

    @property
    def history(self) -> History:
        """What was run, and what is run next."""
        return self.branches.last.history

    @property
    def program(self) -> Program:
        """The program of the current iteration."""
        return self._program(self.position)

    def view(self) -> View:
        """Return what there is to see here; runs the current iteration if it has not been run."""
        place, batches = self.position, self.compiled.training.batches
        values = self.history.values(place.iteration)
        before = self.history.values(place.iteration - 1) if place.iteration > 1 else {}
        program = self.program
        numbers = batches.numbers(place.iteration)
        if self.history.of(place.iteration).since == place.iteration - 1:
            # Before a change there may have been other values.
            known = program.values
            before = {name: one for name, one in before.items() if name in known and known[name].shape == one.shape}
        if before and numbers != batches.numbers(place.iteration - 1):
            # The batches hold other samples: only what is not about samples stands in the same cell.
            before = {name: value for name, value in before.items() if not program.is_sampled(name)}
        branch = self.branches.at(place.iteration)
        view = View(
            self.compiled,
            program,
            place,
            batches.epoch(place.iteration),
            batches.batch(place.iteration),
            batches.per_epoch,
            values,
            before,
            numbers,
            min(self.sample, len(numbers) - 1),
            self.cursor,
            (),
            self.history.losses.spacing,
            None,
            program_before=self.branches.program(place.iteration - 1) if place.iteration > 1 else None,
            changed_at=branch.since + 1 if branch.told else 0,
        )
        known_losses = place.iteration if view.state(program.loss) == "live" else place.iteration - 1
        return replace(view, losses=tuple(self.history.losses.upto(known_losses)), fault=self._faults.first(view))

    def look_ahead(self) -> None:
        """Run the next iteration while nobody waits, where this one is the last that was ever run."""
        if self.position.iteration == self.history.reached:
            self.history.look_ahead()

    # ---- moving by one

    def next(self) -> None:
        """Go on by one operation; out of the middle of one, to its end."""
        self._settle(self._after(self.position))

    def back(self) -> None:
        """Go back by one operation; in the middle of one, by one cell."""
        self._settle(self._before(self.position))

    def next_cell(self) -> None:
        """Go on by one cell, into the next operation where this one is whole."""
        place, self.cursor = self.position, None
        place = replace(place, cell=place.cell + 1) if place.cell else replace(self._after(place), cell=1)
        size = self._steps(place.iteration)[place.step - 1].size
        self._settle(replace(place, cell=0) if place.cell >= size else place)

    # ---- moving further: each is a question of where to stop

    def forward_to(self, stop: Stop) -> None:
        """Go on until `stop` says so, at the furthest to the end of the next iteration."""
        place, limit = self._after(self.position), self.position.iteration + 1
        while not stop(place, self._program(place)) and place < Position(limit, len(self._steps(limit))):
            place = self._after(place)
        self._settle(place)

    def back_to(self, stop: Stop) -> None:
        """Go back until `stop` says so, at the furthest to the very start."""
        place = self._before(self.position)
        while not stop(place, self._program(place)) and place > Position():
            place = self._before(place)
        self._settle(place)

    def next_phase(self) -> None:
        """Go to the first step of the next phase."""
        self.forward_to(opens_phase)

    def previous_phase(self) -> None:
        """Go to the first step of this phase, or of the one before where that is here."""
        self.back_to(opens_phase)

    def next_time(self) -> None:
        """Go on to where this step is done at another time; from a step without a time, to the first that has one.

        On the way back that is the time before. Raises NnstepError where nothing goes through time.
        """
        self.forward_to(self._at_another_time())

    def previous_time(self) -> None:
        """Go back to where this step was done at another time. Raises NnstepError where nothing goes through time."""
        self.back_to(self._at_another_time())

    def next_iteration(self) -> None:
        """Go to the same step of the next iteration."""
        self._settle(self._same_step(self.position.iteration + 1))

    def previous_iteration(self) -> None:
        """Go to the same step of the iteration before, from the first one to its start."""
        here = self.position.iteration
        self._settle(self._same_step(here - 1) if here > 1 else Position())

    def home(self) -> None:
        """Go to the start of this iteration; from there, to the very start."""
        here = self.position
        self._settle(Position(1 if here.step == 0 else here.iteration))

    def end(self) -> None:
        """Go to the end of this iteration; from there, to the end of the furthest one that was run."""
        here = self.position.iteration
        is_there = self.position == Position(here, len(self.program.steps))
        goal = max(self.history.reached, here) if is_there else here
        self._settle(Position(goal, len(self._steps(goal))))

    def run_to(self, identity: str) -> None:
        """Go on to the step that makes a value, in this iteration or the next."""
        self.forward_to(lambda place, program: bool(place.step) and program.steps[place.step - 1].id == identity)

    def go(self, iteration: int, step: int) -> None:
        """Go to a step of an iteration. Raises NnstepError where there is none."""
        for _ in self.travel(iteration, step):
            pass

    def travel(self, iteration: int, step: int) -> Iterator[int]:
        """Go to a step of an iteration, yielding each iteration that is run on the way; we move when it is over."""
        last = len(self._steps(iteration)) if iteration >= 1 else 0
        if iteration < 1 or not 0 <= step <= last:
            raise NnstepError(
                f"there is no step {step} in iteration {iteration}",
                hint=f"iterations count from 1; steps from 0 (nothing done yet) to {last or len(self.program.steps)}",
            )
        yield from self._run_for(iteration)
        self._settle(Position(iteration, step))

    def distance(self, iteration: int) -> int:
        """Return how many iterations have to be run before one can be shown, with what was before it."""
        return self.history.distance(iteration)

    def arrive(self, since: View) -> Iterator[int]:
        """Run what there is to run for the view of this place, yielding each iteration that is run.

        since: what was shown last; until it is over, and where it is cut short, we are still there.
        """
        there = self.position, self.cursor
        self.position, self.cursor = since.position, since.cursor
        yield from self._run_for(there[0].iteration)
        self.position, self.cursor = there

    def fast_forward(self, epoch: int) -> Iterator[int]:
        """Train to the end of an epoch, yielding iterations as they pass; we move to the end of the last one.

        Stops before that where the training ends by itself (`stopped` says why), unless we are there already or past
        it, and where it is cut short. Where patience was over, we go back to the end of the best epoch.
        """
        history, here = self.history, self.position.iteration
        at, target, over = here, self.compiled.training.batches.first(epoch + 1) - 1, False
        # Whoever is where it came to rest means to go on from there.
        left = here if self.position == Position(here, len(self._steps(here))) else 0
        if here < history.ended < target and left != history.rest:
            target = history.ended
        try:
            if target > here and not 0 < history.broke <= here:
                for number in history.replay(target):
                    at = max(at, number)
                    yield number
                    over = number == history.ended > here and left != history.rest
                    if over:
                        break
                if over and at != history.rest:
                    for _ in history.replay(history.rest):
                        yield at
                    at = history.rest
        finally:
            self._settle(Position(at, len(self._steps(at))))
            self.stopped = history.reason if over and at == history.rest else None

    # ---- cursor and names

    def place_cursor(self, cell: Cell | None) -> None:
        """Tell the story of another cell, and choose its sample; None goes back to the active step's."""
        self.cursor = cell
        if cell is not None and self.program.is_sampled(cell.name):
            self.sample = cell.at[0]

    def choose_sample(self, row: int) -> None:
        """Choose the sample in a row of the batch, counted around its ends."""
        self.sample = row % self.compiled.training.batches.count(self.position.iteration)
        if self.cursor is not None and self.program.is_sampled(self.cursor.name):
            self.cursor = replace(self.cursor, at=(self.sample, *self.cursor.at[1:]))

    def rename(self, names: str) -> None:
        """Tell the same training in another name set, at the same place."""
        was = self.program
        self.branches.rename(names)
        self._stay(was)

    # ---- what if

    def edit(self, edit: Edit) -> None:
        """Go on otherwise from this iteration on, at the same step. Raises NnstepError where that can not be."""
        was = self.program
        self.branches.add(self.position.iteration, edit)
        self._stay(was)

    def undo(self) -> str:
        """Take the last change back, and return what it was. Raises NnstepError where nothing was changed."""
        was, told = self.program, self.branches.undo()
        self._stay(was)
        return told

    def redo(self) -> str:
        """Make a change again that was undone, and return what it is. Raises NnstepError where nothing was."""
        was, told = self.program, self.branches.redo()
        self._stay(was)
        return told

    def as_it_was(self, most: int) -> Mapping[str, Array] | None:
        """Return every value of this iteration as it would be without any change; None where nothing was changed yet.

        most: how many iterations may be run to know it; where that takes more, there are no values.
        """
        iteration, first = self.position.iteration, self.branches.first
        if len(self.branches.now) == 1 or iteration <= self.branches.now[1].since:
            return None
        return first.history.values(iteration) if first.history.distance(iteration) <= most else {}

    def unedited(self) -> "Session":
        """Return a session of the same training without any change, at this place."""
        first = self.branches.first
        twin = Session(first.compiled, history=first.history)
        twin.beside(self)
        return twin

    def beside(self, other: "Session") -> None:
        """Stand where another session stands: at the step that makes the same value, in the same iteration."""
        was, there = other.program, other.position
        self.position, self.cursor, self.sample, self.stopped = there, other.cursor, other.sample, None
        self._stay(was)
        now = self.program
        if there.step == len(was.steps):
            self.position = replace(self.position, step=len(now.steps))
        if there.cell:
            walked, here = was.steps[there.step - 1].id, now.steps[self.position.step - 1].id
            self.position = replace(
                self.position, cell=there.cell if here == walked and is_alike(here, was, now) else 0
            )

    # ---- inside

    def _at_another_time(self) -> Stop:
        if not self.program.has_times:
            hint = "an rnn or an lstm layer does the same at each time: nnstep lstm-remembers"
            raise NnstepError("nothing in this network goes through time", hint=hint)
        here = self.program.steps[self.position.step - 1].at_all_times if self.position.step else ""
        return partial(does_at_a_time, here)

    def _same_step(self, iteration: int) -> Position:
        """Return the place in another iteration where the same is done as here."""
        return Position(iteration, same_step(self.position.step, self.program, self._program(Position(iteration))))

    def _stay(self, was: Program) -> None:
        """Be at the same step and cell as before, when the program was another; let go of a cell that is gone."""
        self._faults.forget()
        here, now = self.position, self.program
        self.position = Position(here.iteration, same_step(here.step, was, now))
        if self.cursor and not is_alike(self.cursor.name, was, now):
            self.cursor = None

    def _run_for(self, iteration: int) -> Iterator[int]:
        if self.history.distance(iteration):
            yield from self.history.replay(iteration)  # and the one before it, which a view shows as well

    def _program(self, place: Position) -> Program:
        return self.branches.program(place.iteration)

    def _steps(self, iteration: int) -> tuple[Step, ...]:
        return self._program(Position(iteration)).steps

    def _after(self, place: Position) -> Position:
        if place.cell:
            return replace(place, cell=0)
        if place.step < len(self._steps(place.iteration)):
            return Position(place.iteration, place.step + 1)
        return Position(place.iteration + 1, 1)

    def _before(self, place: Position) -> Position:
        if place.cell > 1:
            return replace(place, cell=place.cell - 1)
        if place.step > 1 or place.iteration == 1:
            return Position(place.iteration, max(place.step - 1, 0))
        last = len(self._steps(place.iteration - 1))
        # The start of an iteration and the end of the one before show the same, so it is one step back from either.
        return Position(place.iteration - 1, last if place.step == 1 else last - 1)

    def _settle(self, place: Position) -> None:
        moved = place != self.position
        self.position, self.stopped = place, None
        if moved and self.cursor is not None:
            self.cursor = self._followed(self.cursor, place)

    def _followed(self, cursor: Cell, place: Position) -> Cell | None:
        """Take the cursor along to the active step, at the same row and column as far as they go."""
        if not place.step:
            return None
        shape = self._steps(place.iteration)[place.step - 1].shape
        at = (0,) * max(len(shape) - len(cursor.at), 0) + cursor.at[max(len(cursor.at) - len(shape), 0) :]
        clipped = tuple(min(n, size - 1) for n, size in zip(at, shape, strict=True))
        return Cell(self._steps(place.iteration)[place.step - 1].id, clipped)


def opens_phase(place: Position, program: Program) -> bool:
    """Is this the first step of a phase?"""
    here, steps = place.step, program.steps
    return not place.cell and here > 0 and (here == 1 or steps[here - 2].phase != steps[here - 1].phase)


def does_at_a_time(what: str, place: Position, program: Program) -> bool:
    """Is this a step that does, at some time, what `Step.at_all_times` says? Without that: any step at a time?"""
    made = program.steps[place.step - 1].at_all_times if place.step and not place.cell else ""
    return bool(made) and made == (what or made)
