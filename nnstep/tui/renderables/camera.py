"""Which line of the sheet is the first one seen: every step has its own, wherever one comes from."""

from bisect import bisect_left
from collections.abc import Iterable

from nnstep.engine.program import Program
from nnstep.tui.renderables.layout import Box, Layout

Span = tuple[int, int]  # the first line, and the one after the last


def tops(program: Program, layout: Layout, height: int) -> dict[str, int]:
    """Return the first line seen at each step, by its id, on a screen of so many lines.

    The sheet scrolls when a step's band or what the step reads is out of sight, and stays where it is otherwise. That
    is settled from the iteration's first step on, so that a step back shows what was seen before.
    """
    found: dict[str, int] = {}
    top = 0
    for step in program.steps:
        wanted = seen_with(layout, first_seen(layout, step.id, height), step.inputs.values(), height)
        found[step.id] = top = turned(layout, top, height, wanted)
    return found


def first_seen(layout: Layout, identity: str, height: int) -> Span:
    """Return the lines of a value's band; of the value with its bars, or alone, where there is no room for more."""
    heading, box = layout.heading_of(identity), layout.home(identity)
    tried = [(heading.y, heading.end)] if heading else []
    if heading and box:
        bars = [each for each in layout.boxes_of(identity) if heading.y <= each.y < heading.end]
        tried.append((box.y, max(each.y + each.height for each in bars)))
    if box:
        tried.append(span_of(box))
    return next((span for span in tried if span[1] - span[0] <= height), tried[-1] if tried else (0, 0))


def seen_with(layout: Layout, first: Span, others: Iterable[str], height: int) -> Span:
    """Return the lines from which to see `first`, and with it as many of the other values as there is room for.

    others: ids of values. One that stands in several places is looked for where it is nearest.
    """
    low, high = first
    for identity in others:
        spans = [span_of(box) for box in layout.boxes_of(identity) if box.kind != "bars"]
        both = [(min(low, start), max(high, end)) for start, end in spans]
        start, end = min(both, key=lambda span: span[1] - span[0], default=(low, high))
        if end - start <= height:
            low, high = start, end
    return low, high


def turned(layout: Layout, top: int, height: int, wanted: Span) -> int:
    """Return the first line to see: `top`, or the first band's from which all of the wanted lines are in sight.

    Where these are further down in a high band, it is the first of them.
    """
    low, high = wanted
    if top <= low and high <= top + height:
        return top
    first = bisect_left(layout.headings, high - height, key=lambda heading: heading.y)
    return min(layout.headings[first].y, low) if first < len(layout.headings) else low


def span_of(box: Box) -> Span:
    """Return the lines of a box."""
    return box.y, box.y + box.height
