"""From a view to what each widget shows: the title, the curve, the formula bar, the footer, and typed places."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.catalog.names import NAME_SETS
from nnstep.engine.cell import Cell
from nnstep.errors import NnstepError
from nnstep.session import Session
from nnstep.tui.actions import ACTIONS
from nnstep.tui.screens import contents
from tests.helpers.files import TOO_FAST
from tests.tui.driving import compiled, shipped
from tests.tui.networks import sessions
from tests.tui.scenarios import BATCHES, DEEP


def said(session: Session, running: str = "") -> dict[str, str]:
    """Return what the title says under each label."""
    content = contents.title(session.view(), running)
    return {part.label: part.value for part in (*content.left, *content.right) if part.label}


def rows(session: Session, speak: str = "words", width: int = 120) -> list[str]:
    found = contents.story(session.view(), 2, speak, width)  # type: ignore[arg-type]
    return ["".join(text for text, _ in row) for row in found]


# ---- the title


def test_the_title_says_where_we_are() -> None:
    session = Session(shipped("spreadsheet"))
    assert said(session) == {"epoch": "1", "step": "0/18", "lr": "0.1", "names": "classic"}
    session.go(3, 4)
    session.next_cell()
    view = session.view()
    assert said(session) == {
        "epoch": "3",
        "step": "5/18",
        "cell": "1/3",
        "loss": f"{float(view.values['loss']):.4f}",
        "lr": "0.1",
        "names": "classic",
    }
    # Until the forward pass is done the loss that is known is that of the iteration before.
    before = f"{float(session.history.values(2)['loss']):.4f}"
    session.go(3, 2)
    assert said(session)["loss was"] == before
    assert "loss" not in said(session)


def test_the_title_says_which_batch_and_which_sample() -> None:
    session = Session(compiled(BATCHES))
    session.go(6, 1)
    assert said(session)["epoch"] == "2"
    assert said(session)["batch"] == "3/3"
    assert "sample" not in said(session)
    digits = Session(shipped("digits"))
    digits.choose_sample(-1)
    assert said(digits)["sample"] == "1436 of 1437"


@pytest.mark.parametrize(("loss", "text"), [(0.35413, "0.3541"), (0.0, "0"), (0.000123456, "1.235e-4")])
def test_a_small_loss_is_never_a_false_zero(loss: float, text: str) -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 5)
    view = session.view()
    content = contents.title(replace(view, values={**view.values, "loss": np.array(loss)}), "")
    assert [part.value for part in content.left if part.label == "loss"] == [text]


def test_a_loss_that_is_no_number_says_so() -> None:
    session = Session(compiled(TOO_FAST))
    for _ in session.fast_forward(500):
        pass
    assert said(session)["loss"] in ("inf", "nan")


# ---- steps and curve


@given(sessions(widest=4, deepest=3, most=5))
def test_the_steps_are_those_of_the_program(session: Session) -> None:
    content = contents.progress(session.view())
    assert [entry.name for entry in content.entries] == [step.name for step in session.program.steps]
    assert [entry.number for entry in content.entries] == list(range(1, len(session.program.steps) + 1))
    assert content.current == session.position.step - 1
    assert len(content.epochs) == len(content.losses)
    if session.position.step:
        assert content.entries[content.current].phase == content.phase


def test_each_point_of_the_curve_is_at_its_epoch() -> None:
    session = Session(compiled(BATCHES))
    session.go(8, 1)
    content = contents.progress(session.view())
    # Three batches an epoch; the loss of the eighth iteration is not known yet.
    assert list(content.epochs) == [1, 1, 1, 2, 2, 2, 3]
    for iteration, loss in enumerate(content.losses, start=1):
        assert loss == float(session.history.values(iteration)["loss"])


# ---- the formula bar


def test_before_the_first_step_it_says_what_to_look_for_and_what_to_press() -> None:
    title, note, press, *_ = rows(Session(shipped("spot-the-mistake-1")))
    assert title.startswith("Spot the mistake, 1")
    assert note.startswith("Something in here is wrong. Press c")
    assert "Space" in press


def test_what_the_numbers_why_and_the_shapes() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 9)
    # d_output[0,0] = 0.2107 · 0.1663, as published: 0.0350; times 0.3 is 0.0105.
    assert rows(session)[:2] == [
        "Error_at_hidden_layer = d_output · woutᵀ",
        "Error_at_hidden_layer[0,0] = 0.0350·0.3000 = 0.0105",
    ]
    assert rows(session)[2] == str(session.compiled.scenario.model.notes["Error_at_hidden_layer"]).replace("`", "")
    assert "d_output 3×1 · wout 3×1ᵀ → Error_at_hidden_layer 3×3" in rows(session)[3]
    assert rows(session, "numpy")[0] == "Error_at_hidden_layer = d_output @ wout.T"


def test_what_it_was_before() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(2, 4)
    before = session.history.values(1)["layer2.output"][0, 0]
    assert rows(session)[1].endswith(f"was {before:.4f}")


def test_what_is_read_is_what_the_numbers_say() -> None:
    session = Session(shipped("spreadsheet"))
    session.go(1, 1)
    session.place_cursor(Cell("layer1.pre_activation", (1, 2)))
    reads = contents.reads(session.view())
    assert {name: {tuple(cell) for cell in cells.tolist()} for name, cells in reads.items() if len(cells)} == {
        "inputs": {(1, i) for i in range(4)},
        "layer1.weights": {(i, 2) for i in range(4)},
        "layer1.bias": {(2,)},
    }


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("names", NAME_SETS)
def test_a_long_sum_says_in_two_lines_what_its_other_terms_come_to(width: int, names: str) -> None:
    session = Session(shipped("digits"))
    session.rename(names)
    session.go(1, len(session.program.steps))
    session.place_cursor(Cell("layer2.weights.grad", (3, 4)))
    told = next(row for row in rows(session, width=width) if " more " in row)
    assert 0 < told.count("·") <= 8
    assert len(told) <= 2 * width - 20  # lines break between numbers


def test_a_warning_comes_first() -> None:
    session = Session(compiled(TOO_FAST))
    for _ in session.fast_forward(500):
        pass
    found = contents.story(session.view(), 2, "words", 120)
    assert {role for _, role in found[0]} == {"warning"}


def test_an_error_is_told_with_what_to_try() -> None:
    told = contents.complaint(NnstepError("there is no step 99", hint="an iteration has 18"))
    assert [[text for text, _ in row] for row in told] == [["there is no step 99"], ["an iteration has 18"]]
    assert len(contents.complaint(NnstepError("no"))) == 1


# ---- the footer


def test_the_footer_has_the_hints_of_the_table_in_their_order() -> None:
    hints = contents.hints()
    numbers = [next(a.hint for a in ACTIONS if (a.shown, a.label) == (hint.key, hint.label)) for hint in hints]
    ordered = [number for number, hint in zip(numbers, hints, strict=True) if not hint.keep]
    assert ordered == sorted(ordered)
    assert [hint.label for hint in hints if hint.keep] == ["help", "quit"]
    assert all(hint.keep for hint in hints[-2:])
    assert len(hints) == sum(1 for action in ACTIONS if action.hint)


# ---- what is known of the data


def test_small_whole_numbers_are_known() -> None:
    assert contents.whole_values(Session(shipped("xor")).view()) == {"inputs", "targets"}
    assert contents.whole_values(Session(shipped("digits")).view()) == {"targets"}
    assert contents.whole_values(Session(compiled(BATCHES)).view()) == frozenset()


def test_pictures_and_chances_are_known() -> None:
    digits = Session(shipped("digits")).view()
    assert contents.image_of(digits) == (8, 8)
    assert contents.bars_of(digits) == {"layer2.output"}
    xor = Session(shipped("xor")).view()
    assert contents.image_of(xor) == ()
    assert contents.bars_of(xor) == frozenset()
    assert contents.bars_of(Session(compiled(DEEP)).view()) == {"layer5.output"}


# ---- places and names


@given(sessions(widest=3, deepest=2, most=4))
def test_a_place_that_is_written_is_read_back(session: Session) -> None:
    view = session.view()
    assert contents.read_place(contents.place_text(view), session) == (view.position.iteration, view.position.step)


@given(st.integers(1, 40), st.data())
def test_a_place_in_batches_is_read_back(iteration: int, data: st.DataObject) -> None:
    session = Session(compiled(BATCHES))
    session.go(iteration, data.draw(st.integers(0, len(session.program.steps))))
    view = session.view()
    written = contents.place_text(view)
    assert written == f"{view.epoch}.{view.batch}:{view.position.step}"
    assert contents.read_place(written, session) == (view.position.iteration, view.position.step)


def typed(text: str, session: Session) -> tuple[int, int] | NnstepError:
    """Return what comes of a place that is typed."""
    try:
        return contents.read_place(text, session)
    except NnstepError as error:
        return error


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_place_or_one_clear_error(text: str) -> None:
    session = Session(shipped("xor"))
    found = typed(text, session)
    if isinstance(found, NnstepError):
        assert found.what
        assert "\n" not in found.what
    else:
        iteration, step = found
        assert iteration >= 1
        assert 0 <= step <= len(session.program.steps)


def test_the_name_sets_come_round() -> None:
    names, seen = "classic", []
    for _ in NAME_SETS:
        names = contents.next_names(names)
        seen.append(names)
    assert sorted(seen) == sorted(NAME_SETS)
    assert names == "classic"


def test_the_same_view_is_the_same_content() -> None:
    """What has not changed is not painted again, so contents must compare by value."""
    session = Session(shipped("spreadsheet"))
    session.go(2, 7)
    one, other = session.view(), session.view()
    assert contents.title(one, "") == contents.title(other, "")
    assert contents.progress(one) == contents.progress(other)
    assert contents.story(one, 2, "words", 120) == contents.story(other, 2, "words", 120)
    assert np.array_equal(one.values["loss"], other.values["loss"])
