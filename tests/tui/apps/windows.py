"""Wide characters, and things that come and go on top of them: a dialog, a panel, a tint, a changing layout."""

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static
from twin import Twin, main

LINES = "\n".join(
    f"{row:02} 重み行列 δ∘σ′(z) · naïve · 世界 ✓ ▶ ▁▂▃▄ {'宽' * (row % 5)}{'x' * (row % 7)} バイアス"
    for row in range(60)
)


class Dialog(ModalScreen[None]):
    """Half over the text, darkening the rest."""

    CSS = """
    Dialog { align: center middle; }
    #box { width: 31; height: 7; border: round white; background: #202040; padding: 1 2; }
    """

    def compose(self) -> ComposeResult:
        yield Static("対話 dialog\nany key closes it", id="box", markup=False)

    def on_key(self, event: object) -> None:
        if getattr(event, "stop", None):
            event.stop()  # type: ignore[attr-defined]
        self.dismiss()
        self.app.count_key()  # type: ignore[attr-defined]


class Windows(Twin):
    """`m` dialog, `p` panel, `w` its width, `t` tint, `j` and `k` scroll, `r` repaint."""

    CSS = """
    Screen { layout: vertical; layers: below above; }
    #count { height: 1; background: #303030; color: #ffaf5f; }
    #text { width: 1fr; background: #121212; }
    #side { width: 21; background: #303060; border-left: heavy #87afd7; display: none; }
    #side.-wide { width: 34; }
    #text.-tint { tint: red 30%; }
    """
    AUTO_FOCUS = "#text"

    def compose(self) -> ComposeResult:
        with Horizontal():
            with VerticalScroll(id="text"):
                yield Static(LINES, markup=False)
            yield Static("側 panel\n幅が変わる", id="side", markup=False)
        yield Static("keys 0.", id="count", markup=False)

    def count_key(self) -> None:
        self.keys += 1
        self.screen_stack[0].query_one("#count", Static).update(f"keys {self.keys}.", layout=False)

    def on_click(self, event: object) -> None:
        self.query_one("#count", Static).update(f"clicked {getattr(event, 'screen_x', -1)}.", layout=False)

    def on_key(self, event: object) -> None:
        text, side = self.query_one("#text", VerticalScroll), self.query_one("#side")
        match getattr(event, "key", ""):
            case "m":
                self.push_screen(Dialog())
            case "p":
                side.display = not side.display
            case "w":
                side.toggle_class("-wide")
            case "t":
                text.toggle_class("-tint")
            case "j":
                text.scroll_relative(y=3, animate=False)
            case "k":
                text.scroll_relative(y=-2, animate=False)
            case "r":
                self.redraw()
        self.count_key()


if __name__ == "__main__":
    main(Windows())
