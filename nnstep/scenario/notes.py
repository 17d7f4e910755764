"""The teacher's notes: which steps the keys of `notes` name, in which iterations, and which names stand in the texts.

A key is a step's name in the scenario's own name set or in any other, its id, a phase (shown with every step of it that
has no note of its own), or `start`. Behind it may stand the iterations it is for: `d_output@1`, `wh@2-5`, `loss@10-`,
and behind these the name set: `E@classic`, `E@1@classic`.
A value that a text names in backquotes, `d_output` or `layer2.delta`, is told in the names that are being shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from math import inf
from typing import Final, NamedTuple

from nnstep.catalog.laying import shape_text
from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.names.base import NameSet
from nnstep.engine.program import PHASES, Program
from nnstep.errors import NnstepError, nearest, noting, raise_noted
from nnstep.records import dataclass
from nnstep.scenario.cells import AT, read_at
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.text import in_message

START: Final = "start"
_LIMITED: Final = re.compile(r"(.+)@(\d{1,9})(-?)(\d{0,9})", re.ASCII | re.DOTALL)
# A name, and the place of a cell behind it: `wh`, `wh[0,1]`.
_NAMED: Final = re.compile(r"`([^`\n]+?)(\[[\d ,]*\])?`", re.ASCII)
_PLACE: Final = re.compile(AT, re.ASCII)


class Piece(NamedTuple):
    """A part of a note. is_name: is it what a value is called?"""

    text: str
    is_name: bool = False


@dataclass(frozen=True)
class Key:
    """A name and the iterations (from 1) that it is for, as they are written: `wh@2-5`. is_limited: are any written?

    names: the name set that a note is for, as it is written: `E@classic`; empty for all.
    """

    text: str
    name: str
    first: int = 1
    last: float = inf
    is_limited: bool = False
    names: str = ""

    def holds(self, iteration: int, names: str) -> bool:
        """Is it for this iteration, told in this name set?"""
        return self.first <= iteration <= self.last and self.names in ("", names)


def check_notes(loaded: LoadedScenario, program: Program) -> None:
    """Raise NnstepError, with lines and the nearest names, where notes are of nothing or name nothing in here."""
    found: list[NnstepError] = []
    for text, note in loaded.model.notes.items():
        with noting(found):
            _check_note(read_note_key(str(text)), str(note), loaded, program)
    for number, stop in enumerate(loaded.model.lesson):
        for word in ("say", "ask"):
            with noting(found):
                check_names(str(getattr(stop, word)), loaded, program, "lesson", number, word)
    raise_noted(found)


def _check_note(key: Key, note: str, loaded: LoadedScenario, program: Program) -> None:
    own = NAME_SETS[loaded.model.names]
    if key.is_limited and not 1 <= key.first <= key.last:
        raise _no_iterations(key, loaded)
    known = _ids_by_name(own.name, len(loaded.model.network), tuple(program.values))
    if key.name not in (START, *PHASES) and key.name not in known:
        raise _unknown(key, loaded, own, program)
    check_names(note, loaded, program, "notes", key.text)


def check_names(text: str, loaded: LoadedScenario, program: Program, *path: str | int) -> None:
    """Raise NnstepError where a text names no value in backquotes, or no cell of one; path: where the text stands."""
    own = NAME_SETS[loaded.model.names]
    known = _ids_by_name(own.name, len(loaded.model.network), tuple(program.values))
    for match in _NAMED.finditer(text):
        if match[1] not in known:
            raise _unnamed(match[1], loaded, own, program, path)
        place, value = _PLACE.fullmatch(match[2] or ""), program.values.get(known[match[1]])
        if place and value and read_at(place[1], value.shape) is None:
            what = f"{_kind(path)} names `{in_message(match[1] + match[2])}`, and there is no such cell"
            hint = f"{in_message(match[1])} is {shape_text(value.shape)}, from 0"
            raise NnstepError(what, where=loaded.where(*path), hint=hint)


def note_of(loaded: LoadedScenario, identity: str, phase: str, iteration: int, names: str = "") -> str:
    """Return the note of a value in an iteration: its own, else its phase's; empty where it has none.

    identity: the value's id; `weights` and `weights.next` share their notes, as they share their name.
    phase: of the step that makes it; empty for what no step makes. names: the name set that is shown; empty for the
    file's own.
    """
    shown, layers = names or loaded.model.names, len(loaded.model.network)
    keys = (*_names(identity, loaded.model.names, layers), phase)
    return next((note for name in keys if (note := _text(loaded, name, iteration, shown))), "")


def opening_note(loaded: LoadedScenario, iteration: int, names: str = "") -> str:
    """Return the note that is shown before the first step; one that names no iterations is for the first."""
    shown = names or loaded.model.names
    keys = _keys(tuple(map(str, loaded.model.notes))).get(START, ())
    limited = any(key.is_limited and key.holds(iteration, shown) for key in keys)
    return _text(loaded, START, iteration, shown) if iteration == 1 or limited else ""


def value_named(name: str, loaded: LoadedScenario, program: Program) -> str:
    """Return the id of the value that a name is surest to mean: as in `notes`, any name set's; empty for no value."""
    known = _ids_by_name(loaded.model.names, len(loaded.model.network), tuple(program.values))
    return known.get(name, "")


def told_note(text: str, loaded: LoadedScenario, names: NameSet, program: Program) -> Iterator[Piece]:
    """Yield a note in parts, with what is named in it told in a name set."""
    layers = len(loaded.model.network)
    known = _ids_by_name(loaded.model.names, layers, tuple(program.values))
    end = 0
    for match in _NAMED.finditer(text):
        # A name that the check did not know is a product, where products and bias are one step: it stays as it is.
        name = names.of(known[match[1]], layers) if match[1] in known else match[1]
        yield from (Piece(text[end : match.start()]), Piece(name + (match[2] or ""), is_name=True))
        end = match.end()
    yield Piece(text[end:])


def _text(loaded: LoadedScenario, name: str, iteration: int, names: str) -> str:
    """Return the note with this name in its key: one for few before one for all, names before iterations."""
    for key in _keys(tuple(map(str, loaded.model.notes))).get(name, ()):
        if key.holds(iteration, names):
            return next(str(note) for text, note in loaded.model.notes.items() if str(text) == key.text)
    return ""


@lru_cache(maxsize=16)
def _keys(texts: tuple[str, ...]) -> Mapping[str, tuple[Key, ...]]:
    """Return the keys by the names in them; those for few first, else as they stand in the file."""
    found: dict[str, list[Key]] = {}
    # A name set comes first: what its notes say of signs is wrong in others, and of iterations it is only less to say.
    for key in sorted(map(read_note_key, texts), key=lambda key: (not key.names, not key.is_limited)):
        found.setdefault(key.name, []).append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def read_note_key(text: str) -> Key:
    """Take a note's key apart: as `read_key` does, and the name set behind it, `E@classic` or `E@1@classic`."""
    before, _, names = text.rpartition("@")
    return replace(read_key(before), text=text, names=names) if before and names in NAME_SETS else read_key(text)


def read_key(text: str) -> Key:
    """Take `name`, `name@1`, `name@2-5` or `name@6-` apart; whether these are iterations is not looked at."""
    match = _LIMITED.fullmatch(text)
    if match is None or (match[4] and not match[3]):
        return Key(text, text)
    first = int(match[2])
    last = int(match[4]) if match[4] else inf if match[3] else first
    return Key(text, match[1], first, last, is_limited=True)


@lru_cache(maxsize=4096)
def _names(identity: str, own: str, layers: int) -> tuple[str, ...]:
    """Return every key that names a value, the ones that are surest first."""
    plain = identity.removesuffix(".next")
    sets = [NAME_SETS[own], *(names for names in NAME_SETS.values() if names.name != own)]
    first = [identity, plain, f"{plain}.next", sets[0].of(identity, layers)]
    claimed = {names.of(identity, layers): names for names in sets[1:]}
    return tuple(dict.fromkeys([*first, *(name for name in claimed if not _is_taken(name, identity, sets[0], layers))]))


def _is_taken(name: str, identity: str, own: NameSet, layers: int) -> bool:
    """Does the scenario's own name set call something else so? (`E` is an error to one school, the loss to another.)"""
    return bool(_called(own.name, layers).get(name, frozenset()) - {identity})


@lru_cache(maxsize=64)
def _called(own: str, layers: int) -> Mapping[str, frozenset[str]]:
    """Return the ids of all that a name set calls by each name."""
    found: dict[str, frozenset[str]] = {}
    for identity in _ids(layers):
        name = NAME_SETS[own].of(identity, layers)
        found[name] = found.get(name, frozenset()) | {identity}
    return found


@lru_cache(maxsize=64)
def _ids(layers: int) -> tuple[str, ...]:
    """Return the ids that name sets have names for."""
    roles = {role for names in NAME_SETS.values() for role in (*names.hidden, *names.output)}
    fixed = {identity for names in NAME_SETS.values() for identity in names.fixed}
    return (*sorted(fixed), *(f"layer{n}.{role}" for n in range(1, layers + 1) for role in sorted(roles)))


@lru_cache(maxsize=16)
def _ids_by_name(own: str, layers: int, values: tuple[str, ...]) -> Mapping[str, str]:
    """Return the id of the value that each name is surest to mean."""
    # Where products and bias are one step, a note on the product is a note on nothing that is shown, but no mistake.
    products = [f"layer{n}.weighted" for n in range(1, layers + 1) if f"layer{n}.weights" in values]
    named = [_names(identity, own, layers) for identity in (*values, *products)]
    found: dict[str, str] = {}
    for rank in range(max(map(len, named), default=0)):
        for identity, names in zip((*values, *products), named, strict=True):
            if rank < len(names):
                found.setdefault(names[rank], identity)
    return found


def _no_iterations(key: Key, loaded: LoadedScenario) -> NnstepError:
    what = f"{in_message(key.text)!r} names no iteration, so this note would never be shown"
    hint = f"they count from 1: {in_message(key.name)}@1, {in_message(key.name)}@2-5 or {in_message(key.name)}@2-"
    return NnstepError(what, where=loaded.where("notes", key.text, key=True), hint=hint)


def _unknown(key: Key, loaded: LoadedScenario, own: NameSet, program: Program) -> NnstepError:
    what = f"no step is called {in_message(key.name)!r}, so this note would never be shown"
    hint = _meant(key.name, (*PHASES, START), loaded, own, program)
    before, _, names = key.name.rpartition("@")
    if before and (guess := nearest(names, NAME_SETS)):
        hint = f"did you mean {in_message(before)}@{guess}?"
    return NnstepError(what, where=loaded.where("notes", key.text, key=True), hint=hint)


def _unnamed(
    name: str, loaded: LoadedScenario, own: NameSet, program: Program, path: tuple[str | int, ...]
) -> NnstepError:
    what = f"{_kind(path)} names `{in_message(name)}`, and no value is called so"
    hint = _meant(name, (), loaded, own, program)
    return NnstepError(what, where=loaded.where(*path), hint=hint)


def _kind(path: tuple[str | int, ...]) -> str:
    return "this note" if path[0] == "notes" else "this text"


def _meant(name: str, others: tuple[str, ...], loaded: LoadedScenario, own: NameSet, program: Program) -> str:
    """Return the nearest name, or all that the scenario's own name set shows."""
    layers = len(loaded.model.network)
    shown = list(dict.fromkeys(own.of(step.id, layers) for step in program.steps))
    every = [names.of(identity, layers) for names in NAME_SETS.values() for identity in program.values]
    guess = nearest(name, [*every, *program.values, *others, *shown])
    listed = [START, *PHASES, *shown] if others else shown
    return f"did you mean {guess}?" if guess else f"in {own.name} there are: {', '.join(listed)}"
