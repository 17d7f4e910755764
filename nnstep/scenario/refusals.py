"""What the struct checker refuses, in people's words: what is due, what stands there instead, and what was meant."""

import re
from operator import attrgetter
from typing import Final

import msgspec

from nnstep.errors import NnstepError, nearest, unknown
from nnstep.records import dataclass
from nnstep.scenario.builder import Tree
from nnstep.scenario.document import Document
from nnstep.scenario.due import Due, due_at
from nnstep.scenario.limits import INTEGER_DIGITS
from nnstep.scenario.scalars import number_advice, plain_number
from nnstep.scenario.text import in_message

_PLACE: Final = re.compile(r" - at `(?:key` in `)?\$(?P<path>(?:\.\w+|\[\d+\]|\[\.\.\.\])*)`\Z")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]|\[\.\.\.\]")
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_BOUND: Final = re.compile(r"Expected `(?:int|float)` (>=|<=|>|<) (\S+)")
_LENGTH: Final = re.compile(r"Expected `(?:array|object)` of length (?:(>=|<=) )?(\d+)")
_ANSWERS: Final = {**dict.fromkeys(("yes", "on", "y"), "true"), **dict.fromkeys(("no", "off", "n"), "false")}
_BOUNDS: Final = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
_WITHIN: Final = {  # what stands before a bound, and after it
    ">=": ("write ", " or more"),
    "<=": ("write ", " or less"),
    ">": ("write more than ", ""),
    "<": ("write less than ", ""),
}

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class _Fault:
    """One refusal: the path of the value, the value, and what was due there."""

    path: Path
    value: Tree
    due: Due
    where: str

    @property
    def name(self) -> str:
        """What the value is called in a message."""
        if len(self.path) == 2 and self.path[0] == "network":
            return f"layer {int(self.path[1]) + 1}"
        return next((in_message(step) for step in reversed(self.path) if isinstance(step, str)), "a scenario")


def refusal(error: msgspec.ValidationError, tree: Tree, document: Document, at: Path = ()) -> NnstepError:
    """Return the error for people that says what `error` says of `tree`, or of its part at a path."""
    message = str(error)
    place = _PLACE.search(message)
    path, value = _follow(place["path"] if place else "", _part(tree, at))
    path = (*at, *path)
    fault = _Fault(path, value, due_at(path, tree), document.where(*path))
    if message.startswith("Object contains unknown field"):
        given = value if isinstance(value, dict) else {}
        return _unknown_key(fault, next((key for key in given if key not in fault.due.keys), ""), document)
    if missing := _MISSING.match(message):
        return _missing_key(fault, missing[1], document)
    if message.startswith("Invalid value"):
        return unknown("layer", in_message(str(value)), fault.due.tags, where=fault.where)
    if bound := _BOUND.match(message):
        what = f"{fault.name} must be {_BOUNDS[bound[1]]} {float(bound[2]):.15g}, but this is {_shown(value)}"
        hint = fault.due.description or f"{float(bound[2]):.15g}".join(_WITHIN[bound[1]])
        return NnstepError(what, where=fault.where, hint=hint)
    if length := _LENGTH.match(message):
        return _wrong_length(fault, length[1] or "", int(length[2]))
    return _wrong_type(fault)


def unknown_key(key: str, tree: Tree, document: Document, at: Path) -> NnstepError:
    """Return the error for a key that the mapping at a path of the tree can not have."""
    return _unknown_key(_Fault(at, _part(tree, at), due_at(at, tree), document.where(*at)), key, document)


def missing_key(key: str, tree: Tree, document: Document, at: Path) -> NnstepError:
    """Return the error for a key that the mapping at a path of the tree needs."""
    return _missing_key(_Fault(at, _part(tree, at), due_at(at, tree), document.where(*at)), key, document)


def _part(tree: Tree, at: Path) -> Tree:
    for step in at:
        if isinstance(tree, dict):
            tree = tree[str(step)]
        elif isinstance(tree, list):
            tree = tree[int(step)]
    return tree


def _follow(written: str, tree: Tree) -> tuple[Path, Tree]:
    """Return the path that the checker wrote, and the value there; `[...]` is the first value that is not text."""
    path: list[str | int] = []
    for found in _STEP.finditer(written):
        step: str | int = found[1] if found[1] is not None else int(found[2] or 0)
        if isinstance(tree, dict):
            if found[0] == "[...]":
                step = next((key for key, value in tree.items() if not isinstance(value, str)), "")
            tree = tree.get(str(step))
        elif isinstance(tree, list):
            tree = tree[int(step)]
        path.append(step)
    return tuple(path), tree


def _unknown_key(fault: _Fault, key: str, document: Document) -> NnstepError:
    where = document.where(*fault.path, key, key=True)
    owner = fault.due.tag or fault.name
    error = unknown(f"key of {owner}", in_message(key), fault.due.keys, where=where)
    if ":" in key:
        error.hint = "a space is missing after the colon: key: value"
    elif key.startswith("-"):
        error.hint = "a space is missing after the dash: - key: value"
    return error


def _missing_key(fault: _Fault, key: str, document: Document) -> NnstepError:
    given = fault.value if isinstance(fault.value, dict) else {}
    owner = fault.due.tag or fault.name
    if key == "layer":
        stray = nearest(key, given)
        if stray:
            where = document.where(*fault.path, stray, key=True)
            return unknown("key of a layer", in_message(stray), ("layer",), where=where)
        kind = next((name for name in given if name in fault.due.tags), "dense")
        hint = f"write {{layer: {kind}, ...}}"
        return NnstepError(f"{fault.name} does not say which layer it is", where=fault.where, hint=hint)
    description = fault.due.descriptions.get(key, "")
    hint = f"add {key}: {description}" if description else f"add {key}"
    return NnstepError(f"{owner} needs {key}, and it is not there", where=fault.where, hint=hint)


def _wrong_length(fault: _Fault, sign: str, length: int) -> NnstepError:
    count = len(fault.value) if isinstance(fault.value, list | dict) else 0
    if not count:
        return NnstepError(f"{fault.name} is empty", where=fault.where, hint=fault.due.description)
    limit = f"{_BOUNDS[sign]} {length}" if sign else f"{length}"
    what = f"{fault.name} must have {limit} entries, but this has {count}"
    return NnstepError(what, where=fault.where, hint=fault.due.description)


def _wrong_type(fault: _Fault) -> NnstepError:
    value, due = fault.value, fault.due
    if isinstance(value, str) and due.words and due.is_word:
        return unknown(fault.name, in_message(value), due.words, where=fault.where)
    what = f"{fault.name} must be {due.text}, but this is {_shown(value)}"
    return NnstepError(what, where=fault.where, hint=_hint(value, due))


# What to try where nothing better is known; of several, the first that holds.
_TRY: Final = (
    (attrgetter("is_whole"), "write a whole number, such as 2"),
    (attrgetter("is_number"), "write a number, such as 2"),
    (attrgetter("is_word"), "write one of these words"),
    (attrgetter("is_list"), "write it in brackets, such as [0, 1]"),
    (attrgetter("is_text"), "write some words, or leave the key out"),
    (attrgetter("is_bool"), "write true or false"),
)


def _hint(value: Tree, due: Due) -> str:
    hint = (_hint_for_text(value, due) if isinstance(value, str) else _hint_for_number(value, due)) or due.description
    return hint or next((words for is_due, words in _TRY if is_due(due)), "")


def _hint_for_text(value: str, due: Due) -> str:
    if guess := nearest(value, due.words):
        return f"did you mean {guess}?"
    if due.is_number:
        return "take the quotes away" if plain_number(value) else number_advice(value)
    word = _ANSWERS.get(value.lower(), "") if due.is_bool else ""
    return word and f"write {word}"


def _hint_for_number(value: Tree, due: Due) -> str:
    if not isinstance(value, int | float):
        return ""
    if due.is_text:
        return "put it in quotes"
    if due.is_bool and value in (0, 1):
        return f"write {str(bool(value)).lower()}"
    if due.is_number and isinstance(value, float) and value.is_integer():
        is_short = abs(value) < 10**INTEGER_DIGITS
        return f"write {int(value)}" if is_short else f"a whole number has {INTEGER_DIGITS} digits at the most"
    return f"put it in brackets: [{str(value).lower()}]" if due.is_list and not due.description else ""


def _shown(value: Tree) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {in_message(value, limit=40)!r}"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else str(value)
