"""What the lessons of the shipped files say at their stops is so."""

import numpy as np
import pytest

from nnstep.engine.history import History
from nnstep.scenario.lesson import LessonStop
from nnstep.scenario.load import shipped

from .shipped import FIGURE, NAMES, Values, is_there, opened

TAUGHT = [name for name in NAMES if opened(name).lesson]
# Figures that are not on the screen at their stop: other tests hold those of the best line, of the start and of the
# first update.
ELSEWHERE = {
    ("moons", "20:L"): {"0.38"},
    ("spreadsheet", "1:wh"): {"0.0006"},
    ("xor", "300:last"): {"0.54"},
}


def on_screen(name: str, stop: LessonStop, values: Values) -> np.ndarray:
    """Return the cells that one sees at a stop: of its step, what that reads, what is shown alone, and the loss."""
    program = opened(name).training.program(stop.iteration)
    done = stop.step(program)
    step = program.steps[done - 1] if done else None
    seen = ["loss", *([step.id, *step.reads] if step else ()), *([stop.zoom] if stop.zoom else ())]
    return np.concatenate([values[value].ravel() for value in seen])  # (n,)


def test_lessons_are_shipped() -> None:
    assert TAUGHT
    assert set(TAUGHT) <= shipped().keys()


@pytest.mark.parametrize("name", TAUGHT)
def test_the_figures_of_a_stop_are_on_the_screen_there(name: str) -> None:
    compiled = opened(name)
    history, strays = History(compiled.training), {}
    for stop, written in zip(compiled.lesson, compiled.scenario.model.lesson, strict=True):
        cells = on_screen(name, stop, history.values(stop.iteration))
        found = {figure for figure in FIGURE.findall(f"{stop.say} {stop.ask}") if not is_there(figure, cells)}
        strays |= {(name, str(written.at)): found} if found else {}
    assert strays == {place: figures for place, figures in ELSEWHERE.items() if place[0] == name}


def test_what_the_lesson_of_the_moons_counts() -> None:
    history = History(opened("moons").training)
    right = []
    for epoch in (100, 200):
        values = history.values(epoch)
        right.append(int(((values["layer2.output"] > 0.5) == (values["targets"] > 0.5)).sum()))
    assert right == [35, 40]


def test_the_lesson_of_xor_comes_from_where_it_begins() -> None:
    assert f"{float(History(opened('xor').training).values(1)['loss']):.2f}" == "0.54"
