"""What the types of the model can not say: names that the catalog has, rows of one length, keys that go together."""

from collections.abc import Iterable

from nnstep.catalog.datasets import SCALES
from nnstep.catalog.initializers import INITIALIZERS
from nnstep.catalog.layers.activation import ALPHA
from nnstep.catalog.layers.base import Layer
from nnstep.catalog.mistakes import MISTAKES
from nnstep.catalog.names import NAME_SETS
from nnstep.errors import NnstepError, noting, raise_noted, unknown
from nnstep.scenario import limits
from nnstep.scenario.builder import Tree
from nnstep.scenario.document import Document
from nnstep.scenario.model import FileData, InlineData, Scenario
from nnstep.scenario.numbers import check_numbers
from nnstep.scenario.text import in_message


def check(scenario: Scenario, document: Document) -> None:
    """Raise NnstepError, placed in the document, for what is wrong with a scenario whose types are right."""
    tree = document.tree
    assert isinstance(tree, dict)
    found: list[NnstepError] = []
    with noting(found):
        _check_texts(scenario, tree, document)
    with noting(found):
        _check_name("name set", scenario.names, NAME_SETS, document, "names")
    if scenario.mistake is not None:
        with noting(found):
            _check_name("mistake", scenario.mistake, MISTAKES, document, "mistake")
    with noting(found):
        _check_data(scenario, document)
    for index in range(len(scenario.network)):
        with noting(found):
            _check_layer(scenario.network[index], tree["network"], index, document)
    with noting(found):
        _check_batches(scenario, document)
    raise_noted(found)


def _check_name(kind: str, name: str, choices: Iterable[str], document: Document, *path: str | int) -> None:
    choices = tuple(choices)
    if name not in choices:
        raise unknown(kind, in_message(name), choices, where=document.where(*path))


def _check_texts(scenario: Scenario, tree: dict[str, Tree], document: Document) -> None:
    if not scenario.title.strip():
        raise NnstepError("the title is empty", where=document.where("title"), hint="say what there is to see")
    _check_length(tree["title"], limits.TITLE, document, "title")
    _check_length(tree.get("summary"), limits.SUMMARY, document, "summary")
    names: set[str] = set()
    for name, note in _items(tree.get("notes")):
        if (shown := in_message(name, limit=limits.NAME)) in names:
            where = document.where("notes", name, key=True)
            raise NnstepError(f"two notes look alike: {shown!r}", where=where, hint="give them different names")
        names.add(shown)
        _check_length(name, limits.NAME, document, "notes", name, key=True)
        _check_length(note, limits.NOTE, document, "notes", name)
    lesson = tree.get("lesson")
    for number, stop in enumerate(lesson if isinstance(lesson, list) else ()):
        for word, text in _items(stop):
            limit = limits.NOTE if word in ("say", "ask") else limits.NAME
            _check_length(text, limit, document, "lesson", number, word)
    data = tree["data"]
    assert isinstance(data, dict)
    for key in ("labels", "targets"):
        texts = data.get(key)
        for index, text in enumerate(texts if isinstance(texts, list) else ()):
            _check_length(text, limits.LABEL, document, "data", key, index)


def _items(tree: Tree | None) -> Iterable[tuple[str, Tree]]:
    return tree.items() if isinstance(tree, dict) else ()


def _check_length(text: Tree, limit: int, document: Document, *path: str | int, key: bool = False) -> None:
    if isinstance(text, str) and len(text) > limit:
        what = f"this text has {len(text):,} characters; at most {limit:,} are shown"
        raise NnstepError(what, where=document.where(*path, key=key), hint="shorten it")


def _check_data(scenario: Scenario, document: Document) -> None:
    data = scenario.data
    if data.split is not None and data.split.test is None and data.split.validation is None:
        hint = "such as split: {test: 0.2}, or {validation: 0.2}, or both"
        raise NnstepError("split sets nothing aside", where=document.where("data", "split"), hint=hint)
    if isinstance(data, InlineData):
        _check_inline(document)
    elif isinstance(data, FileData):
        if in_message(data.file, limit=limits.NAME) != data.file:
            what = f"'{in_message(data.file)}' does not name a file: it is long, or holds what can not be seen"
            raise NnstepError(what, where=document.where("data", "file"), hint="such as file: data.csv")
        for index, column in enumerate(data.targets):
            if column in data.targets[:index]:
                what = f"the column {column!r} is named twice"
                raise NnstepError(what, where=document.where("data", "targets", index), hint="name it once")
    if data.scale is not None:
        _check_name("scale", data.scale, SCALES, document, "data", "scale")


def number_mistakes(document: Document) -> list[NnstepError]:
    """Return what is wrong with the numbers that a file writes out, one of its inputs and one of its targets.

    They can be asked for whatever else is wrong with it.
    """
    found: list[NnstepError] = []
    data = document.tree.get("data") if isinstance(document.tree, dict) else None
    if isinstance(data, dict) and "inputs" in data:
        for key in ("inputs", "targets"):
            if isinstance(data.get(key), list):
                with noting(found):
                    check_numbers(data[key], document.where, "data", key)
    return found


def _check_inline(document: Document) -> None:
    tree = document.tree
    assert isinstance(tree, dict)
    data = tree["data"]
    assert isinstance(data, dict)
    counts = {}
    for key in ("inputs", "targets"):
        shape = check_numbers(data[key], document.where, "data", key)
        if len(shape) < 2:
            hint = "one row for each sample, even if it holds one number: [[0], [1]]"
            raise NnstepError(f"each of the {key} must be a list", where=document.where("data", key, 0), hint=hint)
        counts[key] = shape[0]
    if counts["inputs"] != counts["targets"]:
        what = f"there are {counts['inputs']} rows of inputs but {counts['targets']} of targets"
        where = document.where("data", "targets", key=True)
        raise NnstepError(what, where=where, hint="each sample needs one row of each")


def _check_layer(layer: Layer, network: Tree, index: int, document: Document) -> None:
    assert isinstance(network, list)
    _check_initializer(getattr(layer, "init", None), index, document)
    _check_use(layer, index, document)
    for key, value in _items(network[index]):
        if isinstance(value, list):
            check_numbers(value, document.where, "network", index, key)
        elif isinstance(value, str):
            check_word(key, value, document.where("network", index, key))


def check_word(key: str, value: str, where: str) -> None:
    """Raise NnstepError for a setting that can not be shown as it is: layers keep theirs as plain str."""
    if in_message(value, limit=limits.NAME) != value:
        what = f"{key} holds characters that can not be seen, or more than {limits.NAME}"
        raise NnstepError(what, where=where, hint="write a plain word")


def _check_use(layer: Layer, index: int, document: Document) -> None:
    """Refuse what a layer is told and would not heed."""
    function = getattr(layer, "function", None) or getattr(layer, "activation", None)
    if getattr(layer, "alpha", None) is not None and function not in ALPHA:
        what = f"{function} has no alpha" if function else "alpha belongs to an activation, and there is none here"
        hint = f"leave it out: only {' and '.join(ALPHA)} have one"
        raise NnstepError(what, where=document.where("network", index, "alpha", key=True), hint=hint)
    given = layer.__struct_fields__
    if "init" in given and "weights" in given and getattr(layer, "weights", None) is not None:
        tree = document.tree
        entry = tree["network"] if isinstance(tree, dict) else None
        told = entry[index] if isinstance(entry, list) else None
        if isinstance(told, dict) and "init" in told:
            where = document.where("network", index, "init", key=True)
            raise NnstepError("given weights are not drawn", where=where, hint="leave init or weights out")
    if function == "softmax" and getattr(layer, "units", None) == 1:
        what = "softmax over a single unit is always 1"
        where = document.where("network", index, "activation")
        raise NnstepError(what, where=where, hint="use sigmoid, or one unit for each class")


def _check_initializer(given: object, index: int, document: Document) -> None:
    settings = {"name": given} if isinstance(given, str) else given
    if not isinstance(settings, dict):
        return
    path = ("network", index, "init")
    if not isinstance(name := settings.get("name"), str):
        hint = "such as {name: normal, deviation: 0.5}"
        raise NnstepError("init does not name an initializer", where=document.where(*path), hint=hint)
    _check_name("initializer", name, INITIALIZERS, document, *path, "name")
    known = INITIALIZERS[name].settings
    for key, value in settings.items():
        if key != "name":
            if key not in known:
                where = document.where(*path, key, key=True)
                raise unknown(f"setting of {name}", in_message(key), known, where=where)
            known[key].check(key, value, where=document.where(*path, key))


def _check_batches(scenario: Scenario, document: Document) -> None:
    if not scenario.batches:
        return
    if scenario.batch != "full":
        where = document.where("batch", key=True)
        raise NnstepError("batch and batches are both given", where=where, hint="keep one of them")
    if scenario.shuffle:
        where = document.where("shuffle", key=True)
        raise NnstepError("given batches are not shuffled", where=where, hint="leave shuffle or batches out")
