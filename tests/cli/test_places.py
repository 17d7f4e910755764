"""Places and values as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.commands.opening import open_scenario
from nnstep.engine.cell import Cell
from nnstep.engine.training import Training
from nnstep.errors import NnstepError
from nnstep.explain.places import Place, read_cell, read_place, read_step, read_value
from nnstep.scenario.compile import Compiled
from nnstep.session import Session, View

from .conftest import BATCHES, XOR


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Compiled]:
    folder = tmp_path_factory.mktemp("places")
    found = {}
    for name, text in (("xor", XOR), ("batches", BATCHES)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        found[name] = open_scenario(str(folder / f"{name}.yaml"))
    return found


@pytest.fixture
def xor(compiled: dict[str, Compiled]) -> Training:
    return compiled["xor"].training


@pytest.fixture
def view(compiled: dict[str, Compiled]) -> View:
    session = Session(compiled["xor"])
    session.go(1, len(session.program.steps))
    return session.view()


@pytest.fixture
def batches(compiled: dict[str, Compiled]) -> Training:
    return compiled["batches"].training


@pytest.mark.parametrize(
    ("text", "iteration", "step"),
    [
        ("1:0", 1, 0),
        ("1:first", 1, 1),
        ("1:last", 1, 21),
        ("12:7", 12, 7),
        ("12", 12, 21),
        ("3:layer1.output", 3, 3),
        ("3:a1", 3, 3),
        ("3:ŷ", 3, 6),
        (" 3 : a1 ", 3, 3),
        ("3.1:2", 3, 2),
        ("3.last:2", 3, 2),
        ("1:W2", 1, 18),
    ],
)
def test_a_place_without_batches(xor: Training, text: str, iteration: int, step: int) -> None:
    assert read_place(text, xor) == Place(iteration, step)


@pytest.mark.parametrize(
    ("text", "iteration"), [("1:1", 1), ("1.3:1", 3), ("2:1", 4), ("2.2:1", 5), ("2.last:1", 6), ("20.3:1", 60)]
)
def test_a_place_with_three_batches_an_epoch(batches: Training, text: str, iteration: int) -> None:
    assert read_place(text, batches).iteration == iteration


@pytest.mark.parametrize(
    "text", ["", ":", ":3", "a:1", "-1:2", "1.:2", "1.x:2", "1.4:1", "1.0:1", "1:", "1:-1", "1e3:1", "١:1"]
)
def test_what_is_no_place_is_told_as_a_mistake(batches: Training, text: str) -> None:
    with pytest.raises(NnstepError) as error:
        read_place(text, batches)
    assert error.value.hint


@given(st.text())
def test_any_text_is_a_place_or_a_mistake_for_people(compiled: dict[str, Compiled], text: str) -> None:
    program, view = compiled["xor"].training.program(1), Session(compiled["xor"]).view()
    for read in (
        lambda: read_place(text, compiled["xor"].training),
        lambda: read_step(text, program),
        lambda: read_value(text, program),
        lambda: read_cell(text, view),
    ):
        told = ""
        try:
            read()
        except NnstepError as error:
            told = str(error)
        assert "\x1b" not in told


def test_of_two_values_with_one_name_the_later_is_meant_once_it_is_there(xor: Training) -> None:
    program = xor.program(1)
    assert read_value("W1", program) == "layer1.weights.next"
    assert read_value("W1", program, done=5) == "layer1.weights"
    assert read_value("W1", program, done=21) == "layer1.weights.next"
    assert read_value("a1", program, done=0) == "layer1.output"
    assert read_value("layer1.weights", program) == "layer1.weights"
    assert read_value("3", program) == "layer1.output"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a1[2,1]", Cell("layer1.output", (2, 1))),
        ("layer1.output[ 2 , 1 ]", Cell("layer1.output", (2, 1))),
        ("a1", Cell("layer1.output", (0, 0))),
        ("layer1.bias[1]", Cell("layer1.bias", (1,))),
        ("layer1.bias[0,1]", Cell("layer1.bias", (1,))),  # it is shown as a row
        ("L", Cell("loss", ())),
        ("L[0,0]", Cell("loss", ())),
    ],
)
def test_a_cell(view: View, text: str, cell: Cell) -> None:
    assert read_cell(text, view) == cell


@pytest.mark.parametrize(
    "text", ["a1[4,0]", "a1[0,2]", "a1[0]", "a1[0,0,0]", "layer1.bias[1,0]", "a1[0,0", "a1[x,y]", "b9[0]"]
)
def test_no_cell(view: View, text: str) -> None:
    with pytest.raises(NnstepError) as error:
        read_cell(text, view)
    assert error.value.hint


@pytest.mark.parametrize("text", ["9" * 5000, "1:" + "9" * 5000, "9" * 5000 + ":1", "1." + "9" * 5000 + ":1"])
@pytest.mark.parametrize("here", [0, 2])
def test_thousands_of_digits_are_no_place(xor: Training, text: str, here: int) -> None:
    with pytest.raises(NnstepError):
        read_place(text, xor, here=here)
    with pytest.raises(NnstepError):
        read_value("9" * 5000, xor.program(1))


def test_where_we_are_a_step_alone_is_one_of_this_iteration(xor: Training) -> None:
    assert read_place(":3", xor, here=7) == read_place(" : 3 ", xor, here=7) == Place(7, 3)
    assert read_place(":a1", xor, here=7) == read_place("a1", xor, here=7) == Place(7, 3)
    assert read_place("layer1.output", xor, here=7) == read_place("7:layer1.output", xor)
    assert read_place("12:3", xor, here=7) == Place(12, 3)
    assert read_place("12", xor, here=7) == read_place("12", xor) == Place(12, 21)


@pytest.mark.parametrize("here", [0, 7])
def test_a_colon_with_nothing_behind_it_is_told_what_belongs_there(xor: Training, here: int) -> None:
    with pytest.raises(NnstepError) as error:
        read_place("3:", xor, here=here)
    assert error.value.what == "'3:' names no step"
    assert error.value.hint == "write 3:last, 3:7 or 3:output; 3 alone is its end"
