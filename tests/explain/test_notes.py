"""A teacher's note is shown with the step it names, by whatever name; a note on nothing is refused with its line."""

import pytest

from nnstep.errors import NnstepError
from nnstep.explain.notes import note_for
from nnstep.explain.words import plain_text
from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import parse
from tests.helpers.trainings import NAMES, compiled, dense, net, session, spreadsheet


def note(notes: dict[str, str], identity: str, names: str = "classic") -> str:
    return plain_text(note_for(session(spreadsheet(notes=notes), names).view(), identity))


@pytest.mark.parametrize("key", ["d_output", "layer2.delta", "δ2", "∂E/∂Z2", "z2.grad"])
@pytest.mark.parametrize("names", NAMES)
def test_a_step_by_any_of_its_names(key: str, names: str) -> None:
    assert note({key: "How wrong?"}, "layer2.delta", names) == "How wrong?"
    assert note({key: "How wrong?"}, "layer1.delta", names) == ""


def test_weights_and_their_update_share_a_name_and_a_note() -> None:
    for identity in ("layer2.weights", "layer2.weights.next"):
        assert note({"wout": "Outgoing."}, identity) == "Outgoing."
    assert note({"wout": "Outgoing."}, "layer2.weights.grad") == ""


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
