"""A stop that shows a picture tells it in the plain stepper, as `picture` does; the question is never held back."""

from pathlib import Path

import pytest

from tests.tui.test_breaks import TEA

from .conftest import Run
from .test_plain import answers


@pytest.mark.parametrize(
    ("show", "named"),
    [("decision surface", "decision surface"), ("curves, log scale", "curves"), ("network", "network")],
)
def test_a_stop_tells_its_picture(run: Run, tmp_path: Path, show: str, named: str) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(f"{TEA}lesson: [{{at: 2:last, show: '{show}', ask: Would you drink it?}}]\n", encoding="utf-8")
    stop, picture = answers(run, str(path), "lesson", f"picture {named}")
    assert len(picture.splitlines()) > 1
    assert picture in stop
    assert stop.endswith("Would you drink it?")


def test_the_question_of_a_stop_is_asked_while_a_number_is_to_be_predicted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    stops = "[{at: 1:ŷ, show: decision surface, say: They are alike., ask: Which pot is most wrong?}]"
    path.write_text(f"{TEA}lesson: {stops}\nquiz: [{{of: 'ŷ[2,0]', ask: value}}]\n", encoding="utf-8")
    stop = answers(run, str(path), "predict", "lesson")[1]
    assert "What is ŷ[2,0]" in stop
    assert "They are alike." not in stop
    assert "ŷ is still to be predicted, and this would tell it" in stop
    assert stop.endswith("Which pot is most wrong?")
