"""What a change comes to, told: which cells are other than they were without it, and the told cell as it was."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nnstep.branches import changed_cells
from nnstep.explain.naming import cell_text, number_text
from nnstep.explain.words import Line, Word
from nnstep.session import Session, View

# As it was is worked out beside each step where that is soon done; else it waits until it is asked for.
_BESIDE = 500_000  # cells
_MOST_BESIDE = 16  # iterations
_ROUNDING = 1e-12  # of a number: the same numbers on another way to it make it so much another at the most

Changed = Mapping[str, NDArray[np.bool_]]

# What the settings of a layer are called, where their keys do not say it.
_SETTINGS = {
    "function": "activation",
    "alpha": "alpha of its activation",
    "rate": "dropout rate",
    "momentum": "momentum of the running values",
    "causal": "looks back only",
}


def setting_name(key: str) -> str:
    """Return what a setting is called: `learning rate`, `layer 1: activation`. key: as a file and `--set` name it."""
    place, _, last = key.rpartition(".")
    if not place.startswith("layer"):
        return last.replace("_", " ")
    return f"layer {place.removeprefix('layer')}: {_SETTINGS.get(last, last.replace('_', ' '))}"


def changed_here(session: Session, view: View) -> Changed:
    """Return which cells are other than they were without any change, as far as that is soon known."""
    before = session.as_it_was(_most(session))
    return changed_cells(view, before) if before else {}


def is_known(session: Session) -> bool:
    """Is it known here how things would be without any change? Else nothing is said to be other than it was."""
    return session.as_it_was(_most(session)) != {}


def _most(session: Session) -> int:
    return max(2, min(_BESIDE // session.program.cells, _MOST_BESIDE))


def not_kept(told: tuple[str, ...], how: str) -> str:
    """Return what somebody should know who left with changes that stand in no file; how: what saves them."""
    if not told:
        return ""
    one = len(told) == 1
    what = told[0] if one else f"{told[0]}, and {len(told) - 1} more"
    changes = "1 change was" if one else f"{len(told)} changes were"
    return f"{changes} not kept ({what}): {how} saves what was changed as a scenario file"


def told_change(session: Session, view: View, changed: Changed) -> Line:
    """Return the told cell as it was, where it is another now; else an empty line."""
    cell = view.story
    if cell is None or cell.name not in changed or not changed[cell.name][cell.at] or not view.is_done(cell):
        return ()
    before = (session.as_it_was(0) or {}).get(cell.name)
    if before is None or before.shape != view.values[cell.name].shape:
        return ()
    was, now = float(before[cell.at]), float(view.values[cell.name][cell.at])
    apart = now - was
    name = (Word("What if: ", "heading"), Word(cell_text(view, cell), "name"))
    if abs(apart) <= _ROUNDING * abs(was):
        return (*name, Word(f"  {number_text(view, cell.name, was, 4)}"), Word("  as it was, but for rounding", "dim"))
    return (
        *name,
        Word(f"  {number_text(view, cell.name, was, 4)} → "),
        Word(number_text(view, cell.name, now, 4), "written"),
        Word(f"  as it was → as it is, {'+' * (apart > 0)}{number_text(view, cell.name, apart, 4)}", "dim"),
    )
