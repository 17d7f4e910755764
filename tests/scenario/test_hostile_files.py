"""Whatever the bytes of a file are, loading gives a scenario or one error for people, and nothing else."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.errors import NnstepError
from nnstep.scenario.load import LoadedScenario, parse
from nnstep.scenario.text import SafeText
from tests.helpers.searching import examples

HERE = Path(__file__).parent
FILES = {name: (HERE / name).read_bytes() for name in ("good.yaml", "good-source.yaml", "good-table.yaml", "good.json")}
TREES = {name: parse(raw, name).document.tree for name, raw in FILES.items()}

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
YAML_TEXT = st.text("aé:-,[]{}#&*!|>%@`'\"\\ \n\t?<~.0123456789eExN_", max_size=60)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | ANY_TEXT
    | st.sampled_from(["full", "dense", "mse", "gd"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


def outcome(raw: bytes) -> LoadedScenario | NnstepError:
    """Return what was loaded, or why not; whatever else is raised comes through and fails the test."""
    try:
        return parse(raw, "f.yaml")
    except NnstepError as error:
        return error


def check_loading(raw: bytes) -> None:
    found = outcome(raw)
    if isinstance(found, LoadedScenario):
        texts = [found.model.title, found.model.summary, *found.model.notes, *found.model.notes.values()]
        texts += found.model.data.labels
        assert all(type(text) is SafeText for text in texts)
    else:
        assert found.where.startswith("f.yaml:")
        assert len(str(found)) < 1_000
        texts = [found.where, found.what, found.hint]
    for text in texts:
        assert not [sign for sign in text if sign not in "\n\t" and unicodedata.category(sign) in UNSEEN]


@given(raw=st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    check_loading(raw)


@given(text=ANY_TEXT | YAML_TEXT)
def test_any_text(text: str) -> None:
    check_loading(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_a_good_file_with_a_piece_replaced(name: str, data: st.DataObject) -> None:
    raw = FILES[name]
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(start + 20, len(raw))))
    check_loading(raw[:start] + data.draw(YAML_TEXT).encode() + raw[end:])


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container of a tree with each key or index in it."""
    for step in list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        yield tree, step
        yield from places(tree[step])


@settings(max_examples=examples(80))
@pytest.mark.parametrize("name", TREES)
@given(data=st.data())
def test_a_good_scenario_with_a_value_or_a_key_replaced(name: str, data: st.DataObject) -> None:
    tree = json.loads(json.dumps(TREES[name]))
    container, step = data.draw(st.sampled_from(list(places(tree))))
    change = data.draw(st.sampled_from(["value", "key", "gone", "more"]))
    value = data.draw(VALUES)
    if change == "value":
        container[step] = value
    elif change == "key" and isinstance(container, dict):
        container[data.draw(ANY_TEXT)] = container.pop(step)
    elif change == "gone":
        del container[step]
    elif isinstance(container, dict):
        container[data.draw(ANY_TEXT)] = value
    else:
        container.append(value)
    check_loading(json.dumps(tree).encode())
