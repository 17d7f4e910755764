"""A teacher's note is shown with the step it names, by whatever name; a note on nothing is refused with its line."""

from contextlib import nullcontext

import pytest

from nnstep.branches import Setting
from nnstep.errors import NnstepError
from nnstep.explain.notes import note_for
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import parse
from nnstep.session import Session
from tests.helpers.trainings import NAMES, compiled, dense, net, session, spreadsheet
from tests.scenarios.shipped import opened


def note(notes: dict[str, str], identity: str, names: str = "classic") -> str:
    return plain_text(note_for(session(spreadsheet(notes=notes), names).view(), identity))


@pytest.mark.parametrize("key", ["d_output", "layer2.delta", "δ2", "∂E/∂Z2", "z2.grad"])
@pytest.mark.parametrize("names", NAMES)
def test_a_step_by_any_of_its_names(key: str, names: str) -> None:
    assert note({key: "How wrong?"}, "layer2.delta", names) == "How wrong?"
    assert note({key: "How wrong?"}, "layer1.delta", names) == ""


@pytest.mark.parametrize("key", ["wout", "layer2.weights", "layer2.weights.next", "wout@1"])
def test_a_note_on_weights_is_of_the_step_that_makes_them_and_not_of_the_old_ones(key: str) -> None:
    assert note({key: "All are new."}, "layer2.weights.next") == "All are new."
    assert note({key: "All are new."}, "layer2.weights") == ""
    assert note({key: "All are new."}, "layer2.weights.grad") == ""


def test_data_and_weights_that_no_step_makes_have_notes() -> None:
    fixed = net(dense(2, trainable={"weights": False}), dense(1), notes={"layer1.weights": "As it was.", "inputs": "x"})
    view = session(fixed).view()
    assert [plain_text(note_for(view, value)) for value in ("layer1.weights", "inputs")] == ["As it was.", "x"]


def test_a_phase_for_all_its_steps_that_have_no_note_of_their_own() -> None:
    notes = {"deltas": "Blame goes back.", "d_output": "Here it begins."}
    assert note(notes, "layer2.delta") == "Here it begins."
    assert note(notes, "layer1.delta") == "Blame goes back."
    assert note(notes, "layer2.error") == ""
    assert note(notes, "layer1.weights") == ""


def test_the_scenarios_own_names_come_first() -> None:
    # E is the error in classic, and the loss in layerwise.
    assert note({"E": "y - output"}, "layer2.error") == "y - output"
    assert note({"E": "y - output"}, "loss") == ""
    assert note({"E": "y - output"}, "layer2.error", "layerwise") == "y - output"


def test_before_the_first_step() -> None:
    assert note({"start": "Look."}, "") == "Look."
    assert note({"forward": "Go."}, "") == ""


def test_text_is_kept_as_it_is() -> None:
    words = "[b]W[i] = {x} \\ $y %s[/]"
    assert note({"wout": words}, "layer2.weights.next") == words


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("d_outptu", "did you mean d_output?"),
        ("Error_at_hidden_layr", "did you mean Error_at_hidden_layer?"),
        ("delta", "did you mean deltas?"),
        ("qqqqqq", "in classic there are: start, forward, error, deltas, gradients, update, hidden_layer_"),
    ],
)
def test_a_note_on_nothing_is_refused_with_its_line(key: str, hint: str) -> None:
    text = "\n".join(
        [
            "title: notes",
            "names: classic",
            "data: {inputs: [[0], [1]], targets: [[0], [1]]}",
            "network: [{layer: dense, units: 2, activation: tanh}, {layer: dense, units: 1, activation: tanh}]",
            "loss: half_sse",
            "optimizer: gd",
            "notes:",
            "  wout: known",
            f"  {key}: unknown",
        ]
    )
    loaded = parse(text.encode(), "notes.yaml")
    for names in NAMES:
        with pytest.raises(NnstepError, match="no step is called") as caught:
            compile_scenario(loaded, names=names)
        assert caught.value.where == "notes.yaml:9:3"
        assert caught.value.hint.startswith(hint)


def test_a_note_on_a_product_is_no_mistake_where_the_product_is_not_a_step_of_its_own() -> None:
    compiled(spreadsheet(notes={"layer1.weighted": "x times W"}), "classic")


def test_a_layer_that_is_not_there_has_no_note() -> None:
    with pytest.raises(NnstepError, match=r"no step is called 'layer3\.output'"):
        compiled(net(dense(2), dense(2), notes={"layer3.output": "none"}))


def told(notes: dict[str, str], iteration: int, step: int, names: str = "classic") -> str:
    walk = session(spreadsheet(notes=notes), names)
    walk.go(iteration, step)
    return plain_text(tell(walk.view()).teacher)


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ({"wout@1": "first"}, ["first", "", "", ""]),
        ({"wout@1": "first", "wout": "later"}, ["first", "later", "later", "later"]),
        ({"wout": "later", "layer2.weights@1": "first"}, ["first", "later", "later", "later"]),
        ({"wout@2-3": "both"}, ["", "both", "both", ""]),
        ({"wout@3-": "on"}, ["", "", "on", "on"]),
        ({"wout@2-": "on", "wout@3": "hidden by the one before it"}, ["", "on", "on", "on"]),
        ({"update": "all", "wout@2": "once"}, ["all", "once", "all", "all"]),
        ({"update@2": "once"}, ["", "once", "", ""]),
    ],
)
def test_a_note_for_some_iterations(notes: dict[str, str], said: list[str]) -> None:
    step = session(spreadsheet(), "classic").program.order["layer2.weights.next"]
    assert [told(notes, iteration, step) for iteration in (1, 2, 3, 4)] == said


@pytest.mark.parametrize(
    ("notes", "classic", "math"),
    [
        ({"E@classic": "more"}, ["more", "more"], ["", ""]),
        ({"E": "less", "E@classic": "more"}, ["more", "more"], ["less", "less"]),
        ({"E@1": "less", "E@classic": "more"}, ["more", "more"], ["less", ""]),
        ({"E@classic": "more", "E@1@classic": "more at first"}, ["more at first", "more"], ["", ""]),
        ({"error@math": "any", "E@2@framework": "none"}, ["", ""], ["any", "any"]),
    ],
)
def test_a_note_for_one_name_set(notes: dict[str, str], classic: list[str], math: list[str]) -> None:
    for names, said in (("classic", classic), ("math", math)):
        step = session(spreadsheet(), names).program.order["layer2.error"]
        assert [told(notes, iteration, step, names) for iteration in (1, 2)] == said


def test_the_opening_note_for_one_name_set() -> None:
    notes = {"start@math": "Textbook.", "start": "Look."}
    assert [told(notes, 1, 0, names) for names in ("math", "classic")] == ["Textbook.", "Look."]
    assert told(notes, 2, 0, "math") == ""


def test_a_name_set_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(NnstepError, match="no step is called 'E@clasic'") as caught:
        compiled(spreadsheet(notes={"E@clasic": "never"}))
    assert caught.value.hint == "did you mean E@classic?"


def test_the_opening_note_is_for_the_first_iteration_unless_it_says_otherwise() -> None:
    assert [told({"start": "Look."}, iteration, 0) for iteration in (1, 2)] == ["Look.", ""]
    assert [told({"start@2-": "Again.", "start": "Look."}, i, 0) for i in (1, 2, 3)] == ["Look.", "Again.", "Again."]


@pytest.mark.parametrize("key", ["wout@0", "wout@3-2", "wout@0-4"])
def test_a_note_for_no_iteration_is_refused(key: str) -> None:
    with pytest.raises(NnstepError, match="names no iteration") as caught:
        compiled(spreadsheet(notes={key: "never"}))
    assert "wout@2-5" in caught.value.hint


def test_an_at_sign_is_part_of_a_name_where_no_number_follows_it() -> None:
    assert note({"x@W1": "product"}, "layer1.weighted", "framework") == "product"
    assert note({"x@W1@1": "product"}, "layer1.weighted", "framework") == "product"
    with pytest.raises(NnstepError, match="no step is called 'wout@first'"):
        compiled(spreadsheet(notes={"wout@first": "none"}))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("classic", "Not d_output but wout[1,0], and wh."),
        ("math", "Not δ2 but W2[1,0], and W1."),
        ("layerwise", "Not ∂E/∂Z2 but W2[1,0], and W1."),
        ("framework", "Not z2.grad but W2[1,0], and W1."),
    ],
)
def test_what_a_note_names_is_told_in_the_names_that_are_shown(names: str, said: str) -> None:
    notes = {"layer2.delta": "Not `d_output` but `layer2.weights.next[1,0]`, and `wh`."}
    assert note(notes, "layer2.delta", names) == said
    line = note_for(session(spreadsheet(notes=notes), names).view(), "layer2.delta")
    assert [word.role for word in line] == ["said", "name"] * 3 + ["said"]


def test_a_product_is_named_where_it_is_no_step_too() -> None:
    assert note({"wout": "of `layer1.weighted`"}, "layer2.weights.next", "classic").startswith("of ")
    assert note({"wout": "of `X·W1`"}, "layer2.weights.next", "math") == "of X·W1"


@pytest.mark.parametrize("names", NAMES)
def test_a_name_that_nothing_has_is_refused_with_the_line_of_its_note(names: str) -> None:
    text = "\n".join(
        [
            "title: notes",
            "names: classic",
            "data: {inputs: [[0], [1]], targets: [[0], [1]]}",
            "network: [{layer: dense, units: 2, activation: tanh}, {layer: dense, units: 1, activation: tanh}]",
            "loss: half_sse",
            "optimizer: gd",
            "notes:",
            "  wout: known",
            "  bout: as `d_outptu` says",
        ]
    )
    with pytest.raises(NnstepError, match="no value is called so") as caught:
        compile_scenario(parse(text.encode(), "notes.yaml"), names=names)
    assert caught.value.where == "notes.yaml:9:9"
    assert caught.value.hint == "did you mean d_output?"


@pytest.mark.parametrize(
    ("named", "is_there"),
    [("δ2[1,0]", True), ("δ2[2,0]", False), ("W1[0]", False), ("b1[1]", True), ("b1[0,2]", False), ("L[0,0]", True)],
)
def test_a_cell_that_is_not_there_is_refused_with_the_line_of_its_note(named: str, is_there: bool) -> None:
    text = "\n".join(
        [
            "title: notes",
            "data: {inputs: [[0], [1]], targets: [[0], [1]]}",
            "network: [{layer: dense, units: 2, activation: tanh}, {layer: dense, units: 1, activation: tanh}]",
            "loss: half_sse",
            "optimizer: gd",
            f"lesson: [{{at: '1:start', say: 'see `{named}`'}}]",
        ]
    )
    with nullcontext() if is_there else pytest.raises(NnstepError, match="there is no such cell") as caught:
        compile_scenario(parse(text.encode(), "notes.yaml"), names="math")
    assert is_there or caught.value.where == "notes.yaml:6:31"


def test_a_single_backquote_is_a_backquote() -> None:
    assert note({"wout": "a ` alone"}, "layer2.weights.next") == "a ` alone"


def test_after_a_change_a_note_is_said_of_the_run_as_it_was() -> None:
    walk = Session(opened("rate-right"))
    walk.go(1, walk.program.order["loss"])
    before = plain_text(tell(walk.view()).teacher)
    assert before
    assert not before.startswith("As it was: ")
    walk.edit(Setting("optimizer.learning_rate", "0.1"))
    assert plain_text(tell(walk.view()).teacher) == f"As it was: {before}"
    walk.undo()
    assert plain_text(tell(walk.view()).teacher) == before
