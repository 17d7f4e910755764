"""A walk in the plain stepper: what was typed before, as far as it matters to what is typed next."""

from collections.abc import Callable

from nnstep.breaks import Breaks
from nnstep.commands.plain.prompter import Prompter
from nnstep.commands.width import line_width
from nnstep.errors import NnstepError
from nnstep.explain.answers import Lead
from nnstep.explain.operation import Speak
from nnstep.explain.quiz import Predicting
from nnstep.explain.trail import Trail
from nnstep.records import dataclass
from nnstep.scenario.text import in_message
from nnstep.session import Session, View
from nnstep.sitting import Sitting
from nnstep.state import Store

Lines = list[str]


@dataclass(frozen=True)
class Asked:
    """What was asked last: what can be gone to, and the places that led there."""

    leads: tuple[Lead, ...] = ()
    trail: Trail = Trail()


class Walk:
    """One person's walk.

    asked: the last question about a number. overwrites: the file that may be overwritten if it is named again.
    speak, decimals: how steps are told.
    """

    def __init__(
        self,
        session: Session,
        *,
        notes: Callable[[str], None] | None = None,
        store: Store | None = None,
        asks: bool = True,
        fresh: bool = False,
    ) -> None:
        """notes: where the teacher's notes are written; None prints them. asks, fresh: as `Sitting` has them."""
        self._notes, self._store = notes, store
        self.speak: Speak = "words"
        self.decimals = 4
        self.begin(session, asks=asks, fresh=fresh)

    def begin(self, session: Session, *, asks: bool = True, fresh: bool = False) -> None:
        """Walk through a session from here on."""
        self.session = session
        self.predicting = Predicting()
        self.breaks = Breaks(session, session.compiled.breaks)
        self.sitting = Sitting(session, self.breaks, self._store, asks=asks, fresh=fresh)
        self.asked = Asked()
        self.overwrites = ""
        self.prompter = Prompter(session, self._notes) if self._notes is not None else None

    @property
    def width(self) -> int:
        """How wide a line may be now, in cells."""
        return line_width()

    def view(self) -> View:
        """Return what there is to see, without what is still to be predicted: all that is told is told from this."""
        return self.predicting.look(self.whole())

    def whole(self) -> View:
        """Return the same with all its numbers: for whoever asks for a prediction or judges one, and for moves."""
        return self.session.view()


@dataclass(frozen=True)
class Typed:
    """A command: its group, name and letter, what follows it, what it is for, and what it does and prints."""

    group: str
    name: str
    letter: str
    takes: str
    help: str
    do: Callable[[Walk, str], Lines]


def nothing_more(rest: str) -> None:
    """Raise NnstepError where something follows a command that takes nothing."""
    if rest:
        raise NnstepError(f"nothing was expected here: {in_message(rest)!r}", hint="help says what there is")


def row_number(text: str, count: int, *, what: str, hint: str) -> int:
    """Return the place in a list that a number means, from 0. Raises NnstepError, with a hint, where there is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= count):
        raise NnstepError(f"{in_message(text)!r} is no {what}", hint=hint)
    return int(text) - 1
