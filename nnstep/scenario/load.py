"""From a path or a name to a checked scenario: the one way in for what other people wrote."""

from pathlib import Path

import msgspec

from nnstep.errors import NnstepError, raise_noted
from nnstep.records import dataclass
from nnstep.scenario import limits
from nnstep.scenario.checks import check, number_mistakes
from nnstep.scenario.document import Document, read_document
from nnstep.scenario.expand import expand
from nnstep.scenario.mistakes import mistakes, text_of
from nnstep.scenario.model import FileData, Scenario
from nnstep.scenario.reading import read_regular, resolve_inside
from nnstep.scenario.references import find, shipped
from nnstep.scenario.text import in_message, safe_text

__all__ = ["LoadedScenario", "load", "parse", "shipped"]


@dataclass(frozen=True)
class LoadedScenario:
    """A checked scenario and where each thing in it stands.

    path: the file, or None where it did not come from one. folder: where its data files are looked for.
    """

    model: Scenario
    document: Document
    path: Path | None
    folder: Path

    def where(self, *path: str | int, key: bool = False) -> str:
        """Return `file:line:column` of a value of the model, or of its key; path items are as in the model."""
        # The file writes these settings beside the name; the model keeps them together.
        steps = [step for index, step in enumerate(path) if not (index == 1 and step == "settings")]
        return self.document.where(*steps, key=key)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it was read from: its own, and that of its data."""
        data = self.model.data
        named = (self.data_file(data.file),) if isinstance(data, FileData) else ()
        return ((self.path,) if self.path else ()) + named

    def data_file(self, name: str) -> Path:
        """Return the data file that the scenario names; raises NnstepError where it is not one below its folder."""
        return resolve_inside(self.folder, name, self.where("data", "file"))


def load(reference: str | Path) -> LoadedScenario:
    """Return the scenario at a path, or the shipped one of that name.

    Raises NnstepError, with file, line and column, for whatever is wrong with it, and for names that nothing has.
    """
    path = find(reference)
    raw = read_regular(path, limits.SCENARIO_BYTES)
    return parse(raw, str(path), path=path)


def parse(raw: bytes, source: str, *, path: Path | None = None) -> LoadedScenario:
    """Return the scenario in `raw`; messages call it `source`. Raises NnstepError as `load` does."""
    document = read_document(raw, source)
    found: list[NnstepError] = []
    tree = expand(document, found)
    try:
        scenario = msgspec.convert(tree, Scenario, dec_hook=text_of)
    except msgspec.ValidationError:
        found += mistakes(tree, document)
    if found:
        found += number_mistakes(document)
    raise_noted(found)
    check(scenario, document)
    folder = path.absolute().parent if path else Path()
    return LoadedScenario(_trimmed(scenario), document, path, folder)


def _trimmed(scenario: Scenario) -> Scenario:
    """Return the scenario with titles and labels on one line, and every text within what a screen has room for."""
    data = scenario.data
    return msgspec.structs.replace(
        scenario,
        title=safe_text(" ".join(scenario.title.split()), limit=limits.TITLE),
        summary=safe_text(scenario.summary, limit=limits.SUMMARY),
        notes={in_message(name, limit=limits.NAME): note for name, note in scenario.notes.items()},
        data=msgspec.structs.replace(
            data, labels=tuple(in_message(label, limit=limits.LABEL) for label in data.labels)
        ),
    )
