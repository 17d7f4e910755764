"""What if, in the plain stepper: `set W1[0,0] 2.5`, `set optimizer.learning_rate 5`, `was`, `undo`, `redo`, `save`."""

import re
from math import isnan, prod
from pathlib import Path

from nnstep.branches import Edit, Number, Setting, read_number
from nnstep.commands.picture import heading
from nnstep.commands.plain.here import here
from nnstep.commands.plain.rows import value_lines
from nnstep.commands.plain.walk import Lines, Walk, nothing_more
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError, nearest
from nnstep.explain.comparing import Compared, Pair, compare
from nnstep.explain.figures import figure, short
from nnstep.explain.places import read_cell, read_value, refuse_places, shape_of
from nnstep.scenario.edit import settings_of
from nnstep.scenario.text import in_message
from nnstep.session import View

_TYPED = re.compile(r"([^\s=\[]+(?:\s*\[[^\]]*\])?)(?:\s*=\s*|\s+)(.+)", re.DOTALL)
_HINT = "set W1[0,0] 2.5 sets a number, set optimizer.learning_rate 0.1 a setting; settings lists these"
_UNCHANGED = NnstepError("nothing was changed", hint=_HINT)


def set_to(walk: Walk, rest: str) -> Lines:
    """Have another number, or another setting, from this iteration on."""
    match = _TYPED.fullmatch(rest.strip())
    if match is None:
        raise NnstepError(f"{in_message(rest)!r} says nothing to set" if rest else "set what, to what?", hint=_HINT)
    try:
        walk.session.edit(_edit(walk, match[1], match[2].strip()))
    except NnstepError as error:
        # Its place would be in a text that nobody has seen.
        raise NnstepError(error.what, hint=error.hint) from None
    walk.session.place_cursor(None)
    told = walk.session.branches.told[-1]
    iteration = walk.session.position.iteration
    said = f"Changed: {told}; from iteration {iteration} on. undo takes it back, was tells what is other than it was."
    return [*wrapped(said, walk.width), *here(walk)]


def _edit(walk: Walk, target: str, text: str) -> Edit:
    """Return the change that is meant: of a cell where a value has that name, else of a setting."""
    view = walk.view()
    program = view.program
    name = target.partition("[")[0].strip()
    known = {word for value in program.values.values() for word in (value.id, value.name)}
    if "[" not in target and (key := _key(walk, target, known)):
        return Setting(key, text)
    cell = read_cell(target, view, done=0)  # of two with one name the one before the update: it can be set
    value = program.values[cell.name]
    if "[" not in target and prod(value.shape) > 1:
        refuse_places(view, cell.name)
        hint = f"set {name}[{','.join('0' * len(value.shape))}] {text}; rows and columns count from 0"
        raise NnstepError(f"{name} is {shape_of(view, cell.name)}: which of its cells?", hint=hint)
    return Number(cell, read_number(text))


def _key(walk: Walk, target: str, known: set[str]) -> str:
    """Return the key of a setting: as it is written, or the only one that ends so (`learning_rate`); or nothing.

    known: the names and ids of values.
    """
    keys = [choice.key for choice in settings_of(walk.session.compiled)]
    ends = [key for key in keys if key.rpartition(".")[2] == target]
    if target not in keys and len(ends) == 1:
        return ends[0]
    if target in known and target not in keys:
        return ""
    if target not in keys and ends:
        hint = f"say which: {', '.join(ends[:4])}{' …' if len(ends) > 4 else ''}"
        raise NnstepError(f"there are {len(ends)} settings called {target}", hint=hint)
    if target in keys or "." in target:
        return target
    guess = nearest(target, [*keys, *(key.rpartition(".")[2] for key in keys), *known])
    if guess:
        raise NnstepError(f"there is no {in_message(target)!r} to set", hint=f"did you mean {guess}?")
    return target


def settings(walk: Walk, rest: str) -> Lines:
    """List the settings that can be others in the middle of a training, and what was changed so far."""
    nothing_more(rest)
    told = []
    for choice in settings_of(walk.session.compiled):
        others = f"; there are: {', '.join(choice.choices)}" if choice.choices else ""
        told.append(f"{choice.key} = {choice.text}{others}")
    changed = walk.session.branches.told
    told += ["Changed so far:", *changed] if changed else []
    return [line for one in told for line in wrapped(one, walk.width)]


def undo(walk: Walk, rest: str) -> Lines:
    """Take the last change back."""
    nothing_more(rest)
    return _other(walk, "Taken back: the change", walk.session.undo())


def redo(walk: Walk, rest: str) -> Lines:
    """Make the change again that was taken back."""
    nothing_more(rest)
    return _other(walk, "Made again: the change", walk.session.redo())


def _other(walk: Walk, what: str, told: str) -> Lines:
    walk.breaks.hit = None
    walk.session.place_cursor(None)
    return [*wrapped(f"{what} {told}.", walk.width), *here(walk)]


def was(walk: Walk, rest: str) -> Lines:
    """Tell as it was beside as it is: one value, or each that differs with its largest difference."""
    session = walk.session
    if not session.branches.told:
        raise _UNCHANGED
    pair = Pair(session.unedited(), session, walk.predicting.look)
    before, now = pair.views()
    if rest:
        identity = read_value(rest, now.program, done=now.position.step)
        return [*_told("As it was", before, identity, walk), *_told("As it is", now, identity, walk)]
    rows = compare(before, now)
    same = [row.name for row in rows if row.verdict == "same"]
    told = [heading(now).partition(" · loss ")[0], f"Changed: {'; '.join(session.branches.told)}"]
    told += [_row(row) for row in rows if row.verdict != "same"]
    told += [f"The same: {', '.join(same)}."] if same else []
    if before.loss is not None and now.loss is not None:
        told.append(f"The loss was {short(before.loss)} and is {short(now.loss)}.")
    return [line for one in told for line in wrapped(one, walk.width)]


def _told(title: str, view: View, identity: str, walk: Walk) -> Lines:
    found = value_lines(view, identity, walk.width, walk.decimals) if identity in view.program.values else []
    return [f"{title}:", *(found or ["not there"])]


def _row(row: Compared) -> str:
    verdicts = {"only in A": "is no longer there", "only in B": "was not there", "other shape": "has another shape"}
    if row.verdict != "differs":
        return f"{row.name} {verdicts[row.verdict]}"
    name = f"{row.name}[{','.join(map(str, row.at))}]" if row.at else row.name
    apart = "" if isnan(row.largest) else f", {'+' if row.largest > 0 else ''}{figure(row.largest)}"
    count = f"; {row.differing} of {row.cells} cells differ, this one most" if row.cells > 1 else ""
    return f"{name} was {figure(row.first)}, is {figure(row.second)}{apart}{count}"


def save(walk: Walk, rest: str) -> Lines:
    """Save what was changed as a scenario file; one that is there is overwritten only where it is named twice."""
    branches = walk.session.branches
    if not branches.told:
        raise _UNCHANGED
    name = rest or branches.file_name
    overwrite, walk.overwrites = walk.overwrites == name, ""
    shown = in_message(name, limit=200)
    try:
        branches.save(Path(name).expanduser(), overwrite=overwrite)
    except FileExistsError:
        walk.overwrites = name
        raise NnstepError(f"{shown} is there already", hint="the same once more overwrites it") from None
    return wrapped(f"Saved as {shown}; nnstep {shown} opens it.", walk.width)
