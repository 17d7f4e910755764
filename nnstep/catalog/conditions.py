"""Conditions to stop on: a closed table, since nothing that a file says is ever run."""

from collections.abc import Callable, Mapping
from dataclasses import field
from math import nan, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.classes import chosen, gives_scores, is_classifier, wanted
from nnstep.catalog.datasets.settings import Setting
from nnstep.catalog.registry import by_name
from nnstep.engine.backward import gradient_id
from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Program
from nnstep.engine.run import broken_cells, first_not_finite
from nnstep.engine.training import INPUTS, TARGETS, Training
from nnstep.errors import NnstepError
from nnstep.records import dataclass

Needs = Literal["number", "loss", "parameters", "values"]
"""What a condition looks at, the cheapest first: the iteration's number, its loss, its parameters, all its values."""


@dataclass(frozen=True)
class Facts:
    """What is known of one iteration (from 1).

    begins: the epoch that begins with it, or 0. loss: before its update. before, after: the trained parameters at its
    start and its end. values: all of its values. What no condition needs may be empty.
    """

    iteration: int
    program: Program
    begins: int = 0
    loss: float = 0.0
    before: Mapping[str, Array] = field(default_factory=dict)
    after: Mapping[str, Array] = field(default_factory=dict)
    values: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """A reason to stop.

    sentence: what has happened then; {} is the amount. setting: of the amount; None where there is none.
    holds: is it so in this iteration? places: how many steps of it are done wherever one can see so, each a stop.
    lasts: does it go on once it holds? Then it is a reason only where it begins. refusal: why it never can hold in a
    training, or nothing; never: why it never can with an amount. cells: the cells of the step done last in which it
    shows; told: the sentence of one of them, where there are any, {} is the cell.
    """

    name: str
    sentence: str
    needs: Needs
    holds: Callable[[Facts, float], bool]
    places: Callable[[Facts], tuple[int, ...]]
    setting: Setting | None = None
    lasts: bool = True
    refusal: Callable[[Training], str] = lambda training: ""
    never: Callable[[float], str] = lambda amount: ""
    cells: Callable[[Facts, int], tuple[Cell, ...]] = lambda facts, done: ()
    told: str = ""

    def amount(self, name: str, value: object, *, where: str = "") -> float:
        """Return a number that it can hold with. name: what the number is called in a message.

        Raises NnstepError where it is none, out of range, or one with which this never could hold.
        """
        assert self.setting is not None
        number = float(self.setting.check(name, value, where=where))
        if why := self.never(number):
            raise NnstepError(why, where=where, hint=self.setting.sentence)
        return number


def _changed(facts: Facts) -> dict[str, NDArray[np.bool_]]:
    """Return which cells have changed their sign, by the id of what the update makes; from 0 is no change."""
    signs = {name: np.sign(before) * np.sign(facts.after[name]) for name, before in facts.before.items()}
    return {facts.program.carry[name]: sign < 0 for name, sign in signs.items() if (sign < 0).any()}


def _changed_at(facts: Facts, done: int) -> tuple[Cell, ...]:
    """Return the cells that have changed their sign in the update that is done last."""
    ready = facts.program.ready
    found = {made: np.argwhere(mask) for made, mask in _changed(facts).items() if ready[made] == done}
    return tuple(Cell(made, tuple(map(int, at))) for made, places in found.items() for at in places)


def _gradients(program: Program) -> list[str]:
    """Return the ids of the gradients of all trained parameters."""
    return [gradient_id(variable.id) for variable in program.parameters if variable.trainable]


def _norm(facts: Facts) -> float:
    """Return the length of all gradients as one vector: the root of the sum of the squares of all their cells."""
    with np.errstate(all="ignore"):
        return sqrt(sum(float(np.square(facts.values[name]).sum()) for name in _gradients(facts.program)))


def _accuracy(facts: Facts) -> float:
    """Return the part of the batch's rows that is answered with the right class; nan where one is not finite."""
    answers, targets = facts.values[facts.program.prediction], facts.values[TARGETS]  # (b, ..., j)
    if not np.isfinite(answers).all():
        return nan
    return float((chosen(answers, are_scores=gives_scores(facts.program)) == wanted(targets)).mean())


def _no_classes(training: Training) -> str:
    """Return why no answer is right or wrong, or nothing."""
    return "" if is_classifier(training) else "no answer is right or wrong here: the targets are no classes"


def _untrained(training: Training) -> str:
    program = training.program(1)
    return "" if _gradients(program) else "nothing is trained here"


def _ready(facts: Facts, *names: str) -> tuple[int]:
    return (max(facts.program.ready[name] for name in names),)


def _broken(facts: Facts) -> tuple[int]:
    """Return how many steps are done when the first number is there that is not finite.

    A measure may be there before steps that stand before it in the table of values.
    """
    ready, values = facts.program.ready, facts.program.values
    broken = (name for name, value in values.items() if broken_cells(value, facts.values[name]).any())
    return (min((ready[name] for name in broken if ready[name]), default=0),)


CONDITIONS: dict[str, Condition] = by_name(
    (__name__, condition)
    for condition in (
        Condition(
            "loss_below",
            "the loss is below {}",
            "loss",
            lambda facts, amount: facts.loss < amount,
            lambda facts: _ready(facts, facts.program.loss),
            Setting(0.1, 0.0, 1e300, "the loss it has to be below, such as 0.1"),
            never=lambda amount: "" if amount > 0 else "no loss is ever below 0",
        ),
        Condition(
            "accuracy_above",
            "the accuracy on the batch is above {}",
            "values",
            lambda facts, amount: _accuracy(facts) > amount,
            lambda facts: _ready(facts, facts.program.prediction, INPUTS),
            Setting(0.9, 0.0, 1.0, "the part of the batch that is answered rightly, from 0 to 1, such as 0.9"),
            refusal=_no_classes,
            never=lambda amount: "" if amount < 1 else "no accuracy is ever above 1",
        ),
        Condition(
            "not_finite",
            "a number is not finite",
            "values",
            lambda facts, amount: first_not_finite(facts.program, facts.values) is not None,
            _broken,
        ),
        Condition(
            "sign_change",
            "a weight or bias changes its sign",
            "parameters",
            lambda facts, amount: bool(_changed(facts)),
            lambda facts: tuple(facts.program.ready[made] for made in _changed(facts)),
            lasts=False,
            refusal=_untrained,
            cells=_changed_at,
            told="{} changes its sign",
        ),
        Condition(
            "epoch",
            "epoch {} begins",
            "number",
            lambda facts, amount: facts.begins == amount,
            lambda facts: (0,),
            Setting(100, 2, 10**7, "the epoch that begins, from 2, such as 100"),
            lasts=False,
        ),
        Condition(
            "gradient_norm_above",
            "the length of the gradient is above {}",
            "values",
            lambda facts, amount: _norm(facts) > amount,
            lambda facts: _ready(facts, *_gradients(facts.program)),
            Setting(10.0, 0.0, 1e300, "the root of the sum of all squared gradients, such as 10"),
            refusal=_untrained,
        ),
    )
)
