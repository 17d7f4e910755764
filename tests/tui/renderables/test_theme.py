"""The palettes keep the rules of a projector: contrast, no false sign, never colour alone."""

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style

from nnstep.errors import NnstepError
from nnstep.tui.theme import Cell, Palette, palette, rgb

# The colours of xterm 0..15 (its XTerm-col.ad), and of the Linux console, which is what has no more than 16.
XTERM = bytes.fromhex(
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
CONSOLE = bytes.fromhex(
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
)
SURFACES = ("bg", "panel", "bar")
# Lines and areas carry no text; the standard asks 3:1 of what must be seen, nothing of decoration.
DRAWN = {"train_range", "bars"}
DECORATION = {"rule"}
LIVE = range(Cell.PLAIN, Cell.POSITIVE_2 + 1)
ATTRIBUTES = ("bold", "underline", "dim", "reverse")

Rgb = tuple[float, ...]


def role_names(colours: Palette) -> list[str]:
    styles = [name for name in Palette.__slots__ if isinstance(getattr(colours, name), Style)]
    return [name for name in styles if name not in SURFACES]


def resolve(color: Color, table: bytes) -> Rgb:
    if color.triplet is not None:
        return tuple(color.triplet)
    assert color.number is not None
    return tuple(table[3 * color.number :][:3]) if color.number < 16 else rgb(color.number)


def luminance(color: Rgb) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [value / 255 for value in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style, table: bytes) -> float:
    """WCAG 2.1, contrast ratio; faint text at two thirds, as xterm draws it."""
    assert style.color
    assert style.bgcolor
    text, back = resolve(style.color, table), resolve(style.bgcolor, table)
    if style.dim:
        text = tuple(value * 2 / 3 for value in text)
    high, low = sorted((luminance(text), luminance(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def informative(colours: Palette) -> dict[str, Style]:
    """Every pair of text and background that says something."""
    pairs = {f"cell {Cell(state).name}": style for state, style in enumerate(colours.cells)}
    pairs |= {f"cursor {Cell(state).name}": style for state, style in enumerate(colours.cursors)}
    for surface in SURFACES:
        for role in set(role_names(colours)) - DRAWN - DECORATION:
            pairs[f"{role} on {surface}"] = getattr(colours, surface) + getattr(colours, role)
    return pairs


@pytest.mark.parametrize("mode", ["truecolor", "256", "16"])
def test_every_text_can_be_read(mode: str) -> None:
    ratios = {name: contrast(style, XTERM) for name, style in informative(palette(mode)).items()}
    assert len(ratios) > 60
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.3} == {}


def test_sixteen_colours_can_be_read_on_a_console() -> None:
    # Its own yellow is a brown and its blue is dark: 4:1 is what black and they can give.
    ratios = {name: contrast(style, CONSOLE) for name, style in informative(palette("16")).items() if not style.dim}
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3.9} == {}


@pytest.mark.parametrize("mode", ["truecolor", "256"])
@pytest.mark.parametrize("role", sorted(DRAWN))
def test_every_area_can_be_seen(mode: str, role: str) -> None:
    colours = palette(mode)
    assert contrast(colours.panel + getattr(colours, role), XTERM) >= 3


def test_truecolor_shows_the_same_entries_as_256() -> None:
    true, indexed = palette("truecolor"), palette("256")
    pairs = [(getattr(true, name), getattr(indexed, name)) for name in (*SURFACES, *role_names(true))]
    pairs += [*zip(true.cells, indexed.cells, strict=True), *zip(true.cursors, indexed.cursors, strict=True)]
    pairs += zip(true.greys, indexed.greys, strict=True)
    colours = [(one.color, other.color) for one, other in pairs] + [
        (one.bgcolor, other.bgcolor) for one, other in pairs
    ]
    colours += zip(true.pixels, indexed.pixels, strict=True)
    for one, other in colours:
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert other.triplet is None
            assert one.triplet == other.get_truecolor()  # Rich has its own table of the 256
    for one, other in pairs:
        assert [getattr(one, name) for name in ATTRIBUTES] == [getattr(other, name) for name in ATTRIBUTES]


def sign(color: Rgb) -> int:
    """1 for cyan, -1 for magenta, 0 for a grey."""
    red, green, _ = color
    return (green > red) - (red > green)


@pytest.mark.parametrize("mode", ["truecolor", "256", "16"])
def test_a_sign_keeps_its_hue(mode: str) -> None:
    colours = palette(mode)
    by_text = mode == "16"
    for level, style in zip((-2, -1, 0, 1, 2), colours.heat, strict=True):
        shown = style.color if by_text else style.bgcolor
        assert shown
        expected = (level > 0) - (level < 0)
        assert sign(resolve(shown, XTERM)) == expected
        assert sign(resolve(colours.pixels[Cell.ZERO + level], XTERM)) == expected


def test_a_downgrade_to_256_cannot_change_a_sign() -> None:
    # Rich rounds what it must; entries of the colour cube come out as themselves.
    true, indexed = palette("truecolor"), palette("256")
    for level in (-2, -1, 1, 2):
        state = Cell.ZERO + level
        back = true.cells[state].bgcolor
        assert back
        assert back.downgrade(ColorSystem.EIGHT_BIT).number == indexed.cells[state].bgcolor.number
        assert true.pixels[state].downgrade(ColorSystem.EIGHT_BIT).number == indexed.pixels[state].number


def test_zero_has_no_hue(colours: Palette) -> None:
    back = colours.heat[2].bgcolor
    assert back
    assert back.triplet
    assert len(set(back.triplet)) == 1


def attributes(style: Style) -> set[str]:
    return {name for name in ATTRIBUTES if getattr(style, name)}


def test_written_is_bold_and_read_is_underlined_everywhere(every_palette: Palette) -> None:
    assert "bold" in attributes(every_palette.cells[Cell.WRITTEN])
    assert attributes(every_palette.cells[Cell.READ]) == {"underline"}
    others = [style for state, style in enumerate(every_palette.cells) if state not in (Cell.WRITTEN, Cell.READ)]
    assert not any(attributes(style) & {"bold", "underline"} for style in others)
    assert "underline" in attributes(every_palette.name_read)
    assert "bold" in attributes(every_palette.name_written)
    assert not attributes(every_palette.name) & {"bold", "underline"}


def test_stale_is_fainter_than_live(every_palette: Palette) -> None:
    stale, live = every_palette.cells[Cell.STALE], every_palette.cells[Cell.PLAIN]
    if every_palette.mode in ("16", "none"):
        assert "dim" in attributes(stale)
        assert not any("dim" in attributes(every_palette.cells[state]) for state in LIVE)
    else:
        assert contrast(live, XTERM) / contrast(stale, XTERM) > 1.5


def test_a_cursor_keeps_what_marks_its_cell(every_palette: Palette) -> None:
    for state in (Cell.READ, Cell.WRITTEN):
        assert attributes(every_palette.cells[state]) <= attributes(every_palette.cursors[state])
        assert every_palette.cells[state].bgcolor == every_palette.cursors[state].bgcolor


def test_a_cursor_stands_out_from_every_cell_without_a_mark(every_palette: Palette) -> None:
    for state in (Cell.BLANK, Cell.STALE, *LIVE):
        assert every_palette.cursors[state] != every_palette.cells[state]
        assert every_palette.cursors[state] not in (every_palette.cells[Cell.READ], every_palette.cells[Cell.WRITTEN])


def test_without_colour_there_is_none(mono: Palette) -> None:
    styles = [getattr(mono, name) for name in (*SURFACES, *role_names(mono))] + [*mono.cells, *mono.cursors]
    assert all(style.color is None and style.bgcolor is None for style in styles)
    assert mono.pixels == ()
    assert mono.greys == ()


def test_greys_rise_from_dark_to_light(colours: Palette) -> None:
    assert len(colours.greys) == 16
    lightness = [luminance(resolve(style.color, XTERM)) for style in colours.greys if style.color]
    assert lightness == sorted(set(lightness))


def test_a_palette_is_made_once(every_palette: Palette) -> None:
    assert palette(every_palette.mode) is every_palette


def test_an_unknown_palette_says_which_there_are() -> None:
    with pytest.raises(NnstepError, match="'truecolour'") as caught:
        palette("truecolour")  # type: ignore[arg-type]
    assert "truecolor" in caught.value.hint
