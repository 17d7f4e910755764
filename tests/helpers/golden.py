"""Golden files: what was agreed on, as readable text; the test fails with the difference.

`UPDATE_GOLDEN=1 pytest ...` writes them instead; look at the difference in git before committing it.
A whole screen is a `.sty.txt`: first its characters, then for each line its looks as runs (`a12` is twelve cells of
look a), then what the letters stand for, named in the order in which they are met.
"""

import os
from collections.abc import Iterator
from difflib import unified_diff
from itertools import groupby
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from rich.color import Color
from rich.style import Style
from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
ATTRIBUTES = ("bold", "dim", "italic", "underline", "underline2", "blink", "reverse", "strike", "overline")


def golden_screen(app_or_screen: App[Any] | Screen[Any]) -> str:
    """Return the whole screen as it would be painted now, as text for a `.sty.txt`."""
    screen = app_or_screen.screen if isinstance(app_or_screen, App) else app_or_screen
    return golden_strips(screen._compositor.render_strips())


def golden_strips(strips: list[Strip]) -> str:
    """Return the lines of a renderable or a screen, as text for a `.sty.txt`."""
    letters: dict[str, str] = {}
    runs = [" ".join(_runs(strip, letters)) for strip in strips]
    # Spaces at the end of a line would not survive an editor; the runs say how far they go.
    text = [strip.text.rstrip() for strip in strips]
    looks = [f"{number:>3} {line}" for number, line in enumerate(runs, start=1)]
    legend = [f"{letter:>3} {look}" for look, letter in letters.items()]
    width = max((strip.cell_length for strip in strips), default=0)
    head = f"{width} x {len(strips)} cells"
    return "\n".join([head, "", *text, "", "looks", *looks, "", "legend", *legend, ""])


def _runs(strip: Strip, letters: dict[str, str]) -> Iterator[str]:
    cells = [(describe(segment.style), segment.cell_length) for segment in strip if not segment.control]
    for look, run in groupby(cells, key=lambda cell: cell[0]):
        letter = letters.setdefault(look, _letter(len(letters)))
        yield f"{letter}{sum(length for _, length in run)}"


def _letter(number: int) -> str:
    alphabet = ascii_lowercase + ascii_uppercase
    more, one = divmod(number, len(alphabet))
    return (alphabet[more - 1] if more else "") + alphabet[one]


def describe(style: Style | None) -> str:
    """Return what a person sees of a style: attributes, then colours; "plain" for the terminal's own."""
    if style is None:
        return "plain"
    words = [name for name in ATTRIBUTES if getattr(style, name)]
    words += [_colour(style.color)] if _is_set(style.color) else []
    words += ["on", _colour(style.bgcolor)] if _is_set(style.bgcolor) else []
    return " ".join(words) or "plain"


def _is_set(color: Color | None) -> bool:
    return color is not None and not color.is_default


def _colour(color: Color | None) -> str:
    assert color is not None
    return color.triplet.hex if color.triplet else f"ansi:{color.number}"


def check_golden(name: str, text: str) -> None:
    """Compare `text` with tests/golden/NAME.sty.txt."""
    check_text(GOLDEN / f"{name}.sty.txt", text)


def check_text(path: Path, text: str) -> None:
    """Compare `text` with the file at `path`, to the last character; a file that is not there is a failure."""
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    assert path.exists(), f"there is no {path}; UPDATE_GOLDEN=1 writes it"
    expected = path.read_text(encoding="utf-8")
    if text != expected:
        lines = unified_diff(expected.splitlines(), text.splitlines(), "golden", "now", lineterm="", n=1)
        raise AssertionError(f"{path.name} differs; UPDATE_GOLDEN=1 takes what is there now\n" + "\n".join(lines))
