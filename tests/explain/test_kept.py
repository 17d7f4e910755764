"""What is still to be predicted is told by nobody: other numbers in its place change nothing that is said."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from nnstep.commands.opening import open_scenario
from nnstep.commands.plain.pictured import TOLD
from nnstep.commands.plain.table import find
from nnstep.commands.plain.walk import Walk
from nnstep.engine.cell import Array, Cell
from nnstep.engine.training import Samples, Training
from nnstep.errors import NnstepError
from nnstep.explain.answers import QUESTIONS
from nnstep.explain.comparing import Pair, compare
from nnstep.explain.lesson import prompt, told
from nnstep.explain.quiz import LEVELS, Predicting
from nnstep.explain.story import tell
from nnstep.explain.told_checks import refuse_kept
from nnstep.explain.words import plain_text
from nnstep.session import Session, View

NAMES = ("spreadsheet", "relu-bce", "max-pooling", "rnn-counts", "attention-copies")


def with_other_numbers(view: View) -> View:
    """Return a view in which all that is kept has other numbers."""
    rng = np.random.default_rng(5)
    values = {
        identity: rng.normal(0, 10, np.shape(value)) if view.keeps(identity) else value  # as the value
        for identity, value in view.values.items()
    }
    return replace(view, values=values)


@pytest.mark.parametrize("level", [0, LEVELS - 1])
@pytest.mark.parametrize("name", NAMES)
def test_answers_and_stories_tell_nothing_of_it(name: str, level: int) -> None:
    walk, predicting = Session(open_scenario(name)), Predicting()
    walk.go(2, 0)
    predicting.begin(walk.view())
    predicting.set_level(level)
    rng, asked = np.random.default_rng(level), 0
    for _ in walk.program.steps:
        whole = walk.view()
        view = predicting.look(whole)
        if predicting.question(whole) is not None:
            asked += 1
            predicting.answer(whole, "")
        other = with_other_numbers(view)
        for identity in rng.choice(list(view.program.values), 3).tolist():
            cell = Cell(identity, (0,) * len(view.program.values[identity].shape))
            assert tell(view, cell) == tell(other, cell)
            # While something is asked about nobody answers: see the tests of the screen and of the plain stepper.
            for question in QUESTIONS.values() if not view.hidden else ():
                one, same = (question.answer(each, cell, 4) for each in (view, other))
                assert (one.told, one.leads, one.rest, one.more) == (same.told, same.leads, same.rest, same.more)
        walk.next()
    assert asked > 1


def test_it_is_kept_until_it_was_said_or_nobody_asks_any_more() -> None:
    walk, predicting = Session(open_scenario("spreadsheet")), Predicting()
    predicting.begin(walk.view())
    kept = {}
    for step in walk.program.steps:
        walk.next()
        if predicting.question(walk.view()) is not None:
            assert predicting.look(walk.view()).keeps(step.id)
            predicting.answer(walk.view(), "")
        view = predicting.look(walk.view())
        kept[step.id] = [identity for identity in view.program.values if view.keeps(identity)]
        assert step.id not in kept[step.id]
    # The last question is about the update of the hidden weights: after it nothing is left to be predicted.
    assert "layer2.weights.grad" in kept["layer2.delta"]
    assert "layer1.weights.next" in kept["layer2.weights.next"]
    assert not kept["layer1.weights.next"]
    walk.go(1, 3)
    predicting.end()
    assert not predicting.look(walk.view()).kept_from


def test_the_chain_rule_waits_for_the_delta_and_not_for_the_update() -> None:
    walk, predicting = Session(open_scenario("spreadsheet")), Predicting()
    predicting.begin(walk.view())
    cell = Cell("layer2.weights", (0, 0))
    walk.go(1, 3)
    view = predicting.look(walk.view())
    for question in ("chain", "stuck"):
        answer = QUESTIONS[question].answer(view, cell, 4)
        assert "is still to be predicted" in answer.told[0][0].text
        assert not answer.leads
    assert "still to be predicted" in QUESTIONS["to"].answer(view, cell, 4).told[1][0].text
    with pytest.raises(NnstepError, match=r"^d_wh is still to be predicted, and the check would tell it"):
        refuse_kept(view)
    # All gradients are there, and only the update is asked about: what is there may be told.
    walk.go(1, 15)
    view = predicting.look(walk.view())
    assert view.kept_from == 16
    assert QUESTIONS["chain"].answer(view, cell, 4).leads
    refuse_kept(view)


def test_what_a_coming_weight_will_be_is_no_number_of_its_effect() -> None:
    view = Session(open_scenario("spreadsheet")).view()
    assert not view.is_done(Cell("layer1.weights.next", (0, 0)))
    lead = QUESTIONS["to"].answer(view, Cell("layer1.weights.next", (0, 0)), 4).leads[-1]
    assert (lead.name, lead.number) == ("wh[0,0] of epoch 2", "")


def test_which_cells_read_one_is_not_told_where_numbers_to_come_decide_it() -> None:
    # The winner of a window takes all of its gradient, and which number won is worked out after the gradient.
    walk, predicting = Session(open_scenario("max-pooling")), Predicting()
    predicting.begin(walk.view())
    walk.go(1, walk.program.order["layer2.error"])
    view, cell = predicting.look(walk.view()), Cell("layer2.error", (0, 0, 0, 0))
    assert view.keeps("layer2.winners")
    assert not view.hidden
    answer = QUESTIONS["to"].answer(view, cell, 4)
    assert plain_text(answer.told[0]) == "∂L/∂a2[0,0,0,0]: which cells of ∂L/∂a1 read it is still to be predicted"
    assert not answer.lit
    assert QUESTIONS["to"].answer(walk.view(), cell, 4).lit


def test_what_a_lesson_says_waits_but_not_for_the_teacher() -> None:
    walk, predicting = Session(open_scenario("spreadsheet")), Predicting()
    predicting.begin(walk.view())
    walk.go(1, 4)
    view = predicting.look(walk.view())
    stop = walk.compiled.lesson[2]
    assert "0.79" in stop.say
    assert told(view, stop.say) == ()
    assert "0.79" in "\n".join(prompt(view, walk.compiled, 3, walk.branches))
    predicting.answer(walk.view(), "2")
    assert told(predicting.look(walk.view()), stop.say)


def test_beside_another_run_nothing_of_it_is_seen_in_either() -> None:
    walk, predicting = Session(open_scenario("spreadsheet")), Predicting()
    predicting.begin(walk.view())
    walk.go(1, 4)
    pair = Pair(Session(open_scenario("spreadsheet")), walk, predicting.look)
    first, second = pair.views()
    assert first.array("layer2.output") is None is second.array("layer2.output")
    assert first.loss is None is second.loss
    assert "output" not in {row.name for row in compare(first, second)}


@pytest.mark.parametrize("name", ["rate-right", "dropout", "max-pooling", "attention-copies"])
def test_no_picture_asks_the_network_while_its_answer_is_to_be_predicted(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever asks it with the weights of now needs none of the numbers of this iteration to know its answer.
    walk, asked = Walk(Session(open_scenario(name))), list[str]()
    usual = Training.predict

    def predict(training: Training, carried: Mapping[str, Array], samples: Samples) -> tuple[Array, float]:
        asked.append(line)
        return usual(training, carried, samples)

    monkeypatch.setattr(Training, "predict", predict)
    for line in ("picture curves", "predict 4", "next", *(f"picture {picture}" for picture in TOLD)):
        command, rest = find(line)
        # A picture may say that it does not suit, or what it waits for.
        with suppress(NnstepError):
            command.do(walk, rest)
    view = walk.view()
    assert view.keeps(view.program.prediction)
    assert set(asked) == {"picture curves"}
    assert asked.count("picture curves") == 1
