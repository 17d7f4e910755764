"""A change in a scenario's text: only what was changed is written anew, and what is saved begins as what was seen."""

from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.branches import Number, Setting
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.document import read_document
from nnstep.scenario.edit import setting_text, settings_of, with_setting
from nnstep.scenario.load import load, parse, shipped
from nnstep.scenario.saving import file_text, save
from nnstep.scenario.splice import change, read_value, remove, write_value
from nnstep.session import Session


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that came, with a plus, and those that went, with a minus."""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


ONE_LINE = {
    ("xor", "optimizer.learning_rate", "0.1"): "+optimizer: {name: gd, learning_rate: 0.1}",
    ("xor", "loss.reduction", "mean"): "+loss: {name: half_sse, reduction: mean}",
    ("xor", "stop.loss_below", "0.01"): "+stop: {loss_below: 0.01}",
    ("xor", "layer1.activation", "tanh"): "+    activation: tanh",
    ("xor", "layer1.trainable.bias", "false"): "+    trainable: {bias: false}",
    ("xor", "layer2.bias", "[2]"): "+    bias:     [2]",
    ("digits", "layer1.activation", "relu"): "+  - {layer: dense, units: 64, activation: relu, init: normal}",
    ("lstm-remembers", "seed", "9"): "+seed: 9",
}


@pytest.mark.parametrize(("name", "key", "text"), ONE_LINE)
def test_one_setting_is_one_line(name: str, key: str, text: str) -> None:
    loaded = load(name)
    new = with_setting(loaded, key, text)
    lines = changed_lines(loaded.document.text.characters, new.document.text.characters)
    assert [line for line in lines if line[0] == "+"] == [ONE_LINE[name, key, text]]
    assert len(lines) <= 2
    assert setting_text(new, key) == text


def test_of_a_matrix_only_the_numbers_that_differ_are_written() -> None:
    loaded = load("xor")
    text = with_setting(loaded, "layer1.weights", "[[0.2, 7], [0.9, 0.4]]").document.text.characters
    assert changed_lines(loaded.document.text.characters, text)[1] == (
        "+    weights: [[0.2, 7],        # six weights, all different, so that each is known by its number"
    )


@pytest.mark.parametrize("name", [name for name in shipped() if name != "contents"])
def test_every_shipped_scenario_can_be_changed_and_its_settings_are_told(name: str) -> None:
    loaded = load(name)
    new = with_setting(loaded, "optimizer.learning_rate", "0.125")
    assert new.model.optimizer.settings["learning_rate"] == 0.125
    assert replace(new, model=loaded.model).document.tree != loaded.document.tree
    assert len(changed_lines(loaded.document.text.characters, new.document.text.characters)) == 2


def test_settings_that_can_be_chosen_are_accepted_as_they_stand() -> None:
    compiled = compile_scenario(load("moons"))
    for choice in settings_of(compiled):
        if choice.text != "none":
            assert with_setting(compiled.scenario, choice.key, choice.text).model == compiled.scenario.model


def test_a_setting_that_nothing_follows_is_not_offered() -> None:
    plain = compile_scenario(load("moons"))
    assert not [choice for choice in settings_of(plain) if "alpha" in choice.key]
    leaky = compile_scenario(with_setting(load("moons"), "layer1.activation", "leaky_relu"))
    assert [(choice.key, choice.text) for choice in settings_of(leaky) if "alpha" in choice.key] == [
        ("layer1.alpha", "0.01")
    ]


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e300, 1e300)
    | st.text("aZ_:#'\"-{},[ ]é", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc: #", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_is_read_as_it_was(tree: object) -> None:
    assert read_document(f"value: {write_value(tree)}\n".encode(), "x").tree == {"value": tree}  # type: ignore[arg-type]


@given(TREES, st.sampled_from([("a",), ("b", "c"), ("b", "d"), ("e", 1), ("f", "g", "h"), ("i",)]))
def test_a_change_is_what_was_meant_or_refused(tree: object, path: tuple[str | int, ...]) -> None:
    text = "a: 1   # one\nb:\n  c: two\n\n  # three\ne: [1, {x: y}]\nf: {}\n"
    document = read_document(text.encode(), "x")
    try:
        new = read_document(change(document, path, tree).encode(), "x").tree  # type: ignore[arg-type]
    except NnstepError:
        return
    for step in path:
        new = new[step]  # type: ignore[index,call-overload]
    assert new == tree
    assert "# one" in text


@pytest.mark.parametrize("text", ["", "  ", "1\nb: 2", "a: b: c", "[1", "&x 1", "1, 2: 3"])
def test_what_is_not_one_value_is_refused(text: str) -> None:
    with pytest.raises(NnstepError) as error:
        read_value(text)
    assert "value:1" not in str(error.value)


def test_a_key_is_taken_out() -> None:
    document = read_document(b"a: {x: 1, y: 2, z: 3}\nb:\n  c: 1   # one\n  d: 2\n", "x")
    assert remove(document, ("a", "x")).startswith("a: {y: 2, z: 3}\n")
    assert remove(document, ("a", "z")).startswith("a: {x: 1, y: 2}\n")
    assert remove(document, ("b", "c")).endswith("b:\n  d: 2\n")
    assert remove(document, ("b", "e")) == document.text.characters


REFUSED = {
    "optimizer.lerning_rate=1": "did you mean learning_rate?",
    "layer9.units=3": "layers go from layer1 to layer2",
    "network=3": "layers are named one by one",
    "layer1=3": "has several settings",
    ".=3": "is no key",
    "epochs=1_000": "underscores",
    "optimizer.learning_rate=0.5, x: 1": "a second ': '",
    "colour=red": "there is no key of a scenario called 'colour'",
    "data.source=moons": "data has both",
}


@pytest.mark.parametrize("setting", REFUSED)
def test_a_setting_that_can_not_be_names_itself_and_no_line_of_a_text_nobody_saw(setting: str) -> None:
    key, _, value = setting.partition("=")
    with pytest.raises(NnstepError) as error:
        with_setting(load("xor"), key, value, where=f"--set {key}")
    assert REFUSED[setting] in str(error.value)
    assert str(error.value).startswith(f"--set {key}: ")


# ---- saving


def saved(session: Session, path: Path) -> Session:
    """Save what was changed, and open it."""
    last = session.branches.last
    begun = last.history.parameters(last.since)
    save(file_text(last.compiled, last.since, begun, session.branches.told), path)
    return Session(compile_scenario(load(path)))


CHANGES = {
    "a weight": ("xor", 1, Number(Cell("layer1.weights", (0, 1)), 2.5)),
    "a weight, later": ("xor", 7, Number(Cell("layer1.weights", (0, 1)), 0.1 + 0.2)),
    "an input": ("xor", 1, Number(Cell("inputs", (3, 1)), 0.5)),
    "a drawn weight": ("moons", 1, Number(Cell("layer1.weights", (0, 1)), 1.25)),
    "a drawn weight, later": ("digits-relu-adam", 3, Number(Cell("layer2.bias", (1,)), -0.5)),
    "a kernel": ("convolution-edge", 2, Number(Cell("layer1.kernel", (0, 0, 1, 1)), 3.0)),
    "an activation": ("xor", 5, Setting("layer1.activation", "identity")),
    "an optimizer": ("spreadsheet", 1, Setting("optimizer", "{name: adam, learning_rate: 0.01}")),
    "of an lstm": ("lstm-remembers", 2, Number(Cell("layer1.bias", (0,)), 0.25)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_saved_begins_as_what_was_seen(name: str, tmp_path: Path) -> None:
    scenario, iteration, edit = CHANGES[name]
    session = Session(compile_scenario(load(scenario)))
    session.go(iteration, 0)
    session.edit(edit)
    opened = saved(session, tmp_path / "new.yaml")
    seen = session.view().values
    for identity, value in opened.view().values.items():
        if "mask" not in identity and identity.startswith(("layer", "inputs", "targets")) and not fed(session):
            np.testing.assert_array_equal(value, seen[identity], err_msg=identity)
    for one in session.program.parameters:
        np.testing.assert_array_equal(opened.view().values[one.id], seen[one.id])
    text = (tmp_path / "new.yaml").read_text()
    assert text.startswith("# What if, saved by nnstep.\n# Changed: ")
    assert ("The weights are those after" in text) == (iteration > 1)


@pytest.mark.parametrize(
    ("scenario", "iteration", "otherwise"),
    [("xor", 3, ""), ("dropout", 2, "m2"), ("digits-relu-adam", 3, "x, target"), ("digits-relu-adam", 24, "x, target")],
)
def test_it_says_where_the_first_iteration_is_another_one(
    scenario: str, iteration: int, otherwise: str, tmp_path: Path
) -> None:
    session = Session(compile_scenario(load(scenario)))
    session.go(iteration, 0)
    (weights, *_) = (one.id for one in session.program.parameters)
    session.edit(Number(Cell(weights, (0, 1)), 2.5))
    opened = saved(session, tmp_path / "new.yaml")
    text, given = (
        (tmp_path / "new.yaml").read_text(),
        ("inputs", "targets", "learning_rate", *opened.compiled.training.feeds),
    )
    is_same = all(np.array_equal(opened.view().values[one], session.view().values[one]) for one in given)
    assert (f"iteration 1 here was iteration {iteration}." in text) == (not otherwise)
    assert (f"# Iteration 1 here is not iteration {iteration}:" in text) == bool(otherwise)
    assert is_same or otherwise
    assert f"each iteration is given its own {otherwise}." in text or not otherwise


def fed(session: Session) -> bool:
    """Is it given anew in each iteration what only the iteration's number decides, or other samples?"""
    training = session.compiled.training
    return bool(training.feeds) or training.batches.per_epoch > 1


def test_saving_reads_well(tmp_path: Path) -> None:
    session = Session(compile_scenario(load("xor")))
    session.edit(Number(Cell("layer2.weights", (1, 0)), 0.6))
    session.edit(Setting("optimizer.learning_rate", "5"))
    saved(session, tmp_path / "new.yaml")
    before = load("xor").document.text.characters
    assert changed_lines(before, (tmp_path / "new.yaml").read_text()) == [
        "+# What if, saved by nnstep.",
        "+# Changed: W2[1,0] -0.6 → 0.6",
        "+# Changed: optimizer.learning_rate 0.5 → 5",
        "-    weights: [[0.8], [-0.6]]",
        "+    weights: [[0.8], [0.6]]",
        "-optimizer: {name: gd, learning_rate: 0.5}",
        "+optimizer: {name: gd, learning_rate: 5}",
    ]


def test_what_the_optimizer_remembers_is_said_to_be_left_out(tmp_path: Path) -> None:
    session = Session(compile_scenario(load("valley-momentum")))
    session.go(4, 0)
    cell = Cell(session.program.parameters[0].id, (0,) * len(session.program.parameters[0].shape))
    session.edit(Number(cell, 1.0))
    saved(session, tmp_path / "new.yaml")
    assert "what the optimizer remembers" in (tmp_path / "new.yaml").read_text()


def test_nothing_is_overwritten_unasked_and_nothing_is_left_behind(tmp_path: Path) -> None:
    text, path = load("xor").document.text.characters, tmp_path / "a.yaml"
    save(text, path)
    with pytest.raises(FileExistsError):
        save(text + "\n", path)
    assert path.read_text() == text
    save(text + "\n", path, overwrite=True)
    assert path.read_text() == text + "\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(
    ("name", "words"), [("a.txt", "does not end in .yaml"), ("no/such/a.yaml", "can not be written")]
)
def test_where_it_can_not_be_saved_is_said(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(NnstepError, match=words):
        save(load("xor").document.text.characters, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_changed_sample_of_a_data_set_can_not_be_saved(tmp_path: Path) -> None:
    session = Session(compile_scenario(load("moons")))
    session.edit(Number(Cell("inputs", (0, 0)), 3.0))
    with pytest.raises(NnstepError, match="a sample of a data set"):
        saved(session, tmp_path / "new.yaml")


def test_what_is_no_scenario_is_not_written(tmp_path: Path) -> None:
    text = "title: x\n" + load("xor").document.text.characters
    with pytest.raises(NnstepError):
        save(text, tmp_path / "a.yaml")
    parse(load("xor").document.text.characters.encode(), "x.yaml")
    assert not list(tmp_path.iterdir())
