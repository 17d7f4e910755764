"""Events to a tree of plain values, with the place of each: one set of refusals for YAML and JSON alike."""

import re
from typing import Final, NoReturn

from nnstep.errors import NnstepError
from nnstep.scenario.decode import Text
from nnstep.scenario.limits import DEPTH, NODES
from nnstep.scenario.scalars import BadScalarError, Scalar, plain_scalar
from nnstep.scenario.text import in_message

Tree = dict[str, "Tree"] | list["Tree"] | Scalar

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KINDS: Final = {bool: "true or false", int: "a whole number", float: "a number", type(None): "nothing"}


class Place:
    """Where a value begins, where its key does, and the places of what is in it; offsets count characters."""

    __slots__ = ("items", "key_offset", "offset")

    def __init__(self, offset: int, key_offset: int, items: "dict[str, Place] | list[Place] | None") -> None:
        self.offset = offset
        self.key_offset = key_offset
        self.items = items


class _Open:
    """A mapping or list that has begun and not ended; `key` is the one that waits for its value."""

    __slots__ = ("key", "key_offset", "place", "tree")

    def __init__(self, tree: dict[str, Tree] | list[Tree], place: Place) -> None:
        self.tree = tree
        self.place = place
        self.key: str | None = None
        self.key_offset = -1


class Builder:
    """Takes the events of a file in order and holds the tree that they make; every refusal names its line."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.tree: Tree = None
        self.root = Place(0, -1, None)
        self._open: list[_Open] = []
        self._nodes = 0

    def open(self, offset: int, *, mapping: bool) -> None:
        """Begin a mapping or a list."""
        if len(self._open) == DEPTH:
            self.refuse(offset, f"this is nested more than {DEPTH} deep", "a scenario needs no more than 6 or so")
        parent = self._open[-1] if self._open else None
        if parent is not None and parent.key is None and isinstance(parent.tree, dict):
            self.refuse(offset, "a key must be text, but this is a list or a mapping")
        tree: dict[str, Tree] | list[Tree] = {} if mapping else []
        place = Place(offset, -1, {} if mapping else [])
        self._add(tree, place)
        self._open.append(_Open(tree, place))

    def close(self) -> None:
        """End the mapping or list that was begun last."""
        self._open.pop()

    def scalar(self, text: str, offset: int, *, plain: bool) -> None:
        """Take a single value, or a key where one is due; `plain` is one without quotes."""
        if not plain and _SURROGATE.search(text):
            text = self._joined(text, offset)
        top = self._open[-1] if self._open else None
        if top is not None and top.key is None and isinstance(top.tree, dict):
            self._key(top, text, offset, plain)
            return
        if not plain:
            self._add(text, Place(offset, -1, None))
            return
        try:
            value = plain_scalar(text)
        except BadScalarError as fault:
            self.refuse(offset, fault.what, fault.hint)
        if value is None and not text and top is not None and top.key is not None:
            offset = top.key_offset  # a parser places what is not there at whatever comes next
        self._add(value, Place(offset, -1, None))

    def refuse(self, offset: int, what: str, hint: str = "") -> NoReturn:
        """Raise the error for what is at `offset`."""
        raise NnstepError(what, where=self.text.where(offset), hint=hint)

    def _joined(self, text: str, offset: int) -> str:
        """Return the text with halves of characters, which escapes can write, put together."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self.refuse(offset, f"half a character on its own: {in_message(text)}", "write the character itself")

    def _add(self, value: Tree, place: Place) -> None:
        self._count(place.offset)
        if not self._open:
            self.tree, self.root = value, place
            return
        top = self._open[-1]
        if isinstance(top.tree, list):
            assert isinstance(top.place.items, list)
            top.tree.append(value)
            top.place.items.append(place)
            return
        assert isinstance(top.place.items, dict)
        assert top.key is not None
        place.key_offset = top.key_offset
        top.tree[top.key] = value
        top.place.items[top.key] = place
        top.key = None

    def _key(self, top: _Open, text: str, offset: int, plain: bool) -> None:
        self._count(offset)
        if plain:
            self._check_plain_key(text, offset)
        assert isinstance(top.place.items, dict)
        if (first := top.place.items.get(text)) is not None:
            line = self.text.position(first.key_offset)[0]
            self.refuse(
                offset,
                f"the key {in_message(text)!r} is given twice: here and in line {line}",
                "keep one of the two",
            )
        top.key, top.key_offset = text, offset

    def _check_plain_key(self, text: str, offset: int) -> None:
        if text == "<<":
            self.refuse(offset, "merge keys (<<) are not read", "write the keys out where they are needed")
        try:
            value = plain_scalar(text)
        except BadScalarError as fault:
            self.refuse(offset, f"a key must be text: {fault.what}", fault.hint)
        if not isinstance(value, str):
            shown = f"{in_message(text)} is {_KINDS[type(value)]}" if text else "there is none here"
            self.refuse(offset, f"a key must be text, but {shown}", "put it in quotes if it is meant")

    def _count(self, offset: int) -> None:
        self._nodes += 1
        if self._nodes > NODES:
            self.refuse(
                offset,
                f"this file holds more than {NODES:,} values",
                "put the data into a .csv file beside it: data: {file: data.csv, targets: [...]}",
            )
