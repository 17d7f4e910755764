"""The teacher's notes: which steps the keys of `notes` name.

A key is a step's name in the scenario's own name set or in any other, its id, a phase (shown with every step of it that
has no note of its own), or `start`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from nnstep.catalog.names import NAME_SETS
from nnstep.catalog.names.base import NameSet
from nnstep.engine.program import PHASES, Program
from nnstep.errors import NnstepError, nearest
from nnstep.scenario.load import LoadedScenario
from nnstep.scenario.text import SafeText, in_message

START: Final = "start"


def check_notes(loaded: LoadedScenario, program: Program) -> None:
    """Raise NnstepError, with the key's line and the nearest name, where a note is of nothing in this scenario."""
    own = NAME_SETS[loaded.model.names]
    layers = len(loaded.model.network)
    for key in loaded.model.notes:
        if not _is_known(key, own.name, layers, tuple(program.values)):
            raise _unknown(key, loaded, own, program)


def note_of(loaded: LoadedScenario, identity: str, phase: str) -> str:
    """Return the note of a value: its own, else its phase's; empty where it has none.

    identity: the value's id; `weights` and `weights.next` share their notes, as they share their name.
    phase: of the step that makes it; empty for what no step makes.
    """
    notes = _texts(loaded)
    names = _names(identity, loaded.model.names, len(loaded.model.network))
    for key in (*names, phase):
        if key in notes:
            return str(notes[key])
    return ""


def opening_note(loaded: LoadedScenario) -> str:
    """Return the note that is shown before the first step."""
    return str(_texts(loaded).get(START, ""))


def _texts(loaded: LoadedScenario) -> Mapping[str, SafeText]:
    return {str(key): text for key, text in loaded.model.notes.items()}


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


def _is_known(key: str, own: str, layers: int, values: tuple[str, ...]) -> bool:
    if key == START or key in PHASES:
        return True
    # Where products and bias are one step, a note on the product is a note on nothing that is shown, but no mistake.
    products = (f"layer{n}.weighted" for n in range(1, layers + 1) if f"layer{n}.weights" in values)
    return any(key in _names(identity, own, layers) for identity in (*values, *products))


def _unknown(key: str, loaded: LoadedScenario, own: NameSet, program: Program) -> NnstepError:
    layers = len(loaded.model.network)
    shown = list(dict.fromkeys(own.of(step.id, layers) for step in program.steps))
    others = [names.of(identity, layers) for names in NAME_SETS.values() for identity in program.values]
    guess = nearest(key, [*others, *program.values, *PHASES, START, *shown])
    hint = f"did you mean {guess}?" if guess else f"in {own.name} there are: {', '.join([START, *PHASES, *shown])}"
    where = loaded.where("notes", key, key=True)
    return NnstepError(
        f"no step is called {in_message(key)!r}, so this note would never be shown", where=where, hint=hint
    )
