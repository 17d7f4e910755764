"""The same numbers in another shape: rows for dense layers, images for convolutions."""

from math import prod
from typing import Annotated, ClassVar

import msgspec

from nnstep.catalog.layers.base import Layer
from nnstep.catalog.laying import Laying, SettingError, shape_text
from nnstep.engine.rule import RuleError, Shape

# What the operations call the axes of a sample, for one axis, two and three.
_AXES = ((), (), ("rows", "columns"), ("channels", "rows", "columns"))
_KINDS = ("", "", "table", "image")

Length = Annotated[int, msgspec.Meta(ge=1, le=10**6)]


class Flatten(Layer, tag="flatten", frozen=True, kw_only=True):
    """Lays all numbers of a sample in one row."""

    sentence: ClassVar[str] = "Lays all numbers of a sample in one row: channel after channel, row after row."

    def lay(self, lay: Laying, x: str) -> str:
        """Lay the one step."""
        return _lay_flat(lay, x, "output")


class Reshape(Layer, tag="reshape", frozen=True, kw_only=True):
    """Deals the numbers of a sample out to another shape, row after row.

    shape: the lengths of a sample's axes: columns, or rows and columns, or channels, rows and columns.
    """

    sentence: ClassVar[str] = "Deals the numbers of a sample out to another shape, row after row."

    shape: Annotated[list[Length], msgspec.Meta(min_length=1, max_length=3)]

    def lay(self, lay: Laying, x: str) -> str:
        """Lay all numbers in one row, and that in its new shape. Raises SettingError where there are more or fewer."""
        wanted, there = tuple(self.shape), lay.shape(x)[1:]
        if prod(wanted) != prod(there):
            what = f"{_counted(there)} can't be dealt out to {_counted(wanted)}"
            raise SettingError("shape", what, f"choose lengths that give {prod(there)} when they are multiplied")
        if len(wanted) == 1:
            return _lay_flat(lay, x, "output")
        flat = x if len(there) == 1 else _lay_flat(lay, x, "flat")
        return lay.step(f"shape_{_KINDS[len(wanted)]}", [flat], "output", _settings(wanted))


def _lay_flat(lay: Laying, x: str, role: str) -> str:
    there = lay.shape(x)[1:]
    if len(there) > 3:
        raise RuleError(f"a sample of {len(there)} axes can't be laid in one row")
    if len(there) == 1:
        return lay.step("identity", [x], role)
    return lay.step(f"flatten_{_KINDS[len(there)]}", [x], role, _settings(there))


def _settings(shape: Shape) -> dict[str, float]:
    return dict(zip(_AXES[len(shape)], shape, strict=True))


def _counted(shape: Shape) -> str:
    return f"{shape_text(shape)} = {prod(shape)} numbers"


ENTRIES = (Flatten, Reshape)
