"""An optimizer, and what it lays the update of one parameter with."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from nnstep.catalog.laying import Maker
from nnstep.engine.build import Builder
from nnstep.errors import NnstepError
from nnstep.records import dataclass

RATE: Final = "learning_rate"
DECAY: Final = "weight_decay"
SHARED: Final = "optimizer"
"""Where states stand that belong to no parameter: `optimizer.first_power`."""

# Under a name set that shows minus the gradient every value made from it by sums and factors is minus what it is
# elsewhere, to the last bit, and squares are the same. So only where such a value meets the weights again does the
# sign matter: these two operations have a twin, and no optimizer knows of it.
_TWINS: Final = {"descend": "ascend", "add_decay": "subtract_decay"}


@dataclass
class Updating:
    """Lays the update of one parameter.

    parameter, gradient: their ids. rate: the id of the learning rate. settings: the optimizer's, all of them.
    first: what makes the first value of each variable so far; states are added to it.
    """

    builder: Builder
    parameter: str
    gradient: str
    rate: str
    settings: Mapping[str, float]
    first: dict[str, Maker]

    def state(self, role: str) -> str:
        """Add a state of the parameter's shape that starts at zeros; returns its id."""
        identity, shape = f"{self.parameter}.{role}", self.builder.shapes[self.parameter]
        self.first[identity] = lambda: np.zeros(shape)
        return self.builder.variable(identity, shape, "state", layer=self._layer, trainable=True)

    def lay(
        self,
        op: str,
        inputs: Sequence[str],
        role: str,
        settings: Mapping[str, float] | None = None,
        *,
        signed: bool = False,
    ) -> str:
        """Lay a step of this update; returns the id of its value.

        signed: does the value change its sign with the gradient?
        """
        return self._lay(op, inputs, f"{self.parameter}.{role}", self._layer, settings, signed=signed)

    def becomes(
        self,
        state: str,
        op: str,
        inputs: Sequence[str],
        settings: Mapping[str, float] | None = None,
        *,
        signed: bool = False,
    ) -> str:
        """Lay what a state is after this iteration; returns the id of that value."""
        made = self._lay(op, inputs, f"{state}.next", self._layer, settings, signed=signed)
        self.builder.carry[state] = made
        return made

    def power(self, role: str, factor: float) -> str:
        """Return the id of the factor to the power of the iteration (), one for all parameters."""
        state = f"{SHARED}.{role}"
        made = f"{state}.next"
        if made not in self.builder.shapes:
            self.first[state] = lambda: np.asarray(1.0)
            self.builder.variable(state, (), "state", layer=SHARED, trainable=True)
            self.builder.carry[state] = self._lay("next_power", [state], made, SHARED, {"factor": factor})
        return made

    def decayed(self) -> str:
        """Return the id of the gradient with what weight decay adds to it; the gradient itself where that is 0."""
        if not self.settings[DECAY]:
            return self.gradient
        reads = [self.gradient, self.parameter]
        return self.lay(self._twin("add_decay"), reads, "decayed_grad", self.settings, signed=True)

    def downhill(self, direction: str, start: str = "") -> str:
        """Lay the step from the parameter, or from `start`, against the gradient; returns the id of the next value."""
        return self.lay(self._twin("descend"), [start or self.parameter, self.rate, direction], "next")

    @property
    def _layer(self) -> str:
        return self.parameter.partition(".")[0]

    def _twin(self, op: str) -> str:
        return op if self.builder.sign > 0 else _TWINS[op]

    def _lay(
        self,
        op: str,
        inputs: Sequence[str],
        identity: str,
        layer: str,
        settings: Mapping[str, float] | None = None,
        *,
        signed: bool = False,
    ) -> str:
        sign = self.builder.sign if signed else 1
        return self.builder.lay(op, inputs, identity, "update", layer=layer, settings=settings, sign=sign)


@dataclass(frozen=True)
class Optimizer:
    """An optimizer.

    formula: as text for people; w is a parameter, g its gradient, r the learning rate.
    settings: its numbers and what they are where the scenario does not say.
    lay: lays the update of one parameter; returns the id of its next value.
    full_batch: does it only make sense with all samples at once?
    fractions: settings that have to be below 1.
    """

    name: str
    sentence: str
    formula: str
    settings: Mapping[str, float]
    lay: Callable[[Updating], str]
    full_batch: bool = False
    fractions: frozenset[str] = frozenset()

    def settle(self, given: Mapping[str, float], where: Callable[[str], str]) -> dict[str, float]:
        """Return a value for every setting: what is given, else the default.

        where: says where a setting stands in the file. Raises NnstepError for one that is out of its range.
        """
        for key in self.fractions & given.keys():
            if given[key] >= 1:
                what = f"{key} of {self.name} must be below 1, not {given[key]:g}"
                raise NnstepError(what, where=where(key), hint=f"{self.settings[key]:g} is usual")
        return {**self.settings, **given}
