"""Every attribute beside every other, in all kinds of colours; each key shifts the pattern."""

from itertools import product

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static
from twin import Twin, main

ATTRIBUTES = [
    "",
    "bold",
    "underline",
    "reverse",
    "italic",
    "strike",
    "dim",
    "bold underline",
    "bold reverse",
    "dim italic",
]
COLOURS = ["", "yellow", "bright_cyan on blue", "color(214)", "on color(53)", "#87afd7 on #5f005f", "default on red"]
STYLES = [Style.parse(f"{attributes} {colours}") for attributes, colours in product(ATTRIBUTES, COLOURS)]
LINKED = Style.parse("link https://example.org green")


class Pattern(Widget, can_focus=True):
    """Words of changing width, each in the next style."""

    DEFAULT_CSS = "Pattern { background: #121212; height: 1fr; }"
    shift = 0

    def render_line(self, y: int) -> Strip:
        words = ["w", " 12.50", "βγ", "重", " ", "-.005"]
        segments = [Segment("go ", LINKED)]
        for column in range(self.size.width // 2):
            place = column + y * 7 + self.shift
            segments.append(Segment(words[place % len(words)], STYLES[(place * 3 + y) % len(STYLES)]))
        return Strip(segments).crop_extend(0, self.size.width, None)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width


class LooksApp(Twin):
    """The pattern, and one line that counts; `n` shifts it, `b` takes the styles of one line back."""

    CSS = "#count { height: 1; dock: bottom; }"
    AUTO_FOCUS = "Pattern"

    def compose(self) -> ComposeResult:
        yield Pattern()
        yield Static("keys 0.", id="count", markup=False)

    def on_key(self, event: object) -> None:
        pattern = self.query_one(Pattern)
        pattern.shift += {"n": 1, "b": -2}.get(getattr(event, "key", ""), 5)
        pattern.refresh()
        self.keys += 1
        self.query_one("#count", Static).update(f"keys {self.keys}.", layout=False)


if __name__ == "__main__":
    main(LooksApp())
