"""Bookmarks in the plain stepper, and going on where one was: `bookmark a few words`, `bookmarks go 2`, `resume`."""

from nnstep.commands.plain.here import go, here
from nnstep.commands.plain.walk import Lines, Walk, nothing_more, row_number
from nnstep.commands.words import wrapped
from nnstep.errors import NnstepError
from nnstep.explain.breaks import mark_text
from nnstep.scenario.text import in_message
from nnstep.state import Mark


def bookmark(walk: Walk, rest: str) -> Lines:
    """Set a bookmark here, with a few words; where there is one, write other words to it."""
    old = walk.sitting.bookmark_here()
    new = walk.sitting.here(rest or (old.text if old else ""))
    walk.sitting.put(new)
    walk.sitting.keep()
    return wrapped(f"Bookmark set at {_told(walk, new)}.", walk.width)


def bookmarks(walk: Walk, rest: str) -> Lines:
    """List the bookmarks; or go to one of them, or remove it."""
    word, _, number = rest.partition(" ")
    marks = walk.sitting.bookmarks
    if word in ("go", "remove"):
        if not marks:
            raise NnstepError("there are no bookmarks yet", hint="bookmark sets one where you are")
        hint = f"bookmarks {word} 1 to bookmarks {word} {len(marks)}"
        at = row_number(number.strip(), len(marks), what="bookmark", hint=hint)
        if word == "go":
            return _visit(walk, marks[at])
        gone = walk.sitting.remove(at)
        walk.sitting.keep()
        return wrapped(f"Removed: {_told(walk, gone)}.", walk.width)
    if rest:
        hint = "bookmarks, bookmarks go 1, bookmarks remove 1"
        raise NnstepError(f"bookmarks knows no {in_message(rest)!r}", hint=hint)
    if not marks:
        return ["There are no bookmarks yet: bookmark sets one where you are."]
    return [line for n, mark in enumerate(marks, 1) for line in wrapped(f"{n} {_told(walk, mark)}", walk.width)]


def resume(walk: Walk, rest: str) -> Lines:
    """Go on where one was the last time, in the names one had then."""
    nothing_more(rest)
    kept, there = walk.sitting.take_offer()
    if kept.names and kept.names != walk.session.compiled.names.name:
        walk.session.rename(kept.names)
    return _visit(walk, there)


def _visit(walk: Walk, there: Mark) -> Lines:
    place = there.find(walk.session.branches)
    if place is None:
        raise NnstepError("this training has no such place", hint="bookmarks remove 1 removes the first bookmark")
    go(walk, *place)
    return here(walk)


def _told(walk: Walk, mark: Mark) -> str:
    where = mark_text(mark, walk.session.branches)
    return f"{where}: {mark.text}" if mark.text else where
