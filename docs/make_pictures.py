"""Every picture of docs/pictures: `python docs/make_pictures.py` runs the stepper without a terminal and draws it.

Names after it draw only these. Needs cairosvg (in the `dev` extra) and the font DejaVu Sans Mono, which comes with
most systems; the same code and font draw the same pictures.
"""

import asyncio
import html
import io
import os
import re
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cairosvg
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from nnstep.scenario.compile import compile_scenario
from nnstep.scenario.load import load
from nnstep.session import Session
from nnstep.tui.app import NnstepApp
from nnstep.tui.terminal import ColourMode, prepare_app

FOLDER = Path(__file__).parent / "pictures"
FONT = "DejaVu Sans Mono"
SPACE, ITERATION, TRAIN = "space", "right_curly_bracket", "f"

# The sixteen colours as xterm has them: eight normal ones, then eight bright ones.
NORMAL = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
]
BRIGHT = [
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255,) * 3,
]
XTERM = TerminalTheme((0, 0, 0), (229, 229, 229), NORMAL, BRIGHT)


@dataclass(frozen=True)
class Picture:
    """One picture: a scenario ("" is the gallery), the size of the terminal, and the keys that lead to the screen."""

    name: str
    scenario: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 40)
    mode: ColourMode = "truecolor"


PICTURES = (
    Picture("start", "xor"),
    Picture("spreadsheet", "spreadsheet", (ITERATION, ITERATION, *(SPACE,) * 9)),
    Picture("cell", "spreadsheet", (*(SPACE,) * 27, *("enter",) * 5)),
    Picture("xor-80x24", "xor", (*(SPACE,) * 11,), (80, 24)),
    Picture("xor-200x60", "xor", (*(SPACE,) * 13,), (200, 60)),
    Picture("digits", "digits", (*(SPACE,) * 4,)),
    Picture("digits-200x60", "digits", (*(SPACE,) * 8,), (200, 60)),
    Picture("zoom", "digits", ("tab", "tab", "z", "z")),
    Picture("check", "spreadsheet", (ITERATION, ITERATION, *(SPACE,) * 11, "c", "down")),
    Picture("check-80x24", "digits", (*(SPACE,) * 12, "c"), (80, 24)),
    Picture("check-no-colours", "relu-bce", (SPACE, "c", "a"), (80, 24), mode="none"),
    Picture("breakpoint", "xor", ("B", "enter", *"0.4", "enter", "escape", *(SPACE,) * 10, "b", TRAIN, "enter")),
    Picture("breakpoints", "xor", (*(SPACE,) * 10, "b", "B", *("down",) * 6), (80, 24)),
    Picture("what-if", "xor", (SPACE, SPACE, *("shift+tab",) * 3, "e", *"2.5", "enter", SPACE, SPACE), (80, 24)),
    Picture("as-it-was", "xor", (SPACE, SPACE, *("shift+tab",) * 3, "e", *"2.5", "enter", "w", ITERATION)),
    Picture("origins", "spreadsheet", (ITERATION, ITERATION, *(SPACE,) * 9, "o")),
    Picture("effects", "spreadsheet", (*(SPACE,) * 2, *("enter",) * 4, "O"), (80, 24)),
    Picture("chain", "spreadsheet", (*(SPACE,) * 13, "R")),
    Picture("stuck", "xor-stuck", (TRAIN, *"500", "enter", "W"), (80, 24)),
    Picture("predict", "spreadsheet", ("p", *(SPACE,) * 4)),
    Picture("help", "xor", ("question_mark",)),
    Picture("lecture", "spreadsheet", ("L", *(SPACE,) * 9), (100, 30)),
    Picture("lecture-stop", "spreadsheet", ("L", *("pagedown",) * 5), (100, 30)),
    Picture("lecture-80x24", "xor", ("L", *("pagedown",) * 4), (80, 24)),
    Picture("lecture-picture", "moons", ("L", *("pagedown",) * 4), (100, 30)),
    Picture("lecture-no-colours", "spreadsheet", ("L", *(SPACE,) * 9), (100, 30), mode="none"),
    Picture("tour", "xor", ("T", SPACE), (100, 30)),
    Picture("gallery", "", ("down", "down")),
    Picture("sixteen-colours", "spreadsheet", (ITERATION, ITERATION, *(SPACE,) * 9), mode="16"),
    Picture("no-colours", "spreadsheet", (ITERATION, ITERATION, *(SPACE,) * 9), mode="none"),
    Picture("network", "spreadsheet", (ITERATION, ITERATION, *(SPACE,) * 9, "v")),
    Picture("network-80x24", "xor", (*(SPACE,) * 9, "v"), (80, 24)),
    Picture("network-large", "digits", (*(SPACE,) * 6, "v"), (200, 60)),
    Picture("network-no-colours", "xor", (*(SPACE,) * 11, "v"), (80, 24), "none"),
    Picture("network-convolution", "convolution-edge", (TRAIN, *"100", "enter", *("enter",) * 6, "v")),
    Picture("attention", "attention-copies", (TRAIN, *"200", "enter", *(SPACE,) * 8, "V", *("down",) * 4, "enter")),
    Picture("lecture-curves", "overfitting", (TRAIN, *"300", "enter", *"vvL"), (100, 30)),
    Picture("curves", "overfitting", (TRAIN, *"300", "enter", TRAIN, *"300", "enter", *"vv")),
    Picture("curves-80x24", "overfitting", (TRAIN, *"300", "enter", TRAIN, *"300", "enter", *"vvv"), (80, 24), "none"),
    Picture("surface", "moons", (TRAIN, *"300", "enter", *"vvvv")),
    Picture("surface-classes", "blobs", (TRAIN, *"40", "enter", *"vvvv"), (80, 24)),
    Picture("surface-no-colours", "xor", (TRAIN, *"3000", "enter", *"vvvv"), (80, 24), "none"),
    Picture("images", "digits", (TRAIN, *"200", "enter", *(SPACE,) * 5, *"vvvv")),
    Picture("images-convolution", "convnet-digits", (TRAIN, *"10", "enter", *(SPACE,) * 9, *"vvvv")),
    Picture("answers", "digits-relu-adam", (TRAIN, *"2", "enter", *"vvvvv"), (200, 60)),
    Picture("answers-80x24", "digits", (TRAIN, *"100", "enter", *"vvvvv"), (80, 24), "16"),
    Picture("gradient-sizes", "vanishing-gradient", (*(SPACE,) * 49, *"vvvvvv")),
    Picture("distributions", "digits", (SPACE, SPACE, *"vvvvvvv")),
    Picture("views", "moons", (SPACE, "v", "V", "down")),
)


async def draw(picture: Picture) -> None:
    """Run the app to the screen of a picture, and keep it as PNG."""
    session = Session(compile_scenario(load(picture.scenario))) if picture.scenario else None
    app = NnstepApp(session, mode=picture.mode)
    prepare_app(app, picture.mode, {})
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        await pilot.press(*picture.keys)
        # What is worked out beside the keys, until nothing is missing.
        while waiting := [worker for worker in app.workers if not worker.is_finished]:
            await app.workers.wait_for_complete(waiting)
            await pilot.pause()
        svg = as_svg(app)
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(FOLDER / f"{picture.name}.png"))
    print(picture.name)


def as_svg(app: NnstepApp) -> str:
    """Return the screen as SVG, what lies under a dialog included: Textual's own export, in the colours of xterm."""
    console = Console(
        width=app.size.width,
        height=app.size.height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
    )
    console.print(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens))
    svg = console.export_svg(title="nnstep", theme=XTERM)
    # No font from the network.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return Drawing(svg.replace("Fira Code, monospace", f"'{FONT}', monospace")).finished()


class Drawing:
    """What an SVG with text alone can not show: blocks that touch each other, and underlines, which cairosvg lacks."""

    TEXT = re.compile(
        r'<text class="(?P<style>[\w-]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="(?P<width>[\d.]+)"'
        r"[^>]*>(?P<text>[^<]*)</text>"
    )
    SPACES = frozenset(" \N{NO-BREAK SPACE}")
    # The share of a line that a block fills, from its top and from its bottom.
    BLOCKS = {"▀": (0, 0.5)} | {block: (1 - n / 8, 1) for n, block in enumerate("▁▂▃▄▅▆▇█", start=1)}
    DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # of braille, bit by bit: across, down
    ASCENT, LINE = 18.5, 24.6  # from the baseline up to the top of a line, and down to the next one

    def __init__(self, svg: str) -> None:
        self.svg = svg
        self.underlined = set(re.findall(r"\.(terminal-\d+-r\d+) \{[^}]*text-decoration: underline", svg))

    def finished(self) -> str:
        """Return the picture with blocks and underlines drawn as rectangles."""
        return self.TEXT.sub(self._drawn, self.svg)

    def _drawn(self, match: re.Match[str]) -> str:
        # A font's blocks are not as wide as its spaces: both are drawn, or columns stand beside their places.
        seen = set(html.unescape(match["text"])) - self.SPACES
        if seen and seen <= set(self.BLOCKS):
            return self._blocks(match)
        if any("\u2800" < character <= "\u28ff" for character in match["text"]):
            return self._braille(match)
        x, y, width = (float(match[part]) for part in ("x", "y", "width"))
        return match[0] + (self._box(match["style"], x, y + 3, width, 1.5) if match["style"] in self.underlined else "")

    def _blocks(self, match: re.Match[str]) -> str:
        x, top = float(match["x"]), float(match["y"]) - self.ASCENT
        text = html.unescape(match["text"])
        cell = float(match["width"]) / len(text)
        boxes = []
        for block, run in groupby(text):
            count = len(list(run))
            start, end = self.BLOCKS.get(block, (0, 0))
            boxes.append(self._box(match["style"], x, top + start * self.LINE, count * cell, (end - start) * self.LINE))
            x += count * cell
        return "".join(boxes)

    def _braille(self, match: re.Match[str]) -> str:
        """Draw the dots themselves: the font has none. What stands between them stays text."""
        text = html.unescape(match["text"])
        x, y, cell = float(match["x"]), float(match["y"]), float(match["width"]) / len(text)
        top, boxes = y - self.ASCENT, []
        for character in text:
            bits = ord(character) - 0x2800
            if not 0 < bits < 256:
                boxes.append(f'<text class="{match["style"]}" x="{x:g}" y="{y:g}">{html.escape(character)}</text>')
                x += cell
                continue
            for place, (across, down) in enumerate(self.DOTS):
                if bits >> place & 1:
                    at = (x + (across + 0.5) * cell / 2 - 1.4, top + (down + 0.5) * self.LINE / 4 - 1.4)
                    boxes.append(self._box(match["style"], *at, 2.8, 2.8))
            x += cell
        return "".join(boxes)

    @staticmethod
    def _box(style: str, x: float, y: float, width: float, height: float) -> str:
        return f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'


def main() -> None:
    """Draw them all, or those that are named."""
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        if len(sys.argv) == 1 or picture.name in sys.argv[1:]:
            asyncio.run(draw(picture))


if __name__ == "__main__":
    main()
