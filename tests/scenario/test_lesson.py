"""A lesson is read with its stops, stays at its places under every name set, and is refused with its line."""

import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.explain.pictures.table import SUBJECTS
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.lesson import VIEWS
from nnstep.scenario.load import parse

FILE = """\
title: Lesson
names: math
data: {{inputs: [[1, 0], [0, 1], [1, 1]], targets: [[1], [0], [1]]}}
network:
  - {{layer: dense, units: 2, activation: sigmoid}}
  - {{layer: dense, units: 1, activation: sigmoid}}
loss: half_sse
optimizer: {{name: sgd, learning_rate: 0.5}}
batch: 2
lesson:
  - {{at: {at}, show: {show}, ask: {ask}}}
"""


def read(at: str = "1:start", show: str = "''", ask: str = "Why?", names: str = "") -> Compiled:
    text = FILE.format(at=at, show=show, ask=ask)
    return compile_scenario(parse(text.encode(), "lesson.yaml"), names=names)


@pytest.mark.parametrize(
    ("at", "iteration", "done"),
    [
        ("1:start", 1, ""),
        ("1:first", 1, "layer1.weighted"),
        ("1:last", 1, "layer1.bias.next"),
        ("3", 5, "layer1.bias.next"),
        ("'2:0'", 3, ""),
        ("'2:3'", 3, "layer1.output"),
        ("2.2:δ2", 4, "layer2.delta"),
        ("2.last: layer2.delta", 4, "layer2.delta"),
        ("2.last:d_output", 4, "layer2.delta"),
        ("7:W1", 13, "layer1.weights.next"),
    ],
)
def test_a_place_is_an_epoch_and_a_step_by_any_of_its_names(at: str, iteration: int, done: str) -> None:
    compiled = read(at if at[0] == "'" else f'"{at}"')
    (stop,) = compiled.lesson
    assert stop.iteration == iteration
    assert (stop.steps[0] if stop.steps else "") == done
    program = compiled.training.program(iteration)
    assert stop.step(program) == program.order.get(done, 0)


@pytest.mark.parametrize("names", NAME_SETS)
def test_the_place_stays_when_the_names_change(names: str) -> None:
    for compiled in (read("'2:8'", names=names), read("'2:8'").renamed(names)):
        (stop,) = compiled.lesson
        program = compiled.training.program(stop.iteration)
        # Step 8 of `math` is the gradient at the output; every name set has it.
        assert program.steps[stop.step(program) - 1].id == "layer2.error"
    (stop,) = read("1:X·W1", names=names).lesson
    program = read(names=names).training.program(1)
    # Where products and bias are one step, it is that one.
    assert program.steps[stop.step(program) - 1].id in ("layer1.weighted", "layer1.pre_activation")


def test_a_stop_shows_a_picture_a_matrix_or_a_cell() -> None:
    for name in ("sheet", *SUITING):
        assert read(show=f"'{name}'").lesson[0].view == name
    assert read(show="W1").lesson[0].zoom == "layer1.weights"
    assert read(at="1:last", show="W1").lesson[0].zoom == "layer1.weights.next"
    assert read(show="'wh[0, 1]'").lesson[0].cell == Cell("layer1.weights", (0, 1))
    assert read(show="'b1[0,1]'").lesson[0].cell == Cell("layer1.bias", (1,))


SUITING = ("network", "curves", "curves, log scale", "decision surface", "answers", "gradient sizes", "distributions")


@pytest.mark.parametrize("name", sorted({*VIEWS} - {"sheet", *SUITING}))
def test_a_picture_that_shows_nothing_here_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(NnstepError) as refused:
        read(show=f"'{name}'")
    assert f"there is nothing to see in '{name}' here" in str(refused.value)
    assert refused.value.hint == f"pictures that suit it: {', '.join(repr(one) for one in ('sheet', *SUITING))}"


def test_what_is_blank_at_its_stop_is_refused() -> None:
    what = "δ1 is worked out in step 13, and this stop is at step 10"
    for show in ("δ1", "'δ1[0,0]'"):
        with pytest.raises(NnstepError, match=what):
            read(at="1:δ2", show=show)
    assert read(at="1:δ1", show="δ1").lesson[0].zoom == "layer1.delta"
    # What the iteration before has left is seen; of other samples nothing is.
    assert read(at="1.2:δ2", show="∂L/∂W1").lesson[0].zoom == "layer1.weights.grad"
    with pytest.raises(NnstepError, match=what):
        read(at="1.2:δ2", show="δ1")


def test_the_names_of_the_pictures_are_those_of_the_screen() -> None:
    assert ("sheet", *SUBJECTS) == VIEWS


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"at": "1:strat"}, "11:10: no step is called 'strat'\n  did you mean start?"),
        ({"at": "1:d_outptu"}, "11:10: no step is called 'd_outptu'"),
        ({"at": "1:X"}, "11:10: no step is called 'X'"),
        ({"at": "soon"}, "11:10: 'soon' is no place\n  write EPOCH:STEP"),
        ({"at": "0:last"}, "there is no epoch 0"),
        ({"at": "99999999:last"}, "there is no epoch 99999999"),
        ({"at": "1.3:last"}, "there is no batch 3 in epoch 1\n  batches go from 1 to 2"),
        ({"at": "'1:99'"}, "there is no step 99\n  steps go from 0"),
        ({"at": "1:9"}, "base sixty"),
        ({"at": "3"}, "at must be text"),
        ({"show": "netwrk"}, "there is no picture and no matrix called 'netwrk'\n  did you mean network?"),
        (
            {"show": "soon"},
            "'soon'\n  there are: 'sheet', 'network', 'curves', 'curves, log scale', 'decision surface'",
        ),
        ({"show": "'W1[2,0]'"}, "there is no cell W1[2,0]\n  W1 is 2×2: its cells go from W1[0,0] to W1[1,1]"),
        ({"show": "'W1[-1,0]'"}, "there is no cell W1[-1,0]\n  W1 is 2×2: its cells go from W1[0,0] to W1[1,1]"),
        ({"show": "'W1[0]'"}, "there is no cell W1[0]\n  W1 is 2×2: its cells go from W1[0,0] to W1[1,1]"),
        ({"show": "'W1[0,0'"}, "there is no cell W1[0,0\n"),
        ({"at": "1:last", "show": "'L[1]'"}, "there is no cell L[1]\n  L is 1×1: one number"),
        ({"show": "'W9[0]'"}, "there is no picture and no matrix called 'W9'"),
        ({"ask": "'Why is `W9` so?'"}, "this text names `W9`, and no value is called so"),
        ({"ask": "3"}, "ask must be text"),
        ({"ask": "x" * 4001}, "at most 4,000 are shown"),
        ({"ask": "hm, shwo: W1"}, "there is no key of lesson called 'shwo'\n  did you mean show?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(changes: dict[str, str], what: str) -> None:
    with pytest.raises(NnstepError) as refused:
        read(**changes)
    assert what in str(refused.value)
    assert str(refused.value).startswith("lesson.yaml:11:")


def test_text_of_a_file_stays_text() -> None:
    (stop,) = read(ask='"[b]{x}\\e[2J%s"').lesson
    assert stop.ask == "[b]{x}␛[2J%s"
