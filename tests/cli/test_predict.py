"""Predict, then see, typed and read as lines: nothing is printed before it has been predicted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nnstep.commands import plain

from .conftest import XOR, Run
from .test_plain import answers


def test_a_walk_with_guesses(run: Run) -> None:
    typed = ["predict", "", "", "", "", "show", "", "2", "", "below", "", "", "", "skip"]
    said = answers(run, "spreadsheet", *typed)
    began, *_, asked = said[:6]
    assert began.startswith("Predict, then see: what matters stays ?")
    assert "1 relu(output_layer_input)\n2 σ(output_layer_input)\n3 tanh" in said[5 - 1]
    assert "output = ?" in said[4]
    assert asked.startswith("epoch 1 · step 4 of 18")
    rest = "\n\n".join(said)
    shown, _, after = rest.partition("✓ Right: output is σ(output_layer_input)")
    assert "0.7893" not in shown
    assert "first: How is output made?" in shown
    assert "0.7893" in after
    assert "✓ Right: E[2,0] is below zero" in after
    assert "Not answered: d_output is E ∘ slope_output_layer" in after


def test_an_answer_in_the_middle_of_a_step_is_about_all_of_it(run: Run) -> None:
    *_, walked, said = answers(run, "spreadsheet", "predict", "go :4", "2", "cell", "below")
    assert "step 5 of 18 · cell 1 of 3" in walked
    assert "cell 1 of 3" not in said
    assert "✓ Right: E[2,0] is below zero" in said


def test_levels_and_the_score(run: Run) -> None:
    typed = [
        "predict 4",
        "go :5",
        "-0.8",
        "go :12",
        "show d_wout",
        "where d_wout[1,0]",
        "go :17",
        "go :18",
        "predict off",
    ]
    said = "\n\n".join(answers(run, "spreadsheet", *typed))
    assert "The last 4 stretches of each iteration stay ?" in said
    assert "Type a number, right to within 5%.   skip shows it" in said
    assert "✓ Right: E[2,0] is -0.7893   you said -0.8, too small by 0.0107 (1.4%)" in said
    assert "d_wout = ?" in said
    assert "d_wout[1,0] = ?" in said
    assert "Iteration 1: 1 of 1 predicted right.   level 4 of 4" in said
    assert said.endswith("Everything is shown again.")


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        (["predict 7"], "there is no level 7\n  levels go from 0 to 4"),
        (["predict x"], "'x' is no level"),
        (["skip"], "nothing is asked here"),
        (["skip it"], "nothing was expected here"),
        (
            ["predict", "go :5", "perhaps"],
            "'perhaps' is none of the answers\n  there are: 1 above zero, 2 below zero, 3 zero",
        ),
        (
            ["predict", "go :5", ""],
            "first: Is E[2,0] above zero, or below?\n  type a number from 1 to 3; skip shows it",
        ),
        (["predict 4", "go :5", "much"], "'much' is no number"),
        (["2"], "there is no command called '2'"),
    ],
)
def test_what_is_no_answer_is_told(run: Run, typed: list[str], what: str) -> None:
    assert answers(run, "spreadsheet", *typed)[-1].startswith(what)


def test_commands_are_commands_while_something_is_asked(run: Run) -> None:
    said = answers(run, "spreadsheet", "predict", "go :5", "back", "n", "help", "names math")
    assert said[2].startswith("epoch 1 · step 4 of 18")
    assert said[3].startswith("first: How is output made?")
    assert said[4].startswith("Type a word")
    assert "ŷ = ?" in said[5]


def test_what_is_still_to_be_predicted_is_told_by_no_command(run: Run) -> None:
    typed = ["predict", "", "", "chain wout[0,0]", "to wout[0,0]", "stuck", "check wout", "lesson 3", "from"]
    _, _, _, chain, to, stuck, check, lesson, where = answers(run, "spreadsheet", *typed)[:9]
    assert chain.startswith("chain rule wout[0,0]\nThe gradient of wout[0,0] is still to be predicted.")
    assert "how far the loss moves with it is still to be predicted" in to
    assert "What this iteration comes to is still to be predicted." in stuck
    assert check.startswith("d_wh is still to be predicted, and the check would tell it")
    # The words of the stop tell the numbers, so they wait as well.
    assert "output = ?" in lesson
    assert "0.79" not in lesson
    assert where.startswith("first say what it will be")


_ASKS_A_SHAPE = """quiz:
  - {of: ∂L/∂W1, ask: shape}
"""


def test_a_shape_that_is_asked_about_is_told_by_nothing(run: Run, write: Callable[..., str]) -> None:
    # W1 is 2×3, as its gradient is; nothing else of this network has that shape.
    file = write(
        XOR.replace("[[0.5, -0.4], [0.9, 1.0]], bias: [0.1, -0.2]}", "[[0.5, -0.4, 0.3], [0.9, 1, 2]]}")
        .replace("units: 2", "units: 3")
        .replace("[[-1.2], [1.1]]", "[[-1.2], [1.1], [0.4]]")
        + _ASKS_A_SHAPE
    )
    name = "∂L/∂W1"
    looks = ["values", f"show {name}", f"where {name}", "was", f"from {name}", "here"]
    places = [
        f"{typed} {name}[{at}]{more}"
        for typed, more in (("show", ""), ("where", ""), ("from", ""), ("to", ""), ("set", " 3"))
        for at in ("0,0", "9,9", "9")
    ]
    moves = ["left", "right", "up", "down", f"set {name} 3"]
    began, _, *said = answers(run, file, "predict", f"go 1:{name}", *looks, *places, *moves)
    assert began.startswith("Predict")
    *looked, here = said[: len(looks)]
    assert "2×3" in here  # as one of those to choose from
    told = [line for answer in looked for line in answer.splitlines() if name in line]
    assert f"{name} ?, to be predicted, id layer1.weights.grad" in told
    assert not [line for line in told if "2×3" in line]
    refused = said[len(looks) :]
    assert set(refused) == {f"the shape of {name} is still to be predicted\n  skip shows it without a guess"}
    assert f"{name} 2×3, written, id" in answers(run, file, "predict", f"go 1:{name}", "skip", "values")[-1]


def test_what_is_told_is_told_from_what_there_is_to_see() -> None:
    # Whoever judges a prediction takes `whole`; the teacher's notes are for nobody who predicts.
    folder = Path(plain.__file__).parent
    direct = {path.name for path in folder.glob("*.py") if "session.view()" in path.read_text(encoding="utf-8")}
    whole = {path.name for path in folder.glob("*.py") if ".whole()" in path.read_text(encoding="utf-8")}
    assert direct == {"walk.py", "prompter.py"}
    assert whole == {"walk.py", "here.py", "predict.py", "moves.py"}
