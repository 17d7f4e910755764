"""What is kept between two sittings: where we were, bookmarks, breakpoints; one file for each scenario."""

import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from time import time
from typing import Final, TypeVar

import msgspec

from nnstep.branches import Programs
from nnstep.catalog.names import NAME_SETS
from nnstep.errors import NnstepError
from nnstep.records import dataclass
from nnstep.scenario.breaks import Breakpoint
from nnstep.scenario.compile import Compiled
from nnstep.scenario.limits import BREAKS, EPOCHS, NOTE
from nnstep.scenario.reading import read_regular
from nnstep.scenario.text import in_message, safe_text

VERSION: Final = 1
BOOKMARKS: Final = 500
TEXT: Final = min(NOTE, 500)  # characters of what a person writes to a bookmark
_BYTES: Final = 2**20
_COUNTED: Final = 999  # what-ifs
_ABANDONED: Final = 3600  # seconds: nobody writes that long
_One = TypeVar("_One")


@dataclass(frozen=True)
class Mark:
    """A place that means the same under every name set, and what a person wrote to it.

    epoch, batch: from 1. step: the id of the step that was done last; empty where nothing was done yet.
    """

    epoch: int = 1
    batch: int = 1
    step: str = ""
    text: str = ""

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it is."""
        return self.epoch, self.batch, self.step

    def find(self, programs: Programs) -> tuple[int, int] | None:
        """Return the iteration and the number of the step; None where there is no such place."""
        batches = programs.batches
        if not (1 <= self.epoch <= EPOCHS and 1 <= self.batch <= batches.per_epoch):
            return None
        iteration = batches.first(self.epoch) + self.batch - 1
        ready = programs.program(iteration).ready
        layer, _, role = self.step.rpartition(".")
        names = (self.step, f"{layer}.pre_activation", f"{layer}.output") if role == "weighted" else (self.step,)
        step = next((ready[name] for name in names if name in ready), 0 if not self.step else -1)
        return (iteration, step) if step >= 0 else None


def mark(programs: Programs, iteration: int, step: int, text: str = "") -> Mark:
    """Return the place of a step of an iteration, with a person's words."""
    batches = programs.batches
    identity = programs.program(iteration).steps[step - 1].id if step else ""
    batch = batches.batch(iteration)
    return Mark(batches.epoch(iteration), batch, identity, words(text))


def words(text: str) -> str:
    """Return what a person wrote as it is kept and shown: on one line, nothing in it that is obeyed or not seen."""
    return str(safe_text(" ".join(text.split()), limit=TEXT))


@dataclass(frozen=True)
class Kept:
    """What is kept of one scenario.

    content: of which content of the file, and its data. here: where we were; None where that was the very start.
    stop: the number of the lesson's stop that was come to last; 0 before the first. changes: how many what-ifs there
    were, which are not kept.
    """

    content: str = ""
    here: Mark | None = None
    names: str = ""
    decimals: int = 2
    zoom: str = ""
    breaks: tuple[Breakpoint, ...] = ()
    bookmarks: tuple[Mark, ...] = ()
    stop: int = 0
    changes: int = 0

    @property
    def place(self) -> "Kept":
        """What belongs to where we were, and nothing else."""
        return Kept(here=self.here, stop=self.stop, changes=self.changes)


def merged(base: Kept, mine: Kept, theirs: Kept) -> Kept:
    """Return what to keep where two windows kept something: of each thing what was changed here, else what is there.

    base: what was there when mine began. theirs: what is there now.
    """
    place = theirs if mine.place == base.place else mine
    breaks = _merged(attrgetter("key"), base.breaks, mine.breaks, theirs.breaks)
    bookmarks = _merged(attrgetter("place"), base.bookmarks, mine.bookmarks, theirs.bookmarks)
    kept = replace(mine, breaks=breaks[:BREAKS], bookmarks=bookmarks[:BOOKMARKS])
    return replace(kept, here=place.here, stop=place.stop, changes=place.changes)


def _merged(key: Callable[[_One], Hashable], *versions: Iterable[_One]) -> tuple[_One, ...]:
    base, mine, theirs = ({key(one): one for one in each} for each in versions)
    keys = dict.fromkeys((*mine, *theirs))
    chosen = ((theirs if mine.get(at) == base.get(at) else mine).get(at) for at in keys)
    return tuple(one for one in chosen if one is not None)


class _File(msgspec.Struct, frozen=True):
    """The file as it is written; keys that a later version adds are passed over."""

    version: int
    scenario: str
    kept: Kept


@dataclass(frozen=True)
class Opened:
    """What was found when a scenario was opened.

    message: what a person should know of it, or nothing.
    """

    kept: Kept = Kept()
    message: str = ""


def folder(environ: Mapping[str, str]) -> Path | None:
    """Return where states are kept: `$XDG_STATE_HOME/nnstep`, or `~/.local/state/nnstep`; None without a home.

    A path that is not absolute is passed over, as the XDG Base Directory Specification wants it.
    """
    given, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    if given.startswith("/"):
        return Path(given) / "nnstep"
    return Path(home) / ".local" / "state" / "nnstep" if home.startswith("/") else None


def content_of(compiled: Compiled) -> str:
    """Return what tells one content of a scenario from another: its text, and the data that it names."""
    found = sha256(compiled.scenario.document.text.characters.encode("utf-8", "surrogatepass"))
    for part in compiled.training.parts:
        for array in (part.inputs, part.targets):
            found.update(str(array.shape).encode() + array.tobytes())
    return found.hexdigest()


class Store:
    """Keeps states in a folder; whatever goes wrong with a disk is a message at most, and never an error."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def path(self, compiled: Compiled) -> Path | None:
        """Return the file for a scenario; None for one that came from no file."""
        source = compiled.scenario.path
        if source is None:
            return None
        with suppress(OSError, RuntimeError):
            source = source.resolve()
        return self.place / f"{sha256(os.fsencode(source)).hexdigest()[:32]}.json"

    def open(self, compiled: Compiled) -> Opened:
        """Return what is kept of a scenario; a file that is not ours, or broken, is set aside and said."""
        path = self.path(compiled)
        if path is not None:
            self._tidy(path)
        return self.read(compiled)

    def read(self, compiled: Compiled) -> Opened:
        """Return what is kept of a scenario now, while another window may be writing it."""
        path = self.path(compiled)
        if path is None or not os.path.lexists(path):
            return Opened()
        try:
            raw = read_regular(path, _BYTES)
            file = msgspec.json.decode(raw, type=_File) if len(raw) <= _BYTES else None
            if file is None or file.version != VERSION:
                return self._set_aside(path, "is of another version of nnstep")
        except NnstepError as error:
            return Opened(message=f"What was kept of this scenario can't be read: {error.what}")
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return self._set_aside(path, "is broken")
        kept, now = file.kept, content_of(compiled)
        return _fitting(kept, compiled) if kept.content == now else _left(kept, compiled)

    def save(self, compiled: Compiled, kept: Kept) -> bool:
        """Keep a state; returns whether that went well. The file is the old one or the new one at any moment."""
        path = self.path(compiled)
        if path is None:
            return False
        written = msgspec.json.encode(_File(VERSION, str(in_message(str(compiled.scenario.path), limit=TEXT)), kept))
        try:
            self.place.mkdir(parents=True, exist_ok=True, mode=0o700)
            _replace(path, written)
        except OSError:
            return False
        return True

    def _set_aside(self, path: Path, why: str) -> Opened:
        aside = path.with_suffix(".aside")
        try:
            path.replace(aside)
        except OSError:
            return Opened(message=f"What was kept of this scenario {why}, so it begins afresh")
        return Opened(
            message=f"What was kept of this scenario {why}; it is set aside as {in_message(str(aside), limit=TEXT)}"
        )

    def _tidy(self, path: Path) -> None:
        """Remove what was being written when a machine stopped, and not what another window is writing now."""
        for left in _others(path):
            with suppress(OSError):
                if time() - left.stat().st_mtime > _ABANDONED:
                    left.unlink()


def _others(path: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from path.parent.glob(f".{path.name}.*")


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside the old one, see it on the disk, and let it take the place of the old one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    with suppress(OSError):
        # The name is in the folder, and a folder is written later than its files.
        above = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(above)
        finally:
            os.close(above)


def _fitting(kept: Kept, compiled: Compiled) -> Opened:
    """Return what there is a place for in a scenario; what a file says is trusted as little as any other's."""
    training = compiled.training
    bookmarks = tuple(replace(one, text=words(one.text)) for one in kept.bookmarks[:BOOKMARKS] if one.find(training))
    breaks = tuple(point for point in kept.breaks[:BREAKS] if not point.refusal(training))
    zoom = kept.zoom if kept.zoom in training.program(1).values else ""
    names = kept.names if kept.names in NAME_SETS else ""
    here = kept.here if kept.here and kept.here.find(training) else None
    stop = kept.stop if 0 <= kept.stop <= len(compiled.lesson) else 0
    changes = max(0, min(kept.changes, _COUNTED))
    found = Kept(kept.content, here, names, kept.decimals, zoom, breaks, bookmarks, stop, changes)
    return Opened(found)


def _left(kept: Kept, compiled: Compiled) -> Opened:
    """Return what still fits a scenario that has changed, and what does not."""
    found = _fitting(kept, compiled)
    lost = []
    if kept.here and not found.kept.here:
        lost.append("the place where you were")
    for one, many, count in (
        ("a bookmark", "bookmarks", len(kept.bookmarks) - len(found.kept.bookmarks)),
        ("a breakpoint", "breakpoints", len(kept.breaks) - len(found.kept.breaks)),
    ):
        lost += [one if count == 1 else f"{count} {many}"] if count else []
    said = "This scenario has changed since you were here"
    if lost:
        said += f"; what is gone from it: {', '.join(lost)}"
    return Opened(found.kept, said)
