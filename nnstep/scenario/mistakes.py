"""All that the struct checker refuses: where it refuses a whole, its parts are asked one by one, each for itself."""

from collections.abc import Iterator
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from nnstep.errors import MOST_MISTAKES, NnstepError, nearest
from nnstep.scenario import limits
from nnstep.scenario.builder import Tree
from nnstep.scenario.document import Document
from nnstep.scenario.model import Scenario
from nnstep.scenario.refusals import Path, missing_key, refusal, unknown_key
from nnstep.scenario.text import SafeText, safe_text


def mistakes(tree: dict[str, Tree], document: Document) -> list[NnstepError]:
    """Return what is wrong with the types of an expanded tree, in the order of the model.

    A key that the document has, but not the tree, was found wrong before.
    """
    # A file that is wrong all over is not asked to its end.
    return list(islice(_Asking(tree, document).of(Scenario, tree, ()), MOST_MISTAKES + 1))


def text_of(kind: type, value: object) -> SafeText:
    """Make SafeText of text; called by the struct checker for each field of that type."""
    if kind is SafeText and isinstance(value, str):
        return safe_text(value.rstrip("\n"), limit=limits.NOTE)
    raise ValueError("text was expected")


class _Asking:
    def __init__(self, root: Tree, document: Document) -> None:
        self._root, self._document = root, document

    def of(self, kind: Any, tree: Tree, at: Path) -> Iterator[NnstepError]:
        """Yield what is wrong with a part: with the parts of it, or else with how they go together."""
        try:
            msgspec.convert(tree, kind, dec_hook=text_of)
            return
        except msgspec.ValidationError as error:
            refused = error
        is_told = self._is_known(at)
        for fault in self._inside(kind, tree, at):
            is_told = True
            yield fault
        if not is_told:
            yield refusal(refused, self._root, self._document, at)

    def _inside(self, kind: Any, tree: Tree, at: Path) -> Iterator[NnstepError]:
        if isinstance(tree, dict) and (struct := _struct(kind, tree)):
            yield from self._in_struct(struct, tree, at)
        elif isinstance(tree, list) and (item := _item(kind)):
            for number, entry in enumerate(tree):
                yield from self.of(item, entry, (*at, number))

    def _in_struct(self, struct: type[msgspec.Struct], tree: dict[str, Tree], at: Path) -> Iterator[NnstepError]:
        fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
        strays = [key for key in tree if key not in fields and key != struct.__struct_config__.tag_field]
        for key in strays:
            yield unknown_key(key, self._root, self._document, at)
        # Whoever wrote `optimiser` has not forgotten the optimizer.
        meant = {nearest(key, fields) for key in strays}
        for key, field in fields.items():
            if key in tree:
                yield from self.of(field.type, tree[key], (*at, key))
            elif field.required and key not in meant and not (self._is_known(at) and self._was_given(key)):
                yield missing_key(key, self._root, self._document, at)

    def _is_known(self, at: Path) -> bool:
        """Is this the whole, of which a part was found wrong before?"""
        given = self._document.tree
        return not at and isinstance(given, dict) and isinstance(self._root, dict) and bool(given.keys() - self._root)

    def _was_given(self, key: str) -> bool:
        return isinstance(self._document.tree, dict) and key in self._document.tree


def _struct(kind: Any, tree: dict[str, Tree]) -> type[msgspec.Struct] | None:
    """Return the struct out of a type that a mapping is an attempt at."""
    for one in _union(kind):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            config = one.__struct_config__
            if config.tag_field is None or tree.get(config.tag_field) == config.tag:
                return one
    return None


def _item(kind: Any) -> Any:
    """Return the type of the entries of a list of structs; None for what is no such list."""
    for one in _union(kind):
        if get_origin(one) is tuple and len(get_args(one)) == 2 and get_args(one)[1] is Ellipsis:
            entry = get_args(one)[0]
            is_struct = any(isinstance(each, type) and issubclass(each, msgspec.Struct) for each in _union(entry))
            return entry if is_struct else None
    return None


def _union(kind: Any) -> Iterator[Any]:
    """Yield the types of a union, without what was said about them."""
    if get_origin(kind) is Annotated:
        yield from _union(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for one in get_args(kind):
            yield from _union(one)
    else:
        yield kind
