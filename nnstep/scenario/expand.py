"""The short forms of a file written out, so that the model has one form of each thing."""

from collections.abc import Callable, Iterable
from typing import Final

from nnstep.catalog.datasets import SOURCES
from nnstep.catalog.losses import LOSSES
from nnstep.catalog.optimizers import OPTIMIZERS, RATE
from nnstep.catalog.schedules import CONSTANT, SCHEDULES
from nnstep.errors import NnstepError, nearest, noting, unknown
from nnstep.scenario.builder import Tree
from nnstep.scenario.document import Document
from nnstep.scenario.model import FileData, InlineData, SourceData
from nnstep.scenario.text import in_message

Mapping = dict[str, Tree]

Form = type[InlineData] | type[SourceData] | type[FileData]
FORMS: Final[dict[str, Form]] = {"inputs": InlineData, "source": SourceData, "file": FileData}
"""The key that tells the form of `data`, and what it makes."""


def expand(document: Document, found: list[NnstepError]) -> Mapping:
    """Return the document's tree with the loss, the optimizer and the data in their long forms.

    found: what is wrong is added to it: settings of an optimizer or a data set that do not fit it, an unclear form of
    data. The key that it belongs to is then left out. What is not a mapping or a name is left as it is: checking the
    types says so. Raises NnstepError where the document is no mapping at all.
    """
    tree = document.tree
    if not isinstance(tree, dict):
        raise _no_mapping(tree, document)
    tree = dict(tree)
    for key, long_form in _LONG_FORMS.items():
        if key in tree:
            given = tree.pop(key)
            with noting(found):
                tree[key] = long_form(given, document)
    return tree


def _no_mapping(tree: Tree, document: Document) -> NnstepError:
    hint = "it begins with title: ..."
    if isinstance(tree, str) and ":" in tree:
        hint = "a space is missing after the colon: key: value"
    return NnstepError("a scenario is a mapping: key: value, a line each", where=document.where(), hint=hint)


def _named(key: str, given: Tree, choices: Iterable[str], document: Document) -> Mapping:
    """Return a loss or an optimizer as a mapping with a name that the catalog has."""
    names = sorted(choices)
    if isinstance(given, str):
        given = {"name": given}
    where = document.where(key)
    if not isinstance(given, dict):
        what = f"{key} must be a name, or a mapping with a name and settings"
        raise NnstepError(what, where=where, hint=f"there are: {', '.join(names)}")
    if "name" not in given:
        if stray := nearest("name", given):
            raise unknown(f"key of {key}", in_message(stray), ["name"], where=document.where(key, stray, key=True))
        raise NnstepError(f"{key} needs a name", where=where, hint=f"there are: {', '.join(names)}")
    name = given["name"]
    where = document.where(key, "name")
    if not isinstance(name, str):
        raise NnstepError(f"the name of {key} must be text", where=where, hint=f"there are: {', '.join(names)}")
    if name not in names:
        raise unknown(key, in_message(name), names, where=where)
    return given


def _loss(given: Tree, document: Document) -> Tree:
    return _named("loss", given, LOSSES, document)


def _optimizer(told: Tree, document: Document) -> Tree:
    given = _named("optimizer", told, OPTIMIZERS, document)
    name = str(given["name"])
    known = OPTIMIZERS[name].settings
    settings: Mapping = {}
    for key, value in given.items():
        if key in ("name", "schedule"):
            continue
        if key not in known:
            place = document.where("optimizer", key, key=True)
            raise unknown(f"setting of {name}", in_message(key), [*known, "schedule"], where=place)
        settings[key] = _setting(key, value, known[key], document.where("optimizer", key))
    return {"name": name, "settings": settings, "schedule": _schedule(given.get("schedule", CONSTANT), document)}


def _schedule(given: Tree, document: Document) -> Mapping:
    where = document.where("optimizer", "schedule")
    names = f"there are: {', '.join(sorted(SCHEDULES))}"
    told = {"name": given} if isinstance(given, str) else given
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        raise NnstepError("schedule must be a name, or a mapping with a name and settings", where=where, hint=names)
    name = str(told["name"])
    if name not in SCHEDULES:
        place = where if told is not given else document.where("optimizer", "schedule", "name")
        raise unknown("schedule", in_message(name), SCHEDULES, where=place)
    known = SCHEDULES[name].settings
    settings: Mapping = {}
    for key, value in told.items():
        if key == "name":
            continue
        if key not in known:
            place = document.where("optimizer", "schedule", key, key=True)
            raise unknown(f"setting of {name}", in_message(key), [*known, "name"], where=place)
        settings[key] = known[key].check(key, value, where=document.where("optimizer", "schedule", key))
    return {"name": name, "settings": settings}


def _setting(key: str, value: Tree, usual: float, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = in_message(str(value))
        raise NnstepError(f"{key} must be a number, not {shown!r}", where=where, hint=f"such as {key}: {usual:g}")
    if value < 0:
        hint = "going downhill is what the minus is for" if key == RATE else f"{usual:g} is usual"
        raise NnstepError(f"{key} must not be negative", where=where, hint=hint)
    return float(value)


def _data(data: Tree, document: Document) -> Tree:
    if not isinstance(data, dict):
        return data
    if "inputs" not in data and "targets" in data and "file" not in data and "source" not in data:
        form: Form = InlineData
    else:
        form = _form(data, document)
    if form is SourceData and isinstance(name := data["source"], str):
        data = _source(name, data, document)
    elif "form" in data:  # the model's own, for telling the three apart
        known = set(form.__struct_fields__)
        raise unknown("key of data", "form", known, where=document.where("data", "form", key=True))
    return {**data, "form": str(form.__struct_config__.tag)}


def _form(data: Mapping, document: Document) -> Form:
    found = [key for key in FORMS if key in data]
    if len(found) > 1:
        place = document.where("data", found[1], key=True)
        raise NnstepError(f"data has both {found[0]} and {found[1]}", where=place, hint="keep one of them")
    if not found:
        stray = next((key for key in data if nearest(key, FORMS)), "")
        hint = "give inputs and targets, or source: digits, or file: data.csv"
        if stray:
            hint = f"did you mean {nearest(stray, FORMS)}?"
        place = document.where("data", stray, key=True) if stray else document.where("data", key=True)
        what = f"data has no key called {in_message(stray)!r}" if stray else "data does not say where the numbers are"
        raise NnstepError(what, where=place, hint=hint)
    return FORMS[found[0]]


def _source(name: str, data: Mapping, document: Document) -> Mapping:
    if name not in SOURCES:
        raise unknown("data set", in_message(name), SOURCES, where=document.where("data", "source"))
    source = SOURCES[name]
    own = [key for key in SourceData.__struct_fields__ if key != "settings"]
    settings: Mapping = {}
    for key in data:
        if key in own:
            continue
        if key not in source.settings:
            place = document.where("data", key, key=True)
            raise unknown(f"setting of {name}", in_message(key), {*own, *source.settings}, where=place)
        settings[key] = source.settings[key].check(key, data[key], where=document.where("data", key))
    return {**{key: value for key, value in data.items() if key in own}, "settings": settings}


_LONG_FORMS: Final[dict[str, Callable[[Tree, Document], Tree]]] = {
    "loss": _loss,
    "optimizer": _optimizer,
    "data": _data,
}
