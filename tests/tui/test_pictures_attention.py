"""The picture of attention: who looks at whom is what the softmax says, and what the mask shuts is seen to be shut."""

import numpy as np
import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.pictures.attention import Attention, attention_facts
from nnstep.explain.pictures.seen import Seen
from nnstep.explain.pictures.table import pictures_for
from nnstep.session import Session
from nnstep.tui.renderables.pictures.large import LINES, can_be_large, large, large_width
from nnstep.tui.renderables.pictures.picture import Page
from nnstep.tui.renderables.pictures.registry import PICTURES
from nnstep.tui.theme import Mode, palette
from tests.tui.driving import compiled, shipped

CAUSAL = """\
title: Looking back
names: math
seed: 3
data:
  inputs: [[[1, 0], [0, 1], [1, 1]], [[0, 0], [1, 0], [0, 1]]]
  targets: [[[1, 0], [0, 1], [1, 1]], [[0, 0], [1, 0], [0, 1]]]
network:
  - {layer: attention, size: 3, causal: true}
  - {layer: attention, size: 2}
loss: half_sse
optimizer: {name: gd, learning_rate: 0.1}
"""
SIZE = (78, 18)


def facts(session: Session) -> Attention:
    found = attention_facts(Seen(session.view(), *SIZE, session.history.at_hand), None)
    assert isinstance(found, Attention)
    return found


def text(session: Session, mode: Mode = "none", size: tuple[int, int] = SIZE, *, is_large: bool = False) -> str:
    seen = Seen(session.view(), *size, session.history.at_hand)
    picture = PICTURES["attention"]
    strips = picture.paint(picture.facts(seen, None), Page(*size, palette(mode), is_large=is_large))
    return "\n".join(strip.text.rstrip() for strip in strips)


def test_it_is_there_where_something_attends() -> None:
    assert "attention" in pictures_for(shipped("attention-copies"))
    # A softmax over classes is no attention.
    assert "attention" not in pictures_for(shipped("digits"))


def test_a_row_is_what_the_softmax_makes_of_the_scores() -> None:
    session = Session(shipped("attention-copies"))
    session.go(2, 5)
    session.choose_sample(1)
    at, head = session.view().values, facts(session).heads[0]
    x = at["inputs"][1]
    scores = (x @ at["layer1.query_weights"]) @ (x @ at["layer1.key_weights"]).T / np.sqrt(2)
    sizes = np.exp(scores)
    assert head.beside.values == pytest.approx(scores)
    assert head.weights.values == pytest.approx(sizes / sizes.sum(axis=1, keepdims=True))
    assert head.open.all()
    assert facts(session).times[0] == "0 1 1 0"


def test_a_mask_shuts_what_is_still_to_come() -> None:
    session = Session(compiled(CAUSAL))
    session.go(1, len([step for step in session.program.steps if step.phase == "forward"]))
    first, second = facts(session).heads
    assert first.open.tolist() == np.tri(3, dtype=bool).tolist()
    assert second.open.all()
    assert first.weights.values is not None
    assert first.weights.values[~first.open] == pytest.approx(0)
    shown = text(session)
    assert "layer 1" in shown
    assert "layer 2" in shown
    assert "╱╱" in shown


def test_what_the_step_makes_of_that_shape_stands_beside() -> None:
    session = Session(shipped("attention-copies"))
    numbers = session.program.order
    for step, name in (("layer1.attention.grad", "∂L/∂A1"), ("layer1.scores.grad", "∂L/∂S1"), ("layer1.output", "S1")):
        session.go(1, numbers[step])
        assert facts(session).heads[0].beside.name == name
        assert name in text(session)


def test_a_walk_shows_the_weights_that_are_there() -> None:
    session = Session(shipped("attention-copies"))
    session.go(1, 4)
    for _ in range(6):
        session.next_cell()
    weights = facts(session).heads[0].weights
    assert weights.values is not None
    assert np.isnan(weights.values).sum() == 16 - 6
    assert weights.told == (1, 1)


def test_the_told_weight_is_in_brackets() -> None:
    session = Session(shipped("attention-copies"))
    session.go(1, 5)
    session.place_cursor(Cell("layer1.attention", (0, 2, 1)))
    value = session.view().values["layer1.attention"][0, 2, 1]
    assert f"[{value:.2f}]" in text(session)


@pytest.mark.parametrize("width", [70, 74, 100])
def test_a_told_score_below_zero_has_both_brackets(width: int) -> None:
    session = Session(shipped("attention-copies"))
    session.go(1, 4)
    scores = session.view().values["layer1.scores"][0]  # (t, s)
    t, s = np.unravel_index(scores.argmin(), scores.shape)
    session.place_cursor(Cell("layer1.scores", (0, int(t), int(s))))
    assert f"[{scores[t, s]:.2f}]" in text(session, size=(width, 18))


def test_what_is_kept_back_is_not_shown() -> None:
    session = Session(shipped("attention-copies"))
    session.go(1, 5)
    view = session.view()
    kept = Seen(view.hiding({"layer1.attention": "numbers"}, view.story), *SIZE, session.history.at_hand)
    assert attention_facts(kept, None).heads[0].weights.values is None


@pytest.mark.parametrize("mode", ["256", "16", "none"])
@pytest.mark.parametrize("size", [(78, 18), (164, 52), (98, 24), (20, 6), (3, 2), (1, 1)], ids=str)
def test_it_fits_any_page(size: tuple[int, int], mode: Mode) -> None:
    for scenario in (shipped("attention-copies"), compiled(CAUSAL)):
        session = Session(scenario)
        for place in ((1, 0), (1, 5), (2, 12)):
            session.go(*place)
            for is_large in (False, True):
                lines = text(session, mode, size, is_large=is_large).split("\n")
                assert len(lines) == size[1]
                assert max(map(len, lines)) <= size[0]


@pytest.mark.parametrize("figures", ["0.1737", "-.81", "92.4%", "3e-4", "1e+12", "?", ""])
def test_large_figures_are_three_lines_of_one_width(figures: str) -> None:
    assert can_be_large(figures)
    lines = large(figures)
    assert len(lines) == LINES
    assert {len(line) for line in lines} == {large_width(figures)}


def test_no_two_large_figures_look_alike() -> None:
    every = "0123456789-+.%e? "
    assert len({large(one) for one in every}) == len(every)
    assert not can_be_large("inf")
