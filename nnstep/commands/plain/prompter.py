"""The teacher's notes in the plain stepper, where they go to a file and are not printed."""

from collections.abc import Callable

from nnstep.explain.lesson import prompt
from nnstep.session import Session


class Prompter:
    """Writes the teacher's notes where only the teacher reads them, and takes them out of what is printed."""

    def __init__(self, session: Session, write: Callable[[str], None]) -> None:
        self._session, self._full, self._write = session, session.compiled, write
        self._written = ""
        session.compiled = session.compiled.hushed()

    def tell(self) -> None:
        """Write the notes of this place, unless they stand there already. Raises NnstepError where that fails."""
        session = self._session
        text = "\n".join(prompt(session.view(), self._full, session.stop_number, session.branches))
        if text != self._written:
            self._written = text
            self._write(text)
