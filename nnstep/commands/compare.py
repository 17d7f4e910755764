"""`nnstep compare`: two runs side by side, on a screen or as lines of text."""

import os
import sys
from argparse import Namespace
from math import isnan
from pathlib import Path

from rich.cells import cell_len

from nnstep.commands.going import go_there
from nnstep.commands.picture import heading
from nnstep.commands.width import line_width
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.comparing import Compared, Pair, compare
from nnstep.explain.figures import figure, short
from nnstep.explain.places import Place, read_place
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.edit import compile_edited, read_setting, with_setting
from nnstep.scenario.load import LoadedScenario, load
from nnstep.scenario.text import in_message
from nnstep.session import Session, View

_HEAD = ("value", "largest B-A", "at", "A", "B", "cells")
_GAP = "  "
_LOSSES = 8  # lines of the losses so far
_NAME = 40  # characters of what a run is called


@dataclass(frozen=True)
class Run:
    """One of the two: what it is called, and what is run."""

    name: str
    compiled: Compiled


def run(given: Namespace) -> int:
    """Open both, and show them side by side."""
    first, second = _runs(given)
    pair = Pair(Session(first.compiled), Session(second.compiled))
    in_terminal = sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM") != "dumb"
    if given.at or given.plain or not in_terminal:
        _go(pair, read_place(given.at or "1:last", second.compiled.training))
    if given.plain or not in_terminal:
        print("\n".join(page(pair, (first.name, second.name), line_width())))
        return 0
    return _on_screen(pair, (first.name, second.name))


def page(pair: Pair, names: tuple[str, str], width: int) -> list[str]:
    """Return what there is to say about two runs at a place: where it is, what differs, what is the same, the losses.

    width: of a line, in cells.
    """
    first, second = pair.views()
    rows = compare(first, second)
    same = [row.name for row in rows if row.verdict == "same"]
    return [
        *wrapped(f"A  {names[0]}", width),
        *wrapped(f"B  {names[1]}", width),
        *wrapped(heading(second).partition(" · loss ")[0], width),
        "",
        *_table([row for row in rows if row.verdict != "same"], width),
        *(wrapped(f"The same: {', '.join(same)}.", width) if same else []),
        *_losses(pair, first, second),
    ]


def _runs(given: Namespace) -> tuple[Run, Run]:
    settings = given.set or []
    if given.b is None and not settings:
        hint = "nnstep compare A B, or nnstep compare A --set optimizer.learning_rate=0.5"
        raise NnstepError("there is nothing to compare it with", hint=hint)
    one = load(given.a)
    other = load(given.b) if given.b is not None else one
    for text in settings:
        try:
            key, value = read_setting(text)
        except NnstepError as error:
            raise NnstepError(error.what, where="--set", hint=error.hint) from None
        other = with_setting(other, key, value, where=f"--set {in_message(text, limit=60)}")
    names = given.names or one.model.names
    first = Run(_name(one, []), compile_scenario(one, names=names))
    return first, Run(_name(other, settings), _compiled(other, names, settings))


def _compiled(loaded: LoadedScenario, names: str, settings: list[str]) -> Compiled:
    """Return a scenario ready to run; nobody has seen the text that a setting was put into, so it is named instead."""
    if not settings:
        return compile_scenario(loaded, names=names)
    try:
        return compile_edited(loaded, names=names)
    except NnstepError as error:
        shown = in_message(" ".join(settings), limit=80)
        raise NnstepError(error.what, where=f"--set {shown}", hint=error.hint) from None


def _name(loaded: LoadedScenario, settings: list[str]) -> str:
    own = Path(loaded.path).stem if loaded.path else str(loaded.model.title)
    return ", ".join([in_message(own, limit=_NAME), *(in_message(text, limit=_NAME) for text in settings)])


def _go(pair: Pair, place: Place) -> None:
    go_there(pair.first, Place(place.iteration, 0))
    go_there(pair.second, place)
    pair.first.beside(pair.second)


def _table(rows: list[Compared], width: int) -> list[str]:
    """Return a line for each value that differs, with the cell of the largest difference."""
    if not rows:
        return ["Every number that is there is the same in both."]
    told = [_HEAD, *(_row(row) for row in rows)]
    wide = [max(cell_len(line[column]) for line in told) for column in range(len(_HEAD))]
    while sum(wide) + len(_GAP) * (len(wide) - 1) > width and len(wide) > 2:
        wide.pop()  # what matters most stands first
    return [_GAP.join(map(_placed, range(len(wide)), line, wide)).rstrip() for line in told]


def _placed(column: int, text: str, wide: int) -> str:
    """Return a text in its column: names and places begin at the left, numbers end at the right."""
    air = " " * (wide - cell_len(text))
    return text + air if column in (0, 2) else air + text


def _row(row: Compared) -> tuple[str, str, str, str, str, str]:
    if row.verdict != "differs":
        return row.name, row.verdict, "", "", "", ""
    place = f"[{','.join(map(str, row.at))}]" if row.at else ""
    largest = "nan" if isnan(row.largest) else f"{'+' if row.largest > 0 else ''}{figure(row.largest)}"
    return row.name, largest, place, figure(row.first), figure(row.second), f"{row.differing} of {row.cells}"


def _losses(pair: Pair, first: View, second: View) -> list[str]:
    """Return the losses of both so far, in a few lines."""
    count = min(len(first.losses), len(second.losses))
    if first.loss_spacing != second.loss_spacing or not count:
        return []
    places = sorted({*(round(number * (count - 1) / (_LOSSES - 1)) for number in range(_LOSSES))})
    lines = [f"{'iteration':>9}  {'loss of A':>10}  {'loss of B':>10}"]
    for place in places:
        number = place * first.loss_spacing + 1
        lines.append(f"{number:>9}  {short(first.losses[place]):>10}  {short(second.losses[place]):>10}")
    return ["", *lines]


def _on_screen(pair: Pair, names: tuple[str, str]) -> int:
    from nnstep.tui.compare_app import CompareApp
    from nnstep.tui.lifecycle import hold_garbage, run_app
    from nnstep.tui.terminal import colour_mode, prepare_app

    hold_garbage()
    mode = colour_mode(os.environ)
    app = CompareApp(pair, names, mode)
    prepare_app(app, mode)
    return run_app(app)
