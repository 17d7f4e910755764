"""What if: a training that goes on otherwise from some iteration on, and the way back to as it was.

The idea is one list. Each branch is a training that holds from an iteration on, with a history of its own that begins
where the branch leaves the one before; what lies before that is the other's, to the last bit. The first branch is the
scenario as it was opened, and it can always be asked how things would be without any change. To undo is to have the
list that was there before.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nnstep.catalog.laying import shape_text
from nnstep.engine.batches import Batches
from nnstep.engine.cell import Array, Cell
from nnstep.engine.history import DEFAULT_BUDGET, History
from nnstep.engine.program import Program, Step
from nnstep.engine.training import INPUTS, RATE, TARGETS
from nnstep.errors import NnstepError
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled
from nnstep.scenario.edit import ending_for, recompiled, settings_of, with_sample, with_setting
from nnstep.scenario.scalars import BadScalarError, decimal, with_point
from nnstep.view import View

Mask = NDArray[np.bool_]
MOST_UNDONE = 20  # each keeps a history of its own
_BUDGET = DEFAULT_BUDGET // 8  # bytes of each history after the first


@dataclass(frozen=True)
class Number:
    """Another number in one cell of what an iteration begins with: a weight, an input, the learning rate."""

    cell: Cell
    number: float


@dataclass(frozen=True)
class Setting:
    """Another setting: its key as `--set` names it, its value as a file has it."""

    key: str
    text: str


Edit = Number | Setting


@dataclass(frozen=True)
class Branch:
    """A training from an iteration on.

    since: the iterations done before it. told: what was changed where it begins, for people; empty for the first.
    """

    compiled: Compiled
    history: History
    since: int = 0
    told: str = ""


class Programs(Protocol):
    """Which program each iteration has: a training knows it of its own, `Branches` of all that hold now."""

    @property
    def batches(self) -> Batches:
        """How the samples are dealt out."""

    def program(self, iteration: int) -> Program:
        """Return the program of an iteration."""


class Branches:
    """The branches that hold now, the first one first; what was undone and can be done again."""

    def __init__(self, compiled: Compiled, history: History) -> None:
        self.now: tuple[Branch, ...] = (Branch(compiled, history),)
        self._before: list[tuple[Branch, ...]] = []
        self._undone: list[tuple[Branch, ...]] = []
        self._saved = self._changes

    @property
    def last(self) -> Branch:
        """The branch that training goes on with."""
        return self.now[-1]

    @property
    def first(self) -> Branch:
        """The scenario as it was opened."""
        return self.now[0]

    @property
    def told(self) -> tuple[str, ...]:
        """What was changed, for people."""
        return tuple(branch.told for branch in self.now[1:])

    @property
    def unsaved(self) -> tuple[str, ...]:
        """What was changed, for people, and stands in no file; nothing where all of it was saved."""
        return () if self._saved == self._changes else self.told

    @property
    def _changes(self) -> tuple[tuple[int, str], ...]:
        return tuple((branch.since, branch.told) for branch in self.now[1:])

    @property
    def batches(self) -> Batches:
        """How the samples are dealt out, which no change changes."""
        return self.last.compiled.training.batches

    def program(self, iteration: int) -> Program:
        """Return the program of an iteration, in the branch that it belongs to."""
        return self.at(iteration).compiled.training.program(iteration)

    def at(self, iteration: int) -> Branch:
        """Return the branch that an iteration belongs to."""
        return next(branch for branch in reversed(self.now) if branch.since < iteration)

    def add(self, iteration: int, edit: Edit) -> None:
        """Go on otherwise from an iteration on. Raises NnstepError where that can not be; then nothing changes."""
        here = self.at(iteration)
        kept = tuple(branch for branch in self.now if branch.since < iteration)
        since, at = iteration - 1, here.history.parameters(iteration - 1)
        compiled, begun, told = _changed(here.compiled, iteration, at, edit)
        # A file with the change may have fewer stops; whoever walks a lesson goes on in the one that was begun.
        compiled = replace(compiled, lesson=here.compiled.lesson)
        past = here.history.of(since) if since else None
        history = History(compiled.training, _BUDGET, past=past, since=since, first=begun)
        self._remember((*kept, Branch(compiled, history, since, told)))

    def undo(self) -> str:
        """Take the last change back, and return what it was. Raises NnstepError where there is none."""
        if not self._before:
            raise NnstepError("nothing was changed", hint="change a number or a setting first")
        self._undone.append(self.now)
        self.now = self._before.pop()
        return self._undone[-1][-1].told

    def redo(self) -> str:
        """Do again what was undone last, and return what it is. Raises NnstepError where there is none."""
        if not self._undone:
            raise NnstepError("nothing was undone", hint="take a change back first")
        self._before.append(self.now)
        self.now = self._undone.pop()
        return self.last.told

    @property
    def file_name(self) -> str:
        """What a file with the changes is called unless a person says otherwise."""
        path = self.last.compiled.scenario.path
        return f"{path.stem if path else 'scenario'}-what-if.yaml"

    def save(self, path: Path, *, overwrite: bool = False) -> None:
        """Save what was changed as a scenario file that begins as the last branch does.

        Raises FileExistsError where there is a file already, unless it may be overwritten; NnstepError where a file can
        not hold it, or can not be written.
        """
        from nnstep.scenario.saving import file_text, save

        begun = self.last.history.parameters(self.last.since)
        save(file_text(self.last.compiled, self.last.since, begun, self.told), path, overwrite=overwrite)
        self._saved = self._changes

    def replace_compiled(self, compiled: Compiled, iteration: int) -> None:
        """Have another scenario, of the same training, in the branch of an iteration."""
        here = self.at(iteration)
        self.now = tuple(replace(one, compiled=compiled) if one is here else one for one in self.now)

    def rename(self, names: str) -> None:
        """Tell all of it in another name set."""
        known: dict[int, Branch] = {}

        def renamed(branch: Branch) -> Branch:
            if id(branch) not in known:
                compiled = replace(branch.compiled.renamed(names), lesson=branch.compiled.lesson)
                branch.history.adopt(compiled.training)
                known[id(branch)] = replace(branch, compiled=compiled)
            return known[id(branch)]

        self.now = tuple(map(renamed, self.now))
        self._before = [tuple(map(renamed, branches)) for branches in self._before]
        self._undone = [tuple(map(renamed, branches)) for branches in self._undone]

    def _remember(self, branches: tuple[Branch, ...]) -> None:
        self._before = [*self._before[1 - MOST_UNDONE :], self.now]
        self._undone.clear()
        self.now = branches


def same_step(step: int, was: Program, now: Program) -> int:
    """Return the step that makes what a step of another program makes; where none does, that of its number."""
    made = was.steps[step - 1].id if step else ""
    return now.order.get(made, min(step, len(now.steps)))


def is_alike(identity: str, was: Program, now: Program) -> bool:
    """Has a value of one program the same shape in another?"""
    return identity in now.values and now.values[identity].shape == was.values[identity].shape


def read_number(text: str) -> float:
    """Return the number that a person typed, with a point or a comma. Raises NnstepError where it is none."""
    try:
        return decimal(with_point(text))
    except BadScalarError as fault:
        raise NnstepError(fault.what, hint=fault.hint or "such as 0.5 or -1e-3") from None


def changed_cells(view: View, before: Mapping[str, Array]) -> dict[str, Mask]:
    """Return which cells are seen to be other than they were, as True and False in the form of each value.

    before: all values of the same iteration, as it was. What is not there yet has not changed; a value that was not
    there, or had another form, has changed in every cell.
    """
    found: dict[str, Mask] = {}
    for identity in view.program.values:
        if view.state(identity) not in ("given", "live", "partial"):
            continue
        now, was = view.values[identity], before.get(identity)
        if was is not None and was.shape == now.shape:
            different = np.asarray((now != was) & ~(np.isnan(now) & np.isnan(was)), dtype=np.bool_)  # as the value
        else:
            different = np.ones(now.shape, dtype=np.bool_)  # as the value
        if different.any():
            found[identity] = different
    return found


def refuse_result(compiled: Compiled, program: Program, cell: Cell) -> None:
    """Raise NnstepError where a cell is worked out, or drawn: only what an iteration begins with can be changed."""
    value = program.values[cell.name]
    if not isinstance(value, Step):
        if value.id in {*(one.id for one in program.carried), INPUTS, TARGETS, RATE}:
            return
        given = getattr(compiled.scenario.model.layer(value.layer), f"{value.role}s", None)
        if given is not None:
            kinds = f"{len(given)} {value.role}{'s' * (len(given) > 1)}"
            what = f"{value.name} is given in the scenario file: {kinds}, one an iteration, in turn"
            raise NnstepError(what, hint=f"change the {value.role}s of {value.layer} in the file")
        raise NnstepError(f"{value.name} is drawn anew in each iteration", hint="change the settings of its layer")
    if cell.name in program.carry.values():
        what = f"this is the new {value.name}, which the update works out"
        raise NnstepError(
            what, hint=f"set the old {value.name}, which the forward pass reads; or this one in the next iteration"
        )
    hint = "change what it is made of: a weight, a bias, an input, a target; or a setting"
    raise NnstepError(f"{value.name} is worked out, and can not be set", hint=hint)


# ---- making a change


def _changed(
    compiled: Compiled, iteration: int, at: Mapping[str, Array], edit: Edit
) -> tuple[Compiled, Mapping[str, Array], str]:
    """Return the training with a change, the parameters it begins with, and what was changed in words."""
    if isinstance(edit, Setting):
        return _with_setting(compiled, iteration, at, edit)
    program, cell = compiled.training.program(iteration), edit.cell
    refuse_result(compiled, program, cell)
    if cell.name == RATE:
        return _with_setting(compiled, iteration, at, Setting("optimizer.learning_rate", repr(edit.number)))
    name = f"{program.values[cell.name].name}[{','.join(map(str, cell.at))}]"
    if cell.name in (INPUTS, TARGETS):
        number = compiled.training.batches.numbers(iteration)[cell.at[0]]
        samples = getattr(compiled.data.train, cell.name)  # (b, ...)
        told = _told(name, samples[(number, *cell.at[1:])], edit.number)
        new = with_sample(compiled, cell.name, (number, *cell.at[1:]), edit.number)
        return new, at, told
    array = np.array(at[cell.name])  # as the parameter
    told = _told(name, array[cell.at], edit.number)
    array[cell.at] = edit.number
    # Another object, so that whoever has kept something about a scenario knows that it is about this one no longer.
    return replace(compiled), {**at, cell.name: array}, told


def _with_setting(
    compiled: Compiled, iteration: int, at: Mapping[str, Array], edit: Setting
) -> tuple[Compiled, Mapping[str, Array], str]:
    now = with_point(edit.text)
    loaded, told = with_setting(compiled.scenario, edit.key, now), _told_setting(compiled, edit.key, now)
    along, value = ending_for(loaded) if edit.key.partition(".")[0] == "loss" else ("", "")
    if along:
        loaded, told = with_setting(loaded, along, value), f"{told}, {_told_setting(compiled, along, value)}"
    model = compiled.scenario.model
    new = recompiled(compiled, loaded, data=compiled.data if loaded.model.data == model.data else None)
    if new.training.batches != compiled.training.batches:
        raise NnstepError("this deals the samples out otherwise", hint=_ANEW)
    begun = dict(new.training.first)
    for identity, array in at.items():
        if identity not in begun:
            continue
        # At the very start, what is drawn is drawn by the new settings.
        untouched = iteration == 1 and np.array_equal(array, compiled.training.first[identity])
        if begun[identity].shape == array.shape:
            begun[identity] = begun[identity] if untouched else array
        elif not untouched:
            name, shapes = new.training.program(1).values[identity].name, (array.shape, begun[identity].shape)
            what = f"{name} would be {shape_text(shapes[1])}, and what was learned is {shape_text(shapes[0])}"
            raise NnstepError(what, hint=_ANEW)
    return new, begun, told


_ANEW = "nnstep compare FILE --set KEY=VALUE begins anew with it"


def _told_setting(compiled: Compiled, key: str, now: str) -> str:
    was = next((one.text for one in settings_of(compiled) if one.key == key), "")
    return f"{key} {was} → {now}" if was else f"{key} = {now}"


def _told(name: str, was: float, now: float) -> str:
    return f"{name} {float(was):.6g} → {now:.6g}"
