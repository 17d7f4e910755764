"""An answer as lines: exact in every size, the trail cut from the left, and every line knows its row."""

import pytest

from nnstep.engine.cell import Cell
from nnstep.explain.answers import Answer, Lead, where_from
from nnstep.explain.places import CellPlace
from nnstep.explain.words import Word, sentence
from nnstep.tui.renderables.trail import BACK, AnswerPage, answer_page, trail_line
from nnstep.tui.theme import Palette
from tests.explain.walks import view_of

from .conftest import Exact, Show

PLACE = CellPlace(1, Cell("loss", ()))


def page(rows: int, chosen: int = 0, trail: tuple[str, ...] = ("loss", "E[1,0]", "output[1,0]")) -> AnswerPage:
    leads = tuple(Lead(PLACE, f"wh[{n},0]", f"0.{n:04}", sentence(f"adds {n}")) for n in range(rows))
    told = (sentence("output[1,0] = σ(z[1,0]) = 0.79"),)
    return AnswerPage(
        "where from", trail, Answer(told, leads, sentence("and 5 more = 0.16"), (sentence("why"),)), chosen
    )


@pytest.mark.parametrize("rows", [0, 1, 5, 30])
@pytest.mark.parametrize("size", [(20, 3), (58, 8), (78, 8), (118, 12), (198, 14)])
def test_every_line_is_exact(rows: int, size: tuple[int, int], every_palette: Palette, exact: Exact) -> None:
    width, height = size
    for chosen in {BACK, 0, rows - 1}:
        lines, owners = answer_page(page(rows, chosen), width, height, every_palette)
        assert len(lines) == len(owners) == height
        exact(lines, width)


def test_rows_have_digits_numbers_and_what_they_add(colours: Palette, show: Show) -> None:
    lines, owners = answer_page(page(3), 60, 8, colours)
    assert show(lines).splitlines()[1:7] == [
        "output[1,0] = σ(z[1,0]) = 0.79",
        "▶1 wh[0,0]  0.0000   adds 0",
        " 2 wh[1,0]  0.0001   adds 1",
        " 3 wh[2,0]  0.0002   adds 2",
        "and 5 more = 0.16",
        "why",
    ]
    assert owners == [BACK, None, 0, 1, 2, None, None, None]


def test_the_chosen_row_is_always_seen(colours: Palette, show: Show) -> None:
    for chosen in range(30):
        lines, owners = answer_page(page(30, chosen), 60, 7, colours)
        assert chosen in owners
        assert f"wh[{chosen},0]" in show([lines[owners.index(chosen)]])
        assert show(lines).count("▶") == 1


def test_only_nine_rows_have_digits(colours: Palette, show: Show) -> None:
    lines, _ = answer_page(page(12), 60, 16, colours)
    assert show(lines).splitlines()[2:14][8:] == [
        " 9 wh[8,0]   0.0008   adds 8",
        "   wh[9,0]   0.0009   adds 9",
        "   wh[10,0]  0.0010   adds 10",
        "   wh[11,0]  0.0011   adds 11",
    ]


def test_a_long_row_says_all_of_it_where_there_is_room_and_where_it_is_chosen(colours: Palette, show: Show) -> None:
    long = " ".join(["word"] * 30)
    leads = tuple(Lead(PLACE, f"a[{n}]", "", sentence(long)) for n in range(3))
    roomy, _ = answer_page(AnswerPage("t", ("a",), Answer((), leads)), 90, 10, colours)
    assert show(roomy).count("word") == 90
    tight, owners = answer_page(AnswerPage("t", ("a",), Answer((), leads), 1), 90, 5, colours)
    assert owners == [BACK, 0, 1, 1, 2]
    assert show([line for line, owner in zip(tight, owners, strict=True) if owner == 1]).count("word") == 30


def test_one_long_row_takes_the_room_there_is(colours: Palette, show: Show) -> None:
    leads = (Lead(PLACE, "loss", "0.3541", sentence(" ".join(["word"] * 60))),)
    shown, _ = answer_page(AnswerPage("t", ("a",), Answer((), leads, sentence("and more"))), 78, 8, colours)
    assert show(shown).count("word") == 60
    assert "…" not in show(shown)


@pytest.mark.parametrize("chosen", range(6))
def test_names_are_whole_and_what_is_out_of_sight_is_counted(chosen: int, colours: Palette, show: Show) -> None:
    leads = tuple(Lead(PLACE, f"d{'a' * 40}/{n}", "0.1663", sentence(f"source[{n},0], step 6")) for n in range(6))
    shown, owners = answer_page(
        AnswerPage("chain rule", ("a",), Answer((sentence("told"),), leads, sentence("rest")), chosen), 60, 8, colours
    )
    text = show(shown)
    seen = sorted({owner for owner in owners if owner is not None and owner >= 0})
    assert [n for n in range(6) if f"/{n}" in text] == seen
    assert f"source[{chosen},0], step 6" in text
    assert text.count("source") == 1
    above, below = seen[0], 5 - seen[-1]
    assert (f"↑ {above} more" in text) == bool(above)
    assert (f"↓ {below} more" in text) == bool(below)


def test_what_is_cut_does_not_end_in_a_comma(colours: Palette, show: Show) -> None:
    leads = tuple(Lead(PLACE, f"a[{n}]", "0.1", sentence("slope_output[0,0], step 1000")) for n in range(5))
    shown, _ = answer_page(AnswerPage("t", ("a",), Answer((), leads)), 37, 6, colours)
    assert "slope_output[0,0] …" in show(shown)
    assert ", …" not in show(shown)


@pytest.mark.parametrize("width", [20, 30, 45, 60, 90])
def test_a_trail_is_cut_from_the_left(width: int, colours: Palette, show: Show, exact: Exact) -> None:
    trail = ("loss", "E[1,0]", "output[1,0]", "hiddenlayer_activations[1,2]")
    line = trail_line(page(1, trail=trail), width, colours)
    exact([line], width)
    text = show([line])
    shown = [name for name in trail if name in text]
    assert shown == list(trail[len(trail) - len(shown) :])
    if width >= 60:
        assert shown[-1] == trail[-1]
        assert ("…" in text) == (len(shown) < len(trail))


def test_the_way_back_is_offered_where_there_is_one(every_palette: Palette, show: Show) -> None:
    assert "0 back" in show([trail_line(page(1), 80, every_palette)])
    assert "▶0 back" in show([trail_line(page(1, BACK), 80, every_palette)])
    assert "back" not in show([trail_line(page(1, trail=("loss",)), 80, every_palette)])


def test_a_real_answer_fits_a_small_terminal(mono: Palette, show: Show) -> None:
    view = view_of("digits")
    cell = Cell("layer2.pre_activation", (0, 1))
    lines, _ = answer_page(AnswerPage("where from", ("x",), where_from(view, cell)), 78, 8, mono)
    text = show(lines).splitlines()
    assert text[1].startswith("output_layer_input[0,1] = Σ[i] ")
    assert text[-1].startswith("the 9 largest of 65 terms; the other 56 add ")
    assert sum(line.startswith((" ", "▶")) and line[1:2].isdecimal() for line in text) >= 3


def test_roles_of_what_is_told_are_kept(colours: Palette) -> None:
    told = (Word("E", "written"), Word(" = ", "operator"), Word("0.2", "read"))
    lines, _ = answer_page(AnswerPage("t", ("E",), Answer((told,))), 40, 3, colours)
    styles = {segment.text.strip(): segment.style for segment in lines[1]}
    assert styles["E"] == colours.panel + colours.name_written
    assert styles["0.2"] == colours.panel + colours.number_read
