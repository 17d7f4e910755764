"""Breakpoints: where a training is to stop, as a scenario says it under `breaks:` or a person sets it."""

from collections.abc import Iterable
from typing import Final

from nnstep.catalog.conditions import CONDITIONS, Condition
from nnstep.engine.program import PHASES, Program
from nnstep.engine.training import Training
from nnstep.errors import NnstepError, meant, unknown
from nnstep.records import dataclass
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.notes import value_named
from nnstep.scenario.scalars import BadScalarError, decimal, with_point
from nnstep.scenario.text import in_message

STEP: Final = "step"
PHASE: Final = "phase"
LAYER: Final = "layer"

# Under some names products and bias are one step: what stops at the product then stops where the sum is there.
_INSTEAD: Final = ("pre_activation", "output")


@dataclass(frozen=True)
class Breakpoint:
    """Where to stop.

    kind: step, phase, layer, or the name of a condition. of: the id of the step, the phase, or the layer's id; empty
    for a condition. amount: the condition's number, or 0. is_on: does it stop?
    """

    kind: str
    of: str = ""
    amount: float = 0.0
    is_on: bool = True

    @property
    def key(self) -> tuple[str, str, float]:
        """What tells it from others, on or off."""
        return self.kind, self.of, self.amount

    def stops(self, program: Program) -> tuple[int, ...]:
        """Return how many steps are done at each stop in every iteration of a program; none for a condition."""
        steps = program.steps
        if self.kind == STEP:
            number = _number(self.of, program)
            return (number,) if number else ()
        if self.kind in (PHASE, LAYER):
            told = [step.phase if self.kind == PHASE else step.layer for step in steps]
            return tuple(n for n, own in enumerate(told, 1) if own == self.of and (n == 1 or told[n - 2] != own))
        return ()

    def refusal(self, training: Training) -> str:
        """Return why it would never stop, or nothing."""
        if self.kind in CONDITIONS:
            condition = CONDITIONS[self.kind]
            return condition.refusal(training) or condition.never(self.amount)
        if self.kind in (STEP, PHASE, LAYER) and self.stops(training.program(1)):
            return ""
        called = self.of.removeprefix("layer") if self.kind == LAYER else self.of
        return f"there is no {self.kind} {in_message(called)} here"


def read_amount(text: str, condition: Condition) -> float:
    """Return the number that was typed for a condition, with a point or a comma.

    Raises NnstepError where it is none, or can not be.
    """
    assert condition.setting is not None
    shown, setting = in_message(text, limit=20), condition.setting
    try:
        number: int | float = int(text) if setting.is_whole else decimal(with_point(text))
    except BadScalarError as fault:
        raise NnstepError(fault.what, hint=fault.hint or setting.sentence) from None
    except ValueError:
        raise NnstepError(f"{shown} is not a whole number", hint=setting.sentence) from None
    return condition.amount(shown, number)


def read_breaks(loaded: LoadedScenario, program: Program, training: Training) -> tuple[Breakpoint, ...]:
    """Return the breakpoints of a scenario. Raises NnstepError, with its line, for one that would never stop."""
    return tuple(_Reader(loaded, program, training, number).read() for number in range(len(loaded.model.breaks)))


@dataclass(frozen=True)
class _Reader:
    loaded: LoadedScenario
    program: Program
    training: Training
    number: int

    def read(self) -> Breakpoint:
        written = self.loaded.model.breaks[self.number]
        given = {key: value for key in written.__struct_fields__ if (value := getattr(written, key)) is not None}
        if len(given) != 1:
            what = f"a breakpoint says one thing, and this says {' and '.join(given) or 'nothing'}"
            hint = "such as {step: loss}, {phase: deltas}, {layer: 2} or {loss_below: 0.1}: one line each"
            raise NnstepError(what, where=self.loaded.where("breaks", self.number), hint=hint)
        ((kind, value),) = given.items()
        if kind == STEP:
            return Breakpoint(STEP, self._step(str(value).strip()))
        if kind == PHASE:
            return Breakpoint(PHASE, self._one_of("phase", str(value).strip(), PHASES))
        if kind == LAYER:
            return Breakpoint(LAYER, self._layer(value))
        return self._condition(kind, value)

    def _step(self, name: str) -> str:
        identity = value_named(name, self.loaded, self.program)
        found = self.program.step_of(identity)
        if found:
            return found
        if identity and _number(identity, self.program):
            return identity  # a product, or a loss that is measured beside the steps
        if identity:
            hint = "name what is worked out"
            raise self._fault(STEP, f"no step makes {in_message(name)}: an iteration begins with it", hint)
        shown = [step.name for step in self.program.steps]
        hint = meant(name, [*shown, *self.program.order], shown)
        raise self._fault(STEP, f"no step is called {in_message(name)!r}", hint)

    def _layer(self, number: int) -> str:
        layers = len(self.loaded.model.network)
        if number > layers:
            raise self._fault(LAYER, f"there is no layer {number}", f"layers go from 1 to {layers}")
        point = Breakpoint(LAYER, f"layer{number}")
        if why := point.refusal(self.training):
            raise self._fault(LAYER, why, "this layer has no steps of its own")
        return point.of

    def _condition(self, kind: str, value: object) -> Breakpoint:
        condition = CONDITIONS[kind]
        if value is False:
            raise self._fault(kind, f"{kind} can only be true", "leave the line out to stop at no such thing")
        if why := condition.refusal(self.training):
            raise self._fault(kind, why, "leave this breakpoint out")
        if condition.setting is None:
            return Breakpoint(kind)
        where = self.loaded.where("breaks", self.number, kind)
        return Breakpoint(kind, amount=condition.amount(kind, value, where=where))

    def _one_of(self, kind: str, word: str, words: Iterable[str]) -> str:
        if word not in words:
            raise unknown(kind, in_message(word), words, where=self.loaded.where("breaks", self.number, kind))
        return word

    def _fault(self, key: str, what: str, hint: str) -> NnstepError:
        return NnstepError(what, where=self.loaded.where("breaks", self.number, key), hint=hint)


def _number(identity: str, program: Program) -> int:
    """Return how many steps are done when a value is there; 0 for what is no result of these steps."""
    layer, _, _ = identity.rpartition(".")
    names = (identity, *(f"{layer}.{role}" for role in _INSTEAD)) if identity.endswith(".weighted") else (identity,)
    return next((program.ready[name] for name in names if name in program.ready), 0)
