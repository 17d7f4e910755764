"""Going to a place that the command line names, where no screen shows yet how far it is."""

from collections.abc import Callable, Iterator
from time import monotonic

from nnstep.commands.endings import tell
from nnstep.commands.interrupts import run_through
from nnstep.commands.progress import Advance, progress
from nnstep.explain.places import Place
from nnstep.session import Session

_LONG = 1.0  # seconds after which a person wants to know what is being done


def go_there(session: Session, place: Place, *, clock: Callable[[], float] = monotonic) -> None:
    """Go to a place. A long way is a bar on the error output, or one line of it where that is no screen.

    clock: in seconds. Raises NnstepError where there is no such place, and KeyboardInterrupt at Ctrl-C.
    """
    goal = session.compiled.training.batches.epoch(place.iteration)
    with progress(f"Going to epoch {goal}", goal, _Teller(goal, clock)) as advance:
        run_through(_way(session, place, advance))


def _way(session: Session, place: Place, advance: Advance) -> Iterator[int]:
    batches, losses = session.compiled.training.batches, session.history.losses
    for iteration in session.travel(place.iteration, place.step):
        advance(batches.epoch(iteration), losses.latest)
        yield iteration


class _Teller:
    """Says once, of what takes long, how long it will take."""

    def __init__(self, goal: int, clock: Callable[[], float]) -> None:
        self._goal, self._clock = goal, clock
        self._began = clock()
        self._is_told = False

    def __call__(self, epoch: int, loss: float) -> None:
        if self._is_told or (spent := self._clock() - self._began) < _LONG:
            return
        self._is_told = True
        left = spent * (self._goal - epoch) / epoch
        told = f"{left:.0f} seconds" if left < 100 else f"{left / 60:.0f} minutes"
        tell(f"going to epoch {self._goal}, which takes about {told} more; Ctrl-C ends it")
