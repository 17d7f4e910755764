"""Header and footer give up what matters least, and nothing by halves."""

from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.renderables.footer import Hint, footer
from nnstep.tui.renderables.title import TitlePart, title
from nnstep.tui.theme import Palette
from tests.tui.renderables.conftest import Exact, Roles

HINTS = [Hint("Space", "next"), Hint("←", "back"), Hint("]", "phase"), Hint("?", "help", keep=True), Hint("q", "quit")]
LEFT = [
    TitlePart("nnstep", role="brand"),
    TitlePart("spreadsheet.yaml", role="name", priority=2, group=1),
    TitlePart("12", "epoch", group=2),
    TitlePart("8/14", "step", group=2),
    TitlePart("5/9", "cell", priority=3, group=2),
    TitlePart("0.1619", "loss", priority=1, role="ok", group=2),
]
RIGHT = [TitlePart("● PRESENTING", role="ok", priority=4), TitlePart("23 following", role="ok", priority=5)]


def test_hints(every_palette: Palette) -> None:
    assert footer(HINTS, 60, every_palette).text == (" Space next   ← back   ] phase   ? help   q quit".ljust(60))


def test_the_last_hints_go_first_and_whole(mono: Palette) -> None:
    assert footer(HINTS, 47, mono).text.rstrip() == " Space next   ← back   ] phase   ? help"
    assert footer(HINTS, 30, mono).text.rstrip() == " Space next   ← back   ? help"
    assert footer(HINTS, 8, mono).text.rstrip() == " ? help"
    assert footer(HINTS, 5, mono).text == "     "


def test_hints_have_their_roles(colours: Palette, roles: Roles) -> None:
    assert roles(footer(HINTS[:1], 20, colours), colours.bar) == [("Space", "heading_active"), (" next", "dim")]


def test_the_whole_title(every_palette: Palette) -> None:
    assert title(LEFT, RIGHT, 110, every_palette).text == (
        " nnstep │ spreadsheet.yaml │ epoch 12  step 8/14  cell 5/9  loss 0.1619".ljust(83)
        + "● PRESENTING  23 following "
    )


def test_a_narrow_title_gives_up_what_matters_least(mono: Palette) -> None:
    shown = {width: title(LEFT, RIGHT, width, mono).text.rstrip() for width in (80, 72, 60, 50, 42, 20)}
    assert shown == {
        80: " nnstep │ spreadshe… │ epoch 12  step 8/14  cell 5/9  loss 0.1619  ● PRESENTING",
        72: " nnstep │ spreadsheet.yaml │ epoch 12  step 8/14  cell 5/9  loss 0.1619",
        60: " nnstep │ spreadsheet.ya… │ epoch 12  step 8/14  loss 0.1619",
        50: " nnstep │ epoch 12  step 8/14  loss 0.1619",
        42: " nnstep │ epoch 12  step 8/14  loss 0.1619",
        20: " nnstep │ epoch 12 …",
    }


def test_what_is_only_good_to_know_goes_before_the_name_is_cut(mono: Palette) -> None:
    left = [*LEFT[:2], TitlePart("4-3-1 sigmoid", priority=5, group=1), *LEFT[2:]]
    right = [TitlePart("0.1", "lr", priority=6), TitlePart("classic", "names", priority=7)]
    shown = {width: title(left, right, width, mono).text.rstrip() for width in (98, 80, 70)}
    assert shown == {
        98: " nnstep │ spreadsheet.yaml  4-3-1 sigmoid │ epoch 12  step 8/14  cell 5/9  loss 0.1619     lr 0.1",
        80: " nnstep │ spreadsheet.yaml │ epoch 12  step 8/14  cell 5/9  loss 0.1619  lr 0.1",
        70: " nnstep │ spreadsheet.ya… │ epoch 12  step 8/14  cell 5/9  loss 0.1619",
    }


def test_parts_have_their_roles(colours: Palette) -> None:
    styles = {segment.text: segment.style for segment in title(LEFT, RIGHT, 110, colours)}
    assert styles["nnstep"] == colours.bar + colours.key
    assert styles["epoch "] == colours.bar + colours.dim
    assert styles["0.1619"] == colours.bar + colours.ok
    assert styles["8/14"]
    assert styles["8/14"].bold


texts = st.text(max_size=20)
parts = st.lists(
    st.builds(
        TitlePart, texts, texts, st.integers(0, 3), st.sampled_from(["name", "value", "brand"]), st.integers(0, 2)
    ),
    max_size=6,
)


@given(parts, parts, st.integers(0, 120))
def test_any_title_fits(
    every_palette: Palette, exact: Exact, left: list[TitlePart], right: list[TitlePart], width: int
) -> None:
    exact([title(left, right, width, every_palette)], width)


@given(st.lists(st.builds(Hint, texts, texts, st.booleans()), max_size=8), st.integers(0, 100))
def test_any_footer_fits(every_palette: Palette, exact: Exact, hints: list[Hint], width: int) -> None:
    exact([footer(hints, width, every_palette)], width)
