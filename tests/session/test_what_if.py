"""What if: what is changed holds from there on, what was before stays, and undo gives all of it back, bit for bit.

The oracle is a second scenario that begins with the changed numbers: from the change on, both are the same.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.branches import Edit, Number, Setting, changed_cells
from nnstep.engine.cell import Cell
from nnstep.engine.run import carried
from nnstep.errors import NnstepError
from nnstep.explain.origins import origin_of
from nnstep.explain.words import plain_text
from nnstep.scenario import edit as editing
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load, parse
from nnstep.session import Position, Session
from tests.helpers.searching import examples

WEIGHT = Cell("layer1.weights", (0, 1))


@cache
def shipped(name: str) -> Compiled:
    return compile_scenario(load(name))


def at(name: str, iteration: int, step: int = 0) -> Session:
    session = Session(shipped(name))
    session.go(iteration, step)
    return session


def values(session: Session, iteration: int) -> dict[str, np.ndarray]:
    session.go(iteration, 1)
    return {name: np.array(value) for name, value in session.view().values.items()}


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("iteration", [1, 2, 7])
def test_a_weight_is_another_from_there_on(iteration: int) -> None:
    session = at("xor", iteration, 4)
    session.edit(Number(WEIGHT, 2.5))
    assert session.position == Position(iteration, 4)
    training = shipped("xor").training
    begun = {name: np.array(one) for name, one in Session(shipped("xor")).history.parameters(iteration - 1).items()}
    begun["layer1.weights"][0, 1] = 2.5
    for number in range(iteration, iteration + 3):
        by_hand = training.run(number, begun)
        assert same(values(session, number), dict(by_hand))
        begun = carried(training.program(number), by_hand)


def test_what_was_before_stays_and_undo_and_redo_give_back_the_bits() -> None:
    untouched = at("xor", 9)
    session = at("xor", 5, 6)
    session.edit(Number(WEIGHT, -3.0))
    after = values(session, 8)
    for number in (4, 1):
        assert same(values(session, number), values(untouched, number))
    assert same(values(session, 8), after)
    assert session.undo().startswith("W1[0,1] 0.5")
    assert same(values(session, 8), values(untouched, 8))
    session.redo()
    assert same(values(session, 8), after)


@settings(max_examples=examples(15), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 30),
            st.sampled_from(
                [
                    Number(WEIGHT, 1.5),
                    Number(Cell("layer2.bias", (0,)), -2.0),
                    Number(Cell("inputs", (2, 0)), 0.25),
                    Number(Cell("learning_rate", ()), 3.0),
                    Setting("layer1.activation", "tanh"),
                    Setting("layer1.activation", "identity"),
                    Setting("optimizer", "adam"),
                    Setting("optimizer", "{name: momentum, learning_rate: 0.1}"),
                    Setting("loss", "mse"),
                ]
            ),
        ),
        max_size=4,
    ),
    st.integers(1, 40),
)
def test_any_order_of_changes_is_undone_to_the_last_bit(changes: list[tuple[int, Edit]], look: int) -> None:
    session = Session(shipped("xor"))
    seen = [values(session, look)]
    for iteration, edit in changes:
        session.go(iteration, 0)
        session.edit(edit)
        seen.append(values(session, look))
    for expected in reversed(seen[:-1]):
        session.undo()
        assert same(values(session, look), expected)
    for expected in seen[1:]:
        session.redo()
        assert same(values(session, look), expected)


def test_going_there_gives_what_stepping_there_gives() -> None:
    stepped, gone = at("xor", 3, 2), at("xor", 3, 2)
    for session in (stepped, gone):
        session.edit(Setting("optimizer", "adam"))
    while stepped.position < Position(40, 1):
        stepped.next()
    gone.go(400, 0)
    assert same(values(gone, 40), values(stepped, 40))


def test_a_setting_begins_with_what_was_learned() -> None:
    session = at("xor", 6, 0)
    learned = session.history.parameters(5)
    session.edit(Setting("layer1.activation", "tanh"))
    view = session.view()
    assert np.array_equal(view.values["layer1.weights"], learned["layer1.weights"])
    z = view.values["layer1.pre_activation"]
    assert np.array_equal(view.values["layer1.output"], np.tanh(z))
    assert session.compiled.scenario.model.network[0].activation == "tanh"
    session.go(5, 0)
    assert session.compiled.scenario.model.network[0].activation == "sigmoid"


def test_an_input_is_another_in_the_samples() -> None:
    session = at("xor", 2, 1)
    session.edit(Number(Cell("inputs", (3, 1)), 0.5))
    assert session.view().values["inputs"][3, 1] == 0.5
    assert session.compiled.scenario.model.data.inputs[3][1] == 0.5
    session.go(1, 1)
    assert session.view().values["inputs"][3, 1] == 1


def test_an_input_of_a_data_set_is_another() -> None:
    session = at("moons", 2, 1)
    row = session.view().samples[1]
    session.edit(Number(Cell("inputs", (1, 0)), 9.0))
    assert session.view().values["inputs"][1, 0] == 9.0
    assert session.compiled.training.train.inputs[row, 0] == 9.0


def test_as_it_was_tells_what_has_changed() -> None:
    session = at("xor", 2, 1)
    assert session.as_it_was(100) is None
    session.edit(Number(WEIGHT, 2.0))
    before = session.as_it_was(100)
    changed = changed_cells(session.view(), before or {})
    assert changed["layer1.weights"].tolist() == [[False, True], [False, False]]
    assert "layer2.weights" not in changed
    assert "layer1.output" not in changed  # not there yet
    session.go(3, 0)
    assert "layer2.weights" in changed_cells(session.view(), session.as_it_was(100) or {})
    session.go(1, 3)
    assert session.as_it_was(100) is None


def test_the_unedited_twin_stands_at_the_same_step() -> None:
    session = at("xor", 4, 8)
    session.edit(Setting("layer1.activation", "identity"))
    here = session.program.steps[session.position.step - 1].id
    twin = session.unedited()
    assert twin.program.steps[twin.position.step - 1].id == here
    assert twin.compiled is shipped("xor")


def test_the_unedited_twin_of_a_walk_in_the_last_step_is_whole_where_its_last_step_is_another() -> None:
    session = at("xor", 4)
    session.edit(Setting("optimizer", "adam"))
    session.rename("classic")
    for step in range(len(session.program.steps)):
        session.go(4, step)
        session.next_cell()
        session.next_cell()
        twin = session.unedited()
        size = twin.program.steps[twin.position.step - 1].size
        assert 0 <= twin.position.cell < size
        if twin.position.cell:
            assert twin.view().active.id == session.view().active.id  # type: ignore[union-attr]


def test_other_names_keep_every_change() -> None:
    session = at("valley-momentum", 4, 2)
    name = session.program.parameters[0].id
    session.edit(Number(Cell(name, (0,) * len(session.program.values[name].shape)), 3.0))
    plain = values(session, 9)[name]
    session.rename("classic")
    assert np.array_equal(values(session, 9)[name], plain)
    session.undo()
    untouched = Session(shipped("valley-momentum"))
    assert np.array_equal(values(session, 9)[name], values(untouched, 9)[name])


def test_a_change_before_another_takes_its_place() -> None:
    session = at("xor", 8)
    session.edit(Number(WEIGHT, 5.0))
    session.go(3, 0)
    session.edit(Number(WEIGHT, 1.0))
    assert len(session.branches.told) == 1
    assert session.branches.told[0].endswith(" → 1")
    session.undo()
    assert len(session.branches.told) == 1
    assert values(session, 8)["layer1.weights"][0, 1] == 5.0


REFUSED = {
    "a result": (Number(Cell("layer1.output", (0, 0)), 1.0), "a1 is worked out"),
    "new weights": (
        Number(Cell("layer1.weights.next", (0, 0)), 1.0),
        "this is the new W1, which the update works out\n  set the old W1",
    ),
    "a shape": (Setting("layer1.units", "3"), "weights is 2×2, 2×3 was expected"),
    "batches": (Setting("batch", "2"), "gd uses all samples at once"),
    "no such key": (Setting("optimizer.rate", "2"), "no setting of gd called 'rate'"),
    "a negative rate": (Number(Cell("learning_rate", ()), -1.0), "must not be negative"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_is_refused_and_changes_nothing(name: str) -> None:
    edit, words = REFUSED[name]
    session = at("xor", 3, 4)
    with pytest.raises(NnstepError) as error:
        session.edit(edit)
    assert words in str(error.value)
    assert session.branches.told == ()
    assert session.position == Position(3, 4)


def test_shapes_that_were_learned_are_not_thrown_away() -> None:
    session = at("moons", 3)
    with pytest.raises(NnstepError, match="what was learned is"):
        session.edit(Setting("layer1.units", "5"))
    with pytest.raises(NnstepError, match="deals the samples out otherwise"):
        session.edit(Setting("batch", "7"))
    session.go(1, 0)
    session.edit(Setting("layer1.units", "5"))
    assert session.view().values["layer1.weights"].shape == (2, 5)


def test_targets_still_have_to_suit_the_loss() -> None:
    session = at("relu-bce", 1)
    with pytest.raises(NnstepError, match="needs targets between 0 and 1"):
        session.edit(Number(Cell("targets", (0, 0)), 3.0))


def test_given_masks_are_not_said_to_be_drawn() -> None:
    session = at("dropout", 3, 2)
    with pytest.raises(NnstepError, match="m2 is given in the scenario file: 6 masks, one an iteration, in turn"):
        session.edit(Number(Cell("layer2.mask", (0, 1)), 1.0))


@pytest.mark.parametrize(
    ("losses", "told"),
    [
        (["bce_with_logits"], "loss bce → bce_with_logits, layer2.activation sigmoid → identity"),
        (["bce_with_logits", "bce"], "loss bce_with_logits → bce, layer2.activation identity → sigmoid"),
        (["mse"], "loss bce → mse"),
    ],
)
def test_another_loss_takes_the_last_activation_along_where_it_must(losses: list[str], told: str) -> None:
    session = at("relu-bce", 3, 4)
    for loss in losses:
        session.edit(Setting("loss", loss))
    assert session.branches.told[-1] == told
    # The two are the same function of the same weights.
    if "bce_with_logits" in losses:
        assert session.view().values["loss"] == pytest.approx(at("relu-bce", 3).view().values["loss"], rel=1e-12)


def test_a_setting_may_be_typed_with_a_decimal_comma() -> None:
    session = at("xor", 2)
    session.edit(Setting("optimizer.learning_rate", "0,25"))
    assert session.branches.told == ("optimizer.learning_rate 0.5 → 0.25",)
    assert session.view().values["learning_rate"] == 0.25


def test_a_fault_is_told_where_it_is() -> None:
    session = at("xor", 2, 3)
    session.edit(Setting("layer2.activation", "identity"))
    session.edit(Setting("optimizer.learning_rate", "1e9"))
    session.go(60, 3)
    fault = session.view().fault
    assert fault is not None
    assert fault.iteration > 2
    session.undo()
    session.undo()
    assert session.view().fault is None


def test_nothing_to_undo_is_said() -> None:
    session = at("xor", 1)
    for move in (session.undo, session.redo):
        with pytest.raises(NnstepError):
            move()


def test_teachers_words_stay_off_the_screen_where_they_were_taken_off_it() -> None:
    session = at("xor", 1)
    session.compiled = session.compiled.hushed()
    session.edit(Setting("optimizer.learning_rate", "0.1"))
    assert session.compiled.scenario.model.notes == {}
    assert all(not stop.say for stop in session.compiled.lesson)


def test_all_words_about_steps_that_are_gone_are_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = "".join(f"  f′(z1)@{number}: The slope.\n" for number in range(1, 30))
    stops = "lesson:\n  - {at: 1:z1, say: Look at `f′(z1)`., ask: What is `f′(z1)`?}\n"
    text = load("xor").document.text.characters.partition("notes:")[0]
    walk = Session(compile_scenario(parse(f"{text}notes:\n{notes}  start: Hello.\n{stops}".encode(), "many.yaml")))
    count, compile_once = [0], editing.compile_scenario

    def counted(*given: Any, **named: Any) -> Any:
        count[0] += 1
        return compile_once(*given, **named)

    monkeypatch.setattr(editing, "compile_scenario", counted)
    walk.edit(Setting("layer1.activation", "identity"))
    assert count == [2]
    assert list(walk.compiled.scenario.model.notes) == ["start"]


def test_words_about_steps_that_are_gone_become_comments_and_come_back() -> None:
    session = at("xor", 1)
    session.edit(Setting("layer1.activation", "identity"))
    text = session.compiled.scenario.document.text.characters
    assert "  # f′(z1): " in text
    assert "  # δ1: " in text or "  δ1: " in text
    assert parse(text.encode(), "saved.yaml").model.network[0].activation == "identity"
    compile_scenario(parse(text.encode(), "saved.yaml"))
    session.undo()
    assert "# f′(z1)" not in session.compiled.scenario.document.text.characters


def test_patience_and_goals_begin_anew() -> None:
    text = (load("xor").document.text.characters).replace("epochs: 5000", "epochs: 5000\nstop: {loss_below: 0.5355}")
    session = Session(compile_scenario(parse(text.encode(), "x.yaml")))
    for _ in session.fast_forward(5000):
        pass
    assert session.position.iteration == 2
    session.edit(Number(WEIGHT, 4.0))
    for _ in session.fast_forward(50):
        pass
    assert session.stopped is not None or session.position.iteration == 50
    assert replace(session.position, step=0).iteration > 2


FROZEN = """\
title: frozen
data: {inputs: [[0, 1], [1, 0]], targets: [[0], [1]]}
network: [{layer: dense, units: 1, trainable: {weights: false}, weights: [[0.5], [0.25]]}]
loss: half_sse
optimizer: {name: sgd, learning_rate: 0.1}
"""


def test_what_no_update_changes_says_later_too_that_it_was_set() -> None:
    session = Session(compile_scenario(parse(FROZEN.encode(), "frozen.yaml")))
    session.go(3, 0)
    session.edit(Number(Cell("layer1.weights", (0, 0)), 2.5))
    session.go(7, 0)
    told = [plain_text(origin_of(session.view(), Cell("layer1.weights", (n, 0))).told) for n in range(2)]
    assert "set by hand in an iteration before; it began at 0.5; no update changes it" in told[0]
    assert "given in the scenario; no update changes it" in told[1]


def test_of_a_rate_that_was_changed_nothing_is_said_that_holds_only_since() -> None:
    session = at("xor", 3)
    session.edit(Setting("optimizer.learning_rate", "3"))
    told = plain_text(origin_of(session.view(), Cell("learning_rate", ())).told)
    assert told == "η: the learning rate of gd, which no schedule changes"


@pytest.mark.parametrize("iteration", [1, 4])
def test_a_cell_that_was_set_says_so_and_the_others_do_not(iteration: int) -> None:
    session = at("xor", iteration, 2)
    came = session.view().values["layer1.weights"][0, 1]
    session.edit(Number(WEIGHT, 2.5))
    told = plain_text(origin_of(session.view(), WEIGHT).told)
    assert "was set by hand in this iteration" in told
    assert f"{came:.4f}" in told
    other = Cell("layer1.weights", (1, 1))
    assert "by hand" not in plain_text(origin_of(session.view(), other).told)
    session.next_iteration()
    assert "by hand" not in plain_text(origin_of(session.view(), WEIGHT).told)
