"""Updates that are alike, run as one: the same calls for every parameter, over one flat vector of all their cells.

A network has a dozen parameters and an optimizer a few calls for each; small networks spend most of their time there.
Updates work cell by cell, so where a cell lies makes no difference to its bits.
"""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.fast import Recording
from nnstep.engine.program import Program, Step, Variable
from nnstep.engine.rule import Shape
from nnstep.engine.tape import Traced
from nnstep.records import dataclass

GRADIENT = ".grad"


@dataclass(frozen=True)
class Segment:
    """Where a parameter's cells lie in a flat vector."""

    start: int
    shape: Shape

    def __call__(self, flat: Array) -> Array:
        """Return the parameter as a view of the vector, laid out as `columns` does."""
        cells = flat[self.start : self.start + prod(self.shape)]
        return cells.reshape(self.shape, order="F" if len(self.shape) == 2 else "C")


@dataclass(frozen=True)
class Group:
    """Parameters whose updates are alike.

    chain: the steps of the first one's update. carried: what is carried beside each parameter, by what follows its id
    (`.velocity`), and the parameter itself as an empty text.
    """

    parameters: tuple[str, ...]
    segments: tuple[Segment, ...]
    chain: tuple[Step, ...]
    carried: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many cells all of them have."""
        return sum(prod(segment.shape) for segment in self.segments)

    def views(self, flats: Mapping[str, Array]) -> dict[str, Array]:
        """Return every parameter and state by its id, as views of the vectors."""
        return {
            f"{parameter}{part}": segment(flats[part])
            for parameter, segment in zip(self.parameters, self.segments, strict=True)
            for part in self.carried
        }

    def begin(self, recording: Recording, flats: Mapping[str, Array]) -> dict[str, Traced]:
        """Give the vectors to a recording, and every parameter and state as a part of them."""
        whole = {part: recording.give("", flats[part]) for part in self.carried}
        for parameter, segment in zip(self.parameters, self.segments, strict=True):
            for part in self.carried:
                view = recording.tape.record("view", segment, [whole[part]], {})
                recording.values[f"{parameter}{part}"] = view
        return whole

    def update(
        self, recording: Recording, whole: Mapping[str, Traced], carry: Mapping[str, str]
    ) -> list[tuple[Traced, Traced]]:
        """Record the update of all parameters at once; returns each vector and its next value."""
        kind = recording.values[f"{self.parameters[0]}{GRADIENT}"].array.dtype
        gradients = recording.give("", np.empty(self.size, dtype=kind))
        for parameter, segment in zip(self.parameters, self.segments, strict=True):
            here = recording.tape.record("view", segment, [gradients], {})
            recording.copy(here, recording.values[f"{parameter}{GRADIENT}"])
        first = self.parameters[0]
        values = {**recording.values, **{f"{first}{part}": flat for part, flat in whole.items()}}
        values[f"{first}{GRADIENT}"] = gradients
        for step in self.chain:
            values[step.id] = recording.tape.step(step, values)
        return [(whole[part], values[carry[f"{first}{part}"]]) for part in self.carried]


def find_groups(program: Program) -> tuple[Group, ...]:
    """Return the parameters whose updates can be run as one; each parameter is in one group at most."""
    alike: dict[Any, list[tuple[str, tuple[Step, ...], tuple[str, ...]]]] = {}
    for variable in program.parameters:
        chain = tuple(s for s in program.steps if s.phase == "update" and s.id.startswith(f"{variable.id}."))
        parts = tuple(v.id.removeprefix(variable.id) for v in program.carried if _belongs(v.id, variable.id))
        if chain and _stands_alone(program, variable.id, chain, parts):
            alike.setdefault((_form(variable.id, chain), parts), []).append((variable.id, chain, parts))
    groups = []
    for found in alike.values():
        if len(found) > 1:
            shapes = [program.values[parameter].shape for parameter, _, _ in found]
            starts = np.cumsum([0, *map(prod, shapes)])
            segments = tuple(Segment(int(start), shape) for start, shape in zip(starts, shapes, strict=False))
            groups.append(Group(tuple(parameter for parameter, _, _ in found), segments, *found[0][1:]))
    return tuple(groups)


def _belongs(identity: str, parameter: str) -> bool:
    return identity == parameter or identity.startswith(f"{parameter}.")


def _stands_alone(program: Program, parameter: str, chain: tuple[Step, ...], parts: tuple[str, ...]) -> bool:
    """Does an update read nothing but its own and single numbers, cell by cell, and does nothing else read it?"""
    own = {step.id for step in chain}
    inside = {f"{parameter}{part}" for part in parts} | own | {f"{parameter}{GRADIENT}"}
    shape = program.values[parameter].shape
    return (
        all(step.op.rule.elementwise and step.shape == shape for step in chain)
        and all(value in inside or not program.values[value].shape for step in chain for value in step.reads)
        and all(reader.id in own for step in chain for reader in program.readers.get(step.id, ()))
        and all(program.carry[f"{parameter}{part}"] in own for part in parts)
        and f"{parameter}{GRADIENT}" in program.values
        and all(program.values[f"{parameter}{part}"].shape == shape for part in parts)
        and not isinstance(program.values[f"{parameter}{GRADIENT}"], Variable)
        and bool(shape)
    )


def _form(parameter: str, chain: tuple[Step, ...]) -> Any:
    """Return what two updates have in common that are alike."""
    return tuple(
        (
            step.op.name,
            tuple(sorted(step.settings.items())),
            step.id.removeprefix(parameter),
            tuple(value.removeprefix(parameter) for value in step.reads),
        )
        for step in chain
    )
