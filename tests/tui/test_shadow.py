"""What the shadow sends makes the same screen as Textual's own bytes do, whatever comes after whatever."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from wcwidth import wcwidth

from nnstep.tui.sgr import BARE, cells_of, change, is_unsafe, look_of
from nnstep.tui.shadow import Shadow
from tests.helpers.terminal import Cell, Display, as_seen

pytestmark = pytest.mark.deep

WIDTH, HEIGHT = 20, 4
CUT = 8  # where the left widget ends and the right one begins
SYSTEM = ColorSystem.TRUECOLOR

STYLES = [
    Style.parse(text)
    for text in (
        "none",
        "bold",
        "bold underline yellow",
        "reverse",
        "italic strike",
        "#112233 on #445566",
        "on red",
        "bold red on default",
        "underline on #445566",
        "#112233 on #112233",
        "#445566 on #112233",
        "red on blue",
        "blue on red",
        "bright_red on bright_blue",
        "bright_blue on bright_red",
        "color(200) on color(20)",
    )
]

texts = st.text(alphabet="a δ重界▀▄", min_size=1, max_size=9)
segments = st.lists(st.builds(Segment, texts, st.sampled_from(STYLES), st.none()), max_size=4)


def strips(width: int) -> st.SearchStrategy[Strip]:
    return segments.map(lambda drawn: Strip(drawn).adjust_cell_length(width, STYLES[0]))


rows = st.lists(st.tuples(strips(CUT), strips(WIDTH - CUT)), min_size=HEIGHT, max_size=HEIGHT)
spans = st.lists(
    st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(1, WIDTH)).filter(
        lambda s: s[1] < s[2]
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda span: span[0],
).map(sorted)


@st.composite
def updates(draw: st.DrawFn) -> LayoutUpdate | ChopsUpdate:
    drawn = draw(rows)
    if draw(st.booleans()):
        return LayoutUpdate(list(drawn), Region(0, 0, WIDTH, HEIGHT))
    chops = [{0: left, CUT: right} for left, right in drawn]
    return ChopsUpdate(chops, draw(spans), [[CUT, WIDTH]] * HEIGHT)


def painted(display: Display) -> list[list[Cell]]:
    """Return the cells as a terminal has them: it blanks the half that is left of a wide character, pyte does not."""
    rows = display.cells()
    for row in rows:
        for x, (one, other) in enumerate(pairwise(row)):
            if (wcwidth(one.glyph or " ") == 2) != (other.glyph == ""):
                half = x if other.glyph else x + 1
                row[half] = as_seen(row[half]._replace(glyph=" "))
    return rows


def take(shadow: Shadow, update: LayoutUpdate | ChopsUpdate) -> None:
    if isinstance(update, LayoutUpdate):
        shadow.take_layout(update)
    else:
        shadow.take_chops(update)


def displays() -> tuple[Display, Display]:
    pair = Display(WIDTH, HEIGHT), Display(WIDTH, HEIGHT)
    for display in pair:
        display.feed(b"\x1b[?7l")
    return pair


def new_shadow() -> Shadow:
    shadow = Shadow()
    shadow.reset(WIDTH, HEIGHT, SYSTEM)
    return shadow


@settings(max_examples=80)
@given(
    rows, st.lists(st.tuples(updates(), st.booleans()), max_size=6), st.tuples(st.integers(0, 19), st.integers(0, 3))
)
def test_any_frames_paint_what_textual_paints(
    first: list[tuple[Strip, Strip]], later: list[tuple[LayoutUpdate | ChopsUpdate, bool]], cursor: tuple[int, int]
) -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    shadow = new_shadow()
    mine, plain = displays()
    whole = LayoutUpdate(list(first), Region(0, 0, WIDTH, HEIGHT))
    for update, is_sent in [(whole, True), *later, (whole, True)]:
        take(shadow, update)
        plain.feed(update.render_segments(console).encode())
        # A frame that gives way is made up for by the next one that does not.
        if is_sent:
            frame = shadow.difference(cursor)
            mine.feed(frame.encode())
            assert painted(mine) == painted(plain)
            assert not frame or (mine.screen.cursor.x, mine.screen.cursor.y) == cursor
            assert mine.screen.cursor.attrs == Display(1, 1).screen.cursor.attrs


def test_a_wide_character_in_the_place_of_another_takes_two_cells() -> None:
    shadow = new_shadow()
    mine, _ = displays()
    for text in ("重a", "界b"):
        shadow.take_layout(LayoutUpdate([[Strip([Segment(text, STYLES[0])])]], Region(0, 0, 3, 1)))
        mine.feed(shadow.difference().encode())
    assert mine.text().startswith("界b")


@given(rows)
def test_the_same_screen_again_is_no_bytes(drawn: list[tuple[Strip, Strip]]) -> None:
    shadow = new_shadow()
    shadow.take_layout(LayoutUpdate(list(drawn), Region(0, 0, WIDTH, HEIGHT)))
    shadow.difference()
    shadow.take_layout(
        LayoutUpdate([[Strip(list(strip)) for strip in row] for row in drawn], Region(0, 0, WIDTH, HEIGHT))
    )
    assert shadow.difference() == ""


def test_after_forgetting_the_next_difference_is_the_whole_screen() -> None:
    shadow = new_shadow()
    update = LayoutUpdate([[Strip([Segment("x" * WIDTH, STYLES[2])])]] * HEIGHT, Region(0, 0, WIDTH, HEIGHT))
    shadow.take_layout(update)
    whole = shadow.difference()
    shadow.forget()
    assert shadow.difference() == whole


def test_a_cell_of_no_width_to_us_is_not_trusted_to_have_none_in_the_terminal() -> None:
    shadow = new_shadow()
    shadow.take_layout(
        LayoutUpdate([[Strip([Segment("a世b", STYLES[0]), Segment("c", STYLES[1])])]], Region(0, 0, 5, 1))
    )
    frame = shadow.difference()
    # After the wide character the place of `c` is said outright.
    assert "\x1b[1;5H" in frame


@given(st.sampled_from(STYLES), st.sampled_from(STYLES), st.sampled_from([SYSTEM, ColorSystem.STANDARD]))
def test_a_change_of_look_gives_the_look_and_is_no_longer_than_starting_afresh(
    old: Style, new: Style, system: ColorSystem
) -> None:
    one, other = look_of(old, system), look_of(new, system)
    changed, afresh = Display(2, 1), Display(2, 1)
    changed.feed((change(BARE, one) + change(one, other) + "x").encode())
    afresh.feed((change(BARE, other) + "x").encode())
    assert changed.screen.buffer[0][0] == afresh.screen.buffer[0][0]
    assert len(change(one, other)) <= len("\x1b[m" + change(BARE, other))


def test_bold_ends_without_ending_dim() -> None:
    looks = [look_of(Style.parse(text), SYSTEM) for text in ("bold dim #112233", "dim #112233")]
    assert change(*looks) == "\x1b[22;2m"


def test_links_and_metadata_are_no_part_of_a_look() -> None:
    linked = Style.parse("bold link https://example.org") + Style.from_meta({"@click": "quit"})
    assert look_of(linked, SYSTEM) == look_of(Style.parse("bold"), SYSTEM)


@given(st.text(max_size=30))
def test_no_text_becomes_a_command_to_the_terminal(text: str) -> None:
    assert not [character for character in "".join(cells_of(text)) if is_unsafe(character)]


def test_cells_of_wide_and_joined_characters() -> None:
    assert cells_of("a世e\u0301b") == ("a", "世", "", "e\u0301", "b")
    assert cells_of("\x1b]52;c;x\x07\x9b1m\u202e\ud800") == tuple("]52;c;x1m")
