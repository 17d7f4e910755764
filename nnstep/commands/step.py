"""`nnstep` and `nnstep FILE`: the stepper, on a screen or as lines of text."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TextIO

from nnstep.commands.first_time import is_first_time
from nnstep.commands.table import COMMANDS
from nnstep.errors import NnstepError, unknown
from nnstep.scenario.references import shipped
from nnstep.scenario.text import in_message, safe_text
from nnstep.tui.lifecycle import hold_garbage, run_app
from nnstep.tui.terminal import advice_without_terminal, colour_mode, prepare_app

if TYPE_CHECKING:
    from nnstep.session import Session
    from nnstep.state import Store

_FAREWELL = 300  # characters
_PLAIN = "  nnstep FILE --plain  the stepper as lines of text"


def run(given: Namespace) -> int:
    """Open the stepper, or the gallery where no file is given."""
    if given.plain:
        return _plain(given)
    if given.file is None and (told := [name for name in ("names", "at") if getattr(given, name)]):
        raise NnstepError(f"--{told[0]} needs a FILE", hint="nnstep list names the shipped scenarios")
    hold_garbage()
    session = _open(given) if given.file is not None else None
    advice = advice_without_terminal(os.environ, _is_terminal(sys.stdin), _is_terminal(sys.stdout))
    if advice is not None:
        raise NnstepError(f"{advice}\n{_PLAIN}")
    return _on_screen(session, _notes(given, session), asks=not (given.fresh or given.at), fresh=given.fresh)


def _plain(given: Namespace) -> int:
    from nnstep.commands.plain.prompt import go_through
    from nnstep.commands.plain.walk import Walk

    if given.file is None:
        raise NnstepError("--plain needs a FILE", hint="nnstep xor --plain; nnstep list names the shipped scenarios")
    session = _open(given)
    # What a script does is not remembered for the person who runs it.
    store = _store() if _is_terminal(sys.stdin) else None
    asks = not (given.fresh or given.at)
    return go_through(Walk(session, notes=_notes(given, session), store=store, asks=asks, fresh=given.fresh))


def _store() -> "Store | None":
    from nnstep.state import Store, folder

    kept = folder(os.environ)
    return Store(kept) if kept else None


def _notes(given: Namespace, session: "Session | None") -> Callable[[str], None] | None:
    """Return what writes the teacher's notes; None where they are to be shown."""
    if given.notes_file is None:
        return None
    from nnstep.commands.notes_file import NotesFile

    return NotesFile(given.notes_file, session.compiled.scenario.files if session else ()).write


def _open(given: Namespace) -> "Session":
    _check_name(given.file)
    from nnstep.commands.opening import open_scenario
    from nnstep.explain.places import read_place
    from nnstep.session import Session

    session = Session(open_scenario(given.file, given.names))
    if given.at:
        from nnstep.commands.going import go_there

        go_there(session, read_place(given.at, session.compiled.training))
    return session


def _check_name(word: str) -> None:
    """Refuse a word that may have been meant as a command: it is neither a path nor a shipped scenario."""
    is_path = os.sep in word or "." in word or os.path.lexists(word)
    names = [*COMMANDS, *shipped()]
    if not is_path and word not in shipped():
        raise unknown("command or scenario", in_message(word), names)


def _on_screen(session: "Session | None", notes: Callable[[str], None] | None, *, asks: bool, fresh: bool) -> int:
    # The screen is what takes longest to load, so it comes last: a file that is wrong is told at once.
    from nnstep.explain.what_if import not_kept
    from nnstep.tui.app import NnstepApp

    mode = colour_mode(os.environ)
    app = NnstepApp(
        session,
        mode=mode,
        notes=notes,
        is_first_time=partial(is_first_time, os.environ),
        store=_store(),
        asks=asks,
        fresh=fresh,
    )
    prepare_app(app, mode)
    code = run_app(app)
    if app.session is not None and (told := not_kept(app.session.branches.unsaved, "s")):
        print(f"nnstep: {safe_text(told, limit=_FAREWELL)}", file=sys.stderr)
    return code


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()
