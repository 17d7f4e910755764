"""`breaks:` in a scenario: what it says is found, and what would never stop is refused with its line."""

import re

import pytest

from nnstep.catalog.conditions import CONDITIONS
from nnstep.errors import NnstepError
from nnstep.scenario.breaks import Breakpoint
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import parse
from nnstep.scenario.schema import json_schema

XOR = """\
title: XOR
names: math
data: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}
network:
  - {layer: dense, units: 2, activation: sigmoid}
  - {layer: dense, units: 1, activation: sigmoid}
loss: half_sse
optimizer: {name: gd, learning_rate: 0.5}
breaks:
"""
LINE = 10


def with_breaks(*lines: str, names: str = "", base: str = XOR) -> Compiled:
    text = base + "".join(f"  - {line}\n" for line in lines)
    return compile_scenario(parse(text.encode(), "test.yaml"), names=names)


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("{step: W1}", Breakpoint("step", "layer1.weights.next")),
        ("{step: d_output}", Breakpoint("step", "layer2.delta")),
        ("{step: layer1.output}", Breakpoint("step", "layer1.output")),
        ("{step: loss}", Breakpoint("step", "loss")),
        ("{phase: deltas}", Breakpoint("phase", "deltas")),
        ("{layer: 2}", Breakpoint("layer", "layer2")),
        ("{not_finite: true}", Breakpoint("not_finite")),
        ("{loss_below: 0.1}", Breakpoint("loss_below", amount=0.1)),
        ("{epoch: 100}", Breakpoint("epoch", amount=100.0)),
    ],
)
def test_what_is_written_is_found(written: str, point: Breakpoint) -> None:
    assert with_breaks(written).breaks == (point,)


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_every_condition_can_be_written(name: str) -> None:
    setting = CONDITIONS[name].setting
    value = "true" if setting is None else setting.default
    (point,) = with_breaks(f"{{{name}: {value}}}").breaks
    assert point == Breakpoint(name, amount=float(setting.default) if setting else 0.0)
    assert name in json_schema()["$defs"]["WrittenBreak"]["properties"]


@pytest.mark.parametrize("names", ["classic", "math", "layerwise", "framework"])
def test_they_are_the_same_under_every_name_set(names: str) -> None:
    lines = ("{step: X·W1}", "{step: L}", "{phase: update}", "{layer: 1}", "{sign_change: true}")
    compiled = with_breaks(*lines, names=names)
    assert compiled.breaks == with_breaks(*lines).breaks
    assert all(point.stops(compiled.training.program(1)) for point in compiled.breaks[:-1])


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{step: W9}", "no step is called 'W9'"),
        ("{step: los}", "did you mean loss?"),
        ("{step: X}", "no step makes X"),
        ("{step: loss, phase: error}", "says one thing, and this says step and phase"),
        ("{}", "this says nothing"),
        ("{loss_belw: 1}", "did you mean loss_below?"),
        ("{phase: delta}", "did you mean deltas?"),
        ("{layer: 3}", "there is no layer 3"),
        ("{layer: 0}", "layer must be at least 1"),
        ("{not_finite: false}", "not_finite can only be true"),
        ("{epoch: 1}", "epoch must be at least 2"),
        ("{epoch: 2.5}", "must be a whole number"),
        ("{accuracy_above: 2}", "must be at most 1"),
        ("{accuracy_above: 1}", "no accuracy is ever above 1"),
        ("{loss_below: 0}", "no loss is ever below 0"),
        ("{loss_below: low}", "must be a number"),
        ("loss", "must be a mapping"),
    ],
)
def test_what_would_never_stop_is_refused_with_its_line(written: str, says: str) -> None:
    with pytest.raises(NnstepError, match=re.escape(says)) as told:
        with_breaks("{step: loss}", written)
    assert told.value.where.startswith(f"test.yaml:{LINE + 1}:")


def test_accuracy_needs_classes() -> None:
    with pytest.raises(NnstepError, match="the targets are no classes"):
        with_breaks("{accuracy_above: 0.9}", base=XOR.replace("[[0], [1], [1], [0]]", "[[0], [0.5], [1], [0]]"))


def test_a_gradient_needs_something_that_is_trained() -> None:
    frozen = XOR.replace("activation: sigmoid}", "activation: sigmoid, trainable: {weights: false, bias: false}}")
    for name in ("{sign_change: true}", "{gradient_norm_above: 1}"):
        with pytest.raises(NnstepError, match="nothing is trained here"):
            with_breaks(name, base=frozen)


def test_harm_in_a_name_is_shown_and_not_obeyed() -> None:
    with pytest.raises(NnstepError) as told:
        with_breaks('{step: "\\e]52;c;aGk=\\a[bold]x[/]"}')
    assert "\x1b" not in str(told.value)
