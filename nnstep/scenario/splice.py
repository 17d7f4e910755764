"""A scenario's text with one thing in it changed: everything else stays as it was written, comments too.

Where the thing stands is asked of the YAML parser, so that a value is replaced by exactly the characters that it had.
What comes out is read again and held against what was meant: a value can never become a key, or more than one value.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nnstep.errors import NnstepError
from nnstep.scenario.builder import Tree
from nnstep.scenario.document import Document, read_document
from nnstep.scenario.scalars import BadScalarError, plain_scalar
from nnstep.scenario.text import in_message

Path = Sequence[str | int]

_PLAIN = re.compile(r"[^\W\d][\w./-]*", re.ASCII)
_WIDTH = 110  # a matrix that needs more is written with a row on each line


def read_value(text: str) -> Tree:
    """Return what a value means that is written as in a file: `0.5`, `adam`, `{name: adam}`, `[[0, 1]]`.

    Raises NnstepError, which says no place, where it is none.
    """
    if "\n" in text or "\r" in text:
        raise NnstepError("a value is written on one line", hint="leave out what follows the first line")
    if not text.strip():
        raise NnstepError("a value is missing", hint="write it as in a scenario file: 0.5, adam, [0, 1]")
    try:
        tree = read_document(f"value: {text}\n".encode(), "value").tree
    except NnstepError as error:
        raise NnstepError(error.what, hint=error.hint) from None
    if not isinstance(tree, dict) or list(tree) != ["value"]:
        raise NnstepError(
            f"{in_message(text)!r} is more than one value", hint="put it in quotes, or in brackets as a list"
        )
    return tree["value"]


def write_value(value: Tree) -> str:
    """Return a value on one line, as it is written in a file; a float keeps every bit."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_word(key)}: {write_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write_value, value)) + "]"
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 and str(value)[0] != "-" else repr(value)
    return json.dumps(value)


def change(document: Document, path: Path, value: Tree) -> str:
    """Return the text of a document in which the value at `path` is another, or is added.

    path: keys and indexes from 0, as they stand in the file. Of lists of numbers only those that differ are written.
    Raises NnstepError where the file has no such place.
    """
    text, meant = document.text.characters, _changed(document.tree, path, value)
    for where, part in _parts(document.tree, list(path), value):
        root = YAML(typ="safe", pure=True).compose(text)
        text = _spliced(text, root, where, part)
    if read_document(text.encode(), document.source).tree != meant:
        raise NnstepError("this can not be written into the file as it stands", hint="change it in an editor")
    return text


def _parts(tree: Tree, path: list[str | int], value: Tree) -> list[tuple[list[str | int], Tree]]:
    """Return what has to be written, and where: of a list of the same form only what differs in it."""
    here = _at(tree, path)
    if isinstance(here, list) and isinstance(value, list) and len(here) == len(value):
        return [
            part
            for number, (old, new) in enumerate(zip(here, value, strict=True))
            if old != new
            for part in _parts(tree, [*path, number], new)
        ]
    for end, step in enumerate(path):
        inside = _at(tree, path[:end])
        if isinstance(inside, str) and isinstance(step, str):
            # A name where a mapping is due is the short form of one.
            return [(path[:end], _changed({"name": inside}, path[end:], value))]
        if isinstance(inside, dict) and step not in inside and end < len(path) - 1:
            return [(path[: end + 1], _changed({}, path[end + 1 :], value))]
    return [(path, value)]


def _at(tree: Tree, path: Path) -> Tree:
    for step in path:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int):
            tree = tree[step] if 0 <= step < len(tree) else None
        else:
            return None
    return tree


def _changed(tree: Tree, path: Path, value: Tree) -> Tree:
    """Return the tree with another value at a path; a name on the way becomes a mapping with that name."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(tree, list) or not 0 <= step < len(tree):
            raise NnstepError(f"the file has no entry {step} there", hint="entries are counted as in the file")
        return [_changed(one, rest, value) if number == step else one for number, one in enumerate(tree)]
    if isinstance(tree, str):
        tree = {"name": tree}
    if tree is None:
        tree = {}
    if not isinstance(tree, dict):
        raise NnstepError(f"the file has no key {in_message(step)!r} there", hint="what stands there has no keys")
    return {**tree, step: _changed(tree.get(step), rest, value)}


# ---- characters


def _spliced(text: str, node: Node, path: Path, value: Tree) -> str:
    for depth, step in enumerate(path):
        if isinstance(node, MappingNode):
            found = next((one for key, one in node.value if key.value == step), None)
            if found is None:
                assert depth == len(path) - 1
                assert isinstance(step, str)
                return _added(text, node, step, value)
            node = found
        else:
            assert isinstance(node, SequenceNode)
            assert isinstance(step, int)
            node = node.value[step]
    start, end = int(node.start_mark.index), _end(node)
    written = _laid_out(value, _column(text, start))
    return text[:start] + (" " * (start == end)) + written + text[end:]


def _added(text: str, node: MappingNode, key: str, value: Tree) -> str:
    """Return the text with another key at the end of a mapping."""
    last = node.value[-1] if node.value else None
    if node.flow_style or last is None:
        at = _end(last[1]) if last else node.start_mark.index + 1
        return f"{text[:at]}{', ' if last else ''}{_word(key)}: {write_value(value)}{text[at:]}"
    column = _column(text, node.value[0][0].start_mark.index)
    at = text.find("\n", _end(last[1]))
    at = len(text) if at < 0 else at
    if isinstance(last[1], ScalarNode) and last[1].style in ("|", ">"):
        at = len(text[: last[1].end_mark.index].rstrip())
    head = f"{' ' * column}{_word(key)}: "
    return f"{text[:at]}\n{head}{_laid_out(value, len(head))}{text[at:]}"


def _end(node: Node) -> int:
    """Return where the last character of a value is over; a parser places a block's end at whatever comes next."""
    inside: list[Any] = node.value if isinstance(node, SequenceNode | MappingNode) and not node.flow_style else []
    if not inside:
        return int(node.end_mark.index)
    last = inside[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _column(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)


def _laid_out(value: Tree, column: int) -> str:
    """Return a value as it is written at a column: a matrix that is wide or tall with a row on each line."""
    line = write_value(value)
    if len(line) + column <= _WIDTH or not (isinstance(value, list) and value and isinstance(value[0], list)):
        return line
    rows = [_laid_out(row, column + 1) for row in value]
    return "[" + (",\n" + " " * (column + 1)).join(rows) + "]"


def _word(text: str) -> str:
    try:
        if _PLAIN.fullmatch(text) and plain_scalar(text) == text:
            return text
    except BadScalarError:
        pass
    return json.dumps(text, ensure_ascii=False)


def remove(document: Document, path: Path) -> str:
    """Return the text of a document without the key at `path`; as it is, where there is no such key.

    Raises NnstepError where the key can not be taken out on its own.
    """
    text, (*above, key) = document.text.characters, path
    mapping = _at(document.tree, above)
    if not isinstance(mapping, dict) or key not in mapping:
        return text
    node: Node = YAML(typ="safe", pure=True).compose(text)
    for step in above:
        node = node.value[step] if isinstance(step, int) else next(v for k, v in node.value if k.value == step)
    assert isinstance(node, MappingNode)
    number = next(place for place, (one, _) in enumerate(node.value) if one.value == key)
    start, end = int(node.value[number][0].start_mark.index), _end(node.value[number][1])
    if node.flow_style:
        # With the comma before it, or the one behind it where it is the first.
        start = _end(node.value[number - 1][1]) if number else start
        end = end if number or len(node.value) == 1 else int(node.value[1][0].start_mark.index)
    else:
        line = text.find("\n", end)
        start, end = start - _column(text, start), len(text) if line < 0 else line + 1
    text = text[:start] + text[end:]
    if _at(read_document(text.encode(), document.source).tree, above) != {k: v for k, v in mapping.items() if k != key}:
        raise NnstepError(f"{key} can not be taken out of the file as it stands", hint="change it in an editor")
    return text
