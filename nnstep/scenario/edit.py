"""What if it were otherwise: a scenario with one setting, or one number of its data, changed; checked as a file is.

A change is made in the scenario's text, which is then read as any file is. So whatever a file may say can be tried,
what a file may not say is refused in the same words, and to save what was tried is to write its text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import get_args

import numpy as np

from nnstep.catalog.datasets import Prepared
from nnstep.catalog.datasets.dataset import Samples
from nnstep.catalog.layers.activation import ALPHA, Function
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.optimizers import OPTIMIZERS
from nnstep.engine.training import INPUTS
from nnstep.errors import MistakesError, NnstepError
from nnstep.records import dataclass
from nnstep.scenario import limits
from nnstep.scenario.builder import Tree
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import LoadedScenario, parse
from nnstep.scenario.model import InlineData
from nnstep.scenario.splice import Path, change, read_value, write_value
from nnstep.scenario.text import in_message

_LAYER = re.compile(r"layer([1-9]\d{0,3})", re.ASCII)
_PLACE = re.compile(r":(\d+):\d+$", re.ASCII)
_WORDS = ("notes", "lesson", "quiz", "breaks")  # keys that hold words about steps
# The settings of layers that change no shape.
_SAFE = ("activation", "function", "alpha", "rate", "epsilon", "momentum", "causal")
# What makes chances for a loss that takes them.
_CHANCES = {"probabilities": "sigmoid", "distribution": "softmax"}
_SHOWN = 120  # characters of a setting's value


def read_path(key: str) -> tuple[str | int, ...]:
    """Return the place in a file that `optimizer.learning_rate` or `layer1.activation` means.

    Raises NnstepError where it is no such key. Layers are counted from 1, as in their ids.
    """
    words = key.strip().split(".")
    if not all(words):
        raise NnstepError(f"{in_message(key)!r} is no key", hint="such as optimizer.learning_rate or layer1.units")
    if match := _LAYER.fullmatch(words[0]):
        if len(words) == 1:
            raise NnstepError(f"{words[0]} has several settings", hint=f"such as {words[0]}.activation")
        return ("network", int(match[1]) - 1, *words[1:])
    if words[0] == "network":
        raise NnstepError("layers are named one by one", hint="such as layer1.activation or layer2.units")
    return tuple(words)


def read_setting(text: str) -> tuple[str, str]:
    """Return key and value of `KEY=VALUE`. Raises NnstepError where it has not that form."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise NnstepError(f"{in_message(text)!r} says nothing", hint="KEY=VALUE, such as optimizer.learning_rate=0.5")
    return key.strip(), value.strip()


def with_setting(loaded: LoadedScenario, key: str, text: str, *, where: str = "") -> LoadedScenario:
    """Return the scenario with a setting that is written as in a file.

    where: what messages name as the place, as nobody has seen the text that would be wrong. Raises NnstepError, there,
    where the file has no such place or may not say that.
    """
    try:
        path = read_path(key)
        if path[0] == "network" and isinstance(path[1], int) and path[1] >= len(loaded.model.network):
            count = len(loaded.model.network)
            raise NnstepError(f"there is no layer {path[1] + 1}", hint=f"layers go from layer1 to layer{count}")
        return with_value(loaded, path, read_value(text))
    except NnstepError as error:
        raise NnstepError(error.what, where=where, hint=error.hint) from None


def with_value(loaded: LoadedScenario, path: Path, value: Tree) -> LoadedScenario:
    """Return the scenario with another value at a place of its file. Raises NnstepError as `load` does."""
    text = change(loaded.document, path, value)
    changed = parse(text.encode(), loaded.document.source, path=loaded.path)
    return replace(changed, folder=loaded.folder)


def ending_for(loaded: LoadedScenario) -> tuple[str, str]:
    """Return the setting of the last activation, key and value, that the loss needs; empty where it may stay.

    A loss and the activation before it go together: changed one by one, each would be refused because of the other.
    """
    takes, layer = LOSSES[loaded.model.loss.name].takes, loaded.model.network[-1]
    key = next((one for one in ("activation", "function") if one in layer.__struct_fields__), "")
    needed = _CHANCES.get(takes, "")
    if getattr(layer, key, None) in _CHANCES.values():
        needed = "identity" if takes == "logits" else ""
    return (f"layer{len(loaded.model.network)}.{key}", needed) if key and needed else ("", "")


def setting_text(loaded: LoadedScenario, key: str) -> str:
    """Return how a setting is written in the file, on one line; empty where the file leaves it out."""
    here: Tree = loaded.document.tree
    for step in read_path(key):
        if isinstance(here, dict) and step in here:
            here = here[str(step)]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return ""
    return in_message(write_value(here), limit=_SHOWN)


def recompiled(compiled: Compiled, loaded: LoadedScenario, *, data: Prepared | None = None) -> Compiled:
    """Return the training of a changed scenario, in the names and as silent as the one before it.

    data: the samples, where these are not what the scenario says. Raises NnstepError where it can not be trained.
    """
    found, model = compile_edited(loaded, names=compiled.names.name, data=data), compiled.scenario.model
    has_words = model.notes or any(stop.say for stop in model.lesson)
    return found if has_words else found.hushed()


def compile_edited(loaded: LoadedScenario, *, names: str, data: Prepared | None = None) -> Compiled:
    """Compile a changed scenario; what the teacher says of steps that there are no longer is made a comment.

    A try must not fail for words, and none of them is lost. Raises NnstepError as `compile_scenario` does.
    """
    for _ in range(limits.NOTES + limits.STOPS):
        try:
            return compile_scenario(loaded, names=names, data=data)
        except NnstepError as error:
            loaded = _without_words(loaded, error)
    raise NnstepError("too many notes are about steps that there would be no longer")


def with_sample(compiled: Compiled, identity: str, at: tuple[int, ...], number: float) -> Compiled:
    """Return the training with another number in a sample.

    identity: inputs or targets. at: the sample's number, and the place in it. A file that has its samples written out
    gets it there; others (a data set, a table) can not be saved with it. Raises NnstepError where the number does not
    suit the loss.
    """
    loaded, train = compiled.scenario, compiled.data.train
    array = np.array(getattr(train, identity))  # (b, ...)
    array[at] = number
    unscaled = np.empty(0) if identity == INPUTS else compiled.data.unscaled  # it did not come so
    cell: tuple[str | int, ...] = (identity, *at)
    by_hand = compiled.data.by_hand | {cell}
    data = replace(compiled.data, train=replace(train, **{identity: array}), unscaled=unscaled, by_hand=by_hand)
    if is_written_out(loaded):
        loaded = with_value(loaded, ("data", identity, *at), number)
    return recompiled(compiled, loaded, data=data)


def _without_words(loaded: LoadedScenario, error: NnstepError) -> LoadedScenario:
    """Return the scenario in which the teacher's words that an error is about are comments; others are raised."""
    lines = loaded.document.text.characters.splitlines(keepends=True)
    for one in error.found if isinstance(error, MistakesError) else (error,):
        found = _PLACE.search(one.where)
        number = int(found[1]) - 1 if found else len(lines)
        head = next((line for line in reversed(lines[: number + 1]) if line[:1].isalpha()), "")
        if number >= len(lines) or head.partition(":")[0] not in _WORDS or lines[number] == head:
            raise error
        if lines[number].lstrip().startswith("#"):
            continue  # of two mistakes in one place
        depth = _indent(lines[number])
        end = number + 1
        while end < len(lines) and lines[end].strip() and _indent(lines[end]) > depth:
            end += 1
        lines[number:end] = [f"{line[:depth]}# {line[depth:]}" for line in lines[number:end]]
    for number in _emptied(lines):
        lines[number] = f"# {lines[number]}"
    changed = parse("".join(lines).encode(), loaded.document.source, path=loaded.path)
    return replace(changed, folder=loaded.folder)


def _emptied(lines: list[str]) -> Iterator[int]:
    """Yield the lines of the keys of words below which nothing but comments is left: a list must not be empty."""
    for number, line in enumerate(lines):
        if line.rstrip() in {f"{word}:" for word in _WORDS}:
            below = list(takewhile(lambda one: not one[:1].isalpha(), lines[number + 1 :]))
            if all(not one.strip() or one.lstrip().startswith("#") for one in below):
                yield number


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def is_written_out(loaded: LoadedScenario) -> bool:
    """Does each sample that is trained on stand in the file itself, as it is and at the place of its number?"""
    data = loaded.model.data
    return isinstance(data, InlineData) and data.split is None and data.scale is None and not data.one_hot


@dataclass(frozen=True)
class Choice:
    """A setting that can be another in the middle of a training.

    key: as `--set` names it. text: as the file has it, or what holds where it says nothing. choices: the names that
    there are, where it is a name. name: the name alone, where the text may say more: `gd` of an optimizer.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()
    name: str = ""


def settings_of(compiled: Compiled) -> tuple[Choice, ...]:
    """Return the settings that leave every shape as it is, as they are now; not those that nothing follows."""
    loaded = compiled.scenario
    optimizer, loss = loaded.model.optimizer.name, loaded.model.loss.name

    def choice(key: str, otherwise: object, choices: Iterable[str] = (), name: str = "") -> Choice:
        return Choice(key, setting_text(loaded, key) or str(otherwise), tuple(sorted(choices)), name)

    found = [
        choice("optimizer.learning_rate", compiled.training.rate),
        choice("optimizer", optimizer, OPTIMIZERS, optimizer),
        choice("loss", loss, LOSSES, loss),
    ]
    for number, layer in enumerate(loaded.model.network, 1):
        function = getattr(layer, "activation", None) or getattr(layer, "function", None)
        for key in layer.__struct_fields__:
            if key in _SAFE and (key != "alpha" or function in ALPHA):
                names = get_args(Function) if key in ("activation", "function") else ()
                now = getattr(layer, key)
                now = ALPHA[str(function)] if key == "alpha" and now is None else now
                found.append(choice(f"layer{number}.{key}", _said(now), names))
    return tuple(found)


def _said(value: object) -> str:
    return "none" if value is None else write_value(value) if isinstance(value, str | int | float) else str(value)


def samples_differ(first: Samples, second: Samples) -> bool:
    """Are these other samples?"""
    return not (np.array_equal(first.inputs, second.inputs) and np.array_equal(first.targets, second.targets))
