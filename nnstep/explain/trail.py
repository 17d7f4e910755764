"""The trail through the numbers: where one went from answer to answer, and the way back, to the very place.

A place is kept by what is done and told there, not by its number: under other names, and after a change, the same step
may have another.
"""

from collections.abc import Iterator
from dataclasses import replace

from nnstep.branches import Programs
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.answers import trail_names
from nnstep.explain.places import CellPlace, has_cell
from nnstep.records import dataclass
from nnstep.session import Position, Session, View

_LONGEST = 200  # places


@dataclass(frozen=True)
class Visit:
    """A place on the trail.

    step: the id of the step that was done last; empty at the start. done: while it was walked, how many of its cells
    were there. cell: the told one. asked: what was asked there, a key of QUESTIONS. chosen: which row was gone to.
    """

    iteration: int = 1
    step: str = ""
    done: int = 0
    cell: Cell | None = None
    asked: str = ""
    chosen: int = 0

    @classmethod
    def of(cls, view: View, asked: str, chosen: int = 0) -> "Visit":
        """Return the place of a view."""
        step = view.active.id if view.active else ""
        return cls(view.position.iteration, step, view.position.cell, view.story, asked, chosen)

    def find(self, programs: Programs) -> Position | None:
        """Return where that is; None where its cell is no more. Of a step that is no more, where its cell is there."""
        program = programs.program(self.iteration)
        if self.cell is not None and not has_cell(program, self.cell):
            return None
        if not self.step:
            return Position(self.iteration)
        step = program.order.get(self.step, 0)
        if not step:
            return Position(self.iteration, program.ready[self.cell.name]) if self.cell else None
        return Position(self.iteration, step, self.done if self.done < program.steps[step - 1].size else 0)


@dataclass(frozen=True)
class Trail:
    """The places one went through, the last of which is where one is."""

    visits: tuple[Visit, ...] = ()

    def names(self, view: View) -> tuple[str, ...]:
        """Return what the told cells are called."""
        return trail_names(view, [(visit.iteration, visit.cell) for visit in self.visits])

    def at(self, here: Visit) -> "Trail":
        """Return the trail with another place at its end."""
        return Trail((*self.visits[:-1], here))

    def known(self, programs: Programs) -> "Trail":
        """Return the trail without the places that are no more."""
        return Trail(tuple(visit for visit in self.visits if visit.find(programs)))

    def back(self, programs: Programs) -> "Trail":
        """Return the trail to the place before. Raises NnstepError where there is none, or none any more."""
        before = Trail(self.visits[:-1]).known(programs)
        if not before.visits:
            why = "what was followed is no more" if len(self.visits) > 1 else "nothing was followed"
            raise NnstepError(f"there is no way back: {why}", hint="each row of an answer leads to another number")
        return before

    def onward(self, place: CellPlace, row: int, view: View, programs: Programs) -> "Trail":
        """Return the trail that goes on to a cell: to the step after which it is there, where it is not there yet.

        row: of the answer, that it stands in. Raises NnstepError where there is no such cell now.
        """
        last, there = self.visits[-1], place.place(programs)
        # What is asked of a weight or of a network is answered; what is asked next is where that number is from.
        asked = last.asked if last.asked == "to" else "from"
        if place.iteration == view.position.iteration and view.is_done(place.cell):
            goal = replace(Visit.of(view, asked), cell=place.cell)
        else:
            steps = programs.program(there.iteration).steps
            goal = Visit(there.iteration, steps[there.step - 1].id if there.step else "", 0, place.cell, asked)
        is_same = (last.iteration, last.cell) == (place.iteration, place.cell)
        before = self.visits[:-1] if is_same else self.at(replace(last, chosen=row)).visits
        return Trail((*before, goal)[-_LONGEST:])

    def way(self, session: Session) -> Iterator[int]:
        """Go to the end of the trail, yielding each iteration that is run; we are there, and it is told, when over."""
        visit = self.visits[-1]
        goal = visit.find(session.branches)
        if goal is None:
            raise NnstepError("this place is no more", hint="other settings and other names have other numbers")
        if goal != session.position:
            yield from session.travel(goal.iteration, goal.step - 1 if goal.cell else goal.step)
            for _ in range(goal.cell):
                session.next_cell()
        session.place_cursor(visit.cell)
