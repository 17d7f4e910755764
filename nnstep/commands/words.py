"""What a step does, in lines of text that fit."""

from textwrap import wrap

from nnstep.engine.cell import Cell
from nnstep.explain.health import facts
from nnstep.explain.operation import Speak
from nnstep.explain.story import Story, tell
from nnstep.explain.words import Line, plain_text
from nnstep.session import View

_INDENT = "  "  # of what a line goes on with


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` characters."""
    return [
        line
        for part in text.splitlines()
        for line in wrap(part, width, subsequent_indent=_INDENT, break_on_hyphens=False, break_long_words=True)
    ]


def step_lines(view: View, width: int, *, decimals: int = 4, speak: Speak = "words") -> list[str]:
    """Return the story of the step that was done last, and what is worth knowing about its numbers."""
    story = tell(view, decimals=decimals, speak=speak)
    if view.active is None:
        # Before the first step the story begins with the title, which stands above it here.
        return _lines([story.numbers or story.what, story.teacher, story.warning], width)
    found = facts(view, view.active)
    return [*_told(story, width), *(line for fact in found for line in wrapped(_sentence(fact.text), width))]


def cell_lines(view: View, cell: Cell, width: int, *, decimals: int = 4, speak: Speak = "words") -> list[str]:
    """Return the story of one cell."""
    return _told(tell(view, cell, decimals=decimals, speak=speak), width)


def _told(story: Story, width: int) -> list[str]:
    told = [story.what, story.numbers, story.why, story.shapes, story.note, story.teacher, story.warning]
    return _lines(told, width)


def _lines(told: list[Line], width: int) -> list[str]:
    return [line for one in told for line in wrapped(plain_text(one), width)]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
