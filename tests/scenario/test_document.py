"""Bytes become plain values that know their lines; what a scenario never needs is refused before it is built."""

import codecs
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml.reader import Reader

from nnstep.errors import NnstepError
from nnstep.scenario import decode, document, limits, yaml_events
from nnstep.scenario.document import Document, read_document
from nnstep.scenario.json_events import NotJsonError
from nnstep.scenario.number_lists import number_list

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x7f"), max_size=20)
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Document:
    return read_document(text.encode(), "f.yaml")


def paths(tree: Any, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value in a tree."""
    found = [here]
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in inside:
        found += paths(value, (*here, step))
    return found


@given(tree=TREES.filter(lambda tree: tree is not None), indent=st.sampled_from([None, 1]))
def test_json_is_read_as_json_and_as_yaml_alike(tree: Any, indent: int | None) -> None:
    text = json.dumps(tree, indent=indent)
    as_json = read(text)
    as_yaml = read(text + "\n# no JSON has a comment")
    assert as_json.tree == as_yaml.tree == tree
    for path in paths(tree):
        assert as_json.where(*path) == as_yaml.where(*path)
        assert as_json.where(*path, key=True) == as_yaml.where(*path, key=True)


@pytest.mark.parametrize("comment", ["", " # so this is YAML"])
def test_a_pair_of_surrogates_is_one_character(comment: str) -> None:
    assert read('{"\\ud83d\\ude42": "a\\ud83d\\ude42"}' + comment).tree == {"🙂": "a🙂"}


@pytest.mark.parametrize(
    ("path", "key", "where"),
    [
        ((), False, "1:1"),
        (("a",), False, "1:4"),
        (("a",), True, "1:1"),
        (("b",), False, "3:3"),
        (("b",), True, "2:1"),
        (("b", "c"), False, "3:6"),
        (("b", "c", 1), False, "3:10"),
        (("b", "c", 1), True, "3:10"),
        (("b", "d", 0), False, "5:7"),
        (("b", "d", 0, "e"), False, "5:11"),
        (("b", "d", 0, "e"), True, "5:8"),
        (("b", "none"), True, "3:3"),
        (("b", "c", 7, "deeper"), False, "3:6"),
        (("b", "c", "x"), False, "3:6"),
        (("empty",), False, "6:1"),
        (("name",), False, "7:12"),
    ],
)
def test_where_a_value_stands(path: tuple[str | int, ...], key: bool, where: str) -> None:
    document = read("a: 1\nb:\n  c: [7, 8]\n  d:\n    - {e: 1}\nempty:\n'name' :   δδδ\n")
    assert document.where(*path, key=key) == f"f.yaml:{where}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_of_the_three_ways(end: str) -> None:
    assert read(f"a: 1{end}b: 2{end}c: 3").where("c") == "f.yaml:3:4"


def test_a_mark_at_the_beginning_takes_no_column() -> None:
    document = read_document(codecs.BOM_UTF8 + b"a: 1", "f.yaml")
    assert document.tree == {"a": 1}
    assert document.where("a") == "f.yaml:1:4"


def test_the_name_of_the_file_is_text_like_any_other() -> None:
    assert read_document(b"a: 1", "\x1b[2J\n.yaml").where("a") == "␛[2J␊.yaml:1:4"


GAPS = st.sampled_from(["", " ", "  ", "\n", "\r\n", "\n   ", " # a comment [1\n"])
LISTS = st.recursive(
    st.lists(st.sampled_from(["0", "-1", ".5", "+2.", "1e-3", "-.25E+2", "7x", "1 2", "[", "a: 1", "~", "", "1-2"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=12,
)


@st.composite
def list_texts(draw: st.DrawFn, inside: Any = LISTS) -> str:
    """Draw the text of a list, most often of numbers, with gaps wherever YAML allows them."""
    items = draw(inside)
    if isinstance(items, str):
        return items
    texts = [f"{draw(GAPS)}{draw(list_texts(st.just(item)))}{draw(GAPS)}" for item in items]
    return f"[{','.join(texts)}{draw(st.sampled_from(['', '', ',']))}]"


@given(
    text=list_texts(),
    frame=st.sampled_from(["a: {}", "{{a: {}}}", "- {}", "a:\n - b: {}\nc: 1", "{}", "{}: 1", "a: {}x"]),
)
def test_lists_of_numbers_mean_what_yaml_says(text: str, frame: str) -> None:
    """What is taken in one piece is compared with what ruamel.yaml's own scanner gives."""
    whole = frame.replace("{{", "<").replace("}}", ">").replace("{}", text).replace("<", "{").replace(">", "}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_events, "number_list", lambda _, start: ([], start))
        patch.setattr(document, "build_json", not_json)
        plain = outcome(whole)
    found = outcome(whole)
    assert isinstance(found, NnstepError) == isinstance(plain, NnstepError)
    if isinstance(found, Document) and isinstance(plain, Document):
        assert found.tree == plain.tree
        assert [found.where(*path) for path in paths(found.tree)] == [plain.where(*path) for path in paths(plain.tree)]


def not_json(*_: object) -> None:
    raise NotJsonError


def outcome(text: str) -> Document | NnstepError:
    try:
        return read(text)
    except NnstepError as error:
        return error


@pytest.mark.parametrize("opening", ["[" * 31 + "1,", "[1,", "[[1],", "- [1,\n", "[1, [2, x, "])
def test_a_list_that_never_ends_is_looked_at_once(opening: str) -> None:
    looks = []

    def look(characters: str, start: int) -> tuple[list[tuple[str, int]], int]:
        found = number_list(characters, start)
        looks.append(found[1] - start)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_events, "number_list", look)
        text = "a: 1\nb:\n " + opening * (9_000 // len(opening))
        assert isinstance(outcome(text), NnstepError)
    assert sum(looks) <= len(text) + 1


def bomb() -> bytes:
    """Return nine lists of ten aliases each: a few hundred bytes that stand for a billion values."""
    lines = ["a0: &a0 [0]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"\n  \n# only this\n", 1, "empty"),
        (b"---\n", 1, "empty"),
        (b"null", 1, "empty"),
        (b"a: 1\n" + b"#" * limits.SCENARIO_BYTES, 1, "larger than 256 KiB"),
        (b"a:\n " + b"[" * 33, 2, "more than 32 deep"),
        (b"a:\n " + b"[" * 5_000, 2, "more than 32 deep"),
        (b'{"a":\n' + b"[" * 5_000 + b"]" * 5_000 + b"}", 2, "more than 32 deep"),
        (b"a:\n " + b"- " * 5_000, 2, "more than 32 deep"),
        (b"{a: " * 5_000, 1, "more than 32 deep"),
        (b"".join(b" " * n + b"a:\n" for n in range(40)), 33, "more than 32 deep"),
        (b"- 1\n" * 20_001, 20_000, "more than 20,000 values"),
        (b"[" + b"1,\n" * 20_001 + b"1]", 20_000, "more than 20,000 values"),
        (b"".join(b"k%d: 1\n" % n for n in range(10_001)), 10_000, "more than 20,000 values"),
        (bomb(), 1, "anchors are not read: &a0"),
        (b"a: 1\nb: &a [*a]", 2, "anchors are not read: &a"),
        ("a: 1".encode("utf-16"), 1, "not in UTF-8"),
        ("a: 1".encode("utf-16-be"), 1, "not in UTF-8"),
        ("a: 1".encode("utf-32"), 1, "not in UTF-8"),
        ("a: 1\nb: naïve".encode("latin-1"), 2, "byte 0xEF is not UTF-8"),
        (b"a: 1\nb: \xf0\x9f\x99", 2, "is not UTF-8"),
        (b"a: 1\nb: \xed\xa0\x80", 2, "is not UTF-8"),
        (b"a: 1\nb: \x1b[2J", 2, "control character here, U+001B"),
        ("a: 1\nb: \x9b".encode(), 2, "control character here, U+009B"),
        (b"a: 1\n\nb: 1\x00", 3, "control character here, U+0000"),
        (b'{"a": 1,\n "b": "\x07"}', 2, "control character here, U+0007"),
        (b'a: 1\n"b\\ud800": 1', 2, "half a character on its own: b<U+D800>"),
        (b'{"a": 1,\n "b": "\\ude42\\ud83d"}', 2, "half a character on its own"),
        (b"a: 1\nb: 0x" + b"f" * 200_000, 2, "not a decimal number"),
        (b"a: 1\nb: " + b"1" * 4_301, 2, "4301 digits"),
        (b"a: !" + b"!" * 250_000, 1, "tags (!) are not read"),
        (b"%YAML 1.9\n---\na: 1", 1, "directives"),
        (b"# c\n\n%TAG ! tag:x\n---\na: 1", 3, "directives"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_what_is_refused_before_it_is_built(raw: bytes, line: int, words: str) -> None:
    with pytest.raises(NnstepError) as caught:
        read_document(raw, "f.yaml")
    assert words in caught.value.what
    assert caught.value.where.startswith(f"f.yaml:{line}:")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("opener", ["[", "{a: ", '{"a": '])
def test_what_is_nested_just_so_deep_is_read(opener: str) -> None:
    closer = "]" if opener == "[" else "}"
    tree = read(opener * limits.DEPTH + '"x"' + closer * limits.DEPTH).tree
    for _ in range(limits.DEPTH):
        assert isinstance(tree, list | dict)
        tree = tree[0] if isinstance(tree, list) else tree["a"]
    assert tree == "x"


def test_as_many_values_as_there_may_be_are_read() -> None:
    tree = read(json.dumps([1.5] * (limits.NODES - 1))).tree
    assert isinstance(tree, list)
    assert len(tree) == limits.NODES - 1


def test_what_the_parser_would_refuse_to_look_at_is_refused_before() -> None:
    every = "".join(map(chr, (code for code in range(0x110000) if not 0xD800 <= code < 0xE000)))  # all that UTF-8 has
    assert decode._FORBIDDEN.findall(every) == Reader.NON_PRINTABLE.findall(every)
