"""Where a cell came from: the cells of this iteration that were read to make it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nnstep.engine.cell import Cell
from nnstep.engine.gather import reads_of
from nnstep.engine.program import Step
from nnstep.session import View


def read_cells(view: View, cell: Cell) -> Mapping[str, NDArray[np.intp]]:
    """Return the cells that one is made from: for each value that is read, by its id, places as rows (n, axes).

    Each cell comes once, in the order of the value. Nothing is read for data, parameters and constants.
    """
    step = view.program.values[cell.name]
    if not isinstance(step, Step):
        return {}
    values = {name: view.values[identity] for name, identity in step.inputs.items()}
    found: dict[str, NDArray[np.intp]] = {}
    for name, places in reads_of(step.op.rule, cell.at, values, step.settings).items():
        identity = step.inputs[name]
        if identity in found:
            places = np.unique(np.concatenate([found[identity], places]), axis=0)  # noqa: PLW2901
        found[identity] = places
    return found
