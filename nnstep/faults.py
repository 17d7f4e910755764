"""The first number of a training that is not finite, found once and told wherever one is after it."""

import numpy as np

from nnstep.branches import Branches, is_alike
from nnstep.engine.cell import Array
from nnstep.engine.run import first_not_finite
from nnstep.view import Fault, View

_MOST = 64  # iterations of which it is remembered
_NOTHING: Array = np.zeros(0)  # (0)


class Faults:
    """Looks for what is not finite, through all that was run before a change as well."""

    def __init__(self, branches: Branches) -> None:
        self._branches = branches
        self._found: dict[tuple[int, int], Fault | None] = {}

    def forget(self) -> None:
        """Look again: values have other names, or other numbers."""
        self._found.clear()

    def first(self, view: View) -> Fault | None:
        """Return the first number that is not finite, of this iteration or of the one where it all began."""
        iteration, history = view.position.iteration, self._branches.last.history
        looked = self._broke(iteration) or iteration
        key = looked, history.of(iteration).since
        if key not in self._found:
            if len(self._found) > _MOST:
                self._found.clear()
            program, values = self._branches.program(looked), history.values(looked)
            # Before a change there may have been values that can not be told here.
            known = {name: one if is_alike(name, program, view.program) else _NOTHING for name, one in values.items()}
            found = first_not_finite(program, known)
            self._found[key] = Fault(looked, found[1]) if found else None
        fault = self._found[key]
        if fault is None or fault.iteration < iteration:
            return fault
        return fault if view.is_done(fault.cell) else None

    def _broke(self, iteration: int) -> int:
        """Return the iteration at whose end numbers had stopped being finite, this one or one before it; or 0."""
        history = self._branches.last.history.of(iteration)
        broke = history.broke if history.broke <= iteration else 0
        # A branch that is broken at once may have begun so.
        is_at_once = history.since > 0 and broke == history.since + 1
        return (self._broke(history.since) if is_at_once else 0) or broke
