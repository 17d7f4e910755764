"""Snapshots of the engine: every step of the first iterations as a text that a person can read and compare.

    UPDATE_SNAPSHOTS=1 pytest tests/scenarios/test_snapshots.py

writes them. Read what changed before you commit it.

Numbers are written in full. They are compared to within a part of the largest number of their line, as another BLAS
kernel adds products up in another order and so changes last bits.
"""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nnstep.engine.cell import Array
from nnstep.engine.program import Step, Variable
from nnstep.scenario.compile import Compiled

from .shipped import FOLDER, run

SNAPSHOTS = FOLDER.parent / "tests" / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"
ITERATIONS = (1, 2)
WHOLE = 16  # cells; of larger values there are the corners and the sums


def compare(name: str, text: str, tolerance: float, rounding: float = 0.0, folder: Path = SNAPSHOTS) -> None:
    """Fail with a diff where a text is not the kept one; write it instead where UPDATE_SNAPSHOTS is set.

    tolerance: how far numbers may be off, as a part of the largest number of their line. rounding: or by so much.
    """
    path = folder / f"{name}.txt"
    if os.environ.get(UPDATE):
        folder.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    assert path.exists(), f"{path.name} is missing: write it with {UPDATE}=1, read it, and commit it"
    difference = "\n".join(differences(path.read_text(encoding="utf-8"), text, tolerance, rounding))
    assert not difference, f"{path.name} is not what the engine makes now:\n{difference}"


def differences(kept: str, made: str, tolerance: float, rounding: float = 0.0) -> list[str]:
    """Return the lines of a diff; lines whose numbers are as near as that do not count as different."""
    old, new = kept.splitlines(), made.splitlines()
    if len(old) == len(new):
        new = [a if _is_near(a, b, tolerance, rounding) else b for a, b in zip(old, new, strict=True)]
    return list(difflib.unified_diff(old, new, "kept", "made", lineterm="", n=2))


def _is_near(kept: str, made: str, tolerance: float, rounding: float) -> bool:
    old, new = kept.split(), made.split()
    if len(old) != len(new):
        return False
    pairs = [(_number(a), _number(b)) for a, b in zip(old, new, strict=True)]
    size = max((abs(a) for a, _ in pairs if a is not None and np.isfinite(a)), default=0.0)
    return all(
        a == b or (x is not None and y is not None and abs(x - y) <= max(tolerance * size, rounding))
        for a, b, (x, y) in zip(old, new, pairs, strict=True)
    )


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def describe(compiled: Compiled) -> str:
    """Return a scenario's first iterations: what it starts with, then each step with its whole value."""
    return "\n".join(_lines(compiled)) + "\n"


def _lines(compiled: Compiled) -> Iterator[str]:
    model, training = compiled.scenario.model, compiled.training
    program = training.program(1)
    optimizer = f"{model.optimizer.name} at {training.rate}"
    yield model.title
    yield f"names {compiled.names.name}, {len(training.train)} samples, {model.loss.name}, {optimizer}"
    yield ""
    yield "GIVEN"
    iterations = run(compiled, *ITERATIONS)
    for variable in program.variables:
        yield from _value(f"   {_title(variable)}   {variable.kind}", iterations[0][variable.id])
    for number, values in zip(ITERATIONS, iterations, strict=True):
        yield ""
        yield f"ITERATION {number}"
        for place, step in enumerate(program.steps, 1):
            yield from _value(f"{place:2} {_title(step)}   {_origin(step)}", values[step.id])
        for step in program.measures:
            yield from _value(f"   {_title(step)}   {_origin(step)}   measure", values[step.id])


def _title(value: Step | Variable) -> str:
    shape = "×".join(map(str, value.shape)) or "one number"
    return f"{value.name}   {value.id}   {shape}"


def _origin(step: Step) -> str:
    return f"{step.phase}   {step.op.name}({', '.join(step.reads)})" + "   minus the gradient" * (step.sign < 0)


def _value(title: str, array: Array) -> Iterator[str]:
    yield title
    if array.size > WHOLE:
        yield from _digest(array)
        return
    columns = [_aligned([repr(float(cell)) for cell in column]) for column in _rows(array).T]
    for row in zip(*columns, strict=True):
        yield f"     {'  '.join(row)}".rstrip()


def _rows(array: Array) -> Array:
    """Return all rows of a value, of whichever matrix, under one another."""
    return array.reshape(-1, array.shape[-1] if array.ndim else 1)  # (rows, columns)


def _aligned(numbers: list[str]) -> list[str]:
    """Return the numbers of a column with their points below each other."""
    whole = max(len(number.partition(".")[0]) for number in numbers)
    moved = [" " * (whole - len(number.partition(".")[0])) + number for number in numbers]
    return [number.ljust(max(map(len, moved))) for number in moved]


def _digest(array: Array) -> Iterator[str]:
    """Say enough about a large value to see that it changed: four corners, and what its cells come to."""
    rows = _rows(array)
    corners = [float(rows[at]) for at in ((0, 0), (0, -1), (-1, 0), (-1, -1))]
    yield f"     corners {' '.join(map(repr, corners))}"
    yield f"     sum {float(array.sum())!r} of sizes {float(np.abs(array).sum())!r}"
    # Each cell with a weight of its own, so that cells that changed places are seen.
    places = np.arange(1, array.size + 1).reshape(array.shape) / array.size
    yield f"     by place {float((array * places).sum())!r} of sizes {float(np.abs(array * places).sum())!r}"
