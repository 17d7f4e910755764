"""What a network may need at most, said before anything is allocated: memory, axes, programs."""

from typing import Final

from nnstep.engine.program import BYTES_PER_CELL, Program
from nnstep.errors import NnstepError
from nnstep.scenario.load import LoadedScenario

MEMORY_LIMIT: Final = 256 * 2**20  # bytes that the values of one iteration may take
AXES_LIMIT: Final = 5
STEPS_LIMIT: Final = 20_000  # of the programs for all sizes of given batches together: some seconds to lay


def check_memory(loaded: LoadedScenario, program: Program) -> None:
    """Raise NnstepError, with the line of the network, where an iteration's values take more than MEMORY_LIMIT."""
    needed = program.cells * BYTES_PER_CELL
    if needed > MEMORY_LIMIT:
        raise NnstepError(
            f"one iteration needs {_bytes(needed)}, the limit is {_bytes(MEMORY_LIMIT)}",
            where=loaded.where("network"),
            hint="use fewer units, fewer samples (take:) or smaller batches (batch:)",
        )


def check_axes(loaded: LoadedScenario, program: Program) -> None:
    """Raise NnstepError for values that nobody could be shown: rows, columns, and what these belong to."""
    for value in program.values.values():
        if len(value.shape) > AXES_LIMIT:
            number = value.layer.removeprefix("layer")
            place = ("network", int(number) - 1) if number.isdecimal() else ("data", value.id)
            raise NnstepError(
                f"{value.name} has {len(value.shape)} axes, and at most {AXES_LIMIT} can be shown",
                where=loaded.where(*place),
                hint="leave out axes of length 1, or make one axis of two",
            )


def check_sizes(loaded: LoadedScenario, program: Program, sizes: int) -> None:
    """Raise NnstepError for given batches of very many sizes: each size has a program of its own."""
    steps = len(program.steps) + len(program.measures)
    if sizes > 2 and sizes * steps > STEPS_LIMIT:
        raise NnstepError(
            f"the batches have {sizes} sizes, and this network has room for {max(2, STEPS_LIMIT // steps)}",
            where=loaded.where("batches"),
            hint="let more of the batches have as many samples as others, or use fewer layers",
        )


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} TiB"
