"""Where we are in one line."""

from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.renderables.progress import dots, dots_width, phase_strip, status_line
from nnstep.tui.renderables.steps import StepEntry
from nnstep.tui.theme import Palette
from tests.tui.renderables.conftest import Exact, Roles

PHASES = ["FORWARD", "ERROR", "DELTAS", "GRADIENTS", "UPDATE"]
ENTRIES = [
    StepEntry(place + 1, "x", phase) for place, phase in enumerate(["FORWARD"] * 4 + ["DELTAS"] * 6 + ["UPDATE"] * 4)
]


def test_dots(every_palette: Palette) -> None:
    assert dots_width(ENTRIES) == 16
    assert dots(ENTRIES, 7, 18, every_palette).text == "●●●●│●●●▶○○│○○○○  "
    assert dots(ENTRIES, -1, 16, every_palette).text == "○○○○│○○○○○○│○○○○"
    assert dots(ENTRIES, 14, 16, every_palette).text == "●●●●│●●●●●●│●●●●"


def test_dots_are_left_out_away_from_the_current_one(mono: Palette) -> None:
    assert dots(ENTRIES, 7, 9, mono).text == "…●●●▶○○│…"
    assert dots(ENTRIES, 0, 9, mono).text == "▶○○○│○○○…"
    assert dots(ENTRIES, 13, 9, mono).text == "…●●●│●●●▶"
    assert dots(ENTRIES, 14, 6, mono).text == "…│●●●●"
    assert dots(ENTRIES, 7, 1, mono).text == "▶"


def test_dots_have_their_roles(colours: Palette, roles: Roles) -> None:
    assert roles(dots(ENTRIES, 5, 16, colours), colours.bar) == [
        ("●●●●", "ok"),
        ("│", "dim"),
        ("●", "ok"),
        ("▶", "heading_active"),
        ("○○○○", "dim"),
        ("│", "dim"),
        ("○○○○", "dim"),
    ]


def test_the_phases(colours: Palette, roles: Roles) -> None:
    line = phase_strip(PHASES, "DELTAS", 60, colours)
    assert line.text.rstrip() == "FORWARD ▸ ERROR ▸ DELTAS ▸ GRADIENTS ▸ UPDATE"
    by_text = dict(roles(line, colours.panel))
    assert (by_text["FORWARD"], by_text["DELTAS"], by_text["UPDATE"]) == ("ok", "heading_active", "dim")


def test_narrow_phases_become_letters(mono: Palette) -> None:
    assert phase_strip(PHASES, "DELTAS", 30, mono).text.rstrip() == "F ▸ E ▸ DELTAS ▸ G ▸ U"
    assert phase_strip(PHASES, "DELTAS", 10, mono).text.rstrip() == "DELTAS"
    assert phase_strip(PHASES, "", 45, mono).text == "FORWARD ▸ ERROR ▸ DELTAS ▸ GRADIENTS ▸ UPDATE"


def test_the_status_line(every_palette: Palette) -> None:
    line = status_line(ENTRIES, 7, [8.0, 4.0, 1.0], 60, every_palette)
    assert line.text.rstrip() == "●●●●│●●●▶○○│○○○○  deltas   loss █▄▁"
    assert line.cell_length == 60


def test_a_narrow_status_line_gives_up_the_curve(mono: Palette) -> None:
    assert status_line(ENTRIES, 7, [8.0, 4.0, 1.0], 32, mono).text.rstrip() == "●●●●│●●●▶○○│○○○○  deltas"


@given(st.lists(st.sampled_from(PHASES), max_size=60), st.integers(-1, 61), st.integers(0, 90))
def test_any_line_fits(every_palette: Palette, exact: Exact, phases: list[str], current: int, width: int) -> None:
    entries = [StepEntry(place + 1, "x", phase) for place, phase in enumerate(phases)]
    at = min(current, len(entries))
    lines = [
        dots(entries, at, width, every_palette),
        status_line(entries, at, [3.0, float("inf"), 1.0], width, every_palette),
        phase_strip(PHASES, phases[at] if 0 <= at < len(phases) else "", width, every_palette),
    ]
    exact(lines, width)
    if 0 <= at < len(entries) and width:
        assert "▶" in lines[0].text
