"""Two runs side by side: what each is called, both loss curves, and the numbers of one cell in both."""

from math import isfinite

from textual.strip import Strip

from nnstep.engine.cell import Cell
from nnstep.explain.comparing import are_same, told_differences
from nnstep.explain.figures import figure
from nnstep.explain.naming import cell_text
from nnstep.explain.words import Line, Word
from nnstep.session import View
from nnstep.tui.renderables import chart
from nnstep.tui.renderables.text import spread
from nnstep.tui.theme import Palette

DECIMALS = 4


def run_label(letter: str, name: str, view: View, width: int, palette: Palette) -> Strip:
    """Return the line over a run's sheet: its letter, what it is called, its loss."""
    bar = palette.bar
    loss = "" if view.loss is None else f"loss {figure(view.loss, DECIMALS)} "
    left = [(f" {letter} ", bar + palette.key), (f" {name}", bar + palette.text)]
    return spread(left, [(loss, bar + palette.dim)], width, bar)


def both_curves(first: View, second: View, width: int, height: int, palette: Palette) -> list[Strip]:
    """Return both loss curves: the first run's filled, the second one's as a line over it."""
    series = [
        chart.Series(letter, view.losses, range(1, len(view.losses) * view.loss_spacing + 1, view.loss_spacing))
        for letter, view in (("A", first), ("B", second))
    ]
    return chart.chart(series, width, height, palette, surface=palette.panel)


def differing_rows(first: View, second: View, cell: Cell | None, decimals: int) -> tuple[Line, ...]:
    """Return one cell's number in each run, and how far apart they are."""
    if cell is None:
        return ((Word("Space does the same operation in both; D shows the differences."),),)
    one, other = told_differences(first, second, cell)
    name = Word(cell_text(second, cell), "name")
    shown = [Word("—" if number is None else figure(number, decimals), "value") for number in (one, other)]
    line = (name, Word("   A "), shown[0], Word("   B "), shown[1])
    if second.state(cell.name) == "hidden":
        return ((name, Word("   is still to be predicted", "dim")),)
    if one is None or other is None:
        missing = "A" if one is None else "B"
        return ((*line, Word(f"   {missing} has no such number here", "dim")),)
    if are_same(one, other):
        return ((*line, Word("   the same", "dim")),)
    apart = other - one
    ratio = f"   B is {figure(other / one, 2)} of A" if one and isfinite(other / one) and other / one > 0 else ""
    sign = "+" if apart > 0 else ""
    return ((*line, Word("   B-A "), Word(f"{sign}{figure(apart, decimals)}", "written"), Word(ratio, "dim")),)
