"""What the tests of renderables share: the palettes, and strips read as text or as roles."""

from collections.abc import Callable, Sequence

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from nnstep.tui.theme import Mode, Palette, palette

MODES: tuple[Mode, ...] = ("truecolor", "256", "16", "none")
Show = Callable[[Sequence[Strip]], str]
Roles = Callable[[Strip, Style], list[tuple[str, str]]]
Exact = Callable[[Sequence[Strip], int], None]


@pytest.fixture(scope="session", params=MODES)
def every_palette(request: pytest.FixtureRequest) -> Palette:
    """Return each palette in turn."""
    return palette(request.param)


@pytest.fixture(scope="session")
def colours() -> Palette:
    """Return the palette in which each role looks different."""
    return palette("truecolor")


@pytest.fixture(scope="session")
def mono() -> Palette:
    """Return the palette without colours."""
    return palette("none")


@pytest.fixture(scope="session")
def show() -> Show:
    """Return a function that reads strips as text, without the spaces at the right."""
    return lambda strips: "\n".join(strip.text.rstrip() for strip in strips)


@pytest.fixture(scope="session")
def roles(colours: Palette) -> Roles:
    """Return a function that reads a strip as pieces of text and the name of their role on a surface."""

    def read(strip: Strip, surface: Style) -> list[tuple[str, str]]:
        names = {surface: "surface"} | {surface + role: name for name, role in _roles(colours)}
        return [(segment.text, names.get(segment.style or surface, "?")) for segment in strip if segment.text.strip()]

    return read


@pytest.fixture(scope="session")
def exact() -> Exact:
    """Return a check that each strip takes exactly so many cells, by what it says and by what it shows."""

    def check(strips: Sequence[Strip], width: int) -> None:
        for strip in strips:
            assert strip.cell_length == width
            assert cell_len(strip.text) == width
            assert sum(segment.cell_length for segment in strip) == width

    return check


def _roles(colours: Palette) -> list[tuple[str, Style]]:
    """Return every text role; where two look alike, the first name counts."""
    surfaces = {"bg", "panel", "bar"}
    found = [(name, getattr(colours, name)) for name in Palette.__slots__ if name not in surfaces]
    return list(reversed([(name, style) for name, style in found if isinstance(style, Style)]))
