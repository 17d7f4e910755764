"""A quiz is read with its steps, stays at them under every name set, and is refused with its line."""

from math import inf

import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.errors import NnstepError
from nnstep.explain.quiz_kinds import KINDS
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import parse
from nnstep.scenario.quiz import WITHIN, QuizStep
from nnstep.scenario.schema import json_schema

FILE = """\
title: Quiz
names: math
data: {{inputs: [[1, 0], [0, 1], [1, 1]], targets: [[1], [0], [1]]}}
network:
  - {{layer: dense, units: 2, activation: sigmoid}}
  - {{layer: dense, units: 1, activation: sigmoid}}
loss: half_sse
optimizer: {{name: gd, learning_rate: 0.5}}
quiz:
  - {{{question}}}
"""


def read(question: str, names: str = "") -> Compiled:
    return compile_scenario(parse(FILE.format(question=question).encode(), "quiz.yaml"), names=names)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("of: ŷ", QuizStep("layer2.output")),
        ("of: d_output", QuizStep("layer2.delta")),
        ("of: layer2.delta, ask: sign", QuizStep("layer2.delta", ask="sign")),
        ("of: 'δ1[2, 1]'", QuizStep("layer1.delta", (2, 1))),
        ("of: 'b1[0,1]'", QuizStep("layer1.bias.next", (1,))),
        ("of: W1@3", QuizStep("layer1.weights.next", first=3, last=3)),
        ("of: 'W1[0,1]@2-5'", QuizStep("layer1.weights.next", (0, 1), first=2, last=5)),
        ("of: L@2-, ask: value, within: 0.5", QuizStep("loss", (), "value", "", 0.5, 2, inf)),
        ("of: W1@1, ask: change, say: 'Where does `W1` go?'", QuizStep("layer1.weights.next", ask="change", last=1)),
    ],
)
def test_a_step_its_cell_and_its_iterations(question: str, found: QuizStep) -> None:
    (step,) = read(question).quiz
    at = () if found.id == "loss" and step.at is None else step.at
    assert (step.id, at, step.ask, step.within) == (found.id, found.at, found.ask, found.within)
    assert (step.first, step.last) == (found.first, found.last)


@pytest.mark.parametrize("names", NAME_SETS)
def test_it_stays_at_its_step_when_the_names_change(names: str) -> None:
    for compiled in (read("of: 'δ1[0,1]'", names), read("of: 'δ1[0,1]'").renamed(names)):
        assert compiled.quiz == (QuizStep("layer1.delta", (0, 1), within=WITHIN),)


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("of: δ3", "no step makes 'δ3'\n  there are: X·W1, z1"),
        ("of: X", "no step makes 'X'"),
        ("of: ''", "this names no step"),
        ("of: 'δ1[3,0]'", "there is no cell δ1[3,0]\n  δ1 is 3×2, from 0"),
        ("of: 'δ1[0]'", "there is no cell δ1[0]"),
        ("of: δ1@0", "'δ1@0' names no iteration"),
        ("of: δ1@5-2", "δ1@1, δ1@2-5 or δ1@2-"),
        ("of: 3", "of must be text"),
        ("ask: sign", "of"),
        ("of: δ1, ask: sgin", "did you mean sign?"),
        ("of: δ1, aks: sign", "did you mean ask?"),
        ("of: δ1@1, ask: change", "in the first iteration there is no number before"),
        ("of: L, ask: shape", "it is a single number\n  of L may be asked: sign, change, value"),
        ("of: ŷ, ask: sign", "it is never below zero, so there is nothing to work out"),
        ("of: L, ask: operation", "the operation of L would never be asked: there is no other operation"),
        ("of: δ1, within: 0.1", "only a number can be nearly right"),
        ("of: δ1, ask: value, within: 2", "within must be at most 1"),
        ("of: δ1, say: 'Why is `W1[0,2]` so?'", "names `W1[0,2]`, and there is no such cell\n  W1 is 2×2, from 0"),
        ("of: δ1, say: 'Why is `W9` so?'", "this text names `W9`, and no value is called so"),
        (f"of: δ1, say: {'x' * 1001}", "this text has 1,001 characters"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(question: str, what: str) -> None:
    with pytest.raises(NnstepError) as refused:
        read(question)
    assert what in str(refused.value)
    assert str(refused.value).startswith("quiz.yaml:10:")


def test_text_of_a_file_stays_text() -> None:
    (step,) = read('of: δ1, say: "[b]{x}\\e[2J%s"').quiz
    assert step.say == "[b]{x}␛[2J%s"


def test_the_kinds_of_the_file_are_those_that_are_asked() -> None:
    schema = json_schema()
    (choices,) = [
        one["enum"] for one in schema["$defs"]["WrittenQuestion"]["properties"]["ask"]["anyOf"] if "enum" in one
    ]
    assert set(choices) == set(KINDS)
