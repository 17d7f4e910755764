"""The exercises with a mistake on purpose: what is wrong in them, what they give away and when."""

from pathlib import Path

import pytest

from nnstep.catalog.mistakes import MISTAKES
from nnstep.explain.checks import check_gradients
from nnstep.explain.story import tell
from nnstep.explain.words import plain_text
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import parse
from nnstep.scenario.notes import note_of
from nnstep.session import Session

from .shipped import FOLDER, first_and_last, opened, run

# The step that is wrong, and the layers whose gradients are.
WRONG = {
    "spot-the-mistake-1": ("layer2.delta", {"layer1", "layer2"}),
    "spot-the-mistake-2": ("layer2.delta", {"layer1", "layer2"}),
    "spot-the-mistake-3": ("layer1.error", {"layer1"}),
}
RIGHT = {"spot-the-mistake-1": "spreadsheet", "spot-the-mistake-2": "xor", "spot-the-mistake-3": "xor"}


def without(name: str) -> Compiled:
    """Return the scenario with the line of its mistake taken out."""
    lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("mistake: ")]
    assert len(kept) == len(lines) - 1
    return compile_scenario(parse("".join(kept).encode(), f"{name}.yaml"))


@pytest.mark.parametrize("iteration", [1, 2])
@pytest.mark.parametrize("name", WRONG)
def test_the_check_finds_what_the_notes_say(name: str, iteration: int) -> None:
    checks = check_gradients(opened(name).training, iteration)
    wrong = {check.parameter for check in checks if not check.approximate}
    assert wrong == {check.parameter for check in checks if check.parameter.partition(".")[0] in WRONG[name][1]}


@pytest.mark.parametrize("name", WRONG)
def test_without_its_line_the_scenario_is_right_and_the_one_it_was_made_of(name: str) -> None:
    training = without(name).training
    assert all(check.exact for check in check_gradients(training))
    ours, theirs = (one.run(1, one.first) for one in (training, opened(RIGHT[name]).training))
    assert {value: array.tobytes() for value, array in ours.items()} == {
        value: array.tobytes() for value, array in theirs.items()
    }


@pytest.mark.parametrize("name", WRONG)
def test_up_to_the_wrong_step_every_value_is_that_of_the_right_one(name: str) -> None:
    compiled = opened(name)
    program, training = compiled.training.program(1), without(name).training
    ours, theirs = compiled.training.run(1, compiled.training.first), training.run(1, training.first)
    for step in program.steps:
        if step.id == WRONG[name][0]:
            assert ours[step.id].tobytes() != theirs[step.id].tobytes()
            return
        assert ours[step.id].tobytes() == theirs[step.id].tobytes(), step.id


@pytest.mark.parametrize("name", WRONG)
def test_the_wrong_step_says_so_in_iteration_2_and_not_before(name: str) -> None:
    scenario = opened(name).scenario
    program = opened(name).training.program(1)
    told = {
        iteration: [step.id for step in program.steps if "Here." in note_of(scenario, step.id, step.phase, iteration)]
        for iteration in (1, 2, 3)
    }
    assert told == {1: [], 2: [WRONG[name][0]], 3: []}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_seen_at_first_does_not_tell_which_it_is(name: str) -> None:
    compiled = opened(name)
    mistake = compiled.scenario.model.mistake
    story = tell(Session(compiled).view())
    shown = " ".join(plain_text(line) for line in (story.title, story.what, story.numbers, story.why, story.teacher))
    assert mistake
    for word in mistake.split("_"):
        assert word not in f"{shown} {compiled.scenario.model.summary}".lower().split()


def test_the_first_one_learns_at_a_hundredth() -> None:
    for check in check_gradients(opened("spot-the-mistake-1").training):
        assert check.worst.measured == pytest.approx(10 * check.worst.gradient, rel=1e-6)
    assert [f"{first_and_last(name)[1]['loss']:.3f}" for name in ("spot-the-mistake-1", "spreadsheet")] == [
        "0.304",
        "0.002",
    ]


def test_the_second_one_learns_faster_than_the_right_one() -> None:
    (wrong,), (right,) = (run(opened(name), 1001) for name in ("spot-the-mistake-2", "xor"))
    assert (f"{wrong['loss']:.5f}", f"{right['loss']:.3f}") == ("0.00007", "0.019")
    for check in check_gradients(opened("spot-the-mistake-2").training):
        assert f"{check.worst.gradient / check.worst.measured:.1f}" == "4.3"
    for check in check_gradients(opened("spot-the-mistake-2").training, 2):
        assert f"{check.worst.gradient / check.worst.measured:.0f}" == "4"


def test_the_delta_of_the_second_one_is_right_for_cross_entropy() -> None:
    text = (FOLDER / "xor.yaml").read_text(encoding="utf-8").partition("notes:")[0]
    right = compile_scenario(
        parse(text.replace("loss: half_sse", "loss: {name: bce, reduction: sum}").encode(), "bce.yaml")
    )
    (ours,), (theirs,) = run(opened("spot-the-mistake-2"), 1), run(right, 1)
    for parameter in right.training.program(1).parameters:
        assert ours[f"{parameter.id}.grad"] == pytest.approx(theirs[f"{parameter.id}.grad"], abs=1e-15)


def test_the_third_one_is_off_by_five_in_a_hundred_and_hides_it() -> None:
    checks = check_gradients(opened("spot-the-mistake-3").training)
    off = [abs(check.worst.gradient / check.worst.measured - 1) for check in checks if not check.approximate]
    assert [f"{part:.2f}" for part in off] == ["0.05", "0.05"]
    assert {f"{first_and_last(name)[1]['loss']:.4f}" for name in ("spot-the-mistake-3", "xor")} == {"0.0013"}


def test_the_page_of_the_scenarios_has_a_row_for_every_mistake(project_dir: Path) -> None:
    page = (project_dir / "docs" / "scenarios.md").read_text(encoding="utf-8")
    rows = {
        f"| `{one.name}` | {one.sentence[0].upper()}{one.sentence[1:]}. | {one.published} |"
        for one in MISTAKES.values()
    }
    assert {row for row in rows if f"\n{row}\n" not in page} == set()
