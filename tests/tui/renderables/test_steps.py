"""The list of steps shows where we are, whatever its height."""

from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.renderables.steps import StepEntry, steps_list
from nnstep.tui.theme import Palette
from tests.tui.renderables.conftest import Exact, Roles, Show

NAMES = {
    "FORWARD": ["hidden_layer_input", "hiddenlayer_activations", "output_layer_input", "output"],
    "ERROR": ["E"],
    "DELTAS": ["slope_output_layer", "d_output", "Error_at_hidden_layer", "d_hiddenlayer"],
    "UPDATE": ["wout", "wh"],
}
PAIRS = [(phase, name) for phase, names in NAMES.items() for name in names]
ENTRIES = [StepEntry(place + 1, name, phase) for place, (phase, name) in enumerate(PAIRS)]


def test_all_steps_where_there_is_room(every_palette: Palette, show: Show) -> None:
    assert show(steps_list(ENTRIES, 7, 29, 19, every_palette, breakpoints={1, 9})) == (
        "FORWARD\n"
        "✓   1 hidden_layer_input\n"
        "✓●  2 hiddenlayer_activations\n"
        "✓   3 output_layer_input\n"
        "✓   4 output\n"
        "\n"
        "ERROR\n"
        "✓   5 E\n"
        "\n"
        "DELTAS\n"
        "✓   6 slope_output_layer\n"
        "✓   7 d_output\n"
        "▶   8 Error_at_hidden_layer\n"
        "    9 d_hiddenlayer\n"
        "\n"
        "UPDATE\n"
        " ● 10 wout\n"
        "   11 wh\n"
    )


def test_empty_lines_go_first(mono: Palette, show: Show) -> None:
    shown = show(steps_list(ENTRIES, 0, 29, 15, mono))
    assert "" not in shown.split("\n")
    assert "↓" not in shown
    assert shown.endswith("UPDATE\n   10 wout\n   11 wh")


def test_a_short_list_scrolls_and_counts_what_is_hidden(every_palette: Palette, show: Show) -> None:
    assert show(steps_list(ENTRIES, 7, 24, 7, every_palette)) == (
        "ERROR                 ↑5\n"
        "DELTAS\n"
        "✓   6 slope_output_layer\n"
        "✓   7 d_output\n"
        "▶   8 Error_at_…en_layer\n"
        "    9 d_hiddenlayer\n"
        "UPDATE                ↓2"
    )


def test_the_heading_stays_over_its_steps(mono: Palette, show: Show) -> None:
    assert show(steps_list(ENTRIES, 3, 24, 4, mono)) == (
        "FORWARD               ↑2\n✓   3 output_layer_input\n▶   4 output\nERROR                 ↓7"
    )


def test_one_line_is_the_current_step(mono: Palette, show: Show) -> None:
    assert show(steps_list(ENTRIES, 4, 24, 1, mono)) == "▶   5 E               ↑4"


def test_before_the_first_and_after_the_last(mono: Palette, show: Show) -> None:
    before, after = (show(steps_list(ENTRIES, current, 30, 19, mono)) for current in (-1, len(ENTRIES)))
    assert "✓" not in before
    assert "▶" not in before + after
    assert after.count("✓") == len(ENTRIES)
    assert show(steps_list(ENTRIES, len(ENTRIES), 30, 3, mono)).endswith("✓  11 wh")


def test_states_have_their_roles(colours: Palette, roles: Roles) -> None:
    lines = steps_list(ENTRIES, 1, 29, 19, colours, breakpoints={0})
    assert [roles(line, colours.panel) for line in lines[:5]] == [
        [("FORWARD", "heading_active")],
        [("✓", "ok"), ("●", "error"), ("  1 hidden_layer_input", "text")],
        [("▶   2 hiddenlayer_activations", "phase_active")],
        [("  3 output_layer_input", "dim")],
        [("  4 output", "dim")],
    ]
    assert roles(lines[6], colours.panel) == [("ERROR", "heading")]


def test_the_current_line_is_lit_to_its_end(every_palette: Palette) -> None:
    line = steps_list(ENTRIES, 1, 40, 19, every_palette)[2]
    assert {segment.style for segment in line} == {every_palette.panel + every_palette.phase_active}


entries = st.lists(
    st.builds(StepEntry, st.integers(1, 2000), st.text(max_size=40), st.sampled_from(["FORWARD", "ERROR", "UPDATE"])),
    max_size=40,
)


@given(entries, st.integers(-1, 41), st.tuples(st.integers(0, 60), st.integers(0, 30)))
def test_any_list_fits(
    every_palette: Palette, exact: Exact, steps: list[StepEntry], current: int, size: tuple[int, int]
) -> None:
    width, height = size
    lines = steps_list(steps, min(current, len(steps)), width, height, every_palette)
    assert len(lines) == height
    exact(lines, width)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.data())
def test_the_current_step_and_its_heading_are_always_seen(
    mono: Palette, show: Show, sizes: list[int], data: st.DataObject
) -> None:
    phases = [f"PHASE{place}" for place, size in enumerate(sizes) for _ in range(size)]
    steps = [StepEntry(place + 1, f"step{place}.", phase) for place, phase in enumerate(phases)]
    current = data.draw(st.integers(0, len(steps) - 1))
    height = data.draw(st.integers(2, 20))
    lines = show(steps_list(steps, current, 40, height, mono)).split("\n")
    at = next(place for place, line in enumerate(lines) if line.startswith("▶"))
    assert f"step{current}." in lines[at]
    headings = [line.split()[0] for line in lines[:at] if line.startswith("PHASE")]
    assert headings[-1] == steps[current].phase


@given(st.integers(0, 39), st.integers(2, 20))
def test_the_counts_add_up(mono: Palette, show: Show, current: int, height: int) -> None:
    steps = [StepEntry(place + 1, "x", f"P{place // 7}") for place in range(40)]
    lines = show(steps_list(steps, current, 30, height, mono)).split("\n")
    hidden = sum(int(line.split(arrow)[1]) for line in lines for arrow in "↑↓" if arrow in line)
    shown = sum(" x" in line for line in lines)
    assert hidden + shown == 40
