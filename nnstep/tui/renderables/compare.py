"""Two runs side by side: what each is called, both loss curves, and the numbers of one cell in both."""

from collections.abc import Mapping
from math import isfinite
from typing import Final

from rich.segment import Segment
from textual.strip import Strip

from nnstep.engine.cell import Cell
from nnstep.engine.training import RATE
from nnstep.explain.comparing import are_same, shown_numbers
from nnstep.explain.figures import exact, figure
from nnstep.explain.naming import cell_text
from nnstep.explain.pictures.curves import Curve, Plot
from nnstep.explain.words import Line, Word
from nnstep.session import View
from nnstep.tui.renderables import chart
from nnstep.tui.renderables.pictures.canvas import DASHED, SOLID, Canvas, Pattern
from nnstep.tui.renderables.pictures.plot import draw_plot
from nnstep.tui.renderables.text import spread
from nnstep.tui.theme import Palette

DECIMALS = 4
_LINES: Final[Mapping[str, Pattern]] = {"A": SOLID, "B": DASHED}  # never colour alone


def run_label(letter: str, name: str, view: View, width: int, palette: Palette) -> Strip:
    """Return the line over a run's sheet: its letter, what it is called, its learning rate, its loss.

    What is no run (the differences) has a letter of its own, and neither.
    """
    bar = palette.bar
    rate = view.program.values[RATE]
    own = [f"{rate.name} {exact(float(view.values[RATE]))}"]
    own += [] if view.loss is None else [f"loss {figure(view.loss, DECIMALS)}"]
    left = [(f" {letter} ", bar + palette.key), (f" {name}", bar + palette.text)]
    return spread(left, [(f"{'   '.join(own)} ", bar + palette.dim)] if letter in _LINES else [], width, bar)


def both_curves(first: View, second: View, width: int, height: int, palette: Palette) -> list[Strip]:
    """Return both loss curves: a solid line and a dashed one; in one line of blocks each where there is one line."""
    runs = dict(zip(_LINES, (first, second), strict=True))
    if height == 1:
        return [_both_in_one(runs, width, palette)]
    known = [value for view in runs.values() for value in view.losses if isfinite(value)]
    least, most = min(known, default=0.0), max(known, default=0.0)
    curves = tuple(Curve(letter, _times(view), tuple(view.losses)) for letter, view in runs.items())
    ends = [time for curve in curves for time in (*curve.times[:1], *curve.times[-1:])] or [0.0]
    # Where both hardly move, what parts them is seen only without all that lies below them.
    is_close = least < most < 2 * least
    title = f"LOSS from {figure(least)} to {figure(most)}" if is_close else "LOSS"
    plot = Plot(title, curves, (min(ends), max(ends)), least=least if is_close else None)
    canvas = Canvas(width, height, palette.bg)
    looks = {"A": (palette.train, _LINES["A"]), "B": (palette.test, _LINES["B"])}
    draw_plot(canvas, (0, 0, width, height), plot, looks, palette)
    return canvas.strips()


def _times(view: View) -> tuple[float, ...]:
    """Return the epochs at which the losses were: before the iterations."""
    return tuple(place * view.loss_spacing / view.batches for place in range(len(view.losses)))


def _both_in_one(runs: Mapping[str, View], width: int, palette: Palette) -> Strip:
    """Return `LOSS  A ▇▅▃   B ▇▂▁`, both on one scale; how large they are is said over each run."""
    behind = palette.panel
    pieces = [Segment(" LOSS", behind + palette.heading)]
    room = max((width - 5 - 4 * len(runs)) // len(runs), 0)
    for letter, view in runs.items():
        other = next(run.losses for name, run in runs.items() if name != letter)
        curve = chart.sparkline(view.losses, room, palette, surface=behind, beside=other)
        pieces += [Segment(f"  {letter} ", behind + palette.key), *curve]
    used = sum(piece.cell_length for piece in pieces)
    return Strip([*pieces, Segment(" " * max(width - used, 0), behind)]).crop(0, width)


def differing_rows(first: View, second: View, cell: Cell | None, decimals: int) -> tuple[Line, ...]:
    """Return one cell's number in each run, and how far apart they are."""
    if cell is None:
        return ((Word("Space does the same operation in both; D shows the differences."),),)
    one, other = shown_numbers(first, second, cell)
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
