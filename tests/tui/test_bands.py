"""The sheet reads like a board: what stands in which band, and with which signs, under every name set."""

from itertools import groupby

import pytest

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.program import Program, Variable
from nnstep.scenario.compile import Compiled
from nnstep.tui.renderables.bands import Band, bands
from nnstep.tui.renderables.layout import Room
from nnstep.tui.renderables.lecture import alone
from tests.helpers.golden import GOLDEN, check_text
from tests.tui.driving import compiled, shipped
from tests.tui.scenarios import DEEP, REMEMBERS

TEXTS = {"deep": DEEP, "remembers": REMEMBERS}
READ = ["spreadsheet", "xor", "two-layer", "relu-bce", "digits", "deep"]
NAMES = [*READ, "remembers"]


def compile_one(name: str) -> Compiled:
    return compiled(TEXTS[name]) if name in TEXTS else shipped(name)


@pytest.fixture(scope="module", params=NAMES)
def scenario(request: pytest.FixtureRequest) -> Compiled:
    return compile_one(request.param)


def as_text(program: Program, band: Band) -> str:
    """Return a band as people read it: `X · wh + bh = hidden_layer_input`, with a comma where no sign stands."""
    words: list[str] = []
    for number, item in enumerate(band.items):
        sign = item.sign if item.sign or not number else ","
        words.append(f"{sign} {program.values[item.id].name}".strip())
    return f"{band.title}\n    {' '.join(words).replace(' ,', ',')}\n"


@pytest.mark.parametrize("name", READ)
def test_bands_read_like_a_board(name: str) -> None:
    texts = []
    for names in NAME_SETS:
        program = compile_one(name).renamed(names).training.program(1)
        texts.append(f"# {names}\n\n" + "".join(as_text(program, band) for band in bands(program)))
    check_text(GOLDEN / "bands" / f"{name}.txt", "\n".join(texts))


def test_what_a_rate_is_in_has_a_sign_too_and_is_no_equation() -> None:
    program = compile_one("spot-the-mistake-1").training.program(1)
    text = as_text(program, bands(program)[2])
    assert "∘ slope_output_layer → d_output" in text


@pytest.mark.parametrize("names", list(NAME_SETS))
def test_every_value_has_a_place_and_every_step_one_band(scenario: Compiled, names: str) -> None:
    program = scenario.renamed(names).training.program(1)
    found = bands(program)
    shown = {item.id for band in found for item in band.items}
    constants = {v.id for v in program.variables if v.kind == "constant"}
    assert set(program.values) - shown <= constants
    made = [identity for band in found for identity in band.steps]
    assert sorted(made) == sorted(step.id for step in (*program.steps, *program.measures))


@pytest.mark.parametrize("names", list(NAME_SETS))
def test_no_band_shows_a_value_twice(scenario: Compiled, names: str) -> None:
    program = scenario.renamed(names).training.program(1)
    for band in bands(program):
        shown = [item.id for item in band.items]
        assert len(shown) == len(set(shown))


@pytest.mark.parametrize("names", list(NAME_SETS))
def test_errors_go_back_from_the_last_layer_to_the_first(scenario: Compiled, names: str) -> None:
    program = scenario.renamed(names).training.program(1)
    layers = [
        layer
        for band in bands(program)
        for layer in {program.values[identity].layer for identity in band.steps if is_delta(program, identity)}
    ]
    in_order = [layer for layer, _ in groupby(layers)]
    numbers = [int(layer.removeprefix("layer")) for layer in in_order if layer != "loss"]
    assert numbers == sorted(numbers, reverse=True)


def is_delta(program: Program, identity: str) -> bool:
    value = program.values[identity]
    return not isinstance(value, Variable) and value.phase == "deltas"


@pytest.mark.parametrize("names", list(NAME_SETS))
def test_a_sign_stands_between_what_it_joins(scenario: Compiled, names: str) -> None:
    """An item with a sign is an operand or the result of the step it belongs to; the one before it is an operand."""
    program = scenario.renamed(names).training.program(1)
    for band in bands(program):
        for before, item in zip(band.items, band.items[1:], strict=False):
            if not item.sign:
                continue
            step = program.values[item.step]
            assert not isinstance(step, Variable)
            assert before.id in step.inputs.values()
            assert item.id in {step.id, *step.inputs.values()}


@pytest.mark.parametrize("name", ["xor", "two-layer", "max-pooling", "dropout", "rnn-counts", "embedding"])
def test_an_equation_alone_calls_its_layer_as_the_sheet_does(name: str) -> None:
    program = shipped(name).training.program(1)
    headings = {step: band.title for band in bands(program) for step in band.steps}
    told = 0
    for step in program.steps:
        if step.phase not in ("forward", "error", "deltas") or not step.layer.startswith("layer"):
            continue
        (heading,) = alone(program, step.id, Room(98, 26)).headings
        layer = heading.band.title.partition(" · ")[2]
        on_sheet = headings[step.id].partition(" · ")[2].partition(" · ")[0]
        assert on_sheet in (layer, f"ERROR AT {layer.replace(' LAYER', '')}"), step.name
        told += 1
    assert told > 5
