"""What is asked, what is hidden meanwhile, and who was right: held against NumPy, in every shipped scenario."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from nnstep.branches import Number
from nnstep.commands.opening import open_scenario
from nnstep.engine.cell import Array, Cell
from nnstep.engine.program import Step
from nnstep.errors import NnstepError
from nnstep.explain.quiz import LEVELS, Predicting, Question, Score, judge, steps_that_matter
from nnstep.explain.quiz_kinds import KINDS, Asked
from nnstep.explain.quiz_told import told_answer, told_question, told_score
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.scenario.load import shipped
from nnstep.session import Session, View
from tests.helpers.trainings import session, spreadsheet

SMALL = sorted(set(shipped()) - {"digits", "digits-relu-adam", "convnet-digits", "spiral", "overfitting"})
FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
    "sums": lambda z: z.sum(axis=-1, keepdims=True),
}


def asked(walk: Session, iterations: int, level: int = 0) -> Iterator[tuple[View, Question]]:
    """Yield every question of the first iterations; none is answered before it is yielded."""
    predicting = Predicting()
    predicting.begin(walk.view())
    predicting.set_level(level)
    while walk.position.iteration <= iterations:
        walk.next()
        view = walk.view()
        if (question := predicting.question(view)) is not None:
            yield view, question
            predicting.answer(view, "")


def by_hand(view: View, question: Question, choice: str) -> Array | None:
    """Work a formula out with NumPy; None where its shapes do not fit."""
    step = view.program.values[question.step]
    assert isinstance(step, Step)
    known = {view.program.values[identity].name: view.values[identity] for identity in step.reads}
    names = {f"v{number}": name for number, name in enumerate(sorted(known, key=len, reverse=True))}
    text = choice
    for short, name in names.items():
        text = text.replace(name, f" {short} ")
    text = re.sub(r"\s+", " ", text.replace("σ(", "sigmoid(").replace("row sums of", "sums")).strip()
    text = re.sub(r"sums (v\d+)", r"sums(\1)", text)
    text = re.sub(r"(v\d+) ᵀ", r"\1.swapaxes(-1, -2)", text)
    # A product of matrices has spaces around its dot, one of numbers has none.
    tight = re.search(r"\S·\S", choice) is not None
    text = text.replace("·", "*" if tight else "@").replace("∘", "*").replace("²", "**2")
    try:
        return np.asarray(eval(text, {**FUNCTIONS, **{short: known[name] for short, name in names.items()}}))
    except (ValueError, IndexError):
        return None


@pytest.mark.parametrize("name", SMALL)
def test_the_right_answer_is_what_numpy_says(name: str) -> None:
    for view, question in asked(Session(open_scenario(name)), 4):
        value, cell, choices = view.values[question.step], question.cell, question.asked.choices
        number = value[cell.at]
        right = choices[question.asked.right] if choices else ""
        assert len(set(choices)) == len(choices) != 1
        match question.kind.name:
            case "sign":
                assert right == ("above zero" if number > 0 else "below zero" if number < 0 else "zero")
            case "change":
                carried = {after: before for before, after in view.program.carry.items()}
                before = view.values[carried[cell.name]] if cell.name in carried else view.before[cell.name]
                assert choices.index(right) == {1: 0, -1: 1, 0: 2}[int(np.sign(number - before[cell.at]))]
            case "shape":
                rows = value.shape if value.ndim > 1 else (1, *value.shape)
                assert right == "×".join(map(str, rows))
            case "operation":
                results = [by_hand(view, question, choice) for choice in choices]
                same = [
                    one is not None and one.shape == value.shape and np.allclose(one, value, rtol=1e-9, atol=0)
                    for one in results
                ]
                assert same[question.asked.right], right
                assert sum(same) == 1, choices
            case "value":
                # Of a new weight the change has to be right, to the digits that are shown.
                before = view.was(question.cell) if question.is_of_change else 0.0
                size = abs(number - before)
                room = max(question.within * size, 6e-5) if question.is_of_change else question.within * size
                for part in (0, 0.9, -0.9):
                    assert judge(view, question, repr(float(number + part * room))).is_right
                for part in (1.1, -1.1):
                    assert judge(view, question, repr(float(number + part * room))).is_right == (room == 0)


@pytest.mark.parametrize("name", SMALL)
def test_at_most_six_questions_an_iteration_and_at_least_one(name: str) -> None:
    counts: dict[int, int] = {}
    for view, _ in asked(Session(open_scenario(name)), 3):
        counts[view.position.iteration] = counts.get(view.position.iteration, 0) + 1
    assert all(1 <= counts[iteration] <= 6 for iteration in (1, 2, 3))


@pytest.mark.parametrize("level", range(LEVELS))
@pytest.mark.parametrize("name", ["spreadsheet", "xor", "relu-bce", "attention-copies"])
def test_nothing_hidden_can_be_seen_and_all_of_it_can_afterwards(name: str, level: int) -> None:
    walk, predicting = Session(open_scenario(name)), Predicting()
    predicting.begin(walk.view())
    predicting.set_level(level)
    hidden_steps = 0
    for _ in walk.program.steps:
        walk.next()
        view = walk.view()
        seen, question = predicting.look(view), predicting.question(view)
        for identity in seen.hidden:
            assert seen.state(identity) == "hidden"
            assert seen.array(identity) is None
            assert seen.shown(Cell(identity, (0,) * len(view.values[identity].shape))) is None
        hidden_steps += bool(seen.hidden)
        assert (seen.loss is None) == (view.loss is None or view.program.loss in seen.hidden)
        if question is None:
            continue
        assert question.step in seen.hidden
        told = " ".join(plain_text(row) for row in told_question(seen, question, tell(seen)))
        number = view.values[question.step][question.cell.at]
        assert f"{number:.4f}" not in told or question.kind.name == "change" or number == 0
        assert plain_text(tell(seen).numbers).partition("   was")[0].endswith("= ?")
        judged = predicting.answer(view, "")
        assert not predicting.look(view).hidden
        assert "?" not in plain_text(told_answer(view, judged, tell(view, question.cell))[1])
    questions = predicting.score().asked
    assert hidden_steps >= questions
    assert (hidden_steps > questions) == (level > 0)


def test_each_level_hides_more() -> None:
    def hidden(level: int) -> set[int]:
        walk, predicting, found = session(spreadsheet()), Predicting(), set()
        predicting.begin(walk.view())
        predicting.set_level(level)
        for _ in walk.program.steps:
            walk.next()
            view = walk.view()
            found |= {walk.position.step} if predicting.look(view).hidden else set()
            if predicting.question(view):
                predicting.answer(view, "")
        return found

    steps = [hidden(level) for level in range(LEVELS)]
    assert steps[0] == {4, 5, 8, 10, 17}
    # From the end: the gradients and updates, then the hidden delta, the output delta, the error.
    assert steps[1] == steps[0] | set(range(11, 18))
    assert steps[2] == steps[1] | {9}
    assert steps[3] == steps[2] | {6, 7}
    assert steps[4] == steps[3]  # the error is a step by itself
    assert all(before <= after for before, after in pairwise(steps))


def test_the_steps_that_matter() -> None:
    program = session(spreadsheet()).program
    assert list(steps_that_matter(program)) == [
        "layer2.output",
        "layer2.error",
        "layer2.delta",
        "layer1.delta",
        "layer1.weights.next",
    ]


def test_an_answer_stays_and_is_counted() -> None:
    walk, predicting = session(spreadsheet()), Predicting()
    predicting.begin(walk.view())
    walk.go(1, 5)
    assert predicting.answer(walk.view(), "above").is_right
    walk.go(1, 8)
    assert not predicting.answer(walk.view(), "1").is_right
    walk.go(2, 5)
    predicting.answer(walk.view(), "1")
    walk.go(1, 5)
    assert predicting.question(walk.view()) is None
    judged = predicting.judged(walk.view())
    assert judged is not None
    assert judged.given == "above zero"
    assert predicting.score(1) == Score(1, 2)
    assert predicting.score().asked == 3
    assert plain_text(told_score(walk.view(), predicting)).startswith("Iteration 1: 1 of 2 predicted right; in all ")


def test_what_was_seen_already_is_not_asked() -> None:
    walk, predicting = session(spreadsheet()), Predicting()
    walk.go(1, 6)
    predicting.begin(walk.view())
    walk.go(1, 5)
    assert predicting.question(walk.view()) is None
    assert not predicting.look(walk.view()).hidden
    walk.go(1, 8)
    assert predicting.question(walk.view()) is not None
    predicting.end()
    assert predicting.question(walk.view()) is None
    assert not predicting.look(walk.view()).hidden


@pytest.mark.parametrize("names", ["classic", "math", "layerwise", "framework"])
def test_an_answer_is_the_same_under_other_names(names: str) -> None:
    walk, predicting = session(spreadsheet()), Predicting()
    predicting.begin(walk.view())
    walk.go(1, 8)
    predicting.answer(walk.view(), "2")
    walk.rename(names)
    assert predicting.question(walk.view()) is None
    assert not predicting.look(walk.view()).hidden


@pytest.mark.parametrize("text", ["7", "0", "x", "²", "١", "a" * 100, "\x1b[2J", "above zero!"])
def test_what_is_no_answer_is_refused(text: str) -> None:
    walk, predicting = session(spreadsheet()), Predicting()
    predicting.begin(walk.view())
    walk.go(1, 5)
    with pytest.raises(NnstepError, match="is none of the answers") as refused:
        predicting.answer(walk.view(), text)
    assert "\x1b" not in str(refused.value)
    assert predicting.question(walk.view()) is not None


@pytest.mark.parametrize("text", ["x", "1/2", "nan", "inf", "0x1", "1_0", "١", "1e9999", "--1", "", " "])
def test_what_is_no_number_is_refused(text: str) -> None:
    walk, predicting = session(spreadsheet()), Predicting()
    predicting.begin(walk.view())
    predicting.set_level(4)
    walk.go(1, 5)
    if text.strip():
        with pytest.raises(NnstepError, match="is no number"):
            predicting.answer(walk.view(), text)
    else:
        assert predicting.answer(walk.view(), text).given == ""


@pytest.mark.parametrize(("text", "is_right"), [("0.21", True), ("0,21", True), (".2107", True), ("2e-1", False)])
def test_a_number_and_its_miss(text: str, is_right: bool) -> None:
    walk, predicting = session(spreadsheet()), Predicting()
    predicting.begin(walk.view())
    predicting.set_level(4)
    walk.go(1, 5)
    judged = predicting.answer(walk.view(), text)
    assert judged.is_right == is_right
    # E[0,0] is 1 - 0.7893, as published.
    assert judged.miss == pytest.approx(float(text.replace(",", ".")) - 0.2107, abs=5e-5)
    told = plain_text(told_answer(walk.view(), judged, tell(walk.view(), judged.question.cell))[0])
    assert told.startswith(("✗ No: ", "✓ Right: ")[is_right] + "E[0,0] is 0.2107   you said ")
    assert "too small by 0.0107 (5.1%)" in told or is_right


def test_a_level_that_is_none() -> None:
    with pytest.raises(NnstepError, match="there is no level 5"):
        Predicting().set_level(5)


def test_a_verdict_is_not_told_of_other_numbers_or_names() -> None:
    walk = session(spreadsheet())
    predicting = Predicting()
    predicting.begin(walk.view())
    while predicting.question(walk.view()) is None:
        walk.next()
    judged = predicting.answer(walk.view(), "")
    assert predicting.judged(walk.view()) is judged
    walk.rename("math")
    assert predicting.judged(walk.view()) is None
    walk.rename("classic")
    walk.edit(Number(Cell("layer2.weights", (0, 0)), -30.0))
    assert predicting.judged(walk.view()) is None
    walk.undo()
    assert predicting.question(walk.view()) is None  # it was answered, and counts
    assert predicting.score() == Score(0, 1)


def test_an_iteration_is_not_over_in_the_middle_of_its_last_step() -> None:
    walk = session(spreadsheet())
    predicting = Predicting()
    predicting.begin(walk.view())
    walk.go(1, 17)
    walk.next_cell()
    assert not predicting.is_over(walk.view())
    walk.go(1, 18)
    while (question := predicting.question(walk.view())) is not None:
        predicting.answer(walk.view(), question.asked.choices[0] if question.asked.choices else "0")
    assert predicting.is_over(walk.view())


def test_the_old_weight_is_no_answer_for_the_new_one() -> None:
    walk = session(spreadsheet())
    walk.go(1, 18)
    view, cell = walk.view(), Cell("layer2.weights.next", (0, 0))
    before = view.was(cell)
    assert before is not None
    question = Question(KINDS["value"], cell.name, cell, Asked((), (), 0), is_of_change=True)
    new = float(view.values[cell.name][cell.at])
    assert abs(new - before) < 0.05 * abs(new)  # it would be right to within 5 % of itself
    assert not judge(view, question, repr(before)).is_right
    assert judge(view, question, f"{new:.4f}").is_right
    assert "within 5% of the change" in "".join(
        plain_text(line) for line in told_question(view, question, tell(view, cell))
    )
