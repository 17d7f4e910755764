"""The gallery: pick a scenario, and see its first sheet before you do."""

from pathlib import Path
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen
from textual.strip import Strip

from nnstep.errors import NnstepError
from nnstep.explain.summary import loss_text, network_text
from nnstep.records import dataclass
from nnstep.scenario.compile import Compiled, compile_scenario
from nnstep.scenario.load import load
from nnstep.scenario.references import groups
from nnstep.session import Session
from nnstep.tui.renderables import heat
from nnstep.tui.renderables.layout import Room, arrange
from nnstep.tui.renderables.sheet import Look, paint
from nnstep.tui.renderables.text import blank, full_height, strip
from nnstep.tui.screens import contents
from nnstep.tui.theme import Palette
from nnstep.tui.widgets.painted import Painted


@dataclass(frozen=True)
class Entry:
    """A scenario of the gallery: ready to open, or what is wrong with it."""

    name: str
    compiled: Compiled | None
    fault: str = ""


class Shelf(Painted):
    """The names, the chosen one lit."""

    DEFAULT_CSS = "Shelf { width: 26; height: 1fr; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("shelf")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return a line for each name under the title of its group, scrolled so that the chosen one is seen."""
        groups, chosen = self._shown or ((), "")
        style, panel = self.palette, self.palette.panel
        lines: list[Strip] = []
        at = 0
        for group in groups:
            lines.append(strip([(f" {(group.title or 'Scenarios').upper()}", panel + style.heading)], width, panel))
            for name in group.paths:
                at = len(lines) if name == chosen else at
                look = style.phase_active if name == chosen else panel + style.text
                lines.append(strip([(f" {'▶' if name == chosen else ' '} {name}", look)], width, look))
        start = max(at - height + 1, 0)
        return full_height(lines[start : start + height], width, height, panel)


class Preview(Painted):
    """The chosen scenario: its title, what it is about, and its sheet."""

    DEFAULT_CSS = "Preview { width: 1fr; height: 1fr; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__("preview")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the lines."""
        entry: Entry = self._shown or Entry("", None, "There are no scenarios here. nnstep FILE opens one of yours.")
        style, bg = self.palette, self.palette.bg
        if entry.compiled is None:
            said = [line for part in entry.fault.splitlines() for line in wrap(part, max(width - 2, 1))]
            return full_height([strip([(f" {line}", bg + style.error)], width, bg) for line in said], width, height, bg)
        model = entry.compiled.scenario.model
        session = Session(entry.compiled)
        session.end()
        view = session.view()
        steps = f"{len(view.program.steps)} steps an iteration"
        facts = f" {network_text(view.program)} · {loss_text(entry.compiled)} · {steps}"
        lines = [
            strip([(f" {model.title}", bg + style.heading_active)], width, bg),
            *(strip([(f" {part}", bg + style.text)], width, bg) for part in _wrapped(model.summary, width - 2)),
            strip([(facts, bg + style.dim)], width, bg),
            blank(width, bg),
        ]
        room = Room(
            width - 2,
            height - len(lines),
            contents.whole_values(view),
            contents.image_of(view),
            heat.rows_per_line(self.palette),
            contents.bars_of(view),
        )
        left = height - len(lines)
        if left > 0:
            sheet = paint(view, arrange(view.program, room), Look(self.palette), 0, left)
            lines += [Strip.join([line, blank(1, bg)]) for line in sheet]
        return full_height(lines, width, height, bg)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > max(width, 1) and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]


class Hints(Painted):
    """The last line: what the keys do."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("gallery-hints")
        self.palette = palette

    def paint(self, width: int, height: int) -> list[Strip]:
        """Return the one line."""
        bar, style = self.palette.bar, self.palette
        pieces = [(" nnstep ", bar + style.key), ("  ↑ ↓ choose   Enter open   Esc back   q quit", bar + style.text)]
        return [strip(pieces, width, bar)]


class Gallery(Screen[None]):
    """Shows what is shipped; Enter opens it."""

    BINDINGS: ClassVar = [
        Binding("up,k,left,pageup", "choose(-1)", "up", show=False),
        Binding("down,j,right,pagedown", "choose(1)", "down", show=False),
        Binding("enter,space", "open", "open", show=False),
        Binding("escape", "back", "back", show=False),
        Binding("q", "quit", "quit", show=False),
    ]

    def __init__(self, palette: Palette, chosen: str = "") -> None:
        super().__init__()
        self.palette = palette
        self.groups = groups()
        self.paths: dict[str, Path] = {name: path for group in self.groups for name, path in group.paths.items()}
        self.names = tuple(self.paths)
        self.chosen = self.names.index(chosen) if chosen in self.names else 0
        self._entries: dict[str, Entry] = {}

    def compose(self) -> ComposeResult:
        """Lay out shelf and preview."""
        with Horizontal(id="middle"):
            yield Shelf(self.palette)
            yield Preview(self.palette)
        yield Hints(self.palette)

    def on_mount(self) -> None:
        """Show the first."""
        self._show()

    def action_choose(self, by: int) -> None:
        """Choose another."""
        self.chosen = max(0, min(self.chosen + by, len(self.names) - 1))
        self._show()

    def _show(self) -> None:
        self.query_one(Shelf).show((self.groups, self.names[self.chosen] if self.names else ""))
        if self.names:
            self.query_one(Preview).show(self._entry(self.names[self.chosen]))

    def _entry(self, name: str) -> Entry:
        if name not in self._entries:
            try:
                self._entries[name] = Entry(name, compile_scenario(load(self.paths[name])))
            except NnstepError as error:
                self._entries[name] = Entry(name, None, str(error))
        return self._entries[name]

    def action_open(self) -> None:
        """Open the chosen scenario."""
        entry = self._entry(self.names[self.chosen]) if self.names else None
        if entry and entry.compiled:
            self.app.open_session(Session(entry.compiled))  # type: ignore[attr-defined]

    def action_back(self) -> None:
        """Go back to the scenario that is open, or leave."""
        self.app.leave_gallery()  # type: ignore[attr-defined]

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(0)
