"""What the model expects at a path: looked up from the structs' own types, and only once something is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from msgspec import inspect

from nnstep.records import dataclass
from nnstep.scenario.builder import Tree
from nnstep.scenario.model import Scenario

_NUMBERS: Final = (inspect.IntType, inspect.FloatType)
_TEXTS: Final = (inspect.StrType, inspect.CustomType)  # the only custom type is SafeText
_LISTS: Final = (inspect.ListType, inspect.VarTupleType, inspect.TupleType)
_NAMES: Final[dict[type[inspect.Type], str]] = {
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number",
    inspect.BoolType: "true or false",
    inspect.StructType: "a mapping (key: value)",
    inspect.DictType: "a mapping (key: value)",
    inspect.StrType: "text",
    inspect.CustomType: "text",
}


@dataclass(frozen=True)
class Due:
    """What belongs at a place.

    text: what it is, for people. words: the words that are allowed there. is_word: nothing but these words?
    keys, descriptions: of a mapping. tag: the layer that the mapping is. tags: all layers it could be.
    """

    text: str
    description: str = ""
    words: tuple[str, ...] = ()
    is_word: bool = False
    is_number: bool = False
    is_text: bool = False
    is_list: bool = False
    is_bool: bool = False
    keys: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    tags: tuple[str, ...] = ()
    is_whole: bool = False  # a number, and whole ones alone


def due_at(path: tuple[str | int, ...], tree: Tree) -> Due:
    """Return what is due at `path` of a tree that is a Scenario as far as the path goes."""
    expected: inspect.Type = inspect.type_info(Scenario)
    description = ""
    tags: tuple[str, ...] = ()
    for step in path:
        if step == "layer" and (names := _tags(expected)):
            return _due(inspect.LiteralType(names), None, "", names)
        kind = _chosen(expected, tree)
        tags = _tags(expected) or tags
        expected = _inside(kind, step)
        # A word said about a list holds for what is in it, but not for the keys of a layer.
        description = _description(expected) or ("" if isinstance(step, str) or _tags(expected) else description)
        tree = _value_inside(tree, step)
    return _due(expected, tree, description, _tags(expected) or tags)


def _due(expected: inspect.Type, tree: Tree, description: str, tags: tuple[str, ...]) -> Due:
    parts = [part for part in _parts(expected) if not isinstance(part, inspect.NoneType)]
    words = tuple(str(word) for part in parts if isinstance(part, inspect.LiteralType) for word in part.values)
    chosen = _chosen(expected, tree)
    keys: tuple[str, ...] = ()
    descriptions: dict[str, str] = {}
    tag = ""
    if isinstance(chosen, inspect.StructType):
        descriptions = {each.encode_name: _description(each.type) for each in chosen.fields}
        is_layer = chosen.tag_field == "layer"
        tag = str(chosen.tag) if is_layer else ""
        keys = (*(("layer",) if is_layer else ()), *descriptions)
    return Due(
        " or ".join(dict.fromkeys(_name(part) for part in parts)),
        description,
        words,
        bool(words) and all(isinstance(part, inspect.LiteralType) for part in parts),
        any(isinstance(part, _NUMBERS) for part in parts),
        any(isinstance(part, _TEXTS) for part in parts),
        any(isinstance(part, _LISTS) for part in parts),
        any(isinstance(part, inspect.BoolType) for part in parts),
        keys,
        descriptions,
        tag,
        tags,
        {type(part) for part in parts if isinstance(part, _NUMBERS)} == {inspect.IntType},
    )


def _parts(expected: inspect.Type) -> Iterator[inspect.Type]:
    """Yield the types of a union, without what was said about them."""
    if isinstance(expected, inspect.Metadata):
        yield from _parts(expected.type)
    elif isinstance(expected, inspect.UnionType):
        for part in expected.types:
            yield from _parts(part)
    else:
        yield expected


def _chosen(expected: inspect.Type, tree: Tree) -> inspect.Type:
    """Return the type of the union that the value is an attempt at."""
    parts = list(_parts(expected))
    fallback = parts[0] if len(parts) == 1 else inspect.AnyType()
    return next((part for part in parts if _attempted(part, tree)), fallback)


def _attempted(part: inspect.Type, tree: Tree) -> bool:
    if isinstance(tree, list):
        return isinstance(part, _LISTS)
    if not isinstance(tree, dict):
        return False
    if isinstance(part, inspect.StructType):
        return part.tag_field is None or tree.get(part.tag_field) == part.tag
    return isinstance(part, inspect.DictType)


def _inside(kind: inspect.Type, step: str | int) -> inspect.Type:
    if isinstance(kind, inspect.StructType):
        for each in kind.fields:
            if each.encode_name == step:
                return each.type
    if isinstance(kind, inspect.TupleType) and isinstance(step, int):
        return kind.item_types[step]
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return kind.item_type
    return kind.value_type if isinstance(kind, inspect.DictType) else inspect.AnyType()


def _value_inside(tree: Tree, step: str | int) -> Tree:
    if isinstance(tree, dict):
        return tree.get(str(step))
    return tree[step] if isinstance(tree, list) and isinstance(step, int) and step < len(tree) else None


def _description(expected: inspect.Type) -> str:
    said = expected.extra_json_schema if isinstance(expected, inspect.Metadata) else None
    return str((said or {}).get("description", ""))


def _tags(expected: inspect.Type) -> tuple[str, ...]:
    structs = (part for part in _parts(expected) if isinstance(part, inspect.StructType))
    return tuple(str(part.tag) for part in structs if part.tag_field == "layer")


def _name(part: inspect.Type) -> str:
    if isinstance(part, inspect.LiteralType):
        words = [str(word) for word in part.values]
        return " or ".join(words) if len(words) < 3 else f"one of {', '.join(words)}"
    if isinstance(part, inspect.TupleType):
        return f"a list of {len(part.item_types)}"
    if isinstance(part, inspect.ListType | inspect.VarTupleType):
        of_texts = any(isinstance(each, _TEXTS) for each in _parts(part.item_type))
        return "a list of texts" if of_texts else "a list"
    if isinstance(part, inspect.StructType) and part.tag_field == "layer":
        return "a mapping such as {layer: dense, units: 2}"
    return next((name for kind, name in _NAMES.items() if isinstance(part, kind)), "something else")
